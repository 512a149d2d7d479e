"""What a command writes never takes the place of a scene, or of a file of an index."""

from __future__ import annotations

import hashlib

import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.index import build_index
from tests.cmpagl_model.index.campaign import SPEC, write_scene
from tests.cmpagl_model.index.cheap import CheapEncoder


@pytest.fixture
def index(tmp_path):
    """An index of a scene in a folder with a space in its name, and a file to be replaced."""
    folder = tmp_path / "my scenes"
    folder.mkdir()
    scenes = [write_scene(folder / "a.tif", 1)]
    (folder / "b.vrt").write_text(VRT)
    build_index([*scenes, str(folder / "b.vrt")], tmp_path / "x.cmpagl", CheapEncoder(), SPEC)
    (tmp_path / "link.tif").symlink_to(folder / "a.tif")
    return tmp_path / "x.cmpagl"


VRT = """<VRTDataset rasterXSize="96" rasterYSize="64"><SRS>EPSG:32631</SRS>
<GeoTransform>600000, 1, 0, 5700000, 0, -1</GeoTransform>""" + "".join(
    f"""<VRTRasterBand dataType="Byte" band="{band}"><SimpleSource>
    <SourceFilename relativeToVRT="1">a.tif</SourceFilename><SourceBand>{4 - band}</SourceBand>
    </SimpleSource></VRTRasterBand>"""
    for band in (1, 2, 3)
) + "</VRTDataset>"  # fmt: skip


def contents(folder):
    files = [path for path in folder.rglob("*") if path.is_file() and "_cache" not in path.parts]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("output", ["my scenes/a.tif", "my scenes/../my scenes/a.tif", "link.tif"])
def test_a_scene_is_not_replaced(index, tmp_path, capsys, output):
    before = contents(tmp_path)
    place = str(tmp_path / output)
    assert run(["heatmap", str(index), "a road", "--scene", "a.tif", "-o", place]) not in {0, 3}
    said = " ".join(capsys.readouterr().err.split())
    assert "found a scene of the index" in said
    assert "a_matches.tif" in said or "link_matches.tif" in said
    assert run(["search", str(index), "a road", "--preview", place]) not in {0, 3}
    assert contents(tmp_path) == before


@pytest.mark.parametrize("output", ["x.cmpagl/parts/new.parquet", "x.cmpagl/new.geojson"])
def test_nothing_is_written_into_an_index(index, tmp_path, capsys, output):
    before = contents(tmp_path)
    place = str(tmp_path / output)
    for command in (["export", str(index)], ["search", str(index), "a road"],
                    ["info", "--damage", str(index)]):  # fmt: skip
        assert run([*command, "-o", place]) not in {0, 3}
        assert "found a place inside the index" in " ".join(capsys.readouterr().err.split())
    assert contents(tmp_path) == before


def test_other_files_are_replaced(index, tmp_path):
    place = tmp_path / "my scenes" / "hits.geojson"
    place.write_text("old")
    assert run(["export", str(index), "-o", str(place)]) == 0
    assert place.read_text() != "old"
