"""Search by example on the command line: how examples are typed, and what is said of wrong ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from shapely.geometry import shape

import cmpagl_model
import cmpagl_model.search
from cmpagl_model import ChipPlace, Examples, Picture, PointPlace, Weighted, open_index
from cmpagl_model.cli.app import run
from cmpagl_model.cli.examples import ExampleArguments
from cmpagl_model.index import build_index
from tests.conftest import make_scene
from tiling import ChipSpec, Window

SPEC = ChipSpec(ground_sizes_m=(100.0, 200.0))


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("examples")
    make = make_scene.__wrapped__(folder)
    scenes = [make("west.tif", seed=1), make("east=2.tif", corner=(601_000, 5_700_000), seed=2)]
    build_index([str(scene) for scene in scenes], folder / "town.cmpagl", encoder, SPEC)
    return folder / "town.cmpagl"


def asked(index, capsys, *words):
    assert run(["search", str(index), *words, "--json", "--no-merge"]) == 0
    return json.loads(capsys.readouterr().out)


def read(index, *like, **more):
    arguments = ExampleArguments(like, **more)
    return arguments.read(open_index(index))


def test_a_picture_a_place_and_a_chip_find_one_chip(index, tmp_path, capsys):
    best = asked(index, capsys, "a road", "-k", "1", "--ground-size", "99,101")["hits"][0]
    col, row, width, height = best["window"]
    picture = tmp_path / "it.png"
    with rasterio.open(best["scene"]) as scene:
        pixels = scene.read(window=((row, row + height), (col, col + width)))
    Image.fromarray(pixels.transpose(1, 2, 0)).save(picture)
    middle, name = shape(best["geometry"]).centroid, Path(best["scene"]).name
    for like in (
        str(picture), f"{middle.x},{middle.y}", f"{name}@{col},{row}", f"{name}@{col},{row},100=3",
    ):  # fmt: skip
        page = asked(index, capsys, "--like", like, "-k", "1")
        assert page["query"] == ""
        assert page["hits"][0]["window"] == best["window"]
        assert "relevance" not in page["hits"][0]
    page = asked(index, capsys, "--unlike", str(picture), "a road", "-k", "1")
    assert page["query"] == "a road"
    assert page["hits"][0]["score"] < best["score"]


def test_all_that_is_typed_reaches_the_search(index, capsys):
    wanted = open_index(index).similar(
        Examples(
            like=(ChipPlace(str(index.parent / "west.tif"), Window(0, 0, 200, 200), 200.0),),
            plus=("water", Weighted("a bridge", 2)),
            minus=("parked cars",),
        ),
        "a road", k=5, merge=False,
    )  # fmt: skip
    page = asked(index, capsys, "a road", "-k", "5", "--like", "west@0,0,300", "--plus", "water",
                 "--plus", "a bridge=2", "--minus", "parked cars")  # fmt: skip
    found = [(hit["scene"], tuple(hit["window"]), hit["score"]) for hit in page["hits"]]
    assert found == [
        (h.scene, (h.window.col, h.window.row, h.window.width, h.window.height), round(h.score, 6))
        for h in wanted.hits
    ]


def test_how_examples_are_typed(index, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "b=2", "1,2"):
        Path(name).touch()
    like = read(index, "a.png", "a.png=.5", "b=2", "1,2", "-74.5,+40", "4.31, 51.92,150=2").like
    assert like == (
        Picture("a.png"), Weighted(Picture("a.png"), 0.5), Picture("b=2"), Picture("1,2"),
        PointPlace(-74.5, 40.0), Weighted(PointPlace(4.31, 51.92, 150.0), 2.0),
    )  # fmt: skip
    chip = ChipPlace(str(index.parent / "east=2.tif"), Window(0, 0, 100, 100), 100.0)
    assert read(index, "east=2.tif@0,0").like == (chip,)
    words = read(index, plus=("1:2 = half", "boats=3"), minus=("x=",))
    assert words == Examples(plus=("1:2 = half", Weighted("boats", 3.0)), minus=("x=",))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--like", "absent.jpg"], "found 'absent.jpg', wanted the file of a picture, LON,LAT"),
        (["--like", "text.png"], "text.png: no readable picture (of no known format)"),
        (["--like", "51.9,4.31"], "found no chip at longitude 51.9"),
        (["--like", "451,4"], "wanted longitude and latitude in degrees, longitude first"),
        (["--like", "-74.0,40.7"], "found no chip at longitude -74"),
        (["--like", "4,5,0"], "found a ground size of 0 m"),
        (["--like", "west.tif@1,0"], "found no chip that begins at column 1, row 0"),
        (["--like", "north.tif@0,0"], "found 0 scenes called 'north.tif'"),
        (["a road", "--minus", "ice=0"], "found the weight 0, wanted a number above 0"),
        (["a road", "--plus", "ice=-1"], "found the weight -1, wanted a number above 0"),
        (["--like", "4.31,51.92=-2"], "found the weight -2, wanted a number above 0"),
        (["a road", "--plus", ""], "found an empty query"),
        (["a road", "--plus", "=2"], "found an empty query"),
        (["--minus", "ice"], "found nothing to be like"),
    ],
)
def test_wrong_examples_are_refused_in_one_line(
    index, tmp_path, monkeypatch, capfd, arguments, said
):
    monkeypatch.chdir(tmp_path)
    Path("text.png").write_text("Dear colleague")
    for command in (
        ["search", str(index)],
        ["heatmap", str(index), "--scene", "west", "-o", "x.tif"],
    ):
        assert run([*command, *arguments]) == 1
        err = capfd.readouterr().err
        assert err.count("\n") == 1
        assert said in err
        assert "next: " in err or "wanted" in err


@pytest.mark.parametrize("more", [["--rerank", "smr"], ["--min-relevance", "0.5"]])
def test_what_needs_a_sentence_alone_is_wrong_usage(index, capsys, more):
    assert run(["search", str(index), "a road", "--minus", "ice", *more]) == 2
    assert "go with a sentence alone" in capsys.readouterr().err


def test_heat_of_an_example(index, tmp_path, capsys):
    heat = tmp_path / "heat.tif"
    said = ["--like", "west@0,0", "--minus", "ice"]
    assert run(["heatmap", str(index), "--scene", "west", *said, "-o", str(heat)]) == 0
    capsys.readouterr()
    best = asked(index, capsys, *said, "-k", "1")["hits"][0]
    with rasterio.open(heat) as file:
        assert np.nanmax(file.read(1)) <= best["score"] + 1e-6


def test_records_are_at_the_top_of_the_package():
    for name in cmpagl_model.__all__:
        assert getattr(cmpagl_model, name) is getattr(cmpagl_model.search, name)
    with pytest.raises(AttributeError, match="'nothing'"):
        cmpagl_model.nothing  # noqa: B018


def test_files_and_sheets_say_all_that_was_asked(index, tmp_path, capsys):
    best = asked(index, capsys, "a road", "-k", "1")["hits"][0]
    chip = f"{Path(best['scene']).name}@{best['window'][0]},{best['window'][1]}"
    file, sheet = tmp_path / "hits.csv", tmp_path / "sheet.png"
    said = ["a road", "--minus", "parked cars=2", "--like", chip]
    assert run(["search", str(index), *said, "-o", str(file), "--preview", str(sheet)]) == 0
    assert f"a road; like {Path(best['scene']).stem} at " in file.read_text()
    assert "; without parked cars (2 times)" in file.read_text()
    assert sheet.is_file()


def test_a_sentence_is_read_by_parts_and_can_be_taken_as_it_stands(index, capsys):
    sentence = "a road, no cars"
    assert run(["search", str(index), sentence]) == 0
    assert "read by parts: a road - without: cars" in capsys.readouterr().out
    assert run(["search", str(index), sentence, "--plain"]) == 0
    assert "read by parts" not in capsys.readouterr().out
    parted, plain = asked(index, capsys, sentence), asked(index, capsys, sentence, "--plain")
    assert parted["understood"] == "a road - without: cars"
    assert "understood" not in plain
    assert plain == {**asked(index, capsys, f'"{sentence}"'), "query": sentence}
    assert parted["hits"][0]["score"] != plain["hits"][0]["score"]
    minus = asked(index, capsys, "a road", "--minus", "cars=2")
    assert [hit["window"] for hit in minus["hits"]] == [hit["window"] for hit in parted["hits"]]
    for more in (["--rerank", "smr"], ["--min-relevance", "0"]):
        assert "understood" not in asked(index, capsys, sentence, *more)
    assert run(["search", str(index), "no cars"]) == 1
    assert "only what is not wanted" in capsys.readouterr().err


def test_verdicts_in_a_file_are_learned_from(index, tmp_path, capsys):
    ticks = tmp_path / "ticks.geojson"
    words = ["search", str(index), "a road", "--ask", "-k", "4", "-o", str(ticks)]
    assert run(words) == 0
    capsys.readouterr()
    page = json.loads(ticks.read_text())
    assert len(page["features"]) == 4
    for feature, verdict in zip(page["features"], ("reject", "keep", "keep", ""), strict=True):
        feature["properties"]["review"] = verdict
    ticks.write_text(json.dumps(page))
    plain = asked(index, capsys, "a road", "-k", "100")
    learned = asked(index, capsys, "a road", "-k", "100", "--feedback", str(ticks))
    said = {
        json.dumps([hit["scene"], *hit["window"]]): hit.get("review") for hit in learned["hits"]
    }
    for feature in page["features"]:
        one = feature["properties"]
        chip = [one[name] for name in ("scene", "col", "row", "width", "height")]
        assert said[json.dumps(chip)] == (one["review"] or None)
    order = [hit["review"] for hit in learned["hits"] if "review" in hit]
    assert order == ["keep", "keep", "reject"]
    assert [hit["window"] for hit in plain["hits"]] != [hit["window"] for hit in learned["hits"]]
    assert run(["search", str(index), "a road", "--feedback", str(ticks)]) == 0
    assert "review" in capsys.readouterr().out.splitlines()[0]
    heats = [str(tmp_path / name) for name in ("plain.tif", "taught.tif")]
    for heat, more in zip(heats, ([], ["--feedback", str(ticks)]), strict=True):
        words = ["heatmap", str(index), "a road", "--scene", "west", "-o", heat, *more]
        assert run(words) == 0
    first, second = (rasterio.open(heat).read(1) for heat in heats)
    assert not np.array_equal(first, second)
    capsys.readouterr()
    assert run(["search", str(index), "a road", "--feedback", str(ticks), "--rerank", "smr"]) == 2
    assert "feedback with --rerank" in capsys.readouterr().err
    assert run(["search", str(index), "a road", "--feedback", str(ticks), "-o", str(ticks)]) == 1
    (tmp_path / "no.geojson").write_text("{}")
    assert run(["search", str(index), "a road", "--feedback", str(tmp_path / "no.geojson")]) == 1
    assert "no.geojson" in capsys.readouterr().err
