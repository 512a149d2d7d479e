"""Files of a model from a hub of Hugging Face: stopped and gone on with, and checked.

``huggingface_hub`` asks the hub, finds proxies (``HTTPS_PROXY``), mirrors (``HF_ENDPOINT``) and
tokens (``HF_TOKEN``), and takes up a broken connection. Its own downloads begin again after a stop,
and compare sizes only; so the file that grows is ours. No code of a repository is fetched.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiling.errors import translate_errors

from .errors import MissingExtraError, ModelError
from .hub_models import HUB
from .model_folder import sha256_of
from .pair import PairOrigin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from .hub_models import HubModel
    from .progress import Progress

PARTIAL = ".part"
ANSWER_S = 30.0
SAFE = re.compile(r"[\w+][\w.+-]*")
"""Names that are taken from a hub: no folders, nothing hidden."""
CHECKPOINTS = (".safetensors", ".pt", ".pth", ".bin")
USUAL = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
"""Checkpoints as open_clip names them in its own repositories."""
WHOLE, PIECES, PICKLED = "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"
PAGES = (".json", ".txt", ".model")
"""Endings of what transformers reads beside weights: settings, words, SentencePiece."""


@dataclass(frozen=True, slots=True)
class _HubFile:
    """A file as a hub states it."""

    path: str
    """In the repository."""
    size_bytes: int
    """Its size."""
    sha256: str
    """Of a large one; empty: it is small."""
    git_hash: str
    """What git calls the content of a small one; empty: the hub does not say."""

    @property
    def name(self) -> str:
        """Without folders."""
        return self.path.rpartition("/")[2]


class _Counter:
    """Stands in for the bar that huggingface_hub would draw."""

    def __init__(self, progress: Progress, file: str) -> None:
        self._progress, self._file = progress, file

    def __enter__(self) -> _Counter:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing to close."""

    def update(self, count: float | None = 1) -> None:
        self._progress.advance(int(count or 0), self._file)


def fetch(model: HubModel, folder: Path, progress: Progress) -> PairOrigin:
    """Fetch what converting a model needs; what was fetched before is not fetched again.

    Args:
        model: which.
        folder: where to; made if it is missing. Nobody else may write to it.
        progress: told how far it is, in bytes.

    Returns:
        What came, each file compared with the SHA-256 or the git hash that the hub states.

    Raises:
        ModelError: if the hub refuses, cannot be reached, holds no such model, or sends something
            else than it states; what has come so far stays, and the same call goes on.
        MissingExtraError: if huggingface_hub is not installed.
    """
    try:
        from huggingface_hub import HfApi  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError(
            "found no huggingface_hub in this environment, wanted it to fetch models; next: "
            "pip install 'cmpagl-qgis[torch,convert]'"
        ) from error
    # What it says of a connection that it takes up again is several lines.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    api = HfApi(endpoint=os.environ.get("HF_ENDPOINT"))
    with _refusals(model):
        found = api.model_info(
            model.repository, revision=model.revision, files_metadata=True, timeout=ANSWER_S
        )
        # One without a size cannot be checked, nor gone on with
        stated = [
            _HubFile(
                path=each.rfilename,
                size_bytes=int(each.size or 0),
                sha256=each.lfs.sha256 if each.lfs else "",
                git_hash=each.blob_id or "",
            )
            for each in found.siblings or []
        ]
    files = _wanted(stated, model)
    total = sum(each.size_bytes for each in files)
    progress.start(total)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in files:
            _fetch_file(each, model, str(found.sha), folder, progress)
    except OSError as error:
        raise ModelError(
            f"{folder}: cannot write ({error.strerror or error}); wanted room for "
            f"{total:,} bytes; next: make room, or another -o; the same command goes on"
        ) from error
    checksums = {each.name: sha256_of([folder / each.name]) for each in files}
    return PairOrigin(model.repository, str(found.sha), checksums)


def _wanted(stated: Sequence[_HubFile], model: HubModel) -> list[_HubFile]:
    """The files to be fetched, of what a repository holds.

    Raises:
        ModelError: if it holds none that fit, several checkpoints, or another than is pinned.
    """
    if not model.open_clip:
        return _of_folder(stated, model)
    held = [each for each in stated if each.path.endswith(CHECKPOINTS)]
    names = [each.path for each in held]
    usual = next((name for name in USUAL if name in names), None)
    wanted = model.file or usual or (names[0] if len(names) == 1 else "")
    chosen = [each for each in held if each.path == wanted and SAFE.fullmatch(each.name)]
    if not chosen:
        raise ModelError(
            f"{model.source}: found {', '.join(names[:20]) or 'no checkpoint'} there, wanted "
            f"{model.file or 'one checkpoint'}; next: name one as "
            f"open_clip:{model.open_clip}@{HUB}{model.repository}/FILE"
        )
    found = chosen[0].sha256
    if model.sha256 and found != model.sha256:
        raise ModelError(
            f"{model.source}: the hub states SHA-256 {found[:12] or 'none'}, wanted "
            f"{model.sha256[:12]}, which is pinned; next: to take it as it is, give that whole name"
        )
    return chosen


