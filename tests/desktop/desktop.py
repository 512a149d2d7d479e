"""Starts a real QGIS desktop under an X server of its own: fresh profile, a script in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from cmpagl_model.cli.plugin_files import PLUGIN, compiled_translations, source_in
from tools.package_plugin import ROOT, zipped

HERE = Path(__file__).parent
NAP_S = 0.005
WITHHELD_S = 0.010
SCREEN = "-screen 0 1600x1000x24 -nolisten tcp"
NEEDED = ("qgis", "xvfb-run", "xauth", "openbox")
INSTALL = "sudo apt-get install --no-install-recommends qgis xvfb xauth openbox fonts-open-sans"
SETTINGS = """[PythonPlugins]
processing=true

[app]
askToSaveMemoryLayers=false

[locale]
overrideFlag=true
userLocale=en_US
"""
"""A fresh profile; QGIS shall not ask about temporary layers of its own at its end."""


@dataclass(frozen=True)
class Session:
    """How a QGIS session ended."""

    returncode: int
    """Exit code of QGIS; 124: it ran past its time."""
    output: str
    """What QGIS and everything below it printed."""
    report: dict[str, object]
    """What the script in it found, as JSON gave it; empty if it never got to write it."""
    overslept: tuple[tuple[float, float], ...]
    """When sleepers should have woken and when they did, s of the performance counter."""

    def withheld_ms(self, began: float, ended: float) -> float:
        """The longest that the machine withheld one of its processors from everybody, ms.

        Args:
            began: start of the time that is asked for, s of the performance counter.
            ended: its end.
        """
        spans = [woke - due for due, woke in self.overslept if due < ended and woke > began]
        return 1000 * max(spans, default=0.0)

    def took_ms(self, what: str) -> float:
        """How long a pause in the report was, less what the machine withheld meanwhile, ms.

        Args:
            what: its name in the report.
        """
        took = self.report[what]
        return took["ms"] - self.withheld_ms(took["began"], took["ended"])


class Idler(threading.Thread):
    """Sleeps and wakes on one processor: what it oversleeps, the machine withheld there."""

    def __init__(self, processor):
        super().__init__(daemon=True)
        self.overslept = []
        self._processor = processor
        self._done = threading.Event()

    def run(self):
        """Until :meth:`stop`."""
        os.sched_setaffinity(0, {self._processor})  # of this thread alone
        while not self._done.is_set():
            due = time.perf_counter() + NAP_S
            time.sleep(NAP_S)
            woke = time.perf_counter()
            if woke - due > WITHHELD_S:
                self.overslept.append((due, woke))

    def stop(self):
        """Wake up for good."""
        self._done.set()
        self.join()


def missing_programs() -> list[str]:
    """Programs of a desktop session that this machine lacks."""
    return [name for name in NEEDED if shutil.which(name) is None]


def qgis_version() -> str:
    """What the installed QGIS calls itself, such as ``3.22.16``."""
    command = ["qgis", "--version"]
    said = subprocess.run(
        command, capture_output=True, text=True, check=False, env=_environment(Path.cwd())
    )
    words = (said.stdout + said.stderr).split()
    return next((word.split("-")[0] for word in words if word[:1].isdigit()), "unknown")


def plugin_zip(folder: Path) -> Path:
    """Write the plugin as `make plugin` packs it, translations and all.

    Args:
        folder: where the zip goes.
    """
    path = folder / f"{PLUGIN}.zip"
    source = source_in(ROOT / PLUGIN)
    with tempfile.TemporaryDirectory() as place:
        path.write_bytes(zipped((*source.files(), *compiled_translations(source, Path(place)))))
    return path


def say(config: pytest.Config, *lines: str) -> None:
    """Print at once and always: in a fixture pytest would keep it for itself.

    Args:
        config: pytest's.
        lines: what to print.
    """
    plugin = config.pluginmanager.get_plugin
    with plugin("capturemanager").global_and_fixture_disabled():
        for line in lines:
            plugin("terminalreporter").write_line(line)


def run_to_the_end(
    script: Path, tasks: dict[str, str], folder: Path, seconds: int, settings: str = SETTINGS
) -> Session:
    """As :func:`run_qgis`; a scenario that broke off fails the test.

    Args:
        script: as there.
        tasks: as there.
        folder: as there.
        seconds: as there.
        settings: as there.
    """
    found = run_qgis(script, tasks, folder, seconds, settings)
    if "failure" in found.report or not found.report:
        pytest.fail(f"{found.report.get('failure', 'no report')}\n{found.output[-3000:]}")
    return found


def run_qgis(
    script: Path, tasks: dict[str, str], folder: Path, seconds: int, settings: str = SETTINGS
) -> Session:
    """Run a script in a QGIS desktop until it leaves.

    Args:
        script: given to ``qgis --code``; reads its tasks from the file that the environment
            variable ``CMPAGL_DESKTOP_TASKS`` names, and writes ``report`` there as JSON.
        tasks: strings for the script; ``report`` is added.
        folder: an empty folder for profile, report and pictures; a folder ``home`` in it is the
            home folder of the session.
        seconds: QGIS is ended after so long.
        settings: the profile's, as QGIS3.ini has them.
    """
    profile = folder / "profiles" / "desktop" / "QGIS"
    profile.mkdir(parents=True)
    (profile / "QGIS3.ini").write_text(settings, encoding="utf-8")
    report = folder / "report.json"
    page = folder / "tasks.json"
    page.write_text(json.dumps({**tasks, "report": str(report)}), encoding="utf-8")
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    home = folder / "home"
    home.mkdir()
    command = [
        "xvfb-run", "-a", "-s", SCREEN,
        "sh", str(HERE / "with_window_manager.sh"),
        "timeout", str(seconds), "qgis", "--profiles-path", str(folder), "--profile", "desktop",
        "--nologo", "--noversioncheck", "--code", str(script),
    ]  # fmt: skip
    idlers = [Idler(processor) for processor in os.sched_getaffinity(0)]
    for idler in idlers:
        idler.start()
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False,
        env={**_environment(runtime), "HOME": str(home), "CMPAGL_DESKTOP_TASKS": str(page)},
    )  # fmt: skip
    for idler in idlers:
        idler.stop()
    overslept = tuple(span for idler in idlers for span in idler.overslept)
    found = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
    return Session(done.returncode, done.stdout + done.stderr, found, overslept)


def _environment(runtime: Path) -> dict[str, str]:
    """This process's environment without what would point QGIS at another Python."""
    foreign = ("PYTHON", "VIRTUAL_ENV", "QT_", "QGIS_", "CMPAGL_", "DISPLAY", "XAUTHORITY")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = [place for place in kept["PATH"].split(os.pathsep) if not _has_python(Path(place))]
    system = [place for place in ("/usr/bin", "/bin") if place not in path]
    return {**kept, "PATH": os.pathsep.join(path + system), "XDG_RUNTIME_DIR": str(runtime)}


def _has_python(folder: Path) -> bool:
    """Whether another Python than the system's lies there: QGIS would start with it and fail."""
    return folder not in {Path("/usr/bin"), Path("/bin")} and any(folder.glob("python3*"))
