"""How well relevance does on searches that it was not fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from research.calibration import calibration_error, reliability

from .fit import fit
from .trials import KINDS, LEFT_OUT, TRUE

if TYPE_CHECKING:
    from research.calibration import ReliabilityRow

    from .trials import Trials

NAMES = {
    TRUE: "true: the gallery holds it", "nonsense": "nonsense, other languages",
    "thrown_together": "words thrown together",
    "off_topic": "off topic", "absent": "true but absent, listed",
    LEFT_OUT: "true but absent, its pictures left out",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rate:
    """What became of one kind of searches of one gallery."""

    kind: str
    """The kind."""
    gallery: str
    """Name of the gallery."""
    searches: int
    """How many."""
    found: float
    """Share that came back as found, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of two halves, each by constants of the other."""

    rates: tuple[Rate, ...]
    """Of every gallery and kind."""
    error: float
    """Expected calibration error over the first 20 hits of true searches, 0 to 1."""
    error_first: float
    """The same over their first hits alone."""
    error_all: float
    """The same over the hits of all searches."""
    hits: int
    """Hits of true searches."""
    first: tuple[ReliabilityRow, ...]
    """Forecasts for first hits of true searches and what came true."""


def cross_report(trials: Trials) -> Report:
    """Judge each half of the searches by constants fitted on the other.

    Raises:
        EvaluationError: as :func:`~.fit.fit`.
    """
    relevance = np.full(trials.right.shape, np.nan)
    found = np.zeros(len(trials.kinds), bool)
    for half in (0, 1):
        own = trials.half == half
        fitted = fit(trials, ~own)
        relevance[own] = fitted.relevance(trials)[own]
        found[own] = fitted.found(trials)[own]
    rates = []
    for kind, gallery in product(KINDS, dict.fromkeys(trials.galleries.tolist())):
        asked = (trials.kinds == kind) & (trials.galleries == gallery)
        if asked.any():
            rates.append(Rate(kind, gallery, int(asked.sum()), float(found[asked].mean())))
    there = ~np.isnan(trials.right)
    some = there & trials.true[:, None]
    first = relevance[trials.true, 0], trials.right[trials.true, 0] > 0
    return Report(
        rates=tuple(rates),
        error=calibration_error(relevance[some], trials.right[some] > 0),
        error_first=calibration_error(*first),
        error_all=calibration_error(relevance[there], trials.right[there] > 0),
        hits=int(some.sum()),
        first=reliability(*first, bins=8),
    )


def markdown(report: Report, found_from: float) -> str:
    """The figures as Markdown tables, ready for the model card."""
    galleries = list(dict.fromkeys(rate.gallery for rate in report.rates))
    forecast = " | ".join(f"{100 * row.forecast:.0f}" for row in report.first)
    observed = " | ".join(f"{100 * row.observed:.0f}" for row in report.first)
    lines = [
        f"| not found, % (searches) | {' | '.join(galleries)} | all |",
        "|---|" + "---:|" * (len(galleries) + 1),
    ]
    for kind in KINDS:
        rates = {rate.gallery: rate for rate in report.rates if rate.kind == kind}
        cells = [_cell([rates[name]]) if name in rates else "" for name in galleries]
        lines.append(f"| {NAMES[kind]} | {' | '.join(cells)} | {_cell(list(rates.values()))} |")
    lines += [
        "",
        f"Expected calibration error, each half of the searches by constants of the other: "
        f"{report.error:.3f} over {report.hits:,} hits of true searches, {report.error_first:.3f} "
        f"over their first hits, {report.error_all:.3f} over the hits of all searches. An answer "
        f"counts as found from {100 * found_from:.0f} % on that the index holds what is asked for.",
        "",
        f"| forecast for the first hit, % | {forecast} |",
        "|---|" + "---:|" * len(report.first),
        f"| right, % | {observed} |",
    ]
    return "\n".join(lines) + "\n"


def _cell(rates: list[Rate]) -> str:
    count = sum(rate.searches for rate in rates)
    if not count:
        return ""
    found = sum(rate.searches * rate.found for rate in rates) / count
    return f"{100 * (1 - found):.1f} ({count:,})"
