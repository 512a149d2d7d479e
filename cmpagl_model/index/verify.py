"""Whether an index and its scenes are whole: every byte is read. And what repairs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.errors import (
    CmpaglError,
    DamagedArraysError,
    IndexFormatError,
    ManifestError,
    OutputError,
)
from cmpagl_model.progress import NoProgress
from cmpagl_model.records import Problem
from tiling import TilingError
from tiling.checksum import scene_checksum

from .arrays import CACHE, PREFIX, MappedArrays, read_manifest
from .arrays_manifest import UnfitArraysError
from .copies import display_name
from .files import ARRAY_FILE, delete_folder
from .format import FRONT_PAGE, IndexInfo, cannot_write, place_of, read_info
from .imported import FOREIGN, has_pixels
from .load import load_chips
from .opening import open_chips
from .parts import is_whole
from .sample import compare_sample
from .summary import unnamed
from .survey import current_info, recover_manifest
from .versions import has_front_page, write_front_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.progress import Progress
    from tiling import SceneRecord

    from .format import PartEntry

    Encoders = Callable[[IndexInfo], Encoder]
    """Gives the encoder that made an index, or refuses."""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What verifying found."""

    chips: int
    """Chips that can be found."""
    scenes: int
    """Scenes that have parts."""
    problems: tuple[Problem, ...]
    """What is missing, damaged or changed; none: all is whole."""
    repaired: tuple[Problem, ...] = ()
    """What was, and was repaired."""
    compared: int = 0
    """Chips that were read from their scenes again, and their embeddings compared."""
    repairable: tuple[Problem, ...] = ()
    """Those of the problems that repairing fixes; the others lie in scenes and foreign files."""


@dataclass(slots=True)
class _Findings:
    """What came out so far."""

    repair: bool
    problems: list[Problem] = field(default_factory=list)
    repaired: list[Problem] = field(default_factory=list)
    repairable: list[Problem] = field(default_factory=list)

    def add(self, path: str, reason: str, mend: Callable[[], object]) -> None:
        """Note damage, and repair it if that is wanted."""
        if not self.repair:
            self.problems.append(Problem(path, reason))
            self.repairable.append(self.problems[-1])
            return
        mend()
        self.repaired.append(Problem(path, f"{reason}; made anew"))


def verify_index(
    folder: Path,
    *,
    sample: int = 0,
    repair: bool = False,
    encoders: Encoders | None = None,
    progress: Progress | None = None,
) -> VerifyReport:
    """Read every byte of an index and of its scenes, and compare them with their checksums.

    Scenes whose embeddings were imported have no pixels here and are not looked for.

    Args:
        folder: an index.
        sample: so many chips are read from their scenes, encoded, and compared.
        repair: whether what is damaged is deleted and rebuilt: that and nothing else.
        encoders: gives the encoder for a sample and for parts made again.
        progress: told how far the making of damaged parts is, and of each scene's bytes.

    Returns:
        What is not whole.

    Raises:
        IndexFormatError: if the folder is no index.
        OutputError: if it cannot be repaired because it cannot be written.
    """
    found = _Findings(repair)
    try:
        info = read_info(folder)
    except ManifestError as error:
        reason = str(error).partition("; next")[0]
        found.add(str(folder), reason, lambda: recover_manifest(folder))
        if not repair:
            return VerifyReport(0, 0, tuple(found.problems), repairable=tuple(found.repairable))
        info = read_info(folder)
    else:
        info = (current_info(folder) or info) if repair else info
    _front_page(folder, info, found)
    _cache(folder, found)
    if repair:
        info = _parts(folder, info, found, encoders, progress)
    loaded = load_chips(folder, info)
    if repair:
        open_chips(folder, info)  # makes its arrays
    found.problems += [*loaded.problems, *unnamed(folder, info)]
    own = {entry.name: entry for entry in info.parts if _has_scene(entry, info)}
    lost = [problem for problem in loaded.problems if problem.path in own]
    found.repairable += [one for one in lost if not is_whole(folder, own[one.path])]
    changed = _scenes(loaded.table.scenes, progress or NoProgress(), found)
    compared, wrong = 0, list[Problem]()
    if sample:
        try:
            encoder = _encoder(encoders, info)
            compared, wrong = compare_sample(folder, info, encoder, sample, changed)
        except CmpaglError as error:
            wrong = [Problem(display_name(folder), f"no sample was compared: {error}")]
    found.problems += wrong
    return VerifyReport(
        len(loaded.table),
        len(loaded.table.scenes),
        tuple(found.problems),
        tuple(found.repaired),
        compared,
        tuple(found.repairable),
    )


