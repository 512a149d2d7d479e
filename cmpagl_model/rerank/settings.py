"""What re-ranking with a model needs to know, chosen on validation pictures: ``rerank.json``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from cmpagl_model.config import read_record
from cmpagl_model.errors import ConfigError
from cmpagl_model.model_folder import RERANK

from .smr import SmrSettings

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Calibration:
    """From the fusion encoder's logit to a probability: ``1 / (1 + exp(-(scale * x + offset)))``.

    The temperature of the literature is 1 / scale; the offset makes up for a fusion encoder that
    saw far more matches in training than a search shows it.
    """

    scale: float = 1.0
    """Factor of the logit."""
    offset: float = 0.0
    """Added to the scaled logit."""
    error_before: float | None = None
    """Expected calibration error on held-out pairs without scale and offset, 0 to 1."""
    error_after: float | None = None
    """The same with them."""


@dataclass(frozen=True, slots=True)
class RerankSettings:
    """How the best candidates of a query are re-ranked."""

    k: int = 50
    """Candidates that the fusion encoder looks at, best by cosine first."""
    fusion_weight: float = 0.05
    """Cosine that one unit of the fusion encoder's calibrated log-odds is worth."""
    calibration: Calibration = field(default_factory=Calibration)
    """Of the fusion encoder."""
    smr: SmrSettings = field(default_factory=SmrSettings)
    """For a set of queries that are asked together, as in an evaluation."""
    live_smr: SmrSettings = field(default_factory=lambda: SmrSettings(b=0.3))
    """For one query against the bank of reference sentences."""
    live_candidates: int = 1000
    """Candidates of one query that live SMR re-ranks."""

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: if there is nothing to rank.
        """
        if self.k < 1 or self.live_candidates < 1:
            raise ConfigError(
                f"re-ranking: found k = {self.k} and live_candidates = {self.live_candidates}, "
                "wanted at least 1 of each"
            )

    def to_json(self) -> str:
        """Readable JSON text, keys sorted."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


def read_rerank_settings(folder: Path) -> RerankSettings:
    """The settings of a model folder.

    Args:
        folder: a model folder.

    Returns:
        What its ``rerank.json`` says; the defaults if it has none.

    Raises:
        ConfigError: if the file is no JSON or holds unknown settings.
    """
    path = folder / RERANK
    if not path.is_file():
        return RerankSettings()
    remedy = "wanted JSON; next: copy the model folder again"
    return read_record(RerankSettings, path, "re-ranking settings", remedy)
