"""How the rows of a part lie in its file: columns, their compression, and the footer's pages."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from tiling.addresses import is_url
from tiling.dates import span_of, text_of

from .imported import has_pixels

if TYPE_CHECKING:
    import io
    from datetime import datetime

    from numpy.typing import NDArray

    from .format import IndexInfo
    from .part_records import PartArrays, PartRecord

FOOTER, GEO, EMB = b"cmpagl", b"geo", b"emb"
MODEL, SOURCE_DATA = "emb:model", "emb:source-data"
WINDOW = pa.struct([(name, pa.int32()) for name in ("col", "row", "width", "height")])
BBOX = pa.struct([(name, pa.float32()) for name in ("xmin", "ymin", "xmax", "ymax")])
TIME = pa.timestamp("us", "UTC")
CORNERS = tuple(f"bbox.{field.name}" for field in BBOX)
PLAIN_COLUMNS = ("geometry", "scene", "chip", "gsd_m", "ground_m", "valid_fraction", "edge")
VECTOR = "embedding.list.element"
COMPRESSION = {
    **dict.fromkeys((*PLAIN_COLUMNS, *CORNERS), "zstd"),
    **dict.fromkeys((f"window.{field.name}" for field in WINDOW), "zstd"),
    VECTOR: "none",  # halves of unit vectors hardly get smaller, and so a search can map them
}
ENCODING = {**dict.fromkeys(CORNERS, "BYTE_STREAM_SPLIT"), "chip": "DELTA_BINARY_PACKED"}
ONE_PAGE = 1 << 30
"""Bytes that a page may have: a column of a part is one page."""


def write_table(table: pa.Table, stream: io.BytesIO) -> None:
    """Write the file of a part."""
    pq.write_table(
        table,
        stream,
        compression=COMPRESSION,
        use_dictionary=["scene"],
        column_encoding=ENCODING,
        data_page_size=ONE_PAGE,
        write_page_checksum=True,
        write_statistics=True,
    )


def table_of(record: PartRecord, rows: PartArrays, info: IndexInfo) -> pa.Table:
    """The rows of a part with its footer, as they are written."""
    vectors = pa.FixedSizeListArray.from_arrays(
        pa.array(np.ascontiguousarray(rows.embeddings).reshape(-1), pa.float16()),
        info.embedding_size,
    )
    # Boxes in single precision that hold the given ones, as GeoParquet has them
    bounds = shapely.bounds(rows.footprints).reshape(-1, 4)
    near = bounds.astype(np.float32)
    beyond = np.nextafter(near, np.array([-1, -1, 1, 1], np.float32) * np.float32(np.inf))
    inward = np.hstack([near[:, :2] > bounds[:, :2], near[:, 2:] < bounds[:, 2:]])
    columns = {
        "geometry": pa.array(shapely.to_wkb(rows.footprints), pa.binary()),
        "bbox": _struct(np.where(inward, beyond, near), BBOX),
        "scene": pa.array([record.scene.path] * len(rows), pa.string()),
        "chip": pa.array(rows.chips, pa.int64()),
        "window": _struct(rows.windows, WINDOW),
        "gsd_m": pa.array(rows.gsd_m, pa.float64()),
        "ground_m": pa.array(rows.ground_m, pa.float64()),
        "valid_fraction": pa.array(rows.valid, pa.float32()),
        "edge": pa.array(rows.edge, pa.bool_()),
        "embedding": vectors,
    }
    for name, dtype, column in (
        ("id", pa.string(), rows.ids),
        ("datetime", TIME, rows.times),
        ("source", pa.string(), rows.sources),
    ):
        if column is not None:
            columns[name] = pa.array(column, dtype, from_pandas=True)
    footer = {FOOTER: record.to_json(), GEO: _geo(rows), EMB: emb_json(record, info)}
    return pa.table(columns).replace_schema_metadata(footer)


def _struct(columns: NDArray[Any], dtype: pa.StructType) -> pa.StructArray:
    arrays = [
        pa.array(np.ascontiguousarray(column), field.type)
        for column, field in zip(columns.T, dtype, strict=True)
    ]
    return pa.StructArray.from_arrays(arrays, fields=list(dtype))


def _geo(rows: PartArrays) -> str:
    """GeoParquet's metadata; no ``crs`` means OGC:CRS84."""
    corners = ("xmin", "ymin", "xmax", "ymax")
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({shape.geom_type for shape in rows.footprints}),
        "orientation": "counterclockwise",
        "covering": {"bbox": {corner: ["bbox", corner] for corner in corners}},
    }
    if len(rows.footprints):
        column["bbox"] = shapely.total_bounds(rows.footprints).tolist()
    return geo_json(column)


def geo_json(column: dict[str, Any]) -> str:
    """GeoParquet 1.1 metadata of a file with one column of shapes, of which this is said."""
    page = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    return json.dumps(page)


def emb_json(record: PartRecord, info: IndexInfo) -> str:
    """The embeddings in the words of the STAC extension for embeddings, version 0.0.1.

    Of its two halves, what a collection says stands above and what an item says in
    ``item_properties``. Names of ours have no prefix, for others are not allowed there.
    """
    source = {"rel": SOURCE_DATA, "href": address(record.scene.path)}
    fields = emb_fields(info, "float16")
    fields["links"].append({**source, "checksum": record.scene.checksum})
    if has_pixels(record.scene):
        side, step = info.spec.size_px, round(info.spec.size_px * (1 - info.spec.overlap))
        fields["emb:chip_layout"] = {
            "layout_type": "regular_grid", "chip_size": [side, side], "stride": [step, step],
        }  # fmt: skip
        made = {"bands": record.scene.bands, "stretch": record.scene.stretch}
        fields["item_properties"]["emb:preprocessing"] = {"format": "cmpagl", "expression": made}
    if record.scene.taken:
        fields["item_properties"].update(times_of(*span_of(record.scene.taken)))
    return json.dumps(fields)


def times_of(first: datetime, last: datetime) -> dict[str, str | None]:
    """When something was taken, in the words of STAC: a moment, or the first and the last one."""
    if first == last:
        return {"datetime": text_of(first)}
    return {"datetime": None, "start_datetime": text_of(first), "end_datetime": text_of(last)}


def emb_fields(info: IndexInfo, data_type: str) -> dict[str, Any]:
    """What :func:`emb_json` says of all parts of an index.

    Args:
        info: the index.
        data_type: of the numbers in the file.
    """
    model = asdict(info.model)
    name = f"urn:cmpagl:model:{quote(info.model.name)}:{info.model.fingerprint}"
    return {
        "emb:type": "chip",
        "emb:dimensions": info.embedding_size,
        "data_type": data_type,
        "column": "embedding",
        "model": model,
        "links": [{"rel": MODEL, "href": name, "title": info.model.name}],
        "item_properties": {
            "emb:postprocessing": {"format": "cmpagl", "expression": "l2_normalize"},
            "emb:quantization": {
                "method": "cast", "original_dtype": "float32", "quantized_dtype": "float16",
            },
        },
    }  # fmt: skip


def address(path: str) -> str:
    """A path or an address as a link may hold it."""
    if is_url(path):
        return path
    return Path(path).as_uri() if Path(path).is_absolute() else quote(path)
