"""What a build does over scenes that are all in the index: little, however many there are."""

import os
from collections import Counter

import pyarrow.parquet as pq
import rasterio

from cmpagl_model.index import build_index
from tests.cmpagl_model.index.cheap import CheapEncoder
from tiling import ChipSpec

SPEC = ChipSpec(size_px=32, native=True)


def test_a_rerun_opens_no_unchanged_scene_and_lists_no_folder_for_each(
    make_scene, tmp_path, monkeypatch
):
    for number in range(6):  # of no date, so that it may be asked for again
        make_scene(width=64, height=64, name=f"{number}.tif", seed=number)
    many, one = tmp_path / "many.cmpagl", tmp_path / "one.cmpagl"
    scenes = sorted(str(path) for path in tmp_path.glob("*.tif"))
    build_index(scenes, many, CheapEncoder(), SPEC)
    build_index(scenes[:1], one, CheapEncoder(), SPEC)
    counts = Counter()

    def counted(module, name):
        whole = getattr(module, name)

        def asked(*args, **kwargs):
            counts[name] += 1
            return whole(*args, **kwargs)

        monkeypatch.setattr(module, name, asked)

    for module, name in ((rasterio, "open"), (pq, "read_metadata"), (os, "scandir"),
                         (os, "listdir")):  # fmt: skip
        counted(module, name)
    assert build_index(scenes[:1], one, CheapEncoder(), SPEC).unchanged == 1
    alone = counts.copy()
    counts.clear()
    assert build_index(scenes, many, CheapEncoder(), SPEC).unchanged == 6
    assert counts["open"] == 0
    assert counts["read_metadata"] == 6  # a footer for each scene
    assert counts["scandir"] <= alone["scandir"]
    assert counts["listdir"] == alone["listdir"]
