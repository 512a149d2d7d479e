"""CMPAGL: find places in georeferenced images with a sentence.

Start at :func:`open_index` to search, at :func:`cmpagl_model.index.build_index` to index.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .search import open_index

__all__ = ["open_index"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load :func:`open_index` at its first use: importing the package stays cheap.

    Raises:
        AttributeError: for any other name.
    """
    if name == "open_index":
        from .search import open_index  # noqa: PLC0415

        return open_index
    raise AttributeError(f"module 'cmpagl_model' has no attribute {name!r}")
