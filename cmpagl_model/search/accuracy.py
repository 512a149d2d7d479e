"""How far a classification agrees with labels: confusion matrix, precision, recall, kappa."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from cmpagl_model.errors import QueryError
from tiling.errors import translate_errors

from .examples import PointPlace, only, row_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from .classify import Classified

    Counts = NDArray[np.int64]

FIELD = "class"
MOST_LABELS = 1_000_000


@dataclass(frozen=True, slots=True)
class Labels:
    """What somebody knows of the ground."""

    names: tuple[str, ...]
    """The class of each, as the layer has it."""
    shapes: tuple[BaseGeometry, ...]
    """Points and polygons in OGC:CRS84."""


@dataclass(frozen=True, slots=True, eq=False)
class Accuracy:
    """The accuracy sheet."""

    names: tuple[str, ...]
    """Classes, and ``none`` as the last."""
    matrix: Counts
    """Samples by the label's class (rows) and by the class found (columns)."""
    unknown: tuple[str, ...]
    """Labels that are no class; their samples are left out."""
    outside: int
    """Labels where no chip was classified."""

    @property
    def samples(self) -> int:
        """How many chips were compared."""
        return int(self.matrix.sum())

    @property
    def overall(self) -> float:
        """Share of samples with the right class, 0 to 1; NaN without samples."""
        return _share(np.trace(self.matrix), self.matrix.sum())

    @property
    def kappa(self) -> float:
        """Cohen's kappa: agreement beyond chance, 1 at best; NaN where chance alone is perfect."""
        total = self.matrix.sum()
        if not total:
            return float("nan")
        chance = float((self.matrix.sum(axis=0) / total) @ (self.matrix.sum(axis=1) / total))
        return float("nan") if chance == 1 else (self.overall - chance) / (1 - chance)

    def precision(self, number: int) -> float:
        """Share of what was found as a class that is so (user's accuracy); NaN: nothing was."""
        return _share(self.matrix[number, number], self.matrix[:, number].sum())

    def recall(self, number: int) -> float:
        """Share of a class's labels that was found as it (producer's accuracy); NaN: no label."""
        return _share(self.matrix[number, number], self.matrix[number].sum())


def _share(part: np.integer, whole: np.integer) -> float:
    return float(part / whole) if whole else float("nan")


def read_labels(path: Path, field: str = FIELD) -> Labels:
    """The labels of a vector layer, in any CRS and format that GDAL reads.

    Args:
        path: the file; of several layers the first is taken.
        field: attribute with the class.

    Raises:
        QueryError: if it cannot be read, lacks the attribute or a CRS, or holds other geometries
            than points and polygons.
    """
    import geopandas  # noqa: PLC0415 - slow to import, needed by few commands

    if not path.exists():
        raise QueryError(f"{path}: found no file, wanted a vector layer of labels")

    def refused(error: Exception) -> QueryError:
        return QueryError(
            f"{path}: cannot be read as a vector layer ({error}); wanted GeoPackage, GeoJSON, "
            "GeoParquet or the like"
        )

    read = geopandas.read_parquet if path.suffix == ".parquet" else geopandas.read_file
    with translate_errors(refused):
        frame = read(path)
    if field not in frame.columns or len(frame) > MOST_LABELS:
        known = ", ".join(str(name) for name in frame.columns if name != "geometry") or "none"
        raise QueryError(
            f"{path}: found the attributes {known} of {len(frame):,} labels, wanted {field!r} of "
            f"at most {MOST_LABELS:,}; next: --label-field NAME"
        )
    if frame.crs is None:
        raise QueryError(f"{path}: found no CRS, wanted one; next: set it, and save the layer")
    shapes = frame.geometry.to_numpy()
    frame = frame[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes) & frame[field].notna()]
    kinds = {kind.removeprefix("Multi") for kind in frame.geometry.geom_type}
    if not kinds <= {"Point", "Polygon"} or frame.empty:
        raise QueryError(
            f"{path}: found {', '.join(sorted(kinds)) or 'no label'}, wanted points and polygons"
        )
    frame = frame.to_crs("OGC:CRS84").explode(index_parts=False)
    names = (  # beside a missing value, GDAL reads a code of 3 as 3.0
        str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
        for value in frame[field]
    )
    return Labels(tuple(names), tuple(frame.geometry))


def accuracy_of(found: Classified, labels: Labels) -> Accuracy:
    """Compare a classification with labels.

    Samples are chips that were classified. Those of a polygon are the smallest ones of each scene
    whose middle lies in it, or the one that a point inside it falls into if there is none; that of
    a point is the smallest chip there whose middle is nearest. Of a chip with several labels of one
    class only one sample is taken.
    """
    numbers = {name: number for number, name in enumerate(found.names)}
    matrix = np.zeros((len(numbers), len(numbers)), np.int64)
    table, outside, seen = found.index.table, 0, set[tuple[int, int]]()
    place_of = {row: place for place, row in enumerate(found.rows.tolist())}
    for name, shape in zip(labels.names, labels.shapes, strict=True):
        if name not in numbers:
            continue
        point = shape.representative_point()
        rows: list[int] = []
        with suppress(QueryError):  # no chip there
            rows = [row_of(table, PointPlace(point.x, point.y), found.rows)]
        if shape.geom_type == "Polygon":
            rows = _inside(found, shape) or rows
        outside += not rows
        for row in rows:
            if (row, numbers[name]) not in seen:
                seen.add((row, numbers[name]))
                matrix[numbers[name], found.class_of[place_of[row]]] += 1
    unknown = tuple(sorted(set(labels.names) - set(numbers)))
    return Accuracy(found.names, matrix, unknown, outside)


def _inside(found: Classified, area: BaseGeometry) -> list[int]:
    """The smallest chips of each scene whose middle lies in an area."""
    table = found.index.table
    rows = only(table.touching(area.bounds), found.rows)
    if not len(rows):
        return []
    middles = shapely.centroid(table.footprints(rows))
    rows = rows[shapely.intersects(area, middles)]
    owners, sizes = table.scene_of[rows], table.ground_m[rows]
    _, own = np.unique(owners, return_inverse=True)
    least = np.full(len(rows), np.inf)
    np.minimum.at(least, own, sizes)
    return [int(row) for row in rows[sizes <= least[own] * (1 + 1e-6)]]
