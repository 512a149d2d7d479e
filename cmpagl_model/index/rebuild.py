"""Encode all scenes of an index again, with another model or other chips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .build import DEFAULT_BATCH, Build, BuildReport
from .catalogue import Catalogue
from .format import read_info
from .survey import current_info, new_info

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.progress import Progress
    from tiling import ChipSpec

    from .build import CrsOf


def rebuild_index(  # noqa: PLR0913 - what may be said of a build
    inputs: Sequence[str],
    folder: Path,
    encoder: Encoder,
    spec: ChipSpec | None = None,
    *,
    batch_size: int = DEFAULT_BATCH,
    progress: Progress | None = None,
    crs_of: CrsOf | None = None,
) -> BuildReport:
    """Rebuild an index from the scenes it holds: its next version.

    The newest version stays what it is until all is encoded; parts of a stopped call are taken over
    by the next one. Scenes that others add meanwhile are encoded too before the version is written.
    If a scene of the old version cannot be read any more, that version stays and the report names
    the scene.

    Args:
        inputs: more scenes to index; may be empty.
        folder: an index.
        encoder: embeds the chips.
        spec: how to cut chips; ``None``: as the old version has it.
        batch_size: chips encoded at a time.
        progress: told how far it is; ``None``: nobody.
        crs_of: as :func:`~.build.build_index` has it.

    Returns:
        What was done.

    Raises:
        IndexFormatError: if the folder is no index.
        OutputError: if the new version cannot be written.
    """
    old = current_info(folder) or read_info(folder)
    known = Catalogue(folder, old)

    def kept_crs_of(path: str) -> str | None:
        said = crs_of(path) if crs_of else None
        return known.given_crs(path) if said is None else said

    info = new_info(encoder, spec or old.spec)
    build = Build(folder, encoder, info, progress, in_one_step=True, crs_of=kept_crs_of)
    scenes, seen, late = list(inputs), set[str](), list(old.parts)
    while True:
        seen |= {entry.name for entry in late}
        build.run([*sorted({entry.scene for entry in late if entry.scene}), *scenes], batch_size)
        if build.problems:
            break
        scenes, late = [], build.changes.replace_all(seen)
        if not late:
            break
    build.orphans.sweep()
    return build.report()
