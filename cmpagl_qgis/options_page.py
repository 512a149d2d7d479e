"""Settings > Options > CMPAGL: the engine's Python with a test of it, model, device, defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.gui import QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from .dock.small_widgets import named, stack, wrapped
from .dock.theme import icon_path
from .engine.interpreter import Interpreter, find_interpreter
from .engine.probe import Probe
from .errors import InterpreterError
from .settings import DEVICES, TOP_K_LIMIT, Settings
from .texts import tr

if TYPE_CHECKING:
    from .engine.probe import Verdict

TITLE = "CMPAGL"


class CmpaglOptionsFactory(QgsOptionsWidgetFactory):
    """Makes the page when the options are opened."""

    def __init__(self) -> None:
        """Name the page; the name is not translated."""
        super().__init__()
        self.setTitle(TITLE)

    def icon(self) -> QIcon:
        """The plugin's."""
        return QIcon(icon_path("cmpagl"))

    def createWidget(self, parent: QWidget | None = None) -> CmpaglOptionsPage:
        """A page with the settings as they are.

        Args:
            parent: owner of the page.
        """
        return CmpaglOptionsPage(parent)


class CmpaglOptionsPage(QgsOptionsPageWidget):
    """The settings as widgets; they are stored when the user accepts the dialog."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show the settings as they are."""
        super().__init__(parent)
        self.setObjectName("cmpaglOptions")
        self._settings = Settings()
        self._probe: Probe | None = None
        layout = stack(QVBoxLayout(self), self._engine_box(), self._search_box(), margin=0)
        layout.addStretch(1)

    def apply(self) -> None:
        """Store all settings; called by QGIS when the dialog is accepted."""
        settings = self._settings
        settings.engine_python = self.python.filePath()
        settings.model = self.model.text()
        settings.device = self.device.currentData()
        settings.top_k = self.number.value()
        settings.min_score = self.score.value()
        settings.thumbnail_px = self.thumbnail.value()
        settings.keep_layers = self.keep.isChecked()
        settings.fill_places = self.fill.isChecked()

    def _engine_box(self) -> QGroupBox:
        box = QGroupBox(tr("Engine"), self)
        form = QFormLayout(box)
        self.python = named(QgsFileWidget(box), "cmpaglOptionsPython")
        self.python.setDialogTitle(tr("The Python that cmpagl-qgis is installed in"))
        self.python.setFilePath(self._settings.engine_python)
        self.python.lineEdit().setPlaceholderText(tr("found by itself"))
        self.python.setToolTip(
            tr(
                "The Python with the engine in it, such as .venv/bin/python. Empty: the one that "
                "was named when the plugin was installed, else one that is found on this computer."
            )
        )
        self.test = named(QPushButton(tr("Test"), box), "cmpaglOptionsTest")
        self.test.clicked.connect(self._on_test)
        form.addRow(tr("Python"), stack(QHBoxLayout(), (self.python, 1), self.test))
        self.verdict = wrapped("", box, "cmpaglOptionsVerdict")
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        form.addRow("", self.verdict)
        self.model = named(QLineEdit(self._settings.model, box), "cmpaglOptionsModel")
        self.model.setPlaceholderText(tr("the model that made the index"))
        self.model.setToolTip(tr("A name that 'cmpagl models' lists, or the folder of a model."))
        form.addRow(tr("Model"), self.model)
        self.device = named(QComboBox(box), "cmpaglOptionsDevice")
        names = (tr("choose by itself"), tr("processor (CPU)"), tr("graphics card (CUDA)"))
        for value, name in zip(DEVICES, names):
            self.device.addItem(name, value)
        self.device.setCurrentIndex(DEVICES.index(self._settings.device))
        form.addRow(tr("Device"), self.device)
        form.addRow("", wrapped(tr("These three hold from the next start of the engine."), box))
        return box

    def _search_box(self) -> QGroupBox:
        box = QGroupBox(tr("Search"), self)
        form = QFormLayout(box)
        self.number = named(QSpinBox(box), "cmpaglOptionsNumber")
        self.number.setRange(1, TOP_K_LIMIT)
        self.number.setValue(self._settings.top_k)
        form.addRow(tr("Number of results"), self.number)
        self.score = named(QDoubleSpinBox(box), "cmpaglOptionsScore")
        self.score.setRange(-1.0, 1.0)
        self.score.setSingleStep(0.01)
        self.score.setSpecialValueText(tr("all"))  # shown for the lowest value
        self.score.setValue(self._settings.min_score)
        self.score.setToolTip(tr("Results below this score are hidden."))
        form.addRow(tr("Lowest score"), self.score)
        self.thumbnail = named(QSpinBox(box), "cmpaglOptionsThumbnail")
        self.thumbnail.setRange(48, 512)
        self.thumbnail.setSuffix(tr(" px"))
        self.thumbnail.setValue(self._settings.thumbnail_px)
        form.addRow(tr("Side of a thumbnail"), self.thumbnail)
        one_each = tr("Each search makes a layer of its own")
        self.keep = named(QCheckBox(one_each, box), "cmpaglOptionsKeep")
        self.keep.setChecked(self._settings.keep_layers)
        form.addRow("", self.keep)
        fill = tr("Fill the places on the map, too")
        self.fill = named(QCheckBox(fill, box), "cmpaglOptionsFill")
        self.fill.setToolTip(tr("Outlines alone leave what was found in full view."))
        self.fill.setChecked(self._settings.fill_places)
        form.addRow("", self.fill)
        return box

    def _on_test(self) -> None:
        path = self.python.filePath().strip()
        try:
            interpreter = Interpreter(path, tr("named here")) if path else find_interpreter()
        except InterpreterError as error:
            self.verdict.setText(str(error))
            return
        self.test.setEnabled(False)
        self.verdict.setText(tr("Asking {0} ...").format(interpreter.path))
        self._probe = Probe(interpreter, self)
        self._probe.finished.connect(self._on_verdict)
        self._probe.start()

    def _on_verdict(self, verdict: Verdict) -> None:
        self._probe = None
        self.test.setEnabled(True)
        self.verdict.setText("\n".join(filter(None, (verdict.text, verdict.command))))
