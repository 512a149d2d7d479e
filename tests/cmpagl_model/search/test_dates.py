"""Dates of scenes and of imported rows: searched between, told with hits, written into files."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone

import geopandas
import numpy as np
import pyarrow.parquet as pq
import pytest

from cmpagl_model import open_index
from cmpagl_model.cli.app import run
from cmpagl_model.errors import QueryError
from cmpagl_model.importing.importer import import_files
from cmpagl_model.index import build_index, load_chips, read_info
from cmpagl_model.index.export import export_chips
from cmpagl_model.search import ChipPlace, Examples, Filter
from cmpagl_model.search.output import geojson_page, json_text, write_hits
from cmpagl_model.server.overview import overview
from tests.cmpagl_model.importing import published
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.harm import flip, part_files
from tests.conftest import make_scene
from tiling import ChipSpec

NAMES = ("a_20190705.tif", "b_20200719T105031.tif", "c.tif")
DATES = {NAMES[0]: "2019-07-05", NAMES[1]: "2020-07-19T10:50:31Z", NAMES[2]: ""}
SPEC = ChipSpec(size_px=32, ground_sizes_m=(64.0,))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An index of three scenes: of a day, of a moment, and of a date that nobody knows."""
    place = tmp_path_factory.mktemp("dates")
    make = make_scene.__wrapped__(place)
    scenes = [
        str(make(name, 256, 192, corner=(600_000 + 1000 * n, 5_700_000), seed=n))
        for n, name in enumerate(NAMES)
    ]
    build_index(scenes, place / "x.cmpagl", CheapEncoder(), SPEC)
    return place / "x.cmpagl"


def like_the_first(index):
    table = index.table
    place = ChipPlace(table.scenes[0].path, table.window(0), float(table.ground_m[0]))
    return Examples(like=(place,))


def found(folder, **where):
    index = open_index(folder)
    return index.similar(like_the_first(index), k=10_000, where=Filter(**where), merge=False)


def scenes_of(answer):
    return {hit.scene.rpartition("/")[2] for hit in answer.hits}


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        (None, None, set(NAMES)),
        ("2019-07-05", "2019-07-05", {NAMES[0]}),
        ("2019-07-05T23:00:00Z", "2019-07-05T23:00:01Z", {NAMES[0]}),
        ("2019-07-06", None, {NAMES[1]}),
        (None, "2020-07-19T10:50:30Z", {NAMES[0]}),
        ("2020-07-19T10:50:31Z", None, {NAMES[1]}),
        ("2020-07-19T10:50:32Z", None, set()),
        ("2019", "2020", {NAMES[0], NAMES[1]}),
        ("2020-07", "2020-07", {NAMES[1]}),
        (date(2020, 7, 19), date(2020, 7, 19), {NAMES[1]}),
        (None, datetime(2020, 7, 19, 12, 50, 31, tzinfo=timezone(timedelta(hours=2))),
         {NAMES[0], NAMES[1]}),
    ],
)  # fmt: skip
def test_between_dates_inclusive(folder, first, last, wanted):
    answer = found(folder, from_date=first, to_date=last)
    assert scenes_of(answer) == wanted
    per_scene = answer.candidates // max(1, len(wanted))
    assert len(answer.hits) == answer.candidates == per_scene * len(wanted)
    everything = found(folder)
    unknown = sum(hit.scene.endswith(NAMES[2]) for hit in everything.hits)
    assert unknown
    assert answer.undated == (unknown if first or last else 0)


def test_an_index_knows_its_first_and_last_day(folder, tmp_path):
    assert open_index(folder).table.days() == ("2019-07-05", "2020-07-19")
    make = make_scene.__wrapped__(tmp_path)
    build_index([str(make("c.tif", 256, 192))], tmp_path / "c.cmpagl", CheapEncoder(), SPEC)
    assert open_index(tmp_path / "c.cmpagl").table.days() is None


def test_other_filters_go_before_what_is_said_of_unknown_dates(folder):
    assert found(folder, from_date="2019", scenes=("a*",)).undated == 0
    assert found(folder, from_date="2019", scenes=("c",)).candidates == 0


