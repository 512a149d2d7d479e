"""The map from all heads to one embedding is fitted to the training set when a run ends."""

import pytest
import torch

from cmpagl_model.captions import load_pictures
from cmpagl_model.network import create_model
from cmpagl_model.training.loop import Trainer
from cmpagl_model.training.settings import Augmentation, Schedule
from cmpagl_model.training.tasks.towers import TowerTask


@pytest.mark.parametrize("views", [0, 2], ids=["drawn anew", "kept"])
@torch.no_grad()
def test_the_fitted_map_keeps_the_cosines_and_ranks_of_all_heads(
    config, tokenizer, make_context, painted, tmp_path, views
):
    context = make_context(
        tmp_path, schedule=Schedule(1, 0, 0), augmentation=Augmentation(kept_views=views)
    )
    trainer = Trainer(TowerTask(create_model(config), tokenizer, context), context)
    with torch.enable_grad():
        trainer.fit(painted, painted[:4])
    model = trainer.kept_weights()
    pixels = torch.from_numpy(load_pictures([item.path for item in painted], 64))
    texts = sorted({text for item in painted for text in item.sentences})
    rows = tokenizer.encode_batch(texts)
    width = max(len(row.ids) for row in rows)
    ids = torch.tensor([row.ids + [0] * (width - len(row.ids)) for row in rows])
    mask = (ids > 0).long()

    def compared():
        image, words = model.encode_image(pixels), model.encode_text(ids, mask)
        return image.embedding @ words.embedding.T, image.together @ words.together.T

    before, _ = compared()
    trainer.task.finish(model)
    after, together = compared()
    assert not model.training
    assert (after - together).abs().max() < 0.02
    assert (after - together).abs().mean() < 0.2 * (before - together).abs().mean()
    directions = model.compression.weight
    assert directions.shape == (config.embedding_size, config.heads * config.embedding_size)
    torch.testing.assert_close(directions @ directions.T, torch.eye(len(directions)))
    assert torch.corrcoef(torch.stack([after.flatten(), together.flatten()]))[0, 1] > 0.99
    assert (after.argmax(0) == together.argmax(0)).float().mean() > 0.8
