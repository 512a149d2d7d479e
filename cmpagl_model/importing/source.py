"""A GeoParquet file with embeddings, read batch by batch and turned into rows of an index."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely
from pyproj.exceptions import ProjError

from cmpagl_model.errors import SourceError
from cmpagl_model.records import ModelId

from .shapes import (
    EARTH_M,
    boxes_to_windows,
    counter_clockwise,
    ground_sides,
    in_bounds,
    mended,
    on_globe,
    to_degrees,
)
from .wkb import read_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

BATCH_ROWS = 8192
"""Rows read at a time."""
CRS84 = "OGC:CRS84"
SIDES = ("col", "row", "width", "height")
LARGEST_PX = 2**31 - 1
"""Where a window may end; beyond, windows cannot be kept."""
NUMBERS = ("window", *SIDES, "gsd_m", "ground_m", "valid_fraction")
KNOWN = ("scene", *NUMBERS)
"""Columns that are taken over where a file has them."""
LIMITS = {"gsd_m": (1e-6, EARTH_M), "ground_m": (1e-6, EARTH_M), "valid_fraction": (0.0, 1.0)}
"""What can be true of a chip, least and most."""


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
    footprints: NDArray[np.object_]
    """Shapes in OGC:CRS84, ``(n,)``."""
    embeddings: NDArray[np.float16]
    """Unit vectors ``(n, D)``."""
    refused: tuple[tuple[str, tuple[int, ...]], ...]
    """Reasons, and the rows of the batch that cannot be indexed for it."""
    mended: tuple[tuple[str, tuple[int, ...]], ...]
    """What was wrong, and the rows of the batch in which it is not any more."""
    read: int
    """Rows read, those refused included."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be imported. Made by :func:`open_source`."""

    path: Path
    """The file."""
    rows: int
    """Rows in it."""
    geometry: str
    """Name of its geometry column."""
    crs: str
    """Its CRS, as PROJ reads it."""
    embedding: str
    """Name of its embedding column."""
    size: int
    """Length of an embedding."""
    columns: tuple[str, ...]
    """Columns that are taken over."""
    model: ModelId | None
    """The model that the file names; ``None``: it names none."""

    def batches(self) -> Iterator[SourceRows]:
        """The rows of the file in its order, at most 8,192 at a time.

        Raises:
            SourceError: if the file is damaged or embeddings differ in length.
        """
        wanted = [self.geometry, self.embedding, *self.columns]
        start = 0
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(BATCH_ROWS, columns=wanted):
                    yield self._rows(batch, start)
                    start += len(batch)
        except (OSError, pa.ArrowException) as error:
            raise SourceError(f"{self.path}: damaged ({_line(error)}) after row {start}") from error

    def _rows(self, batch: pa.RecordBatch, start: int) -> SourceRows:
        vectors, lacking = self._vectors(batch.column(self.embedding), start)
        shapes, unreadable = read_shapes(batch.column(self.geometry).to_pylist())
        refused = _Refused(len(batch))
        numberless = np.asarray(~np.isfinite(vectors).all(axis=1))
        refused.add("without embedding", lacking)
        refused.add("with an embedding that holds NaN or infinity", numberless)
        refused.add("with an embedding of zeros", np.asarray((vectors == 0).all(axis=1)))
        refused.add("with a geometry that cannot be read as points, lines or polygons", unreadable)
        none = np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        refused.add("without geometry", none)
        shapes[refused.rows] = None
        shapes = to_degrees(shapes, self.crs)
        refused.add("with a place off the globe", ~on_globe(shapes))
        shapes[refused.rows] = None
        shapes, changed = mended(in_bounds(shapes))
        refused.add("with an outline that crosses itself too often", shapely.is_missing(shapes))
        windows = _windows(batch, self.columns, shapely.bounds(shapes).reshape(-1, 4))
        refused.add("with a window that is none", ~_are_windows(windows))
        good = np.flatnonzero(~refused.rows)
        shapes, taken = counter_clockwise(shapes[good]), batch.take(pa.array(good))
        scenes = np.full(len(good), "", object)
        if "scene" in self.columns:
            scenes[:] = [str(name or "") for name in taken.column("scene").to_pylist()]
        whole = windows[good].astype(np.int32)
        sides = ground_sides(shapely.bounds(shapes))
        ground, odd_ground = self._numbers(taken, "ground_m", sides)
        gsd, odd_gsd = self._numbers(taken, "gsd_m", ground / whole[:, 2:].max(axis=1, initial=1))
        valid, odd_valid = self._numbers(taken, "valid_fraction", np.ones(len(good)))
        changes = {
            "with an outline that crosses itself": changed[good],
            "with a ground_m that cannot be": odd_ground,
            "with a gsd_m that cannot be": odd_gsd,
            "with a valid_fraction that cannot be": odd_valid,
        }
        # Divided by the largest number first, for the square of one may be no number.
        vectors = vectors[good]
        vectors /= np.abs(vectors).max(axis=1, keepdims=True, initial=0.0)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return SourceRows(
            numbers=start + good,
            scenes=scenes,
            windows=whole,
            gsd_m=gsd,
            ground_m=ground,
            valid=valid.astype(np.float32),
            footprints=shapes,
            embeddings=vectors.astype(np.float16),
            refused=refused.told(start),
            mended=tuple(
                (what, tuple((start + good[rows]).tolist())) for what, rows in changes.items()
            ),
            read=len(batch),
        )

    def _numbers(
        self, batch: pa.RecordBatch, name: str, otherwise: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """A column, what is null or cannot be true filled in, and where it cannot be true."""
        if name not in self.columns:
            return otherwise, np.zeros(len(batch), np.bool_)
        column, (least, most) = batch.column(name), LIMITS[name]
        found = np.array(column.cast(pa.float64(), safe=False), np.float64)  # null: NaN
        fits = (found >= least) & (found <= most)
        lacking = np.array(column.is_null().to_pylist(), np.bool_)
        return np.where(fits, found, otherwise), ~fits & ~lacking

    def _vectors(
        self, column: pa.Array, start: int
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Embeddings ``(n, D)``, NaN where there is none, and where that is.

        Raises:
            SourceError: if one is of another length.
        """
        lacking = np.array(column.is_null().to_pylist(), np.bool_)
        lengths = np.where(lacking, self.size, _lengths(column))
        if (lengths != self.size).any():
            row = int(np.flatnonzero(lengths != self.size)[0])
            raise SourceError(
                f"{self.path}: found an embedding of {lengths[row]} numbers in row {start + row} "
                f"of column {self.embedding!r}, wanted {self.size} as in the first row; next: "
                "export embeddings of one model"
            )
        vectors = np.full((len(column), self.size), np.nan)
        flat = np.array(column.drop_null().flatten(), np.float64)  # a number that is null: NaN
        vectors[~lacking] = flat.reshape(-1, self.size)
        return vectors, lacking


class _Refused:
    """Rows of a batch that cannot be indexed; each counts once, for the first reason."""

    def __init__(self, count: int) -> None:
        self.rows = np.zeros(count, np.bool_)
        self._reasons: list[tuple[str, NDArray[np.int64]]] = []

    def add(self, reason: str, bad: NDArray[np.bool_]) -> None:
        """Refuse some rows, those that are refused already excepted."""
        found = np.flatnonzero(bad & ~self.rows)
        if len(found):
            self._reasons.append((reason, found))
            self.rows[found] = True

    def told(self, start: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Reasons and rows, counted from the first of the file."""
        return tuple((reason, tuple((start + rows).tolist())) for reason, rows in self._reasons)


def open_source(path: Path, embedding: str | None = None, *, named: bool = False) -> Source:
    """Look at a file to import: which columns, which CRS, which model.

    Args:
        path: a GeoParquet file.
        embedding: its embedding column; ``None``: the only one there is, or "embedding".
        named: whether the model is known, so that what the file says of it does not matter.

    Returns:
        The source; no row was read but the first.

    Raises:
        SourceError: if it is no Parquet, is empty, or has no geometry or embedding column.
    """
    try:
        str(path).encode()
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
            if not rows:
                raise SourceError(f"{path}: found no rows, wanted chips with embeddings")
            name = _embedding_column(path, schema, embedding)
            geometry, crs = _geometry_column(path, schema)
            size = _first_length(path, file, name)
    except UnicodeEncodeError as error:  # an index keeps the path as a text
        raise SourceError(
            f"{path}: found a path that is not UTF-8; next: rename the file or the folder"
        ) from error
    except (OSError, pa.ArrowException) as error:
        raise SourceError(
            f"{path}: not readable as Parquet ({_line(error)}); wanted a GeoParquet file with a "
            "geometry column and an embedding column"
        ) from error
    taken = tuple(column for column in KNOWN if column in schema.names)
    _check_columns(path, schema, (geometry, name, *taken))
    model = None if named else _model(path, schema)
    return Source(path, rows, geometry, crs, name, size, taken, model)


def _line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _embedding_column(path: Path, schema: pa.Schema, wanted: str | None) -> str:
    found = [str(field.name) for field in schema if _holds_vectors(field.type)]
    if wanted is not None and wanted in found:
        return wanted
    if wanted is None and len(found) == 1:
        return found[0]
    if wanted is None and "embedding" in found:
        return "embedding"
    columns = ", ".join(f"{field.name} ({field.type})" for field in schema)
    what = "no embedding column" if wanted is None else f"no embedding column {wanted!r}"
    if wanted is None and found:
        what = f"{len(found)} columns of numbers: {', '.join(found)}"
    raise SourceError(
        f"{path}: found {what}; its columns: {columns}; wanted a list of float16, float32 or "
        "float64; next: name it with --embedding COLUMN"
    )


def _holds_vectors(kind: pa.DataType) -> bool:
    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    lists = lists or pa.types.is_fixed_size_list(kind)
    return bool(lists and pa.types.is_floating(kind.value_type))


def _geometry_column(path: Path, schema: pa.Schema) -> tuple[str, str]:
    """Name and CRS of the geometry column.

    Raises:
        SourceError: if there is none of WKB.
    """
    page = _footer(path, schema, "geo")
    name = page.get("primary_column", "geometry")
    columns = page.get("columns", {})
    about = columns.get(name, {}) if isinstance(name, str) and isinstance(columns, dict) else None
    if not isinstance(about, dict):
        raise SourceError(_broken(path, "geo", "its columns are none"))
    kind = schema.field(name).type if name in schema.names else None
    binary = kind is not None and (pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
    if not binary or about.get("encoding", "WKB") != "WKB":
        raise SourceError(
            f"{path}: found no geometry column of WKB; its columns: {', '.join(schema.names)}; "
            "wanted GeoParquet 1.x; next: write the file with GeoPandas, GDAL or DuckDB's spatial "
            "extension"
        )
    return name, _crs(path, about.get("crs"))


def _crs(path: Path, said: object) -> str:
    """The CRS that a file names.

    Raises:
        SourceError: if PROJ knows no such CRS, or no way from there to longitude and latitude.
    """
    try:
        return _on_ground(said)
    except (ProjError, TypeError, ValueError, RecursionError) as error:
        raise SourceError(
            f"{path}: found a coordinate reference system that PROJ cannot read "
            f"({_line(error)[:200]}), wanted PROJJSON of a place on Earth; next: write the file "
            "again in EPSG:4326"
        ) from error


def _on_ground(said: object) -> str:
    """A CRS as PROJ writes it, if it has places on the ground and a way to longitude and latitude.

    Raises:
        ValueError: if it has none.
    """
    if said is None:
        return CRS84
    crs = pyproj.CRS.from_user_input(said)
    if not (crs.is_geographic or crs.is_projected):
        raise ValueError(f"{crs.type_name} {crs.name}: no places on the ground")
    text = crs.to_wkt()
    to_degrees(np.empty(0, object), text)
    return str(text)


def _footer(path: Path, schema: pa.Schema, name: str) -> dict[str, Any]:
    """A page of a file's footer; empty if it has none.

    Raises:
        SourceError: if it is no JSON object.
    """
    try:
        page = json.loads((schema.metadata or {}).get(name.encode(), b"null"))
    except (ValueError, RecursionError) as error:
        raise SourceError(_broken(path, name, _line(error)[:200])) from error
    if page is None:
        return {}
    if not isinstance(page, dict):
        raise SourceError(_broken(path, name, "no JSON object"))
    return page


def _broken(path: Path, name: str, reason: str) -> str:
    wanted = "GeoParquet 1.x" if name == "geo" else "what 'cmpagl export' writes, or none"
    remedy = "" if name == "geo" else ", or say with --model NAME which model made the embeddings"
    return (
        f"{path}: found a broken {name!r} page in its footer ({reason}), wanted {wanted}; next: "
        f"write the file again{remedy}"
    )


def _check_columns(path: Path, schema: pa.Schema, wanted: tuple[str, ...]) -> None:
    """Refuse columns that cannot be taken over.

    Raises:
        SourceError: if a name is there twice, or a column of numbers holds something else.
    """
    for name in wanted:
        if schema.names.count(name) > 1:
            raise SourceError(
                f"{path}: found {schema.names.count(name)} columns {name!r}, wanted one; next: "
                "rename the others"
            )
        kind = schema.field(name).type
        fields = list(kind) if pa.types.is_struct(kind) and name == "window" else [kind]
        kinds = [getattr(field, "type", field) for field in fields]
        numbers = all(pa.types.is_integer(one) or pa.types.is_floating(one) for one in kinds)
        if name in NUMBERS and not numbers:
            raise SourceError(
                f"{path}: found column {name!r} of {kind}, wanted numbers; next: drop or rename it"
            )


def _first_length(path: Path, file: pq.ParquetFile, name: str) -> int:
    for batch in file.iter_batches(1024, columns=[name]):
        lengths = _lengths(batch.column(0).drop_null())
        if len(lengths) and lengths[0]:
            return int(lengths[0])
    raise SourceError(f"{path}: found no embedding in column {name!r}, all are null or empty")


def _lengths(column: pa.Array) -> NDArray[np.int64]:
    if pa.types.is_fixed_size_list(column.type):
        return np.full(len(column), column.type.list_size, np.int64)
    lengths = column.value_lengths().fill_null(0)
    return np.array(lengths.to_pylist(), np.int64)


def _windows(
    batch: pa.RecordBatch, columns: tuple[str, ...], bounds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Column, row, width, height ``(n, 4)``, as they are; NaN where a number is lacking."""
    if "window" in columns and pa.types.is_struct(batch.column("window").type):
        window = batch.column("window")
        if {field.name for field in window.type} >= set(SIDES):
            # flatten, for a window that is null has no sides
            sides = dict(zip([f.name for f in window.type], window.flatten(), strict=True))
            return _stacked([sides[side] for side in SIDES])
    if set(SIDES) <= set(columns):
        return _stacked([batch.column(side) for side in SIDES])
    return boxes_to_windows(bounds)


def _stacked(arrays: list[pa.Array]) -> NDArray[np.float64]:
    return np.stack([np.array(one.cast(pa.float64(), safe=False)) for one in arrays], axis=1)


def _are_windows(windows: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which are of whole pixels, from 0 on, 1 px or more a side, to an end that can be kept."""
    corner, sides = windows[:, :2], windows[:, 2:]
    good = np.hstack(
        [corner >= 0, sides >= 1, corner + sides <= LARGEST_PX, windows == np.rint(windows)]
    )
    return np.asarray(good.all(axis=1))


def _model(path: Path, schema: pa.Schema) -> ModelId | None:
    """The model that the footer's ``emb`` page names with a fingerprint.

    Raises:
        SourceError: if the page is broken.
    """
    model = _footer(path, schema, "emb").get("emb:model")
    if model is None:
        return None
    if not isinstance(model, dict):
        raise SourceError(_broken(path, "emb", "its model is none"))
    if not model.get("name") or not model.get("fingerprint"):
        return None
    return ModelId(str(model["name"]), str(model["fingerprint"]))