@pytest.mark.parametrize(
    "wrong", [{"from_date": "last week"}, {"to_date": "2020-13"}, {"from_date": ""},
              {"from_date": "2020-08", "to_date": "2020-07"}],
)  # fmt: skip
def test_what_is_no_date_is_refused(wrong):
    with pytest.raises(QueryError, match="wanted"):
        Filter(**wrong)


def test_hits_carry_their_date_into_all_files(folder, tmp_path):
    answer = found(folder)
    told = {hit.scene.rpartition("/")[2]: hit.datetime for hit in answer.hits}
    assert {name: date or "" for name, date in told.items()} == DATES
    pages = [json.loads(json_text(answer))["hits"]]
    pages.append([one["properties"] for one in geojson_page(answer)["features"]])
    for hits in pages:
        for hit in hits:
            assert hit.get("datetime", "") == DATES[hit["scene"].rpartition("/")[2]]
    for ending in ("geojson", "gpkg", "fgb", "parquet", "csv"):
        write_hits(answer, tmp_path / f"hits.{ending}")
        read = geopandas.read_parquet if ending == "parquet" else geopandas.read_file
        table = read(tmp_path / f"hits.{ending}")
        years = set(table["datetime"].dropna().astype(str).str[:4])
        assert years - {""} == {"2019", "2020"}


def test_all_chips_carry_their_date_into_a_file_and_parts_into_their_footer(folder, tmp_path):
    export_chips(folder, tmp_path / "chips.parquet")
    table = geopandas.read_parquet(tmp_path / "chips.parquet")
    for scene, own in table.groupby("scene"):
        assert set(own["datetime"].fillna("")) == {DATES[scene.rpartition("/")[2]]}
    said = {part.name[0]: json.loads(pq.read_metadata(part).metadata[b"emb"])["item_properties"]
            for part in part_files(folder)}  # fmt: skip
    assert said["b"]["datetime"] == "2020-07-19T10:50:31Z"
    assert said["a"]["start_datetime"] == "2019-07-05T00:00:00Z"
    assert "datetime" not in said["c"]


def test_a_search_on_the_command_line_tells_how_many_have_no_date(folder, capsys):
    index = open_index(folder)
    lon, lat = np.mean(index.table.bounds(np.array([0]))[0].reshape(2, 2), axis=0)
    asked = ["search", str(folder), "--like", f"{lon},{lat}", "-k", "99", "--no-merge"]
    assert run([*asked, "--from", "2020", "--to", "2020-07-19"]) == 0
    said = capsys.readouterr()
    unknown = found(folder, from_date="2020").undated
    assert f"left out {unknown} chips of unknown date" in said.err
    assert "2020-07-19" in said.out
    assert NAMES[0] not in said.out
    assert run([*asked, "--json", "--to", "2019"]) == 0
    assert json.loads(capsys.readouterr().out)["undated"] == unknown
    assert run([*asked, "--from", "soon"]) == 1
    assert "found the date 'soon'" in capsys.readouterr().err


def test_an_index_from_before_gets_its_dates_without_encoding(tmp_path, monkeypatch):
    make = make_scene.__wrapped__(tmp_path)
    scene = str(make("old_20200719.tif", 256, 192))
    index, fresh = tmp_path / "x.cmpagl", tmp_path / "fresh.cmpagl"
    with monkeypatch.context() as before:  # as engines were that did not ask
        before.setattr("tiling.describe.acquired", lambda *_: "")
        before.setattr("cmpagl_model.index.build.when_taken", lambda _: "")
        build_index([scene], index, CheapEncoder(), SPEC)
    assert found(index, from_date="2020").candidates == 0
    content, old = read_info(index).content, open_index(index)
    report = build_index([scene], index, CheapEncoder(), SPEC)
    assert (report.encoded, report.unchanged) == (0, 1)
    assert read_info(index).content == content
    again = found(index, from_date="2020")
    assert (again.candidates, again.undated) == (len(old.table), 0)
    number = read_info(index).number
    build_index([scene], index, CheapEncoder(), SPEC)
    assert read_info(index).number == number  # nothing is written any more
    build_index([scene], fresh, CheapEncoder(), SPEC)
    (one,), (other,) = part_files(index), part_files(fresh)
    assert pq.read_table(one).equals(pq.read_table(other))
    said, wanted = (pq.read_metadata(part).metadata for part in (one, other))
    del said[b"ARROW:schema"], wanted[b"ARROW:schema"]
    assert said == wanted


