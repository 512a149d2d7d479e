"""One part of an index: a GeoParquet 1.1 file of at most 4,096 planned chips of one scene.

Which part holds which chips follows from the plan alone, and its name from (scene checksum, chip
specification, model fingerprint). So what is done is what lies there under its name, and any
number of workers can write parts of one index.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from cmpagl_model.atomic import write_bytes
from cmpagl_model.errors import IndexFormatError, OutputError
from cmpagl_model.records import Damage, ModelId
from tiling import SceneRecord, TilingError, Window

from .format import cannot_write

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.index.format import IndexInfo
    from tiling import PlannedChip

CHIPS_PER_PART = 4096
KEY_DIGITS = 16
FOOTER, GEO, EMB = b"cmpagl", b"geo", b"emb"
PART_NAME = re.compile(rf"^.+-([0-9a-f]{{{KEY_DIGITS}}})-(\d{{5}})\.parquet$")
WINDOW = pa.struct([(name, pa.int32()) for name in ("col", "row", "width", "height")])
BBOX = pa.struct([(name, pa.float32()) for name in ("xmin", "ymin", "xmax", "ymax")])
CORNERS = tuple(f"bbox.{field.name}" for field in BBOX)
PLAIN_COLUMNS = ("geometry", "scene", "chip", "gsd_m", "ground_m", "valid_fraction", "edge")
VECTOR = "embedding.list.element"
COMPRESSION = {
    **dict.fromkeys((*PLAIN_COLUMNS, *CORNERS), "zstd"),
    **dict.fromkeys((f"window.{field.name}" for field in WINDOW), "zstd"),
    VECTOR: "none",  # halves of unit vectors hardly get smaller, and so a search can map them
}
ENCODING = {**dict.fromkeys(CORNERS, "BYTE_STREAM_SPLIT"), "chip": "DELTA_BINARY_PACKED"}
GRID_PER_DEGREE = 2.0**32
"""Corners of footprints are multiples of 1 / 2**32 degree, at most 0.03 mm."""
ONE_PAGE = 1 << 30
"""Bytes that a page may have: a column of a part is one page."""


@dataclass(frozen=True, slots=True)
class PartRecord:
    """What the footer of a part says."""

    scene: SceneRecord
    """The scene, to replay its chips."""
    model: ModelId
    """The model of the embeddings."""
    plan_chips: int
    """Chips in the whole plan of the scene."""
    number: int
    """Place of this part among those of the scene, from 0."""
    skipped: tuple[tuple[str, int], ...]
    """Chips of this part that were not worth encoding: reason and how many."""
    damage: tuple[Damage, ...]
    """Chips of this part that could not be decoded."""

    @property
    def parts(self) -> int:
        """How many parts the scene has."""
        return max(1, -(-self.plan_chips // CHIPS_PER_PART))

    def to_json(self) -> str:
        """One line of JSON."""
        page = dataclasses.asdict(self)
        page["scene"] = json.loads(self.scene.to_json())
        return json.dumps(page, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, eq=False)
class PartRows:
    """The encoded chips of a part, in the order of the plan."""

    chips: tuple[PlannedChip, ...]
    """The chips."""
    footprints: NDArray[np.object_]
    """Their polygons in OGC:CRS84, ``(n,)``."""
    valid: NDArray[np.float32]
    """Share of valid pixels, 0 to 1, ``(n,)``."""
    embeddings: NDArray[np.float16]
    """Unit vectors ``(n, D)``."""


@dataclass(frozen=True, slots=True, eq=False)
class PartArrays:
    """The rows of a part, column by column."""

    chips: NDArray[np.int64]
    """Places in the scene's plan, ``(n,)``."""
    windows: NDArray[np.int32]
    """Column, row, width, height in native px, ``(n, 4)``."""
    gsd_m: NDArray[np.float64]
    """Ground sample distance, m/px, ``(n,)``."""
    ground_m: NDArray[np.float64]
    """Side of the full chip on the ground, m, ``(n,)``."""
    valid: NDArray[np.float32]
    """Share of valid pixels, 0 to 1, ``(n,)``."""
    edge: NDArray[np.bool_]
    """Whether the chip was padded at the scene's edge, ``(n,)``."""
    footprints: NDArray[np.object_]
    """Shapes in OGC:CRS84, ``(n,)``."""
    embeddings: NDArray[np.float16]
    """Unit vectors ``(n, D)``."""

    def __len__(self) -> int:
        """How many chips."""
        return len(self.chips)

    @classmethod
    def of(cls, rows: PartRows) -> PartArrays:
        """The same rows, chip by chip before."""
        chips = rows.chips
        windows = [dataclasses.astuple(chip.window) for chip in chips]
        return cls(
            chips=np.array([chip.number for chip in chips], np.int64),
            windows=np.array(windows, np.int32).reshape(len(chips), 4),
            gsd_m=np.array([chip.gsd_m for chip in chips], np.float64),
            ground_m=np.array([chip.ground_m for chip in chips], np.float64),
            valid=rows.valid,
            edge=np.array([chip.edge for chip in chips], np.bool_),
            footprints=_snapped(rows.footprints),
            embeddings=rows.embeddings,
        )


