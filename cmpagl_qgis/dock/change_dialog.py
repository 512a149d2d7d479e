"""What has changed: the sentence, and the two scenes that are compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QWidget,
)

from cmpagl_qgis.texts import tr

from .dialogs import buttons
from .small_widgets import label_of, named, wrapped
from .theme import GAP


@dataclass(frozen=True)
class ChangeQuestion:
    """What is asked."""

    query: str
    """What is there now."""
    was: str
    """What was there before; empty: anything."""
    before: str
    """Path of the earlier scene."""
    after: str
    """Path of the later scene."""


class ChangeDialog(QDialog):
    """Asks what appeared, between which scenes."""

    def __init__(
        self,
        scenes: tuple[str, ...],
        query: str,
        pair: tuple[str, str],
        parent: QWidget | None = None,
    ) -> None:
        """Make it; ``open`` shows it.

        Args:
            scenes: paths of the index's scenes, two at least.
            query: what stands in the search field.
            pair: the two of them that are chosen at first.
            parent: its owner.
        """
        super().__init__(parent)
        self.setObjectName("cmpaglChange")
        self.setWindowTitle(tr("What has changed"))
        about = wrapped(
            tr(
                "Finds places that show something now and did not before, in two scenes of one "
                "place that are both in the index. The earlier scene is read again."
            ),
            self,
        )
        self.query = named(QLineEdit(query, self), "cmpaglChangeQuery")
        self.query.setPlaceholderText(tr("houses"))
        self.was = named(QLineEdit(self), "cmpaglChangeWas")
        self.was.setPlaceholderText(tr("anything, or such as: farmland"))
        self.before = named(QComboBox(self), "cmpaglChangeBefore")
        self.after = named(QComboBox(self), "cmpaglChangeAfter")
        for combo, chosen in zip((self.before, self.after), pair):
            for scene in sorted(scenes, key=lambda path: Path(path).name):
                combo.addItem(Path(scene).name, scene)
                combo.setItemData(combo.count() - 1, scene, Qt.ItemDataRole.ToolTipRole)
            combo.setCurrentIndex(combo.findData(chosen))
            combo.currentIndexChanged.connect(self._check)
        self.query.textChanged.connect(self._check)
        self._buttons = buttons(self, "What has changed")
        layout = QFormLayout(self)
        layout.setSpacing(GAP)
        layout.addRow(about)
        for text, field in (
            (tr("&Now there are"), self.query),
            (tr("&Before there was"), self.was),
            (tr("&Earlier scene"), self.before),
            (tr("&Later scene"), self.after),
        ):
            layout.addRow(label_of(field, text), field)
        layout.addRow(self._buttons)
        self.resize(460, self.sizeHint().height())
        self._check()

    @property
    def question(self) -> ChangeQuestion:
        """What is asked."""
        return ChangeQuestion(
            self.query.text().strip(),
            self.was.text().strip(),
            str(self.before.currentData()),
            str(self.after.currentData()),
        )

    def _check(self) -> None:
        question = self.question
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(bool(question.query) and question.before != question.after)
