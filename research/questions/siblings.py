"""How many of the first places show the same ground, with and without siblings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from cmpagl_model.search import open_index
from cmpagl_model.search.merge import MAX_SIDE_RATIO, MIN_OVERLAP
from tiling import ChipSpec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cmpagl_model.records import Hit

SENTENCES = (
    "canal with boats", "factories", "parking lot", "curved road", "apartment blocks", "trees",
    "main road", "red roofs", "dirt roads", "gardens", "loop road around a parking island",
    "narrow vegetable plots", "square fields", "ponds", "lakes",
    "pond with an earth dam in dense forest", "open pine forest", "oak savanna", "dry grass",
    "farmland", "river", "shrubland", "row houses", "park", "roundabout", "large parcels", "dike",
    "mudflat", "small town", "river bend", "forested mountain", "mountains", "a reservoir",
)  # fmt: skip
"""What the table of scenes says that they show."""
FIRST = 20


def measure_places(scenes: Path, work: Path) -> None:
    """Print figures for all scenes at automatic ground sizes, and for two years at four sizes.

    Args:
        scenes: folder with the scenes, two of them (``naip_nd_*``) of one place in two years.
        work: for indexes.
    """
    years = str(scenes / "naip_nd_*.tif"), ChipSpec(ground_sizes_m=(480.0, 960.0, 1920.0, 3620.0))
    for number, (given, spec) in enumerate(((str(scenes), None), years)):
        folder = work / f"{number}.cmpagl"
        report = build_index([given], folder, open_encoder(), spec)
        index = open_index(folder)
        click.echo(f"{len(index.table):,} chips of {report.scenes} scenes")
        for siblings in (False, True):
            again, beyond, fewest, listed = 0, 0, FIRST, 0
            for sentence in SENTENCES:
                hits = index.search(sentence, FIRST, siblings=siblings).hits
                shown = [seen_before(hits, place) for place in range(len(hits))]
                again += sum(factor <= MAX_SIDE_RATIO for factor in shown)
                beyond += sum(MAX_SIDE_RATIO < factor < float("inf") for factor in shown)
                fewest = min(fewest, len(hits))
                listed += sum(len(hit.siblings) for hit in hits)
            click.echo(
                f"  siblings {siblings}: of the first {FIRST} of {len(SENTENCES)} sentences "
                f"{again / len(SENTENCES):.1f} on average show ground that a better one shows, "
                f"{beyond / len(SENTENCES):.1f} only as one more than {MAX_SIDE_RATIO:g} times as "
                f"large or small; {fewest} hits at least, {listed / len(SENTENCES):.0f} siblings"
            )


def seen_before(hits: Sequence[Hit], place: int) -> float:
    """The least factor between its side and that of a better hit of the same ground.

    Args:
        hits: best first.
        place: of the hit among them.

    Returns:
        1 or more; infinity: no better one shows its ground.
    """
    one = hits[place]
    factors = [
        max(one.ground_m, other.ground_m) / min(one.ground_m, other.ground_m)
        for other in hits[:place]
        if one.geometry.intersection(other.geometry).area
        > MIN_OVERLAP * min(one.geometry.area, other.geometry.area)
    ]
    return min(factors, default=float("inf"))
