"""Weights of examples and words."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Generic, TypeVar

from cmpagl_model.errors import QueryError

What = TypeVar("What")


@dataclass(frozen=True, slots=True)
class Weighted(Generic[What]):
    """An example, or words, that count more or less than others."""

    what: What
    """The example, or the words."""
    weight: float
    """How many times as much as one without a weight, more than 0."""

    def __post_init__(self) -> None:
        """Check the weight.

        Raises:
            QueryError: if it is no number above 0.
        """
        if not (isfinite(self.weight) and self.weight > 0):
            raise QueryError(
                f"found the weight {self.weight:g}, wanted a number above 0; next: to be unlike "
                "an example, give it as a counter-example"
            )
