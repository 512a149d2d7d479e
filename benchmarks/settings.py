"""What a run measures with: inputs and sizes, kept beside the results."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = (100_000, 1_000_000)
GROWTH = (10_000, 100_000, 1_000_000)
LARGE = 10_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """Inputs and sizes; a topic is measured anew when they change."""

    captions: str = ""
    """Captions file (``dataset.json``) whose pictures and sentences are embedded; empty: scenes."""
    pictures: str = ""
    """Folder of its pictures; empty: ``images`` beside it."""
    scenes: str = ""
    """Folder of GeoTIFFs; empty: the sample scenes of ``make demo``."""
    sizes: tuple[int, ...] = SIZES
    """Chips in the indexes that the peers search, too."""
    growth: tuple[int, ...] = GROWTH
    """Chips in the indexes that show how cost grows."""
    k: int = 100
    """Hits wanted of the peers and of us."""
    questions: int = 40
    """Sentences asked."""
    seeds: int = 4000
    """Real embeddings that the many are made from, at most."""
    scene_px: int = 10_000
    """Side of the scene that a heatmap is made of, px."""
    seconds: float = 20.0
    """About how long a peer is asked; slow ones are asked fewer sentences."""

    def __post_init__(self) -> None:
        if min(*self.sizes, *self.growth, self.k, self.questions) < 1:
            raise ValueError("sizes, k and questions are at least 1")
        if self.seeds < 100:
            raise ValueError(f"found {self.seeds} seeds, wanted 100 at least")

    @property
    def largest(self) -> int:
        """Chips of the index that single questions are asked."""
        return max(self.sizes)
