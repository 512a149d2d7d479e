"""Every method of the protocol, answered by the real engine and compared with the library."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
from PIL import Image
from shapely.geometry import box, mapping, shape

from cmpagl_model import __version__, open_index
from cmpagl_model.index import build_index, load_chips, read_info
from cmpagl_model.model_folder import find_model
from cmpagl_model.search import ChipPlace, Examples, Filter
from cmpagl_model.search.examples import Picture
from cmpagl_model.search.feedback import Feedback
from cmpagl_model.search.weighted import Weighted
from tests.cmpagl_model.index.harm import made_by
from tests.cmpagl_model.server.client import RefusedError
from tests.conftest import make_scene
from tiling import ChipSpec, Window

QUERY = "a road beside a river"


@pytest.fixture(scope="module")
def opened(town):
    return open_index(town.index)


@pytest.fixture(scope="module")
def found(engine, town):
    return engine.ask("search", index=town.index, query=QUERY, k=8)


def same(hit, wanted):
    assert hit["rank"] == wanted.rank
    assert hit["score"] == pytest.approx(wanted.score, abs=1e-6)
    assert hit["scene"] == wanted.scene
    window = wanted.window
    assert hit["window"] == [window.col, window.row, window.width, window.height]
    assert hit["ground_m"] == wanted.ground_m
    assert shape(hit["geometry"]).equals_exact(wanted.geometry, 1e-7)


def test_dates_narrow_a_search(engine, town):
    asked = {"index": town.index, "query": QUERY, "k": 3}
    everything = engine.ask("search", **asked)
    assert everything["undated"] == 0
    said = engine.ask("search", **asked, where={"from_date": "2020", "to_date": "2020-07"})
    assert (said["hits"], said["candidates"]) == ([], 0)
    assert said["undated"] == everything["candidates"]
    with pytest.raises(RefusedError, match="found the date 'soon'"):
        engine.ask("search", **asked, where={"to_date": "soon"})


def test_every_question_tells_what_a_date_left_out(engine, town, opened, tmp_path):
    (tmp_path / "c.csv").write_text("roads,a road\nwater,a lake\n")
    asked = {"index": town.index, "where": {"from_date": "2020"}}
    count = len(opened.table)
    files = {"output": str(tmp_path / "x.gpkg"), "map": str(tmp_path / "map.gpkg"),
             "areas": str(tmp_path / "areas.csv")}  # fmt: skip
    said = engine.ask("classify", **asked, classes=str(tmp_path / "c.csv"), **files)
    assert (said["count"], said["undated"]) == (0, count)
    assert [one["area_m2"] for one in said["classes"]] == [0, 0, 0]
    for name in ("output", "map"):
        assert len(geopandas.read_file(files[name])) == 0
    said = engine.ask("objects", **asked, query="a road", output=str(tmp_path / "o.gpkg"))
    assert (said["count"], said["undated"]) == (0, count)
    for method in ("overview", "describe"):
        with pytest.raises(RefusedError, match=f"{count:,} of unknown date"):
            engine.ask(method, **asked)
    said = engine.ask("describe", index=town.index, where={"scenes": [town.west]})
    assert said["undated"] == 0
    assert "dates" not in engine.ask("open", index=town.index)


def test_hello_tells_who_answers(engine):
    said = engine.greeting
    model = find_model()
    assert said["protocol"] == 1
    assert said["version"] == __version__
    assert said["model"] == {"name": model.name, "fingerprint": model.fingerprint}
    assert said["pid"] == engine.process.pid
    assert "ONNX" in said["device"] or "GPU" in said["device"]
    assert {"none", "smr"} <= set(said["rerank"])


def test_open_describes_the_index(engine, town, opened):
    said = engine.ask("open", index=town.index)
    assert said["index"] == town.index
    assert said["chips"] == len(opened.table)
    assert [scene["path"] for scene in said["scenes"]] == sorted([town.west, town.east])
    assert sum(scene["chips"] for scene in said["scenes"]) == said["chips"]
    for scene in said["scenes"]:
        assert scene["crs"] == "EPSG:32631"
        number = [one.path for one in opened.table.scenes].index(scene["path"])
        boxes = opened.table.bounds(opened.table.scene_of == number)
        wanted = [*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)]
        np.testing.assert_allclose(scene["bounds"], wanted, atol=1e-9)
    assert said["ground_sizes_m"] == [100.0, 200.0]
    assert said["embedding_size"] == 256
    files = [path for path in Path(town.index).rglob("*") if path.is_file()]
    assert said["size_bytes"] == sum(path.stat().st_size for path in files)
    assert said["problems"] == []
    assert (said["searchable"], said["why_not"]) == (True, "")


def test_search_gives_the_hits_of_the_library(found, opened):
    wanted = opened.search(QUERY, k=8)
    assert found["query"] == QUERY
    assert found["model"]["name"] == "cmpagl_lite"
    assert found["candidates"] == len(opened.table)
    assert found["problems"] == []
    assert 0 <= found["seconds"] < 60
    assert len(found["hits"]) == 8
    for hit, one in zip(found["hits"], wanted.hits, strict=True):
        same(hit, one)
        assert hit["crs"] == "EPSG:32631"
        assert "probability" not in hit


def test_search_heeds_every_wish(engine, town, opened):
    west, south, east, north = opened.table.bounds(np.array([0]))[0]
    area = box(west, south, (west + east) / 2, (south + north) / 2)
    scenes = (opened.table.scenes[opened.table.scene_of[0]].path, "nowhere*")
    where = Filter((west, south, east, north), area, scenes)
    page = {"bbox": [west, south, east, north], "within": mapping(area), "scenes": scenes}
    for merge in (True, False):
        wanted = opened.search(QUERY, k=100, where=where, merge=merge, min_score=-0.5)
        said = engine.ask(
            "search", index=town.index, query=QUERY, k=100, where=page, merge=merge, min_score=-0.5
        )
        assert said["candidates"] == wanted.candidates == len(where.rows(opened.table))
        assert 0 < said["candidates"] < len(opened.table)
        for hit, one in zip(said["hits"], wanted.hits, strict=True):
            same(hit, one)
    assert engine.ask("search", index=town.index, query=QUERY, min_score=1.5)["hits"] == []


def test_search_ranks_anew(engine, town, opened):
    wanted = opened.search(QUERY, k=5, rerank="smr")
    said = engine.ask("search", index=town.index, query=QUERY, k=5, rerank="smr")
    for hit, one in zip(said["hits"], wanted.hits, strict=True):
        same(hit, one)


def test_similar_by_chip_and_by_point(engine, town, opened, found):
    first, last = found["hits"][0], found["hits"][-1]
    places = [
        ChipPlace(hit["scene"], Window(*hit["window"]), hit["ground_m"]) for hit in (first, last)
    ]
    wanted = opened.similar(Examples((places[0],), (places[1],)), QUERY, k=6)
    said = engine.ask("similar", index=town.index, query=QUERY, like=[first], unlike=[last], k=6)
    for hit, one in zip(said["hits"], wanted.hits, strict=True):
        same(hit, one)
    middle = shape(first["geometry"]).centroid
    point = {"lon": middle.x, "lat": middle.y, "ground_m": first["ground_m"]}
    by_point = engine.ask("similar", index=town.index, like=[point], k=3)
    assert by_point["hits"][0]["window"] == first["window"]
    assert by_point["hits"][0]["score"] == pytest.approx(1, abs=1e-3)
    assert by_point["query"] == ""


def test_a_sentence_read_by_parts_says_so(engine, town, opened):
    sentence = "a road, no river"
    said = engine.ask("search", index=town.index, query=sentence, k=6)
    assert said["understood"] == "a road - without: river"
    for hit, wanted in zip(said["hits"], opened.search(sentence, 6).hits, strict=True):
        same(hit, wanted)
    plain = engine.ask("search", index=town.index, query=sentence, k=6, plain=True)
    assert plain["understood"] == ""
    assert plain["cutoff"] is not None
    similar = engine.ask("similar", index=town.index, query=sentence, k=6)
    assert [hit["window"] for hit in similar["hits"]] == [hit["window"] for hit in said["hits"]]
    assert engine.ask("similar", index=town.index, query=sentence, plain=True)["understood"] == ""
    with pytest.raises(RefusedError, match="only what is not wanted"):
        engine.ask("search", index=town.index, query="no river")


def test_verdicts_are_learned_from(engine, town, opened, found, tmp_path):
    first, *_, last = found["hits"]
    keys = ("scene", "window", "ground_m")
    said = engine.ask(
        "similar", index=town.index, query=QUERY, kept=[last], rejected=[first], k=100, merge=False
    )
    places = [
        ChipPlace(hit["scene"], Window(*hit["window"]), hit["ground_m"]) for hit in (last, first)
    ]
    feedback = Feedback((places[0],), (places[1],))
    wanted = opened.similar(Examples(), QUERY, feedback=feedback, k=100, merge=False)
    for hit, other in zip(said["hits"], wanted.hits, strict=True):
        same(hit, other)
        assert hit.get("review") == other.review
    reviews = {json.dumps([hit[key] for key in keys]): hit.get("review") for hit in said["hits"]}
    assert reviews[json.dumps([last[key] for key in keys])] == "keep"
    assert reviews[json.dumps([first[key] for key in keys])] == "reject"
    asked = engine.ask("similar", index=town.index, query=QUERY, kept=[last], ask=True, k=3)
    assert len(asked["hits"]) == 3
    assert all(hit["window"] != last["window"] for hit in asked["hits"])
    heat = {"index": town.index, "scene": last["scene"], "query": QUERY}
    ends = []
    for number, more in enumerate(({}, {"kept": [last], "rejected": [first]})):
        output = str(tmp_path / f"heat{number}.tif")
        mapped = engine.ask("heatmap", **heat, **more, output=output)
        ends.append((mapped["minimum"], mapped["maximum"]))
    assert ends[0] != ends[1]
    with pytest.raises(RefusedError, match=r"rejected\[0\]"):
        engine.ask("similar", index=town.index, query=QUERY, rejected=[{"lon": 4.0, "lat": 52.0}])


def test_similar_by_pictures_and_words(engine, town, opened, found, tmp_path):
    hit = next(hit for hit in found["hits"] if hit["window"][2] == hit["window"][3])
    col, row, width, height = hit["window"]
    picture = str(tmp_path / "cut out.png")
    with rasterio.open(hit["scene"]) as scene:
        pixels = scene.read(window=((row, row + height), (col, col + width)))
    Image.fromarray(pixels.transpose(1, 2, 0)).save(picture)
    said = engine.ask("similar", index=town.index, like=[{"picture": picture}], k=3)
    assert said["hits"][0]["window"] == hit["window"]
    wanted = opened.similar(
        Examples(like=(Weighted(Picture(picture), 2),), plus=("water",), minus=("a car",)), k=6
    )
    asked = {
        "like": [{"picture": picture, "weight": 2}],
        "plus": [{"words": "water"}],
        "minus": [{"words": "a car", "weight": 1}],
    }
    said = engine.ask("similar", index=town.index, k=6, **asked)
    for one, other in zip(said["hits"], wanted.hits, strict=True):
        same(one, other)
    place = str(tmp_path / "heat.tif")
    engine.ask("heatmap", index=town.index, scene=town.west, output=place, **asked)
    said = engine.ask("similar", index=town.index, k=1000, merge=False, **asked)
    west = [one["score"] for one in said["hits"] if one["scene"] == town.west]
    with rasterio.open(place) as heat:
        assert min(west) < np.nanmax(heat.read(1)) <= max(west) + 1e-3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"like": [{"picture": "a.jpg"}]}, "like[0].picture: found 'a.jpg', wanted an absolute"),
        ({"like": [{"picture": "/absent.jpg"}]}, "/absent.jpg: no readable picture"),
        ({"plus": [{"words": "a", "weight": 0}]}, "wanted a number above 0"),
        ({"like": [{"lon": 3, "lat": 51, "weight": "2"}]}, "like[0].weight: found '2'"),
        ({"plus": [{"words": "a"}] * 51}, "found 51 pictures and words, wanted at most 50"),
        ({"minus": ["a car"]}, "minus: found str, wanted a table"),
    ],
)
def test_examples_that_are_none_are_refused(engine, town, wrong, said):
    with pytest.raises(RefusedError) as refused:
        engine.ask("similar", index=town.index, query=QUERY, **wrong)
    assert said in str(refused.value)


def test_thumbnails_are_the_chips_as_the_model_saw_them(engine, town, found, tmp_path):
    folder = tmp_path / "pictures" / "deep"
    places = [*found["hits"], {"lon": 0, "lat": 0}]
    files = engine.ask("thumbnails", index=town.index, places=places, folder=str(folder), px=64)[
        "files"
    ]
    assert files[-1] is None
    assert len(set(files[:-1])) == len(found["hits"])
    for hit, file in zip(found["hits"], files, strict=False):
        col, row, width, height = hit["window"]
        if width != height:
            continue  # padded at the edge
        with rasterio.open(hit["scene"]) as scene:
            pixels = scene.read(window=((row, row + height), (col, col + width)))
        drawn = np.asarray(Image.open(file).convert("RGB"), float)
        assert drawn.shape == (64, 64, 3)
        np.testing.assert_allclose(drawn.mean((0, 1)), pixels.mean((1, 2)), atol=3)
    times = {file: Path(file).stat().st_mtime_ns for file in files[:-1]}
    again = engine.ask("thumbnails", index=town.index, places=places, folder=str(folder), px=64)
    assert again["files"] == files
    assert times == {file: Path(file).stat().st_mtime_ns for file in files[:-1]}
    assert sorted(map(str, folder.iterdir())) == sorted(files[:-1])


def test_thumbnails_of_a_scene_that_is_gone_are_null(engine, make_scene, tmp_path, encoder):
    scene, index = make_scene(), str(tmp_path / "x.cmpagl")
    build_index([str(scene)], Path(index), encoder, ChipSpec(native=True))
    hits = engine.ask("search", index=index, query=QUERY, k=2)["hits"]
    scene.unlink()
    pictures = engine.ask("thumbnails", index=index, places=hits, folder=str(tmp_path / "p"))
    assert pictures["files"] == [None, None]


def test_index_makes_what_the_library_makes(engine, make_scene, tmp_path, encoder):
    good, bad = make_scene("good.tif"), tmp_path / "bad.tif"
    bad.write_bytes(b"no picture")
    options = {"ground_sizes_m": [100, 200], "overlap": 0.25, "min_valid": 0.5}
    index = str(tmp_path / "engine.cmpagl")
    said = engine.ask("index", index=index, inputs=[str(good), str(bad)], options=options)
    side = encoder.model.config.image.input_px
    spec = ChipSpec(side, ground_sizes_m=(100.0, 200.0), overlap=0.25, min_valid=0.5)
    wanted = build_index([str(good)], tmp_path / "library.cmpagl", encoder, spec)
    assert (said["scenes"], said["unchanged"], said["encoded"]) == (1, 0, wanted.encoded)
    assert said["duplicates"] == wanted.duplicates
    assert said["index"] == index
    assert said["skipped"] == dict(wanted.skipped) == {"too little valid": 1}
    assert said["damaged"] == []
    assert len(said["problems"]) == 1
    assert "bad.tif" in said["problems"][0]
    mine, theirs = (
        load_chips(folder, read_info(folder)).table
        for folder in (Path(index), tmp_path / "library.cmpagl")
    )
    np.testing.assert_array_equal(mine.windows, theirs.windows)
    np.testing.assert_allclose(mine.embeddings, theirs.embeddings, atol=2e-3)
    again = engine.ask("index", index=index, inputs=[str(good)])
    assert (again["unchanged"], again["encoded"]) == (1, 0)


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "fgb", "parquet", "csv"])
def test_export_writes_the_hits(engine, town, found, tmp_path, ending):
    output = tmp_path / f"hits.{ending}"
    said = engine.ask(
        "export", index=town.index, hits=found["hits"], query=QUERY, output=str(output)
    )
    assert (said["output"], said["count"]) == (str(output), len(found["hits"]))
    if ending == "csv":
        assert len(output.read_text().splitlines()) == 1 + said["count"]
        return
    frame = geopandas.read_parquet(output) if ending == "parquet" else geopandas.read_file(output)
    frame = frame.sort_values("rank")
    assert frame["score"].tolist() == pytest.approx([hit["score"] for hit in found["hits"]])
    for geometry, hit in zip(frame.geometry, found["hits"], strict=True):
        assert geometry.equals_exact(shape(hit["geometry"]), 1e-7)
    if ending == "geojson":
        assert json.loads(output.read_text())["query"] == QUERY


@pytest.mark.parametrize("ending", ["gpkg", "csv"])
def test_footprints_writes_every_chip(engine, town, opened, tmp_path, ending):
    output = str(tmp_path / f"chips.{ending}")
    said = engine.ask("footprints", index=town.index, output=output)
    assert said["count"] == len(opened.table) == len(geopandas.read_file(output))


@pytest.mark.parametrize("ending", ["geojson", "csv"])
def test_damage_of_a_whole_index_is_an_empty_layer(engine, town, tmp_path, ending):
    output = str(tmp_path / f"damage.{ending}")
    said = engine.ask("damage", index=town.index, output=output)
    assert said == {"output": output, "count": 0, "problems": []}
    assert len(geopandas.read_file(output)) == 0


def test_maps_and_places_say_how_a_sentence_was_read(engine, town, tmp_path):
    place = engine.ask("search", index=town.index, query="a road", k=1)["hits"][0]
    own = {
        "heatmap": {"scene": town.east, "output": str(tmp_path / "map.tif")},
        "where": {"place": place},
    }
    for method, more in own.items():
        asked = {"index": town.index, "query": "a road, no river", **more}
        assert engine.ask(method, **asked)["understood"] == "a road - without: river"
        assert engine.ask(method, **asked, plain=True)["understood"] == ""
    like = {**own["heatmap"], "index": town.index, "like": [place]}
    assert engine.ask("heatmap", **like)["understood"] == ""


def test_heatmap_is_a_geotiff_on_the_scene(engine, town, tmp_path):
    output = str(tmp_path / "map.tif")
    said = engine.ask("heatmap", index=town.index, scene=town.east, query=QUERY, output=output)
    with rasterio.open(output) as file, rasterio.open(town.east) as scene:
        values = file.read(1)
        assert file.crs == scene.crs
        assert set(file.dtypes) == {"float32"}
        assert np.isnan(file.nodata)
        assert (file.width, file.height) == (said["width"], said["height"])
        assert file.bounds.left == scene.bounds.left
        assert file.bounds.top == scene.bounds.top
    assert said["minimum"] == pytest.approx(np.nanmin(values), abs=1e-5)
    assert said["maximum"] == pytest.approx(np.nanmax(values), abs=1e-5)
    assert said["minimum"] < said["maximum"]


def test_where_in_a_place(engine, town, tmp_path):
    hit = engine.ask("search", index=town.index, query=QUERY, k=1)["hits"][0]
    output, picture = str(tmp_path / "heat.tif"), str(tmp_path / "heat.png")
    said = engine.ask(
        "where", index=town.index, place=hit, query=QUERY, output=output, picture=picture, px=200
    )
    assert (said["scene"], said["window"]) == (hit["scene"], hit["window"])
    assert said["score"] == pytest.approx(hit["score"], abs=1e-3)
    with rasterio.open(output) as file:
        np.testing.assert_allclose(file.read(1), said["heat"], atol=1e-5)
        assert list(file.transform)[:6] == pytest.approx(said["transform"])
    assert max(Image.open(picture).size) == 200
    assert said["words"]
    assert all(one["telling"] in {True, False} for one in said["words"])
    only = engine.ask("where", index=town.index, place=hit, query=QUERY)
    assert (only.get("output"), only.get("picture"), only["heat"]) == (None, None, said["heat"])
    for wrong, words in (
        ({"place": {"lon": 0, "lat": 0}}, "found no chip at longitude 0"),
        ({"query": " "}, "found an empty query"),
        ({"picture": output}, "wanted"),
        ({"px": 9_000}, "px: found 9000"),
    ):
        asked = {"index": town.index, "place": hit, "query": QUERY, **wrong}
        with pytest.raises(RefusedError, match=words):
            engine.ask("where", **asked)


def test_objects_are_a_layer(engine, town, tmp_path):
    output = str(tmp_path / "objects.gpkg")
    where = {"scenes": [town.east]}
    said = engine.ask("objects", index=town.index, query=QUERY, output=output, where=where)
    frame = geopandas.read_file(output)
    assert said["count"] == len(frame) or said["notice"]
    assert set(frame["scene"]) <= {town.east}
    asked = {"index": town.index, "query": f"{QUERY}, no clouds", "output": output}
    assert engine.ask("objects", **asked)["understood"].endswith("- without: clouds")
    assert engine.ask("objects", **asked, plain=True)["understood"] == ""
    with pytest.raises(RefusedError, match="found a least area"):
        engine.ask("objects", index=town.index, query=QUERY, output=output, min_area_m2=-1.0)


def test_scenes_of_two_places_have_no_change(engine, town, tmp_path):
    output = str(tmp_path / "changes.gpkg")
    wish = {"index": town.index, "query": QUERY, "output": output}
    with pytest.raises(RefusedError, match="wanted two scenes of one place"):
        engine.ask("change", **wish, before=["west"], after=["east"])
    with pytest.raises(RefusedError, match="found no earlier scene called north"):
        engine.ask("change", **wish, before=["north"], after=["east"])
    assert not Path(output).exists()


def test_changes_are_a_layer_with_pictures(engine, encoder, tmp_path):
    from tests.cmpagl_model.search.test_change import X, Y, country  # noqa: PLC0415
    from tests.conftest import make_scene  # noqa: PLC0415

    make = make_scene.__wrapped__(tmp_path)
    make("old.tif", pixels=country(lake=False), corner=(X, Y))
    make("new.tif", pixels=country(lake=True), corner=(X, Y))
    index = tmp_path / "place.cmpagl"
    build_index([str(tmp_path)], index, encoder, ChipSpec(ground_sizes_m=(200.0,)))
    output, pictures = str(tmp_path / "changes.gpkg"), str(tmp_path / "pairs")
    said = engine.ask(
        "change", index=str(index), query="a lake", before=["old"], after=["new"], output=output,
        pictures=pictures,
    )  # fmt: skip
    frame = geopandas.read_file(output)
    assert said["count"] == len(frame) > 0
    assert said["looked_at"] >= said["count"]
    assert said["notice"] == ""
    assert frame["picture"].tolist() == [f"{pictures}/{rank}.png" for rank in frame["rank"]]
    assert all(Path(file).is_file() for file in frame["picture"])


def test_no_scene_is_written_over(engine, town):
    before = Path(town.east).read_bytes()
    with pytest.raises(RefusedError, match="found a scene of the index"):
        engine.ask("heatmap", index=town.index, scene=town.east, query=QUERY, output=town.east)
    with pytest.raises(RefusedError, match="found a place inside the index"):
        engine.ask("footprints", index=town.index, output=f"{town.index}/parts/x.parquet")
    assert Path(town.east).read_bytes() == before


def test_heatmap_by_example(engine, town, found, tmp_path):
    hit, output = found["hits"][0], str(tmp_path / "map.tif")
    said = engine.ask("heatmap", index=town.index, scene=hit["scene"], like=[hit], output=output)
    col, row, width, height = hit["window"]
    with rasterio.open(output) as file, rasterio.open(hit["scene"]) as scene:
        values = file.read(1)
        x, y = scene.xy(row + height / 2, col + width / 2)
        there = values[file.index(x, y)]
    assert there > np.nanmedian(values)
    assert said["maximum"] <= 1


def test_verify_finds_what_is_not_whole(engine, make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    scenes = [make_scene(f"{name}.tif", seed=seed) for seed, name in enumerate("abc")]
    build_index([str(scene) for scene in scenes], index, encoder, ChipSpec(native=True))
    whole = engine.ask("verify", index=str(index))
    assert whole["problems"] == []
    assert whole["scenes"] == 3
    make_scene("b.tif", seed=9)
    scenes[2].unlink()
    part = next(path for path in (index / "parts").iterdir() if path.name.startswith("a-"))
    content = bytearray(part.read_bytes())
    content[len(content) // 3] ^= 0xFF
    part.write_bytes(content)
    found = engine.ask("verify", index=str(index))
    problems = found["problems"]
    assert len(problems) == 3
    for name in (part.name, "b.tif", "c.tif"):
        assert any(name in problem for problem in problems), problems
    (mendable,) = found["repairable"]
    assert part.name in mendable
    mended = engine.ask("verify", index=str(index), repair=True, sample=2)
    assert part.name in mended["repaired"][0]
    assert len(mended["problems"]) == 2
    assert mended["compared"] > 0


def test_close_forgets_an_index(engine, town):
    engine.ask("open", index=town.index)
    assert engine.ask("close", index=town.index) == {}
    assert engine.ask("close", index=town.index) == {}
    assert engine.ask("search", index=town.index, query=QUERY, k=1)["hits"]


@pytest.fixture
def foreign(tmp_path, town):
    """The town's index as another model would have made it."""
    import shutil  # noqa: PLC0415

    folder = Path(shutil.copytree(town.index, tmp_path / "foreign.cmpagl"))
    made_by(folder, "e" * 64)
    return str(folder)


