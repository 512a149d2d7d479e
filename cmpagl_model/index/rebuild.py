"""Encode all scenes of an index anew, with another model or other chips."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from cmpagl_model.errors import OutputError

from .build import DEFAULT_BATCH, BuildReport, build_index
from .catalogue import Catalogue
from .format import cannot_write, read_info

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
        OutputError: if the new index cannot be written.
    """
    old = read_info(folder)
    paths = [scene.path for scene in Catalogue.of(folder).scenes()]
    grown = folder.with_name(folder.name + ".rebuilding")
    report = build_index(
        [*paths, *inputs],
        grown,
        encoder,
        spec or old.spec,
        batch_size=batch_size,
        progress=progress,
    )
    if not report.problems:
        try:
            shutil.rmtree(folder)
            grown.replace(folder)
        except OSError as error:
            raise OutputError(cannot_write(folder, error)) from error
    return report
