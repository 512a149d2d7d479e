"""Set up: which Python has the engine in it, and whether it is fit."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cmpagl_qgis.texts import tr

from .dialogs import buttons
from .notice import CommandBox
from .small_widgets import label_of, push_button, wrapped
from .theme import GAP, make_faint


class SetupDialog(QDialog):
    """Names the engine's Python and shows what a test of it found.

    ``testRequested`` carries a path; the answer is to be given to :meth:`show_verdict`.
    ``installRequested`` asks for an installation or an update by the plugin, ``removeRequested``
    for the end of one.
    """

    testRequested = pyqtSignal(str)
    installRequested = pyqtSignal()
    removeRequested = pyqtSignal()

    def __init__(
        self, path: str, origin: str, command: str, own: str = "", parent: QWidget | None = None
    ) -> None:
        """Make it; ``open`` shows it.

        Args:
            path: of the Python in use; empty: none.
            origin: who named it, for a person.
            command: what installs the engine by hand.
            own: what the plugin installed itself, for a person; empty: nothing.
            parent: its owner.
        """
        super().__init__(parent)
        self.setObjectName("cmpaglSetup")
        self.setWindowTitle(tr("Set up the engine"))
        self.path = QLineEdit(path, self)
        self.path.setObjectName("cmpaglSetupPath")
        self.path.setPlaceholderText(tr("/home/you/cmpagl/bin/python"))
        self.path.setAccessibleName(tr("Python of the engine"))
        self.browse = push_button(tr("Browse…"), "cmpaglSetupBrowse", self._browse, self)
        self.test = QPushButton(tr("Test"), self)
        self.test.setObjectName("cmpaglSetupTest")
        self.test.setToolTip(tr("Start the engine of this Python and ask for its versions"))
        self.test.clicked.connect(lambda: self.testRequested.emit(self.chosen_path()))
        self.verdict = wrapped("", self, "cmpaglSetupVerdict")
        self.verdict.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.verdict.setMinimumHeight(self.fontMetrics().lineSpacing() * 4)
        self._origin = QLabel(origin, self)
        self._make_own(own)
        self._command = CommandBox(self)
        self._command.set_command(command)
        self._command.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._good = ""  # the path that passed a test
        self._taking = False
        self._make_buttons()
        self.path.textChanged.connect(self._on_path)
        self._arrange()
        self._on_path()
        self.resize(560, self.sizeHint().height())

    def chosen_path(self) -> str:
        """What is in the line, blanks and quotes trimmed."""
        return str(self.path.text()).strip().strip('"')

    def show_testing(self) -> None:
        """Say that a test runs."""
        self.test.setEnabled(False)
        self._use.setEnabled(False)
        self.verdict.setText(tr("Starting this Python…"))

    def show_verdict(self, text: str, *, good: bool, command: str = "") -> None:
        """Say what a test found.

        Args:
            text: versions, model and device, or the reason why not.
            good: whether the engine can be used.
            command: what mends it; empty: the command shown stays.
        """
        if command:
            self._command.set_command(command)
        self.test.setEnabled(True)
        self._use.setEnabled(True)
        self.verdict.setText(("✓ " if good else "✗ ") + text)
        self._good = self.chosen_path() if good else ""
        taking, self._taking = self._taking, False
        if taking and good:
            self.accept()

    def _on_path(self) -> None:
        named = bool(self.chosen_path())
        self.test.setEnabled(named)
        self._use.setEnabled(named)
        self._taking = False
        self.verdict.setText(
            tr("Test starts it and shows versions, model and device.")
            if named
            else tr("Name the Python into which the engine was installed.")
        )

    def _make_own(self, own: str) -> None:
        self._own = wrapped(own, self, "cmpaglSetupOwn")
        self._own.setVisible(bool(own))
        words = tr("Update…") if own else tr("Install the engine…")
        self.install = push_button(words, "cmpaglSetupInstall", self.installRequested.emit, self)
        self.remove = push_button(
            tr("Remove…"), "cmpaglSetupRemove", self.removeRequested.emit, self
        )
        self.remove.setVisible(bool(own))

    def _make_buttons(self) -> None:
        self.buttons = buttons(self, "Install")
        self._use = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._use.setText(tr("Use this Python"))
        self._use.setToolTip(tr("Tests it first; one without the engine is not taken"))
        self.buttons.accepted.disconnect(self.accept)
        self.buttons.accepted.connect(self._on_use)

    def _on_use(self) -> None:
        if self.chosen_path() == self._good:
            self.accept()
            return
        self._taking = True
        self.testRequested.emit(self.chosen_path())

    def _browse(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(
            self, tr("The Python with the engine in it"), self.chosen_path()
        )
        if path:
            self.path.setText(path)

    def _arrange(self) -> None:
        why = wrapped(
            tr(
                "The engine runs in a Python of its own, outside QGIS; nothing is installed into "
                "QGIS. The plugin can install one into your QGIS profile."
            ),
            self,
        )
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        row.addWidget(self.test)
        frame = QFrame(self)
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        inside = QVBoxLayout(frame)
        inside.addWidget(self.verdict)
        layout = QVBoxLayout(self)
        layout.setSpacing(GAP)
        by_plugin = QHBoxLayout()
        by_plugin.setSpacing(GAP)
        by_plugin.addWidget(self.install)
        by_plugin.addWidget(self.remove)
        by_plugin.addStretch(1)
        by_hand = QLabel(tr("By hand, in a terminal:"), self)
        layout.addWidget(why)
        layout.addWidget(self._own)
        layout.addLayout(by_plugin)
        layout.addSpacing(GAP)
        layout.addWidget(by_hand)
        layout.addWidget(self._command)
        layout.addSpacing(GAP)
        layout.addWidget(label_of(self.path, tr("&Python of the engine")))
        layout.addLayout(row)
        layout.addWidget(self._origin)
        layout.addWidget(frame)
        layout.addWidget(self.buttons)
        make_faint(self._origin, self.palette())
        self._origin.setVisible(bool(self._origin.text()))
