"""Hard pairs are drawn as the softmax says, never from what matches; the loss tells them apart."""

import pytest
import torch

from cmpagl_model.training.tasks.matching import Pairs, PairTokens, matching_loss, sample_pairs

POSITIVE = torch.tensor([[1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 1, 0, 1, 1]], dtype=torch.bool)
SIMILARITY = torch.tensor(
    [[0.9, 0.8, 0.5, 0.3, 0.1], [0.2, 0.4, 0.7, 0.6, 0.0], [0.1, 0.5, 0.2, 0.8, 0.9]]
)


def drawn(times, temperature=0.2, similarity=SIMILARITY, positive=POSITIVE):
    generator = torch.Generator().manual_seed(0)
    return [sample_pairs(similarity, positive, temperature, generator) for _ in range(times)]


def test_each_image_has_a_match_and_both_have_a_negative():
    for pairs in drawn(50):
        assert pairs.images.shape == pairs.sentences.shape == pairs.match.shape == (9,)
        assert pairs.images[:6].tolist() == [0, 1, 2, 0, 1, 2]
        assert torch.equal(pairs.sentences[:3], pairs.sentences[6:])
        own = POSITIVE[pairs.images, pairs.sentences]
        assert torch.equal(own, pairs.match.bool())
        assert pairs.match.tolist() == [1] * 3 + [0] * 6


def test_negatives_come_with_the_probability_of_their_softmax():
    times = 4000
    found = torch.zeros(5)
    for pairs in drawn(times):
        found[pairs.sentences[4]] += 1  # image 1 against sentences 0, 1, 3, 4
    scores = (SIMILARITY[1] / 0.2).masked_fill(POSITIVE[1], -torch.inf).softmax(0)
    torch.testing.assert_close(found / times, scores, atol=0.025, rtol=0)


def test_cold_draws_are_the_hardest():
    for pairs in drawn(20, temperature=0.001):
        assert pairs.sentences[3:6].tolist() == [2, 3, 2]


def test_what_matches_everything_has_no_negative():
    positive = torch.tensor([[True, True], [False, True]])
    for pairs in drawn(20, similarity=torch.zeros(2, 2), positive=positive):
        own = positive[pairs.images, pairs.sentences]
        assert torch.equal(own, pairs.match.bool())
        assert pairs.images[pairs.match == 0].tolist()[0] == 1


@pytest.fixture
def tokens():
    torch.manual_seed(1)
    image = torch.randn(2, 17, 32)
    return PairTokens(image, torch.randn(3, 5, 24), torch.ones(3, 5, dtype=torch.int64))


def test_the_loss_is_the_cross_entropy_of_the_fusion_encoder(model, tokens):
    pairs = Pairs(torch.tensor([0, 1, 0]), torch.tensor([0, 2, 2]), torch.tensor([1, 1, 0]))
    found = matching_loss(model, tokens, pairs)
    logits = torch.cat([
        model.match(tokens.words[t : t + 1], tokens.mask[t : t + 1], tokens.image[i : i + 1])
        for i, t in ((0, 0), (1, 2), (0, 2))
    ])  # fmt: skip
    wanted = -logits.log_softmax(1)[torch.arange(3), torch.tensor([1, 1, 0])].mean()
    torch.testing.assert_close(found, wanted)
