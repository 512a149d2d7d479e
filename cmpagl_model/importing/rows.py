"""What an import reads, whatever it reads it from: rows of chips, some thousand at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from cmpagl_model.records import ModelId
    from tiling import SceneRecord, Window

    from .files import SourceFile


@dataclass(frozen=True, slots=True, eq=False)
class SourceRows:
    """Rows that can be indexed; n of them."""

    numbers: NDArray[np.int64]
    """Their places in the file, from 0, ``(n,)``."""
    scenes: NDArray[np.object_]
    """Name of the scene of each, "" where the file does not say, ``(n,)``."""
    windows: NDArray[np.int32]
    """Column, row, width, height, ``(n, 4)``."""
    gsd_m: NDArray[np.float64]
    """Ground sample distance, m/px, ``(n,)``."""
    ground_m: NDArray[np.float64]
    """Side of the chip on the ground, m, ``(n,)``."""
    valid: NDArray[np.float32]
    """Share of valid pixels, 0 to 1, ``(n,)``."""
    edge: NDArray[np.bool_]
    """Whether the chip sticks out of its scene, ``(n,)``."""
    footprints: NDArray[np.object_]
    """Shapes in OGC:CRS84, ``(n,)``."""
    embeddings: NDArray[np.float16]
    """Unit vectors ``(n, D)``."""
    ids: NDArray[np.object_] | None
    """What the file calls each, ``(n,)``; ``None``: it does not say."""
    times: NDArray[np.datetime64] | None
    """When it was taken, UTC, ``(n,)``; ``None``: the file does not say."""
    sources: NDArray[np.object_] | None
    """What it was taken from, ``(n,)``; ``None``: the file does not say."""
    points: int
    """How many are points and no areas."""
    refused: tuple[tuple[str, tuple[int, ...]], ...]
    """Reasons, and the rows of the batch that cannot be indexed for it."""
    mended: tuple[tuple[str, tuple[int, ...]], ...]
    """What was wrong, and the rows of the batch in which it is not any more."""
    read: int
    """Rows read, those refused included."""


class EmbeddingSource(Protocol):
    """Something that can be imported: a table of embeddings, or a raster of them."""

    @property
    def file(self) -> SourceFile:
        """The file."""

    @property
    def rows(self) -> int:
        """Rows or chips in it, those that cannot be used included."""

    @property
    def size(self) -> int:
        """Length of an embedding."""

    @property
    def model(self) -> ModelId | str | None:
        """The model that it names, by name only where it has no fingerprint; ``None``: none."""

    @property
    def goes_on(self) -> bool:
        """Whether :meth:`batches` spares the work of what lies before ``after``."""

    def checksum(self) -> str:
        """What tells another content of it: "sha256:" and 64 hexadecimal digits."""

    def record(self, name: str, checksum: str) -> SceneRecord:
        """The record of a scene of it; the file itself is called ""."""

    def batches(self, after: Window | None = None) -> Iterator[SourceRows]:
        """The rows in their order, some thousand at a time.

        Args:
            after: the chip behind which to begin, where that spares work; ``None``: at the start.

        Raises:
            SourceError: if it is damaged.
        """
