"""An index in an object store: the files of one in a folder, under the same names.

A version is put under its number if nothing is there yet (optimistic concurrency, no locks): of two
writers one comes first, and the other makes its change again on top of the first one's.
Parts are put before the version that names them. An index is read and written by way of a copy on
this machine, a folder of the cache that is an index like any other; see :mod:`.mirror`.
"""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cmpagl_model.atomic import replacing, write_bytes
from cmpagl_model.errors import IndexFormatError, OutputError
from tiling.stores import asking, open_store, split_address

from .copies import ABOUT, address_of, cannot_keep, copy_of, normalised
from .files import OWN_FILE
from .format import FRONT_PAGE, MANIFEST, PART_NAME, PARTS, VERSION_NAME, VERSIONS, version_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from .format import IndexInfo, PartEntry

GUARD = "put-if-absent"
"""An empty file among the versions: a second put must be refused, or the store is none for us."""
ABANDONED = timedelta(days=1)
"""What no version names and was put so long before the newest one belongs to a writer that was
killed: others put their parts again when they are half as old."""
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Newest:
    """Which version of an index in a store is the newest."""

    number: int
    """Of the version."""
    tag: str
    """What the store calls its manifest: the same only for the same bytes."""


def store_of(folder: Path) -> IndexStore | None:
    """The store that a folder is the copy of; ``None`` for a folder of its own."""
    address = address_of(folder)
    return store_at(address) if address else None


@lru_cache(maxsize=8)
def store_at(address: str) -> IndexStore:
    """The same for all that ask: it knows what this process has put."""
    return IndexStore(address)


