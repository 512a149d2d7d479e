"""Ask an index with a sentence or by example. Start at :func:`open_index`."""

from .answer import Answer
from .composed import Composed, read_parts
from .examples import ChipPlace, Examples, Picture, PointPlace
from .feedback import Feedback, read_feedback
from .filters import Filter, read_area
from .follow import Followed, follow
from .query import SearchableIndex, open_index
from .saved import SavedQuery, read_query, write_query
from .watch import Watched, keep, watch
from .weighted import Weighted

__all__ = [
    "Answer",
    "ChipPlace",
    "Composed",
    "Examples",
    "Feedback",
    "Filter",
    "Followed",
    "Picture",
    "PointPlace",
    "SavedQuery",
    "SearchableIndex",
    "Watched",
    "Weighted",
    "follow",
    "keep",
    "open_index",
    "read_area",
    "read_feedback",
    "read_parts",
    "read_query",
    "watch",
    "write_query",
]
