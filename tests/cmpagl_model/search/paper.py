"""Indexes on paper: real plans of scene records, made-up embeddings, no pixel and no model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from cmpagl_model.index.format import IndexInfo
from cmpagl_model.index.load import joined, part_arrays
from cmpagl_model.records import ModelId
from cmpagl_model.search import SearchableIndex
from cmpagl_model.table.chips import ROW, ChipTable
from cmpagl_model.table.embeddings import Embeddings
from tiling import SceneRecord, footprints, plan_chips

SIZE = 8
MODEL = ModelId("paper", "0" * 64)


def paper_scene(name="paper", width=400, height=320, *, crs="EPSG:32631", gsd=1.0,
                transform=(1.0, 0.0, 600_000.0, 0.0, -1.0, 5_700_000.0)):  # fmt: skip
    """A record of a scene that is nowhere on disk."""
    return SceneRecord(
        path=f"/paper/{name}.tif",
        checksum="sha256:" + name.encode().hex().ljust(64, "0"),
        size_bytes=1,
        mtime_ns=1,
        crs=crs,
        transform=transform,
        width=width,
        height=height,
        dtype="uint8",
        bands=(1, 2, 3),
        stretch=((0.0, 255.0),) * 3,
        gsd_x_m=gsd,
        gsd_y_m=gsd,
        palette=False,
        from_gcps=False,
    )


def paper_index(scenes, spec, *, embeddings=None, kept=None):
    """An index of all chips of some scenes.

    Args:
        scenes: their records.
        spec: how they are cut.
        embeddings: what the chips have; made up if there are none.
        kept: takes a scene and a planned chip and says whether it is in the index.
    """
    parts, pieces = [], []
    for number, scene in enumerate(scenes):
        own = [chip for chip in plan_chips(scene, spec) if kept is None or kept(scene, chip)]
        pieces.append(_arrays(scene, own))
        parts.append((len(own), number))
    if embeddings is None:
        embeddings = np.random.default_rng(0).normal(size=(sum(n for n, *_ in parts), SIZE))
        embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    table = ChipTable.of(tuple(scenes), parts, joined(pieces), matrix(embeddings))
    return SearchableIndex(Path("/paper.cmpagl"), IndexInfo(MODEL, SIZE, spec), table, ())


def _arrays(scene, chips):
    rows = np.zeros(len(chips), ROW)
    rows["window"] = np.array(
        [(c.window.col, c.window.row, c.window.width, c.window.height) for c in chips], np.int32
    ).reshape(-1, 4)
    for name in ("gsd_m", "ground_m", "edge"):
        rows[name] = [getattr(chip, name) for chip in chips]
    rows["valid"] = 1
    shapes = shapely.to_wkb(footprints(scene, [chip.window for chip in chips])).tolist()
    return part_arrays(rows, shapes, np.empty((len(chips), SIZE), np.float16))


def matrix(embeddings):
    """Embeddings as a table has them."""
    halves = np.asarray(embeddings, np.float16)
    return Embeddings([halves], halves.shape[1])


def with_embeddings(index, embeddings):
    """The same index with other embeddings."""
    table = replace(index.table, embeddings=matrix(embeddings))
    return SearchableIndex(index.folder, index.info, table, ())
