"""What a search loads in a fresh process, up to the table: what is not needed costs time."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cmpagl_model.index import build_index
from tests.conftest import make_scene as painted
from tiling import ChipSpec

NEEDED = ("click", "numpy", "onnxruntime", "rich.console", "rich.table", "shapely", "tokenizers")
"""Libraries of a search; what they load themselves is theirs to say."""
HEAVY = {
    "torch", "torchvision", "timm", "transformers", "geopandas", "pandas", "pyogrio", "pyarrow",
    "matplotlib", "scipy", "sklearn", "onnx", "safetensors", "rasterio", "pyproj", "boto3",
}  # fmt: skip
PRINT_LOADED = "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"


def loaded(code):
    """Modules in a fresh process after some code."""
    command = [sys.executable, "-c", f"import json, sys\n{code}\n{PRINT_LOADED}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1])), done.stdout


def packages(modules):
    return {name.split(".")[0] for name in modules}


@pytest.fixture(scope="module")
def searched(tmp_path_factory, encoder):
    """Modules after a search with the shipped weights in an index whose arrays are made."""
    folder = tmp_path_factory.mktemp("cold")
    index = folder / "town.cmpagl"
    build_index([str(painted.__wrapped__(folder)())], index, encoder, ChipSpec(native=True))
    search = (
        "from cmpagl_model.cli.app import run\n"
        f"assert run(['search', {str(index)!r}, 'boats on a canal', '-k', '3']) == 0"
    )
    loaded(search)
    modules, table = loaded(search)
    rows = table.splitlines()[-4:]  # a line before them says that blocks look like no boats
    assert rows[0].split()[:2] == ["rank", "score"]
    return modules


def test_search_loads_no_heavy_library(searched):
    assert packages(searched) & HEAVY == set()


def test_search_loads_the_libraries_it_needs_and_no_other(searched):
    theirs, _ = loaded("import " + ", ".join(NEEDED))
    others = packages(searched) - packages(theirs) - set(sys.stdlib_module_names)
    assert others == {"cmpagl_model", "tiling"}


def test_search_loads_none_of_the_parts_that_make_an_index(searched):
    ours = {name for name in searched if name.startswith("cmpagl_model.")}
    for stage in ("training", "evaluation", "server", "network", "rerank", "captions"):
        assert not any(name.startswith(f"cmpagl_model.{stage}") for name in ours)
    for module in ("build", "batches", "encode", "parts", "load", "arrays_build"):
        assert f"cmpagl_model.index.{module}" not in ours
    assert "cmpagl_model.importing.importer" not in ours
    assert not {"cmpagl_model.cli.progress", "rich.progress", "urllib.request"} & searched


def test_help_loads_nothing_but_click():
    modules, said = loaded(
        "from cmpagl_model.cli.app import app\n"
        "app.main(['search', '--help'], prog_name='cmpagl', standalone_mode=False)"
    )
    assert "best first" in said
    needed, _ = loaded("import click")
    others = packages(modules) - packages(needed) - set(sys.stdlib_module_names)
    assert others == {"cmpagl_model"}
