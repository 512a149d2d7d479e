"""The mean of two models: ``python -m research.mean RUN.toml ONE/ OTHER/ -o MEAN/``.

Two runs that began with the same weights and saw other views, or other pictures, lie close enough
for the mean of their weights to be a model as well (Wortsman et al., Model soups, ICML 2022). Only
the linear map to the embedding is no mean: it is fitted anew to what the mean of the heads makes of
pictures and sentences of the run (decision 20).
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
import torch

from cmpagl_model.captions import load_pictures
from cmpagl_model.encoders.tokens import load_tokenizer, tokenise
from cmpagl_model.errors import CmpaglError, ModelError
from cmpagl_model.model_folder import TOKENIZER, find_model
from cmpagl_model.network import create_model, from_pretrained, save_pretrained
from cmpagl_model.network.export import export_towers
from cmpagl_model.network.heads import principal_directions
from cmpagl_model.training.config_file import read_run_config
from cmpagl_model.training.data.gather import gather_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer
    from torch import Tensor

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.network import CmpaglModel

Thing = TypeVar("Thing")
PICTURES, SENTENCES, BATCH = 3000, 6000, 64


@click.command()
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN.toml")
@click.argument("models", nargs=2, metavar="MODEL_FOLDER MODEL_FOLDER")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True,
              metavar="FOLDER", help="The mean: both towers, no fusion encoder.")  # fmt: skip
def command(run: Path, models: tuple[str, str], output: Path) -> None:
    """Write the mean of two models; RUN.toml names the pictures that the last map is fitted to."""  # noqa: DOC501 - shown as help
    try:
        config = read_run_config(run)
        items = gather_data(config.data, teach_val=config.teach_val).train
        folder = find_model(models[0])
        model = mean_of(from_pretrained(models[0]), from_pretrained(models[1]))
        if model.config.heads:
            refit(model, items, load_tokenizer(folder))
        save_pretrained(model, output, folder.file(TOKENIZER))
        export_towers(output)
    except CmpaglError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{output}: the mean of {models[0]} and {models[1]}")


def mean_of(one: CmpaglModel, other: CmpaglModel) -> CmpaglModel:
    """Both towers with the mean of the weights; the linear map to the embedding is the first's.

    Raises:
        ModelError: if the models are not built alike.
    """
    taught = tuple(dict.fromkeys((*one.config.taught, *other.config.taught)))
    config, another = (
        dataclasses.replace(model.config, fusion_layers=0, taught=taught) for model in (one, other)
    )
    if config != another:
        raise ModelError(
            f"found {one.config.name} and {other.config.name} with other settings, wanted two runs "
            "of one network that began with the same weights"
        )
    made = create_model(config).eval()
    theirs = other.state_dict()
    weights = {
        name: (value + theirs[name]) / 2 if value.is_floating_point() else value
        for name, value in one.state_dict().items()
        if not name.startswith("fusion.")
    }
    weights["compression.weight"] = one.state_dict()["compression.weight"]
    made.load_state_dict(weights)
    return made


@torch.no_grad()
def refit(model: CmpaglModel, items: Sequence[CaptionedImage], tokenizer: Tokenizer) -> None:
    """Fit the linear map to evenly spaced pictures and sentences; changes ``model``."""
    texts = [text for item in items for text in (*item.sentences, *item.telling)]
    paths = [item.path for item in _spread(items, PICTURES)]
    images: list[Tensor] = []
    for start in range(0, len(paths), BATCH):
        pixels = load_pictures(paths[start : start + BATCH], model.config.image.input_px)
        images.append(model.encode_image(torch.from_numpy(pixels).float()).together)
    sentences: list[Tensor] = []
    chosen = _spread(texts, SENTENCES)
    for start in range(0, len(chosen), BATCH):
        words = tokenise(tokenizer, chosen[start : start + BATCH])
        ids, mask = torch.from_numpy(words.ids), torch.from_numpy(words.mask)
        sentences.append(model.encode_text(ids, mask).together)
    size = model.config.embedding_size
    fitted = principal_directions(torch.cat(images), torch.cat(sentences), size)
    model.compression.weight.copy_(fitted)


def _spread(things: Sequence[Thing], most: int) -> Sequence[Thing]:
    return things[:: max(1, -(-len(things) // most))]


if __name__ == "__main__":
    command()
