"""Open the chips of an index, the fast way where there is one. Start at :func:`open_chips`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmpagl_model.errors import OutputError
from tiling.errors import StoreError

from .arrays import arrays_folder, list_parts, read_arrays
from .arrays_manifest import UnfitArraysError
from .format import read_info
from .store import store_of

if TYPE_CHECKING:
    from pathlib import Path

    from .format import IndexInfo
    from .loaded import LoadedIndex

ATTEMPTS = 3


def open_chips(folder: Path, info: IndexInfo) -> LoadedIndex:
    """Open the chips of an index; their arrays are made first if there are none that fit.

    Args:
        folder: the index.
        info: the version to be opened. If its parts are gone, the newest one is.

    Returns:
        The chips of all readable parts, mapped from files where that is possible. Where the folder
        is the copy of an index in a store, damaged parts were brought again.
    """
    loaded = _opened(folder, info)
    for _ in range(ATTEMPTS):
        if not loaded.problems or store_of(folder) is None:
            break
        from .mirror import downloaded_again  # noqa: PLC0415 - only where something is wrong

        try:
            if not downloaded_again(folder, loaded):
                break
        except (StoreError, OutputError):
            break  # what is there can be searched all the same
        loaded = _opened(folder, read_info(folder))
    return loaded


def _opened(folder: Path, info: IndexInfo) -> LoadedIndex:
    for _ in range(ATTEMPTS):
        listed = list_parts(folder, info)
        if len(listed) < len(info.parts):
            info = read_info(folder)
            listed = list_parts(folder, info)
        arrays_path = arrays_folder(folder, listed, info)
        try:
            return read_arrays(arrays_path, info, listed)
        except UnfitArraysError:
            pass
        from .arrays_build import build_arrays  # noqa: PLC0415 - pyarrow is for those who decode

        try:
            build_arrays(folder, info, listed, arrays_path)
        except UnfitArraysError:
            pass  # a part went while it was read
        except OSError:
            break  # a folder that cannot be written, or a full disk
    return _decoded(folder, info)


def _decoded(folder: Path, info: IndexInfo) -> LoadedIndex:
    """Decode all parts; where some are missing, of the newest version: they may be replaced."""
    from .load import load_chips  # noqa: PLC0415

    while True:
        loaded = load_chips(folder, info)
        if not loaded.problems:
            return loaded
        read, info = info, read_info(folder)
        if info.number == read.number:
            return loaded