class IndexStore:
    """An index in an object store; made by :func:`store_at`."""

    def __init__(self, address: str) -> None:
        self.address = normalised(address)
        self.folder = copy_of(address)
        self._put_at: dict[str, float] = {}
        self._read: tuple[Newest, IndexInfo] | None = None
        self._guarded = False

    def _key(self, name: str) -> str:
        key = split_address(self.address)[2]
        return f"{key}/{name}" if key else name

    def _get(self, name: str) -> bytes:
        """The bytes of one of the index's files.

        Raises:
            StoreError: if the store cannot be asked.
            FileNotFoundError: if it is not there.
        """
        address = f"{self.address}/{name}"
        store, _ = open_store(self.address)
        with asking(address):
            import obstore  # noqa: PLC0415 - needed by few

            return bytes(obstore.get(store, self._key(name)).bytes())

    def _put(self, name: str, content: bytes, *, absent: bool = False) -> bool:
        """Put a file; ``False`` if there is one, and ``absent`` was asked for.

        Raises:
            StoreError: if the store cannot be asked.
            OutputError: if it has no such bucket.
        """
        store, _ = open_store(self.address)
        how: Any = {"mode": "create", "use_multipart": False} if absent else {}
        try:
            with asking(self.address, writing=True):
                import obstore  # noqa: PLC0415 - needed by few

                obstore.put(store, self._key(name), content, **how)
        except FileExistsError:
            return False
        except FileNotFoundError:  # some say so of a bucket
            raise OutputError(
                f"{self.address}: found no such bucket, wanted one for the index; next: make it"
            ) from None
        return True

    def _delete(self, names: Iterable[str]) -> None:
        """Delete files of the index; those that are gone are no news.

        Raises:
            StoreError: if the store cannot be asked.
        """
        keys = [self._key(name) for name in names]
        store, _ = open_store(self.address)
        with suppress(FileNotFoundError), asking(self.address, writing=True):
            import obstore  # noqa: PLC0415 - needed by few

            if keys:
                obstore.delete(store, keys)

    def _listed(self, folder: str) -> Iterator[tuple[str, str, datetime]]:
        """Name from the index on, tag and time of the files in one of its folders.

        Raises:
            StoreError: if the store cannot be asked.
        """
        store, _ = open_store(self.address)
        start = len(self._key(""))
        with asking(self.address):
            import obstore  # noqa: PLC0415 - needed by few

            for page in obstore.list(store, prefix=self._key(folder)):
                for one in page:
                    tag = str(one["e_tag"] or one["last_modified"])
                    yield one["path"][start:], tag, one["last_modified"]

    def _versions(self) -> dict[int, tuple[str, datetime]]:
        """Tags and times of the manifests that are there, by number."""
        found = {}
        for name, tag, changed in self._listed(VERSIONS):
            number, _, file = name.removeprefix(f"{VERSIONS}/").partition("/")
            if VERSION_NAME.match(number) and file == MANIFEST:
                found[int(number)] = tag, changed
        return found

    def newest(self) -> Newest | None:
        """The newest version; ``None`` if there is no index.

        Raises:
            StoreError: if the store cannot be asked.
        """
        versions = self._versions()
        number = max(versions, default=0)
        return Newest(number, versions[number][0]) if number else None

    def read(self) -> IndexInfo | None:
        """What the newest version says; ``None`` if there is no index.

        Raises:
            StoreError: if the store cannot be asked.
            IndexFormatError: if it is damaged or was written by a newer engine.
        """
        for _ in range(ATTEMPTS):
            newest = self.newest()
            if newest is None:
                return None
            if self._read is None or self._read[0] != newest:
                try:
                    self._read = newest, self.version(newest.number)
                except FileNotFoundError:
                    continue  # a newer one took its place meanwhile
            return self._read[1]
        raise IndexFormatError(f"{self.address}: its newest version goes whenever it is asked for")

    def version(self, number: int) -> IndexInfo:
        """What a version says.

        Raises:
            StoreError: if the store cannot be asked.
            FileNotFoundError: if it is not there.
            IndexFormatError: if it is damaged or was written by a newer engine.
        """
        name = _manifest(number)
        path = f"{self.address}/{name}"
        return version_of(
            self._get(name), number, path,
            mending=f"delete {path}, so that the version before it counts if it is still there, "
            "or index the scenes under another address",
        )  # fmt: skip

    def fetch(self, entry: PartEntry) -> bool:
        """Bring a part into the copy on this machine; whether it is the one that a version names.

        One that is not is there all the same, to be told of.

        Raises:
            StoreError: if the store cannot be asked.
            FileNotFoundError: if it is not there.
            OutputError: if the cache cannot be written.
        """
        raw = self._get(f"{PARTS}/{entry.name}")
        path = self.folder / PARTS / entry.name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path, sync=False) as part:
                part.write_bytes(raw)
        except OSError as error:
            raise OutputError(cannot_keep(error)) from error
        return hashlib.sha256(raw).hexdigest() == entry.sha256

    def put_parts(self, entries: Iterable[PartEntry]) -> bool:
        """Put parts of the copy, unless this process did so not long ago; whether one was put.

        Raises:
            StoreError: if the store cannot be asked.
            OSError: if a part cannot be read.
        """
        again = ABANDONED.total_seconds() / 2
        waiting = [
            entry.name for entry in entries if time.time() - self._put_at.get(entry.name, 0) > again
        ]
        for name in waiting:
            self._put(f"{PARTS}/{name}", (self.folder / PARTS / name).read_bytes())
            self._put_at[name] = time.time()
        return bool(waiting)

    def put_version(self, made: IndexInfo) -> bool:
        """Put a version under its number; ``False`` if another writer was first.

        Raises:
            StoreError: if the store cannot be asked.
            OutputError: if it is none that puts only where nothing is, or a new index would lie
                among other files.
        """
        self.check_writable()
        if made.number == 1:  # nothing but an index's own may lie below the address
            guard = f"{VERSIONS}/{GUARD}"
            foreign = (name for name, _, _ in self._listed("") if not OWN_FILE.fullmatch(name))
            first = next((name for name in foreign if name != guard), None)
            if first is not None:
                raise OutputError(
                    f"{self.address}: found {first[:200]} there, wanted a place with nothing but "
                    f"an index; next: -o {self.address}/index.cmpagl, say"
                )
        name, content = _manifest(made.number), made.manifest()
        if self._put(name, content, absent=True):
            return True
        try:
            return self._get(name) == content  # our own, of which the answer was lost
        except FileNotFoundError:
            return False

    def check_writable(self) -> None:
        """Refuse a store that cannot be written to, or lets one put over what another one has put.

        Raises:
            StoreError: if the store cannot be asked, or these keys may not write there.
            OutputError: if it is such a one.
        """
        if self._guarded:
            return
        name = f"{VERSIONS}/{GUARD}"
        if self._put(name, b"", absent=True) and self._put(name, b"", absent=True):
            raise OutputError(
                f"{self.address}: found a store that puts over what is there, though it was asked "
                "not to (If-None-Match: *), so that of two writers one would be lost; next: index "
                "into a folder and copy that, or use a store that knows conditional puts"
            )
        self._guarded = True

    def finish_version(self, made: IndexInfo, before: IndexInfo | None) -> None:
        """After a version was put: bring the front page up to date, delete what went with it.

        Raises:
            StoreError: if the store cannot be asked.
        """
        if before is None or before.to_json() != made.to_json():
            self._put(FRONT_PAGE, made.to_json().encode())
        kept = {entry.name for entry in made.parts}
        gone = [entry.name for entry in before.parts if entry.name not in kept] if before else []
        self._delete(f"{PARTS}/{name}" for name in gone)

    def sweep(self) -> None:
        """Delete versions a day older than the newest, and parts so old that it does not name.

        Times are the store's own. A version stays for a day, so that a writer who was held up
        cannot put one under a number that was taken.

        Raises:
            StoreError: if the store cannot be asked.
            IndexFormatError: if the newest version is damaged.
        """
        versions = self._versions()
        if not versions:
            return
        newest = max(versions)
        try:
            named = {entry.name for entry in self.version(newest).parts}
        except FileNotFoundError:
            return  # others are at work here
        before = versions[newest][1] - ABANDONED
        old = [_manifest(one) for one in versions if one != newest and versions[one][1] < before]
        for name, _, changed in self._listed(PARTS):
            part = name.removeprefix(f"{PARTS}/")
            if changed < before and part not in named and PART_NAME.match(part):
                old.append(name)
        self._delete(old)

    def remember(self, newest: Newest | None) -> None:
        """Note down next to the copy what it is a copy of, and that it is in use.

        Raises:
            OSError: if it cannot be written.
        """
        fields: dict[str, str | int] = {"address": self.address}
        if newest:
            fields |= {"number": newest.number, "tag": newest.tag}
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(self.folder.parent / ABOUT, json.dumps(fields).encode())

    def remembered(self) -> Newest | None:
        """Which version the copy was of when it was last compared; ``None``: not known."""
        try:
            fields = json.loads((self.folder.parent / ABOUT).read_bytes())
            return Newest(int(fields["number"]), str(fields["tag"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _manifest(number: int) -> str:
    return f"{VERSIONS}/{number:08d}/{MANIFEST}"
