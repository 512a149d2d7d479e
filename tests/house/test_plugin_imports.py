"""The plugin imports the standard library, qgis and itself, runs in Python 3.9, passes the scan."""

import ast
import sys
from pathlib import Path

import pytest

from tools import check_plugin

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "cmpagl_qgis"
MODULES = sorted(PLUGIN.rglob("*.py"))
OLDEST = (3, 9)
TYPES = {"None", "int", "float", "str", "bytes", "bool", "dict", "list", "tuple", "set", "type"}
ALLOWED = sys.stdlib_module_names | {"qgis", "cmpagl_qgis"}


def imported(code):
    """Top-level names of all imports, wherever they stand; those within the package left out."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


class WithoutAnnotations(ast.NodeTransformer):
    """Annotations are never run: every module has them as texts."""

    def visit_AnnAssign(self, node):
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_FunctionDef(self, node):
        node.returns = None
        return self.generic_visit(node)


def newer_than_oldest(code):
    """What Python 3.9 does not have: syntax, unions of types that are run, later arguments."""
    try:
        tree = ast.parse(code, feature_version=OLDEST)
    except SyntaxError as error:
        return [str(error)]
    found = []
    for node in ast.walk(WithoutAnnotations().visit(tree)):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            sides = {ast.unparse(node.left).split("[")[0], ast.unparse(node.right).split("[")[0]}
            if sides & TYPES:
                found.append(f"{ast.unparse(node)} at line {node.lineno}")
        if isinstance(node, ast.Call):
            found += [
                f"{key}= at line {node.lineno}"
                for key in ("strict", "slots", "kw_only")
                if any(keyword.arg == key for keyword in node.keywords)
                and getattr(node.func, "id", "") in {"zip", "dataclass"}
            ]
    return found


def test_the_package_and_its_imports_are_found():
    assert len(MODULES) > 20
    assert "qgis" in imported((PLUGIN / "plugin.py").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PLUGIN)))
def test_a_module_imports_nothing_foreign_and_runs_in_the_oldest_python(path):
    code = path.read_text(encoding="utf-8")
    assert imported(code) <= ALLOWED
    assert "from __future__ import annotations" in code or not code.partition('"""\n')[2].strip()
    assert newer_than_oldest(code) == []


@pytest.mark.parametrize(
    "code",
    [
        "A = int | None",
        "isinstance(x, dict | list[int])",
        "match x:\n    case 1: pass",
        "zip(a, b, strict=True)",
        "@dataclass(slots=True)\nclass A: 1",
    ],
)
def test_newer_python_is_seen(code):
    assert newer_than_oldest(code)


def test_no_finding_is_silenced():
    code = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    assert "nosec" not in code
    assert "pragma: allowlist" not in code


@pytest.mark.parametrize(
    ("find", "code", "rule"),
    [
        (check_plugin.bandit_findings, "import subprocess\nassert True  # nosec\n", "B101"),
        (check_plugin.secrets_findings, "KEY = 'AKIA" + "Q7XWZ3N5RTLPK2VM'\n", "AWS"),
        (check_plugin.flake8_findings, "from PyQt5.QtCore import Qt\n\nQt\n", "QGS"),
    ],
)
def test_each_scan_reaches_the_package_with_rules_of_ours(tmp_path, find, code, rule):
    folder = tmp_path / "cmpagl_qgis"
    folder.mkdir()
    (folder / "bad.py").write_text(code)
    assert any(rule in finding for finding in find(folder))
