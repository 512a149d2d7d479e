"""A disk that fails: every call that writes can fail, be the last of a process, or be lost.

Calls are counted that write in one folder: opening a file to write, writing, flushing, renaming,
deleting, making and removing folders. At the n-th of them a fault happens.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

KILL, SHORT = "kill", "short write"
ERRORS = {name: getattr(errno, name) for name in ("ENOSPC", "EIO", "EACCES")}
CUTS = ("power cut, names lost", "power cut, contents lost")
FAULTS = (KILL, *ERRORS, SHORT, *CUTS)


class KilledError(BaseException):
    """The process is gone; whatever it still tries has no effect."""


class FailingDisk:
    """What happens to one folder from now on."""

    def __init__(self, root: Path, fault: str = "", at: int = -1) -> None:
        """Begin.

        Args:
            root: the folder; need not be there.
            fault: one of :data:`FAULTS`; nothing: calls are counted only.
            at: at which call it happens, from 0; -1: never.
        """
        self.root, self.fault, self.at = root, fault, at
        self.calls = 0
        self.dead = False
        self._synced: dict[int, bytes] = {}
        self._names: dict[Path, dict[str, int | None]] = {}
        self._trash: dict[int, Path] = {}
        for folder in [root.parent, *self._folders()]:
            self._sync_folder(folder)
        for path in root.rglob("*"):
            if path.is_file():
                self._synced[path.stat().st_ino] = path.read_bytes()

    @property
    def kills(self) -> bool:
        """Whether the process is gone after the fault."""
        return self.fault == KILL or self.fault in CUTS

    def step(self, path: object, *, data: bytes | None = None, stream: Any = None) -> None:
        """One call that writes.

        Raises:
            KilledError: if the process is gone.
            OSError: if it is this call's turn to fail.
        """
        if not self.is_ours(path):
            return
        if self.dead:
            raise KilledError
        self.calls += 1
        if self.calls - 1 != self.at:
            return
        if self.kills:
            self.dead = True
            raise KilledError
        if self.fault == SHORT:
            if data is None:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            stream.write(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        number = ERRORS[self.fault]
        raise OSError(number, os.strerror(number))

    def flushed(self, descriptor: int) -> None:
        """A file or folder is on disk now."""
        about = os.fstat(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").resolve()
        if path.is_dir():
            self._sync_folder(path)
        else:
            self._synced[about.st_ino] = Path(f"/proc/self/fd/{descriptor}").read_bytes()

    def moved(self, old: Path, new: Path) -> None:
        """A folder has another name; what the disk knows of its inside goes with it."""
        if old in self._names:
            self._names[new] = self._names.pop(old)

    def learn(self, notes: Path) -> None:
        """Take over what another process flushed and moved, as ``tools/disk.c`` noted it down."""
        for note in sorted(notes.glob("note-*")):
            kind, path, *rest = (os.fsdecode(word) for word in note.read_bytes().split(b"\0")[:-1])
            if kind == "M":
                self.moved(Path(path), Path(rest[0]))
                continue
            pairs = zip(rest[::2], rest[1::2], strict=True)
            names = {name: None if it.startswith("-") else int(it) for name, it in pairs}
            if Path(path) == self.root.parent:
                names = {name: it for name, it in names.items() if name == self.root.name}
            self._names[Path(path)] = names
        for file in notes.glob("file-*"):
            self._synced[int(file.name.removeprefix("file-"))] = file.read_bytes()

    def cut_power(self) -> None:
        """Bring the folder to what the disk may have after a power cut."""
        if self.fault == CUTS[1]:  # names came through, what was not flushed did not
            for path in self.root.rglob("*"):
                if path.is_file():
                    path.write_bytes(self._kept(path.stat().st_ino, path.read_bytes()))
            return
        now = {path.stat().st_ino: path.read_bytes()
               for path in self.root.rglob("*") if path.is_file()}  # fmt: skip
        shutil.rmtree(self.root, ignore_errors=True)
        if self.root.name in self._names[self.root.parent]:
            self._restore(self.root, now)

    def _restore(self, folder: Path, now: dict[int, bytes]) -> None:
        folder.mkdir()
        for name, inode in self._names.get(folder, {}).items():
            if inode is None:
                self._restore(folder / name, now)
            else:
                (folder / name).write_bytes(self._kept(inode, now.get(inode, b"")))

    def _kept(self, inode: int, written: bytes) -> bytes:
        return self._synced.get(inode, written[: len(written) // 2])

    def _sync_folder(self, folder: Path) -> None:
        if folder == self.root.parent:
            there = {self.root.name: None} if self.root.is_dir() else {}
            self._names[folder] = there
        elif folder == self.root or self.root in folder.parents:
            self._names[folder] = {
                path.name: None if path.is_dir() else path.stat().st_ino
                for path in folder.iterdir()
            }

    def _folders(self) -> list[Path]:
        if not self.root.is_dir():
            return []
        return [self.root, *(path for path in self.root.rglob("*") if path.is_dir())]

    def is_ours(self, path: object) -> bool:
        """Whether a path, or an open file, is in the folder."""
        if isinstance(path, int):
            path = Path(f"/proc/self/fd/{path}").readlink()
        place = Path(os.fspath(path))  # type: ignore[arg-type]
        return self.root == place or self.root in place.parents


class _File:
    """A file opened to be written."""

    def __init__(self, disk: FailingDisk, path: object, stream: Any) -> None:
        self._disk, self._path, self._stream = disk, path, stream

    def write(self, data: Any) -> int:
        raw = data.encode() if isinstance(data, str) else bytes(data)
        plain = data if isinstance(data, str) else raw
        self._disk.step(self._path, data=plain, stream=self._stream)
        return int(self._stream.write(data))

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def failing(root: Path, fault: str = "", at: int = -1) -> Iterator[FailingDisk]:
    """Let calls that write in a folder fail.

    Args:
        root: the folder.
        fault: one of :data:`FAULTS`.
        at: at which call.

    Yields:
        The disk. After a power cut its folder is brought to what may be left of it.
    """
    disk = FailingDisk(root, fault, at)
    with pytest.MonkeyPatch.context() as patched:
        _watch(disk, patched)
        yield disk
    if disk.dead and disk.fault in CUTS:
        disk.cut_power()


def _watch(disk: FailingDisk, patched: pytest.MonkeyPatch) -> None:
    whole = {name: getattr(os, name) for name in
             ("replace", "rename", "unlink", "mkdir", "rmdir", "fsync")}  # fmt: skip
    opened = io.open

    def watched(name: str) -> Any:
        def call(path: Any, *rest: Any, **options: Any) -> Any:
            disk.step(path)
            done = whole[name](path, *rest, **options)
            if name == "fsync":
                disk.flushed(path)
            if name in {"rename", "replace"}:
                disk.moved(Path(path), Path(rest[0]))
            return done

        return call

    def opening(file: Any, mode: str = "r", *rest: Any, **options: Any) -> Any:
        if not isinstance(file, int) and set(mode) & set("wax+") and disk.is_ours(file):
            disk.step(file)
            return _File(disk, file, opened(file, mode, *rest, **options))
        return opened(file, mode, *rest, **options)

    for name in whole:
        patched.setattr(os, name, watched(name))
    patched.setattr(io, "open", opening)
