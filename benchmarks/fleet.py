"""Many machines that make one index: a simulation of events, no clock.

A machine takes a task, which is some parts; makes them at its rate; from time to time asks for a
version that names them (:class:`~cmpagl_model.index.pending.PendingChanges`). A version names all
parts, so that writing one takes longer the more there are, and only one is written at a time. A
machine may die in the middle: its task is begun again by another one, two times at most.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from itertools import accumulate, repeat, takewhile
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.index.cluster import RETRIES
from cmpagl_model.index.encode import PAUSES_S
from cmpagl_model.index.pending import SHARE_OF_TIME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.random import Generator

PART = 4096
"""Chips in a part, :data:`cmpagl_model.index.format.CHIPS_PER_PART`."""
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Rates:
    """What one machine does, and what goes wrong."""

    chips_s: float
    """Chips a machine indexes a second."""
    task_s: float
    """Of a task before its first chip and after its last, s."""
    task_part_s: float
    """The same for each part that the index has: its manifest is read, s."""
    version_s: float
    """Writing a version, s."""
    version_part_s: float
    """The same for each part that it names, s."""
    fetch_s: float = 0.0
    """Waiting for the store of the scenes, for each part, that reading in advance does not hide."""
    spread: float = 0.0
    """Of the logarithm of a task's time: some scenes take longer than others."""
    life_h: float = np.inf
    """Mean time until a machine dies, h."""
    return_s: float = 0.0
    """Until another one stands in its place, s."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of the simulation came to."""

    hours: float
    """From the first task to the last version."""
    busy: float
    """Share of the machines' time that went into tasks that were kept, waiting left out."""
    waited: float
    """Share of it spent waiting for a version to be written."""
    lost: int
    """Tasks that died with their machine."""
    given_up: int
    """Tasks that died once too often; the same command again does them."""


@dataclass(slots=True)
class _Run:
    """A task on a machine."""

    task: int
    began: float
    due: deque[float] = field(default_factory=deque)
    """When a version may be asked for; the last is the end."""
    last_end: float = 0.0
    last_cost: float = 0.0


def simulate(rates: Rates, tasks: Sequence[int], machines: int, seed: int = 0) -> Outcome:
    """Make an index.

    Args:
        rates: of each machine.
        tasks: chips in each, in the order in which they are given out.
        machines: how many.
        seed: of the random numbers.
    """
    return _Fleet(rates, tasks, machines, np.random.default_rng(seed)).run()


class _Fleet:
    def __init__(
        self, rates: Rates, tasks: Sequence[int], machines: int, random: Generator
    ) -> None:
        self._rates, self._tasks, self._machines, self._random = rates, tasks, machines, random
        self._waiting = deque(range(len(tasks)))
        self._tries = [0] * len(tasks)
        self._named = 0.0  # parts
        self._free_s = 0.0  # when the next version can be begun
        self._events: list[tuple[float, int, _Run | None]] = []
        self._count = self._lost = self._given_up = self._idle = 0
        self._worked = self._waited = self._ended = 0.0

    def run(self) -> Outcome:
        for _ in range(min(self._machines, len(self._tasks))):
            self._push(0.0, None)
        while self._events:
            now, _, run = heapq.heappop(self._events)
            if run is None:
                self._begin(now)
            elif run.due:
                self._step(now, run)
            else:  # it died
                self._lost += 1
                if self._tries[run.task] <= RETRIES:
                    self._waiting.append(run.task)
                else:
                    self._given_up += 1
                self._ended = max(self._ended, now)
                self._push(now + self._rates.return_s, None)
        whole = self._ended * self._machines or 1.0
        return Outcome(
            self._ended / HOUR, self._worked / whole, self._waited / whole, self._lost,
            self._given_up,
        )  # fmt: skip

    def _push(self, at: float, run: _Run | None) -> None:
        self._count += 1
        heapq.heappush(self._events, (at, self._count, run))

    def _begin(self, now: float) -> None:
        if not self._waiting:
            return
        task = self._waiting.popleft()
        self._tries[task] += 1
        rates, chips = self._rates, self._tasks[task]
        slow = float(self._random.lognormal(-(rates.spread**2) / 2, rates.spread))
        before = rates.task_s + rates.task_part_s * self._named
        moments = list(_moments(chips, rates, slow))
        life = HOUR * rates.life_h * float(self._random.exponential())
        run = _Run(task, now, deque(now + before + moment for moment in moments))
        if now + life < run.due[-1]:
            run.due.clear()
            self._push(now + life, run)
        else:
            self._push(run.due[0], run)

    def _step(self, now: float, run: _Run) -> None:
        run.due.popleft()
        last = not run.due
        if last or now - run.last_end >= run.last_cost / SHARE_OF_TIME:
            rates = self._rates
            begun = max(now, self._free_s)
            self._free_s = begun + rates.version_s + rates.version_part_s * self._named
            run.last_end, run.last_cost = self._free_s, self._free_s - now
        if not last:
            self._push(max(run.due[0], now), run)
            return
        self._named += self._tasks[run.task] / PART
        self._worked += now - run.began
        self._waited += self._free_s - now
        self._ended = max(self._ended, self._free_s)
        self._push(self._free_s, None)


def _moments(chips: int, rates: Rates, slow: float) -> Iterator[float]:
    """When a task asks for a version, s after its first chip: parts begun, parts whole, the end."""
    each = slow * PART / rates.chips_s + rates.fetch_s
    whole = each * chips / PART
    pauses, times = repeat(PAUSES_S[-1]), [*accumulate(PAUSES_S)]
    times += takewhile(lambda at: at < whole, accumulate(pauses, initial=times[-1]))
    parts = [each * number for number in range(1, -(-chips // PART))]
    yield from sorted(at for at in {*times, *parts} if at < whole)
    yield whole
