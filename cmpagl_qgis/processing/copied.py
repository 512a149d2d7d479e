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
from .painter import paint_when_loaded

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.blocking import BlockingEngine

    from .algorithm import Values


class LayerAlgorithm(EngineAlgorithm):
    """An algorithm whose polygons the engine writes as a GeoPackage: for any output, then."""

    FILES: tuple[tuple[str, str], ...] = ()
    """Sheets that the engine writes besides, where asked for; their names in the protocol."""

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

    def work(
        self,
        engine: BlockingEngine,
        parameters: Values,
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Values:
        """Let the engine write a GeoPackage, and copy it into the output, of whatever format.

        Raises:
            LayerError: if QGIS cannot read what the engine wrote, or the output takes no more.
            PluginError: if the engine refuses, or there is no output.
        """
        file = QgsProcessingUtils.generateTempFilename(f"{self.METHOD}.gpkg")
        written = read(Written, engine.ask(self.METHOD, {**self._asked, "output": file}))
        for problem in written.problems:
            feedback.pushWarning(problem)
        if written.understood:
            feedback.pushInfo(tr("Read as: {0}").format(written.understood))
        if written.notice:
            feedback.pushInfo(written.notice)
        output = copied(self, file, parameters, context, feedback)
        style = Path(file).with_suffix(".qml")

        def paint(layer: QgsMapLayer) -> None:
            if isinstance(layer, QgsVectorLayer):
                layer.loadNamedStyle(str(style))
                layer.triggerRepaint()

        if style.is_file():
            paint_when_loaded(output, paint, context)
        files = {name: self._asked[key] for name, key in self.FILES if key in self._asked}
        return {self.OUTPUT: output, self.COUNT: written.count, **files}


def copied(
    algorithm: EngineAlgorithm,
    file: str,
    parameters: Values,
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
) -> str:
    """Copy polygons into the output of an algorithm, until it is cancelled.

    Args:
        algorithm: whose output.
        file: a GeoPackage of the engine.
        parameters: as given.
        context: of the run.
        feedback: of the run.

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
        parameters,
        algorithm.OUTPUT,
        context,
        layer.fields(),
        QgsWkbTypes.Type.MultiPolygon,
        degrees(),  # what the engine writes, under the name that every program knows
    )
    if sink is None:
        raise PluginError(algorithm.invalidSinkError(parameters, algorithm.OUTPUT))
    count = max(layer.featureCount(), 1)
    for number, feature in enumerate(layer.getFeatures()):
        if feedback.isCanceled():
            break
        if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
            raise LayerError(tr("The output takes no more: {0}").format(sink.lastError()))
        if number % 1000 == 0:
            feedback.setProgress(100.0 * number / count)
    return str(output)
