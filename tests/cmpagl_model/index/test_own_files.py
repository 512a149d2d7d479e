"""Nothing that is not an index's own is ever deleted or joined with one."""

from __future__ import annotations

import pytest

from cmpagl_model.errors import OutputError
from cmpagl_model.importing.importer import import_file
from cmpagl_model.index import build_index, read_info, rebuild_index
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.embedded import clustered, write_source
from tiling import ChipSpec

SPEC = ChipSpec(size_px=160, native=True)


def everything(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("where", ["", "parts", "cache", "cache/arrays-0123456789abcdef"])
def test_a_folder_with_other_files_is_no_place_for_an_index(make_scene, tmp_path, where):
    folder = tmp_path / "scenes"
    scene = make_scene(folder=folder / where)
    before = everything(tmp_path)
    with pytest.raises(OutputError, match=r"found .*scene\.tif.*; next: -o .*index\.cmpagl"):
        build_index([str(scene)], folder, CheapEncoder(), SPEC)
    vectors = write_source(tmp_path / "some.parquet", clustered(9))
    with pytest.raises(OutputError, match=r"scene\.tif"):
        import_file(vectors, folder)
    vectors.unlink()
    assert everything(tmp_path) == before


def test_a_file_is_no_place_for_an_index(make_scene, tmp_path):
    scene = make_scene()
    with pytest.raises(OutputError, match="found a file, wanted a folder"):
        build_index([str(scene)], scene, CheapEncoder(), SPEC)
    assert everything(tmp_path).keys() == {"scene.tif"}


@pytest.mark.parametrize("place", ["x.cmpagl", "x.cmpagl/parts", "x.cmpagl/cache", "x.cmpagl.old"])
def test_rebuild_keeps_files_of_others(make_scene, tmp_path, place):
    scene = make_scene()
    index = tmp_path / "x.cmpagl"
    build_index([str(scene)], index, CheapEncoder(), SPEC)
    notes = tmp_path / place / "notes.txt"
    notes.parent.mkdir(exist_ok=True)
    notes.write_text("mine")
    picture = scene.read_bytes()
    for gsd_m in (2.0, 1.5):
        report = rebuild_index([], index, CheapEncoder(), ChipSpec(size_px=160, gsd_m=gsd_m))
        assert report.scenes == 1
        assert not report.problems
    assert read_info(index).spec.gsd_m == 1.5
    assert notes.read_text() == "mine"
    assert scene.read_bytes() == picture
    assert len(list((index / "parts").glob("*.parquet"))) == 1
