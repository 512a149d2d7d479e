"""What a model folder says of relevance: ``relevance.json``, ``words.txt``, ``word_order.npy``."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.config import record_from_dict
from cmpagl_model.errors import ConfigError, ModelError
from cmpagl_model.model_folder import ORDER, RELEVANCE, WORDS

from .words import CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cmpagl_model.model_folder import ModelFolder

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    """What one unit of each kind of evidence adds to log-odds."""

    score: float
    """Cosine of sentence and chip; above 0, so that relevance falls where the score does."""
    index_mean: float
    """Mean cosine of the sentence with the index."""
    index_spread: float
    """Standard deviation of the cosines of the sentence with the index."""
    size: float
    """Natural logarithm of the number of chips: among more, some come near by chance."""
    index_alike: float
    """How alike the chips of the index are, 0 to 1: in one wood every chip looks like a wood."""
    near_bank: float
    """Mean cosine of the sentence with the nearest sentences of the bank."""
    unknown_share: float
    """Share of the words, less those that are in every sentence, that the model never learned."""
    any_unknown: float
    """1 if there is such a word, else 0."""
    least_knowledge: float
    """How well the word is known that is known worst, 0 to 1."""
    disorder: float
    """How little the small words stand as in a sentence."""
    offset: float
    """Log-odds without any evidence."""

    def vector(self) -> Doubles:
        """The weights in the order of their fields, the offset last."""
        return np.array(astuple(self), np.float64)


@dataclass(frozen=True, slots=True)
class RelevanceSettings:
    """The constants of one model."""

    model: str
    """SHA-256 of the weights that they were fitted for."""
    fits: Weights
    """For the best chip: whether the index holds what the sentence says."""
    right: Weights
    """For any chip: whether it is right, if the index holds what the sentence says."""
    found_from: float
    """From this probability on that the index holds it, it counts as found, 0 to 1."""
    words: int
    """Words that the model knows, by which a cut file is told."""
    error: float
    """Expected calibration error of relevance on sentences not used for fitting, 0 to 1."""

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: if one is no finite number or no probability.
        """
        numbers = (*astuple(self.fits), *astuple(self.right))
        finite = all(math.isfinite(number) for number in numbers)
        rising = min(self.fits.score, self.right.score) > 0
        if not finite or not rising or not 0 < self.found_from < 1:
            raise ConfigError(
                f"relevance: found weights {numbers} and found_from {self.found_from:g}, wanted "
                "finite numbers, those of the score above 0, and a probability between 0 and 1"
            )

    def to_json(self) -> str:
        """Readable JSON text, keys sorted."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """What the training sentences were made of."""

    counts: Mapping[str, int]
    """How often each word stood there."""
    order: Floats
    """How seldom one class of words follows another, see :func:`~.words.disorder`."""


def read_settings(model: ModelFolder) -> RelevanceSettings | None:
    """The constants of a model.

    Returns:
        ``None`` if it has none, or has those of other weights.

    Raises:
        ModelError: if the file is damaged.
    """
    path = model.path / RELEVANCE
    if not path.is_file():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        found = record_from_dict(RelevanceSettings, values, str(path))
    except (OSError, ValueError, ConfigError) as error:
        raise ModelError(
            f"{path}: no readable calibration of relevance ({error}); {_remedy(model)}"
        ) from error
    return found if found.model == model.weights_hash else None


def read_language(model: ModelFolder, words: int) -> Language:
    """The words that a model learned, and their order.

    Args:
        model: the model.
        words: how many words there shall be.

    Raises:
        ModelError: if they are missing or damaged.
    """
    path = model.path / WORDS
    try:
        lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
        counts = {word: int(count) for word, count in lines}
        path = model.path / ORDER
        order = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ModelError(
            f"{path}: found no readable words ({error}), wanted those that the model learned; "
            f"{_remedy(model)}"
        ) from error
    if len(counts) != words:
        raise ModelError(
            f"{model.path / WORDS}: found {len(counts):,} words, wanted {words:,}; {_remedy(model)}"
        )
    if order.shape != (CLASSES, CLASSES) or not np.isfinite(order).all():
        raise ModelError(
            f"{path}: found an array of shape {order.shape}, wanted finite numbers of shape "
            f"{(CLASSES, CLASSES)}; {_remedy(model)}"
        )
    return Language(counts, order.astype(np.float32))


def _remedy(model: ModelFolder) -> str:
    return f"next: copy the model folder {model.path} again, or calibrate it (docs/evaluation.md)"
