"""What a search says of its hits: how likely they are right, and whether anything fits."""

from __future__ import annotations

import csv
import json
import shutil

import geopandas
import numpy as np
import pytest

from cmpagl_model import open_index
from cmpagl_model.errors import QueryError
from cmpagl_model.index import build_index
from cmpagl_model.model_folder import RELEVANCE, WORDS, find_model
from cmpagl_model.search import Examples, PointPlace
from cmpagl_model.search.judge import SAMPLE, background
from cmpagl_model.search.output import geojson_text, json_text, write_hits
from tests.conftest import make_scene as painted
from tiling import ChipSpec

pytestmark = pytest.mark.weights

NOT_HERE = (
    "a stapler and a toothbrush", "eine Kirche neben einem Park", "xvbq wrtz plmk", "?!",
    "公园里的湖",
    "a lecture about grammar",
)  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory, encoder):
    """An index of painted blocks: nobody would call them anything."""
    folder = tmp_path_factory.mktemp("town")
    scene = painted.__wrapped__(folder)("town.tif")
    spec = ChipSpec(ground_sizes_m=(100.0,))
    build_index([str(scene)], folder / "town.cmpagl", encoder, spec)
    return folder / "town.cmpagl"


@pytest.fixture(scope="module")
def waterfront(tmp_path_factory, encoder, real_scenes):
    """An index of a canal with boats and factories."""
    folder = tmp_path_factory.mktemp("waterfront") / "town.cmpagl"
    scene = real_scenes / "nl_waterfront_industry_025m.tif"
    build_index([str(scene)], folder, encoder, ChipSpec(ground_sizes_m=(100.0,)))
    return folder


@pytest.fixture
def model_copy(tmp_path):
    """The shipped model as a folder of one's own."""
    folder = tmp_path / "model"
    folder.mkdir()
    for file in find_model().path.iterdir():
        (folder / file.name).symlink_to(file)
    return folder


@pytest.mark.parametrize("sentence", NOT_HERE)
def test_nothing_fits_and_the_nearest_are_listed_all_the_same(town, sentence):
    answer = open_index(town).search(sentence, 5)
    assert not answer.found
    assert sentence in answer.notice
    assert len(answer.hits) > 1
    assert all(0 <= hit.relevance < answer.cutoff for hit in answer.hits)


@pytest.mark.scenes
def test_what_is_there_is_found(waterfront):
    opened = open_index(waterfront)
    said = (
        "boats on a canal", "a canal", "large grey roofs", "a parking lot with cars",
        "a curved road", "boats beside buildings",
    )  # fmt: skip
    answers = [opened.search(sentence, 5) for sentence in said]
    assert sum(answer.found for answer in answers) >= len(said) / 2
    for answer in answers:
        assert (answer.notice == "") == answer.found
        assert (answer.hits[0].relevance >= answer.cutoff) == answer.found


@pytest.mark.scenes
@pytest.mark.parametrize("sentence", NOT_HERE)
def test_what_is_not_there_is_not_found_on_a_real_scene(waterfront, sentence):
    assert not open_index(waterfront).search(sentence, 5).found


def test_relevance_falls_with_the_score_and_says_the_same_however_many_are_asked_for(town):
    opened = open_index(town)
    many = opened.search("a road beside a river", 20, merge=False)
    relevance = [hit.relevance for hit in many.hits]
    assert relevance == sorted(relevance, reverse=True)
    one = opened.search("a road beside a river", 1)
    assert one.hits[0].relevance == pytest.approx(relevance[0], abs=1e-6)
    assert (one.found, one.cutoff) == (many.found, pytest.approx(many.cutoff, abs=1e-6))