def test_index_of_another_model_opens_and_is_searched_by_example(engine, foreign, found):
    said = engine.ask("open", index=foreign)
    assert said["chips"] > 0
    assert said["searchable"] is False
    assert "e" * 64 in said["why_not"]
    with pytest.raises(RefusedError, match="--rebuild") as refusal:
        engine.ask("search", index=foreign, query=QUERY)
    assert (refusal.value.code, refusal.value.kind) == (-32000, "IndexMismatchError")
    with pytest.raises(RefusedError, match="--rebuild"):
        engine.ask("similar", index=foreign, query=QUERY, like=found["hits"][:1])
    hits = engine.ask("similar", index=foreign, like=found["hits"][:1], k=4)["hits"]
    assert hits[0]["window"] == found["hits"][0]["window"]


def test_a_search_says_how_likely_its_hits_are_right_and_that_nothing_fits(engine, town, opened):
    said = engine.ask("search", index=town.index, query="a stapler and a toothbrush", k=5)
    wanted = opened.search("a stapler and a toothbrush", k=5)
    assert said["found"] is wanted.found is False
    assert said["notice"] == wanted.notice
    assert "does not know: stapler, toothbrush" in said["notice"]
    assert said["cutoff"] == pytest.approx(wanted.cutoff, abs=1e-6)
    assert [hit["relevance"] for hit in said["hits"]] == pytest.approx(
        [hit.relevance for hit in wanted.hits], abs=1e-6
    )
    least = said["hits"][2]["relevance"]
    some = engine.ask(
        "search", index=town.index, query="a stapler and a toothbrush", k=5, min_relevance=least
    )
    assert len(some["hits"]) >= 3
    assert all(hit["relevance"] >= least for hit in some["hits"])
    with pytest.raises(RefusedError, match="probability"):
        engine.ask("search", index=town.index, query=QUERY, min_relevance=2)