def scene_key(scene: SceneRecord, info: IndexInfo) -> str:
    """What decides whether a scene is done: its content, the chip specification and the model."""
    text = "|".join((scene.checksum, info.spec.to_json(), info.model.fingerprint))
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS]


def part_name(scene: SceneRecord, key: str, number: int) -> str:
    """File name of a part: a readable stem, the scene's key, the part's number."""
    stem = Path(scene.path.split("?")[0]).stem
    readable = re.sub(r"[^A-Za-z0-9_]+", "_", stem)[:60].strip("_") or "scene"
    return f"{readable}-{key}-{number:05d}.parquet"


def write_part(path: Path, record: PartRecord, rows: PartRows, info: IndexInfo) -> None:
    """Write a part, whole or not at all.

    Args:
        path: its place, named by :func:`part_name`.
        record: its footer.
        rows: its chips; may be none.
        info: the index it belongs to.

    Raises:
        OutputError: if it cannot be written; nothing is left behind then.
    """
    write_arrays(path, record, PartArrays.of(rows), info)


def write_arrays(path: Path, record: PartRecord, rows: PartArrays, info: IndexInfo) -> None:
    """Write a part whose rows are columns already; see :func:`write_part`.

    Raises:
        OutputError: if it cannot be written; nothing is left behind then.
    """
    _write_table(path, _table(record, rows, info))


def move_part(path: Path, scene: SceneRecord, info: IndexInfo) -> None:
    """Rewrite a part whose scene lies elsewhere now, under the name that goes with it.

    Args:
        path: the part.
        scene: the record of the same content at its new place.
        info: the index.

    Raises:
        IndexFormatError: if the part is damaged.
        OutputError: if it cannot be written.
    """
    record = dataclasses.replace(read_record(path), scene=scene)
    table = read_rows(path)
    column = table.schema.get_field_index("scene")
    table = table.set_column(column, "scene", pa.array([scene.path] * len(table), pa.string()))
    footer = {**table.schema.metadata, FOOTER: record.to_json(), EMB: _emb(record, info)}
    moved = path.with_name(part_name(scene, scene_key(scene, info), record.number))
    _write_table(moved, table.replace_schema_metadata(footer))
    if moved != path:
        path.unlink()


def _write_table(path: Path, table: pa.Table) -> None:
    written = io.BytesIO()
    pq.write_table(
        table,
        written,
        compression=COMPRESSION,
        use_dictionary=["scene"],
        column_encoding=ENCODING,
        data_page_size=ONE_PAGE,
        write_page_checksum=True,
        write_statistics=True,
    )
    try:
        write_bytes(path, written.getvalue())
    except OSError as error:
        raise OutputError(cannot_write(path.parent.parent, error)) from error


def read_record(path: Path) -> PartRecord:
    """The footer of a part, without its rows.

    Raises:
        IndexFormatError: if the part is damaged or no part of an index.
    """
    try:
        footer = pq.read_metadata(path).metadata or {}
        page = json.loads(footer[FOOTER])
        return PartRecord(
            scene=SceneRecord.from_json(json.dumps(page["scene"])),
            model=ModelId(**page["model"]),
            plan_chips=int(page["plan_chips"]),
            number=int(page["number"]),
            skipped=tuple((str(reason), int(count)) for reason, count in page["skipped"]),
            damage=tuple(Damage(Window(**d["window"]), str(d["reason"])) for d in page["damage"]),
        )
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError, TilingError) as error:
        raise IndexFormatError(_damaged(path, error)) from error


