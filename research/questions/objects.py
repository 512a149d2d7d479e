"""Outlines and squares against places that are known: pictures put together to scenes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from cmpagl_model.search import open_index
from cmpagl_model.search.objects import find_objects
from research.scenes import mosaic, square, write_scene
from tiling import Window
from tiling.georef import footprint

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

CLASSES = {
    "airplane": ("airplanes", "airplane|plane"),
    "vehicle": ("many cars", "car|vehicle"),
    "baseball diamond": ("a baseball field", "baseball"),
    "ground track field": ("a track field", "track"),
    "ship": ("ships", "ship|boat"),
    "tennis court": ("tennis courts", "tennis"),
    "bridge": ("a bridge", "bridge"),
    "basketball court": ("a basketball court", "basketball"),
    "storage tank": ("storage tanks", "tank"),
    "harbor": ("a harbor", "harbor|dock"),
}
"""What is asked for, and the words by which a picture of another class shows it, too."""
SIDE, ACROSS, COMPOSITES, SEED = 256, 5, 40, 4


def measure_composites(folder: Path, place: Path) -> None:
    """Print the intersection over union of the best outline, and of the best square.

    Args:
        folder: NWPU VHR-10 with captions, of which ``val`` counts.
        place: for scenes and indexes.
    """
    page = json.loads((folder / "dataset_vhr10.json").read_text(encoding="utf-8"))
    pictures = [one for one in page["images"] if one["split"] == "val"]
    random, encoder = np.random.default_rng(SEED), open_encoder()
    rows: list[tuple[int, float, float]] = []
    for number in range(COMPOSITES):
        name = list(CLASSES)[number % len(CLASSES)]
        pair = (number + number // len(CLASSES)) % 2
        path = place / f"{number:02d}.tif"
        window = _composite(folder, pictures, name, pair, random, path)
        build_index([str(path)], path.with_suffix(".cmpagl"), encoder)
        opened = open_index(path.with_suffix(".cmpagl"))
        (scene,) = opened.table.scenes
        truth, sentence = footprint(scene, window), CLASSES[name][0]
        objects = find_objects(opened, sentence, 1).objects
        outline = _shared(objects[0].geometry, truth) if objects else 0.0
        square = _shared(opened.search(sentence, 1).hits[0].geometry, truth)
        rows.append((pair, outline, square))
    table = np.array(rows)
    for what, some in (("all", table), ("single", table[table[:, 0] == 0]),
                       ("pairs", table[table[:, 0] == 1])):  # fmt: skip
        click.echo(
            f"{what}: {len(some)}, outline {some[:, 1].mean():.2f}, square {some[:, 2].mean():.2f}"
        )
    click.echo(f"median {np.median(table[:, 1:], axis=0).round(2).tolist()}")
    click.echo(f"over half {(table[:, 1:] > 0.5).mean(axis=0).round(2).tolist()}")


def _composite(
    folder: Path, listed: list[dict[str, Any]], name: str, pair: int,
    random: np.random.Generator, path: Path,
) -> Window:  # fmt: skip
    """Write a scene of 5 x 5 pictures, of which one or two side by side show a class."""
    words = re.compile(CLASSES[name][1])
    own = [one for one in listed if one["class"] == name]
    others = [
        one for one in listed
        if one["class"] != name and not any(words.search(s["raw"]) for s in one["sentences"])
    ]  # fmt: skip
    row, col = int(random.integers(0, ACROSS)), int(random.integers(0, ACROSS - pair))
    chosen = [others[n] for n in random.choice(len(others), ACROSS**2, replace=False)]
    for step, n in enumerate(random.choice(len(own), 1 + pair, replace=False)):
        chosen[ACROSS * row + col + step] = own[n]
    pictures = [square(folder / "images" / one["filename"], SIDE) for one in chosen]
    write_scene(mosaic(pictures, ACROSS), path, (500_000, 5_000_000), 0.6)
    return Window(SIDE * col, SIDE * row, SIDE * (1 + pair), SIDE)


def _shared(one: BaseGeometry, other: BaseGeometry) -> float:
    return float(one.intersection(other).area / one.union(other).area)
