"""Verify an index: what it does, and how many chips are looked at again."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QSpinBox, QWidget

from cmpagl_qgis.texts import tr

from .dialogs import buttons
from .small_widgets import label_of, named, wrapped
from .theme import GAP

MOST_CHIPS = 100_000


class VerifyDialog(QDialog):
    """Asks for the sample."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglVerify")
        self.setWindowTitle(tr("Verify {0}").format(name))
        about = wrapped(
            tr(
                "Reads every byte of the index and of its scenes, and compares it with what was "
                "noted when the scenes were indexed. Nothing is changed."
            ),
            self,
        )
        self.sample = named(QSpinBox(self), "cmpaglVerifySample")
        self.sample.setRange(0, MOST_CHIPS)
        self.sample.setSpecialValueText(tr("none"))
        self.sample.setToolTip(
            tr("So many chips are read from their scenes again and compared; this is slow")
        )
        box = buttons(self, "Build an index")
        box.button(QDialogButtonBox.StandardButton.Ok).setText(tr("Verify"))
        layout = QFormLayout(self)
        layout.setSpacing(GAP)
        layout.addRow(about)
        layout.addRow(label_of(self.sample, tr("&Chips to read again and compare")), self.sample)
        layout.addRow(box)
        self.resize(420, self.sizeHint().height())
