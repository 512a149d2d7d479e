"""Read some chips of an index from their scenes again and compare embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import IndexFormatError
from cmpagl_model.records import Problem
from cmpagl_model.table.halves import singles
from tiling import ChipImage, TilingError, plan_chips, read_chips

from .encode import embed
from .format import PARTS
from .imported import has_pixels
from .parts import read_record, read_rows
from .pixels import fit_chips

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder
    from tiling import SceneRecord

    from .format import IndexInfo

LEAST_COSINE = 0.999
"""Of an embedding with itself, encoded anew: processors, devices and halves round otherwise."""


def compare_sample(
    folder: Path, info: IndexInfo, encoder: Encoder, count: int, changed: set[str]
) -> tuple[int, list[Problem]]:
    """Encode some chips again, from all over the index.

    Args:
        folder: the index.
        info: its version.
        encoder: made it.
        count: how many chips, at most.
        changed: paths of scenes that are not what they were: left out.

    Returns:
        How many chips were compared, and those that are not alike.
    """
    compared, problems = 0, []
    total, before = sum(entry.rows for entry in info.parts), 0
    wanted = np.unique(np.linspace(0, total - 1, min(count, total)).astype(np.int64))
    for entry in info.parts:
        rows = wanted[(wanted >= before) & (wanted < before + entry.rows)] - before
        before += entry.rows
        if not len(rows):
            continue
        path = folder / PARTS / entry.name
        try:
            scene = read_record(path).scene
            if not has_pixels(scene) or scene.path in changed:
                continue
            table = read_rows(path, ["chip", "embedding"]).take(rows)
            numbers = table["chip"].to_pylist()
            kept = np.array(table["embedding"].to_pylist(), np.float16)
            made = _encoded(scene, numbers, info, encoder)
        except (IndexFormatError, TilingError) as error:
            problems.append(Problem(entry.name, f"no sample was compared: {error}"))
            continue
        compared += len(numbers)
        alike = np.einsum("nd,nd->n", singles(kept), made)
        problems += [
            Problem(
                entry.name,
                f"chip {number} of {scene.path} has another embedding than its pixels give "
                f"(cosine {cosine:.4f}); next: 'cmpagl index --rebuild' encodes all anew",
            )
            for number, cosine in zip(numbers, alike.tolist(), strict=True)
            if not cosine >= LEAST_COSINE
        ]
    return compared, problems


def _encoded(
    scene: SceneRecord, numbers: list[int], info: IndexInfo, encoder: Encoder
) -> NDArray[np.float32]:
    """Embeddings of planned chips as their pixels give them now; zeros of one that is unreadable.

    Raises:
        TilingError: if the scene cannot be read.
    """
    plan = plan_chips(scene, info.spec)
    found = np.zeros((len(numbers), info.embedding_size), np.float32)
    row_of = {number: row for row, number in enumerate(numbers)}
    side = encoder.model.config.image.input_px
    for read in read_chips(scene, [plan[number] for number in numbers], info.spec):
        if isinstance(read, ChipImage):
            vectors = singles(embed(encoder, fit_chips([read.pixels], side)))
            found[row_of[read.chip.number]] = vectors[0]
    return found
