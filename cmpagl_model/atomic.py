"""Atomic writes: a file is there whole or not at all, a power cut included. All are written so.

A file is written next to its final path, under a temporary name that says which process owns it,
flushed to disk and renamed. What a killed process left under such a name is deleted by the next one
that writes there.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import re
import secrets
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TEMPORARY = re.compile(r"^\.cmpagl-([0-9a-f]{8})-(\d+)-[0-9a-f]{8}")
"""Begins a temporary file's name: machine, process, and what makes it the only one."""
SIDE_FILES = ("", "-journal", "-wal", "-shm", ".aux.xml", ".ovr", ".msk")
"""Sidecar files of SQLite and of GDAL, by ending."""
MACHINE_ID = Path("/etc/machine-id")
"""Tells machines of one name apart that write to one share; on Linux."""
ABANDONED_S = 86_400
"""A temporary file is left for that long where it cannot be told whether its process lives."""
HELD = {5, 32, 33}
"""What Windows says of a file that another program has open: access denied, shared, locked."""
PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8)
"""How long a virus scanner may look at a file of ours before a rename gives up."""
NO_FOLDER_FLUSH = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
"""What file systems say that cannot flush a folder, or need not."""


@contextmanager
def replacing(path: Path, *, sync: bool = True) -> Iterator[Path]:
    """Write a file whole or not at all.

    Args:
        path: the file; what had its name is replaced when the block ends without an error.
        sync: whether to wait until the disk has it. Not needed for what is checked when it is
            read, and can be made again.

    Yields:
        Where to write it: next to ``path``, with its ending.

    Raises:
        OSError: if it cannot be flushed or renamed; nothing is left of it then.
    """
    sweep(path.parent)
    name = f".cmpagl-{machine()}-{os.getpid()}-{secrets.token_hex(4)}{path.suffix}"
    part = path.absolute().with_name(name)  # a relative one such as s3:x is an address to others
    try:
        yield part
        if sync:
            flush(part)
        patiently(lambda: part.replace(path), path)
        if sync:
            flush_folder(path.parent)
    finally:
        for ending in SIDE_FILES:
            delete(part.with_name(part.name + ending))


@contextmanager
def making_folder(target: Path) -> Iterator[Path]:
    """Make a folder whole or not at all: it gets its name when the block ends without an error.

    Args:
        target: the folder; nothing may be there.

    Yields:
        Where to make it, next to ``target``; it is not there yet.

    Raises:
        OSError: if it cannot be renamed; nothing is left of it then.
    """
    with tempfile.TemporaryDirectory(prefix=".cmpagl-", dir=target.parent) as scratch:
        part = Path(scratch) / target.name
        yield part
        patiently(lambda: part.rename(target), target)


def patiently(rename: Callable[[], object], path: Path) -> None:
    """Rename; what another program holds open for a moment is tried again, as Windows needs it.

    Args:
        rename: does it.
        path: what gets its name, for the message.

    Raises:
        OSError: if it cannot be renamed.
        PermissionError: if a program holds it open; ``strerror`` says what to do.
    """
    for pause_s in (*PAUSES_S, None):
        try:
            rename()
        except OSError as error:  # noqa: PERF203 - it renames a few files
            if getattr(error, "winerror", None) not in HELD:
                raise
            if pause_s is None:
                text = "another program has it open; if that is QGIS, remove the layer there"
                raise PermissionError(errno.EACCES, text, str(path)) from error
            time.sleep(pause_s)
        else:
            return


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        OSError: if it cannot be written; what had its name stays.
    """
    with replacing(path) as part:
        part.write_bytes(content)


def flush(path: Path) -> None:
    """Wait until the disk has a file's content.

    Raises:
        OSError: if it cannot take it.
    """
    with path.open("rb+") as stream:
        if sys.platform == "darwin":  # where fsync leaves it in the disk's own memory
            import fcntl  # noqa: PLC0415 - not on Windows

            with suppress(OSError):  # shares do not know it
                fcntl.fcntl(stream.fileno(), fcntl.F_FULLFSYNC)
                return
        os.fsync(stream.fileno())


def flush_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder, where the system can say so.

    Raises:
        OSError: if it cannot take them.
    """
    if not hasattr(os, "O_DIRECTORY"):  # Windows: the file system's own journal keeps names
        return
    descriptor = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in NO_FOLDER_FLUSH:
            raise
    finally:
        os.close(descriptor)


@cache
def sweep(folder: Path) -> None:
    """Delete temporary files in a folder whose processes are gone; a process looks once."""
    with suppress(OSError):  # no such folder, or not readable: whoever writes there will say so
        for path in folder.iterdir():
            match = TEMPORARY.match(path.name)
            if match:
                process = int(match[2])
                gone = match[1] == machine() and not _runs(process)
                too_old = time.time() - ABANDONED_S
                if gone or (process != os.getpid() and path.stat().st_mtime < too_old):
                    path.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    """Whether a process of this machine runs, as far as can be told."""
    if os.name == "nt":  # where asking would be a signal
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it is somebody else's
        return True
    return True


@cache
def machine() -> str:
    """Where process numbers have one meaning: a machine, on Linux a container in it; 8 digits."""
    space = ""
    with suppress(OSError, AttributeError):
        space = str(Path("/proc/self/ns/pid").readlink())
    with suppress(OSError):
        space += MACHINE_ID.read_text()
    return hashlib.sha256(f"{platform.node()}|{space}".encode()).hexdigest()[:8]


def can_write_in(folder: Path) -> bool:
    """Whether files can be made in a folder, or it can be made, as far as the system tells."""
    there = nearest(folder)
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def nearest(folder: Path) -> Path:
    """A folder, or what of the folders above it is there."""
    there = folder.absolute()
    while not os.path.exists(there) and there != there.parent:  # noqa: PTH110 - it may be too long
        there = there.parent
    return there


def delete(path: Path) -> bool:
    """Delete a file if that is possible; whether it is gone."""
    try:
        Path(path).unlink(missing_ok=True)
    except OSError:
        return False  # Windows keeps a file that is open elsewhere
    return True
