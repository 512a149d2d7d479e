"""The last line: what was found how fast, by which engine, and Details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cmpagl_qgis.texts import tr

from .small_widgets import ElidedLabel, stack, wrapped
from .theme import GAP, make_faint

if TYPE_CHECKING:
    from qgis.PyQt.QtGui import QPalette


class StatusLine(QWidget):
    """Two short lines and two buttons."""

    detailsRequested = pyqtSignal()
    helpRequested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make it empty.

        Args:
            parent: its owner.
        """
        super().__init__(parent)
        self.setObjectName("cmpaglStatus")
        self._found = wrapped("", self, "cmpaglStatusFound")
        self._found.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._engine = ElidedLabel(self, Qt.TextElideMode.ElideRight)
        self._engine.setObjectName("cmpaglStatusEngine")
        self.details = QToolButton(self)
        self.details.setObjectName("cmpaglDetails")
        self.details.setText(tr("Details"))
        self.details.setAutoRaise(True)
        self.details.setToolTip(tr("Versions, model and the engine's last lines, to copy"))
        self.details.clicked.connect(self.detailsRequested)
        self.help = QToolButton(self)
        self.help.setObjectName("cmpaglHelpButton")
        self.help.setText(tr("Help"))
        self.help.setAutoRaise(True)
        self.help.setToolTip(tr("The user guide, at what the dock shows now; no network needed"))
        self.help.clicked.connect(self.helpRequested)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        stack(lines, self._found, self._engine)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(lines, 1)
        stack(layout, self.details, self.help)
        self.set_found("")

    @property
    def text(self) -> str:
        """Both lines."""
        return "\n".join(part for part in (self._found.text(), self._engine.full_text()) if part)

    def set_found(self, text: str) -> None:
        """Say what the last search found.

        Args:
            text: empty: nothing to say.
        """
        self._found.setText(text)
        self._found.setVisible(bool(text))

    def set_engine(self, text: str) -> None:
        """Say how the engine is.

        Args:
            text: a few words.
        """
        self._engine.set_text(text)

    def recolor(self, palette: QPalette) -> None:
        """Follow a palette.

        Args:
            palette: the new one.
        """
        make_faint(self._engine, palette)
