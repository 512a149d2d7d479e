"""Questions made of what captions name, and ways of reading them."""

from __future__ import annotations

import numpy as np

from research.composed.__main__ import OBJECTS, first_right, questions, read_things, ways


def test_things_are_found_by_their_words_alone():
    things = read_things(OBJECTS)
    assert things["cars"].search("Many CARS are parked.")
    assert not things["cars"].search("a scarce carpet")
    assert len(set(things)) == len(things) > 20


def test_questions_have_enough_right_pictures_and_near_wrong_ones():
    said = np.zeros((60, 2), bool)
    said[:40, 0] = said[30:, 1] = True  # 30 name the first alone, 10 both, 20 the second alone
    found = {
        (q.sentence, int(q.right.sum())) for q in questions("set", ["a", "b"], said, "without")
    }
    assert found == {("a without b", 30), ("b without a", 20)}
    (both,) = questions("set", ["a", "b"], said, "and")
    assert both.right.nonzero()[0].tolist() == list(range(30, 40))
    said[39] = False
    assert not list(questions("set", ["a", "b"], said, "and"))


def test_parts_beat_the_sentence_where_no_is_not_heard():
    names = {"a": np.eye(3)[0], "b": np.eye(3)[1], "a without b": np.array([0.7, 0.7, 0.0])}
    images = np.array([[0.7, 0.7, 0]] * 10 + [[0.8, 0, 0.6]] * 12)
    said = np.stack([np.ones(22, bool), np.arange(22) < 10], axis=1)
    (asked,) = questions("set", ["a", "b"], said, "without")
    found = {name: first_right(way(images, asked), asked.right)
             for name, way in ways("without", names.__getitem__).items()}  # fmt: skip
    assert found["as it stands"] == 0
    assert found["as the search reads it"] == 1
