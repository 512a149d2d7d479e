"""Fixtures that paint scenes: a pixel's colours tell its column and row."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import settings
from rasterio.transform import from_origin

import tiling
import tiling.opening

# A busy machine makes single examples slow; how long a run takes is bounded by their number.
settings.register_profile("patient", deadline=None, max_examples=50)
settings.load_profile("patient")

REAL_SCENES = Path(__file__).parents[3] / "shared" / "scenes"
UTM = "EPSG:32633"
METRE = from_origin(500_000, 5_000_000, 1, 1)


def position_colours(width, height, dtype="uint8"):
    """Red counts columns, green counts rows, blue counts both in larger steps; never constant."""
    rows, cols = np.indices((height, width))
    blue = (cols // 251 * 16 + rows // 241) % 256
    return np.stack([cols % 251, rows % 241, blue]).astype(dtype)


@pytest.fixture
def make_scene(tmp_path):
    """Write a GeoTIFF; ``pixels`` are ``(bands, height, width)``, further words go to rasterio."""

    def make(pixels=None, *, size=(300, 200), name="scene.tif", mask=None, finish=None, **profile):
        if pixels is None:
            pixels = position_colours(*size)
        count, height, width = pixels.shape
        wanted = {
            "driver": "GTiff",
            "crs": UTM,
            "transform": METRE,
            "dtype": pixels.dtype,
            "count": count,
            "width": width,
            "height": height,
        } | profile
        path = tmp_path / name
        with rasterio.open(path, "w", **wanted) as scene:
            if finish is not None:
                finish(scene)
            scene.write(pixels)
            if mask is not None:
                scene.write_mask(mask)
        return str(path)

    return make


@pytest.fixture
def make_record():
    """A scene record out of thin air."""

    def make(**changes):
        facts = {
            "path": "nowhere.tif",
            "checksum": "sha256:" + "0" * 64,
            "size_bytes": 1,
            "mtime_ns": 1,
            "crs": UTM,
            "transform": tuple(METRE)[:6],
            "width": 1000,
            "height": 800,
            "dtype": "uint8",
            "bands": (1, 2, 3),
            "stretch": ((0.0, 255.0),) * 3,
            "gsd_x_m": 1.0,
            "gsd_y_m": 1.0,
            "palette": False,
            "from_gcps": False,
        }
        return tiling.SceneRecord(**(facts | changes))

    return make


@pytest.fixture
def read_all():
    """Describe, plan and read a file: the record and what became of each chip."""

    def read(path, **wishes):
        spec = tiling.ChipSpec(**wishes)
        scene = tiling.describe_scene(str(path), spec)
        return scene, list(tiling.read_chips(scene, tiling.plan_chips(scene, spec), spec))

    return read


@pytest.fixture
def real_scene():
    """The path of a real scene, by the beginning of its name."""

    def find(start):
        found = sorted(REAL_SCENES.glob(f"{start}*.tif"))
        if not found:
            pytest.skip(f"the real scenes are not on this machine ({REAL_SCENES})")
        return str(found[0])

    return find


def block_offsets(path):
    """Where each TIFF block of a file starts, bytes."""
    with rasterio.open(path) as dataset:
        rows, cols = dataset.block_shapes[0]
        planes = 1 if dataset.interleaving.value == "PIXEL" else 3
        return {
            int(dataset.get_tag_item(f"BLOCK_OFFSET_{c}_{r}", "TIFF", bidx=b))
            for b in range(1, planes + 1)
            for r in range(-(-dataset.height // rows))
            for c in range(-(-dataset.width // cols))
        }


@pytest.fixture
def read_places(monkeypatch):
    """How often each place of a file is read by GDAL: the start of each larger read."""
    places = Counter()

    class CountedFile:
        def __init__(self, path, mode="rb"):
            self._file = open(path, mode)  # noqa: SIM115, PTH123

        def read(self, size=-1):
            if size > 200:
                places[self._file.tell()] += 1
            return self._file.read(size)

        def __getattr__(self, name):
            return getattr(self._file, name)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self._file.close()

    opened = rasterio.open

    def open_counted(path, *mode, **words):
        return opened(path, *mode, **(words if mode else words | {"opener": CountedFile}))

    monkeypatch.setattr(tiling.opening.rasterio, "open", open_counted)
    submit = ThreadPoolExecutor.submit  # rasterio looks up openers in the caller's context
    monkeypatch.setattr(
        ThreadPoolExecutor, "submit", lambda pool, *task: submit(pool, copy_context().run, *task)
    )
    return places
