"""Finding the best among many by codes: the same as comparing all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmpagl_model.search import probe, scan, shortlist
from cmpagl_model.search.ranking import cosine_scores
from cmpagl_model.table.codes import Coded, coded_embeddings, fit_codes
from cmpagl_model.table.groups import fit_centroids, grouped, nearest
from cmpagl_model.table.halves import singles
from tests.cmpagl_model.index.embedded import clustered

SIZE = 96


def units(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


@pytest.fixture(scope="module")
def embeddings():
    return units(clustered(30_000, SIZE))


def in_groups(coded, count=64):
    labels = nearest(coded.codes, fit_centroids(coded.codes, count))
    groups = grouped(coded.codes, labels, count)
    return Coded(coded.book, coded.codes[groups.order], groups)


@pytest.fixture(scope="module")
def in_order(embeddings):
    return coded_embeddings(embeddings)


@pytest.fixture(scope="module", params=[False, True], ids=["in order", "in groups"])
def coded(in_order, request):
    return in_groups(in_order) if request.param else in_order


def queries(count, seed=1, away=0.0):
    """Unit vectors near the embeddings, or some way off their cloud, as sentences are."""
    found = singles(units(clustered(count, SIZE, seed)))
    off = np.random.default_rng(seed).standard_normal(SIZE) * away
    return [vector / np.linalg.norm(vector) for vector in found + off.astype(np.float32)]


def queries_of(size, count, seed):
    found = np.random.default_rng(seed).standard_normal((count, size)).astype(np.float32)
    return list(found / np.linalg.norm(found, axis=1, keepdims=True))


def find(coded, embeddings, rows, vector, wanted):
    return shortlist.shortlist(
        coded, rows, vector, wanted, lambda some: cosine_scores(embeddings, some, vector)
    )


def exact(embeddings, rows, vector):
    rows = np.asarray(rows)
    scores = cosine_scores(embeddings, rows, vector)
    order = np.argsort(-scores, kind="stable")
    return rows[order], scores[order]


def test_every_half_becomes_the_same_single():
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    for some in (halves[np.isfinite(halves)], halves, halves[:0], halves[:60].reshape(2, 3, 10)):
        wanted = some.astype(np.float32)
        np.testing.assert_array_equal(singles(some), wanted)
        np.testing.assert_array_equal(np.signbit(singles(some)), np.signbit(wanted))


def test_stored_vectors_that_are_no_numbers_come_last(embeddings):
    harmed = embeddings.copy()
    harmed[::2000] = np.nan
    coded = coded_embeddings(harmed)
    for vector in queries(3):
        short = find(coded, harmed, range(len(harmed)), vector, 100)
        best, _ = exact(harmed, range(len(harmed)), vector)
        assert len(np.intersect1d(short.rows[:100], best[:100])) >= 99
        assert np.isfinite(short.scores).all()


@given(st.integers(0, 70), st.sampled_from([1, 3, 16, 32, 64]), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_both_libraries_give_the_same_products(count, size, seed):
    library = scan.library()
    if library is None:
        pytest.skip("NumKong is not installed; numpy alone is used")
    random = np.random.default_rng(seed)
    codes = random.integers(-127, 128, (count, size), dtype=np.int8)
    weights = random.integers(-127, 128, size, dtype=np.int8)
    wanted = codes.astype(np.int64) @ weights.astype(np.int64)
    for fill in (scan.by_numpy(weights), scan.by_numkong(library, weights)):
        found = np.empty(count, np.int32)
        fill(found, codes)
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("count", [1, 399_998, 400_003])
def test_threads_share_the_codes(count, threads, monkeypatch):
    monkeypatch.setattr(scan, "threads", lambda: threads)
    random = np.random.default_rng(count)
    codes = random.integers(-127, 128, (count, 8), dtype=np.int8)
    wanted = codes.astype(np.int64) @ codes[0].astype(np.int64)
    np.testing.assert_array_equal(scan.products(codes, codes[0]), wanted)


def test_the_largest_products_fit():
    codes = np.full((scan.BLOCK + 3, 64), -127, np.int8)
    wanted = np.full(len(codes), 64 * 127 * 127, np.int32)
    np.testing.assert_array_equal(scan.products(codes, codes[0]), wanted)


@pytest.mark.parametrize("away", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("wanted", [1, 20, 100, 1000])
def test_the_best_are_found(coded, embeddings, wanted, away):
    rows, found = range(len(embeddings)), 0
    asked = queries(10, away=away)
    for vector in asked:
        best, scores = exact(embeddings, rows, vector)
        short = find(coded, embeddings, rows, vector, wanted)
        assert len(short.rows) >= wanted
        found += len(np.intersect1d(short.rows[:wanted], best[:wanted]))
        np.testing.assert_array_equal(short.scores, cosine_scores(embeddings, short.rows, vector))
        assert (np.diff(short.scores) <= 0).all()
        assert short.scores[0] == pytest.approx(scores[0], abs=1e-6)
    assert found >= 0.995 * wanted * len(asked)


def test_no_library_no_difference(coded, embeddings, monkeypatch):
    rows = range(len(embeddings))
    with_library = [find(coded, embeddings, rows, vector, 50) for vector in queries(5)]
    monkeypatch.setattr(scan, "library", lambda: None)
    for vector, before in zip(queries(5), with_library, strict=True):
        after = find(coded, embeddings, rows, vector, 50)
        np.testing.assert_array_equal(after.rows, before.rows)
        np.testing.assert_array_equal(after.scores, before.scores)


@given(st.integers(1, 400), st.integers(1, 30), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_small_cases_are_exact_in_order(count, wanted, seed):
    random = np.random.default_rng(seed)
    few = units(random.integers(-2, 3, (count, 4)) + 0.25)  # many equal ones: ties
    vector = singles(units(random.standard_normal((1, 4))))[0]
    rows = np.flatnonzero(random.random(count) < 0.7)
    coded = Coded(book := fit_codes(few), book.encode(few)) if count > 1 else None
    short = find(coded, few, rows, vector, wanted)
    best, scores = exact(few, rows, vector)
    assert short.complete
    np.testing.assert_array_equal(short.rows, best)
    np.testing.assert_array_equal(short.scores, scores)


@pytest.mark.parametrize(
    "arranged", [lambda coded: coded, in_groups], ids=["in order", "in groups"]
)
def test_equal_chips_keep_the_order_of_the_index(in_order, embeddings, arranged):
    twice = np.concatenate([embeddings, embeddings[:15_000]])
    codes = np.concatenate([in_order.codes, in_order.codes[:15_000]])
    double = arranged(Coded(in_order.book, codes))
    for vector in queries(5):
        short = find(double, twice, range(len(twice)), vector, 60)
        for one, other, same in zip(
            short.rows, short.rows[1:], np.diff(short.scores) == 0, strict=False
        ):
            assert not same or one < other


@pytest.mark.parametrize("share", [0.002, 0.1, 0.5, 0.9])
def test_filtered_rows_are_searched_completely(coded, embeddings, share):
    rows = np.flatnonzero(np.random.default_rng(5).random(len(embeddings)) < share)
    for vector in queries(5):
        best, _ = exact(embeddings, rows, vector)
        short = find(coded, embeddings, rows, vector, 40)
        assert np.isin(short.rows, rows).all()
        assert len(np.intersect1d(short.rows[:40], best[:40])) >= 39


def test_codes_that_say_nothing_lead_to_a_full_comparison(coded, embeddings):
    noise = np.random.default_rng(0).integers(-127, 128, coded.codes.shape, dtype=np.int8)
    for vector in queries(3):
        best, _ = exact(embeddings, range(len(embeddings)), vector)
        short = find(replace(coded, codes=noise), embeddings, range(len(embeddings)), vector, 20)
        assert short.complete
        np.testing.assert_array_equal(short.rows, best)


def test_coarse_codes_are_looked_through_deeper(embeddings):
    book = fit_codes(embeddings)
    coarse = replace(book, axes=book.axes[:, :8].copy())
    compared = {}
    for name, one in (("fine", book), ("coarse", coarse)):
        rows = []
        vector = queries(1)[0]

        def score(some, rows=rows, vector=vector):
            rows.extend(some)
            return cosine_scores(embeddings, some, vector)

        coded = Coded(one, one.encode(embeddings))
        shortlist.shortlist(coded, range(len(embeddings)), vector, 50, score)
        compared[name] = len(rows)
    assert compared["coarse"] > compared["fine"]


@pytest.mark.parametrize("seed", [2371163496, 3849224384, 1083390392])
def test_thousands_of_equal_chips_hide_no_better_ones(seed):
    """Their codes are all off by the same, which says nothing about the others'."""
    random = np.random.default_rng(seed)
    points = random.standard_normal((7, 12)) * np.arange(1, 13) ** -2.5
    few = units((points + random.standard_normal(12))[random.integers(0, 7, 11_000)])
    coded = Coded(book := fit_codes(few), book.encode(few))
    for vector in queries_of(12, 40, seed):
        short = find(coded, few, range(len(few)), vector, 15)
        best, _ = exact(few, range(len(few)), vector)
        np.testing.assert_array_equal(short.rows[:15], best[:15])


