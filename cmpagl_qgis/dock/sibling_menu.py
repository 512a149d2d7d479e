"""The other pictures of a hit's ground as a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QMenu, QWidget

from cmpagl_qgis.texts import tr

from .hit_model import sibling_line

if TYPE_CHECKING:
    from cmpagl_qgis.engine.records import Hit


class SiblingMenu(QMenu):
    """An entry for each sibling; ``chosen`` carries it."""

    chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make it empty, and so not to be seen in the menu that it is part of."""
        super().__init__(tr("Same ground"), parent)
        self.setObjectName("cmpaglSiblings")
        self.fill(None)

    def fill(self, hit: Hit | None) -> None:
        """Offer the siblings of a hit.

        Args:
            hit: that the menu is opened for; ``None``: none.
        """
        self.clear()
        for one in hit.siblings if hit else ():
            action = self.addAction(sibling_line(one).replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, one=one: self.chosen.emit(one))
        self.menuAction().setVisible(not self.isEmpty())
