"""Measures ``describe`` and ``overview`` on pictures whose class is known.

The pictures of a split, in an order by chance, become one scene, side by side, each one chip. A
sentence fits a class if it holds one of the words that ``class_words.txt`` has for the class.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from cmpagl_model.search import ChipPlace, open_index
from cmpagl_model.search.describe import describe
from cmpagl_model.search.overview import GROUPS, overview
from cmpagl_model.search.reference import read_reference
from research.classes import ACROSS, SIDE_PX, write_pictures
from tiling import ChipSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cmpagl_model.search import SearchableIndex

SETS = {"rsicd": 0.5, "ucm": 0.3, "eurosat": 2.5}
"""With the ground sample distance that is given to the scene, m/px of 256 px a picture."""
SURE = 0.8
"""A relevance of the first sentence, to see whether it tells right from wrong."""


class Fits:
    """Whether sentences fit classes."""

    def __init__(self) -> None:
        """Read the words of the classes."""
        text = Path(__file__).with_name("class_words.txt").read_text(encoding="utf-8")
        self._words: dict[str, re.Pattern[str]] = {}
        for line in text.splitlines():
            name, words = line.split(":")
            inner = "|".join(re.escape(word.strip()) for word in words.split(","))
            self._words[name] = re.compile(rf"\b(?:{inner})\b")

    def __call__(self, sentence: str, name: str) -> bool:
        """Whether the sentence holds a word of the class."""
        return self._words[name].search(sentence.lower()) is not None


def lines(model: str, data: Path) -> Iterator[str]:
    """The figures of all sets, a line of text each.

    Args:
        model: name or folder.
        data: folder of data sets, as docs/evaluation.md has them.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, gsd in SETS.items():
            page = json.loads((data / name / f"dataset_{name}.json").read_text(encoding="utf-8"))
            images = [one for one in page["images"] if one["split"] == "val" and one["class"]]
            images = [images[n] for n in np.random.default_rng(0).permutation(len(images))]
            scene, index = Path(folder, f"{name}.tif"), Path(folder, f"{name}.cmpagl")
            write_pictures([data / name / "images" / one["filename"] for one in images], scene, gsd)
            spec = ChipSpec(ground_sizes_m=(SIDE_PX * gsd,), overlap=0.0)
            build_index([str(scene)], index, open_encoder(model), spec)
            opened = open_index(index, model=model)
            windows = opened.table.windows[:]
            places = windows[:, 1] // SIDE_PX * ACROSS + windows[:, 0] // SIDE_PX
            classes = np.array([one["class"] for one in images])[places]
            yield from _grouped(name, opened, classes)
            yield _described(name, opened, classes)


def _described(name: str, index: SearchableIndex, classes: NDArray[np.str_]) -> str:
    """How often the sentences said of a picture fit its class."""
    fits, table = Fits(), index.table
    rights, sures, chance = [], [], []
    for row, kind in enumerate(classes.tolist()):
        scene = table.scenes[table.scene_of[row]].path
        said = describe(index, ChipPlace(scene, table.window(row), float(table.ground_m[row])))
        rights.append([fits(one.sentence, kind) for one in said.said])
        sures.append((said.said[0].relevance or 0.0) >= SURE)
    for kind in np.unique(classes).tolist():
        share = np.mean([fits(one, kind) for one in read_reference().sentences])
        chance += [share] * int((classes == kind).sum())
    right, sure = np.array(rights), np.array(sures)
    return (
        f"{name}, describe, {len(right)} pictures: the first fits {right[:, 0].mean():.3f}, one of "
        f"five {right.any(1).mean():.3f}, of the five {right.mean():.3f}; by chance "
        f"{np.mean(chance):.3f}; the first has a relevance of {SURE} or more at {sure.mean():.3f} "
        f"and then fits {right[sure, 0].mean():.3f}, else {right[~sure, 0].mean():.3f}"
    )


def _grouped(name: str, index: SearchableIndex, classes: NDArray[np.str_]) -> list[str]:
    """How well groups follow classes, and how often their names fit."""
    fits, told = Fits(), []
    for count in sorted({GROUPS, len(np.unique(classes))}):
        seen = overview(index, count)
        group_of, groups = seen.found.class_of, seen.groups
        kinds = np.unique(classes)
        table = np.array([[((group_of == group) & (classes == kind)).sum() for kind in kinds]
                          for group in range(len(groups))])  # fmt: skip
        most = kinds[table.argmax(axis=1)].tolist()
        right = np.array([fits(one.name, kind) for one, kind in zip(groups, most, strict=True)])
        sure = np.array([one.fits is not None and one.fits >= 0.5 for one in groups])
        chips = table.sum(axis=1)
        told.append(
            f"{name}, overview, {len(groups)} groups of {len(kinds)} classes: purity "
            f"{table.max(axis=1).sum() / table.sum():.3f}, NMI {mutual_information(table):.3f}; "
            f"names that fit the commonest class {right.mean():.3f}, by chips "
            f"{right @ chips / chips.sum():.3f}; said of half their chips "
            f"{sure.mean():.3f}, of these fit "
            f"{right[sure].mean() if sure.any() else 0:.3f}, of the others "
            f"{right[~sure].mean() if (~sure).any() else 0:.3f}"
        )
    return told


def mutual_information(table: NDArray[np.int64]) -> float:
    """Normalised mutual information of the rows and columns of counts, arithmetic mean.

    Args:
        table: counts ``(rows, columns)``.
    """
    joint = table / table.sum()
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    there = joint > 0
    shared = float((joint[there] * np.log((joint / np.outer(rows, columns))[there])).sum())
    own = [-float((some[some > 0] * np.log(some[some > 0])).sum()) for some in (rows, columns)]
    return 2 * shared / sum(own)
