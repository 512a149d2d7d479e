"""Under the sentence: how it was read by parts, and the way to have it taken as it stands."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QToolButton, QWidget

from cmpagl_qgis.texts import tr

from .small_widgets import ElidedLabel, named, stack
from .theme import GAP


class UnderstoodLine(QWidget):
    """One line; hidden where the sentence has no parts.

    ``wholeRequested`` carries whether the sentence shall be taken as it stands.
    """

    wholeRequested = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglUnderstoodLine")
        self._whole = False
        self.label = named(ElidedLabel(self, Qt.TextElideMode.ElideRight), "cmpaglUnderstood")
        self.button = named(QToolButton(self), "cmpaglWhole")
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.clicked.connect(lambda: self.wholeRequested.emit(not self._whole))
        stack(QHBoxLayout(self), (self.label, 1), self.button, gap=GAP, margin=0)
        self.hide()

    def set_understood(self, understood: str, *, whole: bool) -> None:
        """Say how the sentence of the answer was read.

        Args:
            understood: its parts in words; empty: it has none.
            whole: whether it was taken as it stands because the user wanted that.
        """
        self._whole = whole
        self.label.setText(tr("Searched as it stands") if whole else understood)
        self.button.setText(tr("By parts") if whole else tr("As it stands"))
        self.button.setToolTip(
            tr("Take what the sentence says is not wanted off the rest")
            if whole
            else tr("Search for the words as they stand; quotation marks around them do the same")
        )
        self.setVisible(whole or bool(understood))
