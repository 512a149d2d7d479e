"""Where in the chip: a painted lake is shown where it lies, and the words that found it."""

from __future__ import annotations

import os
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio
from PIL import Image

from cmpagl_model.errors import IndexMismatchError, OutputError, QueryError
from cmpagl_model.index import build_index
from cmpagl_model.index.imported import NO_PIXELS
from cmpagl_model.search import ChipPlace, PointPlace, SearchableIndex, open_index
from cmpagl_model.search.heatmap import write_heatmap
from cmpagl_model.search.where import CELLS, where_in_chip
from cmpagl_model.search.where_output import heated, write_heated, write_sheet
from tests.cmpagl_model.search.paper import paper_index, paper_scene
from tests.cmpagl_model.search.test_change import X, Y, country
from tests.conftest import make_scene
from tiling import ChipSpec, Window

SPEC = ChipSpec(size_px=80, ground_sizes_m=(80.0, 120.0, 320.0))


@pytest.fixture(scope="module")
def lake(tmp_path_factory, encoder):
    """One chip, 520 m wide, with the lake right of its middle and below it."""
    folder = tmp_path_factory.mktemp("lake")
    pixels = np.roll(country(lake=True), (100, 120), axis=(1, 2))
    make_scene.__wrapped__(folder)("lake.tif", pixels=pixels, corner=(X, Y))
    build_index(
        [str(folder / "lake.tif")], folder / "i.cmpagl", encoder, ChipSpec(ground_sizes_m=(520.0,))
    )
    opened = open_index(folder / "i.cmpagl")
    (hit,) = opened.search("a lake", 1).hits
    return SimpleNamespace(
        opened=opened, hit=hit, folder=folder, place=ChipPlace(hit.scene, hit.window, hit.ground_m)
    )


def test_the_lake_is_warm_and_the_wood_is_not(lake):
    found = where_in_chip(lake.opened, lake.place, "a lake")
    values = found.heat.values
    assert values.shape == (CELLS, CELLS)
    assert values.dtype == np.float32
    row, column = np.unravel_index(values.argmax(), values.shape)
    assert (6 <= row <= 11, 7 <= column <= 11) == (True, True)
    assert values[:4, :4].mean() < values[8:, 8:].mean()
    wood = where_in_chip(lake.opened, lake.place, "a forest with green trees").heat.values
    assert wood[:4, :4].mean() > wood[8:, 8:].mean()
    assert found.score == pytest.approx(lake.hit.score, abs=1e-3)


def test_the_heat_lies_on_the_chip(lake):
    path = lake.folder / "heat.tif"
    write_heatmap(where_in_chip(lake.opened, lake.place, "a lake").heat, path)
    with rasterio.open(path) as file, rasterio.open(lake.hit.scene) as scene:
        assert file.crs == scene.crs
        assert file.bounds == pytest.approx(scene.bounds)


def test_words_that_made_it(lake):
    found = where_in_chip(lake.opened, lake.place, "a lake in a lake near airplanes")
    falls = {one.word: one.fall for one in found.words}
    assert list(falls) == ["lake", "airplanes"]
    assert falls["lake"] > max(0, falls["airplanes"])
    assert found.telling == ("lake",)
    vector = lake.opened.encoder.encode_texts(
        ["a lake in a lake near airplanes", "a in a near airplanes"]
    )
    chip = lake.opened.table.embeddings[[0]][0].astype(np.float32)
    assert falls["lake"] == pytest.approx(float(chip @ (vector[0] - vector[1])), abs=1e-4)


def test_one_word_and_none(lake):
    one = where_in_chip(lake.opened, lake.place, "the LAKE")
    assert [(word.word, word.fall) for word in one.words] == [("lake", None)]
    assert one.telling == ("lake",)
    none = where_in_chip(lake.opened, lake.place, "12 34")
    assert (none.words, none.telling) == ((), ())


def test_what_is_not_wanted_counts_against(lake):
    read = where_in_chip(lake.opened, lake.place, "woods, no lake")
    plain = where_in_chip(lake.opened, lake.place, "woods, no lake", plain=True)
    falls = {one.word: one.fall for one in read.words}
    assert falls["woods"] is None  # nothing wanted would be left
    assert falls["lake"] < 0
    assert {one.word: one.fall for one in plain.words}["lake"] > falls["lake"]


