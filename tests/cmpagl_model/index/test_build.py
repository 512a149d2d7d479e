"""Building an index: what is written, what a second run does, what stops and what does not."""

from __future__ import annotations

import importlib
import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import geopandas
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from cmpagl_model.errors import IndexFormatError, IndexMismatchError
from cmpagl_model.index import build_index, load_chips, open_chips, read_info, rebuild_index
from cmpagl_model.index import parts as parts_module
from tests.cmpagl_model.index.chips_told import ChipsTold
from tests.cmpagl_model.index.harm import contents, flip, made_by, part_files
from tests.conftest import painted_pixels
from tiling import ChipSpec, describe_scene, plan_chips
from tiling.errors import UnreadableSceneError
from tiling.georef import footprint

SPEC = ChipSpec(size_px=192, native=True)


hashes = contents


def test_parts_are_geoparquet_with_all_that_replays_a_chip(make_scene, tmp_path, encoder):
    scene_path = make_scene()
    report = build_index([str(scene_path)], tmp_path / "x.cmpagl", encoder, SPEC)
    scene = describe_scene(str(scene_path), SPEC)
    plan = plan_chips(scene, SPEC)
    assert (report.scenes, report.unchanged, report.encoded) == (1, 0, len(plan))
    (part,) = (tmp_path / "x.cmpagl" / "parts").iterdir()
    frame = geopandas.read_parquet(part)
    assert frame.crs.equals("OGC:CRS84")
    assert len(frame) == len(plan)
    assert frame.geometry.iloc[3].equals_exact(footprint(scene, plan[3].window), 1e-9)
    assert frame.window.iloc[3]["col"] == plan[3].window.col
    assert (frame.scene == str(scene_path)).all()
    meta = pq.read_metadata(part).metadata
    geo = json.loads(meta[b"geo"])
    assert geo["version"] == "1.1.0"
    assert "bbox" in geo["columns"]["geometry"]["covering"]
    assert json.loads(meta[b"emb"])["emb:dimensions"] == 256
    record = parts_module.read_record(part)
    assert record.scene == scene
    assert record.plan_chips == len(plan)


