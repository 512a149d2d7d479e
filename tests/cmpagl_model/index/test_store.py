"""Indexes in an object store: an S3 server on this machine, writers in processes of their own."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import obstore
import pytest

from cmpagl_model.errors import IndexFormatError, OutputError
from cmpagl_model.index import build_index, load_chips, open_chips, read_info, rebuild_index
from cmpagl_model.index import mirror as mirror_module
from cmpagl_model.index.copies import copy_of, display_name
from cmpagl_model.index.mirror import at_hand, looked_up
from cmpagl_model.index.pending import PendingChanges
from cmpagl_model.index.store import store_at, store_of
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.harm import part_files
from tests.cmpagl_model.index.test_versions import SPEC, rows_of
from tiling import stores as stores_module
from tiling.errors import StoreError

WRITER = """
    import os, signal, sys
    from cmpagl_model.index import build_index
    from cmpagl_model.index.mirror import looked_up
    from cmpagl_model.index.shard import Shard
    from cmpagl_model.index.copies import copy_of
    from cmpagl_model.index.store import IndexStore
    from tests.cmpagl_model.index.cheap import CheapEncoder
    from tests.cmpagl_model.index.test_versions import SPEC

    address, killed_before, share, *scenes = sys.argv[1:]
    shard = Shard.of(share) if share else None
    put = IndexStore.put_version

    def put_or_die(store, made):
        if 0 < int(killed_before) <= made.number:
            os.kill(os.getpid(), signal.SIGKILL)
        return put(store, made)

    IndexStore.put_version = put_or_die
    looked_up(address)
    for scene in scenes:
        build_index([scene], copy_of(address), CheapEncoder(), SPEC, shard=shard)
