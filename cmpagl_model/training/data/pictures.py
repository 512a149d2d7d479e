"""Training pictures: decoded once where they fit in memory, else as they are needed.

Start at :func:`open_pictures`. A picture that cannot be decoded is left out, and named once.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from torch import Tensor

from cmpagl_model.captions import load_picture
from cmpagl_model.errors import DatasetError
from cmpagl_model.records import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.training.listener import Listener

    Pixels = NDArray[np.uint8]

GIGABYTE = 1e9
AHEAD = 64


@dataclass(frozen=True, slots=True, eq=False)
class PictureBatch:
    """Some pictures."""

    pixels: Tensor
    """``(B, 3, P, P)`` uint8, or what frozen stages made of views, ``(B, C, H, W)`` float32; 0
    where a picture cannot be decoded."""
    readable: Tensor
    """False where a picture cannot be decoded, ``(B,)`` bool."""


class Pictures(Protocol):
    """Pixels by row."""

    def batch(self, rows: Sequence[int]) -> PictureBatch:
        """The pictures of ``rows``, in that order."""

    def prefetch(self, rows: Sequence[int]) -> None:
        """These rows are asked for next; a reader may begin."""

    def exclude(self, rows: Sequence[int]) -> None:
        """Some process could not decode these rows; they are named once."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenedPictures:
    """Pictures ready for training."""

    pictures: Pictures
    """Their pixels."""
    items: tuple[CaptionedImage, ...]
    """What was written about them; item i belongs to row i."""
    problems: tuple[Problem, ...]
    """Pictures left out."""


class HeldPictures:
    """All pictures in memory."""

    def __init__(self, pixels: Tensor) -> None:
        """Hold ``(n, 3, P, P)`` uint8."""
        self._pixels = pixels

    def batch(self, rows: Sequence[int]) -> PictureBatch:
        """See the protocol."""
        return PictureBatch(self._pixels[list(rows)], torch.ones(len(rows), dtype=torch.bool))

    def prefetch(self, rows: Sequence[int]) -> None:
        """Nothing: all are here."""

    def exclude(self, rows: Sequence[int]) -> None:
        """Nothing: all were decoded."""


class ReadPictures:
    """Pictures decoded by threads when they are asked for."""

    def __init__(self, paths: Sequence[Path], side: int, listener: Listener) -> None:
        """Read ``paths`` at ``side`` px; ``listener`` hears of each that fails, once."""
        self._paths, self._side, self._listener = paths, side, listener
        self._pool = ThreadPoolExecutor(_workers(), thread_name_prefix="pictures")
        self._coming: dict[int, Future[Pixels | Problem]] = {}
        self.failed: dict[int, Problem] = {}

    def batch(self, rows: Sequence[int]) -> PictureBatch:
        """See the protocol."""
        self.prefetch(rows)
        pixels = np.zeros((len(rows), self._side, self._side, 3), np.uint8)
        readable = torch.ones(len(rows), dtype=torch.bool)
        found = {row: self._coming.pop(row).result() for row in {*rows} - {*self.failed}}
        for position, row in enumerate(rows):
            picture = found[row] if row in found else self.failed[row]
            if isinstance(picture, Problem):
                readable[position] = False
                self._fail(row, picture)
            else:
                pixels[position] = picture
        return PictureBatch(torch.from_numpy(pixels).permute(0, 3, 1, 2), readable)

    def prefetch(self, rows: Sequence[int]) -> None:
        """Begin to decode."""
        for row in rows:
            if row not in self._coming and row not in self.failed:
                self._coming[row] = self._pool.submit(_decode, self._paths[row], self._side)

    def exclude(self, rows: Sequence[int]) -> None:
        """See the protocol."""
        for row in rows:
            self._fail(row, Problem(str(self._paths[row]), "no readable picture"))

    def _fail(self, row: int, problem: Problem) -> None:
        if row not in self.failed:
            self.failed[row] = problem
            self._listener.say(
                f"left out from here on: {problem} ({len(self.failed)} of {len(self._paths):,} "
                "pictures so far)"
            )


def open_pictures(
    items: Sequence[CaptionedImage], side: int, most_bytes: float, listener: Listener
) -> OpenedPictures:
    """Make pictures ready.

    Args:
        items: captioned pictures.
        side: P, side that each is resized to, px.
        most_bytes: memory that decoded pictures may take; beyond it they are read when needed,
            and damaged ones are found only then.
        listener: hears how far it is.

    Returns:
        The pictures that can be decoded, as far as is known.

    Raises:
        DatasetError: if none can.
    """
    if len(items) * side * side * 3 > most_bytes:
        reader = ReadPictures([item.path for item in items], side, listener)
        return OpenedPictures(reader, tuple(items), ())
    listener.start(len(items), "reading pictures")
    pixels = np.empty((len(items), side, side, 3), np.uint8)
    kept: list[CaptionedImage] = []
    problems: list[Problem] = []
    for item, found in zip(items, _decoded(items, side), strict=True):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            pixels[len(kept)] = found
            kept.append(item)
        listener.advance(1)
    if not kept:
        raise DatasetError(
            f"found none of {len(items):,} pictures readable (the first: {problems[0]}); wanted "
            "JPEG, PNG or TIFF in 8 bits; next: check the folder of the pictures"
        )
    tensor = torch.from_numpy(pixels[: len(kept)]).permute(0, 3, 1, 2)
    return OpenedPictures(HeldPictures(tensor), tuple(kept), tuple(problems))


def _decoded(items: Sequence[CaptionedImage], side: int) -> Iterator[Pixels | Problem]:
    """Decode in threads, in order, some ahead of the one that is wanted."""
    with ThreadPoolExecutor(_workers()) as pool:
        coming = iter(items)
        queue = [pool.submit(_decode, item.path, side) for item in islice(coming, AHEAD)]
        while queue:
            yield queue.pop(0).result()
            queue += [pool.submit(_decode, item.path, side) for item in islice(coming, 1)]


def _decode(path: Path, side: int) -> Pixels | Problem:
    try:
        return load_picture(path, side)
    except DatasetError as error:
        return Problem(str(path), str(error))


def _workers() -> int:
    return max(1, min(8, os.cpu_count() or 1))
