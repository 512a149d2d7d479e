"""The front page of an index folder: ``index.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmpagl_model.atomic import write_bytes
from cmpagl_model.errors import IndexFormatError, OutputError
from cmpagl_model.records import ModelId
from tiling import ChipSpec, TilingError

from .imported import FOREIGN

if TYPE_CHECKING:
    from pathlib import Path

FORMAT, VERSION = "cmpagl-index", 1
FRONT_PAGE, PARTS = "index.json", "parts"


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What all parts of an index share."""

    model: ModelId
    """The model of all embeddings."""
    embedding_size: int
    """Length of an embedding."""
    spec: ChipSpec
    """How scenes are cut into chips."""

    def to_json(self) -> str:
        """The front page as readable JSON."""
        page = {
            "format": FORMAT,
            "version": VERSION,
            "model": {"name": self.model.name, "fingerprint": self.model.fingerprint},
            "embedding_size": self.embedding_size,
            "chips": json.loads(self.spec.to_json()),
        }
        return json.dumps(page, indent=1) + "\n"


def read_info(folder: Path) -> IndexInfo:
    """The front page of an index.

    Args:
        folder: an index folder.

    Returns:
        What all its parts share.

    Raises:
        IndexFormatError: if the folder is no index, is damaged, or was written by a newer version.
    """
    path = folder / FRONT_PAGE
    try:
        page = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise IndexFormatError(
            f"{folder}: found no {FRONT_PAGE}, wanted an index folder made by 'cmpagl index'; "
            f"next: cmpagl index SCENES -o {folder}"
        ) from error
    except (OSError, ValueError) as error:
        raise IndexFormatError(
            f"{path}: not readable ({error}); next: delete this file and run "
            f"'cmpagl index SCENES -o {folder}' again, which keeps the parts that still fit"
        ) from error
    return _parse(page, path)


def _parse(page: object, path: Path) -> IndexInfo:
    if not isinstance(page, dict) or page.get("format") != FORMAT:
        raise IndexFormatError(f"{path}: found no CMPAGL index; wanted format {FORMAT!r}")
    if page.get("version") != VERSION:
        raise IndexFormatError(
            f"{path}: found index version {page.get('version')}, wanted {VERSION}; "
            "next: use the version of cmpagl-qgis that made it, or index the scenes again"
        )
    try:
        return IndexInfo(
            model=ModelId(str(page["model"]["name"]), str(page["model"]["fingerprint"])),
            embedding_size=int(page["embedding_size"]),
            spec=ChipSpec.from_json(json.dumps(page["chips"])),
        )
    except (KeyError, TypeError, ValueError, TilingError) as error:
        raise IndexFormatError(f"{path}: damaged front page ({error})") from error


def write_info(folder: Path, info: IndexInfo) -> None:
    """Write the front page of a new index, whole or not at all.

    Args:
        folder: made if it is missing.
        info: what to write.

    Raises:
        OutputError: if the folder cannot be written.
    """
    try:
        (folder / PARTS).mkdir(parents=True, exist_ok=True)
        write_bytes(folder / FRONT_PAGE, info.to_json().encode())
    except OSError as error:
        raise OutputError(cannot_write(folder, error)) from error


def remove_empty(folder: Path) -> None:
    """Take back the front page of an index without parts, and its folders if they are empty."""
    if any((folder / PARTS).iterdir()):
        return
    (folder / FRONT_PAGE).unlink(missing_ok=True)
    (folder / PARTS).rmdir()
    if not any(folder.iterdir()):
        folder.rmdir()


def cannot_write(path: Path, error: OSError) -> str:
    """What to say of a place that cannot be written."""
    return (
        f"{path}: cannot write ({error.strerror or error}); wanted a writable place with enough "
        "room; next: free some space or choose another -o. What was finished before is kept"
    )


def model_mismatch(folder: Path, found: ModelId, wanted: ModelId) -> str:
    """What to say of an index of another model: both fingerprints, and what mends it."""
    if found.fingerprint.startswith(FOREIGN):
        return (
            f"{folder}: found imported embeddings of {found.name}, a model that is not at hand, "
            f"wanted those of {wanted.name} {wanted.fingerprint}; next: search this index by "
            "example, or import the file again with --model FOLDER if that model made it"
        )
    return (
        f"{folder}: found embeddings of {found.name} {found.fingerprint}, wanted those of "
        f"{wanted.name} {wanted.fingerprint}; next: 'cmpagl index --rebuild -o {folder}' encodes "
        "its scenes anew, or give the model that made it with --model FOLDER"
    )
