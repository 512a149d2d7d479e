"""What the engine wrote as a file, copied into whatever layer or file the user asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    QgsFeatureSink,
    QgsProcessingLayerPostProcessorInterface,
    QgsProcessingUtils,
    QgsVectorLayer,
    QgsWkbTypes,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import Written
from cmpagl_qgis.errors import LayerError, PluginError
from cmpagl_qgis.map.footprints import degrees
from cmpagl_qgis.texts import tr

from .algorithm import EngineAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.blocking import BlockingEngine

    from .algorithm import Values


class Painted(QgsProcessingLayerPostProcessorInterface):
    """Gives the output the colours that the engine wrote beside its own file."""

    def __init__(self, style: str) -> None:
        """Take the file of the style."""
        super().__init__()
        self._style = style

    def postProcessLayer(
        self,
        layer: QgsMapLayer,
        context: QgsProcessingContext,  # noqa: ARG002 - QGIS's signature
        feedback: QgsProcessingFeedback,  # noqa: ARG002 - the same
    ) -> None:
        """Paint it."""
        if isinstance(layer, QgsVectorLayer):
            layer.loadNamedStyle(self._style)
            layer.triggerRepaint()


class LayerAlgorithm(EngineAlgorithm):
    """An algorithm whose polygons the engine writes as a GeoPackage: for any output, then."""

    FILES: tuple[tuple[str, str], ...] = ()
    """Outputs that the engine writes besides, where asked for; their names in the protocol."""

    def __init__(self) -> None:
        """Nothing is prepared yet."""
        super().__init__()
        self._painted: Painted | None = None  # QGIS keeps no reference

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
        if written.notice:
            feedback.pushInfo(written.notice)
        output = copied(self, file, parameters, context, feedback)
        style = Path(file).with_suffix(".qml")
        if style.is_file() and context.willLoadLayerOnCompletion(output):
            self._painted = Painted(str(style))
            context.layerToLoadOnCompletionDetails(output).setPostProcessor(self._painted)
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
