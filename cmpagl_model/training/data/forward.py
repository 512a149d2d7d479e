"""How the towers run in training: what is frozen is not computed twice, nor differentiated."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cmpagl_model.errors import ConfigError
from cmpagl_model.network.image import ImageFeatures, LiteImageEncoder

if TYPE_CHECKING:
    from cmpagl_model.network import CmpaglModel
    from cmpagl_model.network.image import ConvolutionalStem
    from cmpagl_model.network.model import Encoded
    from cmpagl_model.training.precision import Compute
    from cmpagl_model.training.settings import Freezing

    from .words import WordBatch


class TrainingTowers:
    """Runs both towers of a model, or of a copy of it."""

    def __init__(self, freezing: Freezing, compute: Compute) -> None:
        """Run as ``freezing`` and ``compute`` say."""
        self._freezing, self._compute = freezing, compute

    def freeze(self, model: CmpaglModel) -> None:
        """Take the gradient from the frozen layers of ``model``.

        Raises:
            ConfigError: if the model does not have the layers to be frozen.
        """
        for module in self._frozen(model):
            module.requires_grad_(requires_grad=False)

    def train_mode(self, model: CmpaglModel) -> None:
        """Dropout on where weights are trained; statistics of batches stay as they are."""
        model.train()
        for module in self._frozen(model):
            module.eval()
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()  # the pretrained statistics hold better than those of small batches

    def early(self, model: CmpaglModel, views: Tensor) -> Tensor:
        """What the frozen stages of the stem make of views ``(B, S, S, 3)``: ``(B, C, H, W)``.

        Raises:
            ConfigError: if the model has no convolutional stem.
        """
        frozen = self._freezing.frozen_stages
        pixels = model.normalise(views).contiguous(memory_format=torch.channels_last)
        with torch.no_grad() if frozen else nullcontext(), self._compute.autocast():
            return frozen_stem(model, frozen).early(pixels, frozen)

    def image(self, model: CmpaglModel, views: Tensor, *, seen: bool = False) -> Encoded:
        """Encode views ``(B, S, S, 3)``, 0 to 255.

        Args:
            model: the model.
            views: the views; where ``seen``, what :meth:`early` made of them.
            seen: whether the frozen stages have seen them.
        """
        if not isinstance(model.image, LiteImageEncoder):
            with self._compute.autocast():
                found = model.image(model.normalise(views))
            return model.embed_image(_single(found))
        stem, frozen = model.image.stem, self._freezing.frozen_stages
        early = views if seen else self.early(model, views)
        early = early.contiguous(memory_format=torch.channels_last)
        # Matrix products gain from a short format; on a CPU the backward pass of depthwise
        # convolutions loses.
        on_cpu = self._compute.device.type == "cpu"
        with nullcontext() if on_cpu else self._compute.autocast():
            features = stem.late(early.float() if on_cpu else early, frozen)
        with self._compute.autocast():
            found = model.image.mix(features)
        return model.embed_image(_single(found))

    def words(self, model: CmpaglModel, batch: WordBatch) -> Encoded:
        """Encode sentences."""
        text, frozen = model.text, self._freezing.frozen_text_layers
        tokens, first = batch.values, batch.layers
        with self._compute.autocast():
            if first == 0:
                with torch.no_grad() if frozen else nullcontext():
                    tokens = text.run_layers(text.embeddings(tokens), batch.mask, 0, frozen)
                first = frozen
            tokens = text.run_layers(tokens, batch.mask, first, len(text.layers))
        return model.embed_text(tokens.float(), batch.mask)

    def _frozen(self, model: CmpaglModel) -> list[nn.Module]:
        stages, layers = self._freezing.frozen_stages, self._freezing.frozen_text_layers
        frozen: list[nn.Module] = []
        if stages:
            stem = frozen_stem(model, stages)
            _check("frozen_stages", stages, len(stem.blocks))
            frozen += stem.first_modules(stages)
        if layers:
            _check("frozen_text_layers", layers, len(model.text.layers))
            frozen += [model.text.embeddings, *model.text.layers[:layers]]
        return frozen


def _single(found: ImageFeatures) -> ImageFeatures:
    return ImageFeatures(found.tokens.float(), found.pooled.float())


def frozen_stem(model: CmpaglModel, stages: int) -> ConvolutionalStem:
    """The stem of a model whose first ``stages`` stages are frozen.

    Raises:
        ConfigError: if it has no convolutional stem.
    """
    if not isinstance(model.image, LiteImageEncoder):
        raise ConfigError(
            f"freezing.frozen_stages: found {stages} for {model.config.name}, which has no "
            "convolutional stem; next: set it to 0"
        )
    return model.image.stem


def _check(name: str, found: int, most: int) -> None:
    if not 0 <= found <= most:
        raise ConfigError(f"freezing.{name}: found {found}, wanted 0 to {most}")
