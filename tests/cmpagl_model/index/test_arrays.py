"""Arrays derived from parts: the same chips, made anew whenever they do not fit."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow.parquet as pq
import pytest

from cmpagl_model.errors import DamagedArraysError
from cmpagl_model.index import IndexInfo, arrays_build, load_chips, open_chips, read_info
from cmpagl_model.index.arrays import CACHE, MANIFEST, OTHER_FILES, arrays_folder, list_parts
from cmpagl_model.index.part_records import PartArrays, PartRecord
from cmpagl_model.index.parts import write_part
from cmpagl_model.index.pending import PendingChanges
from cmpagl_model.index.summary import size_on_disk
from cmpagl_model.records import ModelId
from tests.cmpagl_model.index.embedded import clustered, import_file, write_source
from tests.cmpagl_model.index.harm import part_files
from tests.cmpagl_model.search.paper import paper_scene
from tiling import ChipSpec, footprints, plan_chips

CHIPS = 9000


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An index of three parts."""
    folder = tmp_path_factory.mktemp("arrays")
    source = write_source(folder / "some.parquet", clustered(CHIPS))
    import_file(source, folder / "x.cmpagl", model="some")
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
    assert one.table.ground_sizes_m == other.table.ground_sizes_m
    for name in ("scene_of", "windows", "gsd_m", "ground_m", "valid", "edge", "embeddings"):
        own, wanted = (getattr(table, name)[:] for table in (one.table, other.table))
        np.testing.assert_array_equal(own, wanted, name)
    np.testing.assert_array_equal(one.table.packed.blocks, other.table.packed.blocks)
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


@pytest.mark.parametrize("name", [MANIFEST, "codes", "rows", "blocks"])
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


@pytest.mark.parametrize("open_first", [True, False])
def test_arrays_of_fewer_parts_in_the_place_of_the_newest_are_not_taken(
    index, tmp_path, open_first
):
    """A copy of the cache was laid back whose folder has today's name and yesterday's files."""
    assert len(opened(index).table) == CHIPS
    older = shutil.copytree(arrays_of(index), tmp_path / "older")
    more = write_source(tmp_path / "more.parquet", clustered(50, seed=3))
    import_file(more, index, model="some")
    place = arrays_folder(index, list_parts(index, read_info(index)), read_info(index))
    if open_first:
        opened(index)
        shutil.rmtree(place)
    shutil.copytree(older, place)
    assert_same(opened(index), decoded(index))
    assert len(opened(index).table) == CHIPS + 50


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
    part_files(index)[0].unlink()
    after = opened(index)
    assert len(after.table) == CHIPS - 4096
    assert "is missing" in str(after.problems[0])
    assert opened(index).problems == after.problems


def test_a_damaged_part_is_named_each_time(index):
    opened(index)
    part = part_files(index)[1]
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

    monkeypatch.setattr(os, "fsync", full)
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
        out, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        assert out.splitlines()[0] == str(CHIPS)
    assert len(list((index / CACHE).iterdir())) == 1


def test_opening_loads_no_library_that_it_does_not_need(index):
    opened(index)
    out, _ = start(index).communicate(timeout=300)
    loaded = set(out.splitlines()[1].split())
    assert "numpy" in loaded
    assert not loaded & {"pyarrow", "geopandas", "pandas", "torch", "onnxruntime"}


def test_what_a_killed_process_left_is_deleted_after_a_while(index):
    left = index / CACHE / f"{arrays_build.UNFINISHED}1-1"
    left.mkdir(parents=True)
    os.utime(left, (1, 1))
    opened(index)
    assert not left.exists()


def test_embeddings_are_mapped_where_they_lie_in_the_parts(index):
    table = opened(index).table
    assert (arrays_of(index) / "embeddings").stat().st_size == 0
    assert not table.embeddings[:10].flags.owndata
    assert_same(opened(index), decoded(index))


@pytest.mark.parametrize("options", [{}, {"row_group_size": 1000}, {"use_dictionary": True}])
def test_parts_that_are_laid_out_otherwise_are_copied(index, options):
    """A part that other tools wrote anew, in an index that does not say what it should hold."""
    part = part_files(index)[1]
    wanted = decoded(index)
    pq.write_table(pq.read_table(part), part, compression="zstd", **options)
    shutil.rmtree(index / "_versions")
    front = index / "_index.json"
    front.write_text(front.read_text().replace('"version": 2', '"version": 1'))
    after = opened(index)
    assert (arrays_of(index) / "embeddings").stat().st_size == 2 * 24 * 4096
    assert_same(after, wanted)
    assert_same(opened(index), wanted)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="mapping keeps no file open there")
def test_where_few_files_may_be_open_embeddings_are_copied(index):
    import resource  # noqa: PLC0415 - not on Windows

    code = (
        "import resource as r\n"
        f"r.setrlimit(r.RLIMIT_NOFILE, ({OTHER_FILES} // 2, {OTHER_FILES} // 2))\n" + OPEN
    )
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] > OTHER_FILES
    found = subprocess.run(
        [sys.executable, "-c", code, str(index)], capture_output=True, text=True, check=True
    )
    assert found.stdout.splitlines()[0] == str(CHIPS)
    assert (arrays_of(index) / "embeddings").stat().st_size == 2 * 24 * CHIPS


