"""Starts a real QGIS desktop under an X server of its own: fresh profile, a script in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
NAP_S = 0.005
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
    withheld_ms: float
    """The longest that the machine let a sleeper wait beyond its time, ms."""
    report: dict[str, object]
    """What the script in it found, as JSON gave it; empty if it never got to write it."""


class Idler(threading.Thread):
    """Sleeps and wakes: what it oversleeps, the machine withheld from everybody."""

    def __init__(self):
        super().__init__(daemon=True)
        self.worst_ms = 0.0
        self._done = threading.Event()

    def run(self):
        """Until :meth:`stop`."""
        while not self._done.is_set():
            before = time.perf_counter()
            time.sleep(NAP_S)
            late = time.perf_counter() - before - NAP_S
            self.worst_ms = max(self.worst_ms, 1000 * late)

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


def run_qgis(script: Path, tasks: dict[str, str], folder: Path, seconds: int) -> Session:
    """Run a script in a QGIS desktop until it leaves.

    Args:
        script: given to ``qgis --code``; reads its tasks from the file that the environment
            variable ``CMPAGL_DESKTOP_TASKS`` names, and writes ``report`` there as JSON.
        tasks: strings for the script; ``report`` is added.
        folder: an empty folder for profile, report and pictures.
        seconds: QGIS is ended after so long.
    """
    settings = folder / "profiles" / "desktop" / "QGIS"
    settings.mkdir(parents=True)
    (settings / "QGIS3.ini").write_text(SETTINGS, encoding="utf-8")
    report = folder / "report.json"
    page = folder / "tasks.json"
    page.write_text(json.dumps({**tasks, "report": str(report)}), encoding="utf-8")
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    command = [
        "xvfb-run", "-a", "-s", SCREEN,
        "sh", str(HERE / "with_window_manager.sh"),
        "timeout", str(seconds), "qgis", "--profiles-path", str(folder), "--profile", "desktop",
        "--nologo", "--noversioncheck", "--code", str(script),
    ]  # fmt: skip
    idler = Idler()
    idler.start()
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False,
        env={**_environment(runtime), "CMPAGL_DESKTOP_TASKS": str(page)},
    )  # fmt: skip
    idler.stop()
    found = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
    return Session(done.returncode, done.stdout + done.stderr, idler.worst_ms, found)


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
