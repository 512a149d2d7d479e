"""How the towers run in training: what is frozen is not computed twice, nor differentiated."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cmpagl_model.errors import ConfigError
from cmpagl_model.network.image import LiteImageEncoder
from cmpagl_model.network.model import Encoded

if TYPE_CHECKING:
    from cmpagl_model.network import CmpaglModel

    from .precision import Compute
    from .settings import Freezing
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

    def image(self, model: CmpaglModel, views: Tensor) -> Encoded:
        """Encode views ``(B, S, S, 3)``, 0 to 255."""
        if not isinstance(model.image, LiteImageEncoder):
            with self._compute.autocast():
                tokens = model.image(model.normalise(views))
            return Encoded(tokens, model.embed_image(tokens.float()))
        stem, frozen = model.image.stem, self._freezing.frozen_stages
        pixels = model.normalise(views).contiguous(memory_format=torch.channels_last)
        with torch.no_grad() if frozen else nullcontext(), self._compute.autocast():
            early = stem.early(pixels, frozen)
        # Matrix products gain from a short format; on a CPU the backward pass of depthwise
        # convolutions loses.
        on_cpu = self._compute.device.type == "cpu"
        with nullcontext() if on_cpu else self._compute.autocast():
            features = stem.late(early.float() if on_cpu else early, frozen)
        with self._compute.autocast():
            tokens = model.image.mix(features)
        return Encoded(tokens, model.embed_image(tokens.float()))

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
            return Encoded(tokens, model.embed_text(tokens, batch.mask).float())

    def _frozen(self, model: CmpaglModel) -> list[nn.Module]:
        stages, layers = self._freezing.frozen_stages, self._freezing.frozen_text_layers
        frozen: list[nn.Module] = []
        if stages:
            if not isinstance(model.image, LiteImageEncoder):
                raise ConfigError(
                    f"freezing.frozen_stages: found {stages} for {model.config.name}, which has no "
                    "convolutional stem; next: set it to 0"
                )
            stem = model.image.stem
            _check("frozen_stages", stages, len(stem.blocks))
            frozen += [stem.conv_stem, stem.bn1, *stem.blocks[:stages]]
        if layers:
            _check("frozen_text_layers", layers, len(model.text.layers))
            frozen += [model.text.embeddings, *model.text.layers[:layers]]
        return frozen


def _check(name: str, found: int, most: int) -> None:
    if not 0 <= found <= most:
        raise ConfigError(f"freezing.{name}: found {found}, wanted 0 to {most}")