def test_a_part_that_is_replaced_while_open_can_be_searched_still(index):
    before = opened(index)
    wanted = np.array(before.table.embeddings)
    part = part_files(index)[0]
    other = part.with_suffix(".other")
    other.write_bytes(part.read_bytes()[:100])
    other.replace(part)
    np.testing.assert_array_equal(before.table.embeddings, wanted)
    assert "damaged part" in str(opened(index).problems[0])


MANY = 24_000


@pytest.fixture(scope="module")
def coded_index(tmp_path_factory):
    """An index that is large enough for codes."""
    folder = tmp_path_factory.mktemp("coded")
    import_file(write_source(folder / "m.parquet", clustered(MANY)), folder / "x.cmpagl", model="m")
    opened(folder / "x.cmpagl")
    return folder / "x.cmpagl"


@pytest.mark.parametrize(
    ("vectors", "kept"),
    [
        (clustered(MANY)[:900], True),
        (np.eye(24)[np.full(900, 23)] + 0.01 * clustered(900), False),  # farther out than before
        (clustered(MANY)[np.arange(13_000) % 9000], False),  # half as many again
    ],
    ids=["alike", "unlike", "many"],
)
def test_codes_are_kept_while_they_fit(coded_index, tmp_path, vectors, kept):
    index = shutil.copytree(coded_index, tmp_path / "x.cmpagl")
    before = opened(index).table.coded
    import_file(write_source(tmp_path / "a_more.parquet", vectors), index, model="m")
    after = opened(index).table
    assert np.array_equal(after.coded.book.axes, before.book.axes) == kept
    np.testing.assert_array_equal(after.coded.codes, after.coded.book.encode(after.embeddings[:]))
    assert_same(opened(index), decoded(index))


@pytest.fixture
def in_groups(made, tmp_path, monkeypatch):
    """An index whose codes lie in groups."""
    monkeypatch.setattr(arrays_build, "CODES_FROM", 5000)
    monkeypatch.setattr(arrays_build, "GROUPED_FROM", CHIPS)
    return shutil.copytree(made, tmp_path / "grouped.cmpagl", ignore=shutil.ignore_patterns(CACHE))


def test_codes_lie_in_groups_and_stay_in_them(in_groups, tmp_path, monkeypatch):
    before = opened(in_groups).table.coded
    nearest, asked = arrays_build.nearest, []
    monkeypatch.setattr(
        arrays_build,
        "nearest",
        lambda codes, middles: asked.append(len(codes)) or nearest(codes, middles),
    )
    import_file(
        write_source(tmp_path / "a.parquet", clustered(CHIPS)[:900]), in_groups, model="some"
    )
    table = opened(in_groups).table
    after, groups = table.coded, table.coded.groups
    assert sum(asked) < 900 + 0.02 * CHIPS  # what was added, and strays
    assert len(groups.starts) == len(before.groups.starts)
    wanted = after.book.encode(table.embeddings[:])
    np.testing.assert_array_equal(after.codes[groups.places[:]], wanted)
    np.testing.assert_array_equal(after.codes[:], wanted[groups.order[:]])
    assert_same(opened(in_groups), decoded(in_groups))
    assert {file.name for file in arrays_of(in_groups).iterdir()} >= {"order", "places", "starts"}
    assert not (arrays_of(in_groups) / "ungrouped").exists()


@pytest.mark.parametrize("name", ["order", "places", "middles", "starts"])
def test_damaged_groups_are_made_again(in_groups, name):
    wanted = opened(in_groups).table.coded.groups.order[:].copy()
    path = arrays_of(in_groups) / name
    harmed = bytearray(path.read_bytes())
    harmed[len(harmed) // 2] ^= 1
    path.write_bytes(bytes(harmed))
    with contextlib.suppress(DamagedArraysError):
        groups = opened(in_groups).table.coded.groups
        assert (groups.order[:], groups.places[:]) is not None
    groups = opened(in_groups).table.coded.groups
    np.testing.assert_array_equal(groups.order[:], wanted)
    np.testing.assert_array_equal(groups.places[:][wanted], np.arange(CHIPS))


def test_a_chip_takes_few_bytes(tmp_path):
    side = 16_000
    scene = paper_scene(width=side, height=side)
    spec = ChipSpec(size_px=224, ground_sizes_m=(side / 75,))
    info, plan = IndexInfo(ModelId("m", "0" * 64), 256, spec), list(plan_chips(scene, spec))
    changes = PendingChanges(tmp_path / "x.cmpagl", info)
    assert len(plan) > MANY - 4096
    for number, start in enumerate(range(0, len(plan), 4096)):
        chips = tuple(plan[start : start + 4096])
        vectors = clustered(4096, 256, number) * 0.9 ** np.arange(256)  # few directions, as real
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        rows = PartArrays.of(
            chips,
            footprints(scene, [chip.window for chip in chips]),
            np.ones(len(chips), np.float32),
            vectors[: len(chips)].astype(np.float16),
        )
        record = PartRecord(scene, info.model, len(plan), number, (), ())
        changes.add(write_part(tmp_path / "x.cmpagl", record, rows, info))
    changes.flush()
    found = opened(tmp_path / "x.cmpagl")
    assert_same(found, decoded(tmp_path / "x.cmpagl"))
    assert [found.table.window(row) for row in (0, 5000)] == [plan[n].window for n in (0, 5000)]
    assert size_on_disk(tmp_path / "x.cmpagl") / len(plan) <= 710
