"""Parts that were begun: searched while an index grows, kept by a stop, replaced when whole."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from cmpagl_model.errors import OutputError
from cmpagl_model.index import build_index, load_chips, open_chips, read_info, rebuild_index
from cmpagl_model.index.format import PARTS, manifest_of, newest_number
from cmpagl_model.index.parts import is_whole
from cmpagl_model.index.survey import recover_manifest
from cmpagl_model.index.verify import verify_index
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.chips_told import ChipsTold
from tests.cmpagl_model.index.harm import flip
from tests.conftest import painted_pixels
from tiling import ChipSpec

SPEC = ChipSpec(size_px=32, native=True, overlap=0)
CHIPS = 30  # 5 by 6, and the part may hold 4,096


class Counting(CheapEncoder):
    """Counts what it encodes."""

    def __init__(self):
        super().__init__()
        self.encoded = 0

    def encode_chips(self, pixels):
        self.encoded += len(pixels)
        return super().encode_chips(pixels)


class Watch(ChipsTold):
    """Looks on, and stops a build after some batches."""

    def __init__(self, stop_after=-1, look=None):
        self.left, self.look = stop_after, look

    def done(self, chips, scene):  # noqa: ARG002 - as a progress has it
        if self.look:
            self.look()
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


@pytest.fixture
def scene(make_scene):
    """A scene of thirty chips, the first and the last two of one picture."""
    pixels = painted_pixels(160, 192)
    pixels[:, -32:, -32:] = pixels[:, -32:, -64:-32] = pixels[:, :32, :32]
    return str(make_scene(pixels=pixels))


@pytest.fixture
def at_once(monkeypatch):
    """What is begun is written after every batch."""
    monkeypatch.setattr("cmpagl_model.index.encode.PAUSES_S", (0.0,))
    monkeypatch.setattr("cmpagl_model.index.pending.SHARE_OF_TIME", 1e9)


def build(scene, index, encoder=None, **more):
    return build_index([scene], index, encoder or CheapEncoder(), SPEC, batch_size=4, **more)


def stop(scene, index, batches, encoder=None):
    with pytest.raises(KeyboardInterrupt):
        build(scene, index, encoder, progress=Watch(batches))


def sums(index):
    return [(entry.key, entry.number, entry.sha256) for entry in read_info(index).parts]


def files(index):
    return sorted(path.name for path in (index / PARTS).iterdir())


@pytest.mark.usefixtures("at_once")
def test_how_often_it_is_written_changes_no_byte(scene, tmp_path, monkeypatch):
    often, once = tmp_path / "often.cmpagl", tmp_path / "once.cmpagl"
    build(scene, often)
    monkeypatch.setattr("cmpagl_model.index.encode.PAUSES_S", (1e9,))
    build(scene, once)
    assert newest_number(often) > newest_number(once)
    assert sums(often) == sums(once)
    assert read_info(often).content == read_info(once).content != ""
    assert files(often) == [entry.name for entry in read_info(often).parts]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("disk", ["as it is", "of memory"])
def test_what_is_done_can_be_searched_while_it_grows(scene, tmp_path, monkeypatch, disk):
    """On a disk that keeps nobody waiting versions follow faster than an index is opened."""
    if disk == "of memory":
        monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    index, seen = tmp_path / "x.cmpagl", []

    def look():
        seen.append(len(open_chips(index, read_info(index)).table))

    build(scene, index, progress=Watch(look=look))
    assert seen == sorted(seen)
    assert 0 < seen[-1] < CHIPS
    assert len(open_chips(index, read_info(index)).table) == CHIPS


def test_a_stop_keeps_what_is_finished(scene, tmp_path):
    index, whole = tmp_path / "x.cmpagl", tmp_path / "whole.cmpagl"
    stop(scene, index, 3)
    loaded = load_chips(index, read_info(index))
    assert len(loaded.table) == 12
    (problem,) = loaded.problems
    assert problem.path == scene
    assert "part 1 of 1" in problem.reason
    assert "not finished" in problem.reason
    build(scene, whole)
    rows = load_chips(whole, read_info(whole)).table
    np.testing.assert_array_equal(loaded.table.embeddings[:12], rows.embeddings[:12])
    np.testing.assert_array_equal(loaded.table.bounds(np.arange(12)), rows.bounds(np.arange(12)))


def test_a_stop_that_keeps_nothing_says_so(scene, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cmpagl_model.index.parts.write_bytes", full)
    with pytest.raises(OutputError, match="No space left on device"):
        build(scene, tmp_path / "x.cmpagl", progress=Watch(3))


def test_going_on_encodes_the_rest_only_and_ends_with_the_same_bytes(scene, tmp_path):
    index, whole = tmp_path / "x.cmpagl", tmp_path / "whole.cmpagl"
    build(scene, whole)
    stop(scene, index, 3)
    rest = Counting()
    report = build(scene, index, rest)
    assert rest.encoded == CHIPS - 2 - 12  # two are the picture of another
    assert (report.encoded, report.duplicates, report.present) == (CHIPS - 14, 2, 12)
    assert sums(index) == sums(whole)
    assert read_info(index).content == read_info(whole).content
    assert not load_chips(index, read_info(index)).problems
    assert len(files(index)) == 1


def test_a_second_stop_loses_nothing_of_the_first(scene, tmp_path):
    index = tmp_path / "x.cmpagl"
    stop(scene, index, 5)
    for batches, rows in ((2, 20), (6, 24)):
        stop(scene, index, batches)
        assert len(load_chips(index, read_info(index)).table) == rows
        assert len(files(index)) == 1


def test_a_manifest_of_whole_parts_is_what_it_was(scene, tmp_path):
    index = tmp_path / "x.cmpagl"

    def entry():
        page = json.loads(manifest_of(index, newest_number(index)).read_bytes())
        return page["parts"][0]

    stop(scene, index, 3)
    assert entry()["begun"] is True
    build(scene, index)
    assert "begun" not in entry()


def test_a_damaged_beginning_is_not_gone_on_with(scene, tmp_path):
    index, whole = tmp_path / "x.cmpagl", tmp_path / "whole.cmpagl"
    build(scene, whole)
    stop(scene, index, 3)
    flip(index / PARTS / files(index)[0], 700)
    anew = Counting()
    build(scene, index, anew)
    assert anew.encoded == CHIPS - 2
    assert sums(index) == sums(whole)


def test_a_manifest_made_anew_knows_what_was_begun(scene, tmp_path):
    index = tmp_path / "x.cmpagl"
    stop(scene, index, 3)
    before = read_info(index)
    assert recover_manifest(index).parts == before.parts
    build(scene, index)
    (part,) = read_info(index).parts
    assert not part.begun
    assert is_whole(index, part)


def test_repairing_leaves_what_was_begun_as_it_is(scene, tmp_path):
    index = tmp_path / "x.cmpagl"
    stop(scene, index, 3)
    before = files(index)
    report = verify_index(index, repair=True, encoders=lambda _info: CheapEncoder())
    assert [problem.path for problem in report.problems] == [scene]
    assert not report.repairable
    assert files(index) == before


@pytest.mark.usefixtures("at_once")
def test_a_changed_scene_is_exchanged_as_a_whole(scene, make_scene, tmp_path):
    index = tmp_path / "x.cmpagl"
    build(scene, index)
    before = sums(index)
    make_scene(pixels=painted_pixels(160, 192, seed=9))
    stop(scene, index, 4)
    assert sums(index) == before
    build(scene, index)
    assert sums(index) != before
    assert not load_chips(index, read_info(index)).problems


@pytest.mark.usefixtures("at_once")
def test_a_rebuild_shows_nothing_before_its_end(scene, tmp_path):
    index = tmp_path / "x.cmpagl"
    build(scene, index)
    before = sums(index)
    other = CheapEncoder("b" * 64)
    with pytest.raises(KeyboardInterrupt):
        rebuild_index([], index, other, SPEC, batch_size=4, progress=Watch(3))
    assert sums(index) == before


@pytest.mark.usefixtures("at_once")
def test_of_two_builders_the_whole_part_stays(scene, tmp_path):
    """One begins, another finishes meanwhile: what was begun takes no place from what is whole."""
    index, whole = tmp_path / "x.cmpagl", tmp_path / "whole.cmpagl"
    build(scene, whole)
    overtaken = []

    def overtake():
        if not overtaken:
            overtaken.append(True)
            build(scene, index)

    build(scene, index, progress=Watch(look=overtake))
    assert sums(index) == sums(whole)
    assert len(files(index)) == 1


@pytest.fixture
def killed(scene, tmp_path, monkeypatch):
    """An index whose run was killed between writing a beginning and naming it; the beginning."""
    index = tmp_path / "x.cmpagl"
    with monkeypatch.context() as patched:
        patched.setattr("cmpagl_model.index.pending.PendingChanges.flush", lambda _self: None)
        stop(scene, index, 3)
    (left,) = files(index)
    assert not read_info(index).parts
    return index / PARTS / left


def test_a_beginning_that_was_never_named_goes_when_its_part_is_whole(scene, killed):
    index = killed.parent.parent
    foreign = killed.with_name("mine.parquet")
    foreign.write_bytes(killed.read_bytes())
    link = killed.with_name(f"{killed.stem[:-8]}01234567.parquet")
    link.symlink_to(foreign)
    stop(scene, index, 2)
    assert killed.exists()  # its writer may be about to name it
    build(scene, index)
    (whole,) = read_info(index).parts
    assert files(index) == sorted([whole.name, foreign.name, link.name])


@pytest.mark.parametrize("again", ["index", "rebuild"])
def test_a_beginning_of_a_scene_that_is_gone_goes_after_an_hour(make_scene, killed, again):
    index, other = killed.parent.parent, str(make_scene("other.tif"))
    build(other, index)
    assert killed.exists()
    os.utime(killed, (0, 0))
    if again == "index":
        build(other, index)
    else:
        rebuild_index([], index, CheapEncoder(), ChipSpec(size_px=32, native=True, overlap=0.5))
    assert files(index) == [entry.name for entry in read_info(index).parts]
