"""Where a file keeps the places of its rows: WKB, GeoArrow, WKT, or longitude and latitude."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from cmpagl_model.errors import SourceError

from .footer import broken, crs_of
from .shapes import CRS84
from .wkb import read_shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

WKB, WKT, DEGREES = "WKB", "WKT", "degrees"
NATIVE = ("point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon")
"""Encodings of GeoParquet 1.1 that are GeoArrow's."""
TEXTS = ("geometry_wkt", "wkt", "WKT", "geometry")
CORNERS = (("centre_lon", "centre_lat"), ("longitude", "latitude"), ("lon", "lat"))
PLAIN_TEXT = re.compile(r"\s*(MULTI)?(POINT|LINESTRING|POLYGON)\b", re.IGNORECASE)
"""The reader of GEOS follows collections in collections until the stack is full."""
EXTENSION, EXTENSION_ABOUT = b"ARROW:extension:name", b"ARROW:extension:metadata"


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a file's rows. Made by :func:`find_places`."""

    columns: tuple[str, ...]
    """One column of shapes, or longitude and latitude."""
    encoding: str
    """How they are written: one of :data:`NATIVE`, WKB, WKT, or degrees."""
    crs: str
    """Their CRS, as PROJ reads it."""

    def read(self, batch: pa.RecordBatch) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
        """A shape for each row, ``None`` where there is none, and which could not be read."""
        columns = [batch.column(name) for name in self.columns]
        if self.encoding == WKB:
            return read_shapes(columns[0].to_pylist())
        if self.encoding == WKT:
            texts = columns[0].to_pylist()
            plain = [one if one and PLAIN_TEXT.match(one) else None for one in texts]
            shapes = np.asarray(shapely.from_wkt(np.array(plain, object), on_invalid="ignore"))
            given = np.array([bool(one) for one in texts], np.bool_)
            return shapes.astype(object), given & shapely.is_missing(shapes)
        if self.encoding == DEGREES:
            east, north = (np.array(one.cast(pa.float64()), np.float64) for one in columns)
            shapes = np.asarray(shapely.points(east, north), object)
            shapes[np.isnan(east) | np.isnan(north)] = None
            return shapes, np.zeros(len(batch), np.bool_)
        import geopandas  # noqa: PLC0415 - slow to import, needed by few files

        tag = {EXTENSION: f"geoarrow.{self.encoding}"}
        field = pa.field("geometry", columns[0].type, metadata=tag)
        frame = geopandas.GeoDataFrame.from_arrow(pa.table(columns, schema=pa.schema([field])))
        return np.array(frame.geometry.array, object), np.zeros(len(batch), np.bool_)


def _tagged(field: pa.Field) -> dict[str, Any]:
    """What a column of GeoArrow says of itself, in the words of GeoParquet."""
    tags = field.metadata or {}
    name = tags.get(EXTENSION, b"").decode("utf-8", "replace").removeprefix("geoarrow.")
    encoding = {"encoding": WKB if name == "wkb" else name} if name else {}
    try:
        about = json.loads(tags.get(EXTENSION_ABOUT) or b"{}")
    except (ValueError, RecursionError):
        about = {}
    crs = about.get("crs") if isinstance(about, dict) else None
    return {**encoding, "crs": crs}


def find_places(path: str, schema: pa.Schema, geo: dict[str, Any]) -> Places:
    """Look for the places of a file's rows.

    Args:
        path: the file, for messages.
        schema: its columns.
        geo: the GeoParquet metadata in its footer.

    Raises:
        SourceError: if there are none.
    """
    name = geo.get("primary_column", "geometry")
    columns = geo.get("columns", {})
    about = columns.get(name, {}) if isinstance(name, str) and isinstance(columns, dict) else None
    if not isinstance(about, dict):
        raise SourceError(broken(path, "geo", "its columns are none"))
    if name in schema.names:
        field = schema.field(name)
        about = {**_tagged(field), **about}
        encoding = str(about.get("encoding", WKB))
        binary = pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type)
        if (binary and encoding == WKB) or (not binary and encoding in NATIVE):
            return Places((name,), encoding, crs_of(path, about.get("crs")))
    for text in TEXTS:
        dtype = schema.field(text).type if text in schema.names else pa.null()
        if pa.types.is_string(dtype) or pa.types.is_large_string(dtype):
            return Places((text,), WKT, CRS84)
    for pair in CORNERS:
        if set(pair) <= set(schema.names):
            return Places(pair, DEGREES, CRS84)
    raise SourceError(
        f"{path}: found no geometry column of WKB; its columns: {', '.join(schema.names)}; "
        "wanted GeoParquet 1.x, or a column geometry_wkt, or longitude and latitude; next: write "
        "the file with GeoPandas, GDAL or DuckDB's spatial extension"
    )
