"""What the engine wrote as a file, copied into whatever layer or file the user asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsFeatureSink, QgsVectorLayer, QgsWkbTypes

from cmpagl_qgis.errors import LayerError, PluginError
from cmpagl_qgis.map.footprints import degrees
from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.job_records import Changed, FirstLook, Outlined

    from .algorithm import EngineAlgorithm, Values


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


def tell(found: Changed | FirstLook | Outlined, feedback: QgsProcessingFeedback) -> None:
    """Write into the log what a person should know of what the engine wrote."""
    for problem in found.problems:
        feedback.pushWarning(problem)
    if found.notice:
        feedback.pushInfo(found.notice)
