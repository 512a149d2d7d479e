"""One line, once in a profile: after its installation the plugin shows nothing but an icon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import Qgis
from qgis.gui import QgsMessageBarItem
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QPushButton

from .state_file import state_file
from .texts import TAG, tr
from .turns import single_shot

if TYPE_CHECKING:
    from qgis.gui import QgisInterface
    from qgis.PyQt.QtWidgets import QAction, QWidget

GREETED = "greeted"
"""In the state file: QgsSettings would wait for the disk."""
AFTER_MS = 1000
"""After QGIS has started, which takes no longer by it."""


class Greeting(QObject):
    """Says in QGIS's message bar what the plugin is for, with a button that opens its dock."""

    def __init__(self, iface: QgisInterface, action: QAction, parent: QWidget) -> None:
        """Wait until QGIS has started; where this profile was greeted before, nothing comes.

        Args:
            iface: the running QGIS.
            action: opens the dock.
            parent: owner of this object.
        """
        super().__init__(parent)
        self._bar, self._action = iface.messageBar(), action
        self._item: QgsMessageBarItem | None = None
        self._timer = single_shot(self, self._show, AFTER_MS)
        if state_file().value(GREETED):
            return
        action.toggled.connect(self._on_opened)
        if iface.mainWindow().isVisible():  # installed while QGIS runs
            self._timer.start()
        else:
            iface.initializationCompleted.connect(self._timer.start)

    def close(self) -> None:
        """Take it back; one that did not come yet comes the next time."""
        self._timer.stop()
        if self._item is not None:
            self._bar.popWidget(self._item)

    def _show(self) -> None:
        state_file().put(GREETED, value=True)
        text = tr("Find places in your imagery with a sentence.")
        self._item = QgsMessageBarItem(TAG, text, Qgis.MessageLevel.Info, 0)
        button = QPushButton(tr("Open"), self._item)
        button.setObjectName("cmpaglGreetingOpen")
        button.clicked.connect(self._action.trigger)
        self._item.layout().addWidget(button)
        self._item.destroyed.connect(self._on_gone)
        self._bar.pushItem(self._item)

    def _on_opened(self) -> None:
        state_file().put(GREETED, value=True)
        self.close()

    def _on_gone(self) -> None:
        self._item = None
