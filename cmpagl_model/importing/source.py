"""A file with embeddings, read batch by batch and turned into rows of an index."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from cmpagl_model.errors import SourceError, first_line
from cmpagl_model.index.imported import NO_PIXELS
from cmpagl_model.index.part_records import PartArrays
from tiling import SceneRecord

from .footer import footer_fields, model_of
from .places import Places, find_places
from .rows import SourceRows
from .shapes import (
    CRS84,
    DEGREE_M,
    EARTH_M,
    GRID_PX,
    PIXEL_DEGREES,
    boxes_to_windows,
    ground_sides,
    in_bounds,
    make_valid,
    on_globe,
    squares,
    to_degrees,
    within_a_turn,
)
from .vectors import Vectors, find_vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cmpagl_model.records import ModelId
    from tiling import Window

    from .files import SourceFile

BATCH_ROWS = 8192
"""Rows read at a time."""
SIDES = ("col", "row", "width", "height")
LARGEST_PX = 2**31 - 1
"""Where a window may end; beyond, windows cannot be kept."""
NUMBERS = ("window", *SIDES, "gsd_m", "ground_m", "valid_fraction")
IDS = ("id", "unique_id", "chips_id", "chip_id", "tile_id", "cell_id", "grid_cell")
TIMES = ("datetime", "timestamp", "date", "start_datetime")
SOURCES = ("source", "stac_item_id", "product_id", "source_url")
STRING = (pa.types.is_string, pa.types.is_large_string)
AS_TEXT = (*STRING, pa.types.is_integer, pa.types.is_dictionary)
AS_TIME = (*STRING, pa.types.is_timestamp, pa.types.is_date)
"""Kinds of columns that are taken for names and for times."""
KNOWN = ("scene", *NUMBERS)
"""Columns that are taken over where a file has them; of the names before the first one, too."""
LIMITS = {"gsd_m": (1e-6, EARTH_M), "ground_m": (1e-6, EARTH_M), "valid_fraction": (0.0, 1.0)}
"""What can be true of a chip, least and most."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be imported. Made by :func:`open_source`."""

    file: SourceFile
    """The file."""
    rows: int
    """Rows in it."""
    places: Places
    """Where its places are."""
    vectors: Vectors
    """Where its embeddings are."""
    columns: tuple[str, ...]
    """Columns that are taken over."""
    model: ModelId | str | None
    """The model that the file names, by name only where it has no fingerprint; ``None``: none."""
    side_m: float | None
    """Side of the square that a point becomes, m; ``None``: it stays a point."""
    goes_on: ClassVar[bool] = False
    """Whether a part of the rows can be passed over: they are read quickly enough."""

    @property
    def size(self) -> int:
        """Length of an embedding."""
        return self.vectors.size

    def checksum(self) -> str:
        """What tells another content of it."""
        return self.file.checksum()

    def record(self, name: str, checksum: str) -> SceneRecord:
        """The record of a scene whose pixels are not available.

        Args:
            name: what the file calls it; "": the file itself.
            checksum: of :meth:`checksum`.
        """
        text = f"{checksum}|{self.vectors.name}|{name}"
        text = text if self.side_m is None else f"{text}|{self.side_m}"
        pixel = PIXEL_DEGREES
        return SceneRecord(
            path=name or self.file.name,
            checksum=f"sha256:{hashlib.sha256(text.encode()).hexdigest()}",
            size_bytes=self.file.size_bytes,
            mtime_ns=self.file.mtime_ns,
            crs=CRS84,
            transform=(pixel, 0.0, -180.0, 0.0, -pixel, 90.0),
            width=GRID_PX[0],
            height=GRID_PX[1],
            dtype=NO_PIXELS,
            bands=(1, 1, 1),
            stretch=((0.0, 255.0),) * 3,
            gsd_x_m=pixel * DEGREE_M,
            gsd_y_m=pixel * DEGREE_M,
            palette=False,
            from_gcps=False,
        )

    def batches(self, after: Window | None = None) -> Iterator[SourceRows]:
        """The rows of the file in its order, at most 8,192 at a time.

        Args:
            after: not looked at.

        Raises:
            SourceError: if the file is damaged or embeddings differ in length.
        """
        del after
        wanted = [*self.places.columns, *self.vectors.columns, *self.columns]
        start = 0
        try:
            with self.file.open() as file:
                for batch in file.iter_batches(BATCH_ROWS, columns=wanted):
                    yield self._rows(batch, start)
                    start += len(batch)
        except (OSError, pa.ArrowException) as error:
            said = f"{self.file.name}: damaged ({first_line(error)}) after row {start}"
            raise SourceError(said) from error

    def _rows(self, batch: pa.RecordBatch, start: int) -> SourceRows:
        vectors, lacking = self.vectors.read(self.file.name, batch, start)
        shapes, unreadable = self.places.read(batch)
        refused = _Refused(len(batch))
        numberless = np.asarray(~np.isfinite(vectors).all(axis=1))
        refused.add("without embedding", lacking)
        refused.add("with an embedding that holds NaN or infinity", numberless)
        refused.add("with an embedding of zeros", np.asarray((vectors == 0).all(axis=1)))
        refused.add("with a geometry that cannot be read as points, lines or polygons", unreadable)
        none = np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        refused.add("without geometry", none)
        shapes[refused.rows] = None
        shapes = to_degrees(shapes, self.places.crs)
        refused.add("with a place off the globe", ~on_globe(shapes))
        shapes[refused.rows] = None
        shapes, changed = make_valid(in_bounds(shapes))
        refused.add("with an outline that crosses itself too often", shapely.is_missing(shapes))
        points = shapely.get_type_id(shapes) == 0
        if self.side_m is not None:
            shapes[points] = squares(shapes[points], self.side_m)
        windows = _windows(batch, self.columns, shapely.bounds(shapes).reshape(-1, 4))
        refused.add("with a window that is none", ~_are_windows(windows))
        good = np.flatnonzero(~refused.rows)
        shapes, taken = shapes[good], batch.take(pa.array(good))
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
            arrays=PartArrays(
                chips=start + good,
                windows=whole,
                gsd_m=gsd,
                ground_m=ground,
                valid=valid.astype(np.float32),
                edge=np.zeros(len(good), np.bool_),
                # Outer rings counter-clockwise, as RFC 7946 wants them
                footprints=np.asarray(shapely.orient_polygons(within_a_turn(shapes)), object),
                embeddings=vectors.astype(np.float16),
                ids=self._texts(taken, IDS),
                times=self._times(taken),
                sources=self._texts(taken, SOURCES),
            ),
            scenes=scenes,
            points=0 if self.side_m is not None else int(points[good].sum()),
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

    def _texts(self, batch: pa.RecordBatch, names: tuple[str, ...]) -> NDArray[np.object_] | None:
        """The first of some columns as text; ``None`` where the file has none of them."""
        name = _first(names, self.columns)
        return None if name is None else np.array(batch.column(name).cast(pa.string()), object)

    def _times(self, batch: pa.RecordBatch) -> NDArray[np.datetime64] | None:
        name = _first(TIMES, self.columns)
        if name is None:
            return None
        column = batch.column(name).to_pandas()
        found = pd.to_datetime(column, utc=True, errors="coerce", format="ISO8601")
        return np.asarray(found.dt.tz_localize(None), "datetime64[us]")


