"""What a training run is told, as frozen records. Start at :class:`RunConfig`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cmpagl_model.config import (  # noqa: TC001 - the reader of run files looks at them
    BlockLayout,
    GlobalLocalMode,
    GlobalWindowMode,
)
from cmpagl_model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

Precision = Literal["auto", "float32", "bfloat16", "float16"]
Stage = Literal["towers", "joint", "fusion"]
Splits = Literal["train", "val"]


@dataclass(frozen=True, slots=True)
class DataSource:
    """One captions file and its pictures."""

    captions: str
    """Captions file: JSON of the field, or CSV; relative to the run's file."""
    images: str = ""
    """Folder of the pictures; empty: ``images/`` beside the captions, or beside a CSV."""
    splits: tuple[Splits, ...] = ("train", "val")
    """Which of its splits are used: ``train`` teaches, ``val`` measures."""
    extra: tuple[str, ...] = ()
    """Files of telling sentences for its training pictures, JSON ``{filename: [sentence]}``."""


@dataclass(frozen=True, slots=True)
class StartWeights:
    """Stock networks that the towers start from; both empty: fetched from the hubs."""

    image: str = ""
    """State dictionary of the image backbone, ``.pth`` or ``.safetensors``."""
    text: str = ""
    """Folder of a BERT with ``model.safetensors`` and ``tokenizer.json``."""


@dataclass(frozen=True, slots=True)
class GswinChanges:
    """Switches of Gswin that differ from the variant's; ``None``: as the variant has it."""

    block: BlockLayout | None = None
    """``add``: cross-attention before the MLP; ``replace``: in place of shifted windows;
    ``swin``: none."""
    gl_mode: GlobalLocalMode | None = None
    """Which side gives the queries, and which keys and values, in global-local cross-attention."""
    global_window: GlobalWindowMode | None = None
    """How often the global window is pooled again."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long, and how the learning rates rise and fall."""

    epochs: int = 13
    """Passes over the training pictures."""
    warmup_steps: int = 100
    """First steps, in which the learning rates rise linearly."""
    decay_epochs: int = 5
    """Last epochs, in which the learning rates fall linearly to zero."""
    patience: int = 0
    """Epochs without a better mR on val before the run stops; 0: never."""

    def __post_init__(self) -> None:
        """Check the counts.

        Raises:
            ConfigError: if there is no epoch, or a count is below zero.
        """
        _at_least(1, "schedule.epochs", self.epochs)
        _at_least(0, "schedule.warmup_steps", self.warmup_steps)
        _at_least(0, "schedule.decay_epochs", self.decay_epochs)
        _at_least(0, "schedule.patience", self.patience)

    def rate(self, step: int, steps_per_epoch: int) -> float:
        """Share of the learning rates at ``step`` (from 0): warm-up, plateau, linear fall."""
        last = self.epochs * steps_per_epoch
        fall = self.decay_epochs * steps_per_epoch
        rising = (step + 1) / max(self.warmup_steps, 1)
        falling = (last - step) / max(fall, 1)
        return max(0.0, min(1.0, rising, falling))


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step sees."""

    pictures: int = 128
    """Pictures of a micro batch, of all processes together; all are compared with each other."""
    sentences_per_picture: int = 2
    """Sentences drawn for each picture."""
    telling_share: float = 0.5
    """Share of draws that take a telling sentence, of pictures that have some, 0 to 1."""
    accumulate: int = 1
    """Micro batches whose gradients are added up for one step."""

    def __post_init__(self) -> None:
        """Check the counts.

        Raises:
            ConfigError: if there are fewer than two pictures, no sentence, or no such share.
        """
        _share("batch.telling_share", self.telling_share)
        _at_least(2, "batch.pictures", self.pictures)
        _at_least(1, "batch.sentences_per_picture", self.sentences_per_picture)
        _at_least(1, "batch.accumulate", self.accumulate)


@dataclass(frozen=True, slots=True)
class Rates:
    """AdamW and the exponential moving average (EMA) of its weights."""

    image: float = 3e-4
    """Highest learning rate of the pretrained image layers."""
    text: float = 5e-5
    """Highest learning rate of the pretrained text layers."""
    new: float = 8e-4
    """Highest learning rate of layers that start at random."""
    weight_decay: float = 0.02
    """AdamW weight decay."""
    clip_norm: float = 5.0
    """Largest gradient norm."""
    ema: float = 0.998
    """Decay of that average in each step; the averaged weights are measured and kept."""


@dataclass(frozen=True, slots=True)
class Losses:
    """Which losses are added up, and their constants (docs/method.md 3 and 4)."""

    contrastive: float = 1.0
    """Weight of the contrastive loss."""
    triplet: float = 1.0
    """Weight of the triplet loss."""
    margin: float = 0.2
    """Margin of the triplet loss, in cosine distance."""
    beta: float = 0.1
    """Weight of the intra-class distance in the triplet loss."""
    matching: float = 1.0
    """Weight of the matching loss (ITM); used where a fusion encoder is trained."""
    distillation: float = 0.4
    """Share of the teachers' soft targets in the contrastive loss, 0 to 1; needs a teacher."""

    def __post_init__(self) -> None:
        """Check that something is learnt.

        Raises:
            ConfigError: if a weight is below zero or a share is not within 0 to 1.
        """
        for name in ("contrastive", "triplet", "matching", "margin", "beta"):
            _at_least(0, f"losses.{name}", getattr(self, name))
        _share("losses.distillation", self.distillation)
        if self.contrastive + self.triplet + self.matching == 0:
            raise ConfigError(
                "losses: found the weights contrastive, triplet and matching all 0, "
                "wanted one above 0"
            )


