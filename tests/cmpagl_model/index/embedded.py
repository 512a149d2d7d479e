"""GeoParquet files of embeddings for tests: boxes on a grid over Belgium, vectors in clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas
import numpy as np
import shapely

from cmpagl_model.importing.importer import import_files

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.importing.importer import ImportReport


def import_file(path: Path, folder: Path, **more) -> ImportReport:
    """Import one file."""
    return import_files([path], folder, **more)


def clustered(count: int, size: int = 24, seed: int = 0) -> np.ndarray:
    """Vectors around some centres, as embeddings of pictures lie; not of unit length."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((max(2, count // 50), size)) * np.linspace(2, 0.2, size)
    own = centres[random.integers(0, len(centres), count)]
    return (own + 0.4 * random.standard_normal((count, size))).astype(np.float32)


def boxes(count: int, step: float = 0.002) -> np.ndarray:
    """Boxes row by row, neighbours overlapping by one half; the first at 4 east, 51 north."""
    wide = max(1, int(np.ceil(count**0.5)))
    across, up = np.arange(count) % wide, np.arange(count) // wide
    west, south = 4 + across * step, 51 + up * step
    return shapely.box(west, south, west + 2 * step, south + 2 * step)


def write_source(
    path: Path, vectors: np.ndarray, *, crs: str = "EPSG:4326", shapes=None, **columns
) -> Path:
    """A GeoParquet file with these embeddings and more columns; shapes are boxes unless given."""
    shapes = boxes(len(vectors)) if shapes is None else shapes
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
    frame = frame.to_crs(crs)
    frame["embedding"] = list(vectors)
    frame.to_parquet(path, row_group_size=5000)
    return path
