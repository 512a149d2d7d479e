"""Captioned pictures of several data sets, and sentences that describe none of them."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.captions import read_captions
from cmpagl_model.errors import DatasetError
from cmpagl_model.evaluation.encode import encode_split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.encoders import Encoder
    from cmpagl_model.progress import Progress

    Floats = NDArray[np.float32]

PATTERN = "*/dataset_*.json"
IN_OTHER_WORDS = "val_in_other_words.json"
LISTS = ("nonsense", "thrown_together", "off_topic", "absent")
"""Files of sentences that fit no picture."""
JUDGED = "judged.csv"
SPLIT, MOST = "val", 500
"""The part that is searched, and pictures of a set at most, spread over all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Pictures of one data set that the model has not learned, or should not have."""

    name: str
    """Of the set's folder."""
    images: Floats
    """Unit vectors of the pictures, ``(n, D)``."""
    names: tuple[str, ...]
    """File names of the pictures."""
    texts: Floats
    """Unit vectors of their different sentences, ``(t, D)``."""
    sentences: tuple[str, ...]
    """The different sentences, in the order of ``texts``."""
    own: tuple[tuple[int, ...], ...]
    """Rows of ``texts`` that describe each picture, as written and in other words."""
    other: frozenset[int]
    """Rows of ``texts`` that are in other words."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A picture and a sentence of another picture, looked at by a person."""

    gallery: str
    """Set of the picture."""
    picture: str
    """Its file name."""
    asked_gallery: str
    """Set of the picture that the sentence was written for."""
    asked: str
    """Its file name."""
    number: int
    """Which of its sentences, from 0."""
    right: bool
    """Whether the sentence is right for the picture, too."""


def read_galleries(data: Path, encoder: Encoder, told: Progress) -> list[Gallery]:
    """Encode the pictures and sentences of all data sets in a folder.

    Args:
        data: holds a folder for each set, see :data:`PATTERN`.
        encoder: the model.
        told: hears of every batch.

    Raises:
        DatasetError: if there is none.
    """
    found = []
    for path in sorted(data.glob(PATTERN)):
        items = [item for item in read_captions(path) if item.split == SPLIT]
        if items:
            spread = np.linspace(0, len(items) - 1, min(len(items), MOST)).round().astype(int)
            found.append(_gallery(path.parent, [items[row] for row in spread], encoder, told))
    if not found:
        raise DatasetError(
            f"{data}: found no {PATTERN} with pictures of the part {SPLIT!r}, wanted one at least; "
            "next: give the folder that holds the data sets"
        )
    return found


def _gallery(
    folder: Path, items: Sequence[CaptionedImage], encoder: Encoder, told: Progress
) -> Gallery:
    path = folder / IN_OTHER_WORDS
    more: dict[str, list[str]] = {}
    if path.exists():
        more = json.loads(path.read_text(encoding="utf-8"))
    others = [tuple(more.get(item.path.name, ())) for item in items]
    both = [
        replace(item, sentences=(*item.sentences, *other))
        for item, other in zip(items, others, strict=True)
    ]
    split = encode_split(both, encoder, told)
    own: list[list[int]] = [[] for _ in split.paths]
    for row, image in zip(split.text_of.tolist(), split.image_of.tolist(), strict=True):
        own[image].append(row)
    row_of = {text: row for row, text in enumerate(split.different)}
    return Gallery(
        name=folder.name,
        images=split.images,
        names=tuple(path.name for path in split.paths),
        texts=split.texts,
        sentences=split.different,
        own=tuple(tuple(rows) for rows in own),
        other=frozenset(row_of[text] for some in others for text in some if text in row_of),
    )


def training_sentences(data: Path) -> list[str]:
    """Every different sentence that the model may have been trained with.

    Args:
        data: as for :func:`read_galleries`; files beside the captions that hold more sentences for
            training pictures, or sentences without pictures, count too.
    """
    found: dict[str, None] = {}
    for path in sorted(data.glob(PATTERN)):
        items = [item for item in read_captions(path) if item.split == "train"]
        found.update((text, None) for item in items for text in item.sentences)
        for more in sorted(path.parent.glob("*.json")):
            if more != path and more.name != IN_OTHER_WORDS:
                found.update((text, None) for text in _more(more))
    return list(found)


def _more(path: Path) -> Iterator[str]:
    """Sentences of a file of the form ``{file: [sentence]}`` or ``{"rows": [{"sentences"}]}``."""
    page: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for said in page.values():
        if not isinstance(said, list):
            continue
        for one in said:
            if isinstance(one, str):
                yield one
            elif isinstance(one, dict):
                yield from one.get("sentences", ())


def read_list(folder: Path, name: str) -> list[str]:
    """Sentences that fit no picture, one a line.

    Raises:
        DatasetError: if the file cannot be read or is empty.
    """
    path = folder / f"{name}.txt"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: no readable list of sentences ({error})") from error
    if not lines:
        raise DatasetError(f"{path}: found no sentence, wanted one a line")
    return lines


def read_judged(folder: Path) -> list[Judged]:
    """What a person said of pictures and sentences; none if there is no such file.

    Raises:
        DatasetError: if the file cannot be read.
    """
    path = folder / JUDGED
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))[1:]
        return [
            Judged(gallery, picture, asked_gallery, asked, int(number), right == "1")
            for gallery, picture, asked_gallery, asked, number, right in rows
        ]
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: no readable judgements ({error})") from error