def test_relevance_goes_through_an_export(engine, town, tmp_path):
    found = engine.ask("search", index=town.index, query=QUERY, k=4)
    path = tmp_path / "hits.gpkg"
    engine.ask("export", index=town.index, hits=found["hits"], query=QUERY, output=str(path))
    frame = geopandas.read_file(path).sort_values("rank")
    assert frame["relevance"].tolist() == pytest.approx([h["relevance"] for h in found["hits"]])


def test_what_a_person_decided_goes_through_an_export(engine, town, tmp_path):
    first, second = engine.ask("search", index=town.index, query=QUERY, k=2)["hits"]
    assert "review" not in first
    path = tmp_path / "hits.gpkg"
    hits = [{**first, "review": "reject"}, second]
    engine.ask("export", index=town.index, hits=hits, query=QUERY, output=str(path))
    found = geopandas.read_file(path).sort_values("rank")["review"]
    assert found.tolist()[0] == "reject"
    assert found.isna().tolist() == [False, True]
    with pytest.raises(RefusedError, match="review"):
        engine.ask("export", index=town.index, hits=[{**first, "review": 3}], query=QUERY,
                   output=str(path))  # fmt: skip


def test_by_example_nothing_is_said_of_relevance(engine, town):
    first = engine.ask("search", index=town.index, query=QUERY, k=1)["hits"][0]
    said = engine.ask("similar", index=town.index, like=[first], query=QUERY, k=3)
    assert said["found"] is True
    assert said["notice"] == ""
    assert "cutoff" not in said
    assert all("relevance" not in hit for hit in said["hits"])


