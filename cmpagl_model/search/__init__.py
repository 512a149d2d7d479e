"""Ask an index with a sentence or by example. Start at :func:`open_index`."""

from .answer import Answer
from .composed import Composed, read_parts
from .examples import ChipPlace, Examples, Picture, PointPlace, Weighted
from .filters import Filter, read_area
from .query import SearchableIndex, open_index

__all__ = [
    "Answer",
    "ChipPlace",
    "Composed",
    "Examples",
    "Filter",
    "Picture",
    "PointPlace",
    "SearchableIndex",
    "Weighted",
    "open_index",
    "read_area",
    "read_parts",
]
