"""GDAL's settings.

Decisions taken here:

* Sidecar files of a local scene (.aux.xml, .ovr, .msk, world files) are honoured, looked for by
  name; the folder is not listed. For an address nothing but the file itself is asked for.
* The network is used for addresses only, with time limits and three retries; what a file on this
  machine may name, :mod:`tiling.external_files` says. What was fetched is kept while a file is
  open, no longer: what lies there may change.
* A truncated JPEG is an error, not a grey picture; a truncated PNG read in one go by GDAL's short
  cut would be whatever lay in memory, without an error, so that is off.
* GDAL decodes by threads of its own only where and as long as nothing is damaged.
* What GDAL logs meanwhile is dropped.
* The wheels of rasterio and pyproj bring the data of their PROJ. What PROJ_LIB and PROJ_DATA name
  is that of another program, mostly of another version, and moves or refuses scenes: not used.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import rasterio

from .addresses import is_url
from .stores import gdal_options, is_stored

if TYPE_CHECKING:
    from collections.abc import Iterator

if (Path(rasterio.__file__).parent / "proj_data").is_dir():
    for _name in ("PROJ_LIB", "PROJ_DATA"):
        os.environ.pop(_name, None)  # read when GDAL is first used

STALLED_S = 10
"""A server that sends nearly nothing for so long has stopped."""
CACHE_BYTES = 128 << 20
"""Decoded blocks that GDAL keeps for all open rasters, unless one needs more."""
MAX_GDAL_THREADS = min(4, os.cpu_count() or 1)
"""Threads by which GDAL itself decodes the blocks of one read."""


@contextmanager
def gdal_settings(
    path: str, cache_bytes: int = CACHE_BYTES, threads: int = MAX_GDAL_THREADS
) -> Iterator[None]:
    """GDAL's settings and GDAL's silence while a raster is touched; cheap, may be nested.

    What GDAL says meanwhile is not logged: errors come as ours, and its warnings are about
    things a map maker cannot act on.

    Args:
        path: file or http(s) address.
        cache_bytes: most that GDAL may keep of decoded blocks.
        threads: by which GDAL decodes.
    """
    remote = is_url(path)
    options = {
        "GDAL_CACHEMAX": cache_bytes,
        "GDAL_NUM_THREADS": str(threads),
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR" if remote else "TRUE",
        "CPL_VSIL_CURL_NON_CACHED": "/vsicurl/:/vsicurl?:/vsis3/:/vsigs/:/vsiaz/",
        "GDAL_ERROR_ON_LIBJPEG_WARNING": True,
        "GDAL_PNG_WHOLE_IMAGE_OPTIM": False,
        "GDAL_HTTP_CONNECTTIMEOUT": "10",
        "GDAL_HTTP_TIMEOUT": "60",
        "GDAL_HTTP_LOW_SPEED_LIMIT": "100",  # bytes a second
        "GDAL_HTTP_LOW_SPEED_TIME": str(STALLED_S),
        "GDAL_HTTP_MAX_RETRY": "3",
        "GDAL_HTTP_RETRY_DELAY": "1",
        "CPL_LOG": os.devnull,  # what GDAL's own threads would print; every error is raised too
        "GDAL_INGESTED_BYTES_AT_OPEN": "32768" if remote else "0",
    }
    if is_stored(path):
        options.update(gdal_options())
    if not remote:
        options["CPL_VSIL_CURL_ALLOWED_FILENAME"] = "none: the scene is a file"
    if _hush not in _gdal_log.filters:
        _gdal_log.addFilter(_hush)
    _hush.depth += 1
    try:
        with rasterio.Env(**options):
            yield
    finally:
        _hush.depth -= 1


class _GdalLogFilter(logging.Filter, threading.local):
    """Drops records of the thread that is inside :func:`gdal_settings`; others pass."""

    depth = 0

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - the base class asks for it
        return self.depth == 0


_gdal_log = logging.getLogger("rasterio._env")
_hush = _GdalLogFilter()
