"""Installing, updating and removing the engine: what the dialog asks for and what is done."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, QStandardPaths, pyqtSignal

from cmpagl_qgis.dock.dialogs import TextDialog, hold
from cmpagl_qgis.dock.install_dialog import InstallDialog, amount
from cmpagl_qgis.engine import home
from cmpagl_qgis.engine.diagnostics import plugin_version
from cmpagl_qgis.engine.home import DOWNLOADS, LOG, Remover, free_mb, own_folders
from cmpagl_qgis.engine.install_plan import STAGES, Plan
from cmpagl_qgis.engine.installer import Installer
from cmpagl_qgis.engine.interpreter import engine_environment
from cmpagl_qgis.engine.network import network_of_qgis
from cmpagl_qgis.engine.pythons import Survey, candidates
from cmpagl_qgis.engine.tool_run import ToolRun
from cmpagl_qgis.texts import tr, warn, whole

if TYPE_CHECKING:
    from qgis.PyQt.QtWidgets import QWidget

    from cmpagl_qgis.dock.install_dialog import InstallChoice
    from cmpagl_qgis.engine.install_plan import Outcome, Progress
    from cmpagl_qgis.engine.pythons import Found

PACKAGE = "cmpagl-qgis"
GPU_EXTRA = "torch"


class InstallSession(QObject):
    """One installation at a time.

    ``installed`` carries the path of an engine's Python that was just tested, or that the user
    chose of those at hand; ``changed`` tells that an installation moves on, began or ended.
    """

    installed = pyqtSignal(str)
    changed = pyqtSignal()

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self._installer: Installer | None = None
        self._survey: Survey | None = None
        self._card: ToolRun | None = None
        self._remover: Remover | None = None
        self._update = False
        self.progress: Progress | None = None
        self.dialog: InstallDialog | None = None
        self.log: TextDialog | None = None
        self.look = candidates

    @property
    def running(self) -> bool:
        """Whether an installation goes on."""
        return self._installer is not None

    def words(self) -> str:
        """What is done now, for a person; empty: nothing."""
        if self.progress is None:
            return ""
        stage = dict(_stages())[self.progress.stage]
        if not self.progress.done_mb:
            return stage
        return f"{stage}: {amount(self.progress)}"

    def cut_short(self) -> bool:
        """Whether an installation broke off and left something."""
        folder = home.home_folder()
        left = (one for one in own_folders(folder) if not one.version)
        return any(one.path.name != DOWNLOADS for one in left) and not home.busy(folder)

    def show(self, *, update: bool = False) -> None:
        """Open the dialog, or bring it to the front.

        Args:
            update: whether the engine in use was installed by this plugin.
        """
        if self.dialog is None:
            self._update = update
            dialog = InstallDialog(_stages(), update=update, parent=self._owner)
            dialog.installRequested.connect(self._install)
            dialog.choiceChanged.connect(self._show_room)
            dialog.logRequested.connect(self._show_log)
            dialog.useRequested.connect(dialog.accept)
            dialog.useRequested.connect(self.installed)
            dialog.finished.connect(self._on_closed)
            self.dialog = dialog
            self._show_room(dialog.choice())
            self._look_around(dialog)
        self.dialog.show()
        self.dialog.raise_()

    def remove(self, folders: tuple[Path, ...]) -> None:
        """Delete folders that the installer made; a problem goes to QGIS's message log.

        Args:
            folders: of engines that nothing uses any more.
        """
        if not folders:
            return
        self._remover = Remover(folders, self)
        self._remover.finished.connect(lambda problem: warn(problem) if problem else None)
        self._remover.start()

    def remove_others(self, python: str) -> None:
        """Delete engines of this plugin other than the one in use.

        Args:
            python: of the engine in use.
        """
        engines = own_folders(home.home_folder())
        if any(Path(one.python) == Path(python) for one in engines):
            others = (one for one in engines if Path(one.python) != Path(python))
            self.remove(tuple(one.path for one in others))

    def close(self) -> None:
        """Give up what runs; what was made is removed."""
        self._end_survey()
        if self._installer is not None:
            self._installer.discard()
            self._installer = None

    def _install(self, choice: InstallChoice) -> None:
        if self.dialog is None or self.running:
            return
        self._end_survey()
        self.dialog.begin()
        installer = Installer(_plan(choice), self, look=self.look)
        installer.progressed.connect(self._on_progress)
        installer.finished.connect(self._on_finished)
        self.dialog.stopRequested.connect(installer.stop)
        self._installer = installer
        installer.start()
        self.changed.emit()

    def _on_progress(self, progress: Progress) -> None:
        self.progress = progress
        if self.dialog is not None:
            self.dialog.show_progress(progress)
        self.changed.emit()

    def _on_finished(self, outcome: Outcome) -> None:
        if self._installer is not None:
            self._installer.deleteLater()
        self._installer = self.progress = None
        if self.dialog is not None:
            self.dialog.show_outcome(outcome)
            self._show_room(self.dialog.choice())
            if not outcome.python:
                self.dialog.show()
        if outcome.python:
            self.installed.emit(outcome.python)
        self.changed.emit()

    def _on_closed(self) -> None:
        """While it runs the dialog is only hidden; afterwards nothing of a failure is kept."""
        if self.running or self.dialog is None:
            return
        self._end_survey()
        self.dialog.deleteLater()
        self.dialog = None
        downloads = home.home_folder() / DOWNLOADS
        if downloads.exists() and not home.busy(home.home_folder()):
            self.remove((downloads,))

    def _show_log(self) -> None:
        try:
            text = (home.home_folder() / LOG).read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            text = str(error)
        log = TextDialog(tr("CMPAGL: log of the installation"), text, self.dialog)
        hold(self, "log", log)
        log.open()

    def _show_room(self, choice: InstallChoice) -> None:
        if self.dialog is None:
            return
        plan = _plan(choice)
        free, needed = free_mb(plan.home), plan.needed_mb
        text = (
            tr("It takes about {1} MB in {2}, where {3} MB are free.")
            if choice.wheels
            else tr(
                "About {0} MB are fetched; it takes up to {1} MB in {2}, where {3} MB are free."
            )
        )
        text = text.format(whole(plan.download_mb), whole(needed), plan.home, whole(free))
        if free < needed:
            text += " " + tr("That is too little: free some space first.")
        if plan.network.shown and not choice.wheels:
            text += " " + tr("QGIS's proxy {0} is used.").format(plan.network.shown)
        self.dialog.show_room(text)

    def _look_around(self, dialog: InstallDialog) -> None:
        """Say which Python will serve, and whether an engine is on this computer already."""
        self._survey = Survey(self.look(), self)
        self._survey.finished.connect(self._on_found)
        self._survey.start()
        dialog.python.setText(tr("Looking for a Python…"))
        asks = QStandardPaths.findExecutable("nvidia-smi")

        def show_card(line: str) -> None:
            found = re.match(r"GPU \d+: (.+?)(?: \(UUID|$)", line)
            if found and self.dialog is not None:
                self.dialog.show_card(found[1])

        # Elsewhere the index has no PyTorch for these cards.
        if asks and sys.platform.startswith("linux"):
            self._card = ToolRun(self)
            self._card.line.connect(show_card)
            self._card.start((asks, "-L"), engine_environment(), limit_ms=10_000)

    def _on_found(self, found: tuple[Found, ...]) -> None:
        self._survey = None
        if self.dialog is None:
            return
        fit = next((one for one in found if one.fit), None)
        if fit is None:
            text = tr("No Python from 3.10 to 3.13 is here; one will be fetched.")
        else:
            text = tr("Python {0} will serve, {1} ({2})")
            text = text.format(fit.number, fit.candidate.path, fit.candidate.origin)
        self.dialog.python.setText(text)
        has = next((one for one in found if one.has_engine), None)
        if has is not None and not self._update:
            text = tr("An engine is on this computer already: {0} ({1}).")
            text = text.format(has.candidate.path, has.candidate.origin)
            self.dialog.show_existing(has.candidate.path, text)

    def _end_survey(self) -> None:
        if self._survey is not None:
            self._survey.cancel()
            self._survey = None
        if self._card is not None:
            self._card.cancel()
            self._card = None


def requirement(version: str, *, gpu: bool) -> str:
    """What pip is asked for: the engine of the plugin's own line, such as ``~=0.1.0``.

    Args:
        version: the plugin's; one that is no release asks for any engine.
        gpu: whether what an NVIDIA card needs is wanted.
    """
    extra = f"[{GPU_EXTRA}]" if gpu else ""
    line = f"~={version}" if re.fullmatch(r"\d+\.\d+\.\d+", version) else ""
    return f"{PACKAGE}{extra}{line}"


def _plan(choice: InstallChoice) -> Plan:
    return Plan(
        home=home.home_folder(),
        requirement=requirement(plugin_version(), gpu=choice.gpu),
        wheels=choice.wheels,
        network=network_of_qgis(),
        gpu=choice.gpu,
    )


def _stages() -> tuple[tuple[str, str], ...]:
    words = (
        tr("Look for a Python"),
        tr("Fetch a Python"),
        tr("Make a place for it"),
        tr("Get the engine"),
        tr("Unpack it"),
        tr("Test it"),
    )
    return tuple(zip(STAGES, words))
