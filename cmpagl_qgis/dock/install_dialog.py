"""Install the engine: from where, how far it is, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cmpagl_qgis.texts import numeral, tr

from .help_dialog import show_help
from .small_widgets import ElidedLabel, browse_button, named, push_button, stack, wrapped
from .theme import GAP, make_faint

if TYPE_CHECKING:
    from cmpagl_qgis.engine.install_plan import Outcome, Progress

WAITS, RUNS, DONE, BROKEN = "○", "●", "✓", "✗"
WIDTH = 520
RARE = "fetch"
"""The stage that most computers do not need: shown once it begins."""


@dataclass(frozen=True)
class InstallChoice:
    """What the user wants."""

    wheels: str
    """Folder of wheels; empty: the package index."""
    gpu: bool
    """Whether what an NVIDIA card needs is installed too."""


def amount(progress: Progress) -> str:
    """How much is fetched, for a person.

    Args:
        progress: how far an installation is.
    """
    done, total = (numeral(f"{mb:,.0f}") for mb in (progress.done_mb, progress.total_mb))
    return tr("{0} of about {1} MB").format(done, total)


class InstallDialog(QDialog):
    """Chooses, follows and tells. It may be closed while an installation runs, and shown again.

    ``installRequested`` carries an :class:`InstallChoice`, ``useRequested`` the path of a Python
    that has the engine already.
    """

    installRequested = pyqtSignal(object)
    choiceChanged = pyqtSignal(object)
    stopRequested = pyqtSignal()
    logRequested = pyqtSignal()
    useRequested = pyqtSignal(str)

    def __init__(
        self,
        stages: tuple[tuple[str, str], ...],
        *,
        update: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make it; ``show`` shows it.

        Args:
            stages: key and words of each, in their order.
            update: whether an engine is there that this one takes the place of.
            parent: its owner.
        """
        super().__init__(parent)
        self.setObjectName("cmpaglInstall")
        self.setWindowTitle(tr("Update the engine") if update else tr("Install the engine"))
        self._stages = stages
        self._update = update
        self._running = False
        self._existing = ""
        self._make_choice()
        self._make_progress()
        self._arrange()
        details = [detail for _mark, _words, detail in self._rows.values()]
        for label in (self._room, self.python, self._amount, *details):
            make_faint(label)
        self._on_choice()
        self.resize(WIDTH, self.sizeHint().height())

    def choice(self) -> InstallChoice:
        """What is chosen."""
        folder = str(self.folder.text()).strip().strip('"')
        return InstallChoice(folder if self.from_folder.isChecked() else "", self.gpu.isChecked())

    def show_room(self, text: str) -> None:
        """Say what is fetched, what it takes on the disk and what is free there.

        Args:
            text: a sentence or two.
        """
        self._room.setText(text)
        self._grow()

    def show_existing(self, path: str, text: str) -> None:
        """Offer an engine that is on this computer already.

        Args:
            path: of its Python.
            text: where it is.
        """
        self._existing = path
        self._existing_text.setText(text)
        self._existing_box.setVisible(not self._running)
        self._grow()

    def show_card(self, name: str) -> None:
        """Offer what an NVIDIA card needs.

        Args:
            name: of the card.
        """
        self.gpu.setText(tr("Use the graphics card, {0} (adds PyTorch with CUDA)").format(name))
        self.gpu.show()
        self._grow()

    def begin(self) -> None:
        """Show that an installation begins."""
        self._running = True
        self._existing_box.hide()
        self._verdict_box.hide()
        for key, _words in self._stages:
            self._show_stage(key, WAITS, "", shown=key != RARE)
        self._progress.show()
        self.bar.show()
        self.bar.setRange(0, 0)
        self._amount.clear()
        self._enable()
        self._grow()

    def show_progress(self, progress: Progress) -> None:
        """Move on.

        Args:
            progress: how far it is; stages before its own are done or were not needed.
        """
        before = True
        for key, _words in self._stages:
            if key == progress.stage:
                self._show_stage(key, RUNS, progress.text)
                before = False
            elif before and self._rows[key][0].text() == RUNS:
                self._show_stage(key, DONE, "")
        done, total = progress.done_mb, progress.total_mb
        known = total > 0 and done > 0
        self.bar.setRange(0, 1000 if known else 0)
        if known:
            self.bar.setValue(int(1000 * min(done / total, 1)))
        self._amount.setText(amount(progress) if known else "")

    def show_outcome(self, outcome: Outcome) -> None:
        """Say how it ended.

        Args:
            outcome: good where there is an engine.
        """
        self._running, good, stopped = False, bool(outcome.python), outcome.stopped
        mark = DONE if good else BROKEN
        for key, _words in self._stages:
            if self._rows[key][0].text() == RUNS:
                self._show_stage(key, mark, "")
        self.bar.hide()
        self._amount.clear()
        self._verdict.setText(outcome.text if stopped else f"{mark} {outcome.text}")
        self._verdict_box.show()
        self.main.setText(tr("Install") if stopped else tr("Retry"))
        self.main.setVisible(not good)
        self.log.setEnabled(True)
        self._enable()
        (self._close if good else self.main).setFocus()
        self._grow()

    def _on_main(self) -> None:
        if self._running:
            self.main.setEnabled(False)
            self.stopRequested.emit()
        else:
            self.installRequested.emit(self.choice())

    def _on_choice(self) -> None:
        self._enable()
        self.choiceChanged.emit(self.choice())

    def _enable(self) -> None:
        for part in (self.from_index, self.from_folder, self.gpu):
            part.setEnabled(not self._running)
        by_folder = self.from_folder.isChecked() and not self._running
        self.folder.setEnabled(by_folder)
        self.browse.setEnabled(by_folder)
        if self._running:
            self.main.setText(tr("Stop"))
        self.main.setEnabled(
            self._running or not self.from_folder.isChecked() or bool(self.choice().wheels)
        )
        self._close.setText(tr("Hide") if self._running else tr("Close"))

    def _make_choice(self) -> None:
        self._why = wrapped(
            tr(
                "A new engine is made beside the one in use, which is removed once the new one "
                "works."
            )
            if self._update
            else tr(
                "Searching is done by a program of its own. It goes into your QGIS profile; "
                "nothing is installed into QGIS or into any Python of this computer."
            ),
            self,
        )
        self.from_index = QRadioButton(tr("From the &package index (pypi.org)"), self)
        self.from_index.setObjectName("cmpaglInstallIndex")
        self.from_index.setChecked(True)
        self.from_folder = QRadioButton(tr("From a &folder of wheels, without network"), self)
        self.from_folder.setObjectName("cmpaglInstallFolder")
        self.from_folder.toggled.connect(self._on_choice)
        self.folder = named(QLineEdit(self), "cmpaglInstallPath")
        self.folder.setPlaceholderText(tr("engine-windows-x86_64, as somebody gave it to you"))
        self.folder.setAccessibleName(tr("Folder of wheels"))
        self.folder.textChanged.connect(self._on_choice)
        self.browse = browse_button(
            "cmpaglInstallBrowse",
            self.folder,
            lambda: QFileDialog.getExistingDirectory(
                self, tr("Folder of wheels"), self.choice().wheels
            ),
            self,
        )
        self.gpu = named(QCheckBox(self), "cmpaglInstallGpu")
        self.gpu.hide()
        self.gpu.toggled.connect(self._on_choice)
        self._room = wrapped("", self, "cmpaglInstallRoom")
        self.python = named(ElidedLabel(self), "cmpaglInstallPython")
        self._existing_box = QFrame(self)
        self._existing_box.setFrameShape(QFrame.Shape.StyledPanel)
        self._existing_text = wrapped("", self._existing_box)
        self.use = push_button(
            tr("Use it"),
            "cmpaglInstallUse",
            lambda: self.useRequested.emit(self._existing),
            self._existing_box,
        )

    def _make_progress(self) -> None:
        self._progress = QWidget(self)
        grid = QGridLayout(self._progress)
        grid.setContentsMargins(0, GAP, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(GAP // 2)
        grid.setColumnStretch(2, 1)
        self._rows = {
            key: (
                QLabel(WAITS, self._progress),
                QLabel(words, self._progress),
                ElidedLabel(self._progress),
            )
            for key, words in self._stages
        }
        for row, parts in enumerate(self._rows.values()):
            for column, part in enumerate(parts):
                grid.addWidget(part, row, column)
        self._progress.hide()
        self.bar = named(QProgressBar(self), "cmpaglInstallProgress")
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(8)
        self.bar.hide()
        self._amount = named(QLabel(self), "cmpaglInstallAmount")
        self._verdict_box = QFrame(self)
        self._verdict_box.setFrameShape(QFrame.Shape.StyledPanel)
        self._verdict = wrapped("", self._verdict_box, "cmpaglInstallVerdict")
        self._verdict.setTextFormat(Qt.TextFormat.PlainText)
        self._verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._verdict.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._verdict_box.hide()

    def _arrange(self) -> None:
        box = self.buttons = QDialogButtonBox(self)
        box.addButton(QDialogButtonBox.StandardButton.Help)
        box.helpRequested.connect(lambda: show_help("Install", self))
        self.log = push_button(tr("Log…"), "cmpaglInstallLog", self.logRequested.emit, self)
        self.log.setEnabled(False)
        words = tr("Update") if self._update else tr("Install")
        self.main = box.addButton(words, QDialogButtonBox.ButtonRole.ActionRole)
        self.main.setObjectName("cmpaglInstallMain")
        self.main.setDefault(True)
        self.main.clicked.connect(self._on_main)
        self._close = box.addButton(QDialogButtonBox.StandardButton.Close)
        self._close.setAutoDefault(False)
        box.rejected.connect(self.reject)
        row = stack(QHBoxLayout(), GAP * 3, (self.folder, 1), self.browse, gap=GAP)
        stack(QHBoxLayout(self._existing_box), (self._existing_text, 1), self.use)
        stack(QVBoxLayout(self._verdict_box), self._verdict)
        self._existing_box.hide()
        choice = (self.from_index, self.from_folder, row, self.gpu)
        state = (self._room, self.python, self._progress, self.bar, self._amount)
        layout = stack(QVBoxLayout(self), self._why, self._existing_box, GAP, *choice, gap=GAP)
        stack(layout, GAP, *state, self._verdict_box)
        layout.addStretch(1)
        stack(layout, stack(QHBoxLayout(), self.log, (self.buttons, 1)))

    def _show_stage(self, key: str, mark: str, detail: str, *, shown: bool = True) -> None:
        parts = self._rows[key]
        parts[0].setText(mark)
        parts[2].setText(detail)
        for part in parts:
            part.setVisible(shown)

    def _grow(self) -> None:
        """As high as what it says now needs, no lower than it was."""
        self.layout().activate()
        wanted = self.layout().totalHeightForWidth(self.width())
        self.resize(self.width(), max(wanted, self.sizeHint().height()))
