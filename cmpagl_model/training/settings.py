"""What a training run is told, as one frozen record."""

from __future__ import annotations

from dataclasses import dataclass, field

from .augment import Augmentation


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """Settings of a run; a run is repeated by these, its data and its seed."""

    variant: str = "cmpagl_lite"
    """Model variant."""
    epochs: int = 13
    """Passes over the training pictures."""
    decay_epochs: int = 5
    """Last epochs, in which the learning rates fall linearly to zero."""
    warmup_steps: int = 100
    """First steps, in which the learning rates rise linearly."""
    batch_size: int = 128
    """Pictures a step."""
    sentences_per_picture: int = 2
    """Sentences drawn for each picture of a step."""
    lr_image: float = 3e-4
    """Learning rate of the pretrained image layers."""
    lr_text: float = 5e-5
    """Learning rate of the pretrained text layers."""
    lr_new: float = 8e-4
    """Learning rate of layers that start at random."""
    weight_decay: float = 0.02
    """AdamW weight decay."""
    clip_norm: float = 5.0
    """Largest gradient norm."""
    frozen_stages: int = 2
    """First stages of the convolutional stem that keep their weights."""
    frozen_text_layers: int = 3
    """First text layers (and the embeddings) that keep their weights; their output is cached."""
    triplet_weight: float = 1.0
    """Weight of the triplet loss beside the contrastive loss (METHOD 4)."""
    margin: float = 0.2
    """Margin of the triplet loss, in cosine distance."""
    beta: float = 0.1
    """Weight of the intra-class distance in the triplet loss."""
    ema: float = 0.998
    """Decay a step of the averaged weights that are evaluated and kept."""
    picture_px: int = 176
    """Side at which pictures are held in memory, in px."""
    seed: int = 7
    """Seed of all randomness."""
    augmentation: Augmentation = field(default_factory=Augmentation)
    """Random views."""

    def rate(self, step: int, steps_per_epoch: int) -> float:
        """Share of the learning rates at ``step`` (from 0): warm-up, plateau, linear fall."""
        last = self.epochs * steps_per_epoch
        fall = self.decay_epochs * steps_per_epoch
        rising = (step + 1) / max(self.warmup_steps, 1)
        falling = (last - step) / max(fall, 1)
        return max(0.0, min(1.0, rising, falling))
