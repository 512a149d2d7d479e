"""The queue remembers who is in it, so that a match is never a negative; copies follow slowly."""

import pytest
import torch
import torch.nn.functional as F

from cmpagl_model.captions import CaptionedImage
from cmpagl_model.training.losses import contrastive_loss
from cmpagl_model.training.momentum import Embedded, Identity, MomentumQueue
from cmpagl_model.training.sentences import number_sentences
from cmpagl_model.training.settings import Queue

LAKE, BOATS, HUTS, FIELD = range(4)


@pytest.fixture
def known(tmp_path):
    """Pictures 0 and 1 share a sentence; 2 shares none."""
    said = (("A lake.", "Boats."), ("a lake", "Huts."), ("A field.",))
    return number_sentences(
        [CaptionedImage(tmp_path / str(n), "train", texts) for n, texts in enumerate(said)]
    )


def vectors(count, seed):
    return F.normalize(torch.randn(count, 16, generator=torch.Generator().manual_seed(seed)), dim=1)


def embedded(images, sentences, seed=0):
    return Embedded(vectors(images, seed), vectors(sentences, seed + 1))


def test_an_empty_queue_without_soft_targets_is_the_plain_loss(model, known):
    queue = MomentumQueue(model, Queue(length=8, share=0.0))
    who, both = Identity((0, 2), (BOATS, FIELD)), embedded(2, 2)
    found = queue.loss(both, both, who, known)
    plain = contrastive_loss(
        both.images @ both.sentences.T, torch.eye(2, dtype=torch.bool), model.temperature()
    )
    torch.testing.assert_close(found, plain)


def test_matches_in_the_queue_are_never_negatives(model, known):
    """An older view of the picture, its sentences, and identical sentences of another picture."""
    queue = MomentumQueue(model, Queue(length=8, share=0.0))
    older = embedded(2, 3, seed=4)
    queue.loss(older, older, Identity((1, 2), (LAKE, HUTS, FIELD)), known)
    queue.follow()
    found = Embedded(vectors(1, 9).requires_grad_(), vectors(1, 10).requires_grad_())
    slow = embedded(1, 1, seed=9)
    who = Identity((0,), (LAKE,))  # shares LAKE with picture 1
    loss = queue.loss(found, slow, who, known)
    temperature = model.temperature()
    answers = torch.cat([slow.sentences, older.sentences])  # LAKE, then LAKE, HUTS, FIELD
    right = torch.tensor([1.0, 1.0, 0.0, 0.0])
    image = F.cross_entropy(found.images @ answers.T / temperature, right[None] / 2)
    answers = torch.cat([slow.images, older.images])  # picture 0, then 1 and 2
    right = torch.tensor([1.0, 1.0, 0.0])
    sentence = F.cross_entropy(found.sentences @ answers.T / temperature, right[None] / 2)
    torch.testing.assert_close(loss, (image + sentence) / 2)


def test_soft_targets_come_from_the_slow_encoders(model, known):
    both, slow, who = embedded(2, 2), embedded(2, 2, seed=5), Identity((0, 2), (BOATS, FIELD))
    queue = MomentumQueue(model, Queue(length=8, share=0.4))
    tau, hard = model.temperature().detach(), torch.eye(2)
    sides = (
        (both.images, slow.images, slow.sentences),
        (both.sentences, slow.sentences, slow.images),
    )
    wanted = sum(
        F.cross_entropy(
            asking @ answers.T / tau,
            0.6 * hard + 0.4 * (asking_slow @ answers.T / tau).softmax(1),
        )
        for asking, asking_slow, answers in sides
    )
    torch.testing.assert_close(queue.loss(both, slow, who, known), wanted / 2)


def test_the_oldest_leave_first_and_more_than_fit_keep_the_last(model, known):
    queue = MomentumQueue(model, Queue(length=3))
    pushed = []
    for seed, rows in enumerate([(0, 1), (2, 0), (1, 2)]):
        batch = embedded(2, 4, seed=seed * 10)
        pushed.append(batch)
        queue.loss(batch, batch, Identity(rows, (LAKE, BOATS, HUTS, FIELD)), known)
        queue.follow()
    held, rows = queue._images.filled()
    assert sorted(rows) == [0, 1, 2]
    for vector in (pushed[1].images[1], pushed[2].images[0], pushed[2].images[1]):
        assert (held == vector).all(dim=1).any()
    held, numbers = queue._sentences.filled()
    assert sorted(numbers) == [BOATS, HUTS, FIELD]
    assert {tuple(row) for row in held.tolist()} == {
        tuple(row) for row in pushed[2].sentences[1:].tolist()
    }


def test_the_copy_follows_by_its_momentum(model):
    queue = MomentumQueue(model, Queue(length=2, momentum=0.9))
    before = model.image_projection.weight.detach().clone()
    with torch.no_grad():
        model.image_projection.weight += 1.0
    queue.follow()
    torch.testing.assert_close(queue.encoders.image_projection.weight, before + 0.1)
    assert not any(p.requires_grad for p in queue.encoders.parameters())


def test_state_goes_there_and_back(model, known):
    one = MomentumQueue(model, Queue(length=4))
    batch = embedded(2, 2)
    one.loss(batch, batch, Identity((0, 2), (BOATS, FIELD)), known)
    one.follow()
    other = MomentumQueue(model, Queue(length=4))
    other.load_state({name: value.clone() for name, value in one.state().items()})
    probe, who = embedded(1, 1, seed=7), Identity((1,), (HUTS,))
    assert torch.equal(one.loss(probe, probe, who, known), other.loss(probe, probe, who, known))
