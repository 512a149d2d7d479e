"""What the index and the search need of a model: numpy in, unit vectors out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cmpagl_model.model_folder import ModelFolder


class Encoder(Protocol):
    """Turns chips and sentences into unit vectors of one space."""

    @property
    def model(self) -> ModelFolder:
        """The model whose embeddings these are; an index keeps its name and fingerprint."""

    @property
    def device(self) -> str:
        """Where it computes, in words for a person, such as ``CPU (ONNX Runtime)``."""

    def encode_chips(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embed chips.

        Args:
            pixels: red, green, blue, 0 to 255, ``(n, S, S, 3)`` with S the model's ``input_px``.

        Returns:
            Unit vectors ``(n, D)`` float32, in the order given; the same chip gives the same
            vector whatever else is in the batch, up to rounding.
        """

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed sentences; words beyond the model's ``max_tokens`` are cut off.

        Args:
            texts: any number of sentences.

        Returns:
            Unit vectors ``(len(texts), D)`` float32.
        """