"""


@pytest.fixture
def address(s3):
    store_at.cache_clear()
    return f"s3://{s3.bucket}/maps/town.cmpagl"


@pytest.fixture
def small(make_scene):
    """Make a small scene of 12 chips."""

    def make(name, seed=0):
        return str(make_scene(name, 128, 96, seed=seed))

    return make


def index(address, *scenes):
    looked_up(address)
    return build_index(scenes, copy_of(address), CheapEncoder(), SPEC)


def elsewhere(monkeypatch, tmp_path, name="other"):
    """Go on as on another machine: with an empty cache, and nothing known."""
    monkeypatch.setenv("CMPAGL_CACHE", str(tmp_path / name))
    store_at.cache_clear()


def writer(tmp_path, name, address, scenes, killed_before=0, share=""):
    """A process that indexes scenes one by one, with a cache of its own."""
    environment = {
        **os.environ,
        "CMPAGL_CACHE": str(tmp_path / name),
        "PYTHONPATH": str(Path.cwd()),
    }
    told = [address, str(killed_before), share, *scenes]
    words = [sys.executable, "-c", textwrap.dedent(WRITER), *told]
    return subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True)


def parts_of(s3):
    return {key.rpartition("/")[2] for key in s3.names() if "/parts/" in key}


def test_an_index_in_a_store_is_that_of_a_folder(s3, address, small, tmp_path, monkeypatch):
    scenes = [small("a.tif", 1), small("b.tif", 2)]
    report = index(address, *scenes)
    folder = tmp_path / "here.cmpagl"
    build_index(scenes, folder, CheapEncoder(), SPEC)
    elsewhere(monkeypatch, tmp_path)
    there = at_hand(address)
    assert (report.scenes, report.encoded) == (2, 24)
    assert there.name == "town.cmpagl"
    assert read_info(there).content == read_info(folder).content
    assert rows_of(there) == rows_of(folder)
    assert f"maps/town.cmpagl/_versions/{read_info(there).number:08d}/manifest.json" in s3.names()
    assert parts_of(s3) == {entry.name for entry in read_info(there).parts}


def test_who_opens_again_asks_once_and_who_comes_later_gets_what_is_new(
    s3, address, small, tmp_path, monkeypatch
):
    index(address, small("a.tif", 1), small("b.tif", 2))
    elsewhere(monkeypatch, tmp_path)
    before = len(s3.asked())
    at_hand(address)
    first = [path for _, path, _ in s3.asked()[before:]]
    assert len(first) == 4  # what there is, the manifest, two parts
    before = len(s3.asked())
    opened = open_chips(at_hand(address), read_info(copy_of(address)))
    assert len(opened.table) == 24
    assert [path for _, path, _ in s3.asked()[before:]] == [f"/{s3.bucket}"]
    writer(tmp_path, "third", address, [small("c.tif", 3)]).wait()
    before = len(s3.asked())
    assert len(load_chips(at_hand(address), read_info(copy_of(address))).table) == 36
    fetched = [path for _, path, _ in s3.asked()[before:] if "/parts/" in path]
    assert len(fetched) == 1
    assert "/c-" in fetched[0]


def test_a_rerun_puts_nothing(s3, address, small, tmp_path, monkeypatch):
    scene = small("a.tif")
    index(address, scene)
    elsewhere(monkeypatch, tmp_path)
    before = len(s3.asked())
    report = index(address, scene)
    assert (report.unchanged, report.encoded) == (1, 0)
    assert {method for method, _, _ in s3.asked()[before:]} == {"GET"}


def test_a_changed_scene_takes_the_place_of_the_old_one(s3, address, small, tmp_path, monkeypatch):
    index(address, small("a.tif", 1), small("b.tif", 2))
    old = parts_of(s3)
    elsewhere(monkeypatch, tmp_path)
    index(address, small("a.tif", 3))
    new = parts_of(s3)
    assert len(new) == 2
    assert len(new & old) == 1
    assert len(load_chips(at_hand(address), read_info(copy_of(address))).table) == 24


@pytest.mark.slow
def test_writers_at_once_lose_nothing(s3, address, small, tmp_path):
    scenes = [small(f"s{number}.tif", number) for number in range(12)]
    writers = [
        writer(tmp_path, f"writer{n}", address, scenes[n::3]) for n in range(3)
    ]  # fmt: skip
    for one in writers:
        assert one.wait(300) == 0, one.stderr.read()
    info = looked_up(address)
    assert {entry.scene for entry in info.parts} == set(scenes)
    assert parts_of(s3) == {entry.name for entry in info.parts}
    assert len(load_chips(at_hand(address), info).table) == 12 * len(scenes)


@pytest.mark.slow
def test_two_machines_make_a_share_each_and_one_that_is_killed_is_started_again(
    address, small, tmp_path, monkeypatch
):
    scenes, whole = [small(f"s{number}.tif", number) for number in range(8)], tmp_path / "whole"
    build_index(scenes, whole, CheapEncoder(), SPEC)
    shares = [
        writer(tmp_path, f"machine{n}", address, scenes, killed_before=3 * (n - 1), share=f"{n}/2")
        for n in (1, 2)
    ]
    assert [one.wait(300) for one in shares] == [0, -signal.SIGKILL]
    again = writer(tmp_path, "machine3", address, scenes, share="2/2")
    assert again.wait(300) == 0, again.stderr.read()
    elsewhere(monkeypatch, tmp_path)
    last = index(address, *scenes)
    assert (last.scenes, last.encoded) == (8, 0)
    there = at_hand(address)
    assert read_info(there).content == read_info(whole).content
    assert rows_of(there) == rows_of(whole)


@pytest.mark.slow
def test_a_killed_writer_leaves_parts_that_nobody_names_and_that_go_when_old(
    s3, address, small, tmp_path, monkeypatch
):
    scenes = [small("a.tif", 1), small("b.tif", 2)]
    dying = writer(tmp_path, "dying", address, scenes, killed_before=3)
    assert dying.wait(300) == -signal.SIGKILL, dying.stderr.read()
    info = looked_up(address)
    (left,) = parts_of(s3) - {entry.name for entry in info.parts}
    assert left.startswith("b-")
    s3.put("maps/town.cmpagl/parts/notes.txt", b"somebody's")
    index(address, *scenes)
    named = {entry.name for entry in looked_up(address).parts}
    assert len(named) == 2
    assert parts_of(s3) == named | {left, "notes.txt"}  # young: another writer's, for all we know
    monkeypatch.setattr("cmpagl_model.index.store.ABANDONED", timedelta(seconds=-60))
    index(address, *scenes)
    assert parts_of(s3) == named | {"notes.txt"}
    versions = [key for key in s3.names() if key.endswith("manifest.json")]
    assert len(versions) == 1
    assert len(load_chips(at_hand(address), read_info(copy_of(address))).table) == 24


def test_what_a_killed_writer_made_here_is_put_by_the_next(address, small, tmp_path):
    scenes = [small("a.tif", 1), small("b.tif", 2)]
    dying = writer(tmp_path, "cache", address, scenes, killed_before=3)
    assert dying.wait(300) == -signal.SIGKILL, dying.stderr.read()
    report = index(address, *scenes)
    assert (report.scenes, report.encoded) == (2, 0)
    assert len(looked_up(address).parts) == 2


def test_a_store_that_puts_over_what_is_there_is_refused(s3, address, small):
    scene, switch = small("a.tif"), s3.folder / "unconditional"
    switch.touch()
    try:
        with pytest.raises(OutputError, match="puts over what is there"):
            index(address, scene)
    finally:
        switch.unlink()
    assert not [key for key in s3.names() if key.endswith("manifest.json")]
    assert index(address, scene).encoded == 12


def test_a_new_index_does_not_lie_among_other_files(s3, small):
    store_at.cache_clear()
    s3.put("scenes/mine.tif", b"somebody's")
    for address in (f"s3://{s3.bucket}", f"s3://{s3.bucket}/scenes"):
        with pytest.raises(OutputError, match=r"found .*mine\.tif there"):
            index(address, small("a.tif"))
    assert index(f"s3://{s3.bucket}/scenes/x.cmpagl", small("a.tif")).encoded == 12


class StopsAfterOne:
    """Whoever waits for parts gives up when the first is there."""

    def start(self, size_bytes):
        assert size_bytes > 0

    def advance(self, *_):
        raise KeyboardInterrupt


@pytest.mark.usefixtures("small_parts")
def test_who_stops_bringing_goes_on_where_it_was(s3, address, small, tmp_path, monkeypatch):
    monkeypatch.setattr(mirror_module, "AT_ONCE", 1)
    index(address, *(small(f"{number}.tif", number) for number in range(4)))
    elsewhere(monkeypatch, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        at_hand(address, StopsAfterOne())
    there = {path.name for path in (copy_of(address) / "parts").iterdir()}
    assert 0 < len(there) < 12
    before = len(s3.asked())
    assert len(load_chips(at_hand(address), read_info(copy_of(address))).table) == 48
    fetched = [path for _, path, _ in s3.asked()[before:] if "/parts/" in path]
    assert len(fetched) == 12 - len(there)


def test_a_version_whose_answer_was_lost_is_known_as_ones_own(address, small, monkeypatch):
    put, named = obstore.put, []

    def put_twice(store, key, content, **how):
        if key.endswith("manifest.json"):
            named.append(key)
            put(store, key, content, **how)
        return put(store, key, content, **how)  # of a manifest: one is there

    monkeypatch.setattr(obstore, "put", put_twice)
    assert index(address, small("a.tif")).encoded == 12
    assert len(named) >= 2
    assert looked_up(address).number == 2


def test_a_damaged_part_of_the_copy_is_brought_again(address, small):
    index(address, small("a.tif", 1), small("b.tif", 2))
    there = at_hand(address)
    whole = rows_of(there)
    damaged, short = part_files(there)
    raw = bytearray(damaged.read_bytes())
    raw[len(raw) // 2] ^= 1
    damaged.write_bytes(raw)
    short.write_bytes(short.read_bytes()[:-9])
    opened = open_chips(there, read_info(there))
    assert not opened.problems
    assert len(opened.table) == 24
    assert rows_of(there) == whole


def test_a_damaged_part_whose_store_does_not_answer_costs_no_more_than_itself(s3, address, small):
    index(address, small("a.tif", 1), small("b.tif", 2))
    there, down = at_hand(address), s3.folder / "down"
    damaged, _ = part_files(there)
    damaged.write_bytes(b"PAR1")
    down.touch()
    try:
        opened = open_chips(there, read_info(there))
    finally:
        down.unlink()
    assert [problem.path for problem in opened.problems] == [damaged.name]
    assert len(opened.table) == 12
    assert not open_chips(there, read_info(there)).problems


def test_a_part_that_the_store_lost_is_told_of_and_made_anew(
    s3, address, small, tmp_path, monkeypatch
):
    scenes = [small("a.tif", 1), small("b.tif", 2)]
    index(address, *scenes)
    lost, harmed = sorted(parts_of(s3))
    obstore.delete(s3.client(), f"maps/town.cmpagl/parts/{lost}")
    s3.put(f"maps/town.cmpagl/parts/{harmed}", b"PAR1 of another kind PAR1")
    elsewhere(monkeypatch, tmp_path)
    there = at_hand(address)
    opened = open_chips(there, read_info(there))
    assert {problem.path for problem in opened.problems} == {lost, harmed}
    assert len(opened.table) == 0
    assert index(address, *scenes).encoded == 24
    elsewhere(monkeypatch, tmp_path, "third")
    there = at_hand(address)
    assert not open_chips(there, read_info(there)).problems


def test_an_index_that_was_made_anew_under_its_address_is_read_anew(s3, address, small):
    index(address, small("a.tif", 1))
    store = store_at(address)
    was = looked_up(address)
    obstore.delete(s3.client(), s3.names())
    with pytest.raises(IndexFormatError, match="found no index there"):
        at_hand(address)
    writer(s3.folder, "another", address, [small("b.tif", 2)]).wait()
    assert looked_up(address).number == was.number
    assert store.read().parts != was.parts
    (part,) = read_info(at_hand(address)).parts
    assert part.scene.endswith("b.tif")


def test_all_is_made_anew_in_one_version(s3, address, small):
    index(address, small("a.tif", 1), small("b.tif", 2))
    before = parts_of(s3)
    other = CheapEncoder("b" * 64)
    rebuild_index([], copy_of(address), other)
    assert looked_up(address).model.fingerprint == other.model.fingerprint
    assert len(parts_of(s3)) == 2
    assert not parts_of(s3) & before
    assert b"bbbb" in s3.get("maps/town.cmpagl/_index.json")


def test_copies_used_longest_ago_make_room(s3, small, monkeypatch):
    addresses = [f"s3://{s3.bucket}/{name}" for name in ("old", "mine", "new")]
    for number, one in enumerate(addresses):
        index(one, small(f"{number}.tif", number))
        at_hand(one)
    old, mine, new = map(copy_of, addresses)
    unnamed = mine / "parts" / part_files(mine)[0].name.replace("-00000-", "-00001-")
    unnamed.write_bytes(b"just written")
    monkeypatch.setenv("CMPAGL_CACHE_GB", "0.000001")
    at_hand(addresses[2], anew=True)
    assert old.exists()  # used a moment ago
    for number, one in enumerate((old, mine)):
        long_ago = time.time() - 10_000 + number
        os.utime(one.parent / "store.json", (long_ago, long_ago))
    at_hand(addresses[2], anew=True)
    assert not old.parent.exists()
    assert list((mine / "parts").iterdir()) == [unnamed]  # of a writer at work, perhaps
    assert part_files(new)
    assert len(load_chips(at_hand(addresses[0]), read_info(old)).table) == 12


READER = """
    import sys
    from cmpagl_model.search import open_index
    index = open_index(sys.argv[1])
    print("open", flush=True)
    sys.stdin.readline()
    print(len(open_index(index.folder).table), flush=True)
