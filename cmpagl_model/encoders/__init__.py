"""Chips and sentences to unit vectors. Start at :func:`open_encoder`."""

from .choose import open_encoder
from .protocol import Encoder

__all__ = ["Encoder", "open_encoder"]