def test_a_least_relevance_cuts_and_says_so_where_nothing_is_left(town):
    opened = open_index(town)
    every = opened.search("some green trees", 20)
    middle = sorted(hit.relevance for hit in every.hits)[len(every.hits) // 2]
    some = opened.search("some green trees", 20, min_relevance=middle)
    assert [hit.window for hit in some.hits] == [
        hit.window for hit in every.hits if hit.relevance >= middle
    ]
    assert [hit.rank for hit in some.hits] == list(range(1, len(some.hits) + 1))
    none = opened.search("some green trees", 20, min_relevance=1.0)
    assert none.hits == ()
    assert not none.found
    assert "some green trees" in none.notice


@pytest.mark.parametrize("least", [-0.1, 1.5, float("nan")])
def test_a_least_relevance_that_is_no_probability_is_refused(town, least):
    with pytest.raises(QueryError, match="wanted a probability"):
        open_index(town).search("a road", min_relevance=least)


@pytest.mark.parametrize("rerank", ["smr", "fusion"])
def test_reranked_hits_have_the_relevance_of_their_score(town, rerank):
    opened = open_index(town)
    plain = {hit.window: hit.relevance for hit in opened.search("a road", 1000).hits}
    for hit in opened.search("a road", 5, rerank=rerank).hits:
        assert hit.relevance == pytest.approx(plain[hit.window], abs=1e-6)


def test_examples_have_no_relevance(town):
    opened = open_index(town)
    west, south, east, north = opened.table.bounds(np.array([0]))[0]
    place = Examples((PointPlace((west + east) / 2, (south + north) / 2),))
    for query in (None, "a stapler"):
        answer = opened.similar(place, query)
        assert (answer.found, answer.notice, answer.cutoff) == (True, "", None)
        assert all(hit.relevance is None for hit in answer.hits)


def test_a_model_without_calibration_searches_as_ever(town, model_copy):
    (model_copy / RELEVANCE).unlink(missing_ok=True)
    opened = open_index(town, model=str(model_copy))
    answer = opened.search("a stapler", 3)
    assert (answer.found, answer.notice, answer.cutoff) == (True, "", None)
    assert answer.problems == ()
    assert [hit.relevance for hit in answer.hits] == [None] * 3
    assert "relevance" not in json_text(answer)
    with pytest.raises(QueryError, match="gives no relevance"):
        opened.search("a stapler", min_relevance=0.5)


def test_a_calibration_of_other_weights_does_not_count(town, model_copy):
    page = json.loads((model_copy / RELEVANCE).read_text())
    (model_copy / RELEVANCE).unlink()
    (model_copy / RELEVANCE).write_text(json.dumps({**page, "model": "0" * 64}))
    answer = open_index(town, model=str(model_copy)).search("a stapler", 3)
    assert (answer.cutoff, answer.problems) == (None, ())


@pytest.mark.parametrize("name", [RELEVANCE, WORDS])
def test_a_damaged_calibration_is_told_and_the_search_goes_on(town, model_copy, name):
    content = (model_copy / name).read_bytes()
    (model_copy / name).unlink()
    (model_copy / name).write_bytes(b"{" + content[: len(content) // 2])
    answer = open_index(town, model=str(model_copy)).search("a stapler", 3)
    assert len(answer.hits) == 3
    assert answer.cutoff is None
    (problem,) = answer.problems
    assert "next:" in str(problem)


def test_files_carry_relevance(town, tmp_path):
    answer = open_index(town).search("a stapler", 4)
    page = json.loads(json_text(answer))
    assert page["found"] is False
    assert page["notice"] == answer.notice
    wanted = [round(hit.relevance, 6) for hit in answer.hits]
    assert [hit["relevance"] for hit in page["hits"]] == wanted
    page = json.loads(geojson_text(answer))
    assert (page["found"], page["notice"]) == (False, answer.notice)
    for ending in (".geojson", ".gpkg", ".fgb", ".parquet", ".csv"):
        path = tmp_path / f"hits{ending}"
        write_hits(answer, path)
        if ending == ".csv":
            with path.open(encoding="utf-8", newline="") as stream:
                found = [float(row["relevance"]) for row in csv.DictReader(stream)]
        else:
            read = geopandas.read_parquet if ending == ".parquet" else geopandas.read_file
            found = read(path).sort_values("rank")["relevance"].tolist()
        assert found == pytest.approx(wanted)


def test_a_background_is_a_few_runs_from_all_over_and_the_same_each_time():
    rows = np.random.default_rng(0).normal(size=(50_000, 8)).astype(np.float16)
    rows[:, 0] = np.arange(50_000) / 50_000
    found = background(rows)
    assert len(found) == SAMPLE
    np.testing.assert_array_equal(found, background(rows))
    assert found[:, 0].min() == 0
    assert found[:, 0].max() > 0.999
    assert len(background(rows[:10])) == 10
    rows[3] = np.nan
    assert len(background(rows[:10])) == 9


def test_a_copied_folder_says_the_same(town, tmp_path):
    folder = tmp_path / "whole"
    shutil.copytree(find_model().path, folder)
    mine = open_index(town, model=str(folder)).search("a road", 3)
    assert mine.hits == open_index(town).search("a road", 3).hits
