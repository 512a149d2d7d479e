"""Ask an index with a sentence. Start at :func:`open_index`."""

from .filters import Filter, read_area
from .query import Answer, SearchableIndex, open_index

__all__ = ["Answer", "Filter", "SearchableIndex", "open_index", "read_area"]
