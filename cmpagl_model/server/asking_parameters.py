"""The parameters of questions about all chips, or about one place, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass, field

from cmpagl_model.search.as_json import Page, Where
from cmpagl_model.search.overview import GROUPS

from .messages import ParameterError
from .parameters import OneIndex


@dataclass(frozen=True, slots=True)
class Classify(OneIndex):
    """Many sentences at once."""

    PATHS = ("index", "output", "map", "classes", "areas", "labels", "accuracy")

    classes: str
    """CSV of names and sentences."""
    output: str | None = None
    """Vector file for the chips."""
    map: str | None = None
    """Vector file for the ground by class, with a style beside it."""
    where: Where = field(default_factory=Where)
    """Filter."""
    min_relevance: float | None = None
    """Least relevance of a class, 0 to 1."""
    areas: str | None = None
    """CSV for the areas."""
    labels: str | None = None
    """Vector layer of points and polygons whose class is known."""
    label_field: str = "class"
    """Attribute with it."""
    accuracy: str | None = None
    """CSV for the accuracy sheet."""


@dataclass(frozen=True, slots=True)
class Describe(OneIndex):
    """What a place or an area shows."""

    PATHS = ("index", "sentences")

    place: Page | None = None
    """The chip, or the point."""
    where: Where = field(default_factory=Where)
    """The area, where there is no place."""
    k: int = 5
    """Sentences at most."""
    sentences: str | None = None
    """Text file of what may be said; ``None``: the list that ships."""

    def check(self) -> None:
        """See that there is a place or an area.

        Raises:
            ParameterError: if there are both or neither.
        """
        if (self.place is None) == (self.where == Where()):
            raise ParameterError("found both or neither of place and where, wanted one of them")


@dataclass(frozen=True, slots=True)
class Overview(OneIndex):
    """A first look."""

    PATHS = ("index", "output", "sentences", "areas")

    output: str | None = None
    """Vector file for the ground by group, with a style beside it."""
    groups: int = GROUPS
    """How many."""
    where: Where = field(default_factory=Where)
    """Filter."""
    sentences: str | None = None
    """Text file of what groups may be called; ``None``: the list that ships."""
    areas: str | None = None
    """CSV for the areas."""
