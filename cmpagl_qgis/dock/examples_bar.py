"""The examples of a search as small pieces that can be taken away one by one."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QToolButton, QWidget

from cmpagl_qgis.texts import tr

from .flow_layout import FlowLayout
from .small_widgets import named
from .theme import set_icon


class ExamplesBar(QWidget):
    """One button for each example; pressing it takes the example away.

    ``removed`` carries the example's position.
    """

    removed = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglExamplesBar")
        self._layout = FlowLayout(self)
        self._buttons: list[QToolButton] = []
        self.hide()

    def set_examples(self, examples: list[tuple[str, bool]]) -> None:
        """Show examples.

        Args:
            examples: label, and whether it is to be like it (else unlike it).
        """
        for button in self._buttons:
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons.clear()
        for position, (label, like) in enumerate(examples):
            button = named(QToolButton(self), f"cmpaglExample{position}")
            button.setText(f"{label}  ✕")
            button.setIconSize(QSize(14, 14))
            set_icon(button, "like" if like else "unlike")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            what = tr("More like {0}.") if like else tr("Less like {0}.")
            button.setToolTip(what.format(label) + " " + tr("Press to take this example away."))
            button.setAccessibleName(button.toolTip())
            button.clicked.connect(
                lambda _checked=False, position=position: self.removed.emit(position)
            )
            self._buttons.append(button)
            self._layout.addWidget(button)
        self.setVisible(bool(examples))
        self.updateGeometry()
