"""Captioned pictures: reading captions files and the pictures next to them. No torch.

Start at :func:`read_captions`. Training and evaluation both begin here.
"""

from __future__ import annotations

import csv
import json
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from .errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

DAMAGE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)  # what Pillow raises
PUNCTUATION = str.maketrans("", "", string.punctuation)
CSV_HEADERS = (["filename", "caption"], ["filename", "caption", "split"])
CSV_HEADER = "the header filename,caption or filename,caption,split"
CSV_SPLITS = ("train", "val", "test")
HELD_OUT_SHARE, HELD_OUT_SEED = 0.1, 0


@dataclass(frozen=True, slots=True)
class CaptionedImage:
    """One picture and what was written about it."""

    path: Path
    """The picture."""
    split: str
    """``train``, ``val`` or ``test``."""
    sentences: tuple[str, ...]
    """Its sentences as written; some repeat."""
    telling: tuple[str, ...] = ()
    """Those that were written to tell it from others of its kind, beside ``sentences``."""


def normalise_sentence(sentence: str) -> str:
    """The sentence in lower case, without punctuation and doubled blanks."""
    return " ".join(sentence.lower().translate(PUNCTUATION).split())


def read_captions(dataset: Path, images: Path | None = None) -> list[CaptionedImage]:
    """Read a captions file; content and suffix decide its form.

    ==================== =========================================================================
    form                 content
    ==================== =========================================================================
    RSICD, RSITMD, UCM,  ``{"images": [{"filename", "split", "sentences": [{"raw"}]}]}``
    Sydney
    NWPU-Captions        ``{CLASS: [{"filename", "split", "raw", "raw_1", "raw_2", "raw_3",
                         "raw_4"}]}``; the pictures lie in ``images/CLASS/``
    ``.csv``             a header ``filename,caption`` or ``filename,caption,split``; further rows
                         of a file are further captions
    ==================== =========================================================================

    Args:
        dataset: the captions file.
        images: folder of the pictures; ``None``: ``images/`` next to the file, or, for a CSV
            without one, the file's own folder.

    Returns:
        The pictures in the order of the file; empty sentences are left out. Without a column
        ``split``, a tenth of a CSV's pictures, always the same, is ``val`` and the rest ``train``.

    Raises:
        DatasetError: if the file cannot be read or has another form.
    """
    beside = dataset.parent / "images"
    if dataset.suffix.lower() == ".csv":
        return _read_csv(dataset, images or (beside if beside.is_dir() else dataset.parent))
    try:
        content = json.loads(dataset.read_text(encoding="utf-8-sig"))
        if "images" in content:
            return [
                _captioned(row, images or beside, [said["raw"] for said in row["sentences"]])
                for row in content["images"]
            ]
        return [
            _captioned(
                row,
                (images or beside) / name,
                [row["raw"], *(row[key] for key in sorted(row) if key.startswith("raw_"))],
            )
            for name, rows in _classes(content)
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{dataset}: no readable captions file ({type(error).__name__}: {error}); "
            'wanted {"images": [{"filename", "split", "sentences": [{"raw"}]}]} as RSICD has it, '
            '{CLASS: [{"filename", "split", "raw", "raw_1" ...}]} as NWPU-Captions has it, '
            f"or a .csv with {CSV_HEADER}"
        ) from error


def read_extra(path: Path) -> dict[str, tuple[str, ...]]:
    """Read more sentences for pictures, ``{filename: [sentence]}`` in JSON.

    Raises:
        DatasetError: if the file cannot be read or has another form.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8")).items()
        return {name: _without_empty(found) for name, found in rows}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{path}: no readable sentences ({type(error).__name__}: {error}); "
            "wanted {filename: [sentence]}"
        ) from error


def _captioned(row: dict[str, Any], folder: Path, said: list[str]) -> CaptionedImage:
    sentences = _without_empty(said)
    return CaptionedImage(
        path=folder / row["filename"],
        split=str(row["split"]),
        sentences=sentences,
        telling=sentences[:1] if row.get("looked") else (),
    )


def _classes(content: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    found = [(name, rows) for name, rows in content.items() if rows]
    if not found or not all(isinstance(rows, list) for _, rows in found):
        raise KeyError("images")
    return found


def _without_empty(sentences: Iterable[str]) -> tuple[str, ...]:
    stripped = [sentence.strip() for sentence in sentences]
    return tuple(sentence for sentence in stripped if sentence)


def _read_csv(dataset: Path, folder: Path) -> list[CaptionedImage]:
    try:
        with dataset.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(_csv_rows(csv.reader(stream, strict=True)))
    except (OSError, ValueError, csv.Error) as error:
        raise DatasetError(
            f"{dataset}: no readable captions file ({error}); wanted UTF-8 text with {CSV_HEADER}"
        ) from error
    sentences: dict[str, list[str]] = {}
    for name, caption, _ in rows:
        sentences.setdefault(name, []).append(caption)
    splits = {name: split for name, _, split in rows}
    # A tenth of the pictures, one at least where there are two, whatever their order
    names = list(sentences)
    order = np.random.default_rng(HELD_OUT_SEED).permutation(len(names))
    count = max(round(len(names) * HELD_OUT_SHARE), 1) if len(names) > 1 else 0
    alphabetic = sorted(names)
    held_out = {alphabetic[row] for row in order[:count]}
    return [
        CaptionedImage(
            path=folder / name,
            split=splits[name] or ("val" if name in held_out else "train"),
            sentences=_without_empty(said),
        )
        for name, said in sentences.items()
    ]


def _csv_rows(rows: Iterator[list[str]]) -> Iterator[tuple[str, str, str]]:
    """File name, caption and split of each row; no split where there is no such column.

    Raises:
        ValueError: if the header or a row does not hold.
    """
    header = [name.strip().lower() for name in next(rows, [])]
    if header not in CSV_HEADERS:
        raise ValueError(f"its first line is {','.join(header) or 'empty'}")
    splits: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        if not row:
            continue
        if len(row) != len(header):
            raise ValueError(
                f"row {number} has {len(row)} fields, the header {len(header)}; captions with "
                "commas stand in quotes"
            )
        name, caption, split = (*(field.strip() for field in row), "")[:3]
        split = split.lower()
        if not name or (len(header) > len(CSV_HEADERS[0]) and split not in CSV_SPLITS):
            raise ValueError(
                f"row {number} has the file name {name!r} and the split {split!r}; wanted a name "
                f"and one of {', '.join(CSV_SPLITS)}"
            )
        if splits.setdefault(name, split) != split:
            raise ValueError(f"row {number}: {name} is in two splits")
        yield name, caption, split


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
            if picture.mode.startswith(("I", "F")):  # Pillow would make it white, or black
                raise DatasetError(f"{path}: no readable picture (more than 8 bits a colour)")
            resized = picture.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
            return np.asarray(resized)
    except DAMAGE as error:
        reason = getattr(error, "strerror", None) or str(error)
        if isinstance(error, UnidentifiedImageError):  # which repeats the path
            reason = "of no known format"
        raise DatasetError(f"{path}: no readable picture ({reason})") from error
