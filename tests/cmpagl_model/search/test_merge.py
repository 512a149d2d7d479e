"""Which overlapping chips are one place: the limit and the order, beside exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmpagl_model.search.merge import suppress_overlaps_in_scene


def table_of(windows, scenes=None):
    count = len(windows)
    return SimpleNamespace(
        windows=np.array(windows, np.int32).reshape(count, 4),
        scene_of=np.array(scenes if scenes is not None else [0] * count, np.int64),
    )


def kept(windows, scenes=None, wanted=100, ranked=None):
    ranked = np.arange(len(windows)) if ranked is None else np.array(ranked, np.int64)
    return suppress_overlaps_in_scene(table_of(windows, scenes), ranked, wanted).tolist()


def share(one, other):
    """Intersection over union of two windows, exactly."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    both = max(0, width) * max(0, height)
    return Fraction(both, one[2] * one[3] + other[2] * other[3] - both)


def exactly(windows, scenes, wanted, ranked):
    found = []
    for row in ranked:
        new = all(
            scenes[row] != scenes[other] or share(windows[row], windows[other]) <= Fraction(1, 5)
            for other in found
        )
        if new and len(found) < wanted:
            found.append(row)
    return found


BASE = (1000, 1000, 100, 100)


@pytest.mark.parametrize(
    ("other", "one_place"),
    [
        ((1000, 1000, 100, 100), True),  # the very same
        ((1050, 1000, 100, 100), True),  # a neighbour at the usual overlap: 0.33
        ((1000, 950, 100, 100), True),
        ((1050, 1050, 100, 100), False),  # a diagonal one: 0.14
        ((950, 1050, 100, 100), False),
        ((1025, 1025, 50, 50), True),  # inside one of twice its side: 0.25
        ((1010, 1010, 20, 20), False),  # inside a much larger one: 0.04
        ((1065, 1000, 100, 100), True),  # 0.212
        ((1067, 1000, 100, 100), False),  # 0.198
        ((1000, 935, 100, 100), True),
        ((1000, 933, 100, 100), False),
        ((1000, 1000, 100, 20), False),  # 0.2 to the pixel stays
        ((1000, 1000, 100, 21), True),
        ((1100, 1000, 100, 100), False),  # side by side
        ((1200, 1200, 100, 100), False),  # far: both distances are negative
        ((800, 800, 100, 100), False),
        ((1000, 1300, 100, 100), False),
    ],
)
def test_from_a_fifth_on_two_chips_are_one_place(other, one_place):
    assert kept([BASE, other]) == ([0] if one_place else [0, 1])
    assert kept([other, BASE]) == ([0] if one_place else [0, 1])
    assert kept([BASE, other], scenes=[0, 1]) == [0, 1]  # another scene is another place


def test_the_better_stands_for_both_and_one_that_is_dropped_drops_none():
    row = [(1000 + 50 * n, 1000, 100, 100) for n in range(5)]
    assert kept(row) == [0, 2, 4]
    assert kept(row, ranked=[1, 0, 2, 3, 4]) == [1, 3]
    assert kept(row, ranked=[4, 3, 2, 1, 0]) == [4, 2, 0]


@pytest.mark.parametrize("wanted", [0, 1, 2, 3])
def test_no_more_than_wanted(wanted):
    far = [(1000 * n, 0, 100, 100) for n in range(3)]
    assert kept(far, wanted=wanted) == list(range(wanted))


def test_the_smallest_chips_far_apart_are_two_places():
    assert kept([(0, 0, 1, 1), (5, 5, 1, 1)]) == [0, 1]
    assert kept([(5, 0, 1, 1), (0, 5, 1, 1)]) == [0, 1]
    assert kept([(0, 0, 1, 1), (1, 0, 1, 1), (3, 0, 1, 1)]) == [0, 1, 2]
    assert kept([(0, 0, 1, 1), (0, 1, 1, 1), (0, 3, 1, 1)]) == [0, 1, 2]


def test_nothing_ranked_is_nothing_kept():
    assert kept([], wanted=5) == []
    assert kept([BASE], ranked=[], wanted=5) == []


windows = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 20), st.integers(1, 20))


@given(
    st.lists(st.tuples(windows, st.integers(0, 2)), max_size=14), st.integers(0, 8), st.randoms()
)
@settings(max_examples=150, deadline=None)
def test_any_ranking_is_merged_as_exact_arithmetic_does(chips, wanted, random):
    places, scenes = [chip[0] for chip in chips], [chip[1] for chip in chips]
    ranked = list(range(len(chips)))
    random.shuffle(ranked)
    assert kept(places, scenes, wanted, ranked) == exactly(places, scenes, wanted, ranked)
