"""What the plugin promises to QGIS: nothing but the standard library, and Python 3.9."""

import ast
import doctest
import importlib
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "cmpagl_qgis"
FILES = sorted(PACKAGE.rglob("*.py"))
NO_QT = ("errors", "engine.fields", "engine.protocol", "engine.records")


def names(path):
    """Top-level names of absolute imports, and modules imported from ``qgis``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_the_standard_library_and_qgis_alone(path):
    allowed = sys.stdlib_module_names | {"qgis", "processing", "cmpagl_qgis"}
    assert [name for name in names(path) if name.split(".")[0] not in allowed] == []
    assert [name for name in names(path) if name.split(".")[0] in {"subprocess", "pickle"}] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_runs_on_python_3_9(path):
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
    late = any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body
    )
    assert late or not tree.body[1:], "without the future import, X | None fails on Python 3.9"
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Assert)
        if isinstance(node, ast.Call):
            words = {keyword.arg for keyword in node.keywords}
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            assert not (called == "dataclass" and words & {"slots", "kw_only"})
            assert not (called == "zip" and "strict" in words)


@pytest.mark.parametrize("name", NO_QT)
def test_works_without_qgis_and_its_examples_run(name):
    module = importlib.import_module(f"cmpagl_qgis.{name}")
    file = PACKAGE.joinpath(*name.split(".")).with_suffix(".py")
    assert all(not found.startswith("qgis") for found in names(file))
    flags = doctest.IGNORE_EXCEPTION_DETAIL
    assert doctest.testmod(module, optionflags=flags).failed == 0
