"""All parts of an index, decoded one by one, checksums verified."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from cmpagl_model.errors import IndexFormatError
from cmpagl_model.records import Problem
from cmpagl_model.table.checked import ChecksummedArray
from cmpagl_model.table.chips import BLOCK, BLOCK_SUMMARY, ROW, ChipTable, Packed, corner_bounds
from cmpagl_model.table.codes import coded_embeddings
from cmpagl_model.table.embeddings import Embeddings

from .catalogue import readable_parts
from .imported_columns import with_imported
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
QUAD = bytes.fromhex("01030000000100000005000000")
"""How the WKB of a polygon with one ring of five points begins, little-endian."""
QUAD_BYTES = len(QUAD) + 5 * 16
NOWHERE = np.array([-1000.0, -1000.0, 1000.0, 1000.0])
"""West, south, east, north in place of the bounds of an empty footprint: beyond all degrees, so
that its block is looked at chip by chip."""


@dataclass(frozen=True, slots=True, eq=False)
class PackedPart:
    """The arrays of one part, as :class:`~cmpagl_model.table.chips.Packed` has those of all."""

    rows: NDArray[Any]
    """Its chips."""
    blocks: NDArray[Any]
    """Its blocks."""
    shapes: NDArray[np.uint8]
    """Its footprints of other shapes."""
    embeddings: NDArray[np.float16]
    """``(n, D)``."""

    def __len__(self) -> int:
        """How many chips."""
        return len(self.rows)


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
    counts: list[tuple[int, int]] = []
    pieces: list[PackedPart] = []
    files: list[tuple[str, int]] = []
    for part, arrays in decoded(parts, info, problems):
        if part.key not in scenes:
            scenes[part.key] = len(records)
            records.append(part.record.scene)
        counts.append((len(arrays), scenes[part.key]))
        pieces.append(arrays)
        files.append((part.path.name, len(arrays)))
    embeddings = Embeddings([piece.embeddings for piece in pieces], info.embedding_size)
    coded = coded_embeddings(embeddings)
    table = ChipTable.of(tuple(records), counts, joined(pieces), embeddings, coded=coded)
    return LoadedIndex(info, with_imported(table, folder, files), tuple(problems))


def decoded(
    parts: list[Part], info: IndexInfo, problems: list[Problem]
) -> Iterator[tuple[Part, PackedPart]]:
    """The rows of parts, one after the other.

    Args:
        parts: which.
        info: the index.
        problems: gets a line for each part that is damaged; the part is left out.
    """
    for part in parts:
        arrays = _arrays_or_problem(part, info, problems)
        if arrays is not None:
            yield part, arrays


def _arrays_or_problem(part: Part, info: IndexInfo, problems: list[Problem]) -> PackedPart | None:
    try:
        return read_arrays_of(part, info.embedding_size)
    except IndexFormatError as error:
        problems.append(Problem(part.path.name, str(error)))
    except (KeyError, TypeError, ValueError) as error:
        if part.entry.sha256:
            raise  # its bytes are those that were written
        problems.append(Problem(part.path.name, damaged_part(part.path, error)))
    return None


def read_arrays_of(part: Part, embedding_size: int) -> PackedPart:
    """Decode a part, every byte of it verified.

    Args:
        part: the part.
        embedding_size: length of its embeddings.

    Raises:
        IndexFormatError: if it is damaged.
    """
    found = read_sealed_rows(part.path, part.entry, COLUMNS)
    count = len(found)
    columns = {name: found[name].combine_chunks() for name in COLUMNS}
    rows, vectors = np.zeros(count, ROW), np.empty(0, np.float16)
    if count:  # what is empty has no buffer to look at
        sides = [_plain(columns["window"].field(key)) for key in SIDES]
        rows["window"] = np.stack(sides, axis=1)
        rows["gsd_m"], rows["ground_m"] = _plain(columns["gsd_m"]), _plain(columns["ground_m"])
        rows["valid"] = _plain(columns["valid_fraction"])
        rows["edge"] = columns["edge"].to_pylist()
        vectors = np.asarray(_plain(columns["embedding"].flatten()), np.float16)
    if len(vectors) != count * embedding_size:
        message = (
            f"found {len(vectors)} numbers in {count} embeddings, wanted {embedding_size} in each"
        )
        raise IndexFormatError(damaged_part(part.path, ValueError(message)))
    shapes: list[bytes] = columns["geometry"].to_pylist()
    return part_arrays(rows, shapes, vectors.reshape(count, embedding_size))


def part_arrays(
    rows: NDArray[Any], shapes: list[bytes], embeddings: NDArray[np.float16]
) -> PackedPart:
    """Put footprints into the arrays of a part, and sum up its blocks.

    Args:
        rows: facts of its chips, of type :data:`~cmpagl_model.table.chips.ROW`, ``(n,)``.
        shapes: their footprints as WKB.
        embeddings: ``(n, D)``.
    """
    quads = np.array([len(wkb) == QUAD_BYTES and wkb.startswith(QUAD) for wkb in shapes], bool)
    rings = b"".join([wkb[len(QUAD) : -16] for wkb in itertools.compress(shapes, quads)])
    others = list(itertools.compress(shapes, ~quads))
    bounds = shapely.bounds(shapely.from_wkb(others)).reshape(-1, 4)
    rows["corners"][quads] = np.frombuffer(rings, "<f8").reshape(-1, 4, 2)
    rows["corners"][~quads] = bounds[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
    rows["bytes"][~quads] = [len(wkb) for wkb in others]
    rows["at"] = np.cumsum(rows["bytes"]) - rows["bytes"]
    starts = np.arange(0, len(rows), BLOCK)
    blocks = np.empty(len(starts), BLOCK_SUMMARY)
    around = corner_bounds(rows["corners"])
    around = np.where(np.isnan(around), NOWHERE, around)
    blocks["bounds"][:, :2] = np.minimum.reduceat(around[:, :2], starts)
    blocks["bounds"][:, 2:] = np.maximum.reduceat(around[:, 2:], starts)
    blocks["ground_m"][:, 0] = np.minimum.reduceat(rows["ground_m"], starts)
    blocks["ground_m"][:, 1] = np.maximum.reduceat(rows["ground_m"], starts)
    return PackedPart(rows, blocks, np.frombuffer(b"".join(others), np.uint8), embeddings)


def joined(pieces: list[PackedPart]) -> Packed:
    """The arrays of parts, one after the other."""
    pieces = [*pieces, part_arrays(np.empty(0, ROW), [], np.empty((0, 0), np.float16))]
    rows = np.concatenate([piece.rows for piece in pieces])
    sizes = [len(piece.shapes) for piece in pieces]
    rows["at"] += np.repeat(np.cumsum(sizes) - sizes, [len(piece) for piece in pieces])
    return Packed(
        rows=ChecksummedArray(rows),
        blocks=np.concatenate([piece.blocks for piece in pieces]),
        shapes=ChecksummedArray(np.concatenate([piece.shapes for piece in pieces])),
    )


def _plain(numbers: pa.Array) -> NDArray[Any]:
    """A column of numbers without a copy.

    Not by ``to_numpy``, which loads pandas: half a second of every cold search.
    """
    return np.from_dlpack(numbers)
