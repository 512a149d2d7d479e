"""A row says what was measured, and whether what was set is reached."""

import pytest

from benchmarks.record import ABSENT, Row


def row(**fields):
    return Row("search", "search, 1,000 chips", "ms", **{"median": 10.0, **fields})


@pytest.mark.parametrize(
    ("fields", "reached"),
    [
        ({}, None),
        ({"limit": 10.0}, True),
        ({"limit": 9.9}, False),
        ({"limit": 10.1, "better": "higher"}, False),
        ({"against": "peer", "ratio": 2.0, "wanted_ratio": 2.0}, True),
        ({"against": "peer", "ratio": 1.9, "wanted_ratio": 2.0}, False),
        ({"against": "peer", "ratio": 3.0, "wanted_ratio": 2.0, "limit": 9.0}, False),
        ({"against": "peer", "wanted_ratio": 2.0, "median": None, "note": ABSENT}, None),
    ],
)
def test_medians_decide_what_is_reached(fields, reached):
    assert row(**fields).reached is reached


def test_a_peer_is_ahead_below_one():
    assert row(against="peer", ratio=0.99).behind
    assert not row(against="peer", ratio=1.0).behind
    assert not row(against="peer").behind


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"better": "more"}, "wanted one of lower, higher"),
        ({"median": None}, "no note says why"),
        ({"wanted_ratio": 2.0}, "names no peer"),
    ],
)
def test_rows_that_say_nothing_are_refused(fields, said):
    with pytest.raises(ValueError, match=said):
        row(**fields)
