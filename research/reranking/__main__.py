"""``python -m research.reranking``: writes ``rerank.json`` for new weights."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cmpagl_model.captions import read_captions
from cmpagl_model.encoders import open_encoder
from cmpagl_model.encoders.tokens import check_fusion
from cmpagl_model.errors import CmpaglError, MissingExtraError
from cmpagl_model.evaluation.encode import encode_split
from cmpagl_model.evaluation.pairs import match_split
from cmpagl_model.evaluation.report import check_output
from cmpagl_model.evaluation.retrieval import choose_split
from cmpagl_model.index.vectors import write_text
from cmpagl_model.model_folder import RERANK
from cmpagl_model.progress import NoProgress
from cmpagl_model.rerank.settings import read_rerank_settings
from research.calibration import reliability

from .tuning import Choice, MatchedSplit, choose_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmpagl_model.encoders import Encoder


def choose(
    encoder: Encoder, sets: Sequence[tuple[Path, Path | None]], split: str, k: int | None = None
) -> Choice:
    """Choose how to re-rank with a model; writes nothing.

    Args:
        encoder: of a model with a fusion encoder.
        sets: captions file and folder of the pictures of one data set or more, chosen on together;
            ``None``: ``images/`` beside the file.
        split: the part to choose on, never the one to report on.
        k: best pairs of each query; ``None``: as the model's settings say.

    Raises:
        CmpaglError: if model, captions or pictures do not serve.
    """
    check_fusion(encoder.model)
    kept = read_rerank_settings(encoder.model.path)
    kept = kept if k is None else replace(kept, k=k)
    items = [choose_split(read_captions(*one), split) for one in sets]
    matched = []
    for some in items:
        encoded = encode_split(some, encoder, Lines())
        matched.append(MatchedSplit(encoded, match_split(encoded, encoder, kept.k, Lines())))
    return choose_settings(matched, kept)


class Lines(NoProgress):
    """Says on standard error what is being done."""

    def start(self, total: int, what: str = "") -> None:
        """Print a line."""
        click.echo(f"{what}: {total:,}", err=True)


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


@click.command()
@click.argument("model", metavar="MODEL_FOLDER")
@click.argument(
    "datasets", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="DATASET.json..."
)
@click.option(
    "--images",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Folder of the pictures, once for each data set in their order.  "
    "[default: images/ beside each captions file]",
)
@click.option("--split", default="val", show_default=True, help="Part to choose on.")
@click.option("-k", type=click.IntRange(1), help="Best pairs of each query.")
def command(
    model: str, datasets: tuple[Path, ...], images: tuple[Path, ...], split: str, k: int | None
) -> None:
    """Choose calibration, fusion weight and SMR on validation pictures; writes rerank.json.

    With several data sets, settings are those of the greatest sum of gains by which none of them
    loses more than a tenth of a point of mR.

    Such as: python -m research.reranking my_model/ rsicd.json ucm.json
    """  # noqa: DOC501 - shown as help
    if images and len(images) != len(datasets):
        raise click.UsageError(
            f"found {len(images)} --images for {len(datasets)} data sets, wanted one for each"
        )
    sets = list(zip(datasets, images or (None,) * len(datasets), strict=True))
    try:
        encoder = open_encoder(model)
        folder = encoder.model.path
        picture = folder / "reliability.png"
        check_output(picture)
        if find_spec("matplotlib") is None:
            raise MissingExtraError(
                "found no matplotlib, wanted it for the reliability diagram; "
                "next: pip install 'cmpagl-qgis[train]'"
            )
        choice = choose(encoder, sets, split, k)
        names = ", ".join(one.name for one in datasets)
        click.echo(f"mR in %, for each of {names}: of fusion; of smr and of full")
        for row in choice.tried:
            click.echo(f"{row.setting:32} {'  '.join(f'{value:6.2f}' for value in row.figures)}")
        write_text(folder / RERANK, choice.settings.to_json())
        draw_reliability(choice, picture)
        found, held = choice.settings.calibration, choice.held_out
        click.echo(
            f"{len(choice.matches):,} pairs of sentences and their best pictures; expected "
            f"calibration error on held-out pictures {found.error_before:.4f} before, "
            f"{found.error_after:.4f} after"
        )
        click.echo("forecast and share that matched: before; after")
        tables = (reliability(chances, choice.matches) for chances in (held.before, held.after))
        for pair in zip(*tables, strict=True):
            click.echo("   ".join(f"{row.forecast:.3f} {row.observed:.3f}" for row in pair))
        click.echo(f"wrote {folder / RERANK} and {picture}:\n{choice.settings.to_json()}", nl=False)
    except CmpaglError as error:
        click.echo(f"choose: {error}", err=True)
        click.get_current_context().exit(1)


if __name__ == "__main__":
    command()
