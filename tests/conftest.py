"""Scenes painted for the tests, and the real ones where they are at hand."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, settings
from rasterio.transform import from_origin

from cmpagl_model.encoders import open_encoder
from cmpagl_model.model_folder import find_model
from tests import s3_server
from tests.shipped_once import read_once

# A busy machine is no fault of what is tested.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
SCENES = Path(__file__).resolve().parents[2] / "shared" / "scenes"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def painted_pixels(width: int, height: int, seed: int = 0) -> np.ndarray:
    """Blocks of random colours with noise, ``(3, height, width)`` uint8: no two chips are alike."""
    random = np.random.default_rng(seed)
    blocks = random.integers(30, 220, (3, -(-height // 40), -(-width // 40)))
    pixels = blocks.repeat(40, axis=1).repeat(40, axis=2)[:, :height, :width]
    return np.clip(pixels + random.integers(-12, 12, pixels.shape), 1, 255).astype(np.uint8)


@pytest.fixture
def make_scene(tmp_path):
    """Write a painted GeoTIFF of 1 m pixels; returns its path."""

    def make(  # noqa: PLR0913 - each a property that some test varies
        name="scene.tif", width=400, height=320, *, crs="EPSG:32631", corner=(600_000, 5_700_000),
        gsd=1.0, seed=0, folder=None, pixels=None, **profile,
    ) -> Path:  # fmt: skip
        data = painted_pixels(width, height, seed) if pixels is None else pixels
        path = (folder or tmp_path) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        settings = {
            "driver": "GTiff", "width": data.shape[2], "height": data.shape[1],
            "count": data.shape[0], "dtype": data.dtype, "crs": crs,
            "transform": from_origin(*corner, gsd, gsd), "tiled": True, "blockxsize": 128,
            "blockysize": 128, "compress": "deflate", **profile,
        }  # fmt: skip
        with rasterio.open(path, "w", **settings) as scene:
            scene.write(data)
        return path

    return make


@pytest.fixture(scope="session")
def real_scenes() -> Path:
    """The folder of real scenes; skipped where they are not at hand."""
    if not SCENES.is_dir():
        pytest.skip("the real scenes (../shared/scenes) are not on this machine")
    return SCENES


@pytest.fixture(scope="session")
def training_data() -> Path:
    """The folder of training data; skipped where it is not at hand."""
    if not DATA.is_dir():
        pytest.skip("the training data (../shared/data) is not on this machine")
    return DATA


@pytest.fixture(scope="session", autouse=True)
def _shipped_once():
    """Half a second less for each of thousands of calls that open the shipped model."""
    with read_once():
        yield


@pytest.fixture(scope="session")
def encoder():
    """The shipped model on ONNX Runtime."""
    return open_encoder(device="cpu", backend="onnx")


@pytest.fixture(scope="session")
def two_towers(tmp_path_factory):
    """The shipped model without its fusion encoder, as one that was trained without."""
    folder = tmp_path_factory.mktemp("model") / "two_towers"
    shipped = find_model().path
    folder.mkdir()
    for file in shipped.iterdir():
        if file.name not in {"config.json", "fusion.onnx"}:
            (folder / file.name).symlink_to(file)
    config = json.loads((shipped / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "fusion_layers": 0}))
    return folder


@pytest.fixture(scope="session")
def _s3_server(tmp_path_factory):
    pytest.importorskip("moto", reason="pip install 'moto[server]': an S3 store on this machine")
    with s3_server.running(tmp_path_factory.mktemp("s3")) as store:
        yield store


@pytest.fixture
def s3(_s3_server, tmp_path, monkeypatch):
    """A new bucket of a store on this machine that the environment leads to, and an empty cache."""
    for name in s3_server.OTHERS:
        monkeypatch.delenv(name, raising=False)
    for name, value in _s3_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CMPAGL_CACHE", str(tmp_path / "cache"))
    _s3_server.bucket = f"bucket-{secrets.token_hex(4)}"
    _s3_server.make_bucket(_s3_server.bucket)
    return _s3_server
