"""Sentences of several conditions, read by parts: what is wanted, and what is not.

A sentence encoder hardly hears "no": "a parking lot, no cars" is near to cars. So what a sentence
says is not wanted is taken off the rest, as a vector; ``research/composed`` has the figures. What
is wanted stays one sentence: "houses and trees" finds more than its halves added up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

from cmpagl_model.errors import QueryError

from .weighted import Weighted

MAX_QUERY_CHARACTERS = 1000
WITHOUT = 0.5
"""How much what is not wanted counts against what is: chosen on one half of the measured pairs."""
MOST_PARTS = 20
"""Each goes through the model."""
MOST_WORDS = 4
"""Words in a condition that "no" is taken to reach; a longer one is no plain list of things."""
MINUS = "-\u2212\u2013"
"""The sign as people type it, and as word processors make it: hyphen, minus, dash."""
MARKED = re.compile(
    rf"(?P<sign>[{MINUS}+](?=\s*\w))?(?P<words>.*?)(?:\^(?P<weight>.*))?", re.DOTALL
)
QUOTES = (
    "\"'\uff02\u201c\u201d\u201e\u201f\u2018\u2019\u201a"
    "\u00ab\u00bb\u2039\u203a\u300c\u300d\u300e\u300f"
)
"""Quotation marks, of whatever language: which opens in one closes in another."""
APOSTROPHE = re.compile(r"(?<=\w)['\u2019](?=\w)")
NEGATION = re.compile(
    r"(?:\b(?:but|and|with|has|have|having|there (?:is|are))\s+)*"
    r"\b(?:(?P<list>without)|no|neither|(?<=but )not)\s+(?:any\s+|many\s+|a single\s+)?",
    re.IGNORECASE,
)
LISTED = re.compile(
    r"\s+(?:and|or|nor)\s+(?:(?:with\s+)?(?:no|without)\s+(?:any\s+)?)?", re.IGNORECASE
)
DENIED = re.compile(r"(?:\b(?:not|never|nothing|no)|n['\u2019]t)$", re.IGNORECASE)
"""What turns the "no" behind it into its contrary."""
ENDS = " .!?;:()\u2014" + MINUS
"""What is no part of a condition at its ends."""
RELATING = frozenset(
    ("across", "along", "among", "around", "at", "behind", "beside", "besides", "between", "by",
     "from", "in", "inside", "into", "near", "next", "no", "not", "on", "outside", "over", "that",
     "through", "to", "under", "where", "which", "with", "within", "without", "is", "are")
)  # fmt: skip
"""Words after which "no" no longer speaks of one thing alone."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A sentence as it was read by parts.

    Example:
        >>> print(read_parts("a parking lot, no cars"))
        a parking lot - without: cars
    """

    wanted: tuple[Weighted[str], ...]
    """What the place shows, one at least."""
    without: tuple[Weighted[str], ...] = ()
    """What it does not."""

    def __post_init__(self) -> None:
        """Check the parts.

        Raises:
            QueryError: if nothing is wanted, a part is empty, or there are too many.
        """
        parts = (*self.wanted, *self.without)
        if len(parts) > MOST_PARTS:
            raise QueryError(
                f"found a sentence of {len(parts)} parts, wanted at most {MOST_PARTS}; next: "
                "leave out what matters least"
            )
        if any(not part.what for part in parts):
            raise QueryError(
                "found a part of the sentence without words, wanted words between the commas, "
                "such as: parking lot^2, trees, -cars"
            )
        if not self.wanted:
            raise QueryError(
                f"found only what is not wanted ({_listed(self.without)}), wanted what the place "
                "shows besides; next: say that, too, such as: parking lot, no cars; or put the "
                "sentence in quotation marks, to search for its words as they stand"
            )

    def __str__(self) -> str:
        """In words, such as ``parking lot (2 times), trees - without: cars``."""
        without = f" - without: {_listed(self.without)}" if self.without else ""
        return _listed(self.wanted) + without

    def parts(self) -> list[tuple[float, str]]:
        """What is added up, each with its factor; see :func:`~.examples.combined`."""
        total = sum(part.weight for part in self.wanted)
        return [
            *((part.weight / total, part.what) for part in self.wanted),
            *((-WITHOUT * part.weight, part.what) for part in self.without),
        ]


def _listed(parts: tuple[Weighted[str], ...]) -> str:
    return ", ".join(
        part.what if part.weight == 1 else f"{part.what} ({part.weight:g} times)" for part in parts
    )


def checked_query(query: str) -> str:
    """The sentence with its blanks tidied.

    Raises:
        QueryError: if nothing is left, or it is longer than 1,000 characters.
    """
    if len(query) > MAX_QUERY_CHARACTERS:
        raise QueryError(
            f"found a query of {len(query):,} characters, wanted at most "
            f"{MAX_QUERY_CHARACTERS:,}; next: say in one sentence what the place looks like"
        )
    sentence = " ".join("".join(c if c.isprintable() else " " for c in query).split())
    if not sentence:
        raise QueryError(
            "found an empty query, wanted a sentence; next: describe a place, such as "
            '"boats on a canal beside a factory"'
        )
    return sentence


def read_query(query: str, *, plain: bool) -> str | Composed:
    """A query as it is searched: one sentence, or parts.

    Args:
        query: as it was typed.
        plain: whether it is taken as it stands.

    Raises:
        QueryError: as :func:`checked_query` and :func:`read_parts`.
    """
    sentence = as_it_stands(query)
    if plain or sentence != checked_query(query):
        return sentence
    return read_parts(sentence) or sentence


def understood(query: str | None, *, plain: bool) -> str:
    """How a query is read by parts, in words; empty: as it stands, or there is none.

    Args:
        query: as it was typed; ``None``: there is none.
        plain: whether it is taken as it stands.

    Raises:
        QueryError: as :func:`read_query`.
    """
    said = None if query is None else read_query(query, plain=plain)
    return str(said) if isinstance(said, Composed) else ""


def as_it_stands(query: str) -> str:
    """A query that is one sentence in any case: blanks tidied, quotation marks around it gone.

    Raises:
        QueryError: as :func:`checked_query`.
    """
    sentence = checked_query(query)
    inner = sentence[1:-1].strip()
    is_quoted = inner and sentence[0] in QUOTES and sentence[-1] in QUOTES
    if not is_quoted or set(QUOTES).intersection(APOSTROPHE.sub("", inner)):
        return sentence
    return inner


def read_parts(sentence: str) -> Composed | None:
    """Read a sentence by parts, where it has any.

    With signs, commas part conditions: ``-`` before one is "without", ``^2`` after one counts it
    twice, as in Lucene: ``parking lot^2, trees, -cars``. English is read in any case: "no",
    "without", "neither" and "but not" speak of what follows, to the next comma, where that is a
    plain list of things.

    Args:
        sentence: blanks tidied.

    Returns:
        Its parts; ``None``: it is one condition, or cannot be parted without guessing.

    Raises:
        QueryError: if nothing is wanted, a part is empty, a weight is not above 0, or there are
            too many parts.

    Example:
        >>> str(read_parts("houses and trees without a pool or cars"))
        'houses and trees - without: a pool, cars'
        >>> read_parts("houses and trees") is None
        True
    """
    pieces = [MARKED.fullmatch(piece.strip()) for piece in sentence.split(",")]
    marks = [found for found in pieces if found is not None]
    if not any(mark["sign"] or mark["weight"] is not None for mark in marks):
        english = _english(sentence)
        if english is None:
            return None
        said = (Weighted(", ".join(english[0]), 1.0),) if english[0] else ()
        return Composed(said, tuple(Weighted(thing, 1.0) for thing in english[1]))
    wanted: list[Weighted[str]] = []
    without: list[Weighted[str]] = []
    for mark in marks:
        words, weight = mark["words"].strip(), _weight(mark["weight"])
        if (mark["sign"] or "+") in MINUS:
            without.append(Weighted(words, weight))
            continue
        things, others = _english(words) or ([words], [])
        wanted += (Weighted(thing, weight) for thing in things)
        without += (Weighted(thing, weight) for thing in others)
    return Composed(tuple(wanted), tuple(without))


def _weight(text: str | None) -> float:
    """The weight behind ``^``.

    Raises:
        QueryError: if it is no number above 0.
    """
    try:
        weight = float(1 if text is None else text)
    except ValueError:
        weight = 0.0
    if not (isfinite(weight) and weight > 0):
        raise QueryError(
            f"found the weight ^{(text or '')[:40]}, wanted a number above 0 before the next "
            "comma, such as parking lot^2; next: give one, put - before what is not wanted, or "
            "put the sentence in quotation marks, to search for its words as they stand"
        )
    return weight


def _english(sentence: str) -> tuple[list[str], list[str]] | None:
    """What is wanted and what is not; ``None``: nothing is unwanted, or it is ambiguous what."""
    wanted: list[str] = []
    without: list[str] = []
    open_list = False  # whether a list that "without" began may go on behind the comma
    for piece in sentence.split(","):
        found = NEGATION.search(piece)
        if found is None:
            words = piece.strip()
            if open_list and words.split()[:1] and words.split()[0].lower() not in RELATING:
                return None
            if words:
                wanted.append(words)
            continue
        before = piece[: found.start()].strip(ENDS)
        things = LISTED.split(piece[found.end() :].strip(ENDS))
        # Each must name a thing and say nothing of where it is
        words_of = [thing.lower().split() for thing in things]
        plain = (0 < len(some) <= MOST_WORDS and RELATING.isdisjoint(some) for some in words_of)
        if DENIED.search(before) or not all(plain):
            return None
        if before:
            wanted.append(before)
        without += things
        open_list = found["list"] is not None
    return (wanted, without) if without else None
