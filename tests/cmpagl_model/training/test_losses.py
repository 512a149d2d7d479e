"""Both losses agree with arithmetic done by hand, and pull and push the right way."""

import math

import pytest
import torch

from cmpagl_model.captions import CaptionedImage
from cmpagl_model.training.data.sentences import number_sentences, positive_pairs
from cmpagl_model.training.tasks.losses import contrastive_loss, triplet_loss

SIMILARITY = [[0.8, 0.6, -0.2], [0.1, 0.3, 0.5]]
POSITIVE = [[True, True, False], [False, False, True]]
TAU = 0.5


def cross_entropy(scores, positive):
    """By hand: mean over the positives of -log softmax."""
    total = sum(math.exp(score / TAU) for score in scores)
    own = [score for score, match in zip(scores, positive, strict=True) if match]
    return -sum(math.log(math.exp(score / TAU) / total) for score in own) / len(own)


def test_contrastive_loss_with_two_positives_is_the_hand_computation():
    rows = [cross_entropy(*pair) for pair in zip(SIMILARITY, POSITIVE, strict=True)]
    columns = [
        cross_entropy(*pair)
        for pair in zip(zip(*SIMILARITY, strict=True), zip(*POSITIVE, strict=True), strict=True)
    ]
    wanted = (sum(rows) / 2 + sum(columns) / 3) / 2
    found = contrastive_loss(torch.tensor(SIMILARITY), torch.tensor(POSITIVE), torch.tensor(TAU))
    assert found.item() == pytest.approx(wanted, rel=1e-6)


def test_contrastive_loss_pulls_matches_and_pushes_the_rest():
    similarity = torch.zeros(3, 3, requires_grad=True)
    positive = torch.eye(3, dtype=torch.bool)
    contrastive_loss(similarity, positive, torch.tensor(TAU)).backward()
    assert (similarity.grad[positive] < 0).all()
    assert (similarity.grad[~positive] > 0).all()


def test_contrastive_loss_teaches_the_temperature():
    temperature = torch.tensor(TAU, requires_grad=True)
    contrastive_loss(torch.eye(3), torch.eye(3, dtype=torch.bool), temperature).backward()
    assert temperature.grad > 0  # all is right: a colder softmax lowers the loss


@pytest.mark.parametrize("loss", ["contrastive", "triplet"])
def test_identical_sentences_are_never_negatives(loss, tmp_path):
    known = number_sentences([
        CaptionedImage(tmp_path / "a", "train", ("A lake.", "Boats on a lake.")),
        CaptionedImage(tmp_path / "b", "train", ("a lake", "Two huts.")),
    ])  # fmt: skip
    lake, boats, huts = range(3)
    positive = positive_pairs([0, 1], [lake, boats, lake, huts], known)
    similarity = torch.zeros(2, 4, requires_grad=True)
    if loss == "contrastive":
        contrastive_loss(similarity, positive, torch.tensor(TAU)).backward()
    else:
        triplet_loss(similarity, positive, margin=0.2, beta=0.0).backward()
    pushed = (similarity.grad > 0).tolist()
    assert pushed == [[False, False, False, True], [False, True, False, False]]


def triplet(similarity, positive=None, *, margin=0.2, beta=0.0):
    """Loss and its gradient."""
    similarity = torch.tensor(similarity, requires_grad=True)
    if positive is None:
        positive = torch.eye(len(similarity), dtype=torch.bool)
    loss = triplet_loss(similarity, positive, margin, beta)
    loss.backward()
    return loss.item(), similarity.grad


def test_triplet_takes_the_hardest_negatives():
    similarity = [[0.7, 0.6, 0.1], [0.0, 0.9, 0.8], [0.65, 0.2, 0.9]]
    # pair 0: text 1 (0.6), image 2 (0.65); pair 1: text 2, image 0; pair 2: text 0, image 1
    excess = [0.2 - 0.7 + 0.6, 0.2 - 0.7 + 0.65, 0.2 - 0.9 + 0.8, 0, 0, 0.2 - 0.9 + 0.8]
    loss, gradient = triplet(similarity)
    assert loss == pytest.approx(sum(excess) / 3, rel=1e-5)
    assert gradient[0].tolist() == pytest.approx([-2 / 3, 1 / 3, 0.0])
    assert gradient[:, 0].tolist() == pytest.approx([-2 / 3, 0.0, 1 / 3])


def test_triplet_rests_where_the_margin_holds_unless_beta_keeps_pulling():
    apart = [[0.6, 0.1], [0.2, 0.7]]
    loss, gradient = triplet(apart)
    assert loss == 0.0
    assert not gradient.any()
    loss, gradient = triplet(apart, beta=0.1)
    assert loss == pytest.approx(0.1 * (0.4 + 0.3) / 2)
    assert gradient.tolist() == [[pytest.approx(-0.05), 0.0], [0.0, pytest.approx(-0.05)]]


def test_triplet_without_any_negative_is_finite():
    loss, gradient = triplet([[0.3, 0.4]], torch.tensor([[True, True]]), beta=0.5)
    assert loss == pytest.approx(0.5 * (0.7 + 0.6) / 2)
    assert gradient.isfinite().all()


def softmax(scores):
    total = sum(math.exp(score) for score in scores)
    return [math.exp(score) / total for score in scores]


def test_soft_targets_are_mixed_in_by_their_share():
    teacher, share = [[2.0, 0.5, 1.0], [0.0, 1.0, 3.0]], 0.4

    def side(scores, positive, logits):
        probabilities = softmax([score / TAU for score in scores])
        even = [match / sum(positive) for match in positive]
        mixed = [(1 - share) * y + share * q for y, q in zip(even, softmax(logits), strict=True)]
        return -sum(t * math.log(p) for t, p in zip(mixed, probabilities, strict=True))

    def turned(table):
        return list(zip(*table, strict=True))

    rows = [side(*three) for three in zip(SIMILARITY, POSITIVE, teacher, strict=True)]
    columns = [
        side(*three)
        for three in zip(turned(SIMILARITY), turned(POSITIVE), turned(teacher), strict=True)
    ]
    found = contrastive_loss(
        torch.tensor(SIMILARITY), torch.tensor(POSITIVE), torch.tensor(TAU),
        torch.tensor(teacher), share,
    )  # fmt: skip
    assert found.item() == pytest.approx((sum(rows) / 2 + sum(columns) / 3) / 2, rel=1e-6)


def test_a_teacher_without_share_changes_nothing():
    arguments = (torch.tensor(SIMILARITY), torch.tensor(POSITIVE), torch.tensor(TAU))
    teacher = torch.randn(2, 3)
    assert torch.equal(contrastive_loss(*arguments), contrastive_loss(*arguments, teacher, 0.0))


def test_a_student_like_its_teacher_has_no_gradient_left():
    similarity = torch.randn(3, 5, requires_grad=True)
    positive = torch.rand(3, 5) < 0.5
    positive[:, 0] = positive[0] = True
    loss = contrastive_loss(
        similarity, positive, torch.tensor(TAU), (similarity / TAU).detach(), 1.0
    )
    loss.backward()
    assert similarity.grad.abs().max() < 1e-6


def test_a_triplet_without_any_negative_is_finite():
    similarity = torch.tensor([[0.3, 0.4]], requires_grad=True)
    loss = triplet_loss(similarity, torch.tensor([[True, True]]), 0.2, 0.5)
    loss.backward()
    assert loss.item() == pytest.approx(0.5 * (0.7 + 0.6) / 2)
    assert similarity.grad.isfinite().all()
