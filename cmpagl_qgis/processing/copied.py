"""What the engine wrote as a file, copied into whatever layer or file the user asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    QgsFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsProcessingUtils,
    QgsVectorLayer,
    QgsWkbTypes,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import Written
from cmpagl_qgis.errors import LayerError, PluginError
from cmpagl_qgis.map.footprints import degrees
from cmpagl_qgis.texts import tr

from .algorithm import EngineAlgorithm, absolute
from .narrowing import NarrowedAlgorithm
from .painter import paint_when_loaded

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from .algorithm import Run, Values


class LayerAlgorithm(NarrowedAlgorithm):
    """An algorithm whose polygons the engine writes as a GeoPackage: for any output, then."""

    FILES: tuple[tuple[str, str], ...] = ()
    """Sheets that the engine writes besides, where asked for; their names in the protocol."""
    LAYERS: tuple[tuple[str, str], ...] = ((EngineAlgorithm.OUTPUT, "output"),)
    """Layers that it writes, likewise."""

    def add_sheet(self, name: str, text: str) -> None:
        """A sheet that may be asked for.

        Args:
            name: of the parameter, one of :data:`FILES`.
            text: what it holds.
        """
        self.addParameter(
            QgsProcessingParameterFileDestination(
                name, text, "CSV (*.csv)", optional=True, createByDefault=False
            )
        )

    def sheets(self, parameters: Values, context: QgsProcessingContext) -> dict[str, object]:
        """The paths of the sheets that were asked for, as the protocol wants them.

        Args:
            parameters: as given.
            context: of the run.
        """
        return {
            key: absolute(self.parameterAsFileOutput(parameters, name, context))
            for name, key in self.FILES
            if parameters.get(name)
        }

    def work(self, run: Run) -> Values:
        """Let the engine write a GeoPackage, and copy it into the output, of whatever format.

        Raises:
            LayerError: if QGIS cannot read what the engine wrote, or the output takes no more.
            PluginError: if the engine refuses, or there is no output.
        """
        wanted = [one for one in self.LAYERS if one[0] == self.OUTPUT or run.parameters.get(one[0])]
        files = {
            key: QgsProcessingUtils.generateTempFilename(f"{self.METHOD}_{key}.gpkg")
            for _name, key in wanted
        }
        written = read(Written, run.engine.ask(self.METHOD, {**self.asked, **files}))
        self.tell(written, run.feedback)
        layers = {name: copied(self, files[key], name, run) for name, key in wanted}
        sheets = {name: self.asked[key] for name, key in self.FILES if key in self.asked}
        return {**layers, self.COUNT: written.count, **sheets}


def copied(algorithm: EngineAlgorithm, file: str, name: str, run: Run) -> str:
    """Copy polygons into an output of an algorithm, until it is cancelled, with their style.

    Args:
        algorithm: whose output.
        file: a GeoPackage of the engine.
        name: of the output.
        run: of the algorithm.

    Returns:
        The output as Processing names it.

    Raises:
        LayerError: if QGIS cannot read the file, or the output takes no more.
        PluginError: if there is no output.
    """
    layer = QgsVectorLayer(file, "written", "ogr")
    if not layer.isValid():
        raise LayerError(tr("QGIS cannot read what the engine wrote: {0}").format(file))
    sink, output = algorithm.parameterAsSink(
        run.parameters,
        name,
        run.context,
        layer.fields(),
        QgsWkbTypes.Type.MultiPolygon,
        degrees(),  # what the engine writes, under the name that every program knows
    )
    if sink is None:
        raise PluginError(algorithm.invalidSinkError(run.parameters, name))
    count = max(layer.featureCount(), 1)
    for number, feature in enumerate(layer.getFeatures()):
        if run.feedback.isCanceled():
            break
        if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
            raise LayerError(tr("The output takes no more: {0}").format(sink.lastError()))
        if number % 1000 == 0:
            run.feedback.setProgress(100.0 * number / count)
    _dress(file, output, run.context)
    return str(output)


def _dress(file: str, output: str, context: QgsProcessingContext) -> None:
    """Give an output the style that the engine wrote beside a file, if it wrote one."""
    style = Path(file).with_suffix(".qml")

    def paint(layer: QgsVectorLayer) -> None:
        layer.loadNamedStyle(str(style))
        layer.triggerRepaint()

    if style.is_file():
        paint_when_loaded(output, paint, context)
