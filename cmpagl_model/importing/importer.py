"""An index from embeddings that someone else made. Start at :func:`import_files`."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.errors import IndexMismatchError, MissingExtraError, SourceError
from cmpagl_model.index import format as index_format
from cmpagl_model.index.catalogue import Catalogue, OrphanParts
from cmpagl_model.index.copies import display_name
from cmpagl_model.index.files import check_no_foreign
from cmpagl_model.index.format import PARTS, IndexInfo
from cmpagl_model.index.part_records import PartArrays, PartRecord
from cmpagl_model.index.parts import read_sealed_rows, scene_key, write_part
from cmpagl_model.index.pending import PendingChanges
from cmpagl_model.index.survey import current_info
from cmpagl_model.progress import INDEXING, NoProgress
from cmpagl_model.records import ModelId, Problem
from tiling import ChipSpec, SceneRecord, Window

from .files import find_files
from .models import UNNAMED, check_said, model_of_source, model_said, overruled
from .rasters import is_raster, open_raster
from .source import open_source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.index.format import PartEntry
    from cmpagl_model.model_folder import ModelFolder
    from cmpagl_model.progress import Progress

    from .files import SourceFile
    from .models import EmbeddingSource
    from .rows import SourceRows

WAITING_ROWS = 131_072  # 32 whole parts
"""Rows that may wait for their part to fill up: about 100 MB. Beyond, the fullest is written."""
ROWS_NAMED = 3
MOST_SCENES = 10_000
"""A file with more names of scenes than that has something else in the column."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did."""

    files: int
    """Files that were read to their end."""
    chips: int
    """Chips of the files that are in the index now."""
    parts: int
    """Parts written; those that were there before are not counted."""
    scenes: int
    """Scenes that the files name, 1 for each that names none."""
    points: int
    """Chips that are points and no areas."""
    model: ModelId
    """The model that the embeddings are kept under."""
    problems: tuple[Problem, ...]
    """Files that could not be read, and rows that were left out, a line for each reason."""
    mended: tuple[Problem, ...]
    """Rows that were taken in after a change, a line for each kind."""
    overruled: tuple[Problem, ...]
    """Files that name another model than was said, the first of each name."""
    seconds: float
    """Time taken."""


