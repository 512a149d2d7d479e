"""Several sentences in one search: which place is whose."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from cmpagl_qgis.engine.classes import MOST, SAME_PLACE, merged
from cmpagl_qgis.engine.question import MOST_CLASSES, Example, Question
from cmpagl_qgis.engine.records import Answer, Hit, Model
from cmpagl_qgis.errors import PluginError

MODEL = Model("painted", "f" * 64)
PLACE = {"type": "Polygon", "coordinates": []}


def hit(rank, window, relevance=None, scene="/a.tif", score=0.3):
    return Hit(
        rank, score, None, scene, window, 1.0, float(window[2]), "EPSG:32631", PLACE, relevance
    )


def answer(query, *hits, **more):
    return Answer(query, MODEL, tuple(hits), 100, 0.1, (), **{"cutoff": 0.1, **more})


def merge(*answers):
    *turns, last = merged(list(answers))
    assert not any(turns)
    return last


def found(answer):
    return [(one.rank, one.sentence, one.window[:2]) for one in answer.hits]


def test_one_place_has_the_class_that_fits_best():
    boats = answer("boats", hit(1, (0, 0, 64, 64), 0.9), hit(2, (64, 0, 64, 64), 0.3))
    cars = answer("cars", hit(1, (64, 0, 64, 64), 0.8), hit(2, (0, 0, 64, 64), 0.2))
    whole = merge(boats, cars)
    assert found(whole) == [(1, "boats", (0, 0)), (2, "cars", (64, 0))]
    assert whole.sentences == ("boats", "cars")
    assert whole.query == "boats; cars"
    assert whole.seconds == pytest.approx(0.2)


def test_chips_that_overlap_are_one_place_and_neighbours_are_not():
    half = hit(1, (32, 0, 64, 64), 0.8)  # a third of both together
    corner = hit(2, (48, 48, 64, 64), 0.7)
    inside = hit(3, (16, 16, 16, 16), 0.6)  # a boat in a harbour
    other = hit(4, (0, 0, 64, 64), 0.5, scene="/b.tif")
    whole = merge(answer("harbour", hit(1, (0, 0, 64, 64), 0.9)),
                  answer("boats", half, corner, inside, other))  # fmt: skip
    assert found(whole) == [
        (1, "harbour", (0, 0)), (2, "boats", (48, 48)), (3, "boats", (16, 16)),
        (4, "boats", (0, 0)),
    ]  # fmt: skip


def test_the_grid_compares_as_comparing_all_with_all_does():
    chance = random.Random(0)
    hits = []
    for rank in range(600):
        side = chance.choice((32, 48, 64, 256))
        window = (
            chance.randrange(1000),
            chance.randrange(1000),
            side,
            chance.choice((side, side // 2)),
        )
        hits.append(hit(rank + 1, window, chance.random()))
    kept = []
    for one in sorted(hits, key=lambda one: -one.relevance):
        if not any(overlap(one.window, other.window) > SAME_PLACE for other in kept):
            kept.append(one)
    whole = merge(answer("a", *hits[::2]), answer("b", *hits[1::2]))
    assert [one.window for one in whole.hits] == [one.window for one in kept]
    assert 50 < len(kept) < 600


def overlap(one, other):
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def test_scores_decide_where_there_is_no_relevance():
    whole = merge(answer("a", hit(1, (0, 0, 64, 64), score=0.3), cutoff=None),
                  answer("b", hit(1, (0, 0, 64, 64), score=0.4), cutoff=None))  # fmt: skip
    assert found(whole) == [(1, "b", (0, 0))]
    assert whole.cutoff is None


def test_what_is_said_is_said_of_all():
    nothing = answer("a", notice="Nothing fits.", cutoff=0.3)
    whole = merge(nothing, answer("b", hit(1, (0, 0, 64, 64), 0.9), cutoff=0.2))
    assert whole.notice == ""
    assert whole.cutoff == 0.2
    assert merge(nothing, replace(nothing, query="b")).notice == "a: Nothing fits. b: Nothing fits."


def test_no_more_than_a_map_can_show():
    many = [hit(n + 1, (n * 64, 0, 64, 64), 0.5) for n in range(MOST)]
    other = [hit(n + 1, (n * 64, 64, 64, 64), 0.4) for n in range(MOST)]
    assert len(merge(answer("a", *many), answer("b", *other)).hits) == MOST


@pytest.mark.parametrize(
    ("query", "sentences"),
    [("boats", ("boats",)), ("boats; cars", ("boats", "cars")), ("boats;", ("boats",)),
     (" ; ;", ()), ("boats;;boats ;cars", ("boats", "cars"))],
)  # fmt: skip
def test_sentences_are_parted(query, sentences):
    question = Question("/x", query, 5)
    assert question.sentences == sentences
    assert question.answerable == bool(sentences)
    if len(sentences) == 1:
        assert question.request()[1]["query"] == sentences[0]


def test_too_many_or_with_examples_is_refused():
    Question("/x", ";".join("abcdefgh"), 5).check()
    with pytest.raises(PluginError, match=f"Found 9 sentences; at most {MOST_CLASSES}"):
        Question("/x", ";".join("abcdefghi"), 5).check()
    example = Example("#1", True, "k", ())
    with pytest.raises(PluginError, match="Examples go together with one sentence"):
        Question("/x", "a;b", 5, (example,)).check()
