"""The linear map from all projection heads to one embedding, fitted at the end of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from cmpagl_model.network.heads import principal_directions
from cmpagl_model.training.data.augment import whole_views
from cmpagl_model.training.data.kept_views import KeptViews

if TYPE_CHECKING:
    from torch import Tensor

    from cmpagl_model.network import CmpaglModel
    from cmpagl_model.training.data.batches import TrainingSet
    from cmpagl_model.training.data.forward import TrainingTowers

MOST_PICTURES, MOST_SENTENCES, BATCH = 6000, 12000, 128


@torch.no_grad()
def fit_compression(model: CmpaglModel, data: TrainingSet, towers: TrainingTowers) -> None:
    """Fit ``model.compression`` to what its heads make of the training set.

    The heads' vectors, side by side, have as much spread as one embedding holds; their principal
    directions keep it (decision 20 has the figures).

    Args:
        model: changed in place, left in evaluation mode.
        data: the training set; evenly spaced pictures and sentences of it are read.
        towers: runs both towers.
    """
    model.eval()
    device = model.log_temperature.device
    images: list[Tensor] = []
    for rows in _spread(len(data.sentences.draws), MOST_PICTURES).split(BATCH):
        if isinstance(data.pictures, KeptViews):
            found = data.pictures.first(rows.tolist())
            seen = towers.image(model, found.pixels.to(device), seen=True)
        else:
            found = data.pictures.batch(rows.tolist())
            whole = whole_views(found.pixels.to(device), model.config.image.input_px)
            seen = towers.image(model, whole)
        images.append(seen.together[found.readable.to(device)])
    sentences = [
        towers.words(model, data.words.batch(rows.tolist()).to(device)).together
        for rows in _spread(len(data.sentences.texts), MOST_SENTENCES).split(BATCH)
    ]
    size = model.config.embedding_size
    fitted = principal_directions(torch.cat(images), torch.cat(sentences), size)
    model.compression.weight.copy_(fitted)


def _spread(count: int, most: int) -> Tensor:
    """At most ``most`` rows of ``count``, evenly spaced."""
    return torch.arange(0, count, max(1, -(-count // most)))
