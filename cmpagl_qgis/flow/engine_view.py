"""The engine as the dock shows it: status, Set up, Details, Restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.dock.dialogs import TextDialog, ask, hold
from cmpagl_qgis.dock.setup_dialog import SetupDialog
from cmpagl_qgis.engine import home
from cmpagl_qgis.engine.client import DEAD, READY, STARTING
from cmpagl_qgis.engine.diagnostics import report
from cmpagl_qgis.engine.home import own_engine
from cmpagl_qgis.engine.interpreter import (
    VARIABLE,
    Interpreter,
    find_interpreter,
    install_command,
)
from cmpagl_qgis.engine.probe import Probe, Verdict
from cmpagl_qgis.errors import InterpreterError
from cmpagl_qgis.texts import tr

from . import notices
from .install_session import InstallSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmpagl_qgis.dock.notice import Notice
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.client import EngineClient
    from cmpagl_qgis.settings import Settings

    from .index_session import IndexSession


def engine_named() -> bool:
    """Whether anything names a Python with the engine."""
    return bool(_named().path)


def _named() -> Interpreter:
    """The Python that is named; without a path: none is."""
    try:
        return find_interpreter()
    except InterpreterError:
        return Interpreter("", "")


class EngineView(QObject):
    """Shows how the engine is."""

    def __init__(
        self,
        dock: SearchDock,
        client: EngineClient,
        index: IndexSession,
        settings: Settings,
        named: Callable[[], bool] = engine_named,
    ) -> None:
        super().__init__(dock)
        self._dock, self._client, self._index = dock, client, index
        self._settings, self._named = settings, named
        self._was_ready = False
        self.setup: SetupDialog | None = None
        self.details: TextDialog | None = None
        self._probe: Probe | None = None
        self.install = InstallSession(dock)
        self.install.installed.connect(self._on_installed)
        dock.status.details.clicked.connect(self.show_details)
        self.refresh()

    def refresh(self) -> None:
        """Show the engine's state in the last line and the refine button."""
        state, info = self._client.state, self._client.info
        if state == READY and info is not None:
            self._was_ready = True
            device = info.device.upper() if info.device in {"cpu", "cuda"} else info.device
            self._dock.status.engine.setText(f"{device}, {info.model.name}")
            self._dock.header.set_rerank(info.rerank, "")
            return
        texts = {
            STARTING: tr("Starting the engine…"),
            DEAD: tr("The engine does not run") if self._named() else tr("No engine"),
        }
        self._dock.status.engine.setText(texts.get(state, tr("Engine not started")))
        self._dock.header.set_rerank((), tr("The engine does not run."))

    def notice(self) -> Notice | None:
        """What stands in the way, if it is the engine."""
        state = self._client.state
        if state == STARTING:
            return notices.starting()
        if state != DEAD:
            return None
        if self.install.running:
            return notices.installing(self.install.words())
        if not self._named():
            return notices.no_engine(cut_short=self.install.cut_short())
        if self._was_ready:
            return notices.died(self._client.problem)
        return notices.not_started(self._client.problem)

    def restart(self) -> None:
        """Restart the engine."""
        self._was_ready = False
        self._client.restart()

    def show_details(self) -> None:
        """Open the report."""
        text = report(self._client, self._index.path, self._index.info)
        action = (tr("Set up the engine…"), self.show_setup)
        details = TextDialog(tr("CMPAGL: details"), text, self._dock, action)
        hold(self, "details", details)
        details.open()

    def show_setup(self) -> None:
        """Open Set up."""
        now, own, words = _named(), self._own(), ""
        if own is not None:
            words = tr("This plugin installed it: version {0}, in {1}.")
            words = words.format(own.version, own.path)
        dialog = SetupDialog(now.path, now.origin, install_command(), words, self._dock)
        dialog.testRequested.connect(self._test)
        dialog.installRequested.connect(self.show_install)
        dialog.removeRequested.connect(self._ask_remove)
        dialog.accepted.connect(lambda: self._use(dialog.chosen_path()))
        dialog.finished.connect(self._end_probe)
        hold(self, "setup", dialog)
        dialog.open()

    def show_install(self) -> None:
        """Open the dialog that installs the engine, or updates the one that it installed."""
        if self.setup is not None:
            self.setup.close()
        self.install.show(update=self._own() is not None)

    def close(self) -> None:
        """End a test or an installation that runs."""
        self.install.close()
        self._end_probe()

    def _own(self) -> home.OwnFolder | None:
        """The engine in use, where this plugin installed it."""
        return own_engine(home.home_folder(), _named().path)

    def _on_installed(self, python: str) -> None:
        self._use(python)
        if find_interpreter().path == python:
            self.install.remove_others(python)
        else:
            text = tr("The variable {0} names another engine, which is used: {1}.")
            text = text.format(VARIABLE, find_interpreter().path)
            self._dock.message.tell(text, warning=True)

    def _ask_remove(self) -> None:
        own = self._own()
        if own is None or self.setup is None:
            return
        text = tr(
            "Remove the engine {0}? Its folder {1} is deleted. Your indexes stay, and so do scenes "
            "and settings."
        )
        text = text.format(own.version, own.path)
        ask(self.setup, tr("Remove the engine"), text, tr("Remove"), self._remove)

    def _remove(self) -> None:
        own = self._own()
        if own is None:
            return
        if self.setup is not None:
            self.setup.close()
        self._client.stop()  # its files are free then
        self.install.remove((own.path,))
        self._use("")

    def _test(self, path: str) -> None:
        if self.setup is None:
            return
        self._end_probe()
        self.setup.show_testing()

        def done(verdict: Verdict) -> None:
            if self.setup is not None:
                self.setup.show_verdict(verdict.text, good=verdict.fit, command=verdict.command)
            self._end_probe()

        self._probe = Probe(Interpreter(path, tr("named in Set up")), self)
        self._probe.finished.connect(done)
        self._probe.start()

    def _use(self, python: str) -> None:
        self._settings.engine_python = python
        self.restart()

    def _end_probe(self) -> None:
        if self._probe is not None:
            # It stays as long as the dock: a process must not be deleted before it has ended.
            self._probe.cancel()
            self._probe = None
