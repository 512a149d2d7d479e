"""Which colour a relevance or a score has: the same in every search."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qgis.PyQt.QtGui import QColor

from cmpagl_qgis.texts import numeral, tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmpagl_qgis.engine.records import Answer, Hit

# Plasma (Smith and van der Walt, matplotlib) from 0.46 on: ordered for the colour-blind and in
# print. Of these colours nature has few: green and blue ones are lost in forests and on water.
# Bundled, because a profile may lack QGIS's own ramps.
RAMP = (
    (197, 64, 126),
    (214, 85, 109),
    (231, 111, 90),
    (245, 141, 70),
    (252, 177, 48),
    (247, 226, 37),
)
TOP_COLOUR = QColor(*RAMP[-1])
"""The outline of a match that is almost surely right."""
RELEVANCE_BREAKS = (0.05, 0.2, 0.4, 0.6, 0.8)
STEPS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
"""Widths of a class of scores: breaks are numbers that a person can read."""
CLASS_RAMP = (
    (240, 228, 66), (213, 94, 0), (86, 180, 233), (204, 121, 167),
    (0, 158, 115), (255, 255, 255), (230, 159, 0), (148, 103, 255),
)  # fmt: skip
"""Of sentences that are classes. Okabe and Ito's, without black and dark blue, which imagery hides:
the colour-blind tell them apart."""
FAR = 2.0
"""Beyond every cosine."""


@dataclass(frozen=True)
class ColourClass:
    """What has one colour."""

    lower: float
    """It and more has this colour."""
    upper: float
    """It belongs to the next class, where there is one."""
    colour: QColor
    """Of outline and bar."""
    label: str
    """In the legend."""


@dataclass(frozen=True)
class Scale:
    """From a match's strength to its colour."""

    by_relevance: bool
    """Whether strengths are relevances; else scores."""
    breaks: tuple[float, ...]
    """Where the next colour begins, ascending; one less than there are colours."""
    sentences: tuple[str, ...] = ()
    """The classes, where several sentences were asked: each has one colour, however strong."""

    def colour_of(self, hit: Hit) -> QColor:
        """The colour of a match on the map and of its bar.

        Args:
            hit: the match.
        """
        if hit.sentence in self.sentences:
            return self.colour_of_class(hit.sentence)
        return self.colour(hit.strength)

    def colour_of_class(self, sentence: str) -> QColor:
        """The colour of a class.

        Args:
            sentence: one of ``sentences``.
        """
        return QColor(*CLASS_RAMP[self.sentences.index(sentence) % len(CLASS_RAMP)])

    def colour(self, strength: float) -> QColor:
        """The colour of a match.

        Args:
            strength: its relevance, or its score.
        """
        return QColor(*RAMP[sum(strength >= one for one in self.breaks)])

    def share(self, strength: float) -> float:
        """How long its bar is, 0 to 1.

        Args:
            strength: its relevance, or its score.
        """
        if self.by_relevance:
            return min(max(strength, 0.0), 1.0)
        step = self.breaks[1] - self.breaks[0]
        low, high = self.breaks[0] - step, self.breaks[-1] + step
        return min(max((strength - low) / (high - low), 0.0), 1.0)

    def classes(self) -> Iterator[ColourClass]:
        """The legend, best first."""
        bounds = (-FAR, *self.breaks, FAR)
        for number in reversed(range(len(RAMP))):
            lower, upper = bounds[number], bounds[number + 1]
            if lower == -FAR:
                label = tr("below {0}").format(self._number(upper))
            elif upper == FAR:
                text = tr("relevance {0} or more") if self.by_relevance else tr("score {0} or more")
                label = text.format(self._number(lower))
            else:
                label = f"{self._number(lower)} \u2013 {self._number(upper)}"
            yield ColourClass(lower, upper, QColor(*RAMP[number]), label)

    def _number(self, strength: float) -> str:
        return f"{100 * strength:.0f} %" if self.by_relevance else numeral(f"{strength:g}")


RELEVANCES = Scale(by_relevance=True, breaks=RELEVANCE_BREAKS)


class Scales:
    """The scale of each index.

    Relevance means the same everywhere. What a score is worth depends on model and scenes: the
    first answer of an index sets the breaks, and they hold for those that follow.
    """

    def __init__(self) -> None:
        """Know none yet."""
        self._known: dict[tuple[str, bool], Scale] = {}

    def of(self, answer: Answer, index_path: str) -> Scale:
        """The scale of an answer.

        Args:
            answer: the hits.
            index_path: the index they come from.
        """
        plain = RELEVANCES
        if not answer.by_relevance:
            key = (index_path, bool(answer.query))  # pictures score higher with pictures
            if answer.hits and key not in self._known:
                self._known[key] = _scale_of_scores(answer.hits)
            plain = self._known.get(key, RELEVANCES)
        return replace(plain, sentences=answer.sentences) if answer.sentences else plain


def _scale_of_scores(hits: tuple[Hit, ...]) -> Scale:
    """Equal intervals over these hits, the best of them in the top class."""
    scores = [hit.score for hit in hits]
    wanted = (max(scores) - min(scores)) / len(RAMP)
    step = next((one for one in STEPS if one >= wanted), STEPS[-1])
    top = math.floor(max(scores) / step + 1e-9)
    count = len(RAMP) - 1
    return Scale(
        by_relevance=False,
        breaks=tuple(round((top - count + 1 + number) * step, 6) for number in range(count)),
    )
