"""Ask an index with a sentence or by example. Start at :func:`open_index`."""

from .answer import Answer
from .examples import ChipPlace, Examples, PointPlace
from .filters import Filter, read_area
from .query import SearchableIndex, open_index

__all__ = [
    "Answer",
    "ChipPlace",
    "Examples",
    "Filter",
    "PointPlace",
    "SearchableIndex",
    "open_index",
    "read_area",
]
