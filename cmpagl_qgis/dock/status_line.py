"""The last line: what was found how fast, by which engine, and Details."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cmpagl_qgis.texts import tr

from .small_widgets import ElidedLabel, named, stack, wrapped
from .theme import GAP, make_faint


class StatusLine(QWidget):
    """Two short lines and two buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglStatus")
        self._found = wrapped("", self, "cmpaglStatusFound")
        self._found.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.engine = named(ElidedLabel(self, Qt.TextElideMode.ElideRight), "cmpaglStatusEngine")
        make_faint(self.engine)
        self.details = named(QToolButton(self), "cmpaglDetails")
        self.details.setText(tr("Details"))
        self.details.setAutoRaise(True)
        self.details.setToolTip(tr("Versions, model and the engine's last lines, to copy"))
        self.help = named(QToolButton(self), "cmpaglHelpButton")
        self.help.setText(tr("Help"))
        self.help.setAutoRaise(True)
        self.help.setToolTip(tr("The user guide, at what the dock shows now; no network needed"))
        lines = stack(QVBoxLayout(), self._found, self.engine, gap=0)
        stack(QHBoxLayout(self), (lines, 1), self.details, self.help, gap=GAP, margin=0)
        self.set_found("")

    @property
    def text(self) -> str:
        """Both lines."""
        return "\n".join(part for part in (self._found.text(), self.engine.text()) if part)

    def set_found(self, text: str) -> None:
        """Say what the last search found.

        Args:
            text: empty: nothing to say.
        """
        self._found.setText(text)
        self._found.setVisible(bool(text))
