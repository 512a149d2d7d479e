"""Ways are asked in turn, in both orders; slow ones are asked less."""

import time

import numpy as np

from benchmarks.timing import FEWEST, paired, quartiles, rate_row, timed_row, times_ms


def test_both_orders_occur_and_each_question_is_asked_of_all():
    asked = []
    ways = [lambda n, way=way: asked.append((way, n)) for way in "ab"]
    times_ms(ways, questions=3, rounds=2)
    asked = asked[2:]  # after the first call of each
    pairs = [asked[at : at + 2] for at in range(0, len(asked), 2)]
    assert all({way for way, _ in pair} == {"a", "b"} for pair in pairs)
    assert all(pair[0][1] == pair[1][1] for pair in pairs)
    assert {pair[0][0] for pair in pairs} == {"a", "b"}
    assert len(pairs) == 6


def test_times_by_ours_are_those_of_sleeping():
    ways = [lambda _: time.sleep(0.004), lambda _: time.sleep(0.2)]
    ours, theirs = paired(ways, questions=3, rounds=2)
    row = timed_row("search", "asleep", ours, theirs, against="long asleep")
    assert row.median >= 4
    assert row.ratio_low <= row.ratio <= row.ratio_high
    assert row.ratio > 1
    assert row.theirs > row.median
    assert timed_row("search", "alone", ours).ratio is None


def test_a_rate_is_better_than_a_lower_one():
    row = rate_row("tiling", "chips", [4.0, 6.0, 8.0], [2.0, 2.0, 4.0], unit="chips/s", against="x")
    assert (row.median, row.theirs, row.ratio, row.better) == (6.0, 2.0, 2.0, "higher")


def test_a_slow_way_is_asked_fewer_questions():
    asked = []

    def slow(n):
        asked.append(n)
        time.sleep(0.01)

    paired([slow], questions=40, rounds=3, seconds=0.01)
    assert set(asked) == set(range(FEWEST))
    # the first call, the one timed, and in each of two rounds one before the clock and one by it
    assert len(asked) == 2 + 2 * 2 * FEWEST


def test_quartiles_in_the_order_of_a_row():
    assert quartiles([1.0, 2.0, 3.0, 4.0, 5.0]) == (3.0, 2.0, 4.0)
    assert times_ms([lambda _: None], 4).shape == (1, 4)
    assert np.isfinite(times_ms([lambda _: None], 4)).all()
