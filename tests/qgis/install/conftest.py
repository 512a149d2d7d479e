"""A profile of its own, Pythons of choice, and a folder of wheels, for installing the engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from qgis.core import QgsNetworkAccessManager, QgsSettings

from cmpagl_qgis.engine import home as home_module
from cmpagl_qgis.engine.install_plan import Plan
from cmpagl_qgis.engine.installer import Installer
from cmpagl_qgis.engine.interpreter import Interpreter
from tests.qgis.core.conftest import clean_settings  # noqa: F401 - a fixture
from tests.qgis.core.waiting import PATIENCE, wait_until
from tests.qgis.dock.conftest import client, make_stage, until  # noqa: F401 - fixtures
from tests.qgis.install.small_engine import Index, write_wheel

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _clean_settings(clean_settings, monkeypatch):  # noqa: F811
    monkeypatch.delenv("CMPAGL_ENGINE_PYTHON", raising=False)


@pytest.fixture
def profile(tmp_path, monkeypatch):
    """A fresh QGIS profile; the plugin's folder in it is not there yet."""
    place = tmp_path / "profile"
    place.mkdir()
    monkeypatch.setattr(home_module, "home_folder", lambda: place / "cmpagl")
    return place


@pytest.fixture
def home(profile):
    return profile / "cmpagl"


class Attempt:
    """An installation and all that it tells."""

    def __init__(self, plan, look):
        self.progress, self.outcomes = [], []
        self.installer = Installer(plan, look=look)
        self.installer.progressed.connect(self.progress.append)
        self.installer.finished.connect(self.outcomes.append)
        self.installer.start()

    @property
    def stages(self):
        return list(dict.fromkeys(one.stage for one in self.progress))

    def wait(self, seconds=PATIENCE):
        assert wait_until(lambda: self.outcomes, seconds), (self.progress[-3:], self.stages)
        assert len(self.outcomes) == 1
        return self.outcomes[0]


@pytest.fixture
def attempt(home):
    """Begin an installation; what still runs at the end is given up."""
    made = []

    def begin(look=(sys.executable,), disk=None, **plan):
        known = tuple(Interpreter(str(path), "test") for path in look)
        place = home if disk is None else disk / "cmpagl"
        made.append(Attempt(Plan(place, **plan), lambda: known))
        return made[-1]

    yield begin
    for one in made:
        one.installer.discard()


def tree(folder):
    """All that lies in a folder."""
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*"))


@pytest.fixture(scope="session")
def wheels(tmp_path_factory):
    """The engine and all it needs as wheels: named, or gathered by ``tools.make_bundle``."""
    named = os.environ.get("CMPAGL_TEST_WHEELS")
    if named:
        yield Path(named)
        return
    engine = ROOT / ".venv" / "bin" / "python"
    if not engine.is_file():
        pytest.skip("no .venv to gather wheels with; make setup makes it")
    base = subprocess.run(
        ["/usr/bin/python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    command = [str(engine), "-m", "tools.make_bundle", "--python", base]
    place = tmp_path_factory.mktemp("wheels") / "engine"
    done = subprocess.run(
        [*command, "--to", str(place)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"the wheels cannot be gathered: {done.stderr.strip()[-300:]}")
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="session")
def pip_wheel(tmp_path_factory):
    """A wheel of today's pip."""
    named = os.environ.get("CMPAGL_TEST_WHEELS")
    found = sorted(Path(named).glob("pip-*.whl")) if named else []
    if found:
        return found[-1]
    place = tmp_path_factory.mktemp("pip")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(place)]
    done = subprocess.run([*command, "pip"], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no wheel of pip can be fetched: {done.stderr.strip()[-300:]}")
    return next(place.glob("pip-*.whl"))


@pytest.fixture
def small(tmp_path, pip_wheel):
    """A folder of wheels: an engine that only greets, and pip."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    write_wheel(folder)
    shutil.copy(pip_wheel, folder)
    return folder


@pytest.fixture
def index(small):
    """An index that serves the folder ``small``."""
    served = Index(small)
    yield served
    served.close()


@pytest.fixture(autouse=True)
def _no_proxy():
    """A run that was killed may have left the one of its test in the settings."""
    if QgsSettings().contains("proxy/proxyEnabled"):
        QgsSettings().remove("proxy")
        QgsNetworkAccessManager.instance().setupDefaultProxyAndCache()


@pytest.fixture(autouse=True)
def _pip_of_nobody(monkeypatch):
    """pip without the settings of whoever runs the tests; certificates stay."""
    for name in [name for name in os.environ if name.startswith("PIP_") and name != "PIP_CERT"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
