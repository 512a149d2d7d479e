"""The whole model: unit vectors that depend on their own input only, and a loss that falls."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from cmpagl_model.config import variant
from cmpagl_model.network import create_model, from_pretrained, save_pretrained
from cmpagl_model.training.tasks.losses import contrastive_loss, triplet_loss
from tools import count_model

IDS = torch.tensor([[2, 17, 30, 3], [2, 44, 3, 0], [2, 8, 9, 3]])
MASK = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 1, 1]])


@torch.no_grad()
def test_embeddings_have_unit_length(small_model, chips):
    side = small_model.config.image.input_px
    image = small_model.encode_image(chips(3, side))
    text = small_model.encode_text(IDS, MASK)
    for encoded in (image, text):
        assert encoded.embedding.shape == (3, 16)
        assert encoded.embedding.dtype == torch.float32
        torch.testing.assert_close(encoded.embedding.norm(dim=1), torch.ones(3))
    assert text.tokens.shape == (3, 4, 24)


@torch.no_grad()
def test_neighbours_in_the_batch_do_not_matter(small_model, chips):
    pixels = chips(4, small_model.config.image.input_px)
    together = small_model.encode_image(pixels).embedding
    alone = torch.cat([small_model.encode_image(chip[None]).embedding for chip in pixels])
    assert (together[0] - together[1]).abs().max() > 1e-3
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)


@torch.no_grad()
def test_pixels_may_be_bytes_or_fractions_and_are_normalised(small_model, chips):
    pixels = chips(2, small_model.config.image.input_px)
    found = small_model.normalise(pixels)
    image = small_model.config.image
    wanted = (pixels / 255 - torch.tensor(image.mean)) / torch.tensor(image.std)
    torch.testing.assert_close(found, wanted.permute(0, 3, 1, 2), atol=1e-5, rtol=1e-5)
    assert torch.equal(small_model.normalise(pixels.double()), found)


@torch.no_grad()
def test_matching_tells_pairs_apart(small_model, chips):
    image = small_model.encode_image(chips(3, small_model.config.image.input_px)).tokens
    words = small_model.encode_text(IDS, MASK).tokens
    logits = small_model.match(words, MASK, image)
    assert logits.shape == (3, 2)
    swapped = small_model.match(words, MASK, image.flip(0))
    assert (logits - swapped).abs().amax(dim=1)[[0, 2]].min() > 1e-6


def test_towers_alone_cannot_match(small_config):
    towers = create_model(replace(small_config, fusion_layers=0))
    assert not any(name.startswith("fusion") for name in towers.state_dict())
    with pytest.raises(ValueError, match="no fusion encoder"):
        towers.match(torch.zeros(1, 2, 24), torch.ones(1, 2), torch.zeros(1, 5, 32))


@torch.no_grad()
def test_temperature_starts_as_told_and_stays_in_its_range(base_config):
    model = create_model(base_config)
    assert float(model.temperature()) == pytest.approx(0.07)
    for logarithm, kept in ((-20.0, 0.001), (3.0, 0.5)):
        model.log_temperature.fill_(logarithm)
        assert float(model.temperature()) == pytest.approx(kept)


@pytest.fixture(scope="module")
def base():
    """The whole cmpagl_base, random weights."""
    return create_model("cmpagl_base")


def test_base_is_whole(base):
    assert not base.training
    assert sum(p.numel() for p in base.parameters()) == 161_884_583
    assert base.image.dim == base.config.text.dim == 768  # so that fusion needs no adapter
    assert list(base.fusion.adapter.parameters()) == []
    assert [len(base.text.layers), len(base.fusion.layers)] == [6, 6]


def test_documented_sizes_are_those_counted(base):
    page = Path(__file__).parents[3] / "docs" / "model.md"
    counted = count_model.table([base, create_model("cmpagl_lite")])
    assert counted in page.read_text(encoding="utf-8"), "put in: python -m tools.count_model"


def loss_of(model, pixels, ids, mask):
    """Contrastive, triplet and matching loss of pairs, each wrong one shifted by one."""
    image, text = model.encode_image(pixels), model.encode_text(ids, mask)
    similarity = image.embedding @ text.embedding.T
    positive = torch.eye(len(ids), dtype=torch.bool)
    right = model.match(text.tokens, mask, image.tokens)
    wrong = model.match(text.tokens, mask, image.tokens.roll(1, 0))
    truth = torch.tensor([1] * len(ids) + [0] * len(ids))
    return (
        contrastive_loss(similarity, positive, model.temperature())
        + triplet_loss(similarity, positive, margin=0.2, beta=0.1)
        + F.cross_entropy(torch.cat([right, wrong]), truth)
    )


def descend(model, optimiser, steps, *pairs):
    losses = []
    for _ in range(steps):
        loss = loss_of(model, *pairs)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def test_three_colours_are_learned_by_heart(base_config):
    model = create_model(base_config)
    colours = torch.eye(3, dtype=torch.uint8) * 180 + 40
    pixels = colours[:, None, None].expand(3, 32, 32, 3)
    losses = descend(model, torch.optim.AdamW(model.parameters(), lr=1e-3), 40, pixels, IDS, MASK)
    assert losses[-1] < losses[0] - 1
    with torch.no_grad():
        image, text = model.encode_image(pixels), model.encode_text(IDS, MASK)
    assert (image.embedding @ text.embedding.T).argmax(dim=1).tolist() == [0, 1, 2]


def test_base_learns_and_is_kept(tmp_path, tokenizer_file, chips):
    config = variant("cmpagl_base", fusion_layers=1)
    model = create_model(replace(config, text=replace(config.text, layers=1, vocabulary=60)))
    pixels = chips(2, 8).repeat_interleave(28, 1).repeat_interleave(28, 2)
    ids = torch.tensor([[2, 10 + number, 20 + number, 3] for number in range(2)])
    optimiser = torch.optim.SGD(model.parameters(), lr=0.002)
    losses = descend(model, optimiser, 3, pixels, ids, torch.ones_like(ids))
    assert losses[0] > losses[1] > losses[2]
    assert [n for n, p in model.named_parameters() if p.grad is None] == []

    save_pretrained(model, tmp_path / "base", tokenizer_file)
    again = from_pretrained(tmp_path / "base")
    with torch.no_grad():
        found, kept = (m.encode_image(pixels[:1]).embedding for m in (again, model))
    assert (found * kept).sum() > 0.9999
