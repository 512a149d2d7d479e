"""Copies, on this machine, of indexes in object stores: where they lie and what they are called."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

from tiling.stores import is_stored, server_of, split_address

HOME = "CMPAGL_CACHE"
COPIES, ABOUT = "indexes", "store.json"


def cache_home() -> Path:
    """The folder in which copies of what lies far away are kept; it need not be there.

    Links are followed: others, who do so, too, shall find that a folder is a copy.
    """
    return Path(os.path.realpath(os.environ.get(HOME) or _system_cache()))


def _system_cache() -> Path:
    home = Path.home()
    if sys.platform == "win32":
        data = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
        return data / "cmpagl" / "cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "cmpagl"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "cmpagl"


def copy_of(address: str) -> Path:
    """Where the copy of an index in a store lies on this machine; it need not be there.

    Raises:
        StoreError: if the address names no bucket.
    """
    scheme, bucket, key = split_address(address)
    name = key.rstrip("/").rpartition("/")[2] or bucket
    place = f"{server_of(scheme)}|{scheme}://{bucket}/{key.strip('/')}"
    digest = hashlib.sha256(place.encode()).hexdigest()[:16]
    return cache_home() / COPIES / digest / name


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


def called(folder: Path) -> str:
    """What people call an index: its address where the folder is a copy of it."""
    return address_of(folder) or str(folder)


def cannot_keep(error: OSError) -> str:
    """What to say of a cache that cannot be written."""
    return (
        f"{cache_home()}: cannot write ({error.strerror or error}); wanted room for a copy of the "
        f"index; next: free some space, or name another folder with {HOME}"
    )
