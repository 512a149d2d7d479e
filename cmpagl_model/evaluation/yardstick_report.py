"""The table of yardsticks as JSON, as Markdown and as rows for a terminal."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .report import ends_of, learned_already, value_of

if TYPE_CHECKING:
    from .metrics import Figure
    from .yardsticks import YardstickRow, Yardsticks


def yardsticks_json(found: Yardsticks) -> str:
    """The figures as one JSON object, a list of rows with names, values and intervals."""
    document = {
        "model": asdict(found.model),
        "device": found.device,
        "taught": list(found.taught),
        "rows": [
            {
                "yardstick": row.yardstick,
                "what": row.what,
                "rerank": row.way,
                "by_picture": _named(row.by_picture),
                "by_sentence": _named(row.by_sentence),
                "main": _named((row.main,)),
            }
            for row in found.rows
        ],
        "problems": [str(problem) for problem in found.problems],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def yardsticks_markdown(found: Yardsticks) -> str:
    """The table for a model card, with how it was measured."""
    lines = [
        f"Model {found.model}.",
        "",
        "| yardstick | re-ranking | picture → sentence | sentence → picture | main figure | 95 % |",
        "|---|---|---|---|---|---|",
    ]
    before = ""
    for row in found.rows:
        what, before = ("" if row.what == before else row.what), row.what
        labels = [
            f"{' / '.join(figure.name for figure in figures)}: {_values(figures, ' / ')}"
            if figures
            else ""
            for figures in (row.by_picture, row.by_sentence)
        ]
        main = f"{row.main.name} **{row.main.value:.2f}**"
        lines.append(f"| {' | '.join([what, row.way, *labels, main, interval_text(row.main)])} |")
    return "\n".join([*lines, "", *yardstick_notes(found), ""])


def yardstick_cells(row: YardstickRow) -> tuple[str, ...]:
    """Name, way of ranking, both directions, main figure and its interval, as short text."""
    return (
        row.yardstick,
        row.way,
        _values(row.by_picture),
        _values(row.by_sentence),
        f"{row.main.name} {row.main.value:.2f}",
        interval_text(row.main),
    )


def interval_text(figure: Figure) -> str:
    """Both ends; blank where none was worked out."""
    return "" if figure.interval is None else "{:.1f}-{:.1f}".format(*figure.interval)


def yardstick_notes(found: Yardsticks) -> list[str]:
    """What a reader has to know to compare the figures."""
    said = [
        "In %. Recall at 1, 5 and 10 by strict identity, ties against us, all pictures of the set "
        "at once; 95 % of the bootstrap draws of pictures (of places, for real scenes).",
    ]
    if "val" in found.taught:
        said.append(learned_already("val"))
    names = {row.yardstick for row in found.rows}
    if "scenes" in names:
        said.append(
            "Real scenes: sentences whose scene comes first, or among the first three different "
            "places, of the usual index and search."
        )
    if any(name.endswith("-classes") for name in names):
        said.append('Classes: top-1 and top-5 of "a satellite image of a CLASS".')
    if any(row.way in {"smr", "full"} for row in found.rows):
        said.append(
            "smr is transductive on pictures: it looks at all queries of the set together; on "
            "scenes it asks the bank that ships with the model."
        )
    return said


def _values(figures: tuple[Figure, ...], between: str = "/") -> str:
    return between.join(f"{figure.value:.2f}" for figure in figures)


def _named(figures: tuple[Figure, ...]) -> dict[str, Any]:
    return {
        figure.name: {
            "value": value_of(figure),
            "interval": None if figure.interval is None else ends_of(figure),
        }
        for figure in figures
    }
