"""A build says that it is underway, how far it is, and that it ended, however it did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index, read_info
from cmpagl_model.index.files import OWN_FILE
from cmpagl_model.index.format import VERSIONS, place_of
from cmpagl_model.index.underway import STALE_AFTER_S, Underway, underway
from cmpagl_model.index.versions import MARK
from tests.cmpagl_model.search.test_ground import paint
from tiling import ChipSpec

SPEC = ChipSpec(size_px=192, ground_sizes_m=(200.0,))


@pytest.fixture
def scenes(tmp_path):
    return [
        paint(tmp_path / f"{n}.tif", "EPSG:32631", (3 + n, 50.0), 600, 2.0, n) for n in range(3)
    ]


def marks(folder):
    return [*place_of(folder, VERSIONS).glob(f"{MARK}*")]


class Looking:
    """A progress that looks at the index while it is built."""

    def __init__(self, folder, *, stop=False):
        self.folder, self.seen, self.stop = folder, [], stop

    def start(self, total, what=""):  # noqa: ARG002 - as a progress has it
        self.seen.append(total and underway(self.folder))

    def advance(self, *_counts):
        self.seen.append(underway(self.folder))
        if self.stop:
            raise KeyboardInterrupt


def test_a_build_tells_how_far_it_is_and_takes_its_mark_away(tmp_path, scenes):
    folder = tmp_path / "x.cmpagl"
    assert underway(folder) is None
    look = Looking(folder)
    build_index(scenes, folder, open_encoder(), SPEC, progress=look)
    said = [one for one in look.seen if one is not None]
    assert said
    assert said[-1].scenes == 3
    assert underway(folder) is None
    assert not marks(folder)
    # Of an index that is there one knows before the first scene was looked at.
    look = Looking(folder)
    build_index(scenes, folder, open_encoder(), SPEC, progress=look)
    assert look.seen[0] == Underway(0, 0, 0, 0)
    assert str(look.seen[0]) == "looking at scenes"


def test_a_build_that_is_stopped_takes_its_mark_away(tmp_path, scenes):
    folder = tmp_path / "x.cmpagl"
    with pytest.raises(KeyboardInterrupt):
        build_index(scenes, folder, open_encoder(), SPEC, progress=Looking(folder, stop=True))
    assert underway(folder) is None
    assert not marks(folder)


def test_a_mark_that_falls_silent_counts_no_more_and_is_swept(tmp_path, scenes):
    folder = tmp_path / "x.cmpagl"
    build_index(scenes[:1], folder, open_encoder(), SPEC)
    mark = place_of(folder, VERSIONS) / f"{MARK}0123abcd.json"
    mark.write_text(json.dumps({"scenes": 4, "done": 1, "chips": 8, "chips_done": 2}))
    assert OWN_FILE.fullmatch(mark.relative_to(folder).as_posix())
    assert underway(folder) == Underway(4, 1, 8, 2)
    assert str(underway(folder)) == "1 of 4 scenes so far"
    other = mark.with_name(f"{MARK}0123abce.json")
    other.write_text("")  # being written
    assert underway(folder) == Underway(4, 1, 8, 2)
    other.write_text("[1]")
    assert underway(folder) == Underway(4, 1, 8, 2)
    other.write_text(json.dumps({"scenes": 2, "done": "x", "chips": True}))
    assert underway(folder) == Underway(6, 1, 8, 2)
    old = time.time() - STALE_AFTER_S - 5
    for path in (mark, other):
        os.utime(path, (old, old))
    assert underway(folder) is None
    old = time.time() - 7200
    for path in (mark, other):
        os.utime(path, (old, old))
    build_index(scenes, folder, open_encoder(), SPEC)
    assert not marks(folder)


def test_a_killed_build_is_seen_to_be_gone(tmp_path, scenes):
    """Its mark stays, and is silent from then on."""
    folder = tmp_path / "x.cmpagl"
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from cmpagl_model.index.underway import Heartbeat\n"
        "with Heartbeat(Path(sys.argv[1])) as beacon:\n"
        "    beacon.set_scenes(5)\n"
        "    os._exit(9)\n"
    )
    build_index(scenes[:1], folder, open_encoder(), SPEC)
    subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    (mark,) = marks(folder)
    before = mark.stat().st_mtime_ns
    assert underway(folder) == Underway(5, 0, 0, 0)
    os.utime(mark, (time.time() - STALE_AFTER_S - 5,) * 2)
    assert underway(folder) is None
    assert mark.stat().st_mtime_ns < before
    assert read_info(folder).number > 0
