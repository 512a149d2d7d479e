"""Make or extend an index: scenes in, parts out. Start at :func:`build_index`."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.errors import IndexMismatchError
from cmpagl_model.records import ModelId, Problem
from tiling import (
    ChipSpec,
    TilingError,
    UnreadableSceneError,
    describe_scene,
    find_scenes,
    is_url,
    plan_chips,
    same_file,
)

from .batches import SceneJob, UnreadScene
from .catalogue import Catalogue
from .encode import encode_parts
from .files import check_no_foreign
from .format import (
    FRONT_PAGE,
    PARTS,
    IndexInfo,
    model_mismatch,
    read_info,
    remove_empty,
    write_info,
)
from .parts import CHIPS_PER_PART, part_name, scene_key, write_part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.records import Damage
    from tiling import SceneRecord

    from .encode import EncodedPart
    from .progress import Progress

DEFAULT_BATCH = 64
CHIPS_OF_ANY_FILE = 200_000
"""Chips that a file may claim however small it is; more only as it has bytes."""


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
    seconds: float
    """Time taken."""


def build_index(
    inputs: Sequence[str],
    folder: Path,
    encoder: Encoder,
    spec: ChipSpec | None = None,
    *,
    batch_size: int = DEFAULT_BATCH,
    progress: Progress | None = None,
) -> BuildReport:
    """Make an index of scenes, or add to it what is new or changed.

    What is done already is found by (scene checksum, chip specification, model fingerprint). A
    call that was stopped goes on from the last whole part; several calls may work on one index.

    Args:
        inputs: files, folders, globs or http(s) addresses of scenes.
        folder: the index; made if it is missing.
        encoder: embeds the chips; its model must be the index's.
        spec: how to cut chips; ``None``: as the index has it, or automatic for a new one.
        batch_size: chips encoded at a time.
        progress: told how far it is; ``None``: nobody.

    Returns:
        What was done, and what could not be used.

    Raises:
        IndexMismatchError: if the index was made with another model or chip specification.
        IndexFormatError: if the folder is there and is no index.
        OutputError: if the index cannot be written, or its folder holds other files; whole parts
            are kept.
    """
    started = time.monotonic()
    found = find_scenes(inputs)
    fresh = not (folder / FRONT_PAGE).exists()
    build = _Build(folder, encoder, spec, progress)
    build.problems += [Problem(problem.path, problem.reason) for problem in found.problems]
    jobs = list(build.jobs(found.paths))
    if fresh and not jobs:
        remove_empty(folder)
    if progress:
        progress.start(sum(job.chips for job in jobs))
    for job in jobs:
        if not job.missing:
            build.keep(job)
    build.make([job for job in jobs if job.missing], batch_size)
    return BuildReport(
        scenes=len(jobs) - len(build.failed),
        unchanged=sum(not job.missing for job in jobs),
        encoded=build.encoded,
        duplicates=build.duplicates,
        present=sum(len(job.plan) - job.chips for job in jobs),
        skipped=tuple(sorted(build.skipped.items())),
        damaged=tuple(build.damaged[job.key] for job in jobs if job.key in build.damaged),
        problems=tuple(build.problems),
        seconds=time.monotonic() - started,
    )


class _Build:
    """One call of :func:`build_index`: what it works with and what it counts."""

    def __init__(
        self, folder: Path, encoder: Encoder, spec: ChipSpec | None, progress: Progress | None
    ) -> None:
        self.encoder, self.progress = encoder, progress
        self.info = _agree(folder, encoder, spec)
        self.catalogue = Catalogue.of(folder)
        self.parts = folder / PARTS
        self.encoded = self.duplicates = 0
        self.failed: set[str] = set()
        self.skipped: Counter[str] = Counter()
        self.damage: dict[str, list[Damage]] = {}
        self.damaged: dict[str, Problem] = {}
        self.problems: list[Problem] = []

    def jobs(self, paths: Sequence[str]) -> Iterator[SceneJob]:
        """What is to be done for each scene; unreadable scenes become problems."""
        seen: set[str] = set()
        for number, given in enumerate(paths):
            # Absolute: an index is searched and extended from other folders than it was made in.
            path = given if is_url(given) else str(Path(given).absolute())
            looked = _looked_at(self.progress, number, len(paths))
            looked(0)
            try:
                scene = self._describe(path, looked)
                plan = plan_chips(scene, self.info.spec)
                _check_claim(scene, len(plan))
            except TilingError as error:
                self.problems.append(Problem(given, str(error)))
                continue
            if scene.checksum in seen:
                continue  # the same content under another name: its chips are searched once
            seen.add(scene.checksum)
            key = scene_key(scene, self.info)
            parts = range(max(1, -(-len(plan) // CHIPS_PER_PART)))
            missing = tuple(n for n in parts if not self.catalogue.has(key, n))
            yield SceneJob(scene, plan, key, missing)

    def _describe(self, path: str, looked: Callable[[int], None]) -> SceneRecord:
        known = self.catalogue.scene_at(path)
        unchanged = known is not None and same_file(known, path)
        return known if known and unchanged else describe_scene(path, self.info.spec, looked)

    def keep(self, job: SceneJob) -> None:
        """Take over a scene that is whole in the index."""
        self.catalogue.follow(job.scene, job.key, self.info)
        self._finish(job)

    def make(self, jobs: Sequence[SceneJob], batch_size: int) -> None:
        """Make and write the missing parts of scenes; while one is written the next is encoded.

        Raises:
            OutputError: if a part cannot be written.
        """
        parts = encode_parts(jobs, self.info, self.encoder, batch_size, self.progress)
        with ThreadPoolExecutor(1, thread_name_prefix="part writer") as writer, closing(parts):
            writing: Future[None] | None = None
            for made in parts:
                if isinstance(made, UnreadScene):
                    self._give_up(made.job, made.error)
                    continue
                if writing:
                    writing.result()  # one waits at most, and an error stops the build
                writing = writer.submit(self._write, made)
            if writing:
                writing.result()

    def _write(self, part: EncodedPart) -> None:
        job, record = part.job, part.record(self.info)
        name = part_name(job.scene, job.key, part.number)
        try:
            rows = part.rows(self.info)
        except TilingError as error:  # its chips find no place on Earth
            self._give_up(job, error)
            return
        write_part(self.parts / name, record, rows, self.info)
        self.encoded += part.encoded
        self.duplicates += len(part.chips) - part.encoded
        self.skipped.update(part.skipped)
        self.damage.setdefault(job.key, []).extend(part.damage)
        if part.number == job.missing[-1] and job.key not in self.failed:
            self._finish(job)

    def _give_up(self, job: SceneJob, error: TilingError) -> None:
        """Leave a scene that cannot be read to its end; what is whole of it stays."""
        if job.key not in self.failed:
            self.failed.add(job.key)
            self.problems.append(Problem(job.scene.path, str(error)))

    def _finish(self, job: SceneJob) -> None:
        """Say what is damaged in a scene that is whole now; drop the parts of older contents."""
        damage = self.catalogue.damage(job.key) + self.damage.get(job.key, [])
        if damage:
            self.damaged[job.key] = Problem(job.scene.path, _damage_line(damage))
        self.catalogue.forget_others(job.scene, job.key)


def _check_claim(scene: SceneRecord, chips: int) -> None:
    """Refuse a file of a few bytes that would be read for hours and show nothing.

    Raises:
        UnreadableSceneError: if it claims more chips than it can hold.
    """
    if scene.size_bytes and chips > CHIPS_OF_ANY_FILE + scene.size_bytes:
        raise UnreadableSceneError(
            f"{scene.path} claims {scene.width} x {scene.height} px, {chips} chips, in "
            f"{scene.size_bytes} bytes; fetch or export it again, or cut out the part that shows "
            "something with gdal_translate -srcwin"
        )


def _looked_at(progress: Progress | None, done: int, total: int) -> Callable[[int], None]:
    """Tells a progress, piece by piece, that a scene is being looked at: it may want to stop."""

    def told(count: int) -> None:
        del count
        if progress:
            progress.describing(done, total)

    return told


def _agree(folder: Path, encoder: Encoder, spec: ChipSpec | None) -> IndexInfo:
    """The index's front page, written if there is none.

    Raises:
        IndexMismatchError: if it is of another model or chip specification.
    """
    model = ModelId(encoder.model.name, encoder.model.fingerprint)
    if not (folder / FRONT_PAGE).exists():
        check_no_foreign(folder)
        config = encoder.model.config
        wanted = spec or ChipSpec(size_px=config.image.input_px)
        write_info(folder, IndexInfo(model, config.embedding_size, wanted))
        return read_info(folder)  # as a rerun will read it: an overlap of 0 becomes 0.0
    info = read_info(folder)
    if info.model != model:
        raise IndexMismatchError(model_mismatch(folder, info.model, model))
    if spec is not None and spec != info.spec:
        raise IndexMismatchError(
            f"{folder}: found an index cut with {_difference(info.spec, spec)}, wanted "
            f"{_difference(spec, info.spec)}; next: leave the chip options out, choose another -o, "
            "or give --rebuild"
        )
    return info


def _difference(one: ChipSpec, other: ChipSpec) -> str:
    """The settings of ``one`` that differ from those of ``other``, in words."""
    fields = [field.name for field in dataclasses.fields(ChipSpec)]
    differing = [name for name in fields if getattr(one, name) != getattr(other, name)]
    return ", ".join(f"{name} = {getattr(one, name) or 'automatic'}" for name in differing)


def _damage_line(damage: Sequence[Damage]) -> str:
    first = damage[0]
    return (
        f"{len(damage)} chips could not be decoded (first at column {first.window.col}, row "
        f"{first.window.row}: {first.reason}); the rest is indexed; next: replace the file and "
        "run the same command again"
    )
