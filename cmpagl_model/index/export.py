"""Every chip of an index as a vector layer, and those that could not be decoded as another."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from tiling import footprints

from .catalogue import readable_parts
from .format import read_info
from .load import SIDES, load_chips
from .vectors import check_output, frame_of_rows, write_frame

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.records import Problem


def export_chips(folder: Path, target: Path) -> tuple[int, tuple[Problem, ...]]:
    """Write the footprints of all chips, with their scene, window and ground sample distance.

    Args:
        folder: an index.
        target: ``.geojson``, ``.gpkg``, ``.fgb``, ``.parquet`` or ``.csv``; replaced if it exists.

    Returns:
        How many chips were written, and the parts that could not be read.

    Raises:
        IndexFormatError: if the folder is no index.
        OutputError: if the file cannot be written.
    """
    import geopandas  # noqa: PLC0415 - slow to import, needed by few commands

    check_output(target, folder)
    loaded = load_chips(folder, read_info(folder))
    table = loaded.table
    paths = np.array([scene.path for scene in table.scenes], object)
    rows = np.arange(len(table))
    dated = any(scene.taken for scene in table.scenes)
    said = table.said_of(rows) if dated or table.imported is not None else []
    about = {name: [getattr(one, name) for one in said] for name in ("datetime", "id", "source")}
    frame = geopandas.GeoDataFrame(
        {
            "scene": paths[table.scene_of] if len(table) else paths[:0],
            **dict(zip(SIDES, table.windows[:].T, strict=True)),
            "gsd_m": table.gsd_m[:],
            "ground_m": table.ground_m[:],
            "valid_fraction": table.valid[:].astype(np.float64),
            "edge": table.edge[:],
            **{name: column for name, column in about.items() if any(column)},
        },
        geometry=table.footprints(rows),
        crs="OGC:CRS84",
    )
    write_frame(frame, target, "chips")
    return len(table), loaded.problems


def export_damage(folder: Path, target: Path) -> tuple[int, tuple[Problem, ...]]:
    """Write the footprints of all chips that could not be decoded, with their scene and the reason.

    Args:
        folder: an index.
        target: ``.geojson``, ``.gpkg``, ``.fgb``, ``.parquet`` or ``.csv``; replaced if it exists.

    Returns:
        How many chips were written, and the parts that could not be read.

    Raises:
        IndexFormatError: if the folder is no index.
        OutputError: if the file cannot be written.
    """
    check_output(target, folder)
    parts, problems = readable_parts(folder, read_info(folder))
    records = [part.record for part in parts if part.record.damage]
    rows = [
        {"scene": record.scene.path, **asdict(chip.window), "reason": chip.reason}
        for record in records
        for chip in record.damage
    ]
    shapes = [
        shape
        for record in records
        for shape in footprints(record.scene, [chip.window for chip in record.damage])
    ]
    dtypes = {"scene": "str", **dict.fromkeys(SIDES, "int32"), "reason": "str"}
    frame = frame_of_rows(rows, shapes, dtypes)
    write_frame(frame, target, "damage")
    return len(rows), tuple(problems)
