"""A small index on disk, as fixtures for tests of its files."""

from __future__ import annotations

import shutil

import pytest

from cmpagl_model.index import build_index, read_info
from cmpagl_model.index import format as index_format
from tests.cmpagl_model.index.campaign import SPEC, write_scene
from tests.cmpagl_model.index.cheap import CheapEncoder

MOST_PAUSES = 20


@pytest.fixture(scope="module", name="made")
def made_once(tmp_path_factory):
    """An index of two scenes of 6 chips, in parts of 4 and 2."""
    folder = tmp_path_factory.mktemp("storage")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(index_format, "CHIPS_PER_PART", 4)
        scenes = [write_scene(folder / name, seed) for seed, name in enumerate(("a.tif", "b.tif"))]
        build_index(scenes, folder / "x.cmpagl", CheapEncoder(), SPEC)
    return folder / "x.cmpagl"


@pytest.fixture(name="index")
def an_index(made, tmp_path):
    """A copy of it."""
    return shutil.copytree(made, tmp_path / "x.cmpagl")


@pytest.fixture(name="info")
def its_info(index):
    """Its version."""
    return read_info(index)


@pytest.fixture(autouse=True)
def parts_of_4(monkeypatch):
    """As they were when the index was made."""
    monkeypatch.setattr(index_format, "CHIPS_PER_PART", 4)


@pytest.fixture(autouse=True)
def pauses_in_vain(monkeypatch):
    """Who writes a version waits for others a few times; for ever, where it can never be first."""
    pauses = iter(range(MOST_PAUSES))
    monkeypatch.setattr("cmpagl_model.index.versions.time.sleep", lambda _seconds: next(pauses))
