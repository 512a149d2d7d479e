"""Nothing that is not an index's own is ever deleted or joined with one."""

from __future__ import annotations

import os

import pytest

from cmpagl_model.errors import OutputError
from cmpagl_model.index import build_index, open_chips, read_info, rebuild_index
from cmpagl_model.index.export_embeddings import export_embeddings
from cmpagl_model.index.format import manifest_of, newest_number
from cmpagl_model.index.verify import verify_index
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.embedded import clustered, import_file, write_source
from tests.cmpagl_model.index.harm import sealed
from tiling import ChipSpec

SPEC = ChipSpec(size_px=160, native=True)


def everything(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("where", ["", "parts", "_cache", "_cache/arrays-0123456789abcdef"])
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


@pytest.mark.parametrize(
    "name", ["_cache/arrays-0123456789abcdef", "_cache/arrays-KEY", "_versions"]
)
def test_what_a_link_in_an_index_leads_to_is_not_deleted(make_scene, tmp_path, name):
    """Somebody has put a link where folders of an index are, and its files are named like ours."""
    index, mine = tmp_path / "x.cmpagl", tmp_path / "mine"
    build_index([str(make_scene("a.tif"))], index, CheapEncoder(), SPEC)
    open_chips(index, read_info(index))
    (arrays,) = (index / "_cache").iterdir()
    name = name.replace("arrays-KEY", arrays.name)
    if name.endswith(arrays.name):
        arrays.rename(tmp_path / "away")
    mine.mkdir()
    for file in ("manifest.json", "codes", "notes.txt"):
        (mine / file).write_text("mine")
    link = index / (name if name != "_versions" else f"_versions/{newest_number(index) - 1:08d}")
    link.symlink_to(mine)
    before = everything(mine)
    for look in (open_all, verified, extended, open_all):
        look(index, make_scene)
        assert everything(mine) == before


def open_all(index, _make_scene):
    assert len(open_chips(index, read_info(index)).table)


def verified(index, _make_scene):
    verify_index(index, repair=True, encoders=lambda info: CheapEncoder(info.model.fingerprint))


def extended(index, make_scene):
    build_index([str(make_scene("b.tif", seed=1))], index, CheapEncoder(), SPEC)


@pytest.mark.parametrize(
    "name",
    ["../../mine.txt", "ABSOLUTE", "../mine-0123456789abcdef-00000.parquet",
     "../../mine-0123456789abcdef-00000-01234567.parquet"],
)  # fmt: skip
def test_a_strangers_manifest_names_no_file_outside_its_index(make_scene, tmp_path, name):
    """An older version, which the next one sweeps: parts that it alone names are deleted."""
    index = tmp_path / "x.cmpagl"
    build_index([str(make_scene("a.tif"))], index, CheapEncoder(), SPEC)
    mine = index / "parts" / name.replace("ABSOLUTE", str(tmp_path / "mine.txt"))
    mine.write_text("mine")
    number = newest_number(index)
    raw = manifest_of(index, number).read_bytes()
    older = manifest_of(index, number - 1)
    older.parent.mkdir()
    older.write_bytes(sealed(raw, lambda page: _with_part(page, number - 1, str(mine))))
    extended(index, make_scene)
    assert newest_number(index) > number
    assert mine.read_text() == "mine"


def _with_part(page, number, name):
    page["number"] = number
    page["parts"][0]["name"] = name


def test_an_index_may_lie_at_a_path_that_is_not_utf_8(make_scene, tmp_path):
    index = tmp_path / os.fsdecode(b"\xff\xe9.cmpagl")
    try:
        index.mkdir()
    except OSError:
        pytest.skip("no such names on this file system")
    scene = str(make_scene())
    build_index([scene], index, CheapEncoder(), SPEC)
    assert not verify_index(index).problems
    assert len(open_chips(index, read_info(index)).table) == read_info(index).parts[0].rows > 0
    assert build_index([scene], index, CheapEncoder(), SPEC).unchanged == 1
    for name in ("embeddings.parquet", "embeddings.npy"):
        count, problems = export_embeddings(index, index.with_name(name))
        assert (count, problems) == (read_info(index).parts[0].rows, ())
    export_embeddings(index, index.with_suffix(".parquet"))