def test_a_place_at_the_edge_is_shown_without_padding(lake, encoder):
    index = lake.folder / "edge.cmpagl"
    build_index([str(lake.folder / "lake.tif")], index, encoder, ChipSpec(ground_sizes_m=(800.0,)))
    opened = open_index(index)
    found = where_in_chip(opened, PointPlace(*_middle(opened)), "a lake")
    assert found.window == Window(0, 0, 520, 520)
    assert found.pixels.shape[0] == found.pixels.shape[1] == round(0.65 * 384)
    row, column = np.unravel_index(found.heat.values.argmax(), found.heat.values.shape)
    assert min(row, column) >= 5
    a, _, c, *_ = found.heat.transform
    assert c + a * CELLS == pytest.approx(X + 520)


def _middle(opened):
    (shape,) = opened.table.footprints(np.array([0]))
    return shape.centroid.x, shape.centroid.y


@pytest.mark.parametrize(
    ("query", "place", "words"),
    [
        (" ", None, "found an empty query"),
        ("no cars", None, "found only what is not wanted"),
        ("a lake", PointPlace(0, 0), "found no chip at longitude 0"),
        ("a lake", ChipPlace("x.tif", Window(0, 0, 9, 9), 9.0), "found no chip of 9 m at column 0"),
    ],
)
def test_what_cannot_be_asked_is_refused(lake, query, place, words):
    with pytest.raises(QueryError, match=words):
        where_in_chip(lake.opened, place or lake.place, query)


def test_a_scene_that_changed_or_went_is_refused(make_scene, encoder, tmp_path):
    scene = make_scene("town.tif", seed=1)
    build_index([str(scene)], tmp_path / "i.cmpagl", encoder, ChipSpec(native=True))
    opened = open_index(tmp_path / "i.cmpagl")
    hit = opened.search("a road", 1).hits[0]
    place = ChipPlace(hit.scene, hit.window, hit.ground_m)
    assert where_in_chip(opened, place, "a road").pixels.any()
    make_scene("town.tif", seed=2)
    os.utime(scene, (1, 1))
    with pytest.raises(QueryError, match="has changed since it was indexed; wanted"):
        where_in_chip(opened, place, "a road")
    scene.unlink()
    with pytest.raises(QueryError, match="next: put the file back"):
        where_in_chip(opened, place, "a road")


def test_imported_embeddings_and_another_model_are_refused(lake):
    scene = replace(paper_scene("a"), dtype=NO_PIXELS)
    index = paper_index([scene], SPEC)
    place = ChipPlace(scene.path, index.table.window(0), float(index.table.ground_m[0]))
    with pytest.raises(QueryError, match="the pixels are not at hand"):
        where_in_chip(index, place, "a lake")
    other = replace(lake.opened.info.model, fingerprint="ab" * 32)
    info = replace(lake.opened.info, model=other)
    foreign = SearchableIndex(lake.opened.folder, info, lake.opened.table, ())
    with pytest.raises(IndexMismatchError, match="abab"):
        where_in_chip(foreign, lake.place, "a lake")


def test_work_can_be_stopped(lake):
    class Impatient:
        def start(self, total):
            assert total == 25

        def advance(self, _count):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        where_in_chip(lake.opened, lake.place, "a lake", progress=Impatient())


def test_pictures_show_the_heat(lake, tmp_path):
    found = where_in_chip(lake.opened, lake.place, "a lake")
    warm = np.asarray(heated(found, 240)).astype(int)
    plain = np.asarray(Image.fromarray(found.pixels).resize((240, 240), Image.Resampling.BICUBIC))
    redder = (warm - plain)[..., 0] - (warm - plain)[..., 2]
    assert redder[:60, :60].mean() < 5
    assert redder[140:220, 160:].mean() > 20
    write_heated(found, tmp_path / "heat.png", 240)
    assert Image.open(tmp_path / "heat.png").size == (240, 240)
    write_sheet(found, tmp_path / "sheet.jpg")
    assert Image.open(tmp_path / "sheet.jpg").width > 800
    with pytest.raises(OutputError, match="found the ending"):
        write_sheet(found, tmp_path / "sheet.gif")
