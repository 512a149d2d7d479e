"""Installs the engine: finds a Python, makes an environment in the profile, fills it, tests it.

Nothing outside the plugin's folder in the profile is written to. Each step is a program that runs
beside QGIS; :class:`Installer` goes from one to the next. What it made is removed again unless the
engine answered at the end.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QLockFile, QObject, QProcessEnvironment, QTimer, pyqtSignal

from cmpagl_qgis.errors import InstallError
from cmpagl_qgis.texts import tr

from .home import (
    DOWNLOADS,
    LOG,
    Remover,
    begin_folder,
    environment_python,
    finish_folder,
    free_mb,
    install_lock,
    next_name,
    own_folders,
)
from .install_plan import (
    DOWNLOAD,
    ENVIRONMENT,
    FETCH,
    INSTALL,
    LOOK,
    TEST,
    Outcome,
    Plan,
    Progress,
    check_room,
    check_source,
)
from .interpreter import Interpreter, engine_environment
from .pip_fetch import OPTIONS, PipFetch, knows_another_way
from .pip_output import PipReader, cause_of, fault_text, network_text
from .probe import Probe, Verdict
from .python_fetch import PythonFetch
from .pythons import Found, Survey, candidates, no_fit_text
from .tool_run import ToolRun
from .unpacking import Unpacking
from .wheels import pip_wheel, served_versions

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

DESTINATIONS = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIRE_VIRTUALENV")


class Installer(QObject):
    """One attempt. ``progressed`` carries ``Progress``, ``finished`` an ``Outcome``, once."""

    progressed = pyqtSignal(object)
    finished = pyqtSignal(object)

    def __init__(
        self,
        plan: Plan,
        parent: QObject | None = None,
        *,
        look: Callable[[], tuple[Interpreter, ...]] = candidates,
    ) -> None:
        """Make it ready.

        Args:
            plan: what to do.
            parent: owner of this object.
            look: names the Pythons that may be asked.
        """
        super().__init__(parent)
        self._plan, self._look = plan, look
        self._lock = install_lock(plan.home)
        self._folder: Path | None = None
        self._env = Path()  # the environment inside it
        self._downloads = plan.home / DOWNLOADS
        self._active: ToolRun | Survey | PipFetch | PythonFetch | Probe | None = None
        self._remover: Remover | None = None
        self._log: TextIO | None = None
        self._found: list[Found] = []
        self._fit: list[Found] = []
        self._fetched = False
        self._stopping = self._clearing = self._ended = False
        self._pip: tuple[str, ...] = ()
        self._name = ""

    def start(self) -> None:
        """Begin; ``finished`` comes later, and once."""
        QTimer.singleShot(0, self._begin)

    def stop(self) -> None:
        """Kill what runs and remove what was made; ``finished`` follows."""
        if self._ended or self._clearing:
            return
        self._stopping = True
        self._halt()
        self._note("--- stopped")
        self._clear(Outcome(text=tr("Stopped. What was made is removed."), stopped=True))

    def discard(self) -> None:
        """Stop and say nothing more: for the end of QGIS. Removing goes on in its thread."""
        self._ended = True
        self._halt()
        if self._remover is None and self._folder is not None:
            Remover((self._folder, self._downloads)).start()
        self._close()

    # --- before anything is made -----------------------------------------------------

    def _begin(self) -> None:
        if self._stopping or self._ended:
            return
        home = self._plan.home
        try:
            check_source(self._plan)
            self._open(home)
        except InstallError as error:
            self._end(Outcome(text=str(error)))
            return
        self._tell(LOOK, tr("Looking for a Python"))
        # Before halves go: a pip that outlived its QGIS may still write to the number it knows.
        self._name = next_name(home)
        halves = tuple(
            folder.path
            for folder in own_folders(home)
            if not folder.version and folder.path.name != DOWNLOADS
        )
        if not halves:
            self._survey()
            return
        self._note(f"--- cut short before, removed: {', '.join(map(str, halves))}")
        self._remover = Remover(halves, self)

        def gone(problem: str) -> None:
            self._remover = None
            if problem:
                self._end(Outcome(text=problem))
            elif not self._stopping:
                self._survey()

        self._remover.finished.connect(gone)
        self._remover.start()

    def _open(self, home: Path) -> None:
        """Take the lock and begin the log.

        Raises:
            InstallError: if another window has it, or nothing can be written.
        """
        text = tr("Nothing can be written to {0}: {1}. Make room or make it writable.")
        try:
            home.mkdir(parents=True, exist_ok=True)
            log = (home / LOG).open("a", encoding="utf-8", errors="replace")
            self._log, locked = log, self._lock.tryLock(0)
            if locked:
                log.truncate(0)
        except OSError as error:
            raise InstallError(text.format(home, error.strerror or error)) from error
        if not locked and self._lock.error() == QLockFile.LockError.LockFailedError:
            raise InstallError(
                tr("Another window of QGIS installs the engine. Wait for it, then press Retry.")
            )
        if not locked:
            raise InstallError(text.format(home, tr("the lock file was refused")))

    def _survey(self) -> None:
        plan = self._plan
        try:
            check_room(plan)
            self._folder = begin_folder(plan.home, self._name)
            self._env = self._folder / "env"
            begin_folder(plan.home, DOWNLOADS)
            (self._downloads / "tmp").mkdir(exist_ok=True)
        except (InstallError, OSError) as error:
            self._fail(str(error))
            return
        self._note(f"--- into {self._folder}, {free_mb(plan.home):,} MB free")
        self._follow(Survey(self._look(), self), self._on_found)

    def _on_found(self, found: tuple[Found, ...]) -> None:
        served = served_versions(self._plan.wheels)
        for one in found:
            self._note(f"{one.candidate.path} ({one.candidate.origin}): {one.number} {one.why_not}")
            fits = one.fit and (not served or one.version[:2] in served)
            if one.fit and not fits:
                names = ", ".join(f"3.{minor}" for _major, minor in sorted(served))
                text = tr("is Python {0}; the folder has wheels for {1}").format(one.number, names)
                one = Found(one.candidate, one.version, text)  # noqa: PLW2901 - with its reason
            self._found.append(one)
            if fits:
                self._fit.append(one)
        self._next_python()

    # --- the environment -------------------------------------------------------------

    def _next_python(self) -> None:
        if self._fit:
            found = self._fit.pop(0)
            self._tell(ENVIRONMENT, f"Python {found.number}, {found.candidate.path}")
            command = (found.candidate.path, "-E", "-s", "-m", "venv", "--without-pip", "--clear")
            self._run(
                (*command, str(self._env)),
                lambda code, lines: self._on_environment(found, code, lines),
            )
        elif self._fetched or self._plan.wheels:
            self._fail(no_fit_text(tuple(self._found)))
        else:
            self._fetched = True
            self._tell(FETCH, tr("None at hand fits; one is fetched with uv"))
            network, index = self._plan.network, self._plan.index
            fetch = PythonFetch(self._env.parent, network, index, self._environment(), self)
            fetch.said.connect(self._note)
            fetch.told.connect(lambda text: self._tell(FETCH, text))

            def on_fetched(python: str, problem: str) -> None:
                if problem:
                    self._fail(f"{no_fit_text(tuple(self._found))} {problem}")
                else:
                    self._follow(Survey((Interpreter(python, "uv"),), self), self._on_found)

            self._follow(fetch, on_fetched, tuple(self._found))

    def _on_environment(self, found: Found, code: int, lines: list[str]) -> None:
        if code:
            if cause_of(lines) == "full":
                self._fail_by(lines)
                return
            self._refuse(found, lines[-1] if lines else tr("it ended with code {0}").format(code))
            return

        def on_checked(asked: tuple[Found, ...]) -> None:
            """It may lack what its Python has: libraries found by the search path."""
            if asked[0].fit:
                self._find_pip(asked[0])
            else:
                self._refuse(found, asked[0].why_not)

        inside = Interpreter(str(environment_python(self._env)), found.candidate.origin)
        self._follow(Survey((inside,), self), on_checked)

    def _refuse(self, found: Found, why: str) -> None:
        text = tr("makes no environment: {0}").format(why[:200])
        self._note(f"{found.candidate.path} {text}")
        self._found = [
            Found(one.candidate, one.version, text) if one is found else one for one in self._found
        ]
        self._next_python()

    # --- what goes into it -----------------------------------------------------------

    def _find_pip(self, inside: Found) -> None:
        """From the folder of wheels, else from the index by QGIS's network, else the Python's own.

        A wheel of pip runs as it is: nothing is unpacked, and Debian's Python needs no ensurepip.
        """
        wheel = pip_wheel(self._plan.wheels)
        if self._plan.wheels:
            self._on_pip(inside, wheel, tr("{0} has no wheel of pip.").format(self._plan.wheels))
            return
        self._tell(DOWNLOAD, "pip")
        fetch = PipFetch(self._plan.index, self._downloads / "tmp", self)
        self._follow(fetch, lambda wheel, why: self._on_pip(inside, wheel, why, fetch.host))

    def _on_pip(self, inside: Found, wheel: str, why: str, host: str = "") -> None:
        self._active = None
        python = inside.candidate.path
        if wheel:
            self._pip = (python, f"{wheel}/pip")
            self._install()
            return
        self._note(f"{host} {why}")
        # pip may know a way that QGIS does not: an index or a proxy of its own.
        if inside.ensurepip and (self._plan.wheels or knows_another_way(engine_environment())):
            self._pip = (python, "-m", "pip")
            self._run((python, "-m", "ensurepip", "--default-pip"), self._install)
        elif host:
            self._fail(network_text(cause_of([why]) or why, host, self._plan.network))
        else:
            self._fail(f"{why} {tr('Ask for a whole one, where this folder came from.')}")

    def _install(self, code: int = 0, lines: list[str] | None = None) -> None:
        if code:
            self._fail_by(lines or [])
            return
        plan = self._plan
        self._tell(DOWNLOAD, total_mb=0 if plan.wheels else plan.download_mb)
        # Nothing of the user's own settings of pip may add to, or take from, a chosen folder.
        alone = ("--isolated",) if plan.wheels else ()
        raw = () if self._pip[1] == "-m" else ("--progress-bar", "raw")  # of pip 24.1
        index = ("--index-url", plan.index) if plan.index else ()
        source = (
            ("--no-index", "--find-links", plan.wheels, "--no-cache-dir")
            if plan.wheels
            else (*index, "--cache-dir", str(self._downloads))
        )
        options = (*OPTIONS, *raw, "--no-compile", *source)
        self._run((*self._pip, *alone, "install", *options, plan.requirement), self._on_installed)

    def _on_installed(self, code: int, lines: list[str]) -> None:
        if code:
            self._fail_by(lines)
            return
        self._tell(TEST, tr("Starting the engine for the first time"))
        python = str(environment_python(self._env))
        probe = Probe(Interpreter(python, tr("installed by this plugin")), self)
        self._follow(probe, self._on_verdict)

    def _on_verdict(self, verdict: Verdict) -> None:
        self._note("\n".join((*verdict.details, verdict.text)))
        if not verdict.fit or verdict.info is None:
            self._fail(tr("The engine was installed but does not work. {0}").format(verdict.text))
            return
        try:
            finish_folder(self._env.parent, verdict.info.version)
        except InstallError as error:
            self._fail(str(error))
            return
        python = str(environment_python(self._env))
        self._folder = None  # it stays
        self._clear(Outcome(python, verdict.text), self._downloads)

    # --- programs, and the end -------------------------------------------------------

    def _follow(
        self, step: Survey | PipFetch | PythonFetch | Probe, then: Callable[..., None], *given: Any
    ) -> None:
        """Start a step that Stop can cancel; what it finds goes to ``then``."""
        step.finished.connect(then)
        self._active = step
        step.start(*given)

    def _environment(self) -> QProcessEnvironment:
        environment = engine_environment()
        for name in DESTINATIONS:
            environment.remove(name)
        environment.insert("PIP_USER", "0")
        for name in ("TMPDIR", "TEMP", "TMP"):  # on the disk whose space was asked
            environment.insert(name, str(self._downloads / "tmp"))
        self._plan.network.enter(environment, self._downloads)
        return environment

    def _run(self, command: tuple[str, ...], then: Callable[[int, list[str]], None]) -> None:
        reader, run = PipReader(), ToolRun(self)
        unpacking = Unpacking(self._env, reader, self._plan.wheels, run)
        unpacking.told.connect(lambda *told: self._tell(INSTALL, *told))
        self._note("$ " + " ".join(command))
        try:
            environment = self._environment()
        except OSError as error:
            self._fail_by([str(error)])
            return

        def on_line(line: str) -> None:
            before = len(reader.lines)
            transfer = reader.feed(line)
            for new in reader.lines[before:]:
                self._note(new)
            if transfer.installing:
                unpacking.start()
            elif transfer.what:
                total = 0 if self._plan.wheels else self._plan.download_mb
                self._tell(DOWNLOAD, transfer.what, transfer.done_mb, total)

        def on_ended(code: int, why: str) -> None:
            unpacking.stop()
            run.deleteLater()
            self._active = None
            then(code, [*reader.lines, *([why] if why else [])])

        run.line.connect(on_line)
        run.ended.connect(on_ended)
        self._active = run
        run.start(command, environment)

    def _tell(self, stage: str, text: str = "", done_mb: float = 0, total_mb: float = 0) -> None:
        if not (self._stopping or self._ended):
            self.progressed.emit(Progress(stage, text, done_mb, max(total_mb, done_mb)))

    def _note(self, text: str) -> None:
        if self._log is None:
            return
        try:
            self._log.write(self._plan.network.without_secret(text) + "\n")
            self._log.flush()
        except OSError:
            self._log = None  # a full disk: the dialog says so, the log ends here

    def _fail_by(self, lines: list[str]) -> None:
        plan = self._plan
        self._fail(fault_text(lines, plan.network, str(plan.home), plan.wheels))

    def _fail(self, text: str) -> None:
        self._note(f"--- {text}")
        self._clear(Outcome(text=self._plan.network.without_secret(text)))

    def _clear(self, outcome: Outcome, *more: Path) -> None:
        """Remove what was made, then end; what was fetched stays for Retry, but not for Stop."""
        self._clearing = True
        folders = [*more, *([self._folder] if self._folder is not None else [])]
        if outcome.stopped:
            folders.append(self._downloads)

        def cleared(problem: str) -> None:
            if problem:
                self._note(f"--- {problem}")
            self._folder = None
            self._end(outcome)

        remover = Remover(tuple(folder for folder in folders if folder.exists()), self)
        remover.finished.connect(cleared)
        self._remover = remover
        remover.start()

    def _halt(self) -> None:
        active, self._active = self._active, None
        if active is not None:
            active.cancel()

    def _end(self, outcome: Outcome) -> None:
        if not self._ended:
            self._ended = True
            self._close()
            self.finished.emit(outcome)

    def _close(self) -> None:
        if self._log is not None:
            with contextlib.suppress(OSError):  # a full disk
                self._log.close()
            self._log = None
        self._lock.unlock()
