"""Copies, on this machine, of indexes in object stores: where they lie and what they are called."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import weakref
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tiling.stores import is_stored, server_of, split_address

CACHE_ENV = "CMPAGL_CACHE"
COPIES, ABOUT, IN_USE = "indexes", "store.json", "in-use"
UNFIT, DEVICE = re.compile(r'[<>:"\\|?*]'), re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)|$")
"""What no name of a folder on Windows has, and what such a name does not begin with or is."""
LONGEST_NAME = 60
"""Of a folder: keys may be longer than the names that file systems know, in bytes."""

if TYPE_CHECKING:
    from collections.abc import Iterator
if sys.platform != "win32":
    import fcntl


def cache_home() -> Path:
    """The folder in which copies of what lies far away are kept; it need not be there.

    Links are followed: others, who do so, too, shall find that a folder is a copy.
    """
    if said := os.environ.get(CACHE_ENV):
        home = Path(said)
    elif sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
        home = Path(local) / "cmpagl" / "cache"
    elif sys.platform == "darwin":
        home = Path.home() / "Library" / "Caches" / "cmpagl"
    else:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cmpagl"
    return Path(os.path.realpath(home))


def copy_of(address: str) -> Path:
    """Where the copy of an index in a store lies on this machine; it need not be there.

    Raises:
        StoreError: if the address names no bucket.
    """
    address = normalised(address)
    identity = f"{server_of(split_address(address)[0])}|{address}"
    digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
    name = UNFIT.sub("_", address.rpartition("/")[2])[:LONGEST_NAME].rstrip(". ")
    return cache_home() / COPIES / digest / (f"_{name}" if DEVICE.match(name) else name)


def normalised(address: str) -> str:
    """An address in the one way to write it: without slashes that part nothing.

    Raises:
        StoreError: if it names no bucket.
    """
    scheme, bucket, key = split_address(address)
    return "/".join((f"{scheme}://{bucket}", *filter(None, key.split("/"))))


def address_of(folder: Path) -> str:
    """The address of the index that a folder is the copy of; "" for a folder of its own.

    A folder beyond the cache is never one, whatever lies in it: nobody's index leads elsewhere.
    """
    if folder.parent.parent != cache_home() / COPIES:
        return ""
    try:
        address = str(json.loads((folder.parent / ABOUT).read_bytes())["address"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return address if is_stored(address) and copy_of(address) == folder else ""


def display_name(folder: Path) -> str:
    """What people call an index: its address where the folder is a copy of it."""
    return address_of(folder) or str(folder)


class CacheLock:
    """Keeps a copy from being deleted for the room that it takes, as long as this object lives.

    The system lets go of the file when the process ends, however it ends. Where it can lock none
    the copy counts as used now.
    """

    def __init__(self, folder: Path) -> None:
        """Hold a copy; it may be that of other processes, too."""
        home = folder.parent
        with suppress(OSError):
            os.utime(home / ABOUT)
            # On Windows a file that is open cannot be deleted, and that is the lock.
            lock = os.open(home / IN_USE, os.O_RDONLY | os.O_CREAT, 0o666)
            weakref.finalize(self, os.close, lock)
            if sys.platform != "win32":
                fcntl.flock(lock, fcntl.LOCK_SH)


def hold(folder: Path) -> CacheLock | None:
    """Lock the copy of an index in a store against deletion; ``None``: it is no copy."""
    return CacheLock(folder) if address_of(folder) else None


@contextmanager
def exclusive_lock(home: Path) -> Iterator[bool]:
    """While a copy may be deleted: whether nobody holds it, nor can."""
    path, is_free, lock = home / IN_USE, False, None
    with suppress(OSError):
        if sys.platform == "win32":
            path.unlink(missing_ok=True)
        else:
            lock = os.open(path, os.O_RDONLY | os.O_CREAT, 0o666)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_free = True
    try:
        yield is_free
    finally:
        if lock is not None:
            os.close(lock)


def cannot_keep(error: OSError) -> str:
    """What to say of a cache that cannot be written."""
    return (
        f"{cache_home()}: cannot write ({error.strerror or error}); wanted room for a copy of the "
        f"index; next: free some space, or name another folder with {CACHE_ENV}"
    )
