"""Files are there whole or not at all, and nothing of ours is left beside them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time

import pytest

from cmpagl_model import atomic
from cmpagl_model.atomic import (
    TEMPORARY,
    delete,
    flush_folder,
    making_folder,
    patiently,
    replacing,
    sweep,
    write_bytes,
)


@pytest.fixture(autouse=True)
def fresh():
    """A process looks into a folder once; here each test is a process."""
    sweep.cache_clear()


def named(process, machine=None):
    return f".cmpagl-{machine or atomic.machine()}-{process}-0123abcd.tif"


def test_a_file_takes_its_place_with_its_ending(tmp_path):
    path = tmp_path / "map.tif"
    path.write_bytes(b"old")
    with replacing(path) as part:
        assert part.parent == tmp_path
        assert part.suffix == ".tif"
        assert TEMPORARY.match(part.name)
        part.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", ["", "-journal", ".aux.xml"])
def test_who_fails_leaves_what_was_there_and_nothing_else(tmp_path, ending):
    path = tmp_path / "places.gpkg"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="half way"), replacing(path) as part:  # noqa: PT012
        part.with_name(part.name + ending).write_bytes(b"ha")
        raise ValueError("half way")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_gets_its_name_when_it_is_whole(tmp_path):
    with making_folder(tmp_path / "model") as part:
        part.mkdir()
        (part / "model.json").write_text("{}")
        assert not (tmp_path / "model").exists()
    assert list(tmp_path.rglob("*")) == [tmp_path / "model", tmp_path / "model" / "model.json"]
    with pytest.raises(ValueError, match="half way"), making_folder(tmp_path / "x") as part:  # noqa: PT012
        part.mkdir()
        raise ValueError("half way")
    assert list(tmp_path.iterdir()) == [tmp_path / "model"]


def test_a_long_name_leaves_room_for_the_temporary_one(tmp_path):
    path = tmp_path / ("京" * 83 + ".csv")  # 253 bytes, as much as file systems take
    write_bytes(path, b"x")
    assert path.read_bytes() == b"x"


@pytest.mark.skipif(not hasattr(os, "O_DIRECTORY"), reason="folders are not flushed here")
def test_content_is_on_disk_before_the_name_and_the_name_before_the_end(tmp_path, monkeypatch):
    path, calls = tmp_path / "x.bin", []

    def flushed(descriptor):
        calls.append(os.path.realpath(f"/proc/self/fd/{descriptor}"))

    monkeypatch.setattr(os, "fsync", flushed)
    replace = type(path).replace
    monkeypatch.setattr(
        type(path), "replace", lambda one, other: (calls.append("rename"), replace(one, other))
    )
    write_bytes(path, b"x")
    content, name, folder = calls
    assert TEMPORARY.match(content.rpartition(os.sep)[2])
    assert (name, folder) == ("rename", os.path.realpath(tmp_path))


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_refuses_is_told_and_the_old_file_stays(tmp_path, monkeypatch, call):
    path = tmp_path / "x.bin"
    write_bytes(path, b"old")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, refuse) if call == "fsync" else monkeypatch.setattr(
        type(path), call, refuse
    )
    with pytest.raises(OSError, match="No space"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def held(times, then):
    """A rename as on Windows: refused so often, for somebody has the file open."""
    left = [times]

    def rename():
        if left[0]:
            left[0] -= 1
            error = PermissionError(13, "Access is denied")
            error.winerror = 32
            raise error
        then()

    return rename


def test_what_a_virus_scanner_looks_at_is_renamed_a_little_later(tmp_path):
    done = []
    patiently(held(2, lambda: done.append(1)), tmp_path)
    assert done == [1]


def test_what_a_program_keeps_open_is_told_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "PAUSES_S", (0.0, 0.0))
    with pytest.raises(PermissionError, match="if that is QGIS, remove the layer") as told:
        patiently(held(99, list), tmp_path / "heat.tif")
    assert told.value.filename == str(tmp_path / "heat.tif")
    other = OSError(28, "No space left on device")
    with pytest.raises(OSError, match="No space"):
        patiently(lambda: (_ for _ in ()).throw(other), tmp_path)


@pytest.mark.skipif(not hasattr(os, "O_DIRECTORY"), reason="folders are not flushed here")
@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EIO])
def test_a_folder_is_flushed_where_the_system_can(tmp_path, monkeypatch, number):
    refused = []

    def refuse(descriptor):
        refused.append(descriptor)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    if number == errno.EIO:
        with pytest.raises(OSError, match=os.strerror(number)):
            flush_folder(tmp_path)
    else:
        flush_folder(tmp_path)
    (descriptor,) = refused
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.fstat(descriptor)


HALF = """
import os, sys, pathlib
from cmpagl_model.atomic import replacing
with replacing(pathlib.Path(sys.argv[1])) as part:
    part.write_bytes(b"half")
    part.with_name(part.name + "-journal").write_bytes(b"half")
    os._exit(9) if sys.argv[2] == "die" else print(part.name, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(os.name == "nt", reason="who is gone is told by age there")
def test_what_a_killed_process_left_is_swept_and_what_a_living_one_writes_is_not(tmp_path):
    path = tmp_path / "x.gpkg"
    subprocess.run([sys.executable, "-c", HALF, str(path), "die"], check=False)
    assert len(list(tmp_path.iterdir())) == 2
    with subprocess.Popen(
        [sys.executable, "-c", HALF, str(path), "live"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        part = other.stdout.readline().strip()
        write_bytes(path, b"ours")
        assert {p.name for p in tmp_path.iterdir()} == {"x.gpkg", part, part + "-journal"}
        other.communicate("")
    assert [p.name for p in tmp_path.iterdir()] == ["x.gpkg"]
    assert path.read_bytes() == b"half"  # the last to end


def test_only_what_is_surely_ours_and_abandoned_is_swept(tmp_path):
    day_old = time.time() - atomic.ABANDONED_S - 60
    old, kept = [named(2**22 + 1), named(1, "0" * 8)], [named(os.getpid()), named(1, "f" * 8)]
    foreign = [".cmpagl-notes", ".cmpagl-1234-5-6.tif", "x.tif.part", ".x.tif.4194305"]
    for name in [*old, *kept, *foreign]:
        (tmp_path / name).write_bytes(b"x")
    for name in [old[1], kept[0], *foreign]:
        os.utime(tmp_path / name, (day_old, day_old))
    write_bytes(tmp_path / "y", b"y")
    wanted = {*kept, *foreign, "y", *(old[:1] if os.name == "nt" else [])}
    assert {path.name for path in tmp_path.iterdir()} == wanted


def test_two_that_sweep_at_once_do_not_hinder_each_other(tmp_path, monkeypatch):
    for process in (1, 2):
        (tmp_path / named(process)).write_bytes(b"x")

    def swept_by_another(process, _signal):
        if process == 1:
            (tmp_path / named(1)).unlink()
        raise ProcessLookupError

    monkeypatch.setattr(os, "kill", swept_by_another)
    names = sorted(tmp_path.iterdir())
    monkeypatch.setattr(type(tmp_path), "iterdir", lambda _folder: iter(names))
    sweep(tmp_path)
    assert not [name for name in names if name.exists()]


def test_who_cannot_be_asked_runs(tmp_path, monkeypatch):
    def refuse(_process, _signal):
        raise PermissionError(errno.EPERM, "somebody else's")

    file = tmp_path / named(2**22 + 1)
    file.write_bytes(b"x")
    with monkeypatch.context() as patched:
        patched.setattr(os, "kill", refuse)
        sweep(tmp_path)
        assert file.exists()
        sweep.cache_clear()
        patched.setattr(os, "name", "nt")
        patched.delattr(os, "kill")
        sweep(tmp_path)
        assert file.exists()
    sweep.cache_clear()
    sweep(tmp_path)
    assert file.exists() == (os.name == "nt")


def test_folders_are_left_alone_where_they_cannot_be_opened(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "O_DIRECTORY", raising=False)
    monkeypatch.delattr(os, "open")
    flush_folder(tmp_path)


def test_what_is_deleted_is_gone_whether_it_was_there_or_not(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    assert delete(file)
    assert not file.exists()
    assert delete(file)
    assert not delete(tmp_path)
    assert tmp_path.is_dir()


def test_two_machines_of_one_name_are_two(tmp_path, monkeypatch):
    """Else each would sweep what the other writes, where both write to one share."""
    found = set()
    for number in (1, 1, 2):
        (tmp_path / "id").write_text(f"{number}")
        monkeypatch.setattr(atomic, "MACHINE_ID", tmp_path / "id")
        found.add(atomic.machine.__wrapped__())
    monkeypatch.setattr(atomic, "MACHINE_ID", tmp_path / "absent")
    assert len(found | {atomic.machine.__wrapped__()}) == 3
