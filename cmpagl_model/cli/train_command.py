"""``cmpagl train``: a model of one's own, from captioned pictures and a settings file."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from tiling.errors import shell_word

from .app import PARTLY, STOPPED
from .options import FILE
from .text import count, need, say

NEEDED = ("torch", "timm", "transformers", "safetensors", "onnx", "onnxscript")


@click.command(name="train")
@click.argument("file", type=FILE, metavar="CONFIG.toml")
@click.option(
    "-o",
    "--run",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder of the run; a run that is there goes on.  [default: as the file says, or run/]",
)
@click.option(
    "--init",
    metavar="MODEL",
    help="Weights to go on from: a model folder, a shipped name, or another run's folder.",
)
@click.option("--epochs", type=click.IntRange(1), metavar="N", help="Passes over the pictures.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), help="Where it computes.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar, no line for each epoch.")
def command(
    *, file: Path, folder: Path | None, init: str | None, epochs: int | None, device: str | None,
    quiet: bool,
) -> int:  # fmt: skip
    """Train on captioned pictures as CONFIG.toml says, and write a model folder.

    The file needs only one [[data]] table with the captions file; docs/training.md names the
    rest. The run's folder gets checkpoint, log.jsonl, curve.png, TensorBoard files and, at the
    end, model/. Ctrl-C saves a checkpoint; the same command goes on from it.

    \b
    cmpagl train own_scenes.toml
    cmpagl train my.toml --init cmpagl_lite -o runs/harbours --epochs 5
    torchrun --nproc-per-node 2 -m cmpagl_model.cli train my.toml
    """
    need("it for training", "train", *NEEDED)
    from cmpagl_model.training.config_file import read_run_config  # noqa: PLC0415
    from cmpagl_model.training.run import train  # noqa: PLC0415 - loads torch

    from .progress import TrainBar  # noqa: PLC0415

    config = read_run_config(file)
    where = None if folder is None else str(folder.absolute())
    said: dict[str, Any] = {"folder": where, "init": init, "device": device}
    if epochs is not None:
        said["schedule"] = replace(config.schedule, epochs=epochs)
    config = replace(config, **{name: it for name, it in said.items() if it is not None})
    first = os.environ.get("RANK", "0") == "0"  # torchrun numbers its processes
    with TrainBar(quiet=quiet or not first) as bar:
        result = train(config, bar)
    # Say how it ended and what to type next
    if result.outcome.stopped:
        if not result.speaks:
            return STOPPED
        again = f"cmpagl train {shell_word(file)}" + (f" -o {shell_word(folder)}" if folder else "")
        say(
            f"cmpagl: stopped after step {result.outcome.steps:,}, checkpoint saved in "
            f"{config.folder}; to go on: {again}",
            err=True,
        )
        return STOPPED
    for problem in result.outcome.problems if result.speaks else ():
        say(f"cmpagl: trained without {problem}", err=True)
    if result.model is not None:
        best = result.outcome.best
        say(
            f"{count(result.outcome.steps, 'step')}"
            + (f", best mR on val {best:.2f}" if best is not None else "")
            + f"; model in {result.model}"
        )
        say(
            f"next: cmpagl index SCENES/ -o town.cmpagl --model {shell_word(result.model)}, "
            "and search it with the same --model"
        )
    return PARTLY if result.problems else 0
