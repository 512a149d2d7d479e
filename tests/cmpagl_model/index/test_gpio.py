"""What gpio (geoparquet-io) says of the Parquet files that are written: nothing to mend."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from cmpagl_model import open_index
from cmpagl_model.index import build_index
from cmpagl_model.index.export import export_chips
from cmpagl_model.index.export_embeddings import export_embeddings
from cmpagl_model.search import ChipPlace, Examples
from cmpagl_model.search.output import write_hits
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.harm import part_files
from tests.conftest import make_scene
from tiling import ChipSpec

NEEDED = ("geoparquet_io", "duckdb", "duckdb_extension_spatial")
RUN = "from geoparquet_io.cli.main import main; main()"
MACHINES = {"x86_64": "linux_amd64", "aarch64": "linux_arm64"}


@pytest.fixture(scope="module")
def gpio(tmp_path_factory):
    """Runs gpio with DuckDB's extension from the package of its version, off the network."""
    _, duckdb, spatial = (
        pytest.importorskip(name, reason=f"{name} is not installed ([standards])")
        for name in NEEDED
    )
    home = tmp_path_factory.mktemp("home")
    place = MACHINES.get(platform.machine(), "")
    (found,) = Path(spatial.__file__).parent.rglob("spatial.duckdb_extension")
    if sys.platform != "linux" or not place or f"v{duckdb.__version__}" not in str(found):
        pytest.skip(f"DuckDB {duckdb.__version__} finds {found} on Linux only")
    extensions = home / ".duckdb" / "extensions" / f"v{duckdb.__version__}" / place
    extensions.mkdir(parents=True)
    (extensions / found.name).symlink_to(found)

    def check(path: Path) -> str:
        told = subprocess.run(
            [sys.executable, "-c", RUN, "check", "all", str(path)],
            env={**os.environ, "HOME": str(home)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stdout + told.stderr
        return told.stdout + told.stderr

    return check


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Two scenes of a few thousand chips, of which one has a date."""
    folder = tmp_path_factory.mktemp("gpio")
    make = make_scene.__wrapped__(folder)
    scenes = [make("a_20190705.tif", 800, 640), make("b.tif", 800, 640, corner=(610_000, 5e6))]
    spec = ChipSpec(size_px=32, ground_sizes_m=(32.0, 64.0))
    build_index([str(scene) for scene in scenes], folder / "x.cmpagl", CheapEncoder(), spec)
    return folder / "x.cmpagl"


def write_matches(index, target):
    opened = open_index(index)
    table = opened.table
    place = ChipPlace(table.scenes[0].path, table.window(0), float(table.ground_m[0]))
    write_hits(opened.similar(Examples(like=(place,)), k=50), target)


def write_part(index, target):
    target.write_bytes(part_files(index)[0].read_bytes())


@pytest.mark.parametrize("write", [write_part, export_chips, export_embeddings, write_matches])
def test_gpio_has_nothing_to_mend(gpio, index, tmp_path, write):
    write(index, tmp_path / "file.parquet")
    said = gpio(tmp_path / "file.parquet")
    lines = said.splitlines()
    if write is write_matches:  # in the order of their rank, which is what they are for
        lines = [line for line in lines if "spatial" not in line.lower()]
    assert not [line for line in lines if set("⚠✗❌") & set(line) or "outside recommended" in line]
    assert "ZSTD compression on geometry" in said
    assert "checks passed" in said
    assert "failed" not in said
