"""An index from embeddings that someone else made. Start at :func:`import_file`."""

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
from cmpagl_model.model_folder import find_model, shipped_models
from cmpagl_model.records import ModelId, Problem
from tiling import ChipSpec, SceneRecord, scene_checksum

from .shapes import CRS84, DEGREE_M, GRID_PX, PIXEL_DEGREES
from .source import Source, SourceRows, open_source

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.index.progress import Progress
    from cmpagl_model.model_folder import ModelFolder

WAITING_ROWS = 131_072  # 32 whole parts
"""Rows that may wait for their part to fill up: about 100 MB. Beyond, the fullest is written."""
ROWS_NAMED = 3
MOST_SCENES = 10_000
"""A file with more names of scenes than that has something else in the column."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did."""

    chips: int
    """Chips of the file that are in the index now."""
    parts: int
    """Parts written; those that were there before are not counted."""
    scenes: int
    """Scenes that the file names, 1 if it names none."""
    model: ModelId
    """The model that the embeddings are kept under."""
    problems: tuple[Problem, ...]
    """Rows that were left out, a line for each reason."""
    mended: tuple[Problem, ...]
    """Rows that were taken in after a change, a line for each kind."""
    seconds: float
    """Time taken."""


def import_file(
    path: Path,
    folder: Path,
    embedding: str | None = None,
    model: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Make an index of the embeddings in a GeoParquet file, or add them to one.

    Rows are read in their order, some thousand at a time, and written in parts as they come. A
    call that was stopped goes on where it was; another file is added.

    Args:
        path: the file.
        folder: the index; made if it is missing.
        embedding: the embedding column; ``None``: the only one there is, or "embedding".
        model: a shipped model, a model folder, or a name for a model that is not at hand;
            ``None``: the one that the file names, else one of the file's own.
        progress: told how far it is; ``None``: nobody.

    Returns:
        What was done.

    Raises:
        SourceError: if the file cannot be imported.
        IndexMismatchError: if the index holds embeddings of another model.
        ModelError: if the model's embeddings are of another length.
        OutputError: if the index cannot be written; whole parts are kept.
    """
    started = time.monotonic()
    source = open_source(path.absolute(), embedding, named=model is not None)
    info = _agree(folder, source, model)
    if progress:
        progress.start(source.rows)
    job = _Import(source, folder, info)
    try:
        for rows in source.batches():
            job.add(rows)
            if progress:
                progress.advance(rows.read, str(path))
        job.finish()
    finally:
        job.ledger.flush()
    return ImportReport(
        chips=job.chips,
        parts=job.written,
        scenes=len(job.scenes),
        model=info.model,
        problems=job.problems(),
        mended=job.mended(),
        seconds=time.monotonic() - started,
    )


def _agree(folder: Path, source: Source, model: str | None) -> IndexInfo:
    """The index as it is, or as it will be if there is none.

    Raises:
        IndexMismatchError: if it is of another model.
        OutputError: if there is none, and the folder holds anything else.
    """
    found = _model(source, model)

    def check(info: IndexInfo) -> None:
        if (info.model, info.embedding_size) != (found, source.size):
            raise IndexMismatchError(
                f"{model_mismatch(folder, info.model, found)}; embeddings of {source.size} numbers "
                f"were to join {info.embedding_size}; or choose another -o"
            )

    info = current_info(folder, check)
    if info is None:
        check_no_foreign(folder)
        return IndexInfo(found, source.size, ChipSpec())
    return info


def _model(source: Source, name: str | None) -> ModelId:
    """Which model to keep embeddings under.

    Raises:
        ModelError: if a model at hand gives embeddings of another length.
    """
    if name is None and source.model is not None:
        for shipped in shipped_models():
            folder = find_model(shipped)
            own = ModelId(folder.name, folder.fingerprint) == source.model
            if own and folder.config.embedding_size != source.size:
                raise ModelError(_other_size(source, folder))
        return source.model
    if name is None:
        return _foreign(source.path.stem, source)
    try:
        folder = find_model(name)
    except ModelError:
        return _foreign(name, source)
    if folder.config.embedding_size != source.size:
        raise ModelError(_other_size(source, folder))
    return ModelId(folder.name, folder.fingerprint)


def _other_size(source: Source, folder: ModelFolder) -> str:
    return (
        f"{source.path}: found embeddings of {source.size} numbers, wanted "
        f"{folder.config.embedding_size} of {folder.name}; next: give the name of the model that "
        "made them with --model"
    )


def _foreign(name: str, source: Source) -> ModelId:
    """A model known by name only: the same name and length are taken for the same model."""
    digest = hashlib.sha256(f"{name}|{source.size}".encode()).hexdigest()
    return ModelId(name, f"{FOREIGN}{digest}")


class _Import:
    """One call of :func:`import_file`: what waits for its part to fill up, and what is counted."""

    def __init__(self, source: Source, folder: Path, info: IndexInfo) -> None:
        self.scenes: dict[str, _SceneParts] = {}
        self.chips = self.written = 0
        self.ledger = Ledger(folder, info)
        self._source, self._folder, self._info = source, folder, info
        self._catalogue, self._left = Catalogue(folder, info), LeftBehind(folder, info)
        self._about = source.path.stat()
        self._checksum = scene_checksum(str(source.path))
        self._refused: Counter[str] = Counter()
        self._first: dict[str, tuple[int, ...]] = {}
        self._mended = Counter[str]()

    def add(self, rows: SourceRows) -> None:
        """Sort rows to their scenes and write the parts that are full.

        Raises:
            SourceError: if the file names too many scenes.
            OutputError: if a part cannot be written.
        """
        for reason, places in rows.refused:
            self._count(self._refused, reason, places)
        for what, places in rows.mended:
            self._count(self._mended, what, places)
        for name in dict.fromkeys(rows.scenes.tolist()):
            if name not in self.scenes and len(self.scenes) == MOST_SCENES:
                raise SourceError(
                    f"{self._source.path}: found over {MOST_SCENES:,} names in column 'scene', "
                    "wanted one for each picture that many chips are of; next: drop or rename "
                    "the column, then the file counts as one scene"
                )
            if name not in self.scenes:
                self.scenes[name] = _SceneParts(self._record(name))
            scene = self.scenes[name]
            scene.add(rows, np.flatnonzero(rows.scenes == name))
            while scene.waiting >= index_format.CHIPS_PER_PART:
                self._write(scene)
        while sum(scene.waiting for scene in self.scenes.values()) > WAITING_ROWS:
            self._write(max(self.scenes.values(), key=lambda scene: scene.waiting))

    def finish(self) -> None:
        """Write the parts that did not fill up, and drop those of an earlier state of the file."""
        for scene in self.scenes.values():
            if scene.waiting:
                self._write(scene)
        if "" in self.scenes:
            record = self.scenes[""].record
            self.ledger.settle(record.path, scene_key(record, self._info))

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
            problems.append(Problem(str(self._source.path), said))
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
        now, before = self._source.path.stat(), self._about
        if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise SourceError(
                f"{self._source.path}: has changed while it was read; next: import it again when "
                "nobody writes it any more"
            )
        left = self._left.take(key, record, len(rows))
        if left is None:
            self.written += 1
        entry = left or write_arrays(self._folder, record, rows, self._info)
        held = key if self._catalogue.has_others(scene.record.path, key) else ""
        damaged = self._catalogue.entry(key, number)
        if damaged:
            self.ledger.drop(damaged, held=held)
        self.ledger.add(entry, written=left is None, held=held)
        self.ledger.flush_sometimes()

    def _record(self, name: str) -> SceneRecord:
        """The record of a scene whose pixels are not at hand."""
        digest = hashlib.sha256(
            f"{self._checksum}|{self._source.embedding}|{name}".encode()
        ).hexdigest()
        pixel = PIXEL_DEGREES
        return SceneRecord(
            path=name or str(self._source.path),
            checksum=f"sha256:{digest}",
            size_bytes=self._about.st_size,
            mtime_ns=self._about.st_mtime_ns,
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
            )
        )
        self.waiting += len(mine)

    def take(self) -> tuple[PartArrays, int]:
        """The next part's rows, and its number."""
        names = [field.name for field in fields(PartArrays)]
        joined = {n: np.concatenate([getattr(p, n) for p in self._pieces]) for n in names}
        number, count = self._number, min(self.waiting, index_format.CHIPS_PER_PART)
        start = number * index_format.CHIPS_PER_PART
        first = {name: column[:count] for name, column in joined.items()}
        first["chips"] = np.arange(start, start + count, dtype=np.int64)
        self._pieces = [PartArrays(**{name: column[count:] for name, column in joined.items()})]
        self.waiting -= count
        self._number += 1
        return PartArrays(**first), number