def test_plan_says_what_index_would_come_to(engine, town, tmp_path):
    said = engine.ask(
        "plan",
        index=str(tmp_path / "new.cmpagl"),
        inputs=[town.west, str(tmp_path / "gone.tif")],
        options={"ground_sizes_m": [100]},
    )
    west, gone = said["scenes"]
    (size,) = west["sizes"]
    built = engine.ask(
        "index",
        index=str(tmp_path / "new.cmpagl"),
        inputs=[town.west],
        options={"ground_sizes_m": [100]},
    )
    assert size == {"ground_m": 100.0, "chips": built["encoded"] + built["duplicates"]}
    assert (west["crs"], west["present"], west["reason"]) == ("EPSG:32631", 0, "")
    assert "does not exist" in gone["reason"]
    assert said["bytes_per_chip"] == 700
    assert said["free_bytes"] > 0
    again = engine.ask("plan", index=str(tmp_path / "new.cmpagl"), inputs=[town.west])
    assert again["scenes"][0]["sizes"] == [size]  # as the index has it
    assert again["scenes"][0]["present"] == size["chips"]


def test_plan_and_speed_do_not_wait_for_a_build(engine, many_scenes, tmp_path):
    build = engine.send("index", index=str(tmp_path / "x.cmpagl"), inputs=many_scenes)
    engine.wait_for(lambda: engine.told(build))
    assert len(engine.ask("plan", inputs=many_scenes)["scenes"]) == len(many_scenes)
    assert engine.ask("speed")["chips_per_s"] > 0
    assert build not in engine.answers
    engine.cancel(build)
    with pytest.raises(RefusedError):
        engine.answer(build)


def test_plan_refuses_what_depends_on_where_it_was_started(engine):
    for wrong in ({"inputs": ["a.tif"]}, {"inputs": [], "index": "a.cmpagl"}, {"inputs": 3}):
        with pytest.raises(RefusedError) as refused:
            engine.ask("plan", **wrong)
        assert refused.value.code == -32602


def test_a_crs_can_be_given_by_path(engine, tmp_path):
    make = make_scene.__wrapped__(tmp_path)
    plain = str(make("plain.tif", crs=None))
    (without,) = engine.ask("plan", inputs=[plain])["scenes"]
    assert "no coordinate reference system" in without["reason"]
    (given,) = engine.ask("plan", inputs=[plain], crs={plain: "EPSG:32633"})["scenes"]
    assert (given["crs"], given["reason"]) == ("EPSG:32633", "")
    with pytest.raises(RefusedError) as refused:
        engine.ask("plan", inputs=[plain], crs={plain: 32633})
    assert refused.value.code == -32602
