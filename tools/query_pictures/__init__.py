"""Takes the pictures of docs/queries.md: ``make query-pictures``.

Each module here draws one kind of question by ``draw(scenes, pictures)``: from a folder of scenes
into ``pictures``, a folder. A module that wants other input says so in its own words.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from cmpagl_model.search import open_index
from tiling import ChipSpec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cmpagl_model.search import SearchableIndex


@contextmanager
def indexed(
    scenes: Path, names: Sequence[str], ground_m: float | None = None
) -> Iterator[SearchableIndex]:
    """An index of some scenes, gone afterwards; what else is drawn may lie beside it.

    Args:
        scenes: the folder that they lie in.
        names: of their files, or patterns.
        ground_m: side of the chips, m; ``None``: chosen for each scene.
    """
    files = [str(path) for name in names for path in sorted(scenes.glob(name))]
    with tempfile.TemporaryDirectory(prefix="query-", ignore_cleanup_errors=True) as work:
        index = Path(work) / "town.cmpagl"
        spec = None if ground_m is None else ChipSpec(ground_sizes_m=(ground_m,))
        build_index(files, index, open_encoder(device="cpu"), spec)
        yield open_index(index)
