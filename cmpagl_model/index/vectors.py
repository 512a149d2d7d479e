"""Write polygons with attributes to the vector formats of GIS, by the ending of the file."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from shapely import set_precision
from shapely.geometry import mapping

from cmpagl_model.atomic import can_write_in, replacing, write_bytes
from cmpagl_model.errors import OutputError
from tiling import TilingError
from tiling.composed import files_of
from tiling.errors import shell_word, short_reason, translate_errors

from .format import newest_number, read_info

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

DRIVERS = {".geojson": "GeoJSON", ".gpkg": "GPKG", ".fgb": "FlatGeobuf"}
PARQUET, CSV = ".parquet", ".csv"
DECIMALS = 8
"""Of a degree: about a millimetre."""
OPTIONS = {
    ".geojson": {"RFC7946": "YES", "COORDINATE_PRECISION": str(DECIMALS)},
    ".gpkg": {"VERSION": "1.3"},
}
"""Of drivers. The newest GeoPackage version makes older QGIS warn; 1.3 opens everywhere."""
DEGREE_GRID = 10.0**-DECIMALS
ENDINGS = (*DRIVERS, PARQUET, CSV)
RASTERS = (".tif", ".tiff")
PICTURES = (".png", ".jpg", ".jpeg")
MISREAD = frozenset("!\n\r\t")
"""What pyogrio, which takes paths for addresses, cuts out or takes for the end of an archive."""
WKT = "WKT"
"""The footprint's column in CSV: under this name GDAL and QGIS see that it is one."""


def check_ending(path: Path, known: Collection[str]) -> str:
    """The ending of ``path`` in lower case.

    Raises:
        OutputError: if it is not among ``known``, the folder is missing or not to be written in,
            or it is a folder itself.
    """
    ending = path.suffix.lower()
    if ending not in known:
        raise OutputError(
            f"{path}: found the ending {ending or 'none'!r}, wanted {', '.join(known)}; "
            f"next: -o {shell_word(path.with_suffix(next(iter(known))))}, say"
        )
    folder = path.absolute().parent
    if not os.path.isdir(folder):  # noqa: PTH112 - a name too long is none
        raise OutputError(f"{path}: found no folder {folder}; next: make it, or write elsewhere")
    if not can_write_in(folder):
        raise OutputError(
            f"{path}: found a folder that you may not write in, {folder}; next: write elsewhere"
        )
    if os.path.isdir(path):  # noqa: PTH112 - the same
        raise OutputError(f"{path}: found a folder, wanted a file; next: choose another name")
    return ending


def check_output(
    path: Path | None, index: Path, *others: Path | None, known: Collection[str] | None = ENDINGS
) -> None:
    """Refuse, before the work, what cannot or should not be written.

    That is a place with another ending or in no folder that can be written in, a scene of an index,
    a file inside an index, and what is read on the way.

    Args:
        path: what is to be written; ``None``: nothing.
        index: the index whose answer it is.
        others: further files that are read or written.
        known: the endings that can be written; ``None``: any, for a folder.

    Raises:
        OutputError: if ``path`` is one of them.
    """
    if path is None:
        return
    if known is not None:
        check_ending(path, known)
    refuse_others(path, *others)
    for folder in path.absolute().parents:
        if newest_number(folder):
            raise OutputError(
                f"{path}: found a place inside the index {folder}, wanted one outside; next: "
                f"-o {shell_word(folder.parent / path.name)}, say"
            )
    refuse_scenes(path, {part.scene for part in read_info(index).parts})


def refuse_others(path: Path, *others: Path | None) -> None:
    """Refuse to write over a file that is read or written besides, or that nobody may write.

    Raises:
        OutputError: if ``path`` is one of them.
    """
    with suppress(OSError):
        if not path.stat().st_mode & 0o222:  # renaming would not ask
            raise OutputError(
                f"{path}: found a file that nobody may write, wanted another one; next: -o "
                f"{_beside(path)}, say"
            )
    for other in others:
        if other is not None and (
            _is_same(path, str(other)) or path.absolute() == other.absolute()
        ):
            raise OutputError(
                f"{path}: found the file {other} of the same command, wanted another one, for it "
                f"would be replaced; next: -o {_beside(path)}, say"
            )


