"""Every changed byte is found and made anew, and nothing else; no wrong answer comes out."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest

from cmpagl_model.errors import IndexMismatchError
from cmpagl_model.index.verify import verify_index
from cmpagl_model.search import ChipPlace, Examples, open_index
from tests.cmpagl_model.index.campaign import rows_of, write_scene
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.embedded import clustered, import_file, write_source
from tests.cmpagl_model.index.harm import flip, part_files
from tests.cmpagl_model.index.matrix import ARRAYS, Matrix, encoders, files_of

KINDS = [
    "_index.json",
    "manifest",
    *(f"part {n}" for n in range(4)),
    *(f"_cache/{n}" for n in ARRAYS),
]


@pytest.fixture(scope="module")
def matrix(tmp_path_factory):
    """Parts of 4 chips, so that there are four."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("cmpagl_model.index.format.CHIPS_PER_PART", 4)
        return Matrix(tmp_path_factory.mktemp("matrix"))


@pytest.fixture
def index(matrix, small_parts):  # noqa: ARG001 - what mends it makes parts of 4 too
    return matrix.copy()


def test_no_kind_of_file_is_left_out(matrix):
    assert matrix.kinds() == KINDS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("small_parts")
def test_a_flipped_bit_is_found_told_and_mended(matrix, kind):
    assert matrix.flips(kind, 3, 1) == 3


@pytest.mark.usefixtures("small_parts")
def test_a_manifest_damaged_with_all_parts_of_a_scene_is_mended(index, matrix):
    """Nothing but the footers of damaged parts says of which scene they are."""
    manifest, *parts = (files_of(index)[kind] for kind in KINDS if kind.startswith(("m", "p")))
    for path in (manifest, *parts):
        flip(path, 300)
    report = verify_index(index, repair=True, encoders=encoders)
    assert (report.problems, len(report.repaired)) == ((), 5)
    assert rows_of(index) == matrix.rows


def test_a_whole_index_is_left_as_it_is(index):
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*") if path.is_file()}
    report = verify_index(index, sample=99, repair=True, encoders=encoders)
    assert (report.chips, report.scenes, report.compared) == (12, 2, 12)
    assert not report.problems
    assert not report.repaired
    assert {path: path.stat().st_mtime_ns for path in index.rglob("*") if path.is_file()} == before


def test_lost_and_strange_parts_are_told(index):
    part_files(index)[0].unlink()
    shutil.copy(part_files(index)[1], index / "parts" / "copy.parquet")
    told = " ".join(map(str, verify_index(index).problems))
    assert "is missing" in told
    assert "parts/copy.parquet" in told


def test_what_repair_would_mend_is_told_apart(index, matrix):
    scene = matrix.scenes[1]
    kept = scene.read_bytes()
    lost, flipped = part_files(index)[:2]
    shutil.copy(part_files(index)[2], index / "parts" / "copy.parquet")
    lost.unlink()
    flip(flipped, flipped.stat().st_size // 2, 1)
    (index / "_index.json").write_text("{}")
    try:
        write_scene(scene, 99)
        before = verify_index(index)
        after = verify_index(index, repair=True, encoders=encoders)
    finally:
        scene.write_bytes(kept)
    mendable = {problem.path for problem in before.repairable}
    assert mendable == {"_index.json", lost.name, flipped.name}
    rest = [problem for problem in before.problems if problem not in before.repairable]
    assert {problem.path for problem in rest} == {"parts/copy.parquet", str(scene)}
    assert {problem.path for problem in after.repaired} == mendable
    assert set(after.problems) == set(rest)


def test_a_sample_finds_embeddings_that_are_not_of_the_pixels(index):
    class Another(CheapEncoder):
        def encode_chips(self, pixels):
            return super().encode_chips(pixels)[:, ::-1]

    report = verify_index(index, sample=5, encoders=lambda _: Another())
    assert report.compared == len(report.problems) == 5
    assert "another embedding" in str(report.problems[0])


def test_without_the_model_a_sample_is_told_and_the_rest_verified(index):
    def refuse(_):
        raise IndexMismatchError("another model")

    (problem,) = verify_index(index, sample=5, encoders=refuse).problems
    assert "another model" in str(problem)


def test_parts_of_a_scene_that_has_changed_are_not_made_of_its_new_content(index, matrix):
    scene = matrix.scenes[0]
    kept = scene.read_bytes()
    try:
        victim = next(path for path in part_files(index) if path.name.startswith("a-"))
        victim.unlink()
        write_scene(scene, 99)
        report = verify_index(index, repair=True, encoders=encoders)
        assert not report.repaired
        assert any("changed since it was indexed" in str(problem) for problem in report.problems)
        assert any("is missing" in str(problem) for problem in report.problems)
    finally:
        scene.write_bytes(kept)


def place_in(opened):
    """The eighth chip of an index."""
    table = opened.table
    return ChipPlace(table.scenes[0].path, table.window(7), float(table.ground_m[7]))


def test_search_mends_its_own_cache(tmp_path):
    index = tmp_path / "x.cmpagl"
    import_file(write_source(tmp_path / "m.parquet", clustered(300)), index, model="m")

    place = place_in(open_index(index))

    def ask(opened):
        hits = opened.similar(Examples((place,)), k=50).hits
        return [(hit.scene, hit.window, hit.score) for hit in hits]

    wanted = ask(open_index(index))
    for harm in ("flip", "cut"):
        opened = open_index(index)
        ask(opened)
        again = open_index(index)
        (arrays,) = (index / "_cache").iterdir()
        if harm == "flip":
            flip(arrays / "rows", 11)
        else:
            os.truncate(arrays / "rows", 5)
        assert ask(again) == wanted
        assert ask(open_index(index)) == wanted
        assert not verify_index(index).problems


def test_a_part_cut_under_an_open_index_is_told_and_searched_around(tmp_path):
    index = tmp_path / "x.cmpagl"
    import_file(write_source(tmp_path / "m.parquet", clustered(6000)), index, model="m")
    opened = open_index(index)
    place = place_in(opened)
    assert opened.similar(Examples((place,)), k=5).hits
    os.truncate(part_files(index)[1], 1000)
    assert opened.similar(Examples((place,)), k=5).hits
    assert "damaged part" in str(opened.problems[0])
    assert len(opened.table) == 4096


def test_a_read_only_index_with_a_damaged_cache_is_searched_all_the_same(tmp_path, monkeypatch):
    index = tmp_path / "x.cmpagl"
    import_file(write_source(tmp_path / "m.parquet", clustered(300)), index, model="m")
    opened = open_index(index)
    place = place_in(opened)
    wanted = np.array([hit.score for hit in opened.similar(Examples((place,)), k=20).hits])
    again = open_index(index)
    (arrays,) = (index / "_cache").iterdir()
    flip(arrays / "rows", 9)
    monkeypatch.setattr("cmpagl_model.table.checked.delete", lambda _: False)
    found = [hit.score for hit in again.similar(Examples((place,)), k=20).hits]
    np.testing.assert_allclose(found, wanted)