def _front_page(folder: Path, info: IndexInfo, found: _Findings) -> None:
    if not info.number or has_front_page(folder, info):
        return  # of format 1 it is all there is
    reason = "not what the manifest says; next: 'cmpagl verify --repair' writes it anew"
    name = place_of(folder, FRONT_PAGE).name
    try:
        found.add(name, reason, partial(write_front_page, folder, info))
    except OSError as error:
        raise OutputError(cannot_write(folder, error)) from error


def _cache(folder: Path, found: _Findings) -> None:
    """Read all arrays in the cache; damaged ones are rebuilt when the index is opened."""
    for arrays_path in sorted(place_of(folder, CACHE).glob(f"{PREFIX}*")):
        try:
            arrays = MappedArrays(arrays_path, read_manifest(arrays_path))
            for one in arrays.checked.values():
                one[:]
            arrays.compare_copies()
        except (UnfitArraysError, DamagedArraysError) as error:  # noqa: PERF203 - of few
            reason = str(error).partition("; next")[0]
            text = f"damaged ({reason}); next: open the index, or 'cmpagl verify --repair'"
            mend = partial(delete_folder, arrays_path, ARRAY_FILE)
            found.add(f"{arrays_path.parent.name}/{arrays_path.name}", text, mend)


def _has_scene(entry: PartEntry, info: IndexInfo) -> bool:
    """Whether a part was made of a scene; one that was imported has to be imported again."""
    return bool(entry.scene) and not info.model.fingerprint.startswith(FOREIGN)


def _parts(
    folder: Path,
    info: IndexInfo,
    found: _Findings,
    encoders: Encoders | None,
    progress: Progress | None,
) -> IndexInfo:
    """Make damaged and lost parts again from their scenes."""
    bad = [entry for entry in info.parts if not is_whole(folder, entry)]
    own = [entry for entry in bad if _has_scene(entry, info)]
    if not own:
        return info  # where a part was imported, that is said of it
    try:
        encoder = _encoder(encoders, info)
    except CmpaglError as error:
        found.problems.append(
            Problem(display_name(folder), f"damaged parts cannot be made anew: {error}")
        )
        return info
    from .build import Build  # noqa: PLC0415 - who only looks need not wait for it

    build = Build(folder, encoder, info, progress, only=frozenset((e.key, e.number) for e in own))
    try:
        build.run(sorted({entry.scene for entry in own}))
    finally:
        build.changes.flush()
    found.problems += build.problems
    made = read_info(folder)
    now = {(entry.key, entry.number): entry for entry in made.parts}
    found.repaired += [
        Problem(entry.name, "damaged part; made anew")
        for entry in bad
        if (entry.key, entry.number) in now and now[entry.key, entry.number].name != entry.name
    ]
    return made


def _encoder(encoders: Encoders | None, info: IndexInfo) -> Encoder:
    """The encoder that made an index.

    Raises:
        IndexFormatError: if there is nobody to ask for one.
    """
    if encoders is None:
        raise IndexFormatError("no encoder is at hand")
    return encoders(info)


def _scenes(scenes: tuple[SceneRecord, ...], progress: Progress, found: _Findings) -> set[str]:
    """Compare scenes with their checksums; the paths of those that are not what they were."""
    changed = set()
    for scene in filter(has_pixels, scenes):
        progress.start(scene.size_bytes, f"comparing {Path(scene.path).name}")
        try:
            checksum = scene_checksum(scene.path, progress.advance)
            reason = (
                f"the scene has changed since it was indexed: found {checksum}, wanted "
                f"{scene.checksum}; next: run 'cmpagl index' on it again"
            )
        except TilingError as error:
            checksum = ""
            reason = f"{error}; its chips can be searched, but not looked at again"
        if checksum != scene.checksum:
            found.problems.append(Problem(scene.path, reason))
            changed.add(scene.path)
    return changed
