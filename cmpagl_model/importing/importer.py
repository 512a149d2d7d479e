"""An index from embeddings that someone else made. Start at :func:`import_files`."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import IndexMismatchError, ModelError, SourceError
from cmpagl_model.index import format as index_format
from cmpagl_model.index.catalogue import Catalogue, LeftBehind
from cmpagl_model.index.files import check_no_foreign
from cmpagl_model.index.format import IndexInfo, model_mismatch
from cmpagl_model.index.imported import FOREIGN, NO_PIXELS
from cmpagl_model.index.ledger import Ledger
from cmpagl_model.index.parts import PartArrays, PartRecord, scene_key, write_arrays
from cmpagl_model.index.survey import current_info
from cmpagl_model.model_folder import find_maker, find_model
from cmpagl_model.records import ModelId, Problem
from tiling import ChipSpec, SceneRecord

from .files import find_files
from .shapes import CRS84, DEGREE_M, GRID_PX, PIXEL_DEGREES
from .source import Source, SourceRows, open_source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cmpagl_model.index.progress import Progress
    from cmpagl_model.model_folder import ModelFolder

    from .files import SourceFile

WAITING_ROWS = 131_072  # 32 whole parts
"""Rows that may wait for their part to fill up: about 100 MB. Beyond, the fullest is written."""
ROWS_NAMED = 3
UNNAMED = "unnamed"
"""The model of files that name none. What it is called never follows from a file's name, for the
files of a data set are called by their place or time."""
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
    """Make an index of the embeddings in Parquet files, or add them to one.

    Rows are read in their order, some thousand at a time, and written in parts as they come. A
    call that was stopped goes on where it was; other files are added.

    Args:
        given: files, folders, and patterns.
        folder: the index; made if it is missing.
        embedding: the embedding column; ``None``: the only one there is, or "embedding".
        model: a known model, a model folder, or a name for a model that is not at hand;
            ``None``: the one that the files name, else one without a name.
        side_m: side of the square that a point becomes, m; ``None``: it stays a point.
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
    files = find_files(given)
    sources, problems = _opened(files, embedding, named=model is not None, side_m=side_m)
    info = _agree(folder, sources[0], model)
    if progress:
        progress.start(sum(source.rows for source in sources))
    ledger, jobs = Ledger(folder, info), list[_Import]()
    there = Catalogue(folder, info), LeftBehind(folder, info)
    read = 0
    try:
        for source in sources:
            try:
                _check_same(source, sources[0], info, model)
                jobs.append(_Import(source, folder, info, ledger, *there))
                jobs[-1].run(progress)
                read += 1
            except (SourceError, IndexMismatchError) as error:  # noqa: PERF203 - a whole file
                if len(files) == 1:
                    raise
                problems.append(Problem(source.file.name, str(error)))
    finally:
        ledger.flush()
    return ImportReport(
        files=read,
        chips=sum(job.chips for job in jobs),
        parts=sum(job.written for job in jobs),
        scenes=sum(len(job.scenes) for job in jobs),
        points=sum(job.points for job in jobs),
        model=info.model,
        problems=(*problems, *(one for job in jobs for one in job.problems())),
        mended=tuple(one for job in jobs for one in job.mended()),
        seconds=time.monotonic() - started,
    )


