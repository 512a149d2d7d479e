"""The played user: what is shown, what it teaches, and how it is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from research.feedback.__main__ import FIRST, Search, Way, class_of, played


@pytest.fixture
def search():
    """Sixty pictures near to the sentence are wrong; thirty somewhat farther off are right."""
    random = np.random.default_rng(3)
    middles = np.eye(16)[[0, 1]] + 0.6 * np.eye(16)[2]
    images = np.repeat(middles, [60, 30], axis=0) + 0.15 * random.normal(size=(90, 16))
    images /= np.linalg.norm(images, axis=1, keepdims=True)
    query = np.eye(16)[0] + 0.4 * np.eye(16)[1]
    right = np.arange(90) >= 60
    return Search("set", "kind", (query / np.linalg.norm(query)), images, right)


def test_verdicts_lead_to_what_was_meant(search):
    vector, seen = played(search, Way("spread over all", pool=9))
    assert len(seen) == len(set(seen)) == 10
    assert search.share(search.query) <= search.most / 2
    assert search.share(vector) == search.most == 0.6
    unseen = ~np.isin(np.arange(90), seen)
    assert search.share(vector, unseen) == (search.right & unseen).sum() / FIRST


def test_the_best_alone_teach_nothing_where_all_are_wrong(search):
    vector, seen = played(search, Way("the best", pool=1))
    best = np.argsort(-(search.images @ search.query), kind="stable")[:10]
    assert sorted(seen) == sorted(best.tolist())
    assert not search.right[seen].any()
    _, by_rounds = played(search, Way("one by one", pool=1, rounds=10))
    assert len(set(by_rounds)) == 10
    assert np.isfinite(vector).all()


def test_classes_come_from_names():
    assert class_of("ucm", Path("100.webp")) == class_of("ucm", Path("1.webp")) == "class 1"
    assert class_of("ucm", Path("101.webp")) == "class 2"
    assert class_of("rsicd", Path("baseballfield_168.webp")) == "baseballfield"
    assert class_of("rsicd", Path("00001.webp")) == ""
