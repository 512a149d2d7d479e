"""Several sentences in one search: each place belongs to the sentence that it fits best. No Qt.

Non-maximum suppression by intersection over union (IoU), across the sentences.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .records import Answer, Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .siblings import Window

SAME_PLACE = 0.2
"""IoU above which two chips of a scene show one place. What is one place across scenes and sizes
the engine has said already, by the siblings of each hit."""
SLICE = 200
"""Hits that are looked at before the event loop gets its turn."""
MOST = 2000
"""Places of all classes together: more rows make the map slow."""


def merged(answers: list[Answer]) -> Iterator[Answer | None]:
    """One answer of several: best first, and of the chips of one place the best alone.

    Relevance compares between sentences. Where the model has none, scores decide; they compare
    less well, for each sentence has a level of its own.

    Args:
        answers: one of each sentence, from one index, each with its sentence as ``query``.

    Yields:
        ``None`` after each slice of work, and at last the answer. Each hit has its ``sentence``;
        ranks count through; the cutoff is the least of all, so that nothing found is hidden.
    """
    hits = [replace(hit, sentence=one.query) for one in answers for hit in one.hits]
    hits.sort(key=lambda hit: (-hit.strength, hit.rank))
    places = _Places()
    kept: list[Hit] = []
    for number, hit in enumerate(hits):
        if len(kept) < MOST and places.take(hit):
            kept.append(replace(hit, rank=len(kept) + 1))
        if number % SLICE == SLICE - 1:
            yield None
    cutoffs = [one.cutoff for one in answers if one.cutoff is not None]
    found = [one for one in answers if not one.notice]
    yield Answer(
        query="; ".join(one.query for one in answers),
        model=answers[0].model,
        hits=tuple(kept),
        candidates=max(one.candidates for one in answers),
        seconds=sum(one.seconds for one in answers),
        problems=tuple(dict.fromkeys(said for one in answers for said in one.problems)),
        cutoff=min(cutoffs) if len(cutoffs) == len(answers) else None,
        notice="" if found else " ".join(f"{one.query}: {one.notice}" for one in answers),
        understood="; ".join(one.understood or one.query for one in answers)
        if any(one.understood for one in answers)
        else "",
        sentences=tuple(one.query for one in answers),
        version=min(one.version for one in answers),
        growing=answers[-1].growing,
    )


class _Places:
    """Which places are taken.

    Each window lies in a cell of a grid as wide as it is itself, so that few have to be compared.
    """

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._cells: dict[tuple[str, int, int, int, int], list[Window]] = {}
        self._sizes: dict[str, set[tuple[int, int]]] = {}

    def take(self, hit: Hit) -> bool:
        """Take the place of a hit, unless it is taken."""
        window = column, row, width, height = hit.window
        # Of one sentence the engine says what is the same ground in other scenes and sizes.
        keys = {hit.key, *(one.key for one in hit.siblings)}
        if not self._keys.isdisjoint(keys) or any(_overlap(window, one) for one in self._near(hit)):
            return False
        self._keys |= keys
        self._sizes.setdefault(hit.scene, set()).add((width, height))
        cell = (hit.scene, width, height, column // width, row // height)
        self._cells.setdefault(cell, []).append(window)
        return True

    def _near(self, hit: Hit) -> Iterator[Window]:
        """Windows taken before that may overlap a hit's."""
        column, row, width, height = hit.window
        for wide, high in self._sizes.get(hit.scene, ()):
            if min(width * height, wide * high) <= SAME_PLACE * max(width * height, wide * high):
                continue  # of such different sizes none is the other's place
            for x in range(column // wide - 1, (column + width) // wide + 1):
                for y in range(row // high - 1, (row + height) // high + 1):
                    yield from self._cells.get((hit.scene, wide, high, x, y), ())


def _overlap(one: Window, other: Window) -> bool:
    """Whether the IoU of two windows of a scene is above the threshold."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    return shared > SAME_PLACE * (one[2] * one[3] + other[2] * other[3] - shared)