def _of_folder(stated: Sequence[_HubFile], model: HubModel) -> list[_HubFile]:
    """Settings, tokens and weights of a folder of transformers.

    Raises:
        ModelError: if it has no settings or no weights.
    """
    held = {each.path: each for each in stated if SAFE.fullmatch(each.path)}
    pages = [name for name in held if name.endswith(PAGES) and name != PIECES]
    if WHOLE in held:
        weights = [WHOLE]
    elif PIECES in held:
        pieces = [name for name in held if re.fullmatch(r"model-\d+-of-\d+\.safetensors", name)]
        weights = [PIECES, *pieces]
    else:
        weights = [name for name in (PICKLED,) if name in held]
    if "config.json" not in held or not weights:
        raise ModelError(
            f"{model.source}: found {', '.join(sorted(held)[:20]) or 'nothing'} there, wanted "
            f"config.json and {WHOLE} of transformers; next: a checkpoint of open_clip is "
            f"open_clip:NAME@{HUB}{model.repository}/FILE"
        )
    return [held[name] for name in sorted({*pages, *weights})]


def _fetch_file(
    each: _HubFile, model: HubModel, commit: str, folder: Path, progress: Progress
) -> None:
    """One file, from where it was left.

    Raises:
        ModelError: if it does not come, or is not what the hub states.
    """
    from huggingface_hub import hf_hub_url, utils  # noqa: PLC0415 - an extra
    from huggingface_hub.file_download import http_get  # noqa: PLC0415

    path = folder / each.name
    if path.is_file() and not _fault(each, path):
        progress.advance(each.size_bytes, path.name)
        return
    part = path.with_name(path.name + PARTIAL)
    url = hf_hub_url(
        model.repository, each.path, revision=commit, endpoint=os.environ.get("HF_ENDPOINT")
    )
    # Compressed, a file could not be gone on with in the middle.
    token: dict[str, str] = utils.build_hf_headers()  # type: ignore[attr-defined]
    headers = {**token, "Accept-Encoding": "identity"}
    with part.open("ab") as stream:
        there = stream.tell()
        if there > each.size_bytes:
            there = stream.truncate(0)
        progress.advance(there, path.name)
        bar: Any = lambda **_said: _Counter(progress, path.name)  # noqa: E731 - called as a class
        with _refusals(model):
            http_get(
                url, stream, resume_size=there, headers=headers, expected_size=each.size_bytes,
                displayed_filename=path.name, tqdm_class=bar,
            )  # fmt: skip
    fault = _fault(each, part)
    if fault:
        part.unlink()
        raise ModelError(
            f"{model.source}: {path.name} came with {fault}; it was deleted; next: the same "
            "command fetches it anew"
        )
    part.replace(path)


def _fault(each: _HubFile, path: Path) -> str:
    """What differs from what the hub states of a file; empty: nothing."""
    size = path.stat().st_size
    if size != each.size_bytes:
        return f"{size:,} bytes, wanted {each.size_bytes:,}"
    if each.sha256:
        found, wanted = sha256_of([path]), each.sha256
    else:  # what git calls the content
        blob = f"blob {size}\0".encode() + path.read_bytes()
        found, wanted = hashlib.sha1(blob, usedforsecurity=False).hexdigest(), each.git_hash
    if wanted in {"", found}:
        return ""
    return f"a hash of {found[:12]}, wanted {wanted[:12]} as the hub states"


@contextmanager
def _refusals(model: HubModel) -> Iterator[None]:
    """What the hub or the way to it answers, in one line.

    Raises:
        ModelError: if it refuses or cannot be reached.
    """
    from huggingface_hub import errors  # noqa: PLC0415 - an extra

    hub = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
    page = f"{hub}/{model.repository}"
    again = "the same command goes on"

    def unreached(error: Exception) -> ModelError:  # of the HTTP library beneath, whichever it is
        said = " ".join(str(error).split())[:200] or type(error).__name__
        return ModelError(
            f"{page}: cannot be fetched ({said}); next: see to network, proxy "
            f"(HTTPS_PROXY), mirror (HF_ENDPOINT) and disk, then {again}; without a network, fetch "
            "it elsewhere and convert it from a file"
        )

    try:
        with translate_errors(unreached, (errors.HfHubHTTPError, errors.OfflineModeIsEnabled)):
            yield
    except errors.GatedRepoError as error:
        raise ModelError(
            f"{page}: its makers ask for consent first; next: give it on that page, set HF_TOKEN "
            f"to a token of yours (or 'hf auth login'), then {again}"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise ModelError(
            f"{page}: found no revision {model.revision}; next: another --revision, such as main"
        ) from error
    except errors.HfHubHTTPError as error:
        status = error.response.status_code
        if status in {401, 403, 404}:
            raise ModelError(
                f"{page}: the hub answers {status}: no such repository or file, or a private one; "
                "next: correct the name, or set HF_TOKEN to a token that may read it"
            ) from error
        raise ModelError(
            f"{page}: the hub answers {status}; next: try again later, {again}"
        ) from error
    except errors.OfflineModeIsEnabled as error:
        raise ModelError(
            f"{page}: HF_HUB_OFFLINE forbids to ask; next: unset it, then {again}"
        ) from error
