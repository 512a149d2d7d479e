"""The copy, on this machine, of an index in an object store. Start at :func:`at_hand`.

It is a folder of the cache that is an index like any other, so that it is searched, summed up and
exported as one. Only parts that it lacks are brought. Copies that were not used for long make room
for others.
"""

from __future__ import annotations

import os
import platform
import shutil
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.atomic import delete, nearest
from cmpagl_model.errors import ClusterError, IndexFormatError, OutputError
from tiling.errors import shell_word
from tiling.stores import is_stored, server_of, split_address

from .arrays import CACHE, PREFIX
from .copies import (
    ABOUT,
    COPIES,
    IN_USE,
    CacheLock,
    cache_home,
    cannot_keep,
    copy_of,
    exclusive_lock,
)
from .files import ARRAY_FILE, delete_folder
from .format import (
    FRONT_PAGE,
    PART_NAME,
    PARTS,
    VERSIONS,
    manifest_of,
    newest_number,
    place_of,
    read_version,
    version_numbers,
)
from .parts import is_whole
from .store import ATTEMPTS, store_at, store_of
from .summary import size_on_disk
from .versions import MANIFESTS, keep_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmpagl_model.progress import Progress

    from .format import IndexInfo, PartEntry
    from .loaded import LoadedIndex
    from .store import IndexStore

MOST = "CMPAGL_CACHE_GB"
MOST_GB = 20.0
"""Of all copies together; the one that is asked for is kept whole, however large."""
AT_ONCE = 8
"""Parts asked for at the same time."""
IN_USE_S, LEFT_S = 600, 86_400
"""A copy used so lately is not deleted; nor a part of its own younger than this, which a writer may
be about to put."""


@dataclass(frozen=True, slots=True)
class IndexLocation:
    """An index as the machines of a cluster find it."""

    index: str
    """Its folder, absolute, or its address in an object store."""
    server: str
    """Which server that address means; "": the provider's own, or the index is a folder."""

    @classmethod
    def of(cls, folder: Path) -> IndexLocation:
        """Of an index that is found here, in a folder or as the copy of one in a store."""
        store = store_of(folder)
        if store is None:
            return cls(str(folder.absolute()), "")
        return cls(store.address, server_of(split_address(store.address)[0]))

    def folder(self) -> Path:
        """Where it is on this machine; of one in a store the copy, as the store has it now.

        Raises:
            ClusterError: if another server would be asked for it from here.
            StoreError: if the store cannot be asked.
            IndexFormatError: if it is damaged.
            OutputError: if the cache cannot be written.
        """
        if not is_stored(self.index):
            return Path(self.index)
        server = server_of(split_address(self.index)[0])
        if server != self.server:
            here, there = (one or "the provider's server" for one in (server, self.server))
            raise ClusterError(
                f"{platform.node()}: found that it asks {here} for {self.index}, wanted {there}; "
                "next: start the workers with the variables of the store (AWS_ENDPOINT_URL, keys)"
            )
        looked_up(self.index)
        return copy_of(self.index)


def looked_up(address: str) -> IndexInfo | None:
    """The newest version of an index in a store, which its copy names from then on, too.

    Args:
        address: of the index.

    Returns:
        What it says; ``None`` if there is no index, nor in the copy from then on.

    Raises:
        StoreError: if the store cannot be asked.
        IndexFormatError: if the version is damaged or was written by a newer engine.
        OutputError: if the cache cannot be written.
    """
    store = store_at(address)
    try:
        for _ in range(ATTEMPTS):
            ahead, known = newest_number(store.folder), store.remembered()
            newest = store.newest()  # after what is here, which came from there
            if newest is not None and newest == known:
                with suppress(OSError, IndexFormatError):
                    there = read_version(store.folder, newest.number)
                    with suppress(OSError):  # of a cache that can be read only all is there
                        os.utime(store.folder.parent / ABOUT)
                    return there
            try:
                info = store.version(newest.number) if newest else None
            except FileNotFoundError:
                continue  # a newer one took its place meanwhile
            if info is None or info.number < ahead:  # it was deleted, and perhaps made again
                _forget_versions(store.folder)
            if info is not None:
                keep_version(store.folder, info)
            store.remember(newest)
            return info
    except OSError as error:
        raise OutputError(cannot_keep(error)) from error
    raise IndexFormatError(f"{address}: its newest version goes whenever it is asked for")


def found(address: str) -> IndexInfo:
    """As :func:`looked_up`, of an index that must be there.

    Raises:
        StoreError: if the store cannot be asked.
        IndexFormatError: if there is no index, or it is damaged.
        OutputError: if the cache cannot be written.
    """
    info = looked_up(address)
    if info is None:
        root = store_at(address).folder.parent
        delete(root / ABOUT)
        with suppress(OSError):  # parts of one that was there are in it
            root.rmdir()
        raise IndexFormatError(
            f"{address}: found no index there, wanted one made by 'cmpagl index'; next: check the "
            f"address, or cmpagl index SCENES -o {shell_word(address)}"
        )
    return info


