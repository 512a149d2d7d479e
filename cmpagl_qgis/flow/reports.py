"""The last report: kept for the button of its message, shown in one window at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.dock.dialogs import hold
from cmpagl_qgis.dock.report_dialog import ReportDialog, Section
from cmpagl_qgis.turns import NextTurn

if TYPE_CHECKING:
    from qgis.PyQt.QtWidgets import QWidget

    from cmpagl_qgis.dock.report_dialog import Actions


class Reports(QObject):
    """Holds one report. ``dialog`` is its window while it is open."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._turn = NextTurn(self)  # reading a long answer and showing it are a turn each
        self._title, self._sections = "", tuple[Section, ...]()
        self._actions: Actions = ()
        self.dialog: ReportDialog | None = None

    def keep(self, title: str, sections: tuple[Section, ...], actions: Actions = ()) -> None:
        """Take a report in place of the last one; a window that shows the last one is closed.

        Args:
            title: of the window.
            sections: what is in it.
            actions: key, label and work of each button, the likeliest first.
        """
        self.close()
        self._title, self._sections, self._actions = title, sections, actions

    def show(self) -> None:
        """Show the report in the next turn."""
        self._turn.do(self._show)

    def close(self) -> None:
        """Show nothing."""
        self._turn.drop()
        if self.dialog is not None:
            self.dialog.close()

    def _show(self) -> None:
        self.close()
        dialog = ReportDialog(self._title, self._sections, self._actions, self._window)
        hold(self, "dialog", dialog)
        dialog.show()
