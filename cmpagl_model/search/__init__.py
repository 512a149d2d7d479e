"""Ask an index with a sentence or by example. Start at :func:`open_index`."""

from .answer import Answer
from .examples import ChipPlace, Examples, Picture, PointPlace, Weighted
from .filters import Filter, read_area
from .query import SearchableIndex, open_index
from .saved import SavedQuery, read_query, write_query
from .watch import Watched, keep, watch

__all__ = [
    "Answer",
    "ChipPlace",
    "Examples",
    "Filter",
    "Picture",
    "PointPlace",
    "SavedQuery",
    "SearchableIndex",
    "Watched",
    "Weighted",
    "keep",
    "open_index",
    "read_area",
    "read_query",
    "watch",
    "write_query",
]
