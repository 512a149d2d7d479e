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

from cmpagl_model.errors import SourceError
from cmpagl_model.records import ModelId

from .shapes import boxes_to_windows, counter_clockwise, ground_sides, to_degrees

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

BATCH_ROWS = 8192
"""Rows read at a time."""
CRS84 = "OGC:CRS84"
SIDES = ("col", "row", "width", "height")
KNOWN = ("scene", "window", *SIDES, "gsd_m", "ground_m", "valid_fraction")
"""Columns that are taken over where a file has them."""


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
        shapes = _shapes(batch.column(self.geometry), self.path)
        reasons = self._reasons(vectors, lacking, shapes)
        good = np.flatnonzero(~np.any([bad for _, bad in reasons], axis=0))
        shapes = counter_clockwise(to_degrees(shapes[good], self.crs))
        whole = vectors[good]
        units = whole / np.linalg.norm(whole, axis=1, keepdims=True)
        taken = batch.take(pa.array(good))
        bounds = shapely.bounds(shapes).reshape(-1, 4)
        ground = _numbers(taken, "ground_m", self.columns, ground_sides(bounds))
        windows = _windows(taken, self.columns, bounds)
        sides = np.maximum(windows[:, 2:].max(axis=1, initial=1), 1)
        return SourceRows(
            numbers=start + good,
            scenes=_scenes(taken, self.columns),
            windows=windows,
            gsd_m=_numbers(taken, "gsd_m", self.columns, ground / sides),
            ground_m=ground,
            valid=_numbers(taken, "valid_fraction", self.columns, np.ones(len(good))).astype(
                np.float32
            ),
            footprints=shapes,
            embeddings=units.astype(np.float16),
            refused=tuple(
                (reason, tuple((start + np.flatnonzero(bad)).tolist()))
                for reason, bad in reasons
                if bad.any()
            ),
            read=len(batch),
        )

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
        numbers = column.drop_null().flatten()
        vectors = np.full((len(column), self.size), np.nan)
        flat = np.array(numbers.fill_null(np.nan) if numbers.null_count else numbers, np.float64)
        vectors[~lacking] = flat.reshape(-1, self.size)
        return vectors, lacking

    def _reasons(
        self, vectors: NDArray[np.float64], lacking: NDArray[np.bool_], shapes: NDArray[np.object_]
    ) -> list[tuple[str, NDArray[np.bool_]]]:
        """Why rows cannot be indexed; a row counts once."""
        numbers = np.isfinite(vectors).all(axis=1)
        empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        found = [
            ("without embedding", lacking),
            ("with an embedding that holds NaN or infinity", ~lacking & ~numbers),
            ("with an embedding of zeros", numbers & ~np.any(vectors, axis=1)),
        ]
        bad = np.any([rows for _, rows in found], axis=0)
        return [*found, ("without geometry", empty & ~bad)]


def open_source(path: Path, embedding: str | None = None) -> Source:
    """Look at a file to import: which columns, which CRS, which model.

    Args:
        path: a GeoParquet file.
        embedding: its embedding column; ``None``: the only one there is, or "embedding".

    Returns:
        The source; no row was read but the first.

    Raises:
        SourceError: if it is no Parquet, is empty, or has no geometry or embedding column.
    """
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
            if not rows:
                raise SourceError(f"{path}: found no rows, wanted chips with embeddings")
            name = _embedding_column(path, schema, embedding)
            geometry, crs = _geometry_column(path, schema)
            size = _first_length(path, file, name)
    except (OSError, pa.ArrowException) as error:
        raise SourceError(
            f"{path}: not readable as Parquet ({_line(error)}); wanted a GeoParquet file with a "
            "geometry column and an embedding column"
        ) from error
    taken = tuple(column for column in KNOWN if column in schema.names)
    return Source(path, rows, geometry, crs, name, size, taken, _model(schema))


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
    page = json.loads((schema.metadata or {}).get(b"geo", b"null")) or {}
    name = page.get("primary_column", "geometry")
    about = page.get("columns", {}).get(name, {})
    kind = schema.field(name).type if name in schema.names else None
    binary = kind is not None and (pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
    if not binary or about.get("encoding", "WKB") != "WKB":
        raise SourceError(
            f"{path}: found no geometry column of WKB; its columns: {', '.join(schema.names)}; "
            "wanted GeoParquet 1.x; next: write the file with GeoPandas, GDAL or DuckDB's spatial "
            "extension"
        )
    crs = about.get("crs")
    return name, CRS84 if crs is None else pyproj.CRS.from_user_input(crs).to_wkt()


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


def _shapes(column: pa.Array, path: Path) -> NDArray[np.object_]:
    try:
        return np.asarray(shapely.from_wkb(np.array(column.to_pylist(), object)), object)
    except shapely.errors.GEOSException as error:
        raise SourceError(f"{path}: a geometry is no WKB ({_line(error)})") from error


def _scenes(batch: pa.RecordBatch, columns: tuple[str, ...]) -> NDArray[np.object_]:
    if "scene" not in columns:
        return np.full(len(batch), "", object)
    return np.array([str(name or "") for name in batch.column("scene").to_pylist()], object)


def _numbers(
    batch: pa.RecordBatch, name: str, columns: tuple[str, ...], otherwise: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A column of numbers above 0; what it lacks is filled in."""
    if name not in columns:
        return otherwise
    found = np.array(batch.column(name).cast(pa.float64()).fill_null(np.nan), np.float64)
    return np.where(np.isfinite(found) & (found > 0), found, otherwise)


def _windows(
    batch: pa.RecordBatch, columns: tuple[str, ...], bounds: NDArray[np.float64]
) -> NDArray[np.int32]:
    if "window" in columns and pa.types.is_struct(batch.column("window").type):
        window = batch.column("window")
        if {field.name for field in window.type} >= set(SIDES):
            return _stacked([window.field(side) for side in SIDES])
    if set(SIDES) <= set(columns):
        return _stacked([batch.column(side) for side in SIDES])
    return boxes_to_windows(bounds)


def _stacked(arrays: list[pa.Array]) -> NDArray[np.int32]:
    numbers = [np.array(one.fill_null(0), np.float64) for one in arrays]
    return np.stack(numbers, axis=1).astype(np.int32)


def _model(schema: pa.Schema) -> ModelId | None:
    """The model that the footer's ``emb`` page names with a fingerprint."""
    page: Any = json.loads((schema.metadata or {}).get(b"emb", b"null")) or {}
    model = page.get("emb:model") if isinstance(page, dict) else None
    if not isinstance(model, dict) or not model.get("name") or not model.get("fingerprint"):
        return None
    return ModelId(str(model["name"]), str(model["fingerprint"]))
