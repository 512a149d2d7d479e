"""Where a model lies, and its fingerprint. No torch: the light inference path starts here.

A model folder holds ``config.json``, ``model.safetensors``, ``tokenizer.json`` and, for inference
without torch, ``image.onnx`` and ``text.onnx`` whose tensors lie in the safetensors file. A folder
with ``model.json`` in the place of ``config.json`` is another model: the two graphs, whatever holds
their tensors, and ``tokenizer.json``.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tiling.errors import shell_word

from .atomic import can_write_in
from .config import ModelConfig, read_config
from .errors import ConfigError, ModelError
from .hub_models import OPEN_CLIP, called_after, hub_model, is_on_hub
from .pair import PairConfig, read_pair
from .records import ModelId

SHIPPED = Path(__file__).parent / "weights"
DEFAULT_MODEL = "cmpagl_lite"
CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
IMAGE_GRAPH, TEXT_GRAPH, FUSION_GRAPH = "image.onnx", "text.onnx", "fusion.onnx"
RERANK, BANK = "rerank.json", "bank"
RELEVANCE, WORDS, ORDER = "relevance.json", "words.txt", "word_order.npy"
OF_RERANKING = (RERANK, f"{BANK}.npy", f"{BANK}.txt")
OTHERS = (IMAGE_GRAPH, TEXT_GRAPH, FUSION_GRAPH, *OF_RERANKING)
"""Files that a model may lack, but not change, to give the same answers."""
PAIR = "model.json"
NOTES = (".md", "LICENSE", "LICENCE", "NOTICE")
"""Endings of files for people only."""
HOME = "CMPAGL_MODELS"
"""Environment variable: where models lie that are known by name."""
PINNED = "fingerprints.json"
HASH_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """One model on disk."""

    path: Path
    """The folder."""
    config: ModelConfig | PairConfig
    """Its configuration."""
    fingerprint: str
    """SHA-256 over all that changes an answer: :attr:`weights_hash`, the graphs, the settings of
    re-ranking, the bank."""
    weights_hash: str
    """SHA-256 over configuration (preprocessing included), tokenizer and weights: what a bank is
    made with. The bank names it, and so cannot be part of it."""

    @property
    def name(self) -> str:
        """Name of the model's variant."""
        return self.config.name

    @property
    def id(self) -> ModelId:
        """What an index calls it."""
        return ModelId(self.name, self.fingerprint)

    @property
    def taught(self) -> tuple[str, ...]:
        """Parts of data sets that it learned from; empty where that is not known."""
        return self.config.taught if isinstance(self.config, ModelConfig) else ()

    def file(self, name: str) -> Path:
        """The path of one of its files.

        Raises:
            ModelError: if the file is not there.
        """
        path = self.path / name
        if not path.is_file():
            raise ModelError(
                f"{self.path}: no {name} in this model folder; wanted a complete model; "
                "next: copy the folder again, or use --model cmpagl_lite"
            )
        return path


def shipped_models() -> list[str]:
    """Names of the models inside this package."""
    return sorted(folder.parent.name for folder in SHIPPED.glob(f"*/{CONFIG}"))


def models_home() -> Path:
    """The folder whose folders are models known by name; it need not be there."""
    home, said = Path.home(), os.environ.get(HOME)
    if said:
        return Path(said)
    if sys.platform == "win32":
        data = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        data = home / "Library" / "Application Support"
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return data / "cmpagl" / "models"


def new_folder(target: Path) -> Path:
    """The place of a model to be made.

    Raises:
        ModelError: if something is there, or nobody may write there.
    """
    if target.exists():
        raise ModelError(f"{target}: found something there, wanted a new folder; next: another -o")
    if not can_write_in(target.parent):
        raise ModelError(
            f"{target}: found a place that you may not write in; next: choose another -o"
        )
    return target


