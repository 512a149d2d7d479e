"""How many chips a second this machine encodes: seen in builds, else tried out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cmpagl_model.encoders import Encoder

    from .work import Work

ENOUGH = 256
"""Chips after which a build tells more than a trial: reading and writing count too."""
TRIED = 16
"""Chips of a trial."""


class Speeds:
    """Chips a second by model. Threads may share it."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._found: dict[str, float] = {}

    def learn(self, encoder: Encoder, chips: int, seconds: float) -> None:
        """Keep what a build tells.

        Args:
            encoder: its encoder.
            chips: that it encoded; few tell nothing.
            seconds: that it took, reading and writing included.
        """
        if chips >= ENOUGH and seconds > 0:
            self._found[encoder.model.fingerprint] = chips / seconds

    def of(self, encoder: Encoder, work: Work) -> float:
        """Chips a second; tried out where no build has told.

        Args:
            encoder: the encoder.
            work: the request; it may stop between the batches of the trial.
        """
        known = self._found.get(encoder.model.fingerprint)
        if known is not None:
            return known
        side = encoder.model.config.image.input_px
        chips = np.random.default_rng(0).integers(0, 255, (TRIED, side, side, 3), np.uint8)
        encoder.encode_chips(chips)  # the first batch loads the tower, and lays out its memory
        work.check()
        started = time.monotonic()
        encoder.encode_chips(chips)
        return self._found.setdefault(
            encoder.model.fingerprint, TRIED / (time.monotonic() - started)
        )
