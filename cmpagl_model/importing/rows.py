"""What an import reads, whatever it reads it from: rows of chips, some thousand at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from cmpagl_model.index.parts import PartArrays
    from cmpagl_model.records import ModelId
    from tiling import SceneRecord, Window

    from .files import SourceFile


@dataclass(frozen=True, slots=True, eq=False)
class SourceRows:
    """Rows that can be indexed; n of them."""

    arrays: PartArrays
    """Their columns; numbered by their places in the file, from 0."""
    scenes: NDArray[np.object_]
    """Name of the scene of each, "" where the file does not say, ``(n,)``."""
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
