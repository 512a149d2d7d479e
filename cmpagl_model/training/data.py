"""Captioned pictures: reading the field's JSON files and the pictures beside them."""

from __future__ import annotations

import json
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from cmpagl_model.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class CaptionedImage:
    """One picture and what was written about it."""

    path: Path
    """The picture."""
    split: str
    """``train``, ``val`` or ``test``."""
    sentences: tuple[str, ...]
    """Its sentences as written; some repeat."""


def normalise_sentence(sentence: str) -> str:
    """The sentence in lower case, without punctuation and doubled blanks."""
    return " ".join(sentence.lower().translate(PUNCTUATION).split())


def read_captions(dataset: Path, images: Path | None = None) -> list[CaptionedImage]:
    """Read a captions file of RSICD, RSITMD, UCM or Sydney as their authors distribute it.

    Args:
        dataset: ``{"images": [{"filename", "split", "sentences": [{"raw"}]}]}``.
        images: folder of the pictures; ``None``: ``images/`` beside the file.

    Returns:
        The pictures in the order of the file; empty sentences are left out.

    Raises:
        DatasetError: if the file cannot be read or has another form.
    """
    folder = images or dataset.parent / "images"
    try:
        rows = json.loads(dataset.read_text(encoding="utf-8"))["images"]
        return [
            CaptionedImage(
                path=folder / row["filename"],
                split=row["split"],
                sentences=tuple(s["raw"].strip() for s in row["sentences"] if s["raw"].strip()),
            )
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"{dataset}: no readable captions file ({type(error).__name__}: {error}); "
            'wanted {"images": [{"filename", "split", "sentences": [{"raw"}]}]}'
        ) from error


def with_extra_sentences(items: Iterable[CaptionedImage], extra: Path) -> list[CaptionedImage]:
    """Add the sentences of ``extra`` (``{filename: [sentence]}``) to the training pictures."""
    more = json.loads(extra.read_text(encoding="utf-8"))
    return [
        CaptionedImage(item.path, item.split, item.sentences + tuple(more.get(item.path.name, ())))
        if item.split == "train"
        else item
        for item in items
    ]


def load_pictures(paths: Sequence[Path], side: int) -> NDArray[np.uint8]:
    """Decode pictures into one array.

    Args:
        paths: the files.
        side: side in px that each is resized to (antialiased, aspect not kept).

    Returns:
        ``(len(paths), side, side, 3)`` uint8, red, green, blue.

    Raises:
        DatasetError: if a file cannot be decoded.
    """
    pictures = np.empty((len(paths), side, side, 3), np.uint8)
    for row, path in enumerate(paths):
        pictures[row] = _load_picture(path, side)
    return pictures


def _load_picture(path: Path, side: int) -> NDArray[np.uint8]:
    try:
        with Image.open(path) as picture:
            resized = picture.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
            return np.asarray(resized)
    except OSError as error:
        raise DatasetError(f"{path}: no readable picture ({error})") from error
