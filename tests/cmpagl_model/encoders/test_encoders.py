"""Both encoders of the shipped weights: the same vectors, no torch on the light path."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cmpagl_model import model_folder
from cmpagl_model.encoders import open_encoder
from cmpagl_model.errors import MissingExtraError, ModelError
from cmpagl_model.index.pixels import fit_chips
from cmpagl_model.model_folder import find_model
from tests.conftest import painted_pixels
from tiling import ChipImage, ChipSpec, describe_scene, plan_chips, read_chips

SENTENCES = [
    "boats on a canal beside a factory",
    "Red roofs, and dirt roads!",
    "forest",
    "many planes are parked next to a long building in an airport . " * 6,
]
WHEEL_BUDGET_BYTES = 90_000_000


@pytest.fixture(scope="module")
def chips(real_scenes):
    spec = ChipSpec(size_px=find_model().config.image.input_px)
    chips = []
    for path in sorted(real_scenes.glob("*.tif")):
        scene = describe_scene(str(path), spec)
        plan = plan_chips(scene, spec)
        reads = read_chips(scene, [plan[len(plan) // 2]], spec)
        chips += [read.pixels for read in reads if isinstance(read, ChipImage)]
    return np.stack(chips)


def cosines(a, b):
    return (a * b).sum(axis=1)


def test_onnx_and_torch_agree_on_real_chips_and_sentences(encoder, chips):
    other = open_encoder(device="cpu", backend="torch")
    assert other.device == "CPU (PyTorch)"
    assert len(chips) >= 14
    assert cosines(encoder.encode_chips(chips), other.encode_chips(chips)).min() > 0.9999
    assert cosines(encoder.encode_texts(SENTENCES), other.encode_texts(SENTENCES)).min() > 0.9999


def test_vectors_have_unit_length_and_do_not_depend_on_the_batch(encoder):
    side, size = encoder.model.config.image.input_px, encoder.model.config.embedding_size
    chips = np.stack([painted_pixels(side, side, seed).transpose(1, 2, 0) for seed in range(5)])
    together = encoder.encode_chips(chips)
    assert together.shape == (5, size)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([encoder.encode_chips(chip[None]) for chip in chips])
    assert cosines(together, alone).min() > 0.99999


def test_padding_beside_a_longer_sentence_changes_nothing(encoder):
    together = encoder.encode_texts(SENTENCES)
    alone = np.concatenate([encoder.encode_texts([text]) for text in SENTENCES])
    assert cosines(together, alone).min() > 0.99999


def test_case_does_not_matter_and_words_do(encoder):
    upper, lower, other = encoder.encode_texts(["A FOREST", "a forest", "an airport"])
    assert upper @ lower > 0.99999
    assert upper @ other < 0.9


def test_light_path_loads_no_torch():
    code = (
        "import sys, numpy as np\n"
        "from cmpagl_model.encoders import open_encoder\n"
        "e = open_encoder(device='cpu')\n"
        "side = e.model.config.image.input_px\n"
        "e.encode_texts(['a road']); e.encode_chips(np.zeros((1, side, side, 3), np.uint8))\n"
        "heavy = {'torch', 'timm', 'transformers', 'geopandas', 'pandas'} & set(sys.modules)\n"
        "print(*sorted(heavy))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_unknown_model_names_those_there_are():
    with pytest.raises(ModelError, match=r"found no model 'clip'; wanted one of .*cmpagl_lite"):
        open_encoder("clip")


def test_cuda_is_refused_where_there_is_none(monkeypatch):
    def refused(_):
        raise OSError

    monkeypatch.setattr("ctypes.CDLL", refused)
    monkeypatch.setattr("cmpagl_model.encoders.choose.gpu_available", lambda: False)
    with pytest.raises(MissingExtraError, match="--device cuda: found no usable NVIDIA GPU"):
        open_encoder(device="cuda")


def test_torch_backend_without_torch_names_the_extra(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'cmpagl-qgis\[torch\]'"):
        open_encoder(device="cpu", backend="torch")


def test_incomplete_model_folder_names_the_missing_file(tmp_path):
    (tmp_path / "config.json").write_text((find_model().path / "config.json").read_text())
    with pytest.raises(ModelError, match=r"no tokenizer\.json in this model folder"):
        find_model(str(tmp_path))


def test_damaged_graph_is_refused_in_one_line(tmp_path):
    for path in find_model().path.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "text.onnx").write_bytes(b"no graph")
    with pytest.raises(ModelError, match=r"text\.onnx: ONNX Runtime cannot load it"):
        open_encoder(str(tmp_path), device="cpu").encode_texts(["a road"])


def test_shipped_models_fit_the_wheel():
    files = [path for path in Path(model_folder.SHIPPED).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < WHEEL_BUDGET_BYTES
    assert {path.suffix for path in files} <= {".json", ".safetensors", ".onnx", ".npy", ".txt"}


def test_fit_chips_resizes_only_what_has_another_size():
    side = 144
    small = painted_pixels(80, 80).transpose(1, 2, 0)
    right = painted_pixels(side, side).transpose(1, 2, 0)
    fitted = fit_chips([small, right], side)
    assert fitted.shape == (2, side, side, 3)
    assert (fitted[1] == right).all()
    assert abs(float(fitted[0].mean()) - float(small.mean())) < 2


WEIGHED = """
import os, pathlib, re
os.cpu_count = lambda: 2
import numpy as np
from cmpagl_model.encoders import open_encoder
def peak():
    found = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())
    return int(found[1]) // 1024
encoder = open_encoder(device="cpu")
side = encoder.model.config.image.input_px
chips = np.random.default_rng(0).integers(0, 256, (64, side, side, 3), np.uint8)
encoder.encode_chips(chips[:2])
before = peak()
for _ in range(3):
    encoder.encode_chips(chips)
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_batch_of_an_index_takes_little_memory():
    command = [sys.executable, "-c", WEIGHED]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert int(done.stdout) < 300  # MiB; 764 where all go through the graph at once