def at_hand(
    address: str,
    progress: Progress | None = None,
    *,
    known: IndexInfo | None = None,
    compare: bool = False,
    anew: bool = False,
) -> Path:
    """A copy of the newest version of an index in a store, its parts in it.

    Args:
        address: of the index.
        progress: told how far it is; ``None``: nobody.
        known: what :func:`found` said a moment ago; ``None``: the store is asked.
        compare: whether parts that are there are compared with their SHA-256, and not by size.
        anew: whether all parts are brought, also those that are there.

    Returns:
        Its folder. A part that the store has lost is not in it, one that is damaged there is.

    Raises:
        StoreError: if the store cannot be asked.
        IndexFormatError: if there is no index, or it is damaged.
        OutputError: if the cache cannot be written, or has no room.
    """
    store, info = store_at(address), known or found(address)
    held = CacheLock(store.folder)  # until all is there
    while True:
        wanted = [
            one
            for one in info.parts
            if anew or not is_whole(store.folder, one, by_size=not compare)
        ]
        lost = _bring(store, wanted, progress)
        before, info = info.number, found(address) if lost else info
        if info.number == before:
            break  # what is lost is told of; else it went with a newer version
    if wanted:
        _make_room(store.folder)
    del held
    return store.folder


def downloaded_again(folder: Path, loaded: LoadedIndex) -> bool:
    """Whether a copy of which parts were damaged or missing on this machine is better now.

    They are brought again, unless another process has done so, or written a newer version.
    """
    store = store_of(folder)
    told = {problem.path for problem in loaded.problems}
    entries = [entry for entry in loaded.info.parts if entry.name in told]
    if store is None or not entries:
        return False
    _bring(store, [entry for entry in entries if not is_whole(folder, entry)], None)
    newer = newest_number(folder) > loaded.info.number
    return newer or any(is_whole(folder, entry) for entry in entries)


def _bring(store: IndexStore, wanted: Sequence[PartEntry], progress: Progress | None) -> bool:
    """Bring parts; whether one of them is not in the store.

    Raises:
        StoreError: if the store cannot be asked.
        OutputError: if the cache cannot be written, or has no room.
    """
    if not wanted:
        return False
    wanted_bytes = sum(max(0, entry.size) for entry in wanted)
    home = cache_home()
    with suppress(OSError):
        free = shutil.disk_usage(nearest(home)).free
        if free < wanted_bytes:
            raise OutputError(
                f"{home}: found room for {free / 1e9:.1f} GB, wanted {wanted_bytes / 1e9:.1f} GB "
                "for a copy of the index; next: free some space, or name another folder with "
                "CMPAGL_CACHE"
            )
    if progress:
        progress.start(wanted_bytes)
    lost = False
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="part bringer")
    try:
        coming = {pool.submit(store.fetch, entry): entry for entry in wanted}
        for future in as_completed(coming):
            try:
                future.result()
            except FileNotFoundError:
                lost = True
            if progress:
                progress.advance(coming[future].size, coming[future].name)
    finally:
        pool.shutdown(cancel_futures=True)
    return lost


def _make_room(wanted: Path) -> None:
    """Delete the copies used longest ago until the others keep to the limit."""
    try:
        most = float(os.environ.get(MOST) or MOST_GB) * 1e9
    except ValueError:
        most = MOST_GB * 1e9
    used: list[tuple[float, Path]] = []
    for about in (cache_home() / COPIES).glob(f"*/{ABOUT}"):
        with suppress(OSError):
            used.append((about.stat().st_mtime, about.parent))
    sizes = {root: size_on_disk(root) for _, root in used}
    total = sum(sizes.values())
    for when, root in sorted(used):
        if total <= most or when > time.time() - IN_USE_S:
            return
        with exclusive_lock(root) as free:
            if free and root != wanted.parent:
                _drop(root)
                total -= sizes[root] - size_on_disk(root)


def _drop(root: Path) -> None:
    """Delete a copy, but for parts that somebody here wrote lately and no version names."""
    for folder in [one for one in root.iterdir() if one.is_dir() and not one.is_symlink()]:
        named: set[str] = set()
        for number in version_numbers(folder):
            with suppress(OSError, IndexFormatError):
                named |= {entry.name for entry in read_version(folder, number).parts}
        for path in (folder / PARTS).glob("*.parquet"):
            old = path.stat().st_mtime < time.time() - LEFT_S
            if PART_NAME.match(path.name) and (old or path.name in named):
                delete(path)
        for arrays in place_of(folder, CACHE).glob(f"{PREFIX}*"):
            delete_folder(arrays, ARRAY_FILE)
        _forget_versions(folder)
        for inner in (folder / PARTS, place_of(folder, CACHE), folder):
            with suppress(OSError):  # something is left in it
                inner.rmdir()
    delete(root / ABOUT)
    delete(root / IN_USE)
    with suppress(OSError):
        root.rmdir()


def _forget_versions(folder: Path) -> None:
    """Delete what a copy says of its version; its parts stay."""
    for number in version_numbers(folder):
        delete_folder(manifest_of(folder, number).parent, MANIFESTS)
    delete(place_of(folder, FRONT_PAGE))
    with suppress(OSError):
        place_of(folder, VERSIONS).rmdir()
