"""An answer in Python's own forms: a table of geopandas, GeoJSON, HTML for notebooks."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from html.parser import HTMLParser

import geopandas
import numpy as np
import pytest
from PIL import Image

from cmpagl_model.index import build_index
from cmpagl_model.records import Problem
from cmpagl_model.search import ChipPlace, Examples, open_index
from cmpagl_model.search.output import geojson_text, write_hits
from tests.cmpagl_model.search.paper import paper_index, paper_scene
from tiling import ChipSpec

HOSTILE = "<script>alert('1')</script>&\"'<img src=x onerror=y>"


class Page(HTMLParser):
    """What a browser makes of a page: tags, attributes, text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.sources, self.texts = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.sources += [value for name, value in attrs if name == "src"]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="module")
def answer():
    scene = paper_scene(HOSTILE.replace("/", ""), crs="EPSG:32631")
    index = paper_index([scene], ChipSpec(size_px=80, native=True))
    table = index.table
    chip = ChipPlace(scene.path, table.window(0), float(table.ground_m[0]))
    return index.similar(Examples((chip,)), k=30)


def test_all_forms_hold_what_a_file_holds(answer, tmp_path):
    write_hits(answer, tmp_path / "hits.gpkg")
    wanted, frame = geopandas.read_file(tmp_path / "hits.gpkg"), answer.to_geodataframe()
    assert frame.crs == "OGC:CRS84"
    assert list(frame.columns) == [*list(wanted.columns)]
    assert frame["rank"].tolist() == wanted["rank"].tolist() == list(range(1, len(frame) + 1))
    assert frame.geometry.geom_equals_exact(wanted.geometry, 1e-9).all()
    assert json.loads(json.dumps(answer.__geo_interface__)) == json.loads(geojson_text(answer))
    again = geopandas.GeoDataFrame.from_features(answer, crs="OGC:CRS84")
    assert again.geometry.geom_equals_exact(frame.geometry, 1e-7).all()
    none = replace(answer, hits=())
    assert none.to_geodataframe().empty
    assert none.__geo_interface__["features"] == []


def test_nothing_that_others_wrote_becomes_markup(answer):
    told = replace(answer, query=HOSTILE, notice=HOSTILE, problems=(Problem(HOSTILE, HOSTILE),))
    page = Page(told._repr_html_())
    assert set(page.tags) == {"p", "table", "tr", "th", "td"}
    assert page.texts.count(HOSTILE) >= 2
    assert "the first 20 of" in " ".join(page.texts) or len(answer.hits) <= 20
    assert page.tags.count("tr") == 1 + min(20, len(answer.hits))


def test_an_answer_without_places_says_so(answer):
    assert Page(replace(answer, hits=())._repr_html_()).texts[-1] == "no place"


def test_pictures_are_the_chips_and_need_no_file(make_scene, tmp_path, encoder):
    scene = make_scene()
    folder = tmp_path / "town.cmpagl"
    build_index([str(scene)], folder, encoder, ChipSpec(native=True))
    index = open_index(folder)
    found = index.search("a road", k=3)
    page = Page(found._repr_html_())
    assert len(page.sources) == len(found.hits)
    chips = index.scene(str(scene))
    assert chips.path == found.hits[0].scene
    for source in page.sources:
        head, data = source.split(",")
        assert head == "data:image/png;base64"
        assert np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))).shape == (96, 96, 3)
    scene.unlink()
    assert Page(found._repr_html_()).sources == []
    assert replace(found, index=None)._repr_html_() == found._repr_html_()
