"""Encode all scenes of an index anew, with another model or other chips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmpagl_model.errors import OutputError

from .build import DEFAULT_BATCH, BuildReport, build_index
from .catalogue import Catalogue
from .files import check_no_foreign, delete_own
from .format import FRONT_PAGE, cannot_write, read_info

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cmpagl_model.encoders import Encoder
    from tiling import ChipSpec

    from .progress import Progress


def rebuild_index(
    inputs: Sequence[str],
    folder: Path,
    encoder: Encoder,
    spec: ChipSpec | None = None,
    *,
    batch_size: int = DEFAULT_BATCH,
    progress: Progress | None = None,
) -> BuildReport:
    """Make an index anew from the scenes it holds, and put it in the old one's place.

    The new index grows in a folder beside the old one, which stays until the new one is whole; a
    stopped call goes on there. If a scene of the old index cannot be read any more, the old index
    stays and the report names the scene.

    Args:
        inputs: more scenes to index; may be empty.
        folder: an index.
        encoder: embeds the chips.
        spec: how to cut chips; ``None``: as the old index has it.
        batch_size: chips encoded at a time.
        progress: told how far it is; ``None``: nobody.

    Returns:
        What was done.

    Raises:
        IndexFormatError: if the folder is no index.
        OutputError: if the new index cannot be written, or a folder holds anything else.
    """
    grown, retired = (folder.with_name(folder.name + end) for end in (".rebuilding", ".old"))
    if retired.exists() and not folder.exists():
        retired.rename(folder)  # an earlier call was killed between its two renames
    old = read_info(folder)
    for place in (folder, grown, retired):
        check_no_foreign(place)
    wanted = spec or old.spec
    _drop_other(grown, encoder, wanted)
    paths = [scene.path for scene in Catalogue.of(folder).scenes()]
    report = build_index(
        [*paths, *inputs],
        grown,
        encoder,
        wanted,
        batch_size=batch_size,
        progress=progress,
    )
    if not report.problems:
        _swap(folder, grown, retired)
    return report


def _drop_other(grown: Path, encoder: Encoder, spec: ChipSpec) -> None:
    """Delete what an earlier, stopped call began with another model or other chips."""
    if not (grown / FRONT_PAGE).exists():
        return
    begun = read_info(grown)
    if (begun.model.fingerprint, begun.spec) != (encoder.model.fingerprint, spec):
        delete_own(grown)


def _swap(folder: Path, grown: Path, retired: Path) -> None:
    """Put the new index in the old one's place; one of both is whole at every moment.

    Raises:
        OutputError: if a folder cannot be renamed or deleted; the old index is back then.
    """
    try:
        delete_own(retired)
        folder.rename(retired)
    except OSError as error:
        raise OutputError(cannot_write(folder, error)) from error
    try:
        grown.rename(folder)
    except OSError as error:
        retired.rename(folder)
        raise OutputError(cannot_write(folder, error)) from error
    delete_own(retired)
