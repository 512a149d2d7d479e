"""Queries as files, and what a watch calls new."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from PIL import Image
from shapely.geometry import box

from cmpagl_model.errors import OutputError, QueryError
from cmpagl_model.index import build_index
from cmpagl_model.index.rebuild import rebuild_index
from cmpagl_model.search import (
    ChipPlace,
    Examples,
    Filter,
    PointPlace,
    SavedQuery,
    open_index,
    watch,
)
from cmpagl_model.search.examples import Picture
from cmpagl_model.search.saved import page_of_query, read_query, write_query
from cmpagl_model.search.watch import keep, record_of
from cmpagl_model.search.weighted import Weighted
from tests.conftest import make_scene as painted
from tiling import ChipSpec, Window

SPEC = ChipSpec(ground_sizes_m=(200.0,))


@pytest.fixture(scope="module")
def scenes(tmp_path_factory, encoder):
    """Two scenes, and an index of the first."""
    folder = tmp_path_factory.mktemp("watched")
    make = painted.__wrapped__(folder)
    make("one.tif", seed=1)
    make("two.tif", seed=2, corner=(601_000, 5_700_000))
    build_index([str(folder / "one.tif")], folder / "town.cmpagl", encoder, SPEC)
    return folder


@pytest.fixture
def town(scenes, tmp_path):
    """A copy of both that a test may change."""
    shutil.copytree(scenes / "town.cmpagl", tmp_path / "town.cmpagl")
    return tmp_path / "town.cmpagl"


def saved(path, **fields):
    write_query(SavedQuery("a road", **fields), path)
    return path


def look(index, path):
    found = watch(open_index(index), path)
    keep(found, path)
    return [(hit.scene.rsplit("/", 1)[-1], hit.window) for hit in found.answer.hits], found


def test_all_that_can_be_asked_comes_back(tmp_path):
    examples = Examples(
        like=(Picture(str(tmp_path / "quay.jpg")), Weighted(PointPlace(4.25, 51.5, 100.0), 2.0)),
        unlike=(ChipPlace("/data/west.tif", Window(3, 4, 192, 190), 150.0),),
        plus=(Weighted("cranes", 0.5),),
        minus=("parked cars",),
    )
    where = Filter((3.0, 51.0, 5.0, 52.0), box(4, 51, 4.5, 51.5), ("town_*",), (0.0, 300.0))
    asked = SavedQuery("a harbour", examples, where, k=7, min_score=0.1, merge=False)
    write_query(asked, tmp_path / "q.json")
    back = read_query(tmp_path / "q.json")
    assert back.where.within.equals(where.within)
    assert replace(back, where=where) == asked
    plain = SavedQuery("a  road ", min_relevance=0.5, rerank="smr")
    write_query(plain, tmp_path / "q.json")
    assert read_query(tmp_path / "q.json") == replace(plain, sentence="a road")


def test_a_saved_query_answers_as_a_search_does(scenes, tmp_path):
    index = open_index(scenes / "town.cmpagl")
    assert SavedQuery("a road", k=3).ask(index) == index.search("a road", 3)
    Image.new("RGB", (32, 32), (90, 90, 30)).save(tmp_path / "x.png")
    (tmp_path / "q.json").write_text(
        json.dumps({"cmpagl_query": 1, "like": [{"picture": "x.png"}], "k": 2})
    )
    want = index.similar(Examples(like=(Picture(tmp_path / "x.png"),)), k=2)
    assert read_query(tmp_path / "q.json").ask(index) == want


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ({"sentence": "a road"}, '"cmpagl_query": none, wanted 1'),
        ({"cmpagl_query": 2, "new": 1}, '"cmpagl_query": 2, wanted 1'),
        ([], "wanted 1"),
        ({"cmpagl_query": 1, "sentense": "a road"}, "unknown setting sentense"),
        ({"cmpagl_query": 1}, "found nothing to be like"),
        ({"cmpagl_query": 1, "sentence": " "}, "found an empty query"),
        ({"cmpagl_query": 1, "sentence": "no cars"}, "only what is not wanted"),
        ({"cmpagl_query": 1, "sentence": "a road^nan"}, "weight ^nan"),
        ({"cmpagl_query": 1, "sentence": "a road", "k": 0}, "found k = 0"),
        ({"cmpagl_query": 1, "sentence": "a road", "k": "3"}, "q.json.k"),
        ({"cmpagl_query": 1, "sentence": "a road", "min_relevance": 2}, "wanted a probability"),
        ({"cmpagl_query": 1, "sentence": "a road", "rerank": "best"}, "wanted one of none"),
        ({"cmpagl_query": 1, "like": [{"lon": 3}]}, "found an example that is none"),
        ({"cmpagl_query": 1, "like": [{"lon": 3, "lat": 99}]}, "found the point 3, 99"),
        ({"cmpagl_query": 1, "like": [{"picture": "a.png", "weight": 0}]}, "found the weight 0"),
        ({"cmpagl_query": 1, "plus": ["a"]}, "q.json.plus"),
        ({"cmpagl_query": 1, "sentence": "a", "plus": [{"words": "b"}], "rerank": "smr"}, "alone"),
        ({"cmpagl_query": 1, "sentence": "a", "where": {"bbox": [9, 9, 1, 1]}}, "WEST,SOUTH"),
        ({"cmpagl_query": 1, "sentence": "a", "where": {"within": {"type": "Point"}}}, "within"),
    ],
)
def test_what_is_no_query_is_told(page, said, tmp_path):
    path = tmp_path / "q.json"
    path.write_text(json.dumps(page))
    with pytest.raises(QueryError, match=r"q\.json") as refused:
        read_query(path)
    assert said in str(refused.value)


@pytest.mark.parametrize("how", [{"plain": True}, {"min_relevance": 0.5}, {"rerank": "smr"}])
def test_a_sentence_that_stands_as_it_is_may_say_only_no(how):
    assert SavedQuery("no cars", **how).sentence == "no cars"
    assert SavedQuery('"no cars"').sentence == '"no cars"'


def test_no_other_file_is_replaced(tmp_path):
    path = saved(tmp_path / "q.json")
    saved(path, k=3)
    assert read_query(path).k == 3
    path.write_text("{}")
    with pytest.raises(OutputError, match="no saved query"):
        saved(path)
    assert path.read_text() == "{}"
    with pytest.raises(OutputError, match="ending"):
        saved(tmp_path / "q.txt")


def test_only_what_is_new_is_shown(scenes, town, encoder, tmp_path):
    path = saved(tmp_path / "q.json", min_relevance=0.0, merge=False)
    first, found = look(town, path)
    assert len(first) == len(open_index(town).table)
    assert found.known == 0
    assert look(town, path)[0] == []
    build_index([str(scenes / "two.tif")], town, encoder)
    second, found = look(town, path)
    assert {scene for scene, _ in second} == {"two.tif"}
    assert found.known == len(first)
    assert [hit.rank for hit in found.answer.hits] == [*range(1, len(second) + 1)]
    assert look(town, path)[0] == []


def test_a_look_that_is_not_kept_shows_the_same_again(town, tmp_path):
    path = saved(tmp_path / "q.json", min_relevance=0.0)
    one, two = (watch(open_index(town), path) for _ in range(2))
    assert one.answer.hits
    assert one == two
    assert not record_of(path).exists()


def test_only_what_was_shown_counts_where_the_index_grew_meanwhile(scenes, town, encoder, tmp_path):
    path = saved(tmp_path / "q.json", min_relevance=0.0, merge=False)
    first = watch(open_index(town), path).answer.hits
    shown = [ChipPlace(hit.scene, hit.window, hit.ground_m) for hit in first]
    build_index([str(scenes / "two.tif")], town, encoder)
    gone = ChipPlace("/gone.tif", first[0].window, first[0].ground_m)
    keep(watch(open_index(town), path, shown=[*shown, gone]), path)
    second, found = look(town, path)
    assert {scene for scene, _ in second} == {"two.tif"}
    assert found.known == len(first)


def test_two_watches_at_once_lose_nothing_of_each_other(scenes, town, encoder, tmp_path):
    path = saved(tmp_path / "q.json", min_relevance=0.0)
    early = watch(open_index(town), path)
    build_index([str(scenes / "two.tif")], town, encoder)
    assert look(town, path)[0]
    keep(early, path)
    assert look(town, path)[0] == []


def test_rebuilt_indexes_moved_scenes_and_other_orders_bring_nothing_new(
    scenes, town, encoder, tmp_path
):
    path = saved(tmp_path / "q.json", min_relevance=0.0)
    build_index([str(scenes / "two.tif")], town, encoder)
    assert look(town, path)[0]
    rebuild_index([], town, encoder)
    assert look(town, path)[0] == []
    shutil.copytree(scenes, tmp_path / "moved", ignore=shutil.ignore_patterns("*.cmpagl"))
    for name in ("two", "one"):
        build_index([str(tmp_path / "moved" / f"{name}.tif")], tmp_path / "m.cmpagl", encoder, SPEC)
    assert look(tmp_path / "m.cmpagl", path)[0] == []


def test_a_scene_whose_file_changed_is_new(encoder, tmp_path):
    make = painted.__wrapped__(tmp_path)
    scene, index = make("cam.tif", seed=5), tmp_path / "cam.cmpagl"
    build_index([str(scene)], index, encoder, SPEC)
    path = saved(tmp_path / "q.json", min_relevance=0.0)
    assert look(index, path)[0]
    make("cam.tif", seed=6)
    build_index([str(scene)], index, encoder)
    assert look(index, path)[0]


def test_what_counts_as_a_match(town, tmp_path):
    index = open_index(town)
    all_of_it = index.search("a road", 1000)
    least = all_of_it.hits[2].score
    assert len(look(town, saved(tmp_path / "a.json", min_score=least, k=1))[0]) == 3
    cut = [hit for hit in all_of_it.hits if hit.relevance >= all_of_it.cutoff]
    assert len(look(town, saved(tmp_path / "b.json", k=1))[0]) == len(cut)
    best = ChipPlace(all_of_it.hits[0].scene, all_of_it.hits[0].window, 200.0)
    write_query(SavedQuery(examples=Examples(like=(best,)), k=2), tmp_path / "c.json")
    assert len(look(town, tmp_path / "c.json")[0]) == 2
    assert look(town, tmp_path / "c.json")[0] == []


def test_a_changed_query_starts_anew_and_says_so(town, tmp_path):
    path = saved(tmp_path / "q.json", min_relevance=0.0)
    first, _ = look(town, path)
    saved(path, min_relevance=0.0, where=Filter(ground_m=(0.0, 900.0)))
    again, found = look(town, path)
    assert again == first
    assert "has changed" in found.note


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"cmpagl_watch": 2, "query": "", "seen": []}',
             '{"cmpagl_watch": 1, "query": "", "seen": [3]}', '{"cmpagl_watch": 1}'],
)  # fmt: skip
def test_a_damaged_record_is_told_and_left(text, town, tmp_path):
    path = saved(tmp_path / "q.json")
    record_of(path).write_text(text)
    with pytest.raises(QueryError, match=r"q\.watch\.json: found a damaged record.*delete it"):
        watch(open_index(town), path)
    assert record_of(path).read_text() == text


def test_the_file_says_no_more_than_was_asked():
    assert page_of_query(SavedQuery("a road")) == {
        "cmpagl_query": 1, "sentence": "a road", "k": 20
    }  # fmt: skip
