"""What an index holds, in a few records; every part is read and verified on the way."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.records import Problem

from .catalogue import readable_parts, unnamed_files
from .copies import address_of
from .format import PARTS, IndexInfo, read_info
from .load import load_chips

if TYPE_CHECKING:
    from .loaded import LoadedIndex


@dataclass(frozen=True, slots=True)
class SceneSummary:
    """One scene of an index."""

    path: str
    """Where it lay when it was indexed."""
    crs: str
    """Its coordinate reference system."""
    chips: int
    """Chips that can be found."""
    left_out: int
    """Chips not worth encoding: empty, uniform, too little valid."""
    damaged: int
    """Chips that could not be decoded."""
    ground_sizes_m: tuple[float, ...]
    """Sides of its chips on the ground, m, ascending."""

    @property
    def name(self) -> str:
        """The scene's file name."""
        return Path(self.path).name


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """A whole index."""

    info: IndexInfo
    """Its version."""
    content: str
    """SHA-256 over all that is indexed: the same for the same scenes, model and chips wherever they
    lie, whenever, by how many and on which processor they were indexed. Empty in an index of format
    1."""
    embeddings: str
    """SHA-256 over all embeddings, bit for bit: the same where processor and libraries round alike.
    Empty in an index of format 1, and where parts are missing or damaged."""
    chips: int
    """Chips that can be found."""
    size_bytes: int
    """Everything in the folder."""
    scenes: tuple[SceneSummary, ...]
    """By path."""
    problems: tuple[Problem, ...]
    """Missing and damaged parts, and damage met in scenes."""

    def to_json(self) -> str:
        """One line of JSON."""
        fields = dataclasses.asdict(
            dataclasses.replace(self, info=dataclasses.replace(self.info, parts=()))
        )
        fields["info"] = {**json.loads(self.info.to_json()), "number": self.info.number}
        return json.dumps(fields)


def summarise(folder: Path) -> IndexSummary:
    """Read and verify an index.

    Args:
        folder: the index.

    Returns:
        Its summary; what is wrong is in ``problems``.

    Raises:
        IndexFormatError: if the folder is no index.
    """
    info = read_info(folder)
    loaded = load_chips(folder, info)
    parts, _ = readable_parts(folder, info)
    table = loaded.table
    scenes = []
    for number, scene in enumerate(table.scenes):
        rows = table.scene_of == number
        own = [part.record for part in parts if part.record.scene.path == scene.path]
        scenes.append(
            SceneSummary(
                path=scene.path,
                crs=scene.crs,
                chips=int(rows.sum()),
                left_out=sum(n for record in own for _, n in record.skipped),
                damaged=sum(len(record.damage) for record in own),
                ground_sizes_m=tuple(np.unique(table.ground_m[rows]).tolist()),
            )
        )
    return IndexSummary(
        info=info,
        content=info.content,
        embeddings=_embeddings_hash(loaded) if info.content and not loaded.problems else "",
        chips=len(table),
        size_bytes=size_on_disk(folder),
        scenes=tuple(sorted(scenes, key=lambda scene: scene.path)),
        problems=(*loaded.problems, *unnamed(folder, info)),
    )


def _embeddings_hash(loaded: LoadedIndex) -> str:
    """SHA-256 over the embeddings of all parts, in an order that no path has a say in."""
    parts, digest = loaded.info.parts, hashlib.sha256()
    ends = np.cumsum([part.rows for part in parts]).tolist()
    order = sorted(range(len(parts)), key=lambda one: (parts[one].key, parts[one].number))
    for one in order:
        rows = loaded.table.embeddings[ends[one] - parts[one].rows : ends[one]]
        digest.update(np.ascontiguousarray(rows, "<f2").data)
    return digest.hexdigest()


def unnamed(folder: Path, info: IndexInfo) -> list[Problem]:
    """A line for each file among the parts that no version names; none of them is searched.

    Those in the copy of an index in a store are no fault of the index.
    """
    if address_of(folder):
        return []
    return [
        Problem(
            f"{PARTS}/{path.name}",
            "no part of the index: a copy, or left by a run that was stopped or goes on; next: run "
            "'cmpagl index' on its scenes again, which takes over what fits, or delete the file",
        )
        for path in unnamed_files(folder, info)
    ]


def size_on_disk(folder: Path) -> int:
    """Bytes of everything in an index folder; files that go meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # a part may be renamed while the index grows
            total += path.stat().st_size if path.is_file() else 0
    return total