def test_few_groups_are_scanned_and_nothing_is_lost(monkeypatch):
    few = 0.9 ** np.arange(SIZE)  # directions that count, as in real embeddings
    embeddings, read = units(clustered(30_000, SIZE) * few), []
    in_order = coded_embeddings(embeddings)
    groups = in_groups(in_order, 512)
    scan_all = probe.products_of
    monkeypatch.setattr(
        probe, "products_of", lambda some, weights: read.extend(some) or scan_all(some, weights)
    )
    rows, asked = range(len(embeddings)), singles(embeddings[::1500])
    for vector in asked:
        whole, some = (find(one, embeddings, rows, vector, 50) for one in (in_order, groups))
        np.testing.assert_array_equal(some.rows[:50], whole.rows[:50])
    assert sum(map(len, read)) < 0.3 * len(embeddings) * len(asked)


@pytest.mark.parametrize("share", [0.01, 0.3])
def test_a_place_like_no_other_is_found_in_groups(embeddings, share):
    """Its group lies elsewhere: no mean of a group tells of it."""
    odd = embeddings.copy()
    strange = units(np.random.default_rng(9).standard_normal((20, SIZE)))
    rows = np.flatnonzero(np.random.default_rng(5).random(len(odd)) < share)
    odd[rows[:20]] = strange
    book = fit_codes(odd)
    groups = in_groups(Coded(book, book.encode(odd)))
    for row, vector in zip(rows, singles(strange), strict=False):
        for where in (rows, range(len(odd))):
            assert find(groups, odd, where, vector / np.linalg.norm(vector), 100).rows[0] == row


def test_few_chips_need_no_codes():
    assert coded_embeddings(units(clustered(500))) is None


@given(
    st.integers(2, 40), st.floats(0, 3), st.sampled_from([1, 2, 7, 1000]), st.integers(1, 3000),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_clouds_of_any_form(size, decay, different, wanted, seed):
    """Round ones, flat ones, and ones of a few points many times over."""
    random = np.random.default_rng(seed)
    stretch = np.arange(1, size + 1) ** -decay
    points = random.standard_normal((11_000, size)) * stretch + random.standard_normal(size)
    few = units(points[random.integers(0, different, len(points))] if different < 9 else points)
    coded = Coded(book := fit_codes(few), book.encode(few))
    vector = random.standard_normal(size).astype(np.float32)
    vector /= np.linalg.norm(vector)
    short = find(coded, few, range(len(few)), vector, wanted)
    best, scores = exact(few, range(len(few)), vector)
    assert len(short.rows) >= wanted
    missed = np.setdiff1d(best[:wanted], short.rows)
    assert len(missed) <= 1 + wanted // 100
    assert short.scores[0] == scores[0]
    assert (np.diff(short.scores) <= 0).all()
    ties = np.diff(short.scores) == 0
    assert (np.diff(short.rows)[ties] > 0).all()
