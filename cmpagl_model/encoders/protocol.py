"""What index, search and re-ranking need of a model: numpy in, numpy out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cmpagl_model.model_folder import ModelFolder


@dataclass(frozen=True, slots=True, eq=False)
class WordTokens:
    """Sentences as the fusion encoder reads them."""

    tokens: NDArray[np.float32]
    """``(n, T, C)``, of the last text layer."""
    mask: NDArray[np.int64]
    """1 for a word piece, 0 for padding, ``(n, T)``."""

    def rows(self, rows: NDArray[np.integer]) -> WordTokens:
        """Some of the sentences, in the order asked for; padding that none needs is cut off."""
        mask = self.mask[rows]
        width = int(mask.sum(axis=1).max())
        return WordTokens(self.tokens[rows, :width], mask[:, :width])


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

    def chip_tokens(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Tokens of chips for :meth:`match`.

        Args:
            pixels: as for :meth:`encode_chips`.

        Returns:
            ``(n, 1 + R, C)`` float32.

        Raises:
            ModelError: if the model has no fusion encoder.
        """

    def word_tokens(self, texts: Sequence[str]) -> WordTokens:
        """Tokens of sentences for :meth:`match`.

        Args:
            texts: any number of sentences, one or more.

        Returns:
            The tokens, padded to the longest sentence.

        Raises:
            ModelError: if the model has no fusion encoder.
        """

    def match(self, words: WordTokens, chips: NDArray[np.float32]) -> NDArray[np.float32]:
        """How well sentence i matches chip i, by the fusion encoder (docs/method.md 2.4).

        Args:
            words: ``n`` sentences.
            chips: tokens of ``n`` chips, ``(n, 1 + R, C)``.

        Returns:
            Logit of *match* minus logit of *no match*, ``(n,)`` float32.

        Raises:
            ModelError: if the model has no fusion encoder.
        """