def test_the_folder_opens_by_its_own_name(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    build_index([str(make_scene())], index, encoder, SPEC)
    table = open_chips(index, read_info(index)).table  # its arrays are there, too
    frame = geopandas.read_parquet(index)
    assert len(frame) == len(table) == len(pq.read_table(index))
    assert shapely.equals_exact(frame.geometry, table.footprints(np.arange(len(table)))).all()


def test_bbox_covering_lets_geopandas_read_a_piece(make_scene, tmp_path, encoder):
    build_index([str(make_scene())], tmp_path / "x.cmpagl", encoder, SPEC)
    (part,) = (tmp_path / "x.cmpagl" / "parts").iterdir()
    whole = geopandas.read_parquet(part)
    corner = whole.geometry.iloc[0].centroid
    piece = geopandas.read_parquet(part, bbox=(corner.x, corner.y, corner.x, corner.y))
    assert 0 < len(piece) < len(whole)


def test_embeddings_are_those_of_the_chips(make_scene, tmp_path, encoder):
    pixels = painted_pixels(192, 192)
    path = make_scene(pixels=pixels)
    build_index([str(path)], tmp_path / "x.cmpagl", encoder, SPEC)
    table = load_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl")).table
    wanted = encoder.encode_chips(pixels.transpose(1, 2, 0)[None])[0]
    assert table.embeddings[0].astype(np.float32) @ wanted > 0.9999


def test_a_specification_has_the_size_of_the_shipped_model(encoder):
    assert ChipSpec().size_px == encoder.model.config.image.input_px


def test_second_run_does_only_what_is_new(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    first = make_scene("a.tif", seed=1)
    build_index([str(first)], index, encoder, SPEC)
    before = hashes(index)
    second = make_scene("b.tif", seed=2)
    report = build_index([str(first), str(second)], index, encoder)
    assert (report.scenes, report.unchanged) == (2, 1)
    assert report.encoded == len(plan_chips(describe_scene(str(second), SPEC), SPEC))
    assert before.items() <= hashes(index).items()
    again = build_index([str(first), str(second)], index, encoder)
    assert (again.encoded, again.unchanged) == (0, 2)
    assert again.present == report.present + report.encoded


def test_whole_numbers_in_a_specification_are_those_of_the_rerun(make_scene, tmp_path, encoder):
    inputs, index = [str(make_scene())], tmp_path / "x.cmpagl"
    build_index(inputs, index, encoder, ChipSpec(gsd_m=2, overlap=0))
    assert build_index(inputs, index, encoder).encoded == 0


def test_changed_scene_replaces_its_old_chips(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    path = make_scene(seed=1)
    build_index([str(path)], index, encoder, SPEC)
    before = hashes(index)
    make_scene(seed=2)
    report = build_index([str(path)], index, encoder)
    assert report.encoded > 0
    assert not before.keys() & hashes(index).keys()
    assert len(load_chips(index, read_info(index)).table.scenes) == 1


def test_touched_scene_of_the_same_content_is_not_encoded_again(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    path = make_scene()
    build_index([str(path)], index, encoder, SPEC)
    path.touch()
    assert build_index([str(path)], index, encoder).encoded == 0


def test_moved_scene_is_followed_without_encoding(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    path = make_scene()
    build_index([str(path)], index, encoder, SPEC)
    moved = path.rename(tmp_path / "elsewhere.tif")
    report = build_index([str(moved)], index, encoder)
    assert (report.encoded, report.unchanged) == (0, 1)
    loaded = load_chips(index, read_info(index))
    assert [scene.path for scene in loaded.table.scenes] == [str(moved)]
    assert not loaded.problems
    assert all(name.startswith("elsewhere-") for name in hashes(index))


def test_copy_of_a_scene_is_searched_once(make_scene, tmp_path, encoder):
    path = make_scene()
    copy = shutil.copy(path, tmp_path / "copy.tif")
    report = build_index([str(path), str(copy)], tmp_path / "x.cmpagl", encoder, SPEC)
    assert report.scenes == 1
    assert report.encoded == len(plan_chips(describe_scene(str(path), SPEC), SPEC))


class StopAfter(ChipsTold):
    """A progress that stops the build, as a hand on Ctrl-C does."""

    def __init__(self, batches):
        self.left = batches

    def done(self, _chips, _scene):
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


@pytest.mark.usefixtures("small_parts")
def test_stopped_run_goes_on_and_ends_with_the_same_bytes(make_scene, tmp_path, encoder):
    path = make_scene(width=700, height=500)
    whole, stopped = tmp_path / "whole.cmpagl", tmp_path / "stopped.cmpagl"
    build_index([str(path)], whole, encoder, SPEC, batch_size=3)
    with pytest.raises(KeyboardInterrupt):
        build_index([str(path)], stopped, encoder, SPEC, batch_size=3, progress=StopAfter(5))
    done = [one.name.rpartition("-")[0] for one in read_info(stopped).parts if not one.begun]
    assert 0 < len(done) < len(hashes(stopped)) < len(hashes(whole))
    assert {name: hashes(stopped)[name] for name in done}.items() <= hashes(whole).items()
    report = build_index([str(path)], stopped, encoder, batch_size=3)
    assert hashes(stopped) == hashes(whole)
    assert report.encoded < len(plan_chips(describe_scene(str(path), SPEC), SPEC))


def test_killed_run_leaves_a_readable_index(make_scene, tmp_path):
    """A real process killed in the middle: what lies there is whole, the rerun finishes."""
    path = make_scene(width=600, height=600)
    index = tmp_path / "x.cmpagl"
    code = (
        "import os, signal, sys\n"
        "import cmpagl_model.index.build as b, cmpagl_model.index.format as f\n"
        "from cmpagl_model.cli.app import run\n"
        "f.CHIPS_PER_PART = 4\n"
        "write, left = b.write_part, [int(sys.argv[1])]\n"
        "def dying(*a):\n"
        "    made = write(*a)\n"
        "    left[0] -= 1\n"
        "    if not left[0]: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return made\n"
        "b.write_part = dying\n"
        "sys.exit(run(sys.argv[2:]))\n"
    )
    options = ["index", str(path), "-o", str(index), "--gsd", "native", "-q"]
    program = [sys.executable, "-c", code]
    assert subprocess.run([*program, "3", *options], check=False).returncode == -9
    assert len(list((index / "parts").iterdir())) == 3
    assert len(load_chips(index, read_info(index)).table) == 4 * len(hashes(index))
    assert subprocess.run([*program, "-1", *options], check=False).returncode == 0
    assert len(list((index / "parts").iterdir())) == len(hashes(index))  # none was made twice
    plan = plan_chips(describe_scene(str(path), SPEC), SPEC)
    assert len(load_chips(index, read_info(index)).table) == len(plan)


@pytest.mark.usefixtures("small_parts")
def test_damaged_part_is_made_anew(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    path = make_scene()
    build_index([str(path)], index, encoder, SPEC)
    before = hashes(index)
    victim = part_files(index)[0]
    victim.write_bytes(victim.read_bytes()[:200])
    assert load_chips(index, read_info(index)).problems
    build_index([str(path)], index, encoder)
    assert hashes(index) == before


@pytest.mark.usefixtures("small_parts")
def test_missing_part_is_named_and_made_anew(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    path = make_scene()
    build_index([str(path)], index, encoder, SPEC)
    victim = part_files(index)[1]
    victim.unlink()
    (problem,) = load_chips(index, read_info(index)).problems
    assert problem.path == victim.name
    assert "part 2 of" in problem.reason
    build_index([str(path)], index, encoder)
    assert not load_chips(index, read_info(index)).problems


def test_flipped_bit_in_a_part_is_noticed(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    build_index([str(make_scene())], index, encoder, SPEC)
    (part,) = (index / "parts").iterdir()
    flip(part, pq.read_metadata(part).row_group(0).column(13).data_page_offset + 60)
    loaded = load_chips(index, read_info(index))
    assert len(loaded.table) == 0
    assert "damaged part" in loaded.problems[0].reason


def test_another_model_is_refused_with_both_fingerprints(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    path = make_scene()
    build_index([str(path)], index, encoder, SPEC)
    made_by(index, "f" * 64)
    with pytest.raises(IndexMismatchError) as refused:
        build_index([str(path)], index, encoder)
    for wanted in ("f" * 64, encoder.model.fingerprint, f"cmpagl index --rebuild -o {index}"):
        assert wanted in str(refused.value)


def test_rebuild_mends_an_index_of_another_model(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    build_index([str(make_scene())], index, encoder, SPEC)
    made_by(index, "f" * 64)
    report = rebuild_index([], index, encoder)
    assert report.encoded > 0
    loaded = load_chips(index, read_info(index))
    assert loaded.info.model.fingerprint == encoder.model.fingerprint
    assert len(loaded.table) == report.encoded
    assert len(list((index / "parts").iterdir())) == 1


def test_rebuild_is_not_hindered_by_what_another_left_behind(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    path = make_scene(width=700, height=500)
    build_index([str(path)], index, encoder, SPEC)
    with pytest.raises(KeyboardInterrupt):
        rebuild_index([], index, encoder, ChipSpec(gsd_m=2.0), progress=StopAfter(1))
    assert read_info(index).spec == SPEC
    rebuild_index([], index, encoder, ChipSpec(gsd_m=1.5))
    assert read_info(index).spec == ChipSpec(gsd_m=1.5)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["scene.tif", "x.cmpagl"]


def test_scene_named_from_its_own_folder_is_found_from_another(
    make_scene, tmp_path, encoder, monkeypatch
):
    path = make_scene(folder=tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    build_index(["scene.tif"], tmp_path / "x.cmpagl", encoder, SPEC)
    monkeypatch.chdir(tmp_path)
    loaded = load_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl"))
    assert [scene.path for scene in loaded.table.scenes] == [str(path)]
    assert build_index(["here/scene.tif"], tmp_path / "x.cmpagl", encoder).unchanged == 1


def test_rebuild_keeps_the_old_index_when_a_scene_is_gone(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    path = make_scene()
    build_index([str(path)], index, encoder, SPEC)
    before = hashes(index)
    path.unlink()
    report = rebuild_index([], index, encoder, ChipSpec(gsd_m=2.0))
    assert [problem.path for problem in report.problems] == [str(path)]
    assert hashes(index) == before


def test_other_chips_are_refused(make_scene, tmp_path, encoder):
    index = tmp_path / "x.cmpagl"
    path = make_scene()
    build_index([str(path)], index, encoder, SPEC)
    with pytest.raises(IndexMismatchError, match="leave the chip options out"):
        build_index([str(path)], index, encoder, ChipSpec(gsd_m=2.0))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "found no CMPAGL index"),
        ("no json", "not readable"),
        ('{"format": "cmpagl-index", "version": 99}', "found index version 99, wanted 2"),
        ('{"format": "cmpagl-index", "version": 1}', "damaged page"),
    ],
)
def test_foreign_front_pages_are_refused(tmp_path, content, said):
    (tmp_path / "_index.json").write_text(content)
    with pytest.raises(IndexFormatError, match=said):
        read_info(tmp_path)


def test_unreadable_inputs_are_listed_and_the_rest_goes_on(make_scene, tmp_path, encoder):
    good = make_scene("good.tif")
    text = tmp_path / "text.tif"
    text.write_text("not a raster")
    empty = tmp_path / "empty.tif"
    empty.touch()
    inputs = [str(text), str(good), str(empty), str(tmp_path / "absent.tif")]
    report = build_index(inputs, tmp_path / "x.cmpagl", encoder, SPEC)
    assert report.scenes == 1
    assert {problem.path for problem in report.problems} == {inputs[0], inputs[2], inputs[3]}


def test_an_odd_file_costs_itself_alone(make_scene, tmp_path, encoder):
    good = [make_scene("a.tif", seed=1), make_scene("c.tif", seed=2)]
    odd = make_scene(
        "b.tif", pixels=painted_pixels(64, 64).astype("complex64"), dtype="complex_int16"
    )
    inputs = [str(good[0]), str(odd), str(good[1])]
    report = build_index(inputs, tmp_path / "x.cmpagl", encoder, SPEC)
    assert report.scenes == 2
    assert [problem.path for problem in report.problems] == [str(odd)]


@pytest.mark.parametrize("stage", ["batches.read_chips", "encode.footprints"])
def test_an_error_of_any_stage_costs_its_scene_alone(
    make_scene, tmp_path, encoder, monkeypatch, stage
):
    scenes = [str(make_scene(name, seed=seed)) for seed, name in enumerate("abc")]
    module, name = stage.split(".")
    works = getattr(importlib.import_module(f"cmpagl_model.index.{module}"), name)

    def fails(scene, *others):
        if scene.path == scenes[1]:
            raise UnreadableSceneError(f"{scene.path} cannot be used")
        return works(scene, *others)

    monkeypatch.setattr(f"cmpagl_model.index.{stage}", fails)
    report = build_index(scenes, tmp_path / "x.cmpagl", encoder, SPEC)
    assert report.scenes == 2
    assert [problem.path for problem in report.problems] == [scenes[1]]
    table = load_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl")).table
    assert {scene.path for scene in table.scenes} == {scenes[0], scenes[2]}


def test_nothing_usable_leaves_no_index_behind(tmp_path, encoder):
    report = build_index([str(tmp_path)], tmp_path / "x.cmpagl", encoder, SPEC)
    assert report.scenes == 0
    assert report.problems
    assert not (tmp_path / "x.cmpagl").exists()


def test_empty_and_uniform_chips_are_not_encoded(make_scene, tmp_path, encoder):
    pixels = painted_pixels(480, 160)
    pixels[:, :, :160] = 0  # nodata
    pixels[:, :, 320:] = 77  # a lake without a wave
    path = make_scene(pixels=pixels, nodata=0)
    spec = ChipSpec(size_px=160, native=True, overlap=0)
    report = build_index([str(path)], tmp_path / "x.cmpagl", encoder, spec)
    assert report.encoded == 1
    assert dict(report.skipped) == {"empty": 1, "uniform": 1}


def test_damaged_block_costs_only_its_chips(make_scene, tmp_path, encoder):
    path = make_scene(width=512, height=512)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = bytes(400)
    path.write_bytes(content)
    report = build_index([str(path)], tmp_path / "x.cmpagl", encoder, SPEC)
    assert report.scenes == 1
    assert report.encoded > 0
    (problem,) = report.damaged
    assert "could not be decoded" in problem.reason
    assert "the rest is indexed" in problem.reason
    assert build_index([str(path)], tmp_path / "x.cmpagl", encoder).damaged == report.damaged


def test_scene_without_one_chip_to_encode_is_still_done(make_scene, tmp_path, encoder):
    path = make_scene(pixels=np.full((3, 200, 200), 9, np.uint8))
    index = tmp_path / "x.cmpagl"
    assert build_index([str(path)], index, encoder, SPEC).encoded == 0
    assert build_index([str(path)], index, encoder).unchanged == 1
    assert len(load_chips(index, read_info(index)).table) == 0


def _run_with_small_files(arguments, limit):
    """The real program in a process that may write no file above ``limit`` bytes."""

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "cmpagl_model.cli", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, preexec_fn=small_files
    )


def test_full_disk_is_one_line_and_loses_nothing(make_scene, tmp_path):
    path = make_scene(width=600, height=600)
    index = tmp_path / "x.cmpagl"
    command = ["index", str(path), "-o", str(index), "--gsd", "native"]
    done = _run_with_small_files(command, 20_000)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "cannot write" in done.stderr
    assert "free some space" in done.stderr
    assert not list(Path(index / "parts").iterdir())
    assert _run_with_small_files(command, 10**9).returncode == 0


def test_footprints_and_bounds_come_back(make_scene, tmp_path, encoder):
    build_index([str(make_scene())], tmp_path / "x.cmpagl", encoder, SPEC)
    table = load_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl")).table
    shapes = table.footprints(np.arange(len(table)))
    np.testing.assert_allclose(shapely.bounds(shapes), table.bounds(np.arange(len(table))))