"""


def test_a_copy_that_another_process_has_open_makes_no_room(s3, small, monkeypatch):
    read, new = (f"s3://{s3.bucket}/{name}" for name in ("read", "new"))
    for number, one in enumerate((read, new)):
        index(one, small(f"{number}.tif", number))
    monkeypatch.setenv("CMPAGL_CACHE_GB", "0.000001")
    reader = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(READER), read],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip
    with reader:
        assert reader.stdout.readline() == "open\n"
        make_room_long_after(read, new)
        told, _ = reader.communicate("again\n", timeout=300)
    assert told == "12\n"
    make_room_long_after(read, new)
    assert not copy_of(read).parent.exists()


def test_a_copy_that_is_written_makes_no_room_or_it_would_be_a_folder_of_its_own(s3, small):
    written, new = (f"s3://{s3.bucket}/{name}" for name in ("written", "new"))
    for number, one in enumerate((written, new)):
        index(one, small(f"{number}.tif", number))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CMPAGL_CACHE_GB", "0.000001")
        changes = PendingChanges(copy_of(written), read_info(copy_of(written)))
        make_room_long_after(written, new)
        assert store_of(copy_of(written))
        del changes
        make_room_long_after(written, new)
    assert not copy_of(written).parent.exists()


def make_room_long_after(used, new):
    """Bring an index anew, where another was used long ago."""
    gc.collect()
    os.utime(copy_of(used).parent / "store.json", (1e9, 1e9))
    at_hand(new, anew=True)


def test_a_folder_beyond_the_cache_leads_to_no_store(address, tmp_path):
    looked_up(address)
    assert store_of(copy_of(address)).address == display_name(copy_of(address)) == address
    mine = tmp_path / "somebody" / "town.cmpagl"
    mine.mkdir(parents=True)
    about = copy_of(address).parent / "store.json"
    (mine.parent / "store.json").write_bytes(about.read_bytes())
    assert store_of(mine) is None
    inside = about.parent.parent / "0123456789abcdef" / "town.cmpagl"
    inside.mkdir(parents=True)
    (inside.parent / "store.json").write_bytes(about.read_bytes())
    assert store_of(inside) is None


def test_no_room_is_said_before_anything_is_brought(s3, address, small, tmp_path, monkeypatch):
    index(address, small("a.tif"))
    elsewhere(monkeypatch, tmp_path)
    looked_up(address)
    before = len(s3.asked())
    monkeypatch.setattr(mirror_module.shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(OutputError, match=r"found room for 0\.0 GB"):
        at_hand(address)
    assert not [path for _, path, _ in s3.asked()[before:] if "/parts/" in path]


def test_a_cache_that_can_be_read_only_is_searched_as_long_as_nothing_is_new(
    address, small, monkeypatch
):
    index(address, small("a.tif"))
    at_hand(address)

    def refused(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "utime", refused)
    monkeypatch.setattr(Path, "mkdir", refused)
    assert len(open_chips(at_hand(address), read_info(copy_of(address))).table) == 12


@pytest.fixture
def switch(s3):
    """Let the server behave in a way until the end of the test."""
    on = []

    def switched(name):
        on.append(s3.folder / name)
        on[-1].touch()

    yield switched
    for one in on:
        one.unlink(missing_ok=True)


def test_who_may_only_read_can_search_and_is_refused_before_anything_is_encoded(
    s3, address, small, tmp_path, monkeypatch, switch
):
    index(address, small("a.tif", 1))
    elsewhere(monkeypatch, tmp_path)
    switch("read-only")
    opened = open_chips(at_hand(address), read_info(copy_of(address)))
    assert len(opened.table) == 12
    monkeypatch.setattr(CheapEncoder, "encode_chips", None)
    for place in (address, f"s3://{s3.bucket}/new.cmpagl"):
        with pytest.raises(StoreError, match=rf"{place} may not be written to with these keys"):
            index(place, small("b.tif", 2))
    switch("closed")
    with pytest.raises(StoreError, match=r"is refused by the store \(AccessDenied\)"):
        at_hand(address)


@pytest.mark.parametrize(
    "name",
    [
        "with space.cmpagl", "50% of it", "a%20b", "Zürich & 東京.cmpagl", "q?x=1#y", "a+b=c,d;e'f",
        'west: "1" <2> *|3...', "AUX.cmpagl", "...", f"{'é' * 200}.cmpagl",
    ],
)  # fmt: skip
def test_any_name_will_do(s3, small, tmp_path, monkeypatch, name):
    store_at.cache_clear()
    there = f"s3://{s3.bucket}/maps/{name}"
    index(there, small("a.tif"))
    elsewhere(monkeypatch, tmp_path)
    assert len(open_chips(at_hand(there), read_info(copy_of(there))).table) == 12
    assert f"maps/{name}/_index.json" in s3.names()
    folder = copy_of(there).name  # as Windows wants it, too
    assert not set('<>:"/\\|?*') & set(folder)
    assert folder == folder.rstrip(". ") != ""
    assert folder.partition(".")[0].upper() != "AUX"
    assert len(folder.encode()) < 256


def test_an_address_written_in_another_way_is_the_same_index(address, small):
    index(address, small("a.tif"))
    there = at_hand(address)
    for other in (f"{address}/", address.replace("s3:", "S3:"), address.replace("/maps", "//maps")):
        assert at_hand(other) == there
        assert display_name(there) == address


def test_indexes_beside_and_in_each_other_stay_apart(s3, small, tmp_path, monkeypatch):
    store_at.cache_clear()
    places = [f"s3://{s3.bucket}{one}" for one in ("", "/a", "/a.cmpagl", "/a.cmpagl/b", "/ab/a")]
    for number, one in enumerate(places):
        index(one, small(f"{number}.tif", number))
        index(one, small(f"{number}.tif", number + 10))  # which deletes, too
    elsewhere(monkeypatch, tmp_path)
    for number, one in enumerate(places):
        (part,) = read_info(at_hand(one)).parts
        assert part.scene.endswith(f"{number}.tif")
        assert not open_chips(copy_of(one), read_info(copy_of(one))).problems


def test_a_part_that_falls_silent_on_the_way_is_asked_for_again(
    s3, address, small, tmp_path, monkeypatch, switch
):
    index(address, small("a.tif"))
    elsewhere(monkeypatch, tmp_path)
    monkeypatch.setattr(stores_module, "REQUEST_TIMEOUT", timedelta(seconds=5))
    monkeypatch.setenv("AWS_REGION", "eu-west-3")  # another setting, so it is opened again
    switch("silent")
    before = len(s3.asked())
    opened = open_chips(at_hand(address), read_info(copy_of(address)))
    assert len(opened.table) == 12
    assert not opened.problems
    assert len([path for _, path, _ in s3.asked()[before:] if "/parts/" in path]) == 2


def test_one_try_leaves_time_for_another():
    assert stores_module.REQUEST_TIMEOUT * 2 < stores_module.RETRY_TIMEOUT


def test_a_damaged_manifest_is_refused_with_what_helps(s3, address, small):
    index(address, small("a.tif"))
    number = looked_up(address).number
    s3.put(f"maps/town.cmpagl/_versions/{number:08d}/manifest.json", b"{}")
    with pytest.raises(IndexFormatError, match=r"delete s3://.*manifest\.json"):
        looked_up(address)


def test_a_store_that_does_not_answer_is_told_of(address, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StoreError, match="cannot be reached"):
        looked_up(address)