@dataclass(frozen=True, slots=True)
class Freezing:
    """Layers that keep their weights."""

    frozen_stages: int = 2
    """First stages of the convolutional stem; ``cmpagl_lite`` only."""
    frozen_text_layers: int = 3
    """First text layers and the word embeddings, whose output is cached; 0: all are trained."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far a view may depart from its picture."""

    min_area: float = 0.45
    """Smallest share of the picture that a crop keeps, 0 to 1."""
    gain: float = 0.2
    """Largest change of brightness and of contrast, as a share."""
    tint: float = 0.06
    """Largest change of one channel against the others, as a share."""
    coarse_share: float = 0.25
    """Share of batches whose resolution is lowered and raised again, 0 to 1."""
    coarsest: float = 0.5
    """Lowest such resolution, as a share of the side."""
    kept_views: int = 0
    """Views of each picture that are drawn once, the first of them whole and upright, and kept as
    features behind the frozen stages of the stem; 0: views are drawn again in each step."""


@dataclass(frozen=True, slots=True)
class RunConfig:
    """A whole run; it is repeated by this, its data and its start."""

    data: tuple[DataSource, ...]
    """Captioned pictures; the only thing that has no default."""
    teach_val: bool = False
    """Whether pictures of ``val`` teach as well, and none measures: for a last run, when every
    setting is fixed."""
    variant: str = "cmpagl_lite"
    """Model variant."""
    stage: Stage = "towers"
    """What is trained: both towers, towers and fusion encoder, or the fusion encoder alone."""
    init: str = ""
    """Weights to go on from: a model folder, a shipped name, or another run's folder."""
    start: StartWeights = field(default_factory=StartWeights)
    """Stock networks to start from, where ``init`` is empty."""
    gswin: GswinChanges = field(default_factory=GswinChanges)
    """Switches of Gswin."""
    fusion_layers: int | None = None
    """Layers of the fusion encoder; ``None``: as ``init`` or the variant has it."""
    heads: int | None = None
    """Projection heads on each tower, 0: one linear layer; ``None``: as ``init`` or the variant."""
    folder: str = "run"
    """Folder of the run, made if it is missing; relative to the run's file."""
    seed: int = 7
    """Seed of all randomness."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where it computes."""
    precision: Precision = "auto"
    """Of matrix products; ``auto``: bfloat16 where the device is fast in it, else float32."""
    schedule: Schedule = field(default_factory=Schedule)
    """Length and learning rates over time."""
    batch: Batch = field(default_factory=Batch)
    """What a step sees."""
    rates: Rates = field(default_factory=Rates)
    """Learning rates."""
    losses: Losses = field(default_factory=Losses)
    """Losses."""
    freezing: Freezing = field(default_factory=Freezing)
    """Layers that keep their weights."""
    augmentation: Augmentation = field(default_factory=Augmentation)
    """Random views."""
    head_dropout: float = 0.2
    """Share of the features of pictures that a step hides from the projection heads, 0 to below 1;
    of sentences, which have fewer, half of it."""
    teachers: tuple[str, ...] = ()
    """Model folders or shipped names whose mean similarities are soft targets; empty: none."""
    keep: Literal["best", "last"] = "best"
    """Which averaged weights become the model: the best on val, or the last."""
    picture_px: int = 0
    """Side at which pictures are held before views are cut; 0: a tenth more than the input."""
    memory_gb: float = 4.0
    """Most memory for decoded pictures, and for cached sentences; beyond it they are recomputed."""
    checkpoint_minutes: float = 10.0
    """Time between checkpoints within an epoch, minutes."""

    def __post_init__(self) -> None:
        """Check what other parts rely on.

        Raises:
            ConfigError: if there are no data, or settings do not fit each other.
        """
        if not self.data:
            raise ConfigError("data: found none, wanted one [[data]] table or more")
        if not 0 <= self.head_dropout < 1:
            raise ConfigError(
                f"head_dropout: found {self.head_dropout}, wanted a share from 0 to below 1"
            )
        _at_least(0, "heads", self.heads or 0)
        kept = self.augmentation.kept_views
        _at_least(0, "augmentation.kept_views", kept)
        if kept and self.freezing.frozen_stages < 1:
            raise ConfigError(
                f"augmentation.kept_views: found {kept} and freezing.frozen_stages "
                f"{self.freezing.frozen_stages}, wanted frozen stages whose features can be kept; "
                "next: set frozen_stages to 1 or more, or kept_views to 0"
            )


VARIANT_DEFAULTS: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "cmpagl_lite": {},
    # docs/method.md 6: nothing frozen, the rates of its nearest relatives.
    "cmpagl_base": {
        "freezing": {"frozen_stages": 0, "frozen_text_layers": 0},
        "rates": {"image": 4e-5, "text": 4e-5, "new": 8e-5, "weight_decay": 0.01, "clip_norm": 1.0},
        "schedule": {"epochs": 50, "warmup_steps": 400, "decay_epochs": 50},
    },
}
"""Where a variant's defaults differ from the records', by table; a run's file overrides them."""


def _share(name: str, found: float) -> None:
    if not 0 <= found <= 1:
        raise ConfigError(f"{name}: found {found}, wanted a share from 0 to 1")


def _at_least(least: float, name: str, found: float) -> None:
    if found < least:
        raise ConfigError(f"{name}: found {found}, wanted {least} or more")
