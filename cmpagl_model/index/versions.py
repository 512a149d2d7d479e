"""Versions of an index: each is whole, none is ever written over, of two writers one comes first.

A version is the folder ``_versions/NUMBER`` with a manifest in it. It is made under another name
and renamed to the next number: where that is taken the rename fails, on every file system, and the
change is made again on top of what the other writer did; in a store it is put if nothing is there.
That is optimistic concurrency: compare-and-swap of the newest number, without locks. Files that no
version names any more are deleted (garbage collection) by the writer of the version that left them
out.
"""

from __future__ import annotations

import os
import random
import re
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from cmpagl_model.atomic import TEMPORARY, delete, flush_folder, patiently, write_bytes
from cmpagl_model.errors import IndexFormatError, OutputError

from .files import bytes_of, delete_folder, is_abandoned, token
from .format import (
    FRONT_PAGE,
    MANIFEST,
    PARTS,
    VERSION_NAME,
    VERSIONS,
    IndexInfo,
    cannot_write,
    is_index,
    manifest_of,
    newest_number,
    place_of,
    read_info,
    read_version,
    version_numbers,
)
from .store import store_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .store import IndexStore

    Change = Callable[[IndexInfo | None], IndexInfo]

MARK = ".building-"
"""Of files that say who adds to the index now; see :mod:`.underway`."""
MANIFESTS = re.compile(rf"{re.escape(MANIFEST)}|{TEMPORARY.pattern}\.json")
LAST_NUMBER = 99_999_999
LONGEST_PAUSE_S = 0.1


def commit(folder: Path, change: Change) -> IndexInfo:
    """Write the next version of an index.

    Args:
        folder: the index; made if it is missing.
        change: gives the next version from the newest one, ``None`` if there is none; called again
            if another writer was first. What it gives may be the version that it was given: then
            there is nothing to write.

    Returns:
        The version that is the newest now.

    Raises:
        OutputError: if it cannot be written; the index is as it was.
        IndexFormatError: if the newest version is damaged.
        StoreError: if the folder is the copy of an index in a store, which cannot be asked.
    """
    store = store_of(folder)
    try:
        if store:
            return _commit_in(store, change)
        _make(folder)
        while True:
            base = read_info(folder) if is_index(folder) else None
            wanted = change(base)
            if base is not None and wanted == base:
                return base
            before = base.number if base else 0
            made = replace(wanted, number=before + 1)
            if newest_number(folder) <= before and _put(folder, made):
                return made
            time.sleep(random.uniform(0, LONGEST_PAUSE_S))
    except OSError as error:
        raise OutputError(cannot_write(folder, error)) from error


def _commit_in(store: IndexStore, change: Change) -> IndexInfo:
    """Put the next version of an index in a store; see :func:`commit`.

    Raises:
        OSError: if its copy on this machine cannot be read or written.
    """
    while True:
        base = store.read()
        made = change(base)
        if base is not None and made == base:
            keep_version(store.folder, base)
            return base
        there = {entry.name for entry in base.parts} if base else set()
        if store.put_parts(entry for entry in made.parts if entry.name not in there):
            continue  # that took time: on top of what is the newest now
        made = replace(made, number=(base.number if base else 0) + 1)
        if store.put_version(made):
            store.finish_version(made, base)
            keep_version(store.folder, made)
            return made
        time.sleep(random.uniform(0, LONGEST_PAUSE_S))


def keep_version(folder: Path, info: IndexInfo) -> None:
    """Write a version of an index in a store into its copy on this machine.

    Where another process has written a newer one meanwhile, that stays the newest.

    Raises:
        OSError: if it cannot be written.
    """
    _make(folder)
    path = manifest_of(folder, info.number)
    if path.exists() and bytes_of(path) != info.manifest():
        delete_folder(path.parent, MANIFESTS)  # of an index that was deleted, and made again
    if not _put(folder, info):
        write_front_page(folder, info)
        sweep(folder, info)


def _make(folder: Path) -> None:
    """Make the folders of an index, if they are not there.

    Raises:
        OSError: if they cannot be made.
    """
    versions = place_of(folder, VERSIONS)
    if versions.is_dir():
        return
    versions.mkdir(parents=True, exist_ok=True)
    for made in (folder, folder.parent):
        flush_folder(made)


def put_above(folder: Path, info: IndexInfo) -> IndexInfo:
    """Write a version above all that are there, whatever they say: theirs is damaged.

    Raises:
        OutputError: if it cannot be written.
    """
    try:
        _make(folder)
        while True:
            newest = newest_number(folder)
            if newest == LAST_NUMBER:
                with suppress(OSError):
                    # Empty it is no writer's, and would be in the way for ever.
                    manifest_of(folder, newest).parent.rmdir()
                    newest = newest_number(folder)
            made = replace(info, number=newest + 1)
            if _put(folder, made):
                return made
    except OSError as error:
        raise OutputError(cannot_write(folder, error)) from error


def _put(folder: Path, made: IndexInfo) -> bool:
    """Put a version in its place, and delete what it replaces; ``False``: another was first.

    Raises:
        OSError: if it cannot be written.
        OutputError: if there are no numbers left.
    """
    target = manifest_of(folder, made.number).parent
    if not VERSION_NAME.match(target.name):
        raise OutputError(
            f"{target}: found a version before it, the last that there can be; next: index the "
            "scenes into another folder"
        )
    making = target.with_name(f".making-{token()}")
    try:
        making.mkdir()
        write_bytes(making / MANIFEST, made.manifest())
        try:
            patiently(lambda: making.rename(target), target)
        except OSError:
            if os.path.lexists(target):
                return False
            raise
    finally:
        delete_folder(making, MANIFESTS)
    flush_folder(target.parent)
    is_newest = newest_number(folder) == made.number
    if is_newest:
        write_front_page(folder, made)
        sweep(folder, made)
    else:
        # Others were so far ahead that this number had been swept already: nobody has read it.
        delete_folder(target, MANIFESTS)
    return is_newest


def write_front_page(folder: Path, info: IndexInfo) -> None:
    """Bring ``_index.json`` up to date.

    Raises:
        OSError: if it cannot be written.
    """
    if not has_front_page(folder, info):
        write_bytes(place_of(folder, FRONT_PAGE), info.to_json().encode())


def has_front_page(folder: Path, info: IndexInfo) -> bool:
    """Whether ``_index.json`` says what it should."""
    with suppress(OSError):
        return bytes_of(place_of(folder, FRONT_PAGE)) == info.to_json().encode()
    return False


def sweep(folder: Path, newest: IndexInfo) -> None:
    """Delete older versions, the parts that they alone name, and what killed processes left.

    A name that no version has any more never comes back: its digits are random. Readers of an older
    version keep what they have mapped, or look for the newest one again.
    """
    wanted = {part.name for part in newest.parts}
    for number in sorted(version_numbers(folder)):
        if number >= newest.number:
            continue
        try:
            old = {part.name for part in read_version(folder, number).parts}
        except (FileNotFoundError, IndexFormatError):
            old = set()  # what only this one named is found by its name, by verify
        kept = [name for name in old - wanted if not delete(folder / PARTS / name)]
        if not kept:
            delete_folder(manifest_of(folder, number).parent, MANIFESTS)
    versions = place_of(folder, VERSIONS)
    for path in filter(is_abandoned, versions.glob(".making-*")):
        delete_folder(path, MANIFESTS)
    for path in filter(is_abandoned, versions.glob(f"{MARK}*.json")):
        delete(path)
