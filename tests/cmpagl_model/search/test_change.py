"""Changes between two painted scenes: what appeared is found, copies of a scene stay silent."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import geopandas
import numpy as np
import pytest
from PIL import Image

from cmpagl_model.errors import OutputError, QueryError
from cmpagl_model.index import build_index
from cmpagl_model.search import open_index
from cmpagl_model.search.change import find_changes
from cmpagl_model.search.change_output import write_changes, write_pairs, write_sheet
from tests.conftest import make_scene
from tiling import ChipSpec

X, Y = 600_000, 5_700_000
LAKE = (300, 340)
"""Middle of the lake, px of the whole scene."""


def country(*, lake):
    """Woods in many greens, ``(3, 520, 520)`` uint8; a round dark lake in it, or none."""
    dice = np.random.default_rng(5)
    blocks = dice.integers(-18, 18, (1, 65, 65)).repeat(8, axis=1).repeat(8, axis=2)
    base = np.array([52, 84, 44])[:, None, None] + blocks + dice.integers(-9, 9, (3, 520, 520))
    if lake:
        y, x = np.indices((520, 520))
        water = ((x - LAKE[0]) / 78) ** 2 + ((y - LAKE[1]) / 62) ** 2 < 1
        shore = ((x - LAKE[0]) / 88) ** 2 + ((y - LAKE[1]) / 71) ** 2 < 1
        base[:, shore] = np.array([150, 140, 110])[:, None]
        base[:, water] = np.array([18, 42, 66])[:, None] + dice.integers(-3, 3, (3, water.sum()))
    return np.clip(base, 1, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def pair(tmp_path_factory, encoder):
    """Three dates of one place, each on a grid of its own; the lake is there in the third."""
    folder = tmp_path_factory.mktemp("change")
    make = make_scene.__wrapped__(folder)
    first = country(lake=False)
    make("d1.tif", pixels=first, corner=(X, Y))
    make("d2.tif", pixels=first[:, 11:, 17:], corner=(X + 17, Y - 11))
    make("d3.tif", pixels=country(lake=True)[:, 5:, 3:], corner=(X + 3, Y - 5))
    make("far.tif", pixels=first, corner=(X + 50_000, Y))
    index = folder / "place.cmpagl"
    build_index([str(folder / "*.tif")], index, encoder, ChipSpec(ground_sizes_m=(200.0,)))
    return SimpleNamespace(index=index, folder=folder, opened=open_index(index))


def test_a_lake_that_appeared_is_found_where_it_is(pair):
    found = find_changes(pair.opened, "a lake", before=["d1"], after=["d3"])
    assert found.changes
    assert found.notice == ""
    best = found.changes[0]
    assert Path(best.before_scene).name == "d1.tif"
    assert best.change == pytest.approx(best.after.relevance - best.before.relevance)
    assert best.after.score > best.before.score + 0.05
    own, theirs = best.after_window, best.before_window
    middle = (own.col + own.width / 2 + 3, own.row + own.height / 2 + 5)
    assert np.abs(np.subtract(middle, LAKE)).max() < 100
    assert (theirs.col - own.col, theirs.row - own.row) == (3, 5)
    assert [one.rank for one in found.changes] == list(range(1, len(found.changes) + 1))
    rises = [one.change for one in found.changes]
    assert rises == sorted(rises, reverse=True)
    assert len(find_changes(pair.opened, "a lake", before=["d1"], after=["d3"], k=1).changes) == 1


def test_what_was_there_before_counts_too(pair):
    both = find_changes(pair.opened, "a lake", was="a forest", before=["d1"], after=["d3"])
    for one in both.changes:
        gain = one.after.relevance - one.before.relevance
        loss = one.was_before.relevance - one.was_after.relevance
        assert one.change == pytest.approx(min(gain, loss))
    wrong = find_changes(pair.opened, "a lake", was="an airport", before=["d1"], after=["d3"])
    assert not wrong.changes
    assert "where there was 'an airport'" in wrong.notice


@pytest.mark.parametrize("query", ["a lake", "a forest", "houses", "green trees", "bare land"])
def test_a_shifted_copy_has_no_change(pair, query):
    for before, after in (("d1", "d2"), ("d2", "d1")):
        found = find_changes(pair.opened, query, before=[before], after=[after], min_difference=0)
        assert found.looked_at
        assert not found.changes
        assert found.notice.startswith(f"no place became '{query}'")


def test_quotation_marks_round_a_sentence_change_nothing(pair):
    plain, quoted = (
        find_changes(pair.opened, query, was=was, before=["d1"], after=["d3"])
        for query, was in (("a lake", "a forest"), ('"a lake"', "\u201ea forest\u201c"))
    )
    assert quoted == plain


def test_a_lake_that_went_is_none_that_came(pair):
    assert not find_changes(pair.opened, "a lake", before=["d3"], after=["d1"]).changes


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"before": ["d9"], "after": ["d3"]}, "found no earlier scene called d9"),
        ({"before": ["d1"], "after": []}, "found no later scene called anything"),
        ({"before": ["d*"], "after": ["d3"]}, "as the earlier and the later scene"),
        ({"before": ["far"], "after": ["d3"]}, "wanted two scenes of one place"),
        ({"before": ["d1"], "after": ["d3"], "k": 0}, "found k = 0"),
        ({"before": ["d1"], "after": ["d3"], "was": " "}, "found an empty query"),
    ],
)
def test_what_cannot_be_compared_is_refused(pair, wish, words):
    with pytest.raises(QueryError, match=words):
        find_changes(pair.opened, "a lake", **wish)


def test_an_earlier_scene_that_is_gone_is_told(pair):
    place, aside = pair.folder / "d1.tif", pair.folder / "aside"
    place.rename(aside)
    try:
        found = find_changes(pair.opened, "a lake", before=["d1"], after=["d3"])
    finally:
        aside.rename(place)
    assert not found.changes
    assert [problem.path for problem in found.problems] == [str(place)]


def test_files_say_what_was_and_what_is(pair, tmp_path):
    found = find_changes(pair.opened, "a lake", before=["d1"], after=["d3"], k=2)
    pairs = write_pairs(pair.opened, found, tmp_path / "pictures")
    write_changes(found, tmp_path / "new.gpkg", pairs)
    frame = geopandas.read_file(tmp_path / "new.gpkg")
    assert frame["change"].tolist() == pytest.approx(
        [one.change for one in found.changes], abs=1e-6
    )
    assert frame["relevance_after"][0] == pytest.approx(found.changes[0].after.relevance, abs=1e-6)
    assert "was_before" not in frame
    assert frame.geometry[0].equals_exact(found.changes[0].geometry, 1e-7)
    seen = np.asarray(Image.open(frame["picture"][0]))
    before, after = seen[:, :220].mean(axis=(0, 1)), seen[:, 224:].mean(axis=(0, 1))
    assert after[2] > before[2] + 3  # bluer
    write_sheet(pair.opened, found, tmp_path / "new.png")
    assert Image.open(tmp_path / "new.png").width > 440
    none = find_changes(pair.opened, "a lake", before=["d1"], after=["d2"])
    write_changes(none, tmp_path / "none.geojson")
    assert len(geopandas.read_file(tmp_path / "none.geojson")) == 0
    with pytest.raises(OutputError, match="found the ending"):
        write_changes(found, tmp_path / "new.tif")
