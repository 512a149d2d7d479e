"""Ask an index with a sentence or by example. Start at :func:`open_index`.

Its :meth:`SearchableIndex.search` and :meth:`SearchableIndex.similar` answer, a :class:`Filter`
says where to look. How sentences are parsed is in :mod:`.composed`, verdicts are in
:mod:`.feedback`, files of searches in :mod:`.saved`.
"""

import importlib

from .answer import Answer
from .examples import ChipPlace, Examples, PointPlace
from .filters import Filter
from .follow import follow
from .query import SearchableIndex, open_index
from .saved import SavedQuery
from .watch import watch

__all__ = [
    "Answer",
    "ChipPlace",
    "Examples",
    "Filter",
    "PointPlace",
    "SavedQuery",
    "SearchableIndex",
    "follow",
    "open_index",
    "watch",
]
_FORMERLY = {
    "composed": ("Composed", "read_parts"),
    "examples": ("Picture",),
    "feedback": ("Feedback", "read_feedback"),
    "filters": ("read_area",),
    "follow": ("Followed",),
    "saved": ("read_query", "write_query"),
    "watch": ("Watched", "keep"),
    "weighted": ("Weighted",),
}
"""What was imported from here at first, and its module now."""


def __getattr__(name: str) -> object:
    """Find what :data:`_FORMERLY` names.

    Raises:
        AttributeError: for any other name.
    """
    for module, names in _FORMERLY.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