def known_models() -> list[str]:
    """Names of all models available: the shipped ones, then those of :func:`models_home`."""
    folders = {
        file.parent.name for part in (CONFIG, PAIR) for file in models_home().glob(f"*/{part}")
    }
    shipped = shipped_models()
    return [*shipped, *sorted(folders.difference(shipped))]


def folder_of(name: str) -> Path:
    """Where a model lies: one of :func:`known_models`, else the folder of that path.

    Args:
        name: its name, its folder, or the checkpoint that it was made of, as
            ``open_clip:NAME@CHECKPOINT``.
    """
    if name in shipped_models():
        return SHIPPED / name
    known = name if name in known_models() else made_of(name)
    return models_home() / known if known else Path(name)


def made_of(source: str) -> str | None:
    """The known model that was made of a checkpoint of open_clip.

    Args:
        source: ``open_clip:NAME@CHECKPOINT``; anything else means none.

    Returns:
        Its name, the checkpoint being the same to the bit; ``None``: there is none.
    """
    architecture, _, file = source.removeprefix(OPEN_CLIP).partition("@")
    if not source.startswith(OPEN_CLIP) or not Path(file).is_file():
        return None
    digest = ""
    for name in known_models():
        with suppress(ConfigError):
            config = settings_of(models_home() / name)
            if not isinstance(config, PairConfig) or not config.origin:
                continue
            if config.source.startswith(source_of(architecture)):
                digest = digest or sha256_of([Path(file)])
                if digest in config.origin.checksums.values():
                    return name
    return None


def source_of(architecture: str, file: str = "") -> str:
    """What a model says that was made of a checkpoint of open_clip."""
    return f"open_clip {architecture}: {file}"


def settings_of(path: Path) -> ModelConfig | PairConfig:
    """What a model folder says of itself; its other files are not looked at.

    Raises:
        ConfigError: if that does not hold.
    """
    pair = path / PAIR
    return read_pair(pair) if pair.is_file() else read_config(path / CONFIG)


def find_model(name: str = DEFAULT_MODEL) -> ModelFolder:
    """A model by name or by folder.

    Args:
        name: as :func:`folder_of` takes it.

    Returns:
        The folder, its configuration checked and its files fingerprinted.

    Raises:
        ModelError: if there is none, it is incomplete, or a shipped one is not as it was shipped.
        ConfigError: if its configuration does not hold.
    """
    shipped, path = name in shipped_models(), folder_of(name)
    _check_kind(name, path)
    folder = fingerprinted(path)
    wanted = pinned_fingerprints().get(name, folder.fingerprint) if shipped else folder.fingerprint
    if wanted != folder.fingerprint:
        raise ModelError(
            f"{path}: found a model of fingerprint {folder.fingerprint[:12]}, wanted "
            f"{wanted[:12]} as it was shipped, so a file of it is damaged or changed; next: "
            "install cmpagl-qgis anew, or, if these are new weights, run "
            "'python -m tools.pin_weights'"
        )
    return folder


def known_as(model: ModelId) -> str:
    """The known model that an index names, to be given to :func:`find_model`.

    Returns:
        The one whose settings have that name, whatever its folder is called; of several the one of
        that fingerprint; :data:`DEFAULT_MODEL` where there is none.
    """
    called = []
    for name in known_models():
        own = folder_of(name).name
        with suppress(ConfigError):  # whoever opens it says what is wrong
            own = settings_of(folder_of(name)).name
        called += [name] if own == model.name else []
    for name in called if len(called) > 1 else ():
        with suppress(ModelError, ConfigError):
            if find_model(name).fingerprint == model.fingerprint:
                return name
    return called[0] if called else DEFAULT_MODEL


def find_maker(model: ModelId) -> ModelFolder | None:
    """The known model that made some embeddings; ``None``: it is not available, or not whole."""
    with suppress(ModelError, ConfigError):
        folder = find_model(known_as(model))
        if folder.id == model:
            return folder
    return None


