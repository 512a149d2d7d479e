"""No file is too long to be read: what no linter here counts."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 450


@pytest.mark.parametrize("package", ["tiling", "cmpagl_model", "cmpagl_qgis", "tools", "research"])
def test_a_file_can_be_read_in_one_sitting(package):
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / package).rglob("*.py")
    }
    assert not [path for path, lines in lengths.items() if lines > MOST_LINES]
