"""Captioned pictures: reading the field's JSON files and the pictures beside them. No torch.

Start at :func:`read_captions`. Training and evaluation both begin here.
"""

from __future__ import annotations

import json
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, UnidentifiedImageError

from .errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

DAMAGE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)  # what Pillow raises
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
                split=str(row["split"]),
                sentences=tuple(s["raw"].strip() for s in row["sentences"] if s["raw"].strip()),
            )
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{dataset}: no readable captions file ({type(error).__name__}: {error}); "
            'wanted {"images": [{"filename", "split", "sentences": [{"raw"}]}]}'
        ) from error


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
        pictures[row] = load_picture(path, side)
    return pictures


def load_picture(path: Path, side: int) -> NDArray[np.uint8]:
    """Decode one picture.

    Args:
        path: the file.
        side: side in px that it is resized to (antialiased, aspect not kept).

    Returns:
        ``(side, side, 3)`` uint8, red, green, blue.

    Raises:
        DatasetError: if the file cannot be decoded.
    """
    try:
        with Image.open(path) as picture:
            resized = picture.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
            return np.asarray(resized)
    except DAMAGE as error:
        raise DatasetError(f"{path}: no readable picture ({_reason(error)})") from error


def _reason(error: Exception) -> str:
    """What Pillow found, without the path that it may repeat."""
    if isinstance(error, UnidentifiedImageError):
        return "of no known format"
    return getattr(error, "strerror", None) or str(error)
