"""Indexes of made-up chips, as many as wanted, by way of ``cmpagl import``."""

from __future__ import annotations

import json
import shutil
import zlib
from typing import TYPE_CHECKING, Any

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from cmpagl_model.importing.importer import import_files
from cmpagl_model.model_folder import DEFAULT_MODEL

from .lifelike import lifelike

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SCENE_SIDE = 100
"""Chips in a row of a scene, and rows."""
CHIP_DEGREES = 0.002
SCENES_ACROSS = 300


def make_index(seeds: NDArray[np.float32], count: int, folder: Path) -> Path:
    """Make an index of ``count`` chips, unless it is there already, of the same seeds.

    Chips lie in scenes of 100 by 100 on a grid, neighbours overlapping by one half.

    Args:
        seeds: real embeddings; see :func:`~benchmarks.lifelike.lifelike`.
        count: chips.
        folder: where the source and the index go.

    Returns:
        The index.
    """
    index, done = folder / f"{count}.cmpagl", folder / f"{count}.done"
    key = [zlib.crc32(seeds.tobytes()), *seeds.shape]
    if _said(done, "seeds") == key:
        return index
    done.unlink(missing_ok=True)
    click.echo(f"  making an index of {count:,} chips")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(index, ignore_errors=True)
    source = folder / f"{count}.parquet"
    _write(seeds, count, source)
    report = import_files([source], index, model=DEFAULT_MODEL)
    source.unlink()
    done.write_text(json.dumps({"seeds": key, "import_s": report.seconds}))
    return index


def import_seconds(count: int, folder: Path) -> float:
    """How long the import of an index that :func:`make_index` made took, seconds."""
    return float(_said(folder / f"{count}.done", "import_s"))


def _said(done: Path, what: str) -> Any:  # noqa: ANN401 - a number or a list
    """A field of the note that an index is finished; ``None`` if there is no such note."""
    page = json.loads(done.read_text() or "{}") if done.exists() else {}
    return page.get(what)


def _write(seeds: NDArray[np.float32], count: int, path: Path) -> None:
    size = seeds.shape[1]
    schema = pa.schema(
        {"geometry": pa.binary(), "scene": pa.string(), "embedding": pa.list_(pa.float16(), size)}
    )
    start, width = 0, CHIP_DEGREES * (SCENE_SIDE + 2) / 2
    with pq.ParquetWriter(path, schema, compression="none") as writer:
        for vectors in lifelike(seeds, count):
            numbers = np.arange(start, start + len(vectors))
            scene, place = np.divmod(numbers, SCENE_SIDE**2)
            up, across = np.divmod(scene, SCENES_ACROSS)
            row, column = np.divmod(place, SCENE_SIDE)
            west = -60 + across * width + column * CHIP_DEGREES / 2
            north = 50 - up * width - row * CHIP_DEGREES / 2
            boxes = shapely.box(west, north - CHIP_DEGREES, west + CHIP_DEGREES, north)
            columns = {
                "geometry": pa.array(shapely.to_wkb(boxes), pa.binary()),
                "scene": pa.array([f"scene_{number:05d}.tif" for number in scene.tolist()]),
                "embedding": pa.FixedSizeListArray.from_arrays(
                    pa.array(vectors.reshape(-1), pa.float16()), size
                ),
            }
            writer.write_table(pa.table(columns, schema=schema))
            start += len(vectors)
