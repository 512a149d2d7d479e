"""Set up: which Python has the engine in it, and whether it is fit."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFontDatabase, QResizeEvent
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cmpagl_qgis.texts import tr

from .dialogs import buttons
from .small_widgets import (
    browse_button,
    label_of,
    named,
    push_button,
    stack,
    tool_button,
    wrapped,
)
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
        self.path = named(QLineEdit(path, self), "cmpaglSetupPath")
        self.path.setPlaceholderText(tr("/home/you/cmpagl/bin/python"))
        self.path.setAccessibleName(tr("Python of the engine"))
        self.browse = browse_button(
            "cmpaglSetupBrowse",
            self.path,
            lambda: QFileDialog.getOpenFileName(
                self, tr("The Python with the engine in it"), self.chosen_path()
            )[0],
            self,
        )
        self.test = named(QPushButton(tr("Test"), self), "cmpaglSetupTest")
        self.test.setToolTip(tr("Start the engine of this Python and ask for its versions"))
        self.test.clicked.connect(lambda: self.testRequested.emit(self.chosen_path()))
        self.verdict = wrapped("", self, "cmpaglSetupVerdict")
        self.verdict.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.verdict.setMinimumHeight(self.fontMetrics().lineSpacing() * 4)
        self._origin = QLabel(origin, self)
        self._own = wrapped(own, self, "cmpaglSetupOwn")
        self._own.setVisible(bool(own))
        words = tr("Update…") if own else tr("Install the engine…")
        self.install = push_button(words, "cmpaglSetupInstall", self.installRequested.emit, self)
        self.remove = push_button(
            tr("Remove…"), "cmpaglSetupRemove", self.removeRequested.emit, self
        )
        self.remove.setVisible(bool(own))
        self._command = CommandBox(command, self)
        self._command.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        # The path that passed a test, and whether OK waits for a test that runs.
        self._good, self._taking = "", False
        self.buttons = buttons(self, "Install")
        self._use = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._use.setText(tr("Use this Python"))
        self._use.setToolTip(tr("Tests it first; one without the engine is not taken"))
        self.buttons.accepted.disconnect(self.accept)
        self.buttons.accepted.connect(self._on_use)
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
            command: what repairs it; empty: the command shown stays.
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

    def _on_use(self) -> None:
        if self.chosen_path() == self._good:
            self.accept()
            return
        self._taking = True
        self.testRequested.emit(self.chosen_path())

    def _arrange(self) -> None:
        why = wrapped(
            tr(
                "The engine runs in a Python of its own, outside QGIS; nothing is installed into "
                "QGIS. The plugin can install one into your QGIS profile."
            ),
            self,
        )
        row = stack(QHBoxLayout(), (self.path, 1), self.browse, self.test, gap=GAP)
        frame = QFrame(self)
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        stack(QVBoxLayout(frame), self.verdict)
        by_plugin = stack(QHBoxLayout(), self.install, self.remove, gap=GAP)
        by_plugin.addStretch(1)
        by_hand = QLabel(tr("By hand, in a terminal:"), self)
        name = label_of(self.path, tr("&Python of the engine"))
        layout = stack(QVBoxLayout(self), why, self._own, by_plugin, GAP, by_hand, gap=GAP)
        stack(layout, self._command, GAP, name, row, self._origin, frame, self.buttons)
        make_faint(self._origin)
        self._origin.setVisible(bool(self._origin.text()))


class CommandBox(QWidget):
    """A command in a fixed font with a button that copies it."""

    def __init__(self, command: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglCommand")
        self._text = named(QPlainTextEdit(self), "cmpaglCommandText")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(max(self.font().pointSizeF() - 0.5, 7.0))
        self._text.setFont(font)
        self._text.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.copy_button = tool_button("cmpaglCopyCommand", "copy", tr("Copy the command"), self)
        self.copy_button.clicked.connect(lambda: QApplication.clipboard().setText(self.command))
        self.copy_button.clicked.connect(lambda: self.copy_button.setToolTip(tr("Copied")))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, GAP, 0, 0)
        layout.setSpacing(GAP // 2)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        self.set_command(command)

    @property
    def command(self) -> str:
        """What is copied."""
        return str(self._text.toPlainText())

    def set_command(self, command: str) -> None:
        """Show another command.

        Args:
            command: what is copied.
        """
        self._text.setPlainText(command)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's own."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """Qt's own."""
        return QSize(200, self._text.height() + GAP)

    def _fit(self) -> None:
        """As high as its lines, wrapped ones counted."""
        document = self._text.document()
        lines = 0
        block = document.begin()
        while block.isValid():
            lines += max(block.layout().lineCount(), 1)
            block = block.next()
        height = self._text.fontMetrics().lineSpacing() * lines
        margins = 2 * int(document.documentMargin()) + 2 * self._text.frameWidth() + 2
        self._text.setFixedHeight(height + margins)
