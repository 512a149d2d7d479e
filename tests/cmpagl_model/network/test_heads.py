"""Projection heads: small networks side by side, and the linear map that makes them one vector."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cmpagl_model.network import create_model
from cmpagl_model.network.heads import ProjectionHeads, principal_directions

IDS = torch.tensor([[2, 17, 30, 3], [2, 44, 3, 0], [2, 8, 9, 3]])
MASK = (IDS > 0).long()


@pytest.fixture
def heads(shake):
    """Three heads on features of two parts, and such features, one part far larger."""
    made = shake(ProjectionHeads((5, 7), heads=3, width=4, size=6)).eval()
    return made, torch.cat([torch.randn(9, 5), 50 * torch.randn(9, 7) + 20], dim=1)


@pytest.fixture
def directions():
    """Vectors of pictures and of sentences, and what they are brought to."""
    spread = torch.linspace(2, 0.1, 24)
    images, sentences = torch.randn(80, 24) * spread + 0.3, torch.randn(200, 24) * spread.flip(0)
    return images, sentences, principal_directions(images, sentences, 10)


def cosines(a, b):
    return F.normalize(a, dim=-1) @ F.normalize(b, dim=-1).T


@torch.no_grad()
def test_each_head_is_a_perceptron_of_its_own_on_the_same_features(heads):
    made, features = heads
    found = made(features)
    assert found.shape == (9, 3, 6)
    parts = zip(made.norms, features.split([5, 7], dim=1), strict=True)
    x = torch.cat([F.layer_norm(p, p.shape[1:], n.weight, n.bias) for n, p in parts], dim=1)
    for head in range(3):
        mine = slice(4 * head, 4 * head + 4)
        hidden = F.gelu(x @ made.hidden.weight[mine].T + made.hidden.bias[mine])
        wanted = F.normalize(hidden @ made.weight[head] + made.bias[head], dim=1)
        torch.testing.assert_close(found[:, head], wanted)


@torch.no_grad()
def test_the_size_of_a_part_does_not_matter(heads):
    """Pooled stock features and blocks that start at random have scales of their own."""
    made, features = heads
    scaled = features * torch.tensor([100.0] * 5 + [0.1] * 7)
    torch.testing.assert_close(made(scaled), made(features), atol=1e-3, rtol=0)


@torch.no_grad()
def test_heads_hide_features_in_training_only(heads):
    made, features = heads
    made.dropout.p = 0.5
    assert torch.equal(made(features), made(features))
    made.train()
    assert not torch.allclose(made(features), made(features), atol=1e-3)


@torch.no_grad()
def test_vectors_of_each_head_and_the_embedding_have_unit_length(lite_config, shake, chips):
    model = shake(create_model(lite_config))
    for found in (model.encode_image(chips(3, 64)), model.encode_text(IDS, MASK)):
        assert found.heads.shape == (3, lite_config.heads, lite_config.embedding_size)
        for vectors in (found.heads, found.embedding, found.together):
            torch.testing.assert_close(vectors.norm(dim=-1), torch.ones(vectors.shape[:-1]))


@torch.no_grad()
def test_the_cosine_of_all_heads_together_is_their_mean(lite_config, shake, chips):
    model = shake(create_model(lite_config))
    image, words = model.encode_image(chips(3, 64)), model.encode_text(IDS, MASK)
    mean = torch.stack(
        [image.heads[:, k] @ words.heads[:, k].T for k in range(lite_config.heads)]
    ).mean(0)
    assert mean.std() > 1e-3
    torch.testing.assert_close(image.together @ words.together.T, mean)


@torch.no_grad()
def test_the_embedding_is_the_linear_map_of_all_heads(lite_config, shake, chips):
    model = shake(create_model(lite_config))
    for found in (model.encode_image(chips(3, 64)), model.encode_text(IDS, MASK)):
        wanted = F.normalize(found.together @ model.compression.weight.T, dim=1)
        torch.testing.assert_close(found.embedding, wanted)


def test_the_linear_map_is_not_learnt(lite_config, chips):
    model = create_model(lite_config)
    model.encode_image(chips(2, 64)).embedding.sum().backward()
    assert model.compression.weight.grad is None
    assert model.image_projection.weight.grad is not None


@torch.no_grad()
def test_without_heads_one_linear_layer_projects_the_first_token(lite_config, shake, chips):
    model = shake(create_model(replace(lite_config, heads=0)))
    assert not any(name.startswith("compression") for name in model.state_dict())
    image = model.encode_image(chips(3, 64))
    wanted = F.normalize(model.image_projection(image.tokens[:, 0]), dim=1)
    words = model.encode_text(IDS, MASK)
    pooled = model.text.pool(words.tokens, MASK)
    for found, expected in (
        (image, wanted),
        (words, F.normalize(model.text_projection(pooled), dim=1)),
    ):
        torch.testing.assert_close(found.embedding, expected)
        assert torch.equal(found.heads[:, 0], found.embedding)
        assert torch.equal(found.together, found.embedding)


def test_directions_are_orthonormal_and_the_strongest_of_both_sides(directions):
    """Against numpy's singular values of all rows, each side with the weight one."""
    images, sentences, found = directions
    torch.testing.assert_close(found @ found.T, torch.eye(10), atol=1e-5, rtol=0)
    strength = (images @ found.T).square().mean(0) + (sentences @ found.T).square().mean(0)
    rows = torch.cat([images / len(images) ** 0.5, sentences / len(sentences) ** 0.5]).numpy()
    wanted = np.linalg.svd(rows, compute_uv=False)[:10] ** 2
    np.testing.assert_allclose(strength.numpy(), wanted, rtol=1e-4)
    assert (strength.diff() < 0).all()


def test_pictures_and_sentences_count_alike_however_many_there_are(directions):
    images, sentences, found = directions
    many = principal_directions(images, sentences.repeat(7, 1), 10)
    same = (found * many).sum(dim=1).abs()  # a direction has no sign
    torch.testing.assert_close(same, torch.ones(10), atol=1e-4, rtol=0)


def test_as_many_directions_as_the_vectors_span_keep_every_cosine():
    basis = torch.linalg.qr(torch.randn(24, 6)).Q.T
    images, sentences = torch.randn(40, 6) @ basis, (torch.randn(30, 6) + 1) @ basis
    kept = principal_directions(images, sentences, 6)
    wanted = cosines(images, sentences)
    torch.testing.assert_close(cosines(images @ kept.T, sentences @ kept.T), wanted)
    fewer = principal_directions(images, sentences, 5)
    assert (cosines(images @ fewer.T, sentences @ fewer.T) - wanted).abs().max() > 1e-3
