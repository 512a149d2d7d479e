"""What every dialog here has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtGui import QFontDatabase
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cmpagl_qgis.texts import tr

from .help_dialog import show_help
from .small_widgets import named, stack
from .theme import GAP

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgis.PyQt.QtCore import QObject


def buttons(
    dialog: QDialog, section: str, *standard: QDialogButtonBox.StandardButton
) -> QDialogButtonBox:
    """The row of buttons at the end, connected to the dialog.

    Args:
        dialog: whose buttons.
        section: of the user guide, which a button Help opens.
        standard: which others; none: OK and Cancel.
    """
    box = named(QDialogButtonBox(dialog), "cmpaglButtons")
    each = QDialogButtonBox.StandardButton
    for button in (*(standard or (each.Ok, each.Cancel)), each.Help):
        box.addButton(button)
    box.helpRequested.connect(lambda: show_help(section, dialog))
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box


def copy_button(box: QDialogButtonBox, text: Callable[[], str]) -> QPushButton:
    """A button that copies what a dialog says.

    Args:
        box: the dialog's buttons; gets it.
        text: gives what is copied.
    """
    copy = box.addButton(tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
    copy.clicked.connect(lambda: QApplication.clipboard().setText(text()))
    return named(copy, "cmpaglCopyText")


def ask(owner: QWidget, title: str, text: str, label: str, then: Callable[[], None]) -> QMessageBox:
    """Ask before something is deleted; the answer comes later, Cancel is the default.

    Args:
        owner: of the question.
        title: of its window.
        text: what is deleted, and what stays.
        label: of the button that means yes.
        then: what yes does.
    """
    box = named(QMessageBox(QMessageBox.Icon.Question, title, text, parent=owner), "cmpaglQuestion")
    yes = named(box.addButton(label, QMessageBox.ButtonRole.DestructiveRole), "cmpaglQuestionYes")
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    yes.clicked.connect(lambda _checked=False: then())
    box.finished.connect(lambda _code: box.deleteLater())
    box.open()
    return box


def hold(holder: QObject, name: str, dialog: QDialog) -> None:
    """Keep a dialog as long as it is open; then it is deleted.

    Args:
        holder: has it as an attribute, which is ``None`` afterwards.
        name: of the attribute.
        dialog: not open yet.
    """

    def let_go() -> None:
        if getattr(holder, name) is dialog:  # else another one has taken its place
            setattr(holder, name, None)
        dialog.deleteLater()

    setattr(holder, name, dialog)
    dialog.finished.connect(let_go)


class TextDialog(QDialog):
    """A text to read and copy."""

    def __init__(
        self,
        title: str,
        text: str,
        parent: QWidget | None = None,
        action: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Make it; ``open`` shows it.

        Args:
            title: of the window.
            text: lines.
            parent: its owner.
            action: label and work of the other button, which closes the dialog.
        """
        super().__init__(parent)
        self.setObjectName("cmpaglTextDialog")
        self.setWindowTitle(title)
        self.text = named(QPlainTextEdit(text, self), "cmpaglDetailsText")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        close = QDialogButtonBox.StandardButton.Close
        box = buttons(self, "When something goes wrong", close)
        copy_button(box, self.text.toPlainText)
        if action is not None:
            label, work = action
            other = box.addButton(label, QDialogButtonBox.ButtonRole.ActionRole)
            other.setObjectName("cmpaglTextAction")
            other.clicked.connect(self.close)
            other.clicked.connect(lambda _checked=False: work())
        stack(QVBoxLayout(self), self.text, box, gap=GAP)
        self.resize(620, 440)