def _beside(path: Path) -> str:
    """Another name, to be typed after ``-o``."""
    return shell_word(path.with_stem(f"{path.stem}_matches"))


def refuse_scenes(path: Path, scenes: Iterable[str]) -> None:
    """Refuse to write over a scene.

    Args:
        path: what is to be written.
        scenes: paths of scenes, as an index names them.

    Raises:
        OutputError: if ``path`` is a file of one of them.
    """
    if not os.path.exists(path):  # noqa: PTH110 - a name too long is none
        return
    for scene in scenes:
        files = [scene]
        with suppress(OSError, TilingError):  # it is not readable any more
            files += files_of(scene)
        if any(_is_same(path, file) for file in files):
            raise OutputError(
                f"{path}: found a scene of the index, wanted another file, for it would be "
                f"replaced; next: -o {_beside(path)}, say"
            )


def _is_same(path: Path, scene: str) -> bool:
    try:
        return path.samefile(scene)
    except (OSError, ValueError):  # an address, or it is gone
        return False


def cannot_write_file(path: Path, error: Exception, what: str = "") -> str:
    """What to say of a file that the system, or a library for it, could not write.

    Args:
        path: the file.
        error: the reason.
        what: it is; empty: the file says it.
    """
    reason = getattr(error, "strerror", None) or short_reason(error)
    full = "full" in reason or "space left" in reason
    step = "free some space" if full else "close programs that hold the file"
    named = what and f"the {what} "
    return (
        f"{path}: cannot write {named}({reason}); wanted a writable place with enough room; "
        f"next: {step}; else choose another -o"
    )


def write_text(path: Path, text: str) -> None:
    """Write a file by rename, so that it is there whole or not at all.

    Raises:
        OutputError: if it cannot be written.
    """
    try:
        # File names that are no UTF-8 have halves of letters: these are written as JSON escapes.
        write_bytes(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise OutputError(cannot_write_file(path, error)) from error


def frame_of_rows(
    rows: Sequence[Mapping[str, Any]], shapes: Sequence[BaseGeometry], dtypes: Mapping[str, str]
) -> GeoDataFrame:
    """A table in OGC:CRS84.

    Args:
        rows: its cells by column; those that a row lacks are missing values.
        shapes: a footprint for each.
        dtypes: types of its columns, in their order.
    """
    import geopandas  # noqa: PLC0415 - slow to import, needed by few commands

    columns = {name: [row.get(name) for row in rows] for name in dtypes}
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs="OGC:CRS84").astype(dtypes)


def write_frame(frame: GeoDataFrame, path: Path, layer: str) -> None:
    """Write a frame to a file of one of :data:`ENDINGS`, whole or not at all.

    Args:
        frame: polygons in OGC:CRS84; CSV has them as its first column, ``WKT``.
        path: an existing file is replaced.
        layer: name of the layer, for formats that have one.

    Raises:
        OutputError: if the file cannot be written.
    """
    ending = check_ending(path, ENDINGS)
    if ending in DRIVERS and MISREAD & set(str(path.absolute())):
        raise OutputError(
            f"{path}: found an exclamation mark, a tab or a line break in the path, by which "
            "another place would be written; next: -o elsewhere, or with the ending .parquet"
        )
    with (
        # GDAL's writers raise many kinds for a full disk or a locked file
        translate_errors(lambda error: OutputError(cannot_write_file(path, error))),
        replacing(path) as part,
    ):
        if ending == PARQUET:
            frame.to_parquet(
                part, schema_version="1.1.0", write_covering_bbox=True, compression="zstd"
            )
        elif ending == CSV:
            table = frame.to_wkt(rounding_precision=DECIMALS).rename(columns={"geometry": WKT})
            first = [WKT, *table.columns.drop(WKT)]
            table[first].to_csv(part, index=False, encoding="utf-8", errors="backslashreplace")
        else:
            frame.to_file(
                part,
                driver=DRIVERS[ending],
                layer=layer,
                engine="pyogrio",
                **OPTIONS.get(ending, {}),
            )


def geojson_geometry(shape: BaseGeometry) -> dict[str, Any]:
    """A footprint as a GeoJSON geometry, to about a millimetre."""
    return dict(mapping(set_precision(shape, DEGREE_GRID, mode="pointwise")))
