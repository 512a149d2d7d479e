"""The import contracts in pyproject.toml hold clean code, catch a wrong import, miss no module."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.api import read_configuration

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
CONTRACTS = read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]
LAYERS = [
    {name for layer in contract["layers"] for name in re.split(r"[|:\s()]+", layer) if name}
    for contract in CONTRACTS
    if contract["type"] == "layers"
]


@pytest.fixture
def tree(tmp_path):
    """A copy of the configuration beside empty modules, one for each layer."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in {*set.union(*LAYERS), "cmpagl_qgis"}:
        folder = tmp_path.joinpath(*name.split("."))
        folder.mkdir(parents=True, exist_ok=True)
        for package in (folder, folder.parent):
            if package != tmp_path:
                (package / "__init__.py").touch()
    return tmp_path


def lint(tree):
    command = [str(LINT_IMPORTS), "--no-cache"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def test_all_contracts_hold_where_nothing_is_imported(tree):
    result = lint(tree)
    assert result.returncode == 0, result.stdout
    assert f"{len(CONTRACTS)} kept, 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("module", "imported", "broken"),
    [
        ("cmpagl_model.index", "cmpagl_model.search", "a later stage imports an earlier one"),
        ("tiling", "cmpagl_model.errors", "a later stage imports an earlier one"),
        ("tiling.grid", "tiling.reader", "Tiling: whole numbers first"),
        ("cmpagl_model.encoders", "qgis.core", "Only the plugin knows QGIS"),
        ("cmpagl_model.search", "torch", "import no torch of their own"),
        ("cmpagl_model.cli", "cmpagl_qgis", "Only the plugin knows QGIS"),
        ("cmpagl_qgis", "cmpagl_model.errors", "The plugin imports the standard library"),
        ("cmpagl_qgis", "numpy", "The plugin imports the standard library"),
    ],
)
def test_a_wrong_import_is_caught(tree, module, imported, broken):
    (tree.joinpath(*module.split(".")) / "__init__.py").write_text(f"import {imported}\n")
    result = lint(tree)
    assert result.returncode == 1, result.stdout + result.stderr
    assert re.search(rf"{broken}.* BROKEN", result.stdout), result.stdout


@pytest.mark.parametrize(
    ("package", "layers"), [("cmpagl_model", LAYERS[0]), ("tiling", LAYERS[1])]
)
def test_every_module_has_its_place_in_the_layers(package, layers):
    modules = {
        f"{package}.{path.stem}"
        for path in (ROOT / package).iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    } - {f"{package}.__init__", f"{package}.__main__"}
    assert modules - layers == set(), "add these to [tool.importlinter] in pyproject.toml"
