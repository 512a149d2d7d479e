"""What an index says of itself: the manifest of its newest version, and ``_index.json`` for people.

How versions are written is in :mod:`.versions`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmpagl_model.errors import IndexFormatError, IndexMismatchError, ManifestError
from cmpagl_model.records import ModelId
from tiling import ChipSpec, TilingError
from tiling.errors import shell_word

from .copies import address_of, cannot_keep, display_name
from .files import bytes_of
from .imported import FOREIGN, have_pixels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiling import SceneRecord

FORMAT, VERSION = "cmpagl-index", 2
FRONT_PAGE, PARTS, VERSIONS, MANIFEST = "_index.json", "parts", "_versions", "manifest.json"
"""What is no data begins with ``_``: readers of data sets pass over it."""
CHIPS_PER_PART = 4096
KEY_DIGITS = 16
PART_NAME = re.compile(
    rf"^[^/\\:]+-([0-9a-f]{{{KEY_DIGITS}}})-(\d{{5}})(?:-[0-9a-f]{{8}})?\.parquet\Z"
)
"""Key and number of a part, a name and no path; version 1 had no random digits at the end."""
VERSION_NAME = re.compile(r"^[0-9]{8}\Z")
ATTEMPTS = 5
"""How often the newest version is looked for again when it goes between listing and reading."""


def chips_of_part(planned: int, number: int) -> int:
    """How many chips part ``number`` has, from 0, of a scene of so many planned ones."""
    return min(CHIPS_PER_PART, planned - number * CHIPS_PER_PART)


@dataclass(frozen=True, slots=True)
class PartEntry:
    """A part as a manifest names it."""

    name: str
    """File name in ``parts/``."""
    size: int
    """Bytes; -1 in an index of format 1, which did not say."""
    sha256: str
    """Of the file, hexadecimal; empty in an index of format 1, and for a part that was lost before
    there was a manifest."""
    rows: int
    """Chips in it."""
    content: str
    """SHA-256 over which chips it holds, whatever its scene's path and time; not over their
    embeddings, whose last bits depend on the processor."""
    scene: str
    """Path or address of its scene."""
    planned: int
    """Chips in the whole plan of the scene."""
    damaged: int
    """Chips of this part that could not be decoded."""
    begun: bool = False
    """Whether it holds the first of its chips only, and is replaced when all of them are there."""
    crs: str = ""
    """CRS of its scene where a user gave it, to be known when no part can be read any more."""

    def __post_init__(self) -> None:
        """Check what a manifest says: its parts are read and deleted by these names.

        Raises:
            ValueError: if the name is none of a part, or a number none of a count.
            TypeError: if a text or a number is of another type.
        """
        self._match()
        texts = self.sha256, self.content, self.scene, self.crs
        numbers = self.size, self.rows, self.planned, self.damaged
        if {*map(type, texts)} != {str} or {*map(type, numbers)} != {int}:
            raise TypeError(f"{self.name}: a text or a number is of another type")
        if min(self.size + 1, self.rows, self.planned, self.damaged) < 0:
            raise ValueError(f"{self.name}: a number below 0")

    @property
    def key(self) -> str:
        """Key of its scene; see :func:`~cmpagl_model.index.parts.scene_key`."""
        return self._match()[1]

    @property
    def number(self) -> int:
        """Its place among the parts of its scene, from 0."""
        return int(self._match()[2])

    def _match(self) -> re.Match[str]:
        match = PART_NAME.match(self.name)
        if match is None:
            raise ValueError(f"{self.name!r} is no name of a part")
        return match


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """An index as one of its versions has it."""

    model: ModelId
    """The model of all embeddings."""
    embedding_size: int
    """Length of an embedding."""
    spec: ChipSpec
    """How scenes are cut into chips."""
    number: int = 0
    """Of the version, from 1; 0: none is written yet, or the index is of format 1."""
    parts: tuple[PartEntry, ...] = ()
    """Its parts, by name."""

    def __post_init__(self) -> None:
        """Check the embeddings.

        Raises:
            ValueError: if they have no length.
        """
        if self.embedding_size < 1:
            raise ValueError(f"found embeddings of {self.embedding_size} numbers, wanted 1 or more")

    @property
    def content(self) -> str:
        """SHA-256 over what is indexed and how; empty where a part has none.

        Paths and times are no part of it, nor in which order, by how many workers or on which
        processor it was made.
        """
        if not all(part.content for part in self.parts):
            return ""
        parts = sorted((part.key, part.number, part.content) for part in self.parts)
        about = [self.model.fingerprint, self.embedding_size, self.spec.to_json(), parts]
        return hashlib.sha256(json.dumps(about).encode()).hexdigest()

    def to_json(self) -> str:
        """The file ``_index.json``: what all parts share, as readable JSON."""
        return json.dumps(self._fields(), indent=1) + "\n"

    def _fields(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "model": asdict(self.model),
            "embedding_size": self.embedding_size,
            "chips": json.loads(self.spec.to_json()),
        }

    def manifest(self) -> bytes:
        """The file ``manifest.json``: a line for each part, and at last the SHA-256 of it all."""
        fields = {**self._fields(), "number": self.number, "content": self.content}
        lines = [  # what is usual is not said: that a part is whole, and its scene's CRS
            {name: it for name, it in asdict(part).items() if it or name not in {"begun", "crs"}}
            for part in self.parts
        ]
        parts = ",\n".join(f"  {json.dumps(line)}" for line in lines)
        body = f'{json.dumps(fields, indent=1)[:-2]},\n "parts": [\n{parts}\n ]'.encode()
        return body + seal(body)


def seal(body: bytes) -> bytes:
    """What ends a manifest: the SHA-256 of all before it."""
    return b',\n "sha256": "%s"\n}\n' % hashlib.sha256(body).hexdigest().encode()


SEAL_BYTES = len(seal(b""))


def place_of(folder: Path, name: str) -> Path:
    """Where something that is no data lies in an index; in one made before, without ``_``."""
    before = folder / name.removeprefix("_")
    return before if os.path.exists(before) else folder / name  # noqa: PTH110 - it may be too long


def read_info(folder: Path) -> IndexInfo:
    """The newest version of an index.

    Args:
        folder: an index folder.

    Returns:
        What that version says.

    Raises:
        IndexFormatError: if the folder is no index or was written by a newer engine.
        ManifestError: if the manifest is damaged or lost.
    """
    for _ in range(ATTEMPTS):
        number = newest_number(folder)
        if not number:
            return _read_format_1(folder)
        try:
            return read_version(folder, number)
        except FileNotFoundError:
            continue  # a newer one took its place meanwhile
    path = manifest_of(folder, number)
    raise ManifestError(_broken(path, "it is gone"))


def newest_number(folder: Path) -> int:
    """The number of the newest version of an index; 0 if there is none."""
    return max(version_numbers(folder), default=0)


def version_numbers(folder: Path) -> list[int]:
    """The numbers of all versions that are there, in no order."""
    try:
        names = [path.name for path in place_of(folder, VERSIONS).iterdir()]
    except OSError:
        return []
    return [int(name) for name in names if VERSION_NAME.match(name)]


def manifest_of(folder: Path, number: int) -> Path:
    """Where the manifest of a version lies."""
    return place_of(folder, VERSIONS) / f"{number:08d}" / MANIFEST


def read_version(folder: Path, number: int) -> IndexInfo:
    """One version of an index.

    Raises:
        FileNotFoundError: if it is not there, or not any more.
        IndexFormatError: if it was written by a newer engine.
        ManifestError: if it is damaged.
    """
    path = manifest_of(folder, number)
    try:
        raw = bytes_of(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ManifestError(_broken(path, error.strerror or str(error))) from error
    return version_of(raw, number, str(path), mending=_mending(path))


def version_of(raw: bytes, number: int, path: str, *, mending: str) -> IndexInfo:
    """What a manifest says.

    Args:
        raw: its bytes.
        number: of the version that it should be.
        path: where it lies.
        mending: what helps if it is damaged.

    Raises:
        IndexFormatError: if it was written by a newer engine.
        ManifestError: if it is damaged.
    """
    body = raw[:-SEAL_BYTES]
    if raw[-SEAL_BYTES:] != seal(body):
        raise ManifestError(_broken(path, "another SHA-256", mending))
    try:
        fields = json.loads(raw)
        info = _parse(fields, path)
        parts = tuple(PartEntry(**part) for part in fields["parts"])
        said = fields["number"]
        _check_doubles(parts)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise IndexFormatError(
            f"{path}: found what this version does not understand ({error}), wanted a manifest of "
            f"version {VERSION}; next: use the version of cmpagl-qgis that made it, or index the "
            "scenes again"
        ) from error
    if said != number:
        raise ManifestError(_broken(path, f"it is that of version {said}", mending))
    return replace(info, number=number, parts=parts)


def _check_doubles(parts: tuple[PartEntry, ...]) -> None:
    """Refuse two parts of the same chips: all of theirs would be found twice.

    Raises:
        ValueError: if there are.
    """
    # Contents are compared first: names are slow to take apart.
    doubled = len({part.content for part in parts}) < len(parts)
    if doubled and len({(part.key, part.number) for part in parts}) < len(parts):
        raise ValueError("two parts of the same chips")


def _broken(path: Path | str, reason: str, mending: str = "") -> str:
    mending = mending or _mending(Path(path))
    return (
        f"{path}: damaged ({reason}), so nobody knows which parts there should be; next: {mending}"
    )


def _mending(path: Path) -> str:
    folder = next(one.parent for one in path.parents if one.name.removeprefix("_") == "versions")
    name = shell_word(display_name(folder))
    return f"'cmpagl verify {name} --repair', which makes it anew from the parts that are whole"


def _read_format_1(folder: Path) -> IndexInfo:
    """An index that has no versions: one of format 1, whose parts are those that lie there.

    Raises:
        IndexFormatError: if the folder is no index.
        ManifestError: if it has lost its versions.
    """
    info, version = read_front_page(folder)
    if version == VERSION:
        raise ManifestError(_broken(manifest_of(folder, 0).parent, "all versions are gone"))
    # The parts of an index of format 1; of copies of one part the youngest
    found: dict[tuple[str, int], tuple[int, PartEntry]] = {}
    try:
        with os.scandir(folder / PARTS) as files:
            for file in files:
                if PART_NAME.match(file.name):
                    entry = PartEntry(file.name, -1, "", 0, "", "", 0, 0)
                    new = (file.stat().st_mtime_ns, entry)
                    part_id = (entry.key, entry.number)
                    found[part_id] = max(new, found.get(part_id, new), key=lambda one: one[0])
    except OSError:
        pass  # none is there, or one went meanwhile: what is left is named
    parts = sorted((entry for _, entry in found.values()), key=lambda one: one.name)
    return replace(info, parts=tuple(parts))


def read_front_page(folder: Path) -> tuple[IndexInfo, int]:
    """What ``_index.json`` says, and the version of the format that it is of.

    Raises:
        IndexFormatError: if there is none, it is damaged, or was written by a newer engine.
    """
    path = place_of(folder, FRONT_PAGE)
    try:
        fields = json.loads(bytes_of(path))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexFormatError(_no_index(folder)) from error
    except (OSError, ValueError, RecursionError) as error:
        raise IndexFormatError(
            f"{path}: not readable ({error}); next: take it back from a copy, or index the scenes "
            "into another folder"
        ) from error
    info = _parse(fields, path)
    return info, int(fields["version"])


def _no_index(folder: Path) -> str:
    name, found = display_name(folder), f"no {FRONT_PAGE}, wanted an index made by 'cmpagl index'"
    scenes, index = "SCENES", name
    try:
        names = [one.name for one in folder.iterdir()]
    except NotADirectoryError:
        names, found = [name], "a file, wanted the folder of an index"
    except OSError:
        names = []
    if names and PARTS not in names and not address_of(folder):  # scenes, most likely
        scenes, index = shell_word(name), f"{folder.with_suffix('')}.cmpagl"
    return f"{name}: found {found}; next: cmpagl index {scenes} -o {shell_word(index)}"


def _parse(fields: object, path: Path | str) -> IndexInfo:
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise IndexFormatError(f"{path}: found no CMPAGL index; wanted format {FORMAT!r}")
    if fields.get("version") not in (1, VERSION):  # it may be a list
        raise IndexFormatError(
            f"{path}: found index version {fields.get('version')}, wanted {VERSION}; "
            "next: use the version of cmpagl-qgis that made it, or index the scenes again"
        )
    try:
        return IndexInfo(
            model=ModelId(str(fields["model"]["name"]), str(fields["model"]["fingerprint"])),
            embedding_size=int(fields["embedding_size"]),
            spec=ChipSpec.from_json(json.dumps(fields["chips"])),
        )
    except (KeyError, TypeError, ValueError, OverflowError, TilingError) as error:
        raise IndexFormatError(
            f"{path}: found a damaged page ({error}), wanted what all parts share; next: take it "
            "back from a copy, or index the scenes into another folder"
        ) from error


def is_index(folder: Path) -> bool:
    """Whether there is an index, whole or not."""
    path = place_of(folder, FRONT_PAGE)
    return newest_number(folder) > 0 or os.path.exists(path)  # noqa: PTH110 - it may be too long


def cannot_write(path: Path, error: OSError) -> str:
    """What to say of a place that cannot be written."""
    if address_of(path):
        return cannot_keep(error)
    return (
        f"{path}: cannot write ({error.strerror or error}); wanted a writable place with enough "
        "room; next: free some space or choose another -o. What was finished before is kept"
    )


def check_model(
    folder: Path, info: IndexInfo, wanted: ModelId, scenes: Iterable[SceneRecord] = ()
) -> None:
    """Refuse an index of another model: both fingerprints, and what mends it.

    Args:
        folder: the index.
        info: what it says.
        wanted: the model.
        scenes: the scenes of the index; empty: all can be read again, unlike those of an import.

    Raises:
        IndexMismatchError: if another model made it.
    """
    name, found = display_name(folder), info.model
    if found == wanted:
        return
    if found.fingerprint.startswith(FOREIGN):
        raise IndexMismatchError(
            f"{name}: found imported embeddings of {found.name}, a model that is not at hand, "
            f"wanted those of {wanted.name} {wanted.fingerprint}; next: search this index by "
            "example, or import the file again with --model FOLDER if that model made it"
        )
    if not have_pixels(scenes):
        raise IndexMismatchError(
            f"{name}: found imported embeddings of {found.name} {found.fingerprint}, wanted those "
            f"of {wanted.name} {wanted.fingerprint}; next: search this index by example, or give "
            "the model that made them with --model FOLDER"
        )
    raise IndexMismatchError(
        f"{name}: found embeddings of {found.name} {found.fingerprint}, wanted those of "
        f"{wanted.name} {wanted.fingerprint}; next: 'cmpagl index --rebuild -o {shell_word(name)}' "
        "encodes its scenes anew, or give the model that made it with --model FOLDER"
    )
