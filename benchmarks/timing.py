"""Timings that can be compared: in turn, in both orders, on the same questions."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Ask = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one way took over all questions."""

    median_ms: float
    """Median time of a question, ms."""
    low_ms: float
    """Its lower quartile, ms."""
    high_ms: float
    """Its upper quartile, ms."""
    ratio: float
    """Median over the questions of: the time of the first way, by this one's."""


def paired(ways: Sequence[Ask], questions: int, rounds: int = 3) -> list[Timing]:
    """Time several ways to answer the same questions.

    Args:
        ways: each answers question n; the first is what the others are compared with.
        questions: how many there are.
        rounds: how often each is asked; the best time of a question counts, so that what else the
            machine does weighs less.

    Returns:
        A timing for each way.
    """
    times = np.full((len(ways), questions), np.inf)
    for way in ways:
        way(0)  # first calls load libraries and pages
    for turn in range(rounds):
        for question in range(questions):
            order = range(len(ways)) if (turn + question) % 2 else reversed(range(len(ways)))
            for number in order:
                started = time.perf_counter()
                ways[number](question)
                spent = 1e3 * (time.perf_counter() - started)
                times[number, question] = min(times[number, question], spent)
    quartiles = np.percentile(times, [25, 50, 75], axis=1)
    ratios = np.median(times[0] / times, axis=1)
    return [
        Timing(float(middle), float(low), float(high), float(ratio))
        for (low, middle, high), ratio in zip(quartiles.T, ratios, strict=True)
    ]


def machine() -> str:
    """What to print beside timings: cores, and how busy they are with other things."""
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return f"{os.cpu_count()} cores, load {busy:.1f} before the start"


def read_gb_s(size_mb: int = 512) -> float:
    """Bandwidth of reading memory in one thread, GB/s: the best of five sums."""
    block = np.ones(size_mb << 17, np.int64)
    best = np.inf
    for _ in range(5):
        started = time.perf_counter()
        block.sum()
        best = min(best, time.perf_counter() - started)
    return block.nbytes / best / 1e9
