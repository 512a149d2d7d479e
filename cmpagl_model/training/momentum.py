"""Momentum encoders and their queue (METHOD 3, option): soft targets, and more negatives.

The queue remembers which picture and which sentence each vector was, so that another view of a
picture, its own sentences and identical sentences of others are never negatives.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .losses import soft_cross_entropy
from .sentences import positive_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmpagl_model.network import CmpaglModel

    from .sentences import Sentences
    from .settings import Queue

PREFIX = "momentum."
EMPTY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """A batch in the common space."""

    images: Tensor
    """Unit vectors ``(B, D)``."""
    sentences: Tensor
    """Unit vectors ``(T, D)``."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which pictures and sentences a batch holds."""

    rows: tuple[int, ...]
    """Training pictures, B."""
    numbers: tuple[int, ...]
    """Different sentences, T."""


class _Ring:
    """The last vectors of one kind, oldest overwritten first."""

    def __init__(self, length: int, size: int, device: torch.device) -> None:
        self.vectors = torch.zeros(length, size, device=device)
        self.keys = torch.full((length,), EMPTY, dtype=torch.int64)
        self.place = torch.zeros(1, dtype=torch.int64)

    def push(self, vectors: Tensor, keys: Sequence[int]) -> None:
        length = len(self.keys)
        vectors, new = vectors[-length:], torch.tensor(keys)[-length:]
        places = (self.place + torch.arange(len(new))) % length
        self.vectors[places.to(self.vectors.device)] = vectors
        self.keys[places] = new
        self.place = (self.place + len(new)) % length

    def filled(self) -> tuple[Tensor, list[int]]:
        used = self.keys != EMPTY
        return self.vectors[used.to(self.vectors.device)], self.keys[used].tolist()

    def state(self, name: str) -> dict[str, Tensor]:
        return {f"{name}.{part}": getattr(self, part) for part in ("vectors", "keys", "place")}

    def load(self, name: str, state: dict[str, Tensor]) -> None:
        self.vectors.copy_(state[f"{name}.vectors"])
        self.keys.copy_(state[f"{name}.keys"])
        self.place.copy_(state[f"{name}.place"])


class MomentumQueue:
    """A slowly following copy of the model, and what it made of the last batches."""

    def __init__(self, model: CmpaglModel, settings: Queue) -> None:
        """Begin with a copy of ``model`` and an empty queue.

        Args:
            model: the model that is trained.
            settings: length, momentum and share.
        """
        self.encoders = deepcopy(model).requires_grad_(requires_grad=False).eval()
        self._model, self._settings = model, settings
        size, device = model.config.embedding_size, model.log_temperature.device
        self._images = _Ring(settings.length, size, device)
        self._sentences = _Ring(settings.length, size, device)
        self._waiting: list[tuple[Embedded, Identity]] = []

    def loss(self, found: Embedded, slow: Embedded, who: Identity, known: Sentences) -> Tensor:
        """Contrastive loss against the batch and the queue, with soft targets.

        Args:
            found: the batch by the trained model, with gradient.
            slow: the same batch by :attr:`encoders`.
            who: its pictures and sentences.
            known: which sentences belong to which picture.

        Returns:
            Mean cross-entropy of both directions. The batch joins the queue with :meth:`follow`.
        """
        temperature = self._model.temperature()
        old_sentences, numbers = self._sentences.filled()
        old_images, rows = self._images.filled()
        sentences = torch.cat([slow.sentences, old_sentences])  # T + Q, D
        images = torch.cat([slow.images, old_images])  # B + Q, D
        device = images.device
        own = positive_pairs(who.rows, [*who.numbers, *numbers], known).to(device)
        owners = positive_pairs([*who.rows, *rows], who.numbers, known).T.to(device)
        self._waiting.append((slow, who))
        sides = (
            (found.images, slow.images, sentences, own),
            (found.sentences, slow.sentences, images, owners),
        )
        losses = [
            soft_cross_entropy(
                asking @ answers.T / temperature,
                right,
                asking_slow @ answers.T / temperature.detach(),
                self._settings.share,
            )
            for asking, asking_slow, answers, right in sides
        ]
        return (losses[0] + losses[1]) / 2

    @torch.no_grad()
    def follow(self) -> None:
        """Move the copy towards the model, and put the last batches into the queue."""
        pairs = zip(self.encoders.parameters(), self._model.parameters(), strict=True)
        for slow, current in pairs:
            slow.lerp_(current, 1 - self._settings.momentum)
        for vectors, who in self._waiting:
            self._images.push(vectors.images, who.rows)
            self._sentences.push(vectors.sentences, who.numbers)
        self._waiting.clear()

    def state(self) -> dict[str, Tensor]:
        """Copy and queue for a checkpoint."""
        weights = {PREFIX + name: value for name, value in self.encoders.state_dict().items()}
        return {**weights, **self._images.state("images"), **self._sentences.state("sentences")}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from :meth:`state`."""
        weights = {n.removeprefix(PREFIX): v for n, v in state.items() if n.startswith(PREFIX)}
        self.encoders.load_state_dict(weights)
        self._images.load("images", state)
        self._sentences.load("sentences", state)
