"""All parts of an index, decoded one by one, checksums verified."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from cmpagl_model.errors import IndexFormatError
from cmpagl_model.records import Problem
from cmpagl_model.table.chips import ChipTable, Packed
from cmpagl_model.table.codes import coded_embeddings
from cmpagl_model.table.columns import BLOCK, KIND
from cmpagl_model.table.embeddings import Embeddings
from cmpagl_model.table.footprints import pack

from .catalogue import readable_parts
from .given import with_given
from .loaded import LoadedIndex
from .parts import damaged_part, read_sealed_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from tiling import SceneRecord

    from .catalogue import Part
    from .format import IndexInfo

COLUMNS = ["geometry", "window", "gsd_m", "ground_m", "valid_fraction", "edge", "embedding"]
SIDES = ("col", "row", "width", "height")
NOWHERE = np.array([-1000.0, -1000.0, 1000.0, 1000.0])
"""West, south, east, north in place of the bounds of an empty footprint: beyond all degrees, so
that its block is looked at chip by chip."""


@dataclass(frozen=True, slots=True, eq=False)
class PartColumns:
    """The rows of one part, packed as those of a whole index are."""

    packed: Packed
    """All columns but the embeddings."""
    embeddings: NDArray[np.float16]
    """``(n, D)``."""

    def __len__(self) -> int:
        """How many chips."""
        return len(self.packed.places)


def load_chips(folder: Path, info: IndexInfo) -> LoadedIndex:
    """Read all chips of an index into memory.

    Args:
        folder: the index.
        info: its version.

    Returns:
        The chips, and the parts that could not be read.
    """
    parts, problems = readable_parts(folder, info)
    scenes: dict[str, int] = {}
    records: list[SceneRecord] = []
    counts: list[tuple[int, int, int]] = []
    pieces: list[PartColumns] = []
    names: list[str] = []
    for part, columns in decoded(parts, info, problems):
        if part.key not in scenes:
            scenes[part.key] = len(records)
            records.append(part.record.scene)
        counts.append((len(columns), len(columns.packed.kinds), scenes[part.key]))
        pieces.append(columns)
        names.append(part.path.name)
    embeddings = Embeddings([piece.embeddings for piece in pieces], info.embedding_size)
    packed = joined([piece.packed for piece in pieces])
    coded = coded_embeddings(embeddings)
    table = ChipTable.of(tuple(records), counts, packed, embeddings, coded)
    return LoadedIndex(info, with_given(table, folder, names), tuple(problems))


def decoded(
    parts: list[Part], info: IndexInfo, problems: list[Problem]
) -> Iterator[tuple[Part, PartColumns]]:
    """The rows of parts, one after the other.

    Args:
        parts: which.
        info: the index.
        problems: gets a line for each part that is damaged; the part is left out.
    """
    for part in parts:
        columns = _columns_or_problem(part, info, problems)
        if columns is not None:
            yield part, columns


def _columns_or_problem(part: Part, info: IndexInfo, problems: list[Problem]) -> PartColumns | None:
    try:
        return read_columns(part, info.embedding_size)
    except IndexFormatError as error:
        problems.append(Problem(part.path.name, str(error)))
    except (KeyError, TypeError, ValueError) as error:
        if part.entry.sha256:
            raise  # its bytes are those that were written
        problems.append(Problem(part.path.name, damaged_part(part.path, error)))
    return None


def read_columns(part: Part, embedding_size: int) -> PartColumns:
    """Decode a part, every byte of it verified.

    Args:
        part: the part.
        embedding_size: length of its embeddings.

    Raises:
        IndexFormatError: if it is damaged.
    """
    rows = read_sealed_rows(part.path, part.entry, COLUMNS)
    count = len(rows)

    def column(name: str) -> pa.Array:
        return rows[name].combine_chunks()

    def sides() -> NDArray[np.int32]:
        parts = [_plain(column("window").field(key)) for key in SIDES]
        return np.stack(parts, axis=1).astype(np.int32, copy=False)

    kinds = np.zeros(count, KIND)
    windows = sides() if count else np.empty((0, 4), np.int32)
    kinds["width"], kinds["height"] = windows[:, 2], windows[:, 3]
    for name in ("gsd_m", "ground_m"):
        kinds[name] = _plain(column(name)) if count else 0.0
    kinds["valid"] = _plain(column("valid_fraction")) if count else 0.0
    kinds["edge"] = column("edge").to_pylist()
    vectors = np.asarray(_plain(column("embedding").flatten()) if count else [], np.float16)
    if len(vectors) != count * embedding_size:
        found = (
            f"found {len(vectors)} numbers in {count} embeddings, wanted {embedding_size} in each"
        )
        raise IndexFormatError(damaged_part(part.path, ValueError(found)))
    shapes: list[bytes] = column("geometry").to_pylist()
    return PartColumns(
        packed_part(windows[:, :2], kinds, shapes), vectors.reshape(count, embedding_size)
    )


def packed_part(corners: NDArray[np.int32], kinds: NDArray[Any], shapes: list[bytes]) -> Packed:
    """Pack the columns of a part.

    Args:
        corners: column and row of each window, ``(n, 2)``.
        kinds: what else there is of each, of type :data:`~.columns.KIND`, ``(n,)``.
        shapes: footprints as WKB.
    """
    starts = np.arange(0, len(corners), BLOCK)
    sizes = np.diff(starts, append=len(corners))
    bases = np.minimum.reduceat(corners, starts) if len(corners) else corners[:0]
    known, kind_of = _told_apart(kinds)
    blocks = [pack(shapes[start : start + BLOCK]) for start in starts.tolist()]
    return Packed(
        places=corners - np.repeat(bases, sizes, axis=0),
        kind_of=kind_of,
        bases=bases.astype(np.int32),
        boxes=_boxes(shapes, starts),
        ends=np.cumsum([len(block) for block in blocks], dtype=np.int64),
        shapes=np.frombuffer(b"".join(blocks), np.uint8),
        kinds=known,
    )


def _told_apart(kinds: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.unsignedinteger]]:
    """The kinds that occur, as they come, and which of them each row is of."""
    raw, size = kinds.tobytes(), kinds.itemsize
    numbers: dict[bytes, int] = {}
    found = [
        numbers.setdefault(raw[start : start + size], len(numbers))
        for start in range(0, len(raw), size)
    ]  # np.unique took thirty times as long
    return np.frombuffer(b"".join(numbers), kinds.dtype), np.array(found, np.uint32)


def _boxes(shapes: list[bytes], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """The bounds of blocks; a block with an empty footprint has one that no area holds."""
    if not shapes:
        return np.empty((0, 4))
    bounds = shapely.bounds(shapely.from_wkb(shapes))
    bounds = np.where(np.isnan(bounds), NOWHERE, bounds)
    low = np.minimum.reduceat(bounds[:, :2], starts, axis=0)
    return np.hstack([low, np.maximum.reduceat(bounds[:, 2:], starts, axis=0)])


def joined(pieces: list[Packed]) -> Packed:
    """The columns of parts, one after the other."""
    pieces = [*pieces, packed_part(np.empty((0, 2), np.int32), np.empty(0, KIND), [])]
    before = np.cumsum([0, *(len(piece.shapes) for piece in pieces)]).tolist()
    columns = {
        field.name: np.concatenate([getattr(piece, field.name) for piece in pieces])
        for field in fields(Packed)
    }
    ends = [piece.ends + at for piece, at in zip(pieces, before, strict=False)]
    return Packed(**{**columns, "ends": np.concatenate(ends)})


def _plain(numbers: pa.Array) -> NDArray[Any]:
    """A column of numbers without a copy.

    Not by ``to_numpy``, which loads pandas: half a second of every cold search.
    """
    return np.from_dlpack(numbers)
