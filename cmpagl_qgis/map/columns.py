"""What is known of a match, column by column: in the dock's layer, Processing's, and all files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmpagl_qgis.engine.records import Hit

COLUMNS = (
    ("rank", "whole"),
    ("score", "number"),
    ("relevance", "number"),
    ("probability", "number"),
    ("scene", "text"),
    ("datetime", "text"),
    ("id", "text"),
    ("source", "text"),
    ("ground_m", "number"),
    ("gsd_m", "number"),
    ("col", "whole"),
    ("row", "whole"),
    ("width", "whole"),
    ("height", "whole"),
    ("query", "text"),
    ("siblings", "text"),
    ("class", "text"),
    ("review", "text"),
    ("hit_key", "text"),
)
"""Names and kinds."""
INSIDE = ("hit_key",)
"""Columns of layers that no file has: the others say the same."""
SOMETIMES = (
    "relevance", "probability", "datetime", "id", "source", "siblings", "class", "review"
)  # fmt: skip
"""Columns that a file has only if some match has them."""
_URI = {"whole": "integer", "number": "double", "text": "string(0)"}


def uri_fields() -> str:
    """The columns in the source of a layer in memory."""
    return "&".join(f"field={name}:{_URI[kind]}" for name, kind in COLUMNS)


def values(hit: Hit, query: str, verdict: str = "") -> list[object]:
    """A match's values, in the order of the columns.

    Args:
        hit: the match.
        query: the sentence asked for; empty for a search by example alone.
        verdict: what was decided of it: ``keep``, ``reject``, or empty.
    """
    return [
        hit.rank, hit.score, hit.relevance, hit.probability, hit.scene, hit.datetime, hit.id,
        hit.source, hit.ground_m, hit.gsd_m, *hit.window, query,
        "; ".join(one.text(hit.scene) for one in hit.siblings) or None,
        hit.sentence or None, verdict or None, hit.key,
    ]  # fmt: skip
