"""CMPAGL: find places in georeferenced images with a sentence.

Start at :func:`open_index` to search, at :class:`Examples` to search by example, at
:func:`cmpagl_model.index.build_index` to index.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .search import ChipPlace, Examples, PointPlace, SavedQuery, open_index
    from .search.examples import Picture
    from .search.feedback import Feedback
    from .search.saved import read_query
    from .search.weighted import Weighted

__all__ = [
    "ChipPlace",
    "Examples",
    "Feedback",
    "Picture",
    "PointPlace",
    "SavedQuery",
    "Weighted",
    "open_index",
    "read_query",
]
# A local run opens no connection. Read when the libraries load, so before any of them: ONNX Runtime
# reports its use to its makers unless this is said, PROJ fetches grids where an environment asks.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ["PROJ_NETWORK"] = "OFF"
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load what ``__all__`` names at its first use: importing the package stays cheap.

    Raises:
        AttributeError: for any other name.
    """
    if name in __all__:
        from . import search  # noqa: PLC0415

        return getattr(search, name)
    raise AttributeError(f"module 'cmpagl_model' has no attribute {name!r}")
