"""All chips of an index as columns in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from cmpagl_model.errors import IndexFormatError
from cmpagl_model.records import Problem
from tiling import Window

from .catalogue import Catalogue
from .parts import read_rows

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tiling import SceneRecord

    from .format import IndexInfo

COLUMNS = ["geometry", "bbox", "window", "gsd_m", "ground_m", "valid_fraction", "edge", "embedding"]


@dataclass(frozen=True, slots=True, eq=False)
class ChipTable:
    """The chips of an index, n rows in the order of part names and plans."""

    scenes: tuple[SceneRecord, ...]
    """The scenes."""
    scene_of: NDArray[np.int32]
    """Which scene a chip is of, a row of ``scenes``, ``(n,)``."""
    windows: NDArray[np.int32]
    """Column, row, width, height in native px, ``(n, 4)``."""
    bounds: NDArray[np.float64]
    """West, south, east, north of the footprint, degrees, ``(n, 4)``."""
    gsd_m: NDArray[np.float64]
    """Ground sample distance, m/px, ``(n,)``."""
    ground_m: NDArray[np.float64]
    """Side of the full chip on the ground, m, ``(n,)``."""
    valid: NDArray[np.float32]
    """Share of valid pixels, 0 to 1, ``(n,)``."""
    edge: NDArray[np.bool_]
    """Whether the chip was padded at the scene's edge, ``(n,)``."""
    embeddings: NDArray[np.float16]
    """Unit vectors ``(n, D)``."""
    wkb: pa.Array
    """Footprints in OGC:CRS84 as WKB, n rows; see :meth:`footprints`."""

    def __len__(self) -> int:
        """How many chips."""
        return len(self.scene_of)

    def footprints(self, rows: NDArray[np.integer]) -> NDArray[np.object_]:
        """The footprints of some rows as polygons in OGC:CRS84, ``(len(rows),)``."""
        # One by one: pyarrow's conversions of whole arrays load pandas.
        taken = [self.wkb[row].as_py() for row in rows.tolist()]
        return np.asarray(shapely.from_wkb(taken), object)

    def window(self, row: int) -> Window:
        """The window of one row."""
        return Window(*(int(value) for value in self.windows[row]))


@dataclass(frozen=True, slots=True)
class LoadedIndex:
    """An index in memory, and what is wrong with it."""

    info: IndexInfo
    """What all parts share."""
    table: ChipTable
    """The chips of all readable parts."""
    problems: tuple[Problem, ...]
    """Parts that are missing, damaged or of another model; search goes on without them."""


def load_chips(folder: Path, info: IndexInfo) -> LoadedIndex:
    """Read all chips of an index.

    Args:
        folder: the index.
        info: its front page.

    Returns:
        The chips, and the parts that could not be read.
    """
    catalogue = Catalogue.of(folder)
    problems = list(catalogue.problems)
    scenes: dict[str, int] = {}
    records: list[SceneRecord] = []
    owners: list[NDArray[np.int32]] = []
    tables: list[pa.Table] = []
    for part in catalogue.parts:
        if part.record.model != info.model:
            problems.append(Problem(part.path.name, _foreign(part.record.model, info)))
            continue
        try:
            rows = read_rows(part.path, COLUMNS)
        except IndexFormatError as error:
            problems.append(Problem(part.path.name, str(error)))
            continue
        if part.key not in scenes:
            scenes[part.key] = len(records)
            records.append(part.record.scene)
        owners.append(np.full(len(rows), scenes[part.key], np.int32))
        tables.append(rows)
    return LoadedIndex(info, _columns(records, owners, tables, info), tuple(problems))


def _foreign(found: object, info: IndexInfo) -> str:
    return f"part made by {found}, wanted {info.model}; next: run 'cmpagl index' on its scene again"


def _columns(
    scenes: list[SceneRecord],
    owners: list[NDArray[np.int32]],
    tables: list[pa.Table],
    info: IndexInfo,
) -> ChipTable:
    rows = pa.concat_tables([t.replace_schema_metadata(None) for t in tables]) if tables else {}
    count = sum(len(table) for table in tables)

    def column(name: str) -> pa.Array:
        return rows[name].combine_chunks() if count else pa.array([])

    def numbers(name: str, kind: type) -> NDArray[Any]:
        return np.asarray(_plain(column(name)) if count else [], kind)

    def fields(name: str, keys: tuple[str, ...], kind: type) -> NDArray[Any]:
        if not count:
            return np.empty((0, len(keys)), kind)
        parts = [_plain(column(name).field(key)) for key in keys]
        return np.stack(parts, axis=1).astype(kind)

    size = info.embedding_size
    vectors = _plain(column("embedding").flatten()) if count else np.empty(0, np.float16)
    return ChipTable(
        scenes=tuple(scenes),
        scene_of=np.concatenate(owners) if owners else np.empty(0, np.int32),
        windows=fields("window", ("col", "row", "width", "height"), np.int32),
        bounds=fields("bbox", ("xmin", "ymin", "xmax", "ymax"), np.float64),
        gsd_m=numbers("gsd_m", np.float64),
        ground_m=numbers("ground_m", np.float64),
        valid=numbers("valid_fraction", np.float32),
        edge=np.array(column("edge").to_pylist(), np.bool_),
        embeddings=np.asarray(vectors, np.float16).reshape(count, size),
        wkb=column("geometry"),
    )


def _plain(numbers: pa.Array) -> NDArray[Any]:
    """A column of numbers without a copy.

    Not by ``to_numpy``, which loads pandas: half a second of every cold search.
    """
    return np.from_dlpack(numbers)