def import_files(
    given: Iterable[str | Path],
    folder: Path,
    embedding: str | None = None,
    model: str | None = None,
    side_m: float | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Make an index of the embeddings in Parquet files or rasters, or add them to one.

    Rows are read in their order, some thousand at a time, and written in parts as they come. A
    call that was stopped goes on where it was; other files are added. Of a raster, whose pixels
    have an embedding each, the unit vectors of a chip's pixels are averaged.

    Args:
        given: files, folders, patterns and addresses.
        folder: the index; made if it is missing.
        embedding: the embedding column; ``None``: the only one there is, or "embedding".
        model: a known model, a model folder, or a name for a model that is not available;
            ``None``: the one that the files name, else one without a name.
        side_m: side of the square that a point becomes, and of the chips of a raster, m; ``None``:
            a point stays one, and a raster is refused.
        progress: told how far it is; ``None``: nobody.

    Returns:
        What was done. Of several files, those that cannot be read are told and left out.

    Raises:
        SourceError: if no file can be imported.
        IndexMismatchError: if the index holds embeddings of another model.
        ModelError: if the model's embeddings are of another length.
        OutputError: if the index cannot be written; whole parts are kept.
    """
    started = time.monotonic()
    files, said = find_files(given), model_said(model)
    sources, problems = _opened(files, embedding, said, side_m)
    info = _agree(folder, sources[0], said)
    progress = progress or NoProgress()
    progress.start(sum(source.rows for source in sources), INDEXING)
    changes, jobs = PendingChanges(folder, info), list[_Import]()
    there = Catalogue(folder, info), OrphanParts(folder, info)
    read = 0
    try:
        for source in sources:
            try:
                _check_same(source, sources[0], info, said)
                jobs.append(_Import(source, folder, info, changes, *there))
                jobs[-1].run(progress)
                read += 1
            except (SourceError, IndexMismatchError) as error:  # noqa: PERF203 - a whole file
                if len(files) == 1:
                    raise
                problems.append(Problem(source.file.name, str(error)))
    finally:
        changes.flush()
    return ImportReport(
        files=read,
        chips=sum(job.chips for job in jobs),
        parts=sum(job.written for job in jobs),
        scenes=sum(len(job.scenes) for job in jobs),
        points=sum(job.points for job in jobs),
        model=info.model,
        problems=(*problems, *(one for job in jobs for one in job.told(job.refused, "left out"))),
        mended=tuple(one for job in jobs for one in job.told(job.mended, "mended")),
        overruled=overruled(sources, said),
        seconds=time.monotonic() - started,
    )


def _opened(
    files: tuple[SourceFile, ...],
    embedding: str | None,
    said: ModelFolder | str | None,
    side_m: float | None,
) -> tuple[list[EmbeddingSource], list[Problem]]:
    """The files that can be imported, one at least, and what is wrong with the others.

    Raises:
        SourceError: if there is none.
        IndexMismatchError: if there is none of the model that was said.
    """
    sources: list[EmbeddingSource] = []
    failed = list[SourceError | IndexMismatchError | MissingExtraError]()
    problems = list[Problem]()
    for file in files:
        try:
            source: EmbeddingSource
            if is_raster(file.name):
                source = open_raster(file, side_m)
            else:
                source = open_source(file, embedding, named=said is not None, side_m=side_m)
            check_said(source, said)
            sources.append(source)
        except (SourceError, IndexMismatchError, MissingExtraError) as error:  # noqa: PERF203
            failed.append(error)
            problems.append(Problem(file.name, str(error)))
    if not sources:
        raise failed[0]
    return sources, problems


def _agree(folder: Path, source: EmbeddingSource, said: ModelFolder | str | None) -> IndexInfo:
    """The index as it is, or as it will be if there is none.

    Raises:
        IndexMismatchError: if it is of another model.
        OutputError: if there is none, and the folder holds anything else.
    """
    found, size = model_of_source(source, said), source.size

    def check(info: IndexInfo) -> None:
        if (info.model, info.embedding_size) != (found, size):
            raise IndexMismatchError(
                f"{display_name(folder)}: found an index with {info.embedding_size} numbers of "
                f"{info.model}, wanted one with {size} of {found} as in {source.file.name}; "
                "next: choose another -o, or, if one model made both, say so with --model"
            )

    info = current_info(folder, check)
    if info is None:
        check_no_foreign(folder)
        return IndexInfo(found, size, ChipSpec())
    return info


def _check_same(
    source: EmbeddingSource, first: EmbeddingSource, info: IndexInfo, said: ModelFolder | str | None
) -> None:
    """Refuse a file that is not of the first one's model.

    Raises:
        IndexMismatchError: if it is not.
    """
    same = said is not None or source.model == first.model
    if not same or source.size != info.embedding_size:
        found = source.model if said is None else info.model
        raise IndexMismatchError(
            f"{source.file.name}: found {source.size} numbers of {found or UNNAMED}, wanted "
            f"{info.embedding_size} of {info.model} as in {first.file.name}; next: import it into "
            "an index of its own"
        )


class _Import:
    """One file: what waits for its part to fill up, and what is counted."""

    def __init__(
        self, source: EmbeddingSource, folder: Path, info: IndexInfo, changes: PendingChanges,
        there: Catalogue, orphans: OrphanParts,
    ) -> None:  # fmt: skip
        self.scenes: dict[str, _SceneParts] = {}
        self.chips = self.written = self.points = 0
        self._source, self._folder, self._info = source, folder, info
        self._changes, self._catalogue, self._orphans = changes, there, orphans
        self._checksum = source.checksum()
        self.refused: Counter[str] = Counter()
        self._first: dict[str, tuple[int, ...]] = {}
        self.mended = Counter[str]()

    def run(self, progress: Progress) -> None:
        """Take the whole file in.

        Raises:
            SourceError: if it is damaged.
            OutputError: if a part cannot be written.
        """
        for rows in self._source.batches(self._done() if self._source.goes_on else None):
            self._add(rows)
            progress.advance(rows.read, self._source.file.name)
        for scene in self.scenes.values():
            if scene.waiting:
                self._write(scene)
        if "" in self.scenes:  # parts of an earlier state of the file go
            record = self.scenes[""].record
            self._changes.settle(record.path, scene_key(record, self._info))

    def _done(self) -> Window | None:
        """The last chip of the whole parts that the index has from an earlier call, if any."""
        scene = _SceneParts(self._source.record("", self._checksum))
        key = scene_key(scene.record, self._info)
        last: PartEntry | None = None
        while self._catalogue.has(key, scene.number):
            last = self._catalogue.entry(key, scene.number)
            self.chips += last.rows if last else 0
            scene.number += 1
        if last is None:
            return None
        self.scenes[""] = scene
        windows = read_sealed_rows(self._folder / PARTS / last.name, last, ["window"])["window"]
        return Window(**windows[-1].as_py())

    def _add(self, rows: SourceRows) -> None:
        """Sort rows to their scenes and write the parts that are full.

        Raises:
            SourceError: if the file names too many scenes.
            OutputError: if a part cannot be written.
        """
        for reason, places in rows.refused:
            self._count(self.refused, reason, places)
        for what, places in rows.mended:
            self._count(self.mended, what, places)
        self.points += rows.points
        for name in dict.fromkeys(rows.scenes.tolist()):
            if name not in self.scenes and len(self.scenes) == MOST_SCENES:
                raise SourceError(
                    f"{self._source.file.name}: found over {MOST_SCENES:,} names in column "
                    "'scene', wanted one for each picture that many chips are of; next: drop or "
                    "rename the column, then the file counts as one scene"
                )
            if name not in self.scenes:
                self.scenes[name] = _SceneParts(self._source.record(name, self._checksum))
            scene = self.scenes[name]
            scene.add(_chosen(rows.arrays, np.flatnonzero(rows.scenes == name)))
            while scene.waiting >= index_format.CHIPS_PER_PART:
                self._write(scene)
        while sum(scene.waiting for scene in self.scenes.values()) > WAITING_ROWS:
            self._write(max(self.scenes.values(), key=lambda scene: scene.waiting))

    def _count(self, counts: Counter[str], reason: str, places: tuple[int, ...]) -> None:
        if places:
            counts[reason] += len(places)
            self._first[reason] = (*self._first.get(reason, ()), *places)[:ROWS_NAMED]

    def told(self, counts: Counter[str], done: str) -> tuple[Problem, ...]:
        """A line for each reason why rows were left out, or changed."""
        problems = []
        for reason, count in counts.items():
            rows = self._first[reason]
            named = ", ".join(f"{row:,}" for row in rows) + (" ..." if count > len(rows) else "")
            noun = "row" if count == 1 else "rows"
            said = f"{count:,} {noun} {reason} {done} ({noun} {named}, counted from 0)"
            problems.append(Problem(self._source.file.name, said))
        return tuple(problems)

    def _write(self, scene: _SceneParts) -> None:
        rows, number = scene.take()
        self.chips += len(rows)
        key = scene_key(scene.record, self._info)
        if self._catalogue.has(key, number):
            return  # an earlier call came this far
        # How many will follow is not known yet: each part vouches for those before it.
        plan = number * index_format.CHIPS_PER_PART + len(rows)
        record = PartRecord(scene.record, self._info.model, plan, number, (), ())
        if self._source.file.has_changed():
            raise SourceError(
                f"{self._source.file.name}: has changed while it was read; next: import it again "
                "when nobody writes it any more"
            )
        orphan = self._orphans.adopt(key, record, len(rows))
        if orphan is None:
            self.written += 1
        entry = orphan or write_part(self._folder, record, rows, self._info)
        # Replaces an earlier state of the file. A name may be in many files: nothing goes for it.
        own = scene is self.scenes.get("")
        held = key if own and self._catalogue.has_others(scene.record.path, key) else ""
        damaged = self._catalogue.entry(key, number)
        if damaged:
            self._changes.drop(damaged, held=held)
        self._changes.add(entry, written=orphan is None, held=held)
        self._changes.flush_sometimes()


class _SceneParts:
    """The rows of one scene that wait for their part to fill up."""

    def __init__(self, record: SceneRecord) -> None:
        self.record = record
        self.waiting = 0
        self.number = 0
        """Of the next part."""
        self._pieces: list[PartArrays] = []

    def add(self, rows: PartArrays) -> None:
        """Keep some rows, to be numbered when they are written."""
        self._pieces.append(rows)
        self.waiting += len(rows)

    def take(self) -> tuple[PartArrays, int]:
        """The next part's rows, and its number."""
        names = [f.name for f in fields(PartArrays) if getattr(self._pieces[0], f.name) is not None]
        joined = PartArrays(
            **{n: np.concatenate([getattr(p, n) for p in self._pieces]) for n in names}
        )
        number, count = self.number, min(self.waiting, index_format.CHIPS_PER_PART)
        start = number * index_format.CHIPS_PER_PART
        self._pieces = [_chosen(joined, slice(count, None))]
        self.waiting -= count
        self.number += 1
        numbers = np.arange(start, start + count, dtype=np.int64)
        return replace(_chosen(joined, slice(count)), chips=numbers), number


def _chosen(rows: PartArrays, places: NDArray[np.int64] | slice) -> PartArrays:
    """Some rows of all columns."""
    columns: dict[str, Any] = {}
    for field in fields(rows):
        column = getattr(rows, field.name)
        columns[field.name] = None if column is None else column[places]
    return PartArrays(**columns)