def import_file(
    path: Path,
    folder: Path,
    embedding: str | None = None,
    model: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import one file; see :func:`import_files`."""
    return import_files([path], folder, embedding, model, progress=progress)


def _opened(
    files: tuple[SourceFile, ...], embedding: str | None, *, named: bool, side_m: float | None
) -> tuple[list[Source], list[Problem]]:
    """The files that can be imported, one at least, and what is wrong with the others.

    Raises:
        SourceError: if there is none.
    """
    sources, failed = list[Source](), list[Problem]()
    for file in files:
        try:
            sources.append(open_source(file, embedding, named=named, side_m=side_m))
        except SourceError as error:  # noqa: PERF203 - a whole file
            failed.append(Problem(file.name, str(error)))
    if not sources:
        raise SourceError(failed[0].reason)
    return sources, failed


def _agree(folder: Path, source: Source, model: str | None) -> IndexInfo:
    """The index as it is, or as it will be if there is none.

    Raises:
        IndexMismatchError: if it is of another model.
        OutputError: if there is none, and the folder holds anything else.
    """
    found, size = _model(source, model), source.vectors.size

    def check(info: IndexInfo) -> None:
        if (info.model, info.embedding_size) != (found, size):
            raise IndexMismatchError(
                f"{model_mismatch(folder, info.model, found)}; embeddings of {size} numbers "
                f"were to join {info.embedding_size}; or choose another -o"
            )

    info = current_info(folder, check)
    if info is None:
        check_no_foreign(folder)
        return IndexInfo(found, size, ChipSpec())
    return info


def _check_same(source: Source, first: Source, info: IndexInfo, name: str | None) -> None:
    """Refuse a file that is not of the first one's model.

    Raises:
        IndexMismatchError: if it is not.
    """
    size = source.vectors.size
    found = source.model if name is None else info.model
    if (found, size) != (first.model if name is None else info.model, info.embedding_size):
        raise IndexMismatchError(
            f"{source.file.name}: found {size} numbers of {found or UNNAMED}, wanted "
            f"{info.embedding_size} of {info.model} as in {first.file.name}; next: import it into "
            "an index of its own"
        )


def _model(source: Source, name: str | None) -> ModelId:
    """Which model to keep embeddings under.

    Raises:
        ModelError: if a model at hand gives embeddings of another length.
    """
    if name is None and isinstance(source.model, ModelId):
        maker = find_maker(source.model)
        if maker and maker.config.embedding_size != source.vectors.size:
            raise ModelError(_other_size(source, maker))
        return source.model
    if name is None:
        return _foreign(str(source.model or UNNAMED), source)
    try:
        folder = find_model(name)
    except ModelError:
        return _foreign(name, source)
    if folder.config.embedding_size != source.vectors.size:
        raise ModelError(_other_size(source, folder))
    return ModelId(folder.name, folder.fingerprint)


def _other_size(source: Source, folder: ModelFolder) -> str:
    return (
        f"{source.file.name}: found embeddings of {source.vectors.size} numbers, wanted "
        f"{folder.config.embedding_size} of {folder.name}; next: give the name of the model that "
        "made them with --model"
    )


def _foreign(name: str, source: Source) -> ModelId:
    """A model known by name only: the same name and length are taken for the same model."""
    digest = hashlib.sha256(f"{name}|{source.vectors.size}".encode()).hexdigest()
    return ModelId(name, f"{FOREIGN}{digest}")


class _Import:
    """One file: what waits for its part to fill up, and what is counted."""

    def __init__(
        self, source: Source, folder: Path, info: IndexInfo, ledger: Ledger, there: Catalogue,
        left: LeftBehind,
    ) -> None:  # fmt: skip
        self.scenes: dict[str, _SceneParts] = {}
        self.chips = self.written = self.points = 0
        self._source, self._folder, self._info = source, folder, info
        self._ledger, self._catalogue, self._left = ledger, there, left
        self._checksum = source.file.checksum()
        self._refused: Counter[str] = Counter()
        self._first: dict[str, tuple[int, ...]] = {}
        self._mended = Counter[str]()

    def run(self, progress: Progress | None) -> None:
        """Take the whole file in.

        Raises:
            SourceError: if it is damaged.
            OutputError: if a part cannot be written.
        """
        for rows in self._source.batches():
            self._add(rows)
            if progress:
                progress.advance(rows.read, self._source.file.name)
        self._finish()

    def _add(self, rows: SourceRows) -> None:
        """Sort rows to their scenes and write the parts that are full.

        Raises:
            SourceError: if the file names too many scenes.
            OutputError: if a part cannot be written.
        """
        for reason, places in rows.refused:
            self._count(self._refused, reason, places)
        for what, places in rows.mended:
            self._count(self._mended, what, places)
        self.points += rows.points
        for name in dict.fromkeys(rows.scenes.tolist()):
            if name not in self.scenes and len(self.scenes) == MOST_SCENES:
                raise SourceError(
                    f"{self._source.file.name}: found over {MOST_SCENES:,} names in column "
                    "'scene', wanted one for each picture that many chips are of; next: drop or "
                    "rename the column, then the file counts as one scene"
                )
            if name not in self.scenes:
                self.scenes[name] = _SceneParts(self._record(name))
            scene = self.scenes[name]
            scene.add(rows, np.flatnonzero(rows.scenes == name))
            while scene.waiting >= index_format.CHIPS_PER_PART:
                self._write(scene)
        while sum(scene.waiting for scene in self.scenes.values()) > WAITING_ROWS:
            self._write(max(self.scenes.values(), key=lambda scene: scene.waiting))

    def _finish(self) -> None:
        """Write the parts that did not fill up, and drop those of an earlier state of the file."""
        for scene in self.scenes.values():
            if scene.waiting:
                self._write(scene)
        if "" in self.scenes:
            record = self.scenes[""].record
            self._ledger.settle(record.path, scene_key(record, self._info))

    def problems(self) -> tuple[Problem, ...]:
        """What was left out."""
        return self._told(self._refused, "left out")

    def mended(self) -> tuple[Problem, ...]:
        """What was changed."""
        return self._told(self._mended, "mended")

    def _count(self, counts: Counter[str], reason: str, places: tuple[int, ...]) -> None:
        if places:
            counts[reason] += len(places)
            self._first[reason] = (*self._first.get(reason, ()), *places)[:ROWS_NAMED]

    def _told(self, counts: Counter[str], done: str) -> tuple[Problem, ...]:
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
        left = self._left.take(key, record, len(rows))
        if left is None:
            self.written += 1
        entry = left or write_arrays(self._folder, record, rows, self._info)
        # Replaces an earlier state of the file. A name may be in many files: nothing goes for it.
        own = scene is self.scenes.get("")
        held = key if own and self._catalogue.has_others(scene.record.path, key) else ""
        damaged = self._catalogue.entry(key, number)
        if damaged:
            self._ledger.drop(damaged, held=held)
        self._ledger.add(entry, written=left is None, held=held)
        self._ledger.flush_sometimes()

    def _record(self, name: str) -> SceneRecord:
        """The record of a scene whose pixels are not at hand."""
        file, side = self._source.file, self._source.side_m
        text = f"{self._checksum}|{self._source.vectors.name}|{name}"
        digest = hashlib.sha256((text if side is None else f"{text}|{side}").encode()).hexdigest()
        pixel = PIXEL_DEGREES
        return SceneRecord(
            path=name or self._source.file.name,
            checksum=f"sha256:{digest}",
            size_bytes=file.size_bytes,
            mtime_ns=file.mtime_ns,
            crs=CRS84,
            transform=(pixel, 0.0, -180.0, 0.0, -pixel, 90.0),
            width=GRID_PX[0],
            height=GRID_PX[1],
            dtype=NO_PIXELS,
            bands=(1, 1, 1),
            stretch=((0.0, 255.0),) * 3,
            gsd_x_m=pixel * DEGREE_M,
            gsd_y_m=pixel * DEGREE_M,
            palette=False,
            from_gcps=False,
        )


class _SceneParts:
    """The rows of one scene that wait for their part to fill up."""

    def __init__(self, record: SceneRecord) -> None:
        self.record = record
        self.waiting = 0
        self._pieces: list[PartArrays] = []
        self._number = 0

    def add(self, rows: SourceRows, mine: np.ndarray) -> None:
        """Keep some rows of a batch."""
        self._pieces.append(
            PartArrays(
                chips=rows.numbers[mine],  # numbered when they are written
                windows=rows.windows[mine],
                gsd_m=rows.gsd_m[mine],
                ground_m=rows.ground_m[mine],
                valid=rows.valid[mine],
                edge=np.zeros(len(mine), np.bool_),
                footprints=rows.footprints[mine],
                embeddings=rows.embeddings[mine],
                ids=None if rows.ids is None else rows.ids[mine],
                times=None if rows.times is None else rows.times[mine],
                sources=None if rows.sources is None else rows.sources[mine],
            )
        )
        self.waiting += len(mine)

    def take(self) -> tuple[PartArrays, int]:
        """The next part's rows, and its number."""
        names = [f.name for f in fields(PartArrays) if getattr(self._pieces[0], f.name) is not None]
        joined = {n: np.concatenate([getattr(p, n) for p in self._pieces]) for n in names}
        number, count = self._number, min(self.waiting, index_format.CHIPS_PER_PART)
        start = number * index_format.CHIPS_PER_PART
        first = {name: column[:count] for name, column in joined.items()}
        first["chips"] = np.arange(start, start + count, dtype=np.int64)
        self._pieces = [PartArrays(**{name: column[count:] for name, column in joined.items()})]
        self.waiting -= count
        self._number += 1
        return PartArrays(**first), number
