"""Which GDAL driver may open a file: told by its first bytes, from a short list.

Only GeoTIFF (COG), JPEG, PNG and JPEG 2000 are handed to GDAL; formats that can name other
files or servers never are.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from .errors import UnreadableSceneError
from .inputs import is_url, stat_file

_SIGNATURES = (
    (b"II*\0", "GTiff"),
    (b"MM\0*", "GTiff"),
    (b"II+\0", "GTiff"),
    (b"MM\0+", "GTiff"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\0\0\0\x0cjP  ", "JP2OpenJPEG"),
    (b"\xff\x4f\xff\x51", "JP2OpenJPEG"),
)
_URL_ENDINGS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".jp2": "JP2OpenJPEG"}


def driver_of(path: str) -> str:
    """The GDAL driver for a file, by its first bytes, or for an address, by its ending.

    Raises:
        UnreadableSceneError: if the file is missing, empty or of a format we do not read.
    """
    if is_url(path):
        return _URL_ENDINGS.get(Path(urlsplit(path).path).suffix.lower(), "GTiff")
    size = stat_file(path).st_size
    try:
        with Path(path).open("rb") as file:
            start = file.read(16)
    except OSError as reason:
        raise UnreadableSceneError(f"{path} cannot be read: {reason.strerror}") from None
    if size == 0:
        raise UnreadableSceneError(f"{path} is empty (0 bytes); fetch or export it again")
    for signature, driver in _SIGNATURES:
        if start.startswith(signature):
            return driver
    raise UnreadableSceneError(
        f"{path} is not a raster of a known format, it begins with {_shown(start)}; "
        "GeoTIFF, COG, JPEG, PNG and JPEG 2000 are read. Convert others with gdal_translate"
    )


def _shown(start: bytes) -> str:
    return repr(start.decode("ascii")) if start.isascii() else start[:8].hex(" ")
