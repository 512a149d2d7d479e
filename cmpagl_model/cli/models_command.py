"""``cmpagl models``: list the models on this machine, check one, fetch and convert others."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Literal

import click

from cmpagl_model.hub_models import NEWEST
from tiling.errors import shell_word

from . import options
from .app import PARTLY
from .text import count, need, say, size

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.config import ModelConfig
    from cmpagl_model.pair import PairConfig

CONVERTING = ("that to convert a model", "convert", "torch", "transformers", "onnx", "onnxscript")
"""What for, the extra, and what converting needs."""
FETCHED = ".fetched"
"""Beside the models: what is fetched, until it is converted."""
SENTENCES = ("boats on a canal beside a factory", "a forest")


@click.group(
    name="models",
    short_help="List models, check one, fetch or convert others to be used here.",
    invoke_without_command=True,
)
@click.pass_context
def command(context: click.Context) -> int:
    """List the models that --model knows; with a command, check, fetch, describe or convert one.

    \b
    cmpagl models
    cmpagl models check cmpagl_lite
    cmpagl models fetch remoteclip-vit-b-32
    cmpagl models stac cmpagl_lite -o cmpagl_lite.json
    cmpagl models convert open_clip:ViT-B-32@RemoteCLIP-ViT-B-32.pt
    """
    if context.invoked_subcommand:
        return 0
    from cmpagl_model.errors import CmpaglError  # noqa: PLC0415 - help must not wait
    from cmpagl_model.model_folder import (  # noqa: PLC0415
        folder_of,
        known_models,
        models_home,
        settings_of,
    )

    wrong = 0
    for name in known_models():
        folder = folder_of(name)
        try:
            facts = _facts(settings_of(folder), folder)
        except CmpaglError as error:
            wrong += 1
            say(f"cmpagl: {name}: {error}", err=True)
        else:
            say(f"{name}: {facts}; {folder}")
    say(
        f"more are looked for in {models_home()}; any other folder is given as --model FOLDER; "
        "'cmpagl models fetch' lists some on a hub"
    )
    return PARTLY if wrong else 0


@command.command(name="check", short_help="Say what a model is, and try it out.")
@click.argument("model", metavar="NAME|FOLDER")
@options.device("pictures")
def check(model: str, device: Literal["auto", "cpu", "cuda"]) -> int:
    """Say what a MODEL is and what it can do; encode two pictures and two sentences with it."""
    import numpy as np  # noqa: PLC0415 - help must not wait

    from cmpagl_model.encoders import open_encoder  # noqa: PLC0415
    from cmpagl_model.model_folder import find_model  # noqa: PLC0415
    from cmpagl_model.pair import PairConfig  # noqa: PLC0415

    found = find_model(model)
    say(f"{found.name}: {_facts(found.config, found.path)}; {found.path}")
    if isinstance(found.config, PairConfig):
        say(f"licence {found.config.licence or 'not known'}; from {found.config.source or '?'}")
        origin = found.config.origin
        if origin and origin.repository:
            say(f"fetched from {origin.repository} at {origin.revision}")
    say(f"fingerprint {found.fingerprint}")
    encoder = open_encoder(found, device)
    side = found.config.image.input_px
    pictures = np.random.default_rng(0).integers(0, 256, (2, side, side, 3), np.uint8)
    wrong = []
    for what, encode in (
        ("pictures", partial(encoder.encode_chips, pictures)),
        ("sentences", partial(encoder.encode_texts, SENTENCES)),
    ):
        encode()  # loads the graph
        started = time.monotonic()
        first, second = encode()
        say(f"2 {what} in {time.monotonic() - started:.3f} s, {encoder.device}")
        if not np.allclose(np.linalg.norm([first, second], axis=1), 1, atol=1e-3):
            wrong.append(f"gives what is no unit vector for {what}")
        if np.array_equal(first, second):
            wrong.append(f"gives the same vector for two {what}")
    for problem in wrong:
        say(f"cmpagl: {found.path}: {problem}", err=True)
    if not wrong:
        click.echo("whole")
    return PARTLY if wrong else 0


@command.command(name="stac", short_help="Describe a model as a STAC item.")
@click.argument("model", metavar="NAME|FOLDER")
@options.output("A .json file.  [default: standard output]", required=False)
def stac(model: str, output: Path | None) -> None:
    """Describe a MODEL as a STAC item with the extension for machine learning models (MLM)."""
    import json  # noqa: PLC0415 - help must not wait

    from cmpagl_model.index.vectors import write_text  # noqa: PLC0415
    from cmpagl_model.model_folder import find_model  # noqa: PLC0415
    from cmpagl_model.model_item import model_item  # noqa: PLC0415

    text = json.dumps(model_item(find_model(model)), indent=1) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, text)
        say(f"{output}: {model}")


@command.command(name="convert", short_help="Write a model of PyTorch as a folder for --model.")
@click.argument("source")
@options.output("A new folder.  [default: one of the model's name, known by it]", required=False)
@click.option("--name", help="What to call it.  [default: as the file or the folder]")
@click.option("--licence", default="", help="Of the weights, kept and shown.")
def convert(source: str, output: Path | None, *, name: str | None, licence: str) -> None:
    """Write a SOURCE as two ONNX graphs; after that, indexing and searching need no PyTorch.

    SOURCE is open_clip:NAME@CHECKPOINT, or a folder of transformers with CLIP, SigLIP or SigLIP 2
    of one input size. Wants pip install 'cmpagl-qgis[torch,convert]'. Nothing is fetched; what is
    written gives the same vectors, or is refused.

    \b
    cmpagl models convert open_clip:ViT-B-32@RemoteCLIP-ViT-B-32.pt --licence Apache-2.0
    cmpagl models convert siglip2-base-patch16-224/ -o models/siglip2
    """
    need(*CONVERTING)
    from cmpagl_model.conversion import convert as converted  # noqa: PLC0415 - help must not wait

    folder = converted(source, output, name=name, licence=licence)
    say(f"{folder.path}: {_facts(folder.config, folder.path)}")
    say(f"next: cmpagl models check {shell_word(folder.path)}")


@command.command(name="fetch", short_help="Fetch a model from a hub, and convert it.")
@click.argument("source", required=False, metavar="[NAME|hf-hub:OWNER/REPO]")
@options.output("A new folder.  [default: one of the model's name, known by it]", required=False)
@click.option("--name", help="What to call it.  [default: its name, or as the file or repository]")
@click.option("--licence", help="Of the weights, kept and shown.  [default: what is known]")
@click.option("--revision", help="Commit, tag or branch.  [default: the pinned one, or the newest]")
@options.quiet
def fetch(
    source: str | None, output: Path | None, *, name: str | None, licence: str | None,
    revision: str | None, quiet: bool,
) -> None:  # fmt: skip
    """Fetch a model from a hub of Hugging Face and convert it; with no name, list the known ones.

    SOURCE is one of these names, hf-hub:OWNER/REPO (of transformers), or
    open_clip:NAME@hf-hub:OWNER/REPO/FILE. A fetch that was stopped goes on; each file is compared
    with the hash that the hub states, and with the pinned one. HTTPS_PROXY, HF_ENDPOINT and
    HF_TOKEN are heeded. Wants pip install 'cmpagl-qgis[torch,convert]'.

    \b
    cmpagl models fetch
    cmpagl models fetch remoteclip-vit-b-32
    cmpagl models fetch hf-hub:google/siglip2-base-patch16-224
    """
    from cmpagl_model import hub, hub_models  # noqa: PLC0415 - help must not wait
    from cmpagl_model.model_folder import models_home, new_folder  # noqa: PLC0415

    from .progress import FetchBar  # noqa: PLC0415

    if source is None:
        for known in hub_models.KNOWN:
            pinned = "checksum pinned" if known.sha256 else "revision pinned"
            facts = (
                known.source,
                size(known.size_bytes) if known.size_bytes else "",
                f"licence {known.licence or 'not named'}",
                pinned if known.revision != NEWEST else "unpinned",
                known.published,
            )
            say(f"{known.name}: {'; '.join(filter(None, facts))}")
        return
    model = hub_models.hub_model(source, revision)
    need(*CONVERTING, *(["open_clip"] if model.open_clip else []))
    target = new_folder(output or models_home() / (name or model.name))
    whole = "/".join(filter(None, (model.repository, model.file)))
    place = target.parent / FETCHED / f"{whole}@{model.revision}".replace("/", "--")
    with FetchBar(quiet=quiet) as bar:
        fetched = hub.fetch(model, place, bar)
    from cmpagl_model.conversion import convert as converted  # noqa: PLC0415 - seconds

    file = next(iter(fetched.checksums))
    folder = converted(
        f"{hub_models.OPEN_CLIP}{model.open_clip}@{place / file}"
        if model.open_clip
        else str(place),
        target,
        name=name or model.name,
        licence=model.licence if licence is None else licence,
        origin=fetched,
    )
    shutil.rmtree(place)  # made by us, and of no use any more
    with suppress(OSError):
        place.parent.rmdir()  # of another fetch, if it is not empty
    if not quiet:
        say(f"{folder.path}: {_facts(folder.config, folder.path)}; of commit {fetched.revision}")
        say(f"next: cmpagl models check {shell_word(folder.path)}")


def convert_once(model: str) -> None:
    """Convert a checkpoint of open_clip that is named as a model for the first time.

    Args:
        model: as ``--model`` has it; anything but a checkpoint at hand is let be.

    Raises:
        ModelError: if it cannot be converted.
        MissingExtraError: if a library is not installed.
    """
    from cmpagl_model.hub_models import OPEN_CLIP, is_on_hub  # noqa: PLC0415 - help must not wait
    from cmpagl_model.model_folder import made_of  # noqa: PLC0415

    if not model.startswith(OPEN_CLIP) or is_on_hub(model) or made_of(model):
        return
    need(*CONVERTING, "open_clip")
    from cmpagl_model.conversion import convert as converted  # noqa: PLC0415 - seconds

    say(f"{converted(model).path}: converted, once; it is known by its name, too")


def _facts(config: ModelConfig | PairConfig, folder: Path) -> str:
    used = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return (
        f"{config.image.input_px} px, {count(config.embedding_size, 'number')} a chip, {size(used)}"
    )
