"""Asking while an index grows: each place once, and the sentence is embedded once."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from cmpagl_model import open_index
from cmpagl_model.encoders import open_encoder
from cmpagl_model.encoders.memory import MOST_KEPT, sentence_vector
from cmpagl_model.index import build_index
from cmpagl_model.index.underway import Heartbeat
from cmpagl_model.search import SavedQuery, follow
from cmpagl_model.search.merge import MIN_OVERLAP
from tests.cmpagl_model.search.test_ground import paint
from tiling import ChipSpec

SPEC = ChipSpec(size_px=192, ground_sizes_m=(200.0, 400.0))
QUERY = SavedQuery("a field", k=50, min_score=-1.0)


class Counting:
    """An encoder that counts sentences."""

    def __init__(self, encoder):
        self._encoder, self.sentences = encoder, []

    def __getattr__(self, name):
        return getattr(self._encoder, name)

    def encode_texts(self, texts):
        self.sentences += texts
        return self._encoder.encode_texts(texts)


@pytest.fixture
def scenes(tmp_path):
    places = [(3.0, 50.0), (4.0, 50.0), (3.0, 50.0), (5.0, 50.0)]  # the third on the first
    return [
        paint(tmp_path / f"{n}.tif", "EPSG:32631", place, 600, 2.0, n)
        for n, place in enumerate(places)
    ]


def grown(folder, scenes, query, encoder=None):
    """Followed while scene after scene is added, as another process would do."""
    build_index(scenes[:1], folder, open_encoder(), SPEC)
    index = open_index(folder)
    if encoder is not None:
        index.use_encoder(encoder)
    rest = iter(scenes[1:])
    beacon = Heartbeat(folder)
    beacon.__enter__()

    def wait(_seconds):
        scene = next(rest, None)
        if scene is None:
            beacon.__exit__(None, None, None)
        else:
            build_index([scene], folder, open_encoder(), SPEC)

    return [*follow(index, query, wait=wait)]


def shares(one, other):
    both = one.geometry.intersection(other.geometry).area
    return both > MIN_OVERLAP * min(one.geometry.area, other.geometry.area)


def test_each_place_is_told_once_and_the_last_look_sees_all(tmp_path, scenes):
    encoder = Counting(open_encoder())
    looks = grown(tmp_path / "x.cmpagl", scenes, QUERY, encoder)
    told = [hit for look in looks for hit in look.new]
    assert len(looks) == 5
    assert [look.underway is None for look in looks] == [False] * 4 + [True]
    assert all(not shares(one, other) for one, other in itertools.combinations(told, 2))
    assert not looks[2].new  # its ground was told of
    assert looks[1].new
    assert looks[3].new
    assert not looks[4].new
    assert {hit.scene for hit in told} == {scenes[0], scenes[1], scenes[3]}
    assert encoder.sentences == ["a field"]
    whole = open_index(tmp_path / "x.cmpagl").search("a field", 50, min_score=-1.0)
    assert [(hit.scene, hit.window) for hit in looks[-1].answer.hits] == [
        (hit.scene, hit.window) for hit in whole.hits
    ]


def test_without_siblings_a_place_of_another_scene_is_news(tmp_path, scenes):
    query = SavedQuery("a field", k=50, min_score=-1.0, siblings=False)
    looks = grown(tmp_path / "x.cmpagl", scenes, query)
    assert {hit.scene for hit in looks[2].new} == {scenes[2]}
    told = [(hit.scene, hit.window) for look in looks for hit in look.new]
    assert len(told) == len(set(told))


def test_without_merging_each_chip_is_told_once(tmp_path, scenes):
    query = SavedQuery("a field", k=1000, min_score=-1.0, merge=False)
    looks = grown(tmp_path / "x.cmpagl", scenes, query)
    told = [(hit.scene, hit.window, hit.ground_m) for look in looks for hit in look.new]
    assert len(told) == len(set(told)) == len(looks[-1].answer.hits)


def test_a_sentence_alone_tells_of_what_reaches_the_cut_off(tmp_path, scenes):
    looks = grown(tmp_path / "x.cmpagl", scenes[:2], SavedQuery("a field", k=50))
    for look in looks:
        assert look.answer.cutoff is not None
        assert all(hit.relevance >= look.answer.cutoff for hit in look.new)


def test_where_nobody_builds_there_is_one_look(tmp_path, scenes):
    folder = tmp_path / "x.cmpagl"
    build_index(scenes[:2], folder, open_encoder(), SPEC)
    (look,) = follow(open_index(folder), QUERY, wait=pytest.fail)
    assert look.underway is None
    assert look.new == look.answer.hits


def test_a_sentence_is_remembered_by_encoder_and_not_for_ever():
    one, other = Counting(open_encoder()), Counting(open_encoder())
    first = sentence_vector(one, "a lake")
    assert sentence_vector(one, "a lake") is first
    assert not first.flags.writeable
    sentence_vector(other, "a lake")
    assert (one.sentences, other.sentences) == (["a lake"], ["a lake"])
    one.encode_texts = made_up
    for number in range(MOST_KEPT):
        sentence_vector(one, str(number))
    assert sentence_vector(one, "a lake") is not first


def made_up(texts):
    return np.full((len(texts), 2), 0.5, np.float32)
