"""make lists its targets and refuses what is absent; the set-up refuses a wrong Python."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tools import setup_env

ROOT = Path(__file__).resolve().parents[2]
TARGETS = (
    *("setup", "demo", "check", "test", "test-qgis", "test-qgis-desktop"),
    *("bench", "plugin"),
)

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*args):
    return subprocess.run(["make", *args], cwd=ROOT, capture_output=True, text=True, check=False)


@needs_make
def test_make_alone_lists_every_target():
    listed = re.findall(r"^  (\S+) +\S", make().stdout, re.MULTILINE)
    assert set(TARGETS) <= set(listed)


@needs_make
def test_bench_hands_on_what_the_user_names():
    said = make("--dry-run", "bench", "SCENES=my scenes", "CAPTIONS=d.json", "ARGS=--only search")
    assert "-m benchmarks " in said.stdout
    assert re.search(r'--scenes "my scenes" +--captions "d.json" +\\?\s+--only search', said.stdout)


def test_pythons_are_those_of_the_package():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (oldest, newest) = setup_env.OLDEST[1], setup_env.NEWEST[1]
    assert f'requires-python = ">=3.{oldest},<3.{newest + 1}"' in text
    for minor in range(oldest, newest + 1):
        assert setup_env.complaint(3, minor) == ""
        assert f"Python :: 3.{minor}" in text


@pytest.mark.parametrize("version", [(3, 9), (3, 14), (2, 7)])
def test_other_pythons_are_refused_with_the_next_step(version):
    line = setup_env.complaint(*version)
    assert "wanted 3.10 to 3.13" in line
    assert "make setup PYTHON=" in line


def test_python_without_ensurepip_is_refused_with_the_package_to_install(monkeypatch):
    monkeypatch.setattr(setup_env, "has_working_venv", lambda: False)
    monkeypatch.setattr(setup_env, "missing_module", lambda: "ensurepip")
    assert "apt-get install python3-venv" in setup_env.make_venv()


@pytest.mark.parametrize("kind", sorted(setup_env.EXTRAS))
def test_nothing_is_stamped_after_a_failed_install(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(setup_env, "VENV", tmp_path)
    monkeypatch.setattr(setup_env, "has_working_venv", lambda: True)
    monkeypatch.setattr(setup_env, "run", lambda *_: 1)
    assert "pip could not install" in setup_env.set_up(kind)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "stamps"),
    [("base", {".installed-base"}), ("full", {".installed-base", ".installed-full"})],
)
def test_full_counts_as_base(kind, stamps, tmp_path, monkeypatch):
    monkeypatch.setattr(setup_env, "VENV", tmp_path)
    monkeypatch.setattr(setup_env, "has_working_venv", lambda: True)
    monkeypatch.setattr(setup_env, "run", lambda *_: 0)
    assert setup_env.set_up(kind) == ""
    assert {path.name for path in tmp_path.iterdir()} == stamps


def test_extras_exist():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for extra in re.findall(r"\w+", setup_env.EXTRAS["full"]):
        assert f"\n{extra} = [\n" in text
