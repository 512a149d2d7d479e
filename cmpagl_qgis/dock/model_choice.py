"""Which model embeds the chips of a new index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QWidget

from cmpagl_qgis.texts import tr, whole

from .small_widgets import label_of

if TYPE_CHECKING:
    from cmpagl_qgis.engine.records import ModelsAtHand


class ModelChoice(QComboBox):
    """A list of models and its label; both are hidden until there is a choice."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglBuildModel")
        self.setToolTip(tr("Looks at the chips. The index belongs to it, and is searched with it."))
        self.label = label_of(self, tr("&Model"))
        self.hide()
        self.label.hide()

    def chosen(self) -> str:
        """Name or folder of the model, for the engine; empty: the one that it takes anyway."""
        return self.currentData() or ""

    def offer(self, at_hand: ModelsAtHand) -> None:
        """List the models, if there are several.

        Args:
            at_hand: what the engine says of them.
        """
        if len(at_hand.models) < 2 or self.count():
            return
        for row, model in enumerate(at_hand.models):
            usual = model.name == at_hand.default
            self.addItem(model.name, "" if usual else model.name)
            tip = tr("{0} numbers a chip").format(whole(model.embedding_size))
            if model.licence:
                tip += "; " + tr("licence {0}").format(model.licence)
            self.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
            if usual:
                self.setCurrentIndex(row)
        self.show()
        self.label.show()
