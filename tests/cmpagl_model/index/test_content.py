"""The hashes that two machines can compare: of what is indexed, and of its embeddings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index, read_info, rebuild_index
from cmpagl_model.index.summary import summarise
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.harm import flip, part_files
from tiling import ChipSpec

SPEC = ChipSpec(size_px=32, native=True, overlap=0)
ORDINARY = ChipSpec(size_px=192, native=True, overlap=0)
OTHER_KERNELS = {"OPENBLAS_CORETYPE": "Haswell", "OMP_NUM_THREADS": "1"}
"""Other routines of OpenBLAS than most processors have, one thread."""


class OtherProcessor(CheapEncoder):
    """Rounds the other way: every number of an embedding is its neighbour."""

    def encode_chips(self, pixels):
        vectors = super().encode_chips(pixels).astype(np.float16)
        return np.nextafter(vectors, np.float16(2)).astype(np.float32)


@pytest.fixture
def small(make_scene):
    """Make a small scene of 12 chips."""

    def make(name, seed=0):
        return str(make_scene(name, 128, 96, seed=seed))

    return make


def hashes(index):
    summary = summarise(index)
    assert summary.content == read_info(index).content
    return summary.content, summary.embeddings


def test_another_processor_gives_the_same_content_and_other_embeddings(small, tmp_path):
    scenes = [small(f"{n}.tif", n) for n in range(2)]
    build_index(scenes, tmp_path / "x.cmpagl", CheapEncoder(), SPEC)
    build_index(scenes, tmp_path / "y.cmpagl", OtherProcessor(), SPEC)
    here, there = hashes(tmp_path / "x.cmpagl"), hashes(tmp_path / "y.cmpagl")
    assert here[0] == there[0]
    assert here[1] != there[1]
    assert len({*here, *there}) == 3


def test_another_library_gives_the_same_content(encoder, make_scene, tmp_path):
    pytest.importorskip("torch")
    scene = str(make_scene())
    build_index([scene], tmp_path / "x.cmpagl", encoder, ORDINARY)
    torch = open_encoder(device="cpu", backend="torch")
    build_index([scene], tmp_path / "y.cmpagl", torch, ORDINARY)
    assert hashes(tmp_path / "x.cmpagl")[0] == hashes(tmp_path / "y.cmpagl")[0]


def test_other_kernels_and_batches_give_the_same_content_and_embeddings(
    encoder, make_scene, tmp_path
):
    scene, here, there = str(make_scene()), tmp_path / "x.cmpagl", tmp_path / "y.cmpagl"
    build_index([scene], here, encoder, ORDINARY, batch_size=5)
    subprocess.run(
        [sys.executable, "-m", "cmpagl_model.cli", "index", scene, "-o", str(there), "--gsd",
         "native", "--overlap", "0", "--batch-size", "2", "--device", "cpu", "-q"],
        env={**os.environ, **OTHER_KERNELS}, check=True,
    )  # fmt: skip
    assert hashes(here) == hashes(there)


def test_embeddings_of_a_damaged_index_have_no_hash(small, tmp_path):
    index = tmp_path / "x.cmpagl"
    build_index([small("a.tif"), small("b.tif", 1)], index, CheapEncoder(), SPEC)
    content, embeddings = hashes(index)
    assert len(content) == len(embeddings) == 64
    flip(part_files(index)[0], 2000)
    assert hashes(index) == (content, "")


def index_of(scene, folder):
    return build_index([str(scene)], folder, CheapEncoder(), SPEC, batch_size=5)


def test_content_says_the_same_wherever_and_however_it_was_made(small, tmp_path):
    scenes = [small(f"{n}.tif", n) for n in range(3)]
    build_index(scenes, tmp_path / "x.cmpagl", CheapEncoder(), SPEC)
    wanted = hashes(tmp_path / "x.cmpagl")
    (tmp_path / "elsewhere").mkdir()
    copies = [tmp_path / "elsewhere" / f"copy{number}.tif" for number in range(3)]
    for scene, copy in zip(scenes, copies, strict=True):
        shutil.copy(scene, copy)
    other = tmp_path / "y.cmpagl"
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda copy: index_of(copy, other), reversed(copies)))
    assert hashes(other) == wanted
    small("0.tif", 9)
    build_index(scenes, tmp_path / "x.cmpagl", CheapEncoder())
    assert hashes(tmp_path / "x.cmpagl")[0] != wanted[0]
    rebuild_index([], other, CheapEncoder())
    assert hashes(other) == wanted
    rebuild_index([], other, CheapEncoder("b" * 64))
    assert hashes(other)[0] != wanted[0]
