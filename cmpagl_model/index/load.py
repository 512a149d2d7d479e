"""All parts of an index, decoded one by one, checksums verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.errors import IndexFormatError
from cmpagl_model.records import Problem

from .catalogue import Catalogue
from .codes import coded_embeddings
from .parts import read_rows
from .table import ChipTable, LoadedIndex, ShapeBytes, block_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from tiling import SceneRecord

    from .catalogue import Part
    from .format import IndexInfo

COLUMNS = ["geometry", "bbox", "window", "gsd_m", "ground_m", "valid_fraction", "edge", "embedding"]
CORNERS = ("xmin", "ymin", "xmax", "ymax")
SIDES = ("col", "row", "width", "height")


@dataclass(frozen=True, slots=True, eq=False)
class PartColumns:
    """The rows of one part; the fields are those of a whole index's table."""

    windows: NDArray[np.int32]
    """``(n, 4)``."""
    bounds: NDArray[np.float64]
    """``(n, 4)``."""
    gsd_m: NDArray[np.float64]
    """``(n,)``."""
    ground_m: NDArray[np.float64]
    """``(n,)``."""
    valid: NDArray[np.float32]
    """``(n,)``."""
    edge: NDArray[np.bool_]
    """``(n,)``."""
    embeddings: NDArray[np.float16]
    """``(n, D)``."""
    shapes: ShapeBytes
    """n footprints."""

    def __len__(self) -> int:
        """How many chips."""
        return len(self.windows)


def usable_parts(catalogue: Catalogue, info: IndexInfo) -> tuple[list[Part], list[Problem]]:
    """The parts made by the index's model, and everything that is wrong with the others."""
    good = [part for part in catalogue.parts if part.record.model == info.model]
    foreign = [part for part in catalogue.parts if part.record.model != info.model]
    problems = [Problem(part.path.name, _foreign(part, info)) for part in foreign]
    return good, [*catalogue.problems, *problems]


def load_parts(folder: Path, info: IndexInfo) -> LoadedIndex:
    """Read all chips of an index into memory.

    Args:
        folder: the index.
        info: its front page.

    Returns:
        The chips, and the parts that could not be read.
    """
    parts, problems = usable_parts(Catalogue.of(folder), info)
    scenes: dict[str, int] = {}
    records: list[SceneRecord] = []
    owners: list[NDArray[np.int32]] = []
    pieces: list[PartColumns] = []
    for part, columns in decoded(parts, info, problems):
        if part.key not in scenes:
            scenes[part.key] = len(records)
            records.append(part.record.scene)
        owners.append(np.full(len(columns), scenes[part.key], np.int32))
        pieces.append(columns)
    return LoadedIndex(info, _joined(records, owners, pieces, info), tuple(problems))


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
        return read_columns(part.path, info.embedding_size)
    except IndexFormatError as error:
        problems.append(Problem(part.path.name, str(error)))
        return None


def read_columns(path: Path, embedding_size: int) -> PartColumns:
    """Decode a part.

    Args:
        path: the part.
        embedding_size: length of its embeddings.

    Raises:
        IndexFormatError: if it is damaged.
    """
    rows = read_rows(path, COLUMNS)
    count = len(rows)

    def column(name: str) -> pa.Array:
        return rows[name].combine_chunks()

    def fields(name: str, keys: tuple[str, ...], kind: type) -> NDArray[Any]:
        parts = [_plain(column(name).field(key)) for key in keys]
        return np.stack(parts, axis=1).astype(kind, copy=False)

    if not count:
        return _no_rows(embedding_size)
    vectors = np.asarray(_plain(column("embedding").flatten()), np.float16)
    return PartColumns(
        windows=fields("window", SIDES, np.int32),
        bounds=fields("bbox", CORNERS, np.float64),
        gsd_m=np.asarray(_plain(column("gsd_m")), np.float64),
        ground_m=np.asarray(_plain(column("ground_m")), np.float64),
        valid=np.asarray(_plain(column("valid_fraction")), np.float32),
        edge=np.array(column("edge").to_pylist(), np.bool_),
        embeddings=vectors.reshape(count, embedding_size),
        shapes=_shapes(column("geometry")),
    )


def _no_rows(embedding_size: int) -> PartColumns:
    shapes = ShapeBytes(np.empty(0, np.uint8), np.empty(0, np.int64))
    return PartColumns(
        windows=np.empty((0, 4), np.int32), bounds=np.empty((0, 4)), gsd_m=np.empty(0),
        ground_m=np.empty(0), valid=np.empty(0, np.float32), edge=np.empty(0, np.bool_),
        embeddings=np.empty((0, embedding_size), np.float16), shapes=shapes,
    )  # fmt: skip


def _shapes(column: pa.Array) -> ShapeBytes:
    _, ends, data = column.buffers()
    places = np.frombuffer(ends, np.int32)[column.offset : column.offset + len(column) + 1]
    whole = np.frombuffer(data, np.uint8)[places[0] : places[-1]]
    return ShapeBytes(whole, (places[1:] - places[0]).astype(np.int64))


def _foreign(part: Part, info: IndexInfo) -> str:
    return (
        f"part made by {part.record.model}, wanted {info.model}; next: run 'cmpagl index' on its "
        "scene again"
    )


def _joined(
    scenes: list[SceneRecord],
    owners: list[NDArray[np.int32]],
    pieces: list[PartColumns],
    info: IndexInfo,
) -> ChipTable:
    pieces = [*pieces, _no_rows(info.embedding_size)]  # never nothing to join

    def join(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(piece, name) for piece in pieces])

    lengths = np.cumsum([0, *(len(piece.shapes.data) for piece in pieces)])
    ends = [piece.shapes.ends + before for piece, before in zip(pieces, lengths, strict=False)]
    bounds, embeddings = join("bounds"), join("embeddings")
    return ChipTable(
        scenes=tuple(scenes),
        scene_of=np.concatenate([*owners, np.empty(0, np.int32)]),
        windows=join("windows"),
        bounds=bounds,
        gsd_m=join("gsd_m"),
        ground_m=join("ground_m"),
        valid=join("valid"),
        edge=join("edge"),
        embeddings=embeddings,
        shapes=ShapeBytes(
            np.concatenate([piece.shapes.data for piece in pieces]), np.concatenate(ends)
        ),
        blocks=block_bounds(bounds),
        coded=coded_embeddings(embeddings),
    )


def _plain(numbers: pa.Array) -> NDArray[Any]:
    """A column of numbers without a copy.

    Not by ``to_numpy``, which loads pandas: half a second of every cold search.
    """
    return np.from_dlpack(numbers)