def _first(names: tuple[str, ...], columns: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in columns), None)


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


def open_source(
    file: SourceFile,
    embedding: str | None = None,
    *,
    named: bool = False,
    side_m: float | None = None,
) -> Source:
    """Look at a file to import: which columns, which CRS, which model.

    Args:
        file: a Parquet file.
        embedding: its embedding column; ``None``: the only one there is, or "embedding".
        named: whether the model is known, so that broken metadata of it does not matter.
        side_m: side of the square that a point becomes, m; ``None``: it stays a point.

    Returns:
        The source; no row was read but the first.

    Raises:
        SourceError: if it is no Parquet, is empty, or has no geometry or embedding column.
    """
    path = file.name
    try:
        path.encode()
        with file.open() as opened:
            schema, rows = opened.schema_arrow, opened.metadata.num_rows
            if not rows:
                raise SourceError(f"{path}: found no rows, wanted chips with embeddings")
            emb: dict[str, Any] = {}
            model: ModelId | str | None = None
            # Broken metadata does not matter where the model is named
            with suppress(SourceError) if named else nullcontext():
                emb = footer_fields(path, schema, "emb")
                model = model_of(path, emb)
            vectors = find_vectors(path, opened, embedding, emb)
            places = find_places(path, schema, footer_fields(path, schema, "geo"))
    except UnicodeEncodeError as error:  # an index keeps the path as a text
        raise SourceError(
            f"{path}: found a path that is not UTF-8; next: rename the file or the folder"
        ) from error
    except (OSError, pa.ArrowException) as error:
        raise SourceError(
            f"{path}: not readable as Parquet ({first_line(error)}); wanted a GeoParquet file with "
            "a geometry column and an embedding column"
        ) from error
    known = [name for name in KNOWN if name in schema.names]
    texts, times = (
        tuple(field.name for field in schema if any(fits(field.type) for fits in dtypes))
        for dtypes in (AS_TEXT, AS_TIME)
    )
    chosen = _first(IDS, texts), _first(TIMES, times), _first(SOURCES, texts)
    taken = (*known, *(name for name in chosen if name))
    _check_columns(path, schema, (*places.columns, *vectors.columns, *taken))
    return Source(file, rows, places, vectors, taken, model, side_m)


def _check_columns(path: str, schema: pa.Schema, wanted: tuple[str, ...]) -> None:
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
        dtype = schema.field(name).type
        fields = list(dtype) if pa.types.is_struct(dtype) and name == "window" else [dtype]
        dtypes = [getattr(field, "type", field) for field in fields]
        numbers = all(pa.types.is_integer(one) or pa.types.is_floating(one) for one in dtypes)
        if name in NUMBERS and not numbers:
            raise SourceError(
                f"{path}: found column {name!r} of {dtype}, wanted numbers; next: drop or rename it"
            )


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
