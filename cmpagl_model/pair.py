"""The settings of a model that is not CMPAGL's own: a pair of ONNX graphs and a ``model.json``.

docs/other-models.md says what the graphs take and give.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .config import read_record
from .errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_INPUT = 4096
LARGEST_EMBEDDING = 16_384


@dataclass(frozen=True, slots=True)
class PairImage:
    """What ``image.onnx`` reads."""

    input_px: int
    """Side of the square input, px."""
    mean: tuple[float, float, float]
    """Taken from each channel (red, green, blue, 0 to 1)."""
    std: tuple[float, float, float]
    """Each channel is divided by it after that."""


@dataclass(frozen=True, slots=True)
class PairText:
    """What ``text.onnx`` reads."""

    max_tokens: int
    """Longest sentence in tokens, special ones included; the rest is cut off."""
    padding: Literal["max_tokens", "longest"] = "max_tokens"
    """Whether all sentences are as long as that, or as the longest of those asked together."""
    padding_side: Literal["right", "left"] = "right"
    """Where short sentences are filled up."""
    pad_id: int = 0
    """The token that fills them up."""


@dataclass(frozen=True, slots=True)
class PairOrigin:
    """The files that the graphs were made of."""

    repository: str
    """Owner and name on a hub; empty: local files."""
    revision: str
    """The commit; empty: local files."""
    checksums: dict[str, str]
    """SHA-256 of the files by name; they are not in the model's folder."""


@dataclass(frozen=True, slots=True)
class PairConfig:
    """A pair of ONNX graphs, one for pictures and one for sentences."""

    name: str
    """What the model is called; an index keeps it next to the fingerprint."""
    embedding_size: int
    """Length of an embedding."""
    image: PairImage
    """What the graph for pictures reads."""
    text: PairText
    """What the graph for sentences reads."""
    licence: str = ""
    """Of the weights; empty: not known."""
    source: str = ""
    """What the graphs were made from."""
    checksums: dict[str, str] = field(default_factory=dict)
    """SHA-256 of files of the folder, by name; those listed have to be there and whole."""
    origin: PairOrigin | None = None
    """What it was made of; ``None``: not known."""

    def __post_init__(self) -> None:
        """Check what the encoder relies on.

        Raises:
            ConfigError: if a value is out of range.
        """
        wanted = {
            "name of letters that are shown": self.name.strip() and self.name.isprintable(),
            f"embedding_size of 1 to {LARGEST_EMBEDDING}":
                1 <= self.embedding_size <= LARGEST_EMBEDDING,
            f"image.input_px of 1 to {LARGEST_INPUT}": 1 <= self.image.input_px <= LARGEST_INPUT,
            "image.std above 0": min(self.image.std) > 0,
            "text.max_tokens of 3 or more": self.text.max_tokens >= 3,
            "text.pad_id of 0 or more": self.text.pad_id >= 0,
        }  # fmt: skip
        wrong = [what for what, holds in wanted.items() if not holds]
        if wrong:
            raise ConfigError(f"{self.name!r}: wanted a {', a '.join(wrong)}")

    @property
    def fusion_layers(self) -> int:
        """None: two towers only."""
        return 0

    def to_json(self) -> str:
        """The settings as readable JSON text."""
        return json.dumps(dataclasses.asdict(self), indent=1, ensure_ascii=False) + "\n"


def read_pair(path: Path) -> PairConfig:
    """The settings of a folder.

    Args:
        path: a ``model.json``.

    Returns:
        The checked settings.

    Raises:
        ConfigError: if the file is no JSON, holds unknown settings or lacks one.
    """
    remedy = (
        "next: write it as docs/other-models.md shows, or make the folder with 'cmpagl models "
        "convert'"
    )
    return read_record(PairConfig, path, "settings of a model", remedy)
