"""Arrays derived from parts: the same chips, made anew whenever they do not fit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cmpagl_model.index import arrays_build, load_chips, open_chips, read_info
from cmpagl_model.index.arrays import CACHE, COLUMNS, MANIFEST, list_parts
from cmpagl_model.index.importing import import_file
from tests.cmpagl_model.index.embedded import clustered, write_source

CHIPS = 9000


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An index of three parts."""
    folder = tmp_path_factory.mktemp("arrays")
    source = write_source(folder / "some.parquet", clustered(CHIPS))
    import_file(source, folder / "x.cmpagl")
    return folder / "x.cmpagl"


@pytest.fixture
def index(made, tmp_path):
    return shutil.copytree(made, tmp_path / "x.cmpagl")


def opened(index):
    return open_chips(index, read_info(index))


def decoded(index):
    return load_chips(index, read_info(index))


def assert_same(one, other):
    assert one.table.scenes == other.table.scenes
    assert one.problems == other.problems
    names = [name for name, _, _ in COLUMNS if name != "ends"]
    for name in [*names, "embeddings", "blocks"]:
        np.testing.assert_array_equal(getattr(one.table, name), getattr(other.table, name), name)
    rows = np.arange(len(one.table))
    assert (one.table.footprints(rows) == other.table.footprints(rows)).all()


def arrays_of(index):
    (folder,) = (index / CACHE).iterdir()
    return folder


def forbid_building(monkeypatch):
    def refuse(*_):
        raise AssertionError("arrays were made again")

    monkeypatch.setattr(arrays_build, "build_arrays", refuse)


def test_arrays_hold_what_the_parts_hold(index):
    first = opened(index)
    assert len(first.table) == CHIPS
    assert_same(first, decoded(index))
    assert_same(opened(index), first)


def test_the_second_opening_decodes_nothing(index, monkeypatch):
    opened(index)
    forbid_building(monkeypatch)
    assert len(opened(index).table) == CHIPS


@pytest.mark.parametrize("name", [MANIFEST, "embeddings", "ends", "bounds"])
@pytest.mark.parametrize("harm", ["cut", "gone", "longer"])
def test_damaged_arrays_are_made_again(index, name, harm):
    opened(index)
    file = arrays_of(index) / name
    if harm == "gone":
        file.unlink()
    else:
        whole = file.read_bytes()
        file.write_bytes(whole[:-3] if harm == "cut" else whole + b"xyz")
    assert_same(opened(index), decoded(index))
    assert not [f for f in (index / CACHE).iterdir() if f.name.startswith(".")]


def test_a_changed_manifest_is_noticed(index):
    opened(index)
    file = arrays_of(index) / MANIFEST
    file.write_text(file.read_text().replace("OGC:CRS84", "EPSG:4326", 1))
    assert_same(opened(index), decoded(index))


def test_the_cache_may_be_deleted_at_any_time(index):
    before = opened(index)
    copy = decoded(index)
    shutil.rmtree(index / CACHE)
    assert_same(before, copy)  # what is mapped stays
    assert_same(opened(index), copy)


def test_added_parts_are_decoded_alone(index, tmp_path, monkeypatch):
    opened(index)
    more = write_source(tmp_path / "more.parquet", clustered(500, seed=1))
    import_file(more, index, model="some")
    read = []
    whole = arrays_build.decoded
    monkeypatch.setattr(
        arrays_build, "decoded", lambda parts, *rest: read.extend(parts) or whole(parts, *rest)
    )
    after = opened(index)
    assert [part.path.name.split("-")[0] for part in read] == ["more"]
    assert len(after.table) == CHIPS + 500
    assert len(list((index / CACHE).iterdir())) == 1
    assert_same(after, decoded(index))


def test_parts_added_while_open_leave_the_open_index_as_it_is(index, tmp_path):
    before = opened(index)
    first = before.table.embeddings[:10].copy()
    more = write_source(tmp_path / "a_more.parquet", clustered(500, seed=1))
    import_file(more, index, model="some")
    assert len(opened(index).table) == CHIPS + 500
    np.testing.assert_array_equal(before.table.embeddings[:10], first)


def test_a_removed_part_is_no_longer_there_and_is_named(index):
    opened(index)
    (index / "parts" / list_parts(index)[0].name).unlink()
    after = opened(index)
    assert len(after.table) == CHIPS - 4096
    assert "is missing" in str(after.problems[0])
    assert opened(index).problems == after.problems


def test_a_damaged_part_is_named_each_time(index):
    opened(index)
    part = index / "parts" / list_parts(index)[1].name
    whole = bytearray(part.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    part.write_bytes(whole)
    first, second = opened(index), opened(index)
    assert len(first.table) < CHIPS
    assert "damaged part" in str(first.problems[0])
    assert second.problems == first.problems


def test_a_folder_that_cannot_be_written_is_read_into_memory(index, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(arrays_build, "build_arrays", refuse)
    assert_same(opened(index), decoded(index))


def test_a_full_disk_leaves_nothing_behind(index, monkeypatch):
    def full(*_):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(arrays_build, "_write_blocks", full)
    assert_same(opened(index), decoded(index))
    assert not list((index / CACHE).iterdir())


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_real_read_only_folder(index):
    index.chmod(0o555)
    try:
        assert_same(opened(index), decoded(index))
    finally:
        index.chmod(0o755)


def test_threads_that_open_at_once_all_get_it(index):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: opened(index), range(4)))
    for one in found:
        assert_same(one, found[0])
    assert len(list((index / CACHE).iterdir())) == 1


OPEN = """
import sys
from pathlib import Path
from cmpagl_model.index import open_chips, read_info
folder = Path(sys.argv[1])
print(len(open_chips(folder, read_info(folder)).table))
print(*sorted({name.split('.')[0] for name in sys.modules}))
"""


def start(index):
    return subprocess.Popen(
        [sys.executable, "-c", OPEN, str(index)], stdout=subprocess.PIPE, text=True
    )


def test_two_processes_that_open_at_once_both_get_it(index):
    both = [start(index), start(index)]
    for process in both:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        assert out.splitlines()[0] == str(CHIPS)
    assert len(list((index / CACHE).iterdir())) == 1


def test_opening_loads_no_library_that_it_does_not_need(index):
    opened(index)
    out, _ = start(index).communicate(timeout=120)
    loaded = set(out.splitlines()[1].split())
    assert "numpy" in loaded
    assert not loaded & {"pyarrow", "geopandas", "pandas", "torch", "onnxruntime"}


def test_what_a_killed_process_left_is_deleted_after_a_while(index):
    left = index / CACHE / f"{arrays_build.UNFINISHED}1-1"
    left.mkdir(parents=True)
    os.utime(left, (1, 1))
    opened(index)
    assert not left.exists()
