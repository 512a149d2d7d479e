"""Callbacks of a run: a progress bar, a test, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmpagl_model.progress import NoProgress

if TYPE_CHECKING:
    from cmpagl_model.evaluation.metrics import RetrievalScores


@dataclass(frozen=True, slots=True)
class EpochReport:
    """One finished epoch."""

    epoch: int
    """Its number, from 1."""
    seconds: float
    """Time of its steps, as far as this process made them."""
    loss: float
    """Mean loss of its steps."""
    temperature: float
    """Learnable temperature at its end."""
    scores: RetrievalScores | None
    """Recalls of the averaged weights on val; ``None``: there is no val."""
    best: bool
    """Whether these are the best weights so far."""


class Listener(NoProgress):
    """Callbacks that do nothing; an exception from one stops the run.

    As a progress it hears of what is done before the first step.
    """

    def begin(self, done: int, total: int) -> None:
        """Training begins: ``done`` of ``total`` pictures, over all epochs, were seen before."""

    def step(self, pictures: int, loss: float) -> None:
        """A step was made with that many pictures."""

    def epoch(self, report: EpochReport) -> None:
        """An epoch is over."""

    def say(self, line: str) -> None:
        """Something that a person should know; the run goes on."""
