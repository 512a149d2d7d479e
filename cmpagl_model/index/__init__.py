"""Embeddings on disk. Start at :func:`build_index`; files are described in :mod:`.parts`."""

from .build import BuildReport, build_index
from .format import IndexInfo, read_info
from .progress import Progress
from .rebuild import rebuild_index
from .table import ChipTable, LoadedIndex, load_chips

__all__ = [
    "BuildReport",
    "ChipTable",
    "IndexInfo",
    "LoadedIndex",
    "Progress",
    "build_index",
    "load_chips",
    "read_info",
    "rebuild_index",
]
