"""Make or extend an index: scenes in, parts out. Start at :func:`build_index`."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.progress import INDEXING, LOOKING, NoProgress
from cmpagl_model.records import Problem
from tiling import ChipSpec, TilingError, describe_scene, find_scenes, plan_chips
from tiling.addresses import is_url
from tiling.checksum import check_unchanged, same_file, scene_checksum
from tiling.composed import is_there
from tiling.describe import crs_text, glance_at_scene, when_taken, when_taken_by_names
from tiling.errors import OutsideAreaError

from .batches import SceneJob, UnreadScene, chips_in
from .catalogue import Catalogue, OrphanParts, parts_of
from .encode import encode_parts
from .format import chips_of_part
from .messages import check_plausible_size, copy_of, damage_line, left_out, outside, unread
from .part_records import PartRecord
from .parts import move_part, scene_key, write_part
from .pending import PendingChanges
from .store import store_of
from .survey import compatible_info
from .underway import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.progress import Progress
    from cmpagl_model.records import Damage
    from tiling import SceneRecord

    from .encode import EncodedPart
    from .format import IndexInfo, PartEntry
    from .shard import Shard

    CrsOf = Callable[[str], str | None]

DEFAULT_BATCH = 64
CHANGED = (
    "has changed since it was indexed, so that its damaged parts cannot be made anew; next: run "
    "'cmpagl index' on it again"
)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    scenes: int
    """Scenes of this call that are whole in the index now."""
    unchanged: int
    """Those of them that were whole before."""
    encoded: int
    """Chips encoded."""
    duplicates: int
    """Chips with the very pixels of one encoded in the same part: its embedding is theirs too."""
    present: int
    """Planned chips in parts that were there before."""
    skipped: tuple[tuple[str, int], ...]
    """Chips not worth encoding: reason and how many."""
    damaged: tuple[Problem, ...]
    """Chips that could not be decoded, a line for each scene."""
    problems: tuple[Problem, ...]
    """Inputs that could not be used."""
    notes: tuple[Problem, ...]
    """What to know of scenes that were indexed all the same, and of files that were left out."""
    seconds: float
    """Time taken."""


def build_index(  # noqa: PLR0913 - what may be said of a build
    inputs: Sequence[str],
    folder: Path,
    encoder: Encoder,
    spec: ChipSpec | None = None,
    *,
    batch_size: int = DEFAULT_BATCH,
    progress: Progress | None = None,
    crs_of: CrsOf | None = None,
    shard: Shard | None = None,
) -> BuildReport:
    """Make an index of scenes, or add to it what is new or changed.

    What is done already is found by (scene checksum, chip specification, model fingerprint). A
    call that was stopped goes on from the last chip that was written; several calls may work on one
    index.

    Args:
        inputs: files, folders, globs or http(s) addresses of scenes.
        folder: the index; made if it is missing.
        encoder: embeds the chips; its model must be the index's.
        spec: how to cut chips; ``None``: as the index has it, or automatic for a new one.
        batch_size: chips encoded at a time.
        progress: told how far it is; ``None``: nobody.
        crs_of: gives the CRS of a scene, by its absolute path, in place of what its file says: ""
            for the file's own, ``None`` for what the index has, which else is the file's own.
        shard: the share of the parts that this call makes; ``None``: all. Once all shares are made,
            a call without one takes what scenes with new contents wait for, and encodes nothing.

    Returns:
        What was done, and what could not be used.

    Raises:
        IndexMismatchError: if the index was made with another model or chip specification.
        IndexFormatError: if the folder is there and is no index.
        OutputError: if the index cannot be written, or its folder holds other files; whole parts
            are kept.
    """
    info = compatible_info(folder, encoder, spec)
    build = Build(folder, encoder, info, progress, crs_of=crs_of, shard=shard)
    try:
        build.run(inputs, batch_size)
    finally:
        build.changes.flush()  # what is finished is kept, whatever stopped the rest
    build.orphans.sweep()
    return build.report()


class Build:
    """Scenes on their way into an index: what they need and what is counted."""

    def __init__(  # noqa: PLR0913 - what may be said of a build
        self,
        folder: Path,
        encoder: Encoder,
        info: IndexInfo,
        progress: Progress | None,
        *,
        in_one_step: bool = False,
        only: frozenset[tuple[str, int]] | None = None,
        crs_of: CrsOf | None = None,
        shard: Shard | None = None,
    ) -> None:
        """Begin.

        Args:
            folder: the index; need not be there.
            encoder: embeds the chips.
            info: what is there already, and how scenes are cut.
            progress: told how far it is; ``None``: nobody.
            in_one_step: whether the changes are written by the caller, at the end.
            only: keys and numbers of the parts to be made; ``None``: all that are missing.
            crs_of: as :func:`build_index` has it.
            shard: as :func:`build_index` has it.
        """
        self.encoder, self.info, self.folder = encoder, info, folder
        self.progress = progress or NoProgress()
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.changes = PendingChanges(folder, info)
        self._in_one_step, self._only, self._crs_of = in_one_step, only, crs_of
        self._heartbeat = Heartbeat(folder, progress)
        self._shard = shard
        self._started = time.monotonic()
        self._catalogue, self.orphans = Catalogue(folder, info), OrphanParts(folder, info)
        self._counts: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._damage: dict[str, list[Damage]] = {}
        self._damaged: dict[str, Problem] = {}
        self._failed: set[str] = set()
        self._outside: list[str] = []
        self._newly_dated: set[str] = set()
        self._seen: dict[str, str] = {}
        self._held_by: dict[tuple[str, str], bool] = {}

    def run(self, inputs: Sequence[str], batch_size: int = DEFAULT_BATCH) -> None:
        """Index scenes.

        Args:
            inputs: files, folders, globs or http(s) addresses of scenes.
            batch_size: chips encoded at a time.

        Raises:
            OutputError: if the index cannot be written.
            IndexMismatchError: if it was rebuilt meanwhile.
        """
        with Heartbeat(self.folder, self.progress) as heartbeat:
            found = find_scenes(inputs)
            self.problems += [Problem(problem.path, problem.reason) for problem in found.problems]
            self.notes += [left_out(found.left_out)] if found.left_out else []
            self.notes += [unread(found.unread)] if found.unread else []
            jobs = list(self._jobs(found.paths))
            self.notes += [outside(self._outside)] if self._outside else []
            self._counts["scenes"] += len(jobs)
            store = store_of(self.folder)
            if store and any(job.missing for job in jobs):
                store.check_writable()  # before the work
            if jobs and not (self.info.number or self._in_one_step):
                self.changes.begin()
            self._heartbeat = heartbeat  # who hears of chips may search what is there of them
            heartbeat.start(sum(job.chips for job in jobs), INDEXING)
            heartbeat.set_scenes(len(jobs))
            for job in jobs:
                if not job.missing:
                    self._counts["unchanged"] += 1
                    self._finish(job)
            self._make([job for job in jobs if job.missing], batch_size)

    def report(self) -> BuildReport:
        """What was done so far."""
        return BuildReport(
            scenes=self._counts["scenes"] - len(self._failed),
            unchanged=self._counts["unchanged"],
            encoded=self._counts["encoded"],
            duplicates=self._counts["duplicates"],
            present=self._counts["present"],
            skipped=tuple(sorted(self._skipped.items())),
            damaged=tuple(self._damaged.values()),
            problems=tuple(self.problems),
            notes=tuple(self.notes),
            seconds=time.monotonic() - self._started,
        )

    def _jobs(self, paths: Sequence[str]) -> Iterator[SceneJob]:
        """What is to be done for each scene; unreadable scenes become problems."""
        self.progress.start(len(paths), LOOKING)
        for number, given in enumerate(paths):
            self.progress.advance(min(number, 1))
            # Absolute: an index is searched and extended from other folders than it was made in.
            path = given if is_url(given) else str(Path(given).absolute())
            try:
                scene = self._describe(path)
                plan = plan_chips(scene, self.info.spec)
                check_plausible_size(scene, len(plan))
            except OutsideAreaError:
                self._outside.append(given)
                continue
            except TilingError as error:
                self.problems.append(Problem(given, str(error)))
                continue
            key = scene_key(scene, self.info)
            if scene.checksum in self._seen:
                self.notes.append(Problem(given, copy_of(self._seen[scene.checksum])))
                if self._only is None and self._catalogue.has_others(path, key):
                    self.changes.settle(path, key)
                continue
            self._seen[scene.checksum] = given
            held = {entry.scene for entry in self._catalogue.of(key)} - {scene.path}
            self.notes += [
                Problem(given, copy_of(one)) for one in sorted(held) if self._holds(one, scene)
            ]
            parts = [
                number
                for number in range(parts_of(len(plan)))
                if (self._shard is None or self._shard.holds(key, number))
                and (self._only is None or (key, number) in self._only)
            ]
            if not parts:  # of a share: they are another's
                self.problems += [] if self._shard else [Problem(given, CHANGED)]
                continue
            missing = tuple(n for n in parts if not self._is_there(scene, key, n, len(plan)))
            if missing:
                self.notes += [Problem(given, note) for note in scene.notes]
            self._counts["present"] += chips_in(plan, parts) - chips_in(plan, missing)
            begun = {number: self._catalogue.begun(key, number) for number in missing}
            yield SceneJob(scene, plan, key, missing, begun)

    def _describe(self, path: str) -> SceneRecord:
        known = self._catalogue.scene_at(path)
        given = self._crs_of(path) if self._crs_of else None
        given = self._catalogue.given_crs(path, known) if given is None else given
        same = known is not None and known.crs_given == bool(given)
        if known and same and given:
            same = known.crs == crs_text(given, path)
        if known and same and same_file(known, path):
            if known.taken or is_url(known.path):
                return known
            # Engines before did not ask the file, and what says so may have come to lie next to it.
            asked = when_taken if known.taken is None else when_taken_by_names
            taken = asked(known.path)
            if not taken:
                return known
            self._newly_dated.add(known.path)
            return replace(known, taken=taken)
        if self.info.spec.bbox:  # before all of a file is read that is not wanted
            plan_chips(glance_at_scene(path, self.info.spec, given), self.info.spec)
        # Progress is reported piece by piece, so that it can stop the reading of a large file.
        return describe_scene(path, self.info.spec, lambda _read: self.progress.advance(0), given)

    def _holds(self, path: str, scene: SceneRecord) -> bool:
        """Whether a file is still the scene that it was, and not another that took its name."""
        if (path, scene.checksum) not in self._held_by:
            found = ""
            if is_there(path):
                known = self._catalogue.scene_at(path)
                with suppress(TilingError):
                    same = known and same_file(known, path)
                    found = known.checksum if known and same else scene_checksum(path)
            self._held_by[path, scene.checksum] = found == scene.checksum
        return self._held_by[path, scene.checksum]

    def _is_there(self, scene: SceneRecord, key: str, number: int, planned: int) -> bool:
        """Whether a part need not be made: it is whole, or a stopped run left it behind."""
        if self._catalogue.has(key, number):
            return True
        wanted = PartRecord(scene, self.info.model, planned, number, (), ())
        orphan = self.orphans.adopt(key, wanted, chips_of_part(planned, number))
        if orphan:
            self._name(orphan, scene, written=False)
        return orphan is not None

    def _name(self, entry: PartEntry, scene: SceneRecord, *, written: bool = True) -> None:
        """Let the next version name a part, in place of a damaged one if there is one."""
        held = self._held(scene, entry.key)
        damaged = self._catalogue.entry(entry.key, entry.number)
        if damaged:
            self.changes.drop(damaged, held=held)
        self.changes.add(entry, written=written, held=held)

    def _held(self, scene: SceneRecord, key: str) -> str:
        """The scene's key where its parts take the place of others, all at once; else nothing."""
        moved = any(entry.scene != scene.path for entry in self._catalogue.of(key))
        return key if moved or self._catalogue.has_others(scene.path, key) else ""

    def _make(self, jobs: Sequence[SceneJob], batch_size: int) -> None:
        """Make and write the missing parts of scenes; while one is written the next is encoded.

        Raises:
            OutputError: if a part cannot be written.
        """
        parts = encode_parts(jobs, self.info, self.encoder, batch_size, self._heartbeat)
        with ThreadPoolExecutor(1, thread_name_prefix="part writer") as writer, closing(parts):
            writing: Future[None] | None = None
            try:
                for made in parts:
                    if isinstance(made, UnreadScene):
                        self._give_up(made.job, made.error)
                        continue
                    if writing:
                        writing.result()  # one waits at most, and an error stops the build
                    writing = writer.submit(self._write, made)
            finally:
                if writing:
                    writing.result()  # at a stop, too: what could not be kept is told

    def _write(self, part: EncodedPart) -> None:
        job = part.job
        if not part.last:
            # A beginning is not worth it where what is there goes as far, nor where the scene is to
            # be changed as a whole.
            waits = self._in_one_step or self._only is not None or self._held(job.scene, job.key)
            if waits or len(part.chips) <= self._catalogue.begun_rows(job.key, part.number):
                return
        try:
            check_unchanged(job.scene)
            rows = part.rows(self.info)
        except TilingError as error:  # or its chips find no place on Earth
            self._give_up(job, error)
            return
        entry = write_part(self.folder, part.record(self.info), rows, self.info)
        self._name(entry, job.scene)
        if not part.last:
            self.changes.flush_sometimes()
            return
        self._counts["encoded"] += part.encoded - part.taken
        self._counts["present"] += part.taken
        self._counts["duplicates"] += len(part.chips) - part.encoded
        self._skipped.update(part.skipped)
        self._damage.setdefault(job.key, []).extend(part.damage)
        if part.number == job.missing[-1] and job.key not in self._failed:
            self._finish(job)
        if not self._in_one_step:
            self.changes.flush_sometimes()

    def _give_up(self, job: SceneJob, error: TilingError) -> None:
        """Leave a scene that cannot be read to its end; what is whole of it stays."""
        if job.key not in self._failed:
            self._failed.add(job.key)
            self.problems.append(Problem(job.scene.path, str(error)))

    def _finish(self, job: SceneJob) -> None:
        """A scene is whole now: say what is damaged in it, and drop parts of older contents.

        Where its file was moved, or its date is known only now, its parts are written with that,
        and nothing is encoded; a copy of a scene that is still there is left alone.
        """
        scene, key = job.scene, job.key
        self._heartbeat.finished()
        damage = self._catalogue.damage(key) + self._damage.get(key, [])
        if damage:
            self._damaged[key] = Problem(scene.path, damage_line(damage))
        if self._shard and self._held(scene, key):
            return  # nobody knows here whether the other shares are made
        for entry in self._catalogue.of(key):
            own = entry.scene == scene.path
            if entry.number in job.missing or (own and scene.path not in self._newly_dated):
                continue
            if own or not self._holds(entry.scene, scene):
                self._name(move_part(self.folder, entry, scene, self.info), scene)
        if self._in_one_step or self._held(scene, key):
            self.changes.settle(scene.path, key)