def test_an_item_that_came_beside_an_unchanged_scene_dates_it(tmp_path):
    scene = str(make_scene.__wrapped__(tmp_path)("c.tif", 256, 192))
    index = tmp_path / "x.cmpagl"
    build_index([scene], index, CheapEncoder(), SPEC)
    assert found(index, from_date="2020").candidates == 0
    page = {"type": "Feature", "stac_version": "1.0.0", "properties": {"datetime": "2020-07-19"}}
    (tmp_path / "c.json").write_text(json.dumps(page))
    report = build_index([scene], index, CheapEncoder(), SPEC)
    assert (report.encoded, report.unchanged) == (0, 1)
    assert found(index, from_date="2020-07-19", to_date="2020-07-19").undated == 0


@pytest.fixture
def clay(tmp_path):
    """An index of imported rows that say when each was taken and what from."""
    published.clay_v0(tmp_path / "clay.parquet")
    import_files([tmp_path / "clay.parquet"], tmp_path / "x.cmpagl")
    return tmp_path / "x.cmpagl"


def test_imported_rows_keep_what_their_file_said(clay):
    source = geopandas.read_parquet(clay.parent / "clay.parquet")
    answer = found(clay)
    table = open_index(clay).table
    said = table.said_of(np.arange(len(table)))
    assert len(answer.hits) == published.COUNT == len(said)
    days = [str(one)[:10] for one in source["date"]]
    assert [one.datetime[:10] for one in said] == days
    assert [one.source for one in said] == source["source_url"].tolist()
    assert {hit.datetime for hit in answer.hits} == {one.datetime for one in said}
    assert answer.hits[0].source == said[0].source
    first = min(days)
    assert found(clay, to_date=first).candidates == days.count(first)
    assert found(clay, from_date=first, to_date=max(days)).candidates == published.COUNT


@pytest.mark.parametrize(("said", "again"), [(True, 1), (False, 0)])
def test_a_part_is_opened_once_a_question_and_not_for_what_it_has_not(
    tmp_path, monkeypatch, said, again
):
    if said:
        published.clay_v0(tmp_path / "given.parquet")
    else:
        published.geoarrow(tmp_path / "given.parquet")
    import_files([tmp_path / "given.parquet"], tmp_path / "x.cmpagl")
    index = open_index(tmp_path / "x.cmpagl")
    examples, opened = like_the_first(index), []

    class Counted(pq.ParquetFile):
        def __init__(self, *args, **kwargs):
            opened.append(args)
            super().__init__(*args, **kwargs)

    monkeypatch.setattr(pq, "ParquetFile", Counted)
    for times in (1, again):
        opened.clear()
        assert index.similar(examples).hits
        assert len(opened) == times * len(part_files(tmp_path / "x.cmpagl"))


def damage_dates(index):
    """Flip a bit of the column of dates in the only part."""
    (part,) = part_files(index)
    group = pq.ParquetFile(part).metadata.row_group(0)
    (column,) = (group.column(n) for n in range(group.num_columns)
                 if group.column(n).path_in_schema == "datetime")  # fmt: skip
    flip(part, column.data_page_offset + column.total_compressed_size - 3)


def test_imported_rows_know_their_first_and_last_day(clay):
    days = [str(one)[:10] for one in geopandas.read_parquet(clay.parent / "clay.parquet")["date"]]
    opened = open_index(clay)
    assert overview(opened, "", ()).dates == opened.table.days() == (min(days), max(days))
    damage_dates(clay)
    assert overview(opened, "", ()).dates is None  # opened all the same


def test_a_damaged_column_is_told_and_the_rest_searched(clay):
    opened = open_index(clay)
    asked = like_the_first(opened)
    damage_dates(clay)
    with pytest.raises(QueryError, match="found no chip"):  # the only part is gone
        opened.similar(asked, where=Filter(from_date="1990"))
    assert any("damaged" in str(problem) for problem in opened.problems)


def test_chips_in_memory_know_their_dates_too(clay):
    loaded = load_chips(clay, read_info(clay))
    assert not np.isnat(loaded.table.spans(np.arange(published.COUNT))[0]).any()
