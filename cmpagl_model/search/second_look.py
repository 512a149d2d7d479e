"""The second step of a search: the best candidates ranked anew (docs/method.md 5).

``smr`` asks what the candidates think of the query among the bank's sentences. ``fusion`` reads
the best places again and lets the fusion encoder look at them. ``full`` does one after the other.

Overlapping chips are merged before the fusion encoder looks: it is dear, and fifty looks shall go
to fifty places, not to the neighbours of ten. SMR costs nothing and comes before the merging.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.progress import NoProgress
from cmpagl_model.reference_bank import read_bank
from cmpagl_model.rerank.fusion import fused_order, log_odds, match_logits, probability
from cmpagl_model.rerank.live import backward_of, live_values
from cmpagl_model.rerank.settings import read_rerank_settings

from .answer import Chosen
from .reread import read_again

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.encoders.protocol import WordTokens
    from cmpagl_model.progress import Progress
    from cmpagl_model.records import Problem, Rerank
    from cmpagl_model.rerank.smr import Backward
    from cmpagl_model.table.chips import ChipTable
    from tiling import ChipSpec

    from .shortlist import Shortlist

    Rows = NDArray[np.int64]
    Doubles = NDArray[np.float64]
    Choice = Callable[[Rows, int], Rows]

CHIP_BATCH = 16


@dataclass(frozen=True, slots=True, eq=False)
class FirstLook:
    """What the cosines found."""

    sentence: str
    """The query."""
    found: Shortlist
    """Candidates, best first."""
    choose: Choice
    """Takes a ranking and a number; gives the first so many hits of it, merged or not."""


class Reranker:
    """Ranks the candidates of an index anew."""

    def __init__(self, table: ChipTable, spec: ChipSpec, encoder: Encoder) -> None:
        """Take an index's chips, its chip specification and the encoder of its model.

        Raises:
            ConfigError: if the model's ``rerank.json`` does not hold.
        """
        self._table, self._spec, self._encoder = table, spec, encoder
        self._settings = read_rerank_settings(encoder.model.path)

    @property
    def candidates(self) -> int:
        """How many candidates by cosine a second look goes through, if there are so many."""
        return self._settings.live_candidates

    def places(self, wanted: int) -> int:
        """How many hits shall be among the candidates, for ``wanted`` to be left after it.

        Twice as many as are shown or looked at: in another order other chips are merged.
        """
        return 2 * max(wanted, self._settings.k)

    def rank(
        self, first: FirstLook, wanted: int, how: Rerank, progress: Progress | None = None
    ) -> Chosen:
        """Rank candidates anew.

        Args:
            first: the candidates by cosine.
            wanted: hits at most.
            how: ``smr``, ``fusion`` or ``full``.
            progress: told how many chips are read and matched; ``None``: nobody is.

        Returns:
            The hits. Whatever the second look did not reach follows in the order it had.

        Raises:
            ModelError: if the model lacks the fusion encoder or the bank that is asked for.
            EvaluationError: if the fusion encoder gives values that are no finite numbers.
        """
        if how == "smr":
            order, _ = self._reweighted(first)
            hits = first.choose(first.found.rows[order], wanted)
            return Chosen(hits, first.found)
        words = self._encoder.word_tokens([first.sentence])
        order, backward = np.arange(len(first.found.rows)), None
        if how == "full":
            order, backward = self._reweighted(first)
        hits = first.choose(first.found.rows[order], max(wanted, self._settings.k))
        place_of = np.empty(len(self._table), np.int64)  # among the candidates by cosine
        place_of[first.found.rows] = np.arange(len(first.found.rows))
        reach = len(first.found.rows) if backward is None else backward.places.shape[1]
        looked = hits[: self._settings.k]
        looked = looked[place_of[looked] < reach]
        odds, problems = self._odds(words, looked, progress or NoProgress())
        new = fused_order(self._values(first, backward, place_of[looked], odds))
        chance = np.full(len(hits), np.nan)
        chance[: len(looked)] = probability(odds[new])
        rows = np.concatenate([looked[new], hits[len(looked) :]])
        return Chosen(rows[:wanted], first.found, chance[:wanted].tolist(), problems)

    def _reweighted(self, first: FirstLook) -> tuple[Rows, Backward]:
        """The order by SMR of the candidates, and what the first of them think of the query."""
        best = slice(0, self._settings.live_candidates)
        chips = self._table.embeddings[first.found.rows[best]].astype(np.float32)
        bank = read_bank(self._encoder.model)
        backward = backward_of(first.found.scores[best], bank.vectors @ chips.T)
        values = live_values(first.found.scores[best], backward, self._settings.live_smr)
        order = np.arange(len(first.found.rows))
        order[best] = np.argsort(-values, kind="stable")
        return order, backward

    def _values(
        self, first: FirstLook, backward: Backward | None, places: Rows, odds: Doubles
    ) -> Doubles:
        """Ranking values of the candidates looked at, NaN where the look failed.

        Args:
            first: the candidates.
            backward: what they think of the query; ``None``: that does not count.
            places: which candidates were looked at, ``(m,)``.
            odds: what the fusion encoder found, ``(m,)``.
        """
        seen = ~np.isnan(odds)
        fused = first.found.scores.astype(np.float64)
        if seen.any():  # lifted as in a whole matrix, so that forward and backward parts fit
            gain = odds[seen] - odds[seen].min()
            fused[places[seen]] += self._settings.fusion_weight * gain
        if backward is not None:
            reach = backward.places.shape[1]
            fused = live_values(fused[:reach], backward, self._settings.live_smr)
        return np.where(seen, fused[places], np.nan)

    def _odds(
        self, words: WordTokens, rows: Rows, progress: Progress
    ) -> tuple[Doubles, tuple[Problem, ...]]:
        """Calibrated log-odds of a match, NaN where a chip cannot be read again, and why not."""
        progress.start(2 * len(rows))
        side = self._encoder.model.config.image.input_px
        chips = read_again(self._table, rows, self._spec, side, progress.advance)
        odds = np.full(len(rows), np.nan)
        for start in range(0, len(chips.seen), CHIP_BATCH):
            pixels = chips.pixels[start : start + CHIP_BATCH]
            pairs = np.stack([np.arange(len(pixels)), np.zeros(len(pixels), np.int64)], axis=1)
            logits = match_logits(self._encoder, words, self._encoder.chip_tokens(pixels), pairs)
            seen = chips.seen[start : start + CHIP_BATCH]
            odds[seen] = log_odds(logits, self._settings.calibration)
            progress.advance(len(pixels))
        return odds, chips.problems
