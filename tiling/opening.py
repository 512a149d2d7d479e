"""What GDAL is told to open, after a look at what that would reach and claim."""

from __future__ import annotations

import threading
import warnings
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioIOError

from .addresses import disable_head, for_gdal, is_url
from .composed import files_of, files_of_set, vrt_of, vrt_of_set
from .errors import UnreadableSceneError
from .external_files import check_overviews, check_side_files
from .formats import driver_of
from .tiff_limits import check_claims

if TYPE_CHECKING:
    from collections.abc import Iterator

_opening = threading.Lock()


@contextmanager
def without_georef_warning() -> Iterator[None]:
    """Suppress rasterio's warning of a missing georeference while a raster is opened."""
    # the filters of warnings are shared by all threads: one at a time
    with _opening, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


def open_dataset(path: str, overview_level: int | None) -> Any:  # noqa: ANN401 - no types
    """A dataset that reaches no other files, or one of its overviews.

    Args:
        path: a file, a set of files, or an address.
        overview_level: which overview, from 0; ``None`` for the full picture.

    Raises:
        UnreadableSceneError: if it would reach others, or claims what it cannot hold.
        RasterioIOError: if GDAL cannot open it.
    """
    driver = driver_of(path)
    if not is_url(path):
        for file in files_of(path) or (path,):
            _check_name(file)
            check_claims(file)
            check_side_files(file)
    name = _name_for(path, driver)
    try:
        whole = rasterio.open(name, driver=driver)
    except RasterioIOError as reason:
        if not disable_head(path, str(reason)):
            raise
        name = for_gdal(path)
        whole = rasterio.open(name, driver=driver)
    try:
        if not is_url(path):
            check_overviews(path, whole)
    except UnreadableSceneError:
        whole.close()
        raise
    if overview_level is None:
        return whole
    whole.close()
    return rasterio.open(name, driver=driver, overview_level=overview_level)


def _check_name(path: str) -> None:
    """Refuse a file that GDAL cannot be told of.

    Raises:
        UnreadableSceneError: if its path holds bytes that are no letters.
    """
    try:
        path.encode()
    except UnicodeEncodeError:
        raise UnreadableSceneError(
            f"{path} has a path that is not UTF-8, and GDAL opens no other; rename the file or the "
            "folder"
        ) from None


def _name_for(path: str, driver: str) -> str | Path:
    """What GDAL is told to open: an address, a file, or a virtual raster in words.

    Raises:
        UnreadableSceneError: if a virtual raster names what it may not.
    """
    if is_url(path):
        return for_gdal(path)
    if driver != "VRT":
        return Path(path)  # keeps rasterio from reading schemes such as zip:// into a file name
    for part in files_of(path):
        kind = driver_of(part)
        if kind == "VRT":
            raise UnreadableSceneError(f"{path} shows another virtual raster, {part}")
        with rasterio.open(Path(part), driver=kind) as shown:
            check_overviews(part, shown)
    files = files_of_set(path)
    if files is None:
        return vrt_of(path)
    with ExitStack() as stack:
        opened = (rasterio.open(Path(one), driver=driver_of(one)) for one in files)
        parts = [stack.enter_context(part) for part in opened]
        return vrt_of_set(path, parts)
