"""Embeddings on disk. Start at :func:`build_index`; files are described in :mod:`.parts`.

Names are loaded when they are first used: who only opens an index shall not wait for the libraries
that make one.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from cmpagl_model.progress import Progress

if TYPE_CHECKING:
    from .build import BuildReport, build_index
    from .format import IndexInfo, read_info
    from .load import load_chips
    from .loaded import LoadedIndex
    from .opening import open_chips
    from .rebuild import rebuild_index

__all__ = [
    "BuildReport",
    "IndexInfo",
    "LoadedIndex",
    "Progress",
    "build_index",
    "load_chips",
    "open_chips",
    "read_info",
    "rebuild_index",
]
_HOMES = {
    "BuildReport": "build",
    "IndexInfo": "format",
    "LoadedIndex": "loaded",
    "build_index": "build",
    "load_chips": "load",
    "open_chips": "opening",
    "read_info": "format",
    "rebuild_index": "rebuild",
}


def __getattr__(name: str) -> object:
    """Load a name from its module at its first use.

    Raises:
        AttributeError: if there is no such name.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
