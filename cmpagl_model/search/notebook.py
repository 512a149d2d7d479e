"""An answer as a table of pictures, for notebooks."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.records import metres, percent

from .examples import ChipPlace
from .thumbnails import pictures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmpagl_model.records import Hit

    from .answer import Answer

SHOWN, PICTURE_PX = 20, 96
HEAD = ("", "rank", "score", "relevance", "date", "side", "longitude", "latitude", "scene")


def html_of(answer: Answer) -> str:
    """The first hits with their pictures; all text is escaped, nothing is loaded from elsewhere.

    Args:
        answer: hits of any number; how many are left out is said.
    """
    hits = answer.hits[:SHOWN]
    places = [ChipPlace(hit.scene, hit.window, hit.ground_m) for hit in hits]
    drawn = pictures(answer.index, places, PICTURE_PX) if answer.index else (None,) * len(hits)
    said = [answer.asked, answer.notice, *map(str, answer.problems)]
    if len(answer.hits) > SHOWN:
        said.append(f"the first {SHOWN} of {len(answer.hits):,} places")
    elif not hits:
        said.append("no place")
    lines = [f"<p>{escape(line)}</p>" for line in said if line]
    if hits:
        rows = "".join(_row("td", _cells(*pair)) for pair in zip(hits, drawn, strict=True))
        lines.append(f"<table>{_row('th', HEAD)}{rows}</table>")
    return "".join(lines)


def _cells(hit: Hit, picture: bytes | None) -> tuple[str, ...]:
    centre = hit.geometry.representative_point()
    shown = ""
    if picture is not None:
        data = b64encode(picture).decode("ascii")
        shown = f'<img width="{PICTURE_PX}" src="data:image/png;base64,{data}">'
    texts = (
        str(hit.rank),
        f"{hit.score:.3f}",
        "" if hit.relevance is None else percent(hit.relevance),
        hit.datetime or "",
        metres(hit.ground_m),
        f"{centre.x:.5f}",
        f"{centre.y:.5f}",
        Path(hit.scene).name,
    )
    return (shown, *map(escape, texts))


def _row(kind: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{kind}>{cell}</{kind}>" for cell in cells) + "</tr>"
