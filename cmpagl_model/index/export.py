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
    from cmpagl_model.table.chips import ChipTable


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
    frame = geopandas.GeoDataFrame(
        {
            "scene": paths[table.scene_of] if len(table) else paths[:0],
            **dict(zip(SIDES, table.windows[:].T, strict=True)),
            "gsd_m": table.gsd_m[:],
            "ground_m": table.ground_m[:],
            "valid_fraction": table.valid[:].astype(np.float64),
            "edge": table.edge[:],
            **_said(table),
        },
        geometry=table.footprints(np.arange(len(table))),
        crs="OGC:CRS84",
    )
    write_frame(frame, target, "chips")
    return len(table), loaded.problems


def _said(table: ChipTable) -> dict[str, list[str | None]]:
    """When chips were taken and what imported files say of them, if it is known of any."""
    if table.given is None and not any(scene.taken for scene in table.scenes):
        return {}
    said = table.said_of(np.arange(len(table)))
    columns = {name: [getattr(one, name) for one in said] for name in ("datetime", "id", "source")}
    return {name: column for name, column in columns.items() if any(column)}


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
    kinds = {"scene": "str", **dict.fromkeys(SIDES, "int32"), "reason": "str"}
    frame = frame_of_rows(rows, shapes, kinds)
    write_frame(frame, target, "damage")
    return len(rows), tuple(problems)
