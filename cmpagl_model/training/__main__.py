"""Train the weights that ship: ``python -m cmpagl_model.training``.

Starting weights are files that are at hand; nothing is fetched. A run that was stopped goes on
when the same command is given again.

On Linux, start it with ``MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=1000000000000``: the allocator
then keeps the large buffers of a step instead of giving them back to the system and clearing them
anew. Steps took about half the time here (seen under changing load, not measured in pairs).
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from cmpagl_model.captions import CaptionedImage, read_captions
from cmpagl_model.model_folder import TOKENIZER
from cmpagl_model.network import CmpaglModel, create_model, save_pretrained
from cmpagl_model.network.export import export_towers
from cmpagl_model.network.pretrained import load_image_weights_in_order, load_text_weights

from .curve import plot_curve
from .data import with_extra_sentences
from .loop import LOG, Trainer
from .settings import TrainSettings

DEFAULTS = TrainSettings()


@click.command()
@click.option(
    "--rsicd",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="Captions file of RSICD; its val pictures choose the weights.",
)
@click.option(
    "--ucm",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="Captions file of UCM.",
)
@click.option(
    "--extra",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="More sentences for training pictures of RSICD, {filename: [sentence]}.",
)
@click.option(
    "--start-image",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="EfficientNet-Lite state dictionary, .pth.",
)
@click.option(
    "--start-text",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="Folder of a MiniLM with model.safetensors and tokenizer.json.",
)
@click.option("--epochs", default=DEFAULTS.epochs, show_default=True)
@click.option("--decay-epochs", default=DEFAULTS.decay_epochs, show_default=True)
@click.option(
    "-o",
    "--run",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of the run: checkpoint, log, curve, and the model at the end.",
)
def main(**options: Path | int) -> None:  # fmt: skip
    """Train cmpagl_lite on RSICD and UCM and write a model folder."""
    paths = {name: value for name, value in options.items() if isinstance(value, Path)}
    settings = TrainSettings(
        epochs=int(str(options["epochs"])), decay_epochs=int(str(options["decay_epochs"]))
    )
    torch.manual_seed(settings.seed)
    model = create_model(settings.variant)
    load_image_weights_in_order(model, paths["start_image"])
    load_text_weights(model, load_file(paths["start_text"] / "model.safetensors"))
    tokenizer = paths["start_text"] / TOKENIZER
    trainer = Trainer(model, settings, Tokenizer.from_file(str(tokenizer)), paths["run"])
    if trainer.resume():
        click.echo(f"going on after step {trainer.step}")
    train, val = _data(paths["rsicd"], paths["ucm"], paths["extra"])
    trainer.fit(train, val)
    finish(trainer.average, tokenizer, paths["run"])


def _data(rsicd: Path, ucm: Path, extra: Path) -> tuple[list[CaptionedImage], list[CaptionedImage]]:
    rows = with_extra_sentences(read_captions(rsicd), extra)
    train = [item for item in rows + read_captions(ucm) if item.split == "train"]
    return train, [item for item in rows if item.split == "val"]


def finish(model: CmpaglModel, tokenizer: Path, run: Path) -> None:
    """Write the two trained towers as a model folder ``run/model``, and the curve beside it.

    The fusion encoder is left out: this recipe does not train it.
    """
    towers = create_model(dataclasses.replace(model.config, fusion_layers=0))
    trained = {n: v for n, v in model.state_dict().items() if not n.startswith("fusion.")}
    towers.load_state_dict(trained)
    save_pretrained(towers, run / "model", tokenizer)
    export_towers(run / "model")
    plot_curve(run / LOG, run / "curve.png", f"{model.config.name}: training")


if __name__ == "__main__":
    main()