def _check_kind(name: str, path: Path) -> None:
    """Refuse what is no model folder, and one that has to be converted first.

    Raises:
        ModelError: if it is.
    """
    if (path / PAIR).is_file():
        return
    own = (path / CONFIG).is_file()
    with suppress(OSError, ValueError, TypeError):  # whoever reads it says what is wrong
        own = own and "model_type" not in json.loads((path / CONFIG).read_text(encoding="utf-8"))
    if own:
        return
    if is_on_hub(name):
        raise ModelError(
            f"{name}: found a model on a hub, wanted one at hand; next: "
            f"'cmpagl models fetch {shell_word(name)}' once, then --model {hub_model(name).name}"
        )
    if name.startswith(OPEN_CLIP) or (path / CONFIG).is_file():
        raise ModelError(
            f"{name}: found a model of PyTorch, wanted one as ONNX graphs; next: "
            f"'cmpagl models convert {shell_word(name)}' once, then "
            f"--model {shell_word(called_after(name))}"
        )
    raise ModelError(
        f"found no model {name!r}; wanted one of {', '.join(known_models()) or 'none'} "
        f"or a folder that holds {CONFIG} and {WEIGHTS}, or {PAIR}, {IMAGE_GRAPH} and {TEXT_GRAPH}"
    )


def fingerprinted(path: Path) -> ModelFolder:
    """A folder with its configuration and fingerprints, whatever is pinned.

    Raises:
        ModelError: if it is incomplete, or a file is not what its checksum says.
        ConfigError: if its configuration does not hold.
    """
    config = settings_of(path)
    if isinstance(config, PairConfig):
        return _fingerprinted_pair(path, config)
    folder = ModelFolder(path, config, "", "")
    weights = sha256_of([folder.file(part) for part in (CONFIG, TOKENIZER, WEIGHTS)])
    others = {name: sha256_of([path / name]) for name in OTHERS if (path / name).is_file()}
    return ModelFolder(path, config, _whole(weights, others), weights)


def _fingerprinted_pair(path: Path, config: PairConfig) -> ModelFolder:
    """Every file counts that is not known to change nothing: a graph's tensors may have any name.

    Raises:
        ModelError: if one is missing, or is not what its checksum says.
    """
    folder = ModelFolder(path, config, "", "")
    for part in (IMAGE_GRAPH, TEXT_GRAPH, TOKENIZER, *config.checksums):
        folder.file(part)
    found: dict[str, str] = {}
    for name in sorted(file.relative_to(path).as_posix() for file in path.rglob("*")):
        hidden = any(part.startswith(".") for part in name.split("/"))
        beside = name.endswith(NOTES) or name in {RELEVANCE, WORDS, ORDER}
        if (path / name).is_file() and not hidden and not beside:
            found[name] = sha256_of([path / name])
    changed = [name for name, wanted in config.checksums.items() if found.get(name) != wanted]
    if changed:
        raise ModelError(
            f"{path}: found {', '.join(changed)} cut off or changed, wanted what {PAIR} has the "
            "checksum of; next: copy the model folder again"
        )
    others = {name: found.pop(name) for name in OF_RERANKING if name in found}
    weights = _whole("", found)
    return ModelFolder(path, config, _whole(weights, others), weights)


def _whole(weights: str, others: dict[str, str]) -> str:
    """SHA-256 over hashes of files, by name."""
    lines = [f"weights {weights}", *(f"{name} {digest}" for name, digest in others.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def pinned_fingerprints() -> dict[str, str]:
    """Fingerprints of the shipped models by name, as they were packaged.

    Raises:
        ModelError: if the list is damaged.
    """
    path = SHIPPED / PINNED
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"{path}: cannot be read ({error}); next: install cmpagl-qgis anew"
        ) from error


def sha256_of(files: list[Path]) -> str:
    """SHA-256 over some files, one after the other."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            while piece := stream.read(HASH_PIECE):
                digest.update(piece)
    return digest.hexdigest()
