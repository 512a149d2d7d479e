"""What is read and encoded, and what is not: batches, duplicates, scenes that fail."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from cmpagl_model.index import build_index, load_chips, read_info
from cmpagl_model.index.batches import QUIET_CHIPS, SceneJob, UnreadScene, read_batches
from tests.cmpagl_model.index.harm import part_files
from tests.cmpagl_model.index.test_build import SPEC, StopAfter, hashes
from tests.conftest import painted_pixels
from tiling import ChipSpec, describe_scene, plan_chips, read_chips
from tiling.decoders import Decoder

SIDE_BY_SIDE = ChipSpec(size_px=192, native=True, overlap=0.0)


def job_of(path, spec, missing=(0,)):
    scene = describe_scene(str(path), spec)
    return SceneJob(scene, plan_chips(scene, spec), "key", missing)


def tiled_pixels(columns, rows):
    """One painted chip beside and below itself."""
    return np.tile(painted_pixels(192, 192), (1, rows, columns))


def test_equal_chips_are_encoded_once_and_have_one_embedding(make_scene, tmp_path, encoder):
    pixels = tiled_pixels(4, 3)
    pixels[:, :192, :192] = painted_pixels(192, 192, seed=1)
    path = make_scene(pixels=pixels)
    index = tmp_path / "x.cmpagl"
    # a batch of two: what equals a chip of an earlier batch is found too
    report = build_index([str(path)], index, encoder, SIDE_BY_SIDE, batch_size=2)
    assert (report.encoded, report.duplicates, report.skipped) == (2, 10, ())
    table = load_chips(index, read_info(index)).table
    assert len(table) == 12
    assert (table.embeddings[1:] == table.embeddings[1]).all()
    chips = np.stack([pixels[:, :192, :192], pixels[:, :192, 192:384]]).transpose(0, 2, 3, 1)
    wanted = encoder.encode_chips(chips).astype(np.float16)
    assert np.array_equal(table.embeddings[:2], wanted)


@pytest.mark.usefixtures("small_parts")
def test_duplicates_do_not_tie_parts_together(make_scene, tmp_path, encoder):
    """Each part holds what it would hold alone, so any worker may make it after any stop."""
    path = make_scene(pixels=tiled_pixels(4, 2))
    index = tmp_path / "x.cmpagl"
    report = build_index([str(path)], index, encoder, SIDE_BY_SIDE)
    assert (report.encoded, report.duplicates) == (2, 6)
    before = hashes(index)
    part_files(index)[1].unlink()
    again = build_index([str(path)], index, encoder)
    assert (again.encoded, again.duplicates, again.present) == (1, 3, 4)
    assert hashes(index) == before


def test_batch_size_changes_no_embedding(make_scene, tmp_path, encoder):
    """Up to the last bit of a half, which other processors may round otherwise."""
    path = make_scene(width=560)
    found = []
    for size in (1, 5, 64):
        index = tmp_path / f"{size}.cmpagl"
        build_index([str(path)], index, encoder, SPEC, batch_size=size)
        found.append(load_chips(index, read_info(index)).table.embeddings[:].astype(np.float32))
    np.testing.assert_allclose(found[0], found[2], atol=3e-4)
    np.testing.assert_allclose(found[1], found[2], atol=3e-4)


def test_scene_that_goes_while_others_are_read_costs_only_itself(make_scene, tmp_path, encoder):
    """The reader is ahead in the next scenes when one turns out unreadable."""
    paths = [make_scene(f"{name}.tif", seed=seed) for seed, name in enumerate("abc")]

    class Removing(StopAfter):
        def planned(self, _chips):
            paths[1].unlink()

    index = tmp_path / "x.cmpagl"
    inputs = [str(path) for path in paths]
    report = build_index(inputs, index, encoder, SPEC, progress=Removing(10**9))
    assert [problem.path for problem in report.problems] == [str(paths[1])]
    assert report.scenes == 2
    loaded = load_chips(index, read_info(index))
    assert [scene.path for scene in loaded.table.scenes] == [str(paths[0]), str(paths[2])]
    assert len(loaded.table) == report.encoded


def test_batches_are_full_and_in_the_order_of_the_plan(make_scene):
    job = job_of(make_scene(width=560), SPEC)
    batches = list(read_batches([job, job], SPEC, 192, 5))
    assert [batch.last for batch in batches].count(True) == 2
    first = list(itertools.takewhile(lambda batch: not batch.last, batches))
    assert all(len(batch.pixels) == 5 for batch in first)
    whole = batches[: len(first) + 1]
    assert sum(batch.planned for batch in whole) == len(job.plan)
    assert [chip for batch in whole for chip in batch.chips] == list(job.plan)
    read = [image.pixels for image in read_chips(job.scene, job.plan, SPEC)]
    assert np.array_equal(np.concatenate([batch.pixels for batch in whole]), np.stack(read))


@pytest.mark.usefixtures("small_parts")
def test_all_ground_sizes_of_a_scene_are_decoded_at_once(make_scene, monkeypatch):
    """In a first build, and in one that goes on in the middle of the smallest size."""
    decoded = []
    units = Decoder.units
    monkeypatch.setattr(
        Decoder, "units", lambda at, window, ways: decoded.append(window) or units(at, window, ways)
    )
    spec = ChipSpec(size_px=192, ground_sizes_m=(160.0, 330.0, 640.0))
    job = job_of(make_scene(pixels=painted_pixels(1400, 800)), spec)
    parts = range(-(-len(job.plan) // 4))
    for missing in (parts, parts[20:]):
        decoded.clear()
        batches = list(read_batches([replace(job, missing=tuple(missing))], spec, 192, 64))
        assert len({chip.ground_m for batch in batches for chip in batch.chips}) == 3
        assert len(decoded) == len(set(decoded)) > 1


@pytest.mark.usefixtures("small_parts")
def test_a_batch_is_of_one_part(make_scene):
    job = job_of(make_scene(width=560), SPEC, missing=(0, 2, 3))
    batches = list(read_batches([job], SPEC, 192, 64))
    assert [(batch.number, batch.last) for batch in batches] == [(0, True), (2, True), (3, True)]
    assert [batch.chips[0].number for batch in batches] == [0, 8, 12]


def test_an_empty_sea_is_told_in_pieces(make_scene):
    job = job_of(make_scene(pixels=np.full((3, 2400, 2400), 9, np.uint8)), SPEC)
    batches = list(read_batches([job], SPEC, 192, 64))
    assert [batch.planned for batch in batches[:-1]] == [QUIET_CHIPS] * (len(batches) - 1)
    assert sum(batch.skipped["uniform"] for batch in batches) == len(job.plan) > QUIET_CHIPS
    assert not any(len(batch.pixels) for batch in batches)


def test_a_scene_that_is_gone_is_reported_in_its_place(make_scene):
    jobs = [job_of(make_scene(f"{name}.tif"), SPEC) for name in "ab"]
    (make_scene("a.tif")).unlink()
    first, *others = read_batches(jobs, SPEC, 192, 64)
    assert isinstance(first, UnreadScene)
    assert first.job is jobs[0]
    assert [batch.job for batch in others] == [jobs[1]]
