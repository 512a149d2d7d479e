"""Timings that can be compared: in turn, in both orders, on the same questions."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from .record import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Ask = Callable[[int], object]
    Values = Sequence[float] | NDArray[np.float64]

FEWEST = 5
"""Questions that a slow way is asked all the same."""


def paired(
    ways: Sequence[Ask], questions: int, rounds: int = 3, seconds: float = np.inf
) -> NDArray[np.float64]:
    """Time several ways to answer the same questions.

    Before each timed question a way is asked another one that is not timed, so that each is
    measured as it runs when it runs alone.

    Args:
        ways: each answers question n; the first is what the others are compared with.
        questions: how many there are.
        rounds: how often each is asked; the best time of a question counts, so that what else the
            machine does weighs less.
        seconds: about how long all may take; slow ways are asked fewer questions, at least
            :data:`FEWEST`, and rounds, at least two.

    Returns:
        Times of each way, ms, ``(ways, questions)``.
    """
    for way in ways:
        way(0)  # first calls load libraries and pages
    once = sum(_time(way, 0) for way in ways)
    if 2 * once * questions * rounds > seconds:
        rounds = min(rounds, 2)
        fewer = min(questions, int(seconds / (2 * once * rounds)))
        questions = max(min(questions, FEWEST), fewer)
    return times_ms(ways, questions, rounds, before=True)


def timed_row(
    topic: str, what: str, ours: Values, theirs: Values | None = None, *, unit: str = "ms",
    **fields: Any,
) -> Row:  # fmt: skip
    """A row of what was timed in turn, such as by :func:`paired`.

    Args:
        topic: of the row.
        what: of the row.
        ours: our times, or rates where ``better`` is ``higher``, one for each question.
        theirs: the peer's of the same questions, or one limit for all; ``None``: there is none.
        unit: of the row.
        fields: others of the row; with a peer ``against`` at least.
    """
    beside: dict[str, Any] = {}
    if theirs is not None:
        pair = (ours, theirs) if fields.get("better") == "higher" else (theirs, ours)
        ratios = quartiles(np.divide(*pair))
        beside = dict(zip(("ratio", "ratio_low", "ratio_high"), ratios, strict=True))
        beside["theirs"] = float(np.median(theirs))
    return Row(topic, what, unit, *quartiles(ours), **{**beside, **fields})


rate_row = partial(timed_row, better="higher")
"""The same for rates."""


def times_ms(
    ways: Sequence[Ask], questions: int, rounds: int = 3, *, before: bool = False
) -> NDArray[np.float64]:
    """The times behind :func:`paired`, ms, ``(ways, questions)``.

    Args:
        ways: as there.
        questions: how many there are.
        rounds: how often each is asked.
        before: whether another question goes before each that counts; else one goes before all.
    """
    for way in () if before else ways:
        way(0)
    times = np.full((len(ways), questions), np.inf)
    for turn in range(rounds):
        for question in range(questions):
            order = range(len(ways)) if (turn + question) % 2 else reversed(range(len(ways)))
            for number in order:
                if before:  # what the last way left in caches and waiting threads is not to count
                    ways[number]((question + 1) % questions)
                spent = 1e3 * _time(ways[number], question)
                times[number, question] = min(times[number, question], spent)
    return times


def _time(way: Ask, question: int) -> float:
    started = time.perf_counter()
    way(question)
    return time.perf_counter() - started


def timed(run: Callable[[], object]) -> float:
    """How long something takes, once, seconds."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def quartiles(values: Values) -> tuple[float, float, float]:
    """Median, lower and upper quartile, in the order of a :class:`~benchmarks.record.Row`."""
    low, middle, high = np.percentile(np.asarray(values, float), [25, 50, 75]).tolist()
    return middle, low, high