def read_rows(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The rows of a part, page checksums verified.

    Args:
        path: the part.
        columns: which columns; ``None``: all.

    Raises:
        IndexFormatError: if the part is damaged.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as part:
            return part.read(columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise IndexFormatError(_damaged(path, error)) from error


def embeddings_page(path: Path, size: int) -> int | None:
    """Where the embeddings of a part lie in the file as they are, one after the other.

    Args:
        path: the part.
        size: bytes of all of them.

    Returns:
        The place of the first byte, to be compared; ``None`` where they lie otherwise.
    """
    about = pq.read_metadata(path)
    if about.num_row_groups != 1:
        return None
    group = about.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    for column in columns:
        if column.path_in_schema == VECTOR and column.compression == "UNCOMPRESSED":
            return int(column.data_page_offset + column.total_compressed_size - size)
    return None


def _damaged(path: Path, error: Exception) -> str:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return (
        f"{path.name}: damaged part ({reason}); next: run 'cmpagl index' on its scene again, "
        "which makes this part anew"
    )


def _table(record: PartRecord, rows: PartArrays, info: IndexInfo) -> pa.Table:
    vectors = pa.FixedSizeListArray.from_arrays(
        pa.array(np.ascontiguousarray(rows.embeddings).reshape(-1), pa.float16()),
        info.embedding_size,
    )
    columns = {
        "geometry": pa.array(shapely.to_wkb(rows.footprints), pa.binary()),
        "bbox": _struct(_outward(shapely.bounds(rows.footprints).reshape(-1, 4)), BBOX),
        "scene": pa.array([record.scene.path] * len(rows), pa.string()),
        "chip": pa.array(rows.chips, pa.int64()),
        "window": _struct(rows.windows, WINDOW),
        "gsd_m": pa.array(rows.gsd_m, pa.float64()),
        "ground_m": pa.array(rows.ground_m, pa.float64()),
        "valid_fraction": pa.array(rows.valid, pa.float32()),
        "edge": pa.array(rows.edge, pa.bool_()),
        "embedding": vectors,
    }
    footer = {FOOTER: record.to_json(), GEO: _geo(rows), EMB: _emb(record, info)}
    return pa.table(columns).replace_schema_metadata(footer)


def _snapped(footprints: NDArray[np.object_]) -> NDArray[np.object_]:
    """Footprints with their corners on a grid far finer than any map: noise takes up space."""

    def on_grid(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        snapped: NDArray[np.float64] = np.rint(corners * GRID_PER_DEGREE) / GRID_PER_DEGREE
        return snapped

    return np.asarray(shapely.transform(footprints, on_grid), object)


def _outward(bounds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Boxes in single precision that hold the given ones, as GeoParquet has them."""
    near = bounds.astype(np.float32)
    beyond = np.nextafter(near, np.array([-1, -1, 1, 1], np.float32) * np.float32(np.inf))
    inward = np.hstack([near[:, :2] > bounds[:, :2], near[:, 2:] < bounds[:, 2:]])
    return np.where(inward, beyond, near)


def _struct(columns: NDArray[Any], kind: pa.StructType) -> pa.StructArray:
    arrays = [
        pa.array(np.ascontiguousarray(column), field.type)
        for column, field in zip(columns.T, kind, strict=True)
    ]
    return pa.StructArray.from_arrays(arrays, fields=list(kind))


def _geo(rows: PartArrays) -> str:
    """GeoParquet 1.1 metadata; no ``crs`` means OGC:CRS84."""
    kinds = sorted({shape.geom_type for shape in rows.footprints})
    corners = ("xmin", "ymin", "xmax", "ymax")
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": kinds,
        "orientation": "counterclockwise",
        "covering": {"bbox": {corner: ["bbox", corner] for corner in corners}},
    }
    if len(rows.footprints):
        column["bbox"] = shapely.total_bounds(rows.footprints).tolist()
    return json.dumps(
        {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    )


def _emb(record: PartRecord, info: IndexInfo) -> str:
    """The Geo-Embeddings convention's description of the embedding column."""
    return json.dumps(
        {
            "emb:type": "chip",
            "emb:dimensions": info.embedding_size,
            "emb:column": "embedding",
            "data_type": "float16",
            "emb:model": {"name": record.model.name, "fingerprint": record.model.fingerprint},
            "emb:chip_layout": {
                "layout_type": "regular_grid",
                "chip_size": info.spec.size_px,
                "overlap": info.spec.overlap,
            },
            "emb:source-data": {"href": record.scene.path, "checksum": record.scene.checksum},
        }
    )
