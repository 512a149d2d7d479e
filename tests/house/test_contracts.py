"""No module is missed by the import contracts in pyproject.toml; no file is too long to be read."""

import re
from pathlib import Path

import pytest
from importlinter.api import read_configuration

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]
LAYERS = [
    {name for layer in contract["layers"] for name in re.split(r"[|:\s()]+", layer) if name}
    for contract in CONTRACTS
    if contract["type"] == "layers"
]
MOST_LINES = 450


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


@pytest.mark.parametrize("package", ["tiling", "cmpagl_model", "cmpagl_qgis", "tools", "research"])
def test_a_file_can_be_read_in_one_sitting(package):
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / package).rglob("*.py")
    }
    assert not [path for path, lines in lengths.items() if lines > MOST_LINES]
