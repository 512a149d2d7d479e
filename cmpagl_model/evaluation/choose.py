"""``python -m cmpagl_model.evaluation.choose``: writes ``rerank.json`` for new weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cmpagl_model.captions import read_captions
from cmpagl_model.encoders import open_encoder
from cmpagl_model.encoders.tokens import check_fusion
from cmpagl_model.errors import CmpaglError, MissingExtraError
from cmpagl_model.index.vectors import write_text
from cmpagl_model.model_folder import RERANK
from cmpagl_model.rerank.calibration import reliability
from cmpagl_model.rerank.settings import read_rerank_settings

from .encode import encode_split
from .pairs import match_split
from .report import check_output
from .retrieval import choose_split
from .tuning import Choice, choose_settings

if TYPE_CHECKING:
    from cmpagl_model.encoders import Encoder


def choose(
    encoder: Encoder, dataset: Path, images: Path | None, split: str, k: int | None = None
) -> Choice:
    """Choose how to re-rank with a model; writes nothing.

    Args:
        encoder: of a model with a fusion encoder.
        dataset: captions file.
        images: folder of its pictures; ``None``: ``images/`` beside it.
        split: the part to choose on, never the one to report on.
        k: best pairs of each query; ``None``: as the model's settings say.

    Raises:
        CmpaglError: if model, captions or pictures do not serve.
    """
    check_fusion(encoder.model)
    kept = read_rerank_settings(encoder.model.path)
    kept = kept if k is None else replace(kept, k=k)
    encoded = encode_split(choose_split(read_captions(dataset, images), split), encoder)
    return choose_settings(encoded, match_split(encoded, encoder, kept.k, Lines()), kept)


class Lines:
    """Says on standard error what is being done."""

    def start(self, what: str, total: int) -> None:
        """Print a line."""
        click.echo(f"{total:,} {what}", err=True)

    def advance(self, count: int) -> None:
        """Nothing."""


def draw_reliability(choice: Choice, path: Path) -> None:
    """Draw forecasts against what came true, before and after calibration.

    Args:
        choice: with held-out forecasts.
        path: a PNG to write.
    """
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, extra [train]

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    found, held = choice.held_out.calibration, choice.held_out
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for name, chances, error in (
        ("before", held.before, found.error_before),
        ("after", held.after, found.error_after),
    ):
        rows = reliability(chances, choice.matches)
        points = [row.forecast for row in rows], [row.observed for row in rows]
        axes.plot(*points, "o-", markersize=4, label=f"{name}, error {error:.3f}")
    axes.set(xlabel="probability of a match", ylabel="share that matched")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def _check_plot(path: Path) -> None:
    from importlib.util import find_spec  # noqa: PLC0415

    check_output(path)
    if find_spec("matplotlib") is None:
        raise MissingExtraError(
            "found no matplotlib, wanted it for the reliability diagram; "
            "next: pip install 'cmpagl[train]'"
        )


@click.command()
@click.argument("model", metavar="MODEL_FOLDER")
@click.argument("dataset", type=click.Path(path_type=Path), metavar="DATASET.json")
@click.option("--images", type=click.Path(path_type=Path), help="Folder of the pictures.")
@click.option("--split", default="val", show_default=True, help="Part to choose on.")
@click.option("-k", type=click.IntRange(1), help="Best pairs of each query.")
@click.option(
    "--plot",
    type=click.Path(path_type=Path),
    help="Reliability diagram.  [default: reliability.png in the model folder]",
)
def command(**options: object) -> None:
    """Choose calibration, fusion weight and SMR on validation pictures; writes rerank.json."""
    try:
        _run(**options)  # type: ignore[arg-type] # click gives what _run names
    except CmpaglError as error:
        click.echo(f"choose: {error}", err=True)
        click.get_current_context().exit(1)


def _run(
    model: str, dataset: Path, images: Path | None, split: str, k: int | None, plot: Path | None
) -> None:
    encoder = open_encoder(model)
    folder = encoder.model.path
    picture = plot or folder / "reliability.png"
    _check_plot(picture)
    choice = choose(encoder, dataset, images, split, k)
    click.echo("tried: mR of fusion; mR of smr and of full")
    for row in choice.tried:
        click.echo(f"{row.setting:32} {'  '.join(f'{value:6.2f}' for value in row.figures)}")
    write_text(folder / RERANK, choice.settings.to_json())
    draw_reliability(choice, picture)
    click.echo(f"wrote {folder / RERANK} and {picture}:\n{choice.settings.to_json()}", nl=False)


if __name__ == "__main__":
    command()
