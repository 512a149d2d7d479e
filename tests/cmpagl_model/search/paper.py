"""Indexes on paper: real plans of scene records, made-up embeddings, no pixel and no model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from cmpagl_model.index.format import IndexInfo
from cmpagl_model.index.table import ChipTable, ShapeBytes, block_bounds
from cmpagl_model.records import ModelId
from cmpagl_model.search import SearchableIndex
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
    chips, owners, shapes = [], [], []
    for number, scene in enumerate(scenes):
        own = [chip for chip in plan_chips(scene, spec) if kept is None or kept(scene, chip)]
        chips += own
        owners += [number] * len(own)
        shapes += list(footprints(scene, [chip.window for chip in own]))
    if embeddings is None:
        embeddings = np.random.default_rng(0).normal(size=(len(chips), SIZE))
        embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    windows = [(c.window.col, c.window.row, c.window.width, c.window.height) for c in chips]
    bounds = shapely.bounds(np.array(shapes, object)).reshape(-1, 4)
    table = ChipTable(
        scenes=tuple(scenes),
        scene_of=np.array(owners, np.int32),
        windows=np.array(windows, np.int32).reshape(-1, 4),
        bounds=bounds,
        gsd_m=np.array([chip.gsd_m for chip in chips]),
        ground_m=np.array([chip.ground_m for chip in chips]),
        valid=np.ones(len(chips), np.float32),
        edge=np.array([chip.edge for chip in chips], bool),
        embeddings=np.asarray(embeddings, np.float16),
        shapes=_bytes(shapes),
        blocks=block_bounds(bounds),
    )
    return SearchableIndex(Path("/paper.cmpagl"), IndexInfo(MODEL, SIZE, spec), table, ())


def _bytes(shapes):
    written = [shapely.to_wkb(shape) for shape in shapes]
    data = np.frombuffer(b"".join(written), np.uint8)
    return ShapeBytes(data, np.cumsum([len(one) for one in written], dtype=np.int64))


def with_embeddings(index, embeddings):
    """The same index with other embeddings."""
    table = replace(index.table, embeddings=np.asarray(embeddings, np.float16))
    return SearchableIndex(index.folder, index.info, table, ())
