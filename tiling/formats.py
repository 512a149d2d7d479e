"""Which GDAL driver may open a file: told by its first bytes, from a short list.

Only GeoTIFF (COG), JPEG, PNG, JPEG 2000, Erdas Imagine, GeoPackage and MBTiles are handed to GDAL
as they are; formats that can name other files or servers never are. Of virtual rasters GDAL gets
what :mod:`tiling.composed` makes of them.
"""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .addresses import is_url, sqlite_address
from .composed import files_of_set
from .errors import UnreadableSceneError

if TYPE_CHECKING:
    import os

FOLDER_ENDINGS = (".tif", ".tiff", ".jp2", ".img", ".gpkg", ".mbtiles")
"""What a folder is searched for."""
NAMED_ENDINGS = (".png", ".jpg", ".jpeg", ".vrt")
"""Read where they are named: in folders they are previews and mosaics of their neighbours."""
_SIGNATURES = (
    (b"II*\0", "GTiff"),
    (b"MM\0*", "GTiff"),
    (b"II+\0", "GTiff"),
    (b"MM\0+", "GTiff"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\0\0\0\x0cjP  ", "JP2OpenJPEG"),
    (b"\xff\x4f\xff\x51", "JP2OpenJPEG"),
    (b"EHFA_HEADER_TAG", "HFA"),
)
_SQLITE = b"SQLite format 3\0"
_ARRAYS = (b"CDF\x01", b"CDF\x02", b"CDF\x05", b"\x89HDF\r\n\x1a\n", b"\x0e\x03\x13\x01")
_START_BYTES, _SHOWN_BYTES = 512, 16
_TAR = b"ustar", 257
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")
_URL_ENDINGS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".jp2": "JP2OpenJPEG"}
_HAS_RASTER = "SELECT 1 FROM gpkg_contents WHERE data_type IN ('tiles', '2d-gridded-coverage')"
_HAS_SHAPES = "SELECT 1 FROM metadata WHERE name = 'format' AND value = 'pbf'"


def stat_file(path: str) -> os.stat_result:
    """Size and times of an ordinary file.

    Raises:
        UnreadableSceneError: if there is no such file, or it is a folder or a device.
    """
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        raise UnreadableSceneError(f"{path} does not exist; check the path") from None
    except (OSError, ValueError) as reason:
        said = getattr(reason, "strerror", None) or reason
        raise UnreadableSceneError(
            f"{path} cannot be read ({said}); check its permissions"
        ) from None
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableSceneError(f"{path} is not a file; name a raster file")
    return found


def driver_of(path: str) -> str:
    """The GDAL driver for a file, by its first bytes, or for an address, by its ending.

    Raises:
        UnreadableSceneError: if the file is missing, empty or of a format we do not read.
    """
    if is_url(path):
        return _URL_ENDINGS.get(Path(urlsplit(path).path).suffix.lower(), "GTiff")
    if files_of_set(path):
        return "VRT"
    size = stat_file(path).st_size
    start = _start_of(path)
    if size == 0:
        raise UnreadableSceneError(f"{path} is empty (0 bytes); fetch or export it again")
    for signature, driver in _SIGNATURES:
        if start.startswith(signature):
            return driver
    if start.startswith(_SQLITE):
        return _sqlite_driver(path)
    if path.lower().endswith(".vrt") and start.lstrip()[:1] == b"<":
        return "VRT"
    raise UnreadableSceneError(_why_not(path, start))


def _why_not(path: str, start: bytes) -> str:
    if start.startswith(_ARRAYS):
        return (
            f"{path} is netCDF or HDF, which holds many arrays; see them with gdalinfo, and "
            f'take one out with gdal_translate NETCDF:"{Path(path).name}":VARIABLE OUT.tif'
        )
    if start.startswith(_PACKED) or start.startswith(*_TAR):
        return f"{path} is packed; unpack it, and name what was in it"
    start = start[:_SHOWN_BYTES]
    shown = repr(start.decode("ascii")) if start.isascii() else start[:8].hex(" ")
    return (
        f"{path} is not a raster of a known format, it begins with {shown}; GeoTIFF, COG, "
        "JPEG, PNG, JPEG 2000, Erdas Imagine, GeoPackage, MBTiles and VRT are read. Convert others "
        "with gdal_translate"
    )


def may_hold_raster(path: str) -> bool:
    """Whether a file met in a folder is worth opening: by its ending, and its contents if need be.

    Args:
        path: a file.
    """
    ending = Path(path).suffix.lower()
    if ending not in FOLDER_ENDINGS:
        return False
    if ending == ".img":
        with suppress(UnreadableSceneError):
            return _start_of(path).startswith(b"EHFA_HEADER_TAG")
        return False
    if ending == ".mbtiles":
        return not _finds(path, _HAS_SHAPES)
    return ending != ".gpkg" or _finds(path, _HAS_RASTER)


def _finds(path: str, query: str) -> bool:
    """Whether a query finds something in a database, which is left as it is."""
    name = sqlite_address(Path(path).absolute())
    try:
        with closing(sqlite3.connect(name, uri=True)) as database:
            return database.execute(query).fetchone() is not None
    except sqlite3.Error:
        return False


def _sqlite_driver(path: str) -> str:
    if path.lower().endswith(".mbtiles"):
        if not _finds(path, _HAS_SHAPES):
            return "MBTiles"
        raise UnreadableSceneError(
            f"{path} holds vector tiles; name one of pictures, or another raster file"
        )
    if _finds(path, _HAS_RASTER):
        return "GPKG"
    raise UnreadableSceneError(
        f"{path} is a database without a raster in it; name a raster file, or a GeoPackage with one"
    )


def _start_of(path: str) -> bytes:
    """The first bytes of a file.

    Raises:
        UnreadableSceneError: if it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return file.read(_START_BYTES)
    except OSError as reason:
        raise UnreadableSceneError(
            f"{path} cannot be read ({reason.strerror}); check its permissions"
        ) from None
