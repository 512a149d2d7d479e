"""Groups of codes: every chip in one of them, and what is said of each is so."""

from __future__ import annotations

import numpy as np
import pytest

from cmpagl_model.table.groups import (
    OUTLIER_SHARE,
    count_of_groups,
    fit_centroids,
    grouped,
    nearest,
)

CODES, SIZE, GROUPS = 6000, 12, 32


@pytest.fixture(scope="module")
def codes():
    random = np.random.default_rng(0)
    centroids = random.integers(-90, 90, (40, SIZE))
    some = centroids[random.integers(0, 40, CODES)] + random.normal(0, 6, (CODES, SIZE))
    return np.clip(np.rint(some), -127, 127).astype(np.int8)


@pytest.fixture(scope="module")
def groups(codes):
    centroids = fit_centroids(codes, GROUPS)
    return grouped(codes, nearest(codes, centroids), GROUPS)


def test_every_row_has_one_place_and_groups_keep_the_order_of_the_table(groups):
    np.testing.assert_array_equal(groups.places[groups.order], np.arange(CODES))
    assert len(groups.starts) == GROUPS + 2
    assert (groups.starts[0], groups.starts[-1]) == (0, CODES)
    for start, stop in zip(groups.starts, groups.starts[1:], strict=False):
        assert (np.diff(groups.order[start:stop]) > 0).all()


def test_centroids_and_variances_are_those_of_the_codes(codes, groups):
    centroids = fit_centroids(codes, GROUPS)
    labels = nearest(codes, centroids)
    assert len(np.unique(labels)) > GROUPS / 2
    for number in np.unique(labels):
        own = codes[labels == number].astype(float)
        np.testing.assert_allclose(groups.centroids[number], own.mean(axis=0), rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(groups.variances[number], own.var(axis=0), rtol=1e-4)


def test_the_nearest_middle_is_the_nearest(codes):
    centroids = fit_centroids(codes, GROUPS)
    away = ((codes[:500, None].astype(float) - centroids) ** 2).sum(axis=2)
    own = away[np.arange(500), nearest(codes[:500], centroids)]
    np.testing.assert_allclose(own, away.min(axis=1), rtol=1e-6)


def test_what_is_like_nothing_else_is_a_stray(codes):
    odd = codes.copy()
    odd[::600] = np.random.default_rng(1).choice([-127, 127], (10, SIZE))
    groups = grouped(odd, nearest(codes, fit_centroids(codes, GROUPS)), GROUPS)
    strays = groups.order[groups.starts[GROUPS] :]
    assert len(strays) == int(OUTLIER_SHARE * CODES)
    assert np.isin(np.arange(0, CODES, 600), strays).all()


def test_the_same_codes_give_the_same_groups(codes, groups):
    again = grouped(codes, nearest(codes, fit_centroids(codes, GROUPS)), GROUPS)
    for name in ("starts", "centroids", "variances", "order", "places"):
        np.testing.assert_array_equal(getattr(again, name), getattr(groups, name))


def test_chips_that_are_all_equal_make_no_trouble():
    same = np.full((500, SIZE), 7, np.int8)
    groups = grouped(same, nearest(same, fit_centroids(same, 16)), 16)
    assert np.isfinite(groups.centroids).all()
    assert (groups.variances > 0).all()
    assert sorted(groups.order.tolist()) == list(range(500))


def test_a_group_has_about_as_many_chips_as_there_are_groups():
    assert [count_of_groups(10**n) for n in (5, 6, 7, 8)] == [256, 1024, 4096, 8192]
