"""What the derived arrays of an index hold: the page that lies next to them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, astuple, dataclass
from typing import Any

import numpy as np

from cmpagl_model.records import Problem
from cmpagl_model.table.checked import count_of_sums
from cmpagl_model.table.chips import BLOCK, BLOCK_SUMMARY, ROW
from tiling import SceneRecord, TilingError

VERSION = 5
"""Of the files and of the codes among them; raised when either changes."""
COPIED = -1
"""In place of an offset: the embeddings of that part are copied."""
FileShape = tuple[str, np.dtype[Any], tuple[int, ...]]


SUMMED = ("rows", "shapes", "codes", "order", "places")
"""Files with a checksum for each block, compared when it is first touched; the others are compared
when they are opened."""


class UnfitArraysError(Exception):
    """Arrays are missing, damaged or of another version: they are rebuilt without a message."""


@dataclass(frozen=True, slots=True)
class PartFile:
    """A part as the folder lists it."""

    name: str
    """File name."""
    size: int
    """Bytes."""
    mtime_ns: int
    """Last change, ns since 1970."""


@dataclass(frozen=True, slots=True)
class PartPlace:
    """What the arrays have of a part; parts follow each other in them."""

    file: PartFile
    """The part."""
    rows: int
    """Its chips."""
    shape_bytes: int
    """Length of their footprints of other shapes."""
    scene: int
    """Place of its scene."""
    plan_chips: int
    """Chips in the plan that it tells of."""
    offset: int
    """Where embeddings begin in the file; :data:`COPIED` if they are copied."""

    @property
    def blocks(self) -> int:
        """Blocks of its chips."""
        return -(-self.rows // BLOCK)


@dataclass(frozen=True, slots=True)
class CodeBookInfo:
    """What a code book has besides its arrays; see :class:`~cmpagl_model.table.codes.CodeBook`."""

    size: int
    """Bytes in a code; 0: no codes."""
    step: float
    """Length that one unit of a code stands for."""
    left_out: float
    """Mean variance along a direction that codes leave out."""
    chips: int
    """Chips of the index that it was fitted to."""
    groups: int = 0
    """Groups that codes lie in; 0: they lie in the order of the parts."""


NO_BOOK = CodeBookInfo(0, 0.0, 0.0, 0)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the arrays of a folder hold."""

    model: str
    """Fingerprint of the model of all parts."""
    embedding_size: int
    """D."""
    ground_sizes_m: tuple[float, ...]
    """Sides of chips on the ground that occur, m, ascending."""
    book: CodeBookInfo
    """Of the codes."""
    parts: tuple[PartPlace, ...]
    """The parts, in order; unreadable ones are not among them."""
    scenes: tuple[SceneRecord, ...]
    """The scenes."""
    problems: tuple[Problem, ...]
    """Parts that are missing or could not be read."""
    checksums: dict[str, int]
    """CRC-32 of the files that are compared when they are opened, by name."""

    @property
    def chips(self) -> int:
        """Rows of all parts."""
        return sum(part.rows for part in self.parts)

    def files(self) -> tuple[FileShape, ...]:
        """All files of the arrays: name, type, shape."""
        n, size, code, groups = self.chips, self.embedding_size, self.book.size, self.book.groups
        grouped = n if groups else 0
        copied = sum(part.rows for part in self.parts if part.offset == COPIED)
        return (
            ("rows", ROW, (n,)),
            ("blocks", BLOCK_SUMMARY, (sum(part.blocks for part in self.parts),)),
            ("shapes", np.dtype("u1"), (sum(part.shape_bytes for part in self.parts),)),
            ("embeddings", np.dtype("<f2"), (copied, size)),
            ("codes", np.dtype("i1"), (n if code else 0, code)),
            ("centre", np.dtype("<f4"), (size if code else 0,)),
            ("axes", np.dtype("<f4"), (size if code else 0, code)),
            ("order", np.dtype("<i4"), (grouped,)),
            ("places", np.dtype("<i4"), (grouped,)),
            ("starts", np.dtype("<i8"), (groups + 2 if groups else 0,)),
            ("middles", np.dtype("<f4"), (groups, code)),
            ("spreads", np.dtype("<f4"), (groups, code)),
            ("sums", np.dtype("<u4"), (sum(self.sums()),)),
        )

    def sums(self) -> list[int]:
        """How many checksums there are in ``sums``: of :data:`SUMMED`, then of each part."""
        n, size, code = self.chips, 2 * self.embedding_size, self.book.size
        shapes = sum(part.shape_bytes for part in self.parts)
        return [
            count_of_sums(n, ROW.itemsize),
            count_of_sums(shapes, 1),
            count_of_sums(n, code) if code else 0,
            *[count_of_sums(n if self.book.groups else 0, 4)] * 2,
            *(count_of_sums(part.rows, size) for part in self.parts),
        ]

    def to_json(self) -> str:
        """The file ``manifest.json``: the page and its SHA-256."""
        fields = {
            "version": VERSION,
            "model": self.model,
            "embedding_size": self.embedding_size,
            "ground_sizes_m": self.ground_sizes_m,
            "book": asdict(self.book),
            "parts": [[*astuple(one.file), *astuple(one)[1:]] for one in self.parts],
            "scenes": [scene.to_json() for scene in self.scenes],
            "checksums": self.checksums,
            "problems": [[problem.path, problem.reason] for problem in self.problems],
        }
        text = json.dumps(fields)
        return json.dumps({"sha256": digest(text), "page": text})

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read what :meth:`to_json` wrote.

        Raises:
            UnfitArraysError: if it is damaged or of another version.
        """
        try:
            outer = json.loads(text)
            fields = json.loads(outer["page"])
            if outer["sha256"] != digest(outer["page"]) or fields["version"] != VERSION:
                raise UnfitArraysError("another checksum or version")
            return cls(
                model=fields["model"],
                embedding_size=fields["embedding_size"],
                ground_sizes_m=tuple(fields["ground_sizes_m"]),
                book=CodeBookInfo(**fields["book"]),
                parts=tuple(
                    PartPlace(PartFile(name, size, mtime), *numbers)
                    for name, size, mtime, *numbers in fields["parts"]
                ),
                scenes=tuple(SceneRecord.from_json(scene) for scene in fields["scenes"]),
                checksums={str(name): int(sum_) for name, sum_ in fields["checksums"].items()},
                problems=tuple(Problem(path, reason) for path, reason in fields["problems"]),
            )
        except (KeyError, TypeError, ValueError, TilingError) as error:
            raise UnfitArraysError(str(error)) from error


def digest(text: str) -> str:
    """SHA-256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
