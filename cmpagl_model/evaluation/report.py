"""An evaluation as JSON, as a Markdown table and as rows for a terminal."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cmpagl_model.atomic import can_write_in
from cmpagl_model.errors import OutputError
from cmpagl_model.index.vectors import refuse_others

from .metrics import RECALLS
from .retrieval import NEED_FUSION, NEED_SMR

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from .metrics import Figure
    from .retrieval import Evaluation

KEPT_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """What was evaluated, as the user named it."""

    dataset: str
    """The captions file."""
    split: str
    """Its part."""
    limit: int | None
    """Pictures taken from its beginning; ``None``: all."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One way of ranking, or the ceiling; numbers in %, two decimals."""

    name: str
    """``none``, ``smr``, ``fusion``, ``full`` or ``ceiling``."""
    figures: tuple[str, ...]
    """R@1, R@5, R@10 of image to text, the same of text to image, mR; blank: not worked out."""
    intervals: tuple[str, ...]
    """The 95 % interval of each; blank for a ceiling."""


def figure_rows(found: Evaluation) -> list[FigureRow]:
    """One row for each way of ranking, then the ceiling where it was worked out."""
    rows = []
    for way in found.measured:
        values = tuple(f"{one.value:.2f}" for one in way.figures)
        ends = tuple("{:.2f}-{:.2f}".format(*one.interval or ()) for one in way.figures)
        rows.append(FigureRow(way.way, values, ends))
    if found.ceilings:
        limits = tuple(f"{value:.2f}" for value in found.ceilings.values)
        rows.append(FigureRow("ceiling", ("", "", "", *limits, ""), ("",) * 7))
    return rows


def json_report(found: Evaluation, subject: Subject) -> str:
    """The evaluation as one JSON object, its recalls and their mean under each way of ranking."""
    document: dict[str, Any] = {
        **{way.way: _recalls_json(way.figures, value_of) for way in found.measured},
        "intervals": {way.way: _recalls_json(way.figures, ends_of) for way in found.measured},
        "model": asdict(found.model),
        "device": found.device,
        **asdict(subject),
        "images": found.images,
        "sentences": found.sentences,
        "settings": asdict(found.settings),
        "problems": [str(problem) for problem in found.problems],
    }
    if found.ceilings:
        limits = zip(RECALLS, map(_kept, found.ceilings.values), strict=True)
        document["ceilings"] = {"t2i": dict(limits)}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def markdown_report(found: Evaluation, subject: Subject) -> str:
    """The evaluation as a table for a model card, with what it was measured on and how."""
    names = [f"{side} {name}" for side in ("I→T", "T→I") for name in RECALLS]
    lines = [
        f"`{subject.dataset}`, split `{subject.split}`: {_images(found.images)}, "
        f"{found.sentences:,} sentences. Model {found.model}.",
        "",
        f"| re-ranking | {' | '.join([*names, 'mR'])} |",
        "|---|" + "---:|" * 7,
    ]
    for row in figure_rows(found):
        cells = [
            f"{value} ({interval})" if interval else value
            for value, interval in zip(row.figures, row.intervals, strict=True)
        ]
        lines.append(f"| {row.name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *notes(found, subject), ""])


def learned_already(part: str) -> str:
    """What to know of figures on a part that taught the model."""
    return (
        f"This model has learned from pictures of {part}: its figures on them say nothing of "
        "unseen pictures. Next: measure on a part that it has not learned from, such as test."
    )


def notes(found: Evaluation, subject: Subject) -> list[str]:
    """What a reader has to know to compare the figures."""
    said = [
        f"In %; in brackets 95 % of {found.settings.draws:,} bootstrap draws of images with their "
        "sentences. Strict identity, ties against us, all candidates at once.",
    ]
    if subject.split in found.taught:
        said.append(learned_already(subject.split))
    smr = [way for way in found.ways if way in NEED_SMR]
    if smr:
        said.append(
            f"{' and '.join(smr)} {'are' if len(smr) > 1 else 'is'} transductive: SMR looks at all "
            "queries of the split together"
            f"{', in full after the fusion encoder' if 'full' in smr else ''}."
        )
    if not NEED_FUSION.isdisjoint(found.ways):
        said.append(
            f"The fusion encoder looks at the best {found.settings.rerank.k} of each direction."
        )
    elif found.settings.ways is None:
        said.append("These weights hold no fusion encoder: no figures for fusion and full.")
    if found.ceilings:
        said.append("Ceiling: the most that sentences shared by several images allow.")
    if subject.limit is not None:
        said.append(
            f"Only the first {_images(subject.limit)} of the split: not to be compared with others."
        )
    if found.problems:
        said.append(f"Left out as candidates and queries: {_images(len(found.problems))}.")
    return said


def check_output(path: Path, *others: Path | None) -> None:
    """Refuse a file that cannot be written, before the work begins.

    Args:
        path: the file.
        others: files that are read or written besides.

    Raises:
        OutputError: if its folder is missing, it is a folder itself or one of the others.
    """
    refuse_others(path, *others)
    folder = path.absolute().parent
    there = os.path.isdir(folder)  # noqa: PTH112 - a name too long is none
    if os.path.isdir(path) or not there or not can_write_in(folder):  # noqa: PTH112 - the same
        raise OutputError(
            f"{path}: cannot write a file here; wanted a name in an existing folder that you may "
            "write in"
        )


def _recalls_json(figures: Sequence[Figure], value: Callable[[Figure], object]) -> dict[str, Any]:
    """Recalls of both directions and their mean."""
    i2t, t2i = ({one.name: value(one) for one in side} for side in (figures[:3], figures[3:6]))
    return {"i2t": i2t, "t2i": t2i, "mR": value(figures[6])}


def value_of(figure: Figure) -> float:
    """A figure as JSON has it."""
    return _kept(figure.value)


def ends_of(figure: Figure) -> list[float]:
    """Both ends of its interval as JSON has them."""
    return [_kept(end) for end in figure.interval or ()]


def _images(number: int) -> str:
    return f"{number:,} image{'' if number == 1 else 's'}"


def _kept(value: float) -> float:
    return round(value, KEPT_DIGITS)
