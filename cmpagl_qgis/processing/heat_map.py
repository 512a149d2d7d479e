"""``cmpagl:heatmap``: how well each place of a scene matches a sentence, as a raster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessingLayerPostProcessorInterface,
    QgsProcessingOutputNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsRasterLayer,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.job_records import SimilarityMap
from cmpagl_qgis.errors import LayerError, PluginError
from cmpagl_qgis.map.heat import apply_heat
from cmpagl_qgis.map.sources import source_of
from cmpagl_qgis.texts import tr

from .algorithm import EngineAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.blocking import BlockingEngine

    from .algorithm import Values


class HeatMap(EngineAlgorithm):
    """Maps the similarity of a scene's chips to a sentence."""

    NAME = "heatmap"
    QUERY, SCENE = "QUERY", "SCENE"

    def __init__(self) -> None:
        """Nothing is prepared yet."""
        super().__init__()
        self._asked: dict[str, object] = {}

    def createInstance(self) -> HeatMap:
        """A fresh one for a run."""
        return HeatMap()

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr("Heat map")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("similarity,density,raster,heatmap").split(",")

    def shortHelpString(self) -> str:
        """The help beside the dialog."""
        return tr(
            "Writes how well each place of an indexed scene matches a sentence, as a raster of one "
            "band (GeoTIFF) that lies where the scene lies. The scene itself is not read.\n\n"
            "A cell is as large as the step from chip to chip. It has the mean similarity of the "
            "chips over it, of the ground size that matches best; similarities compare the places "
            "of one sentence, they are no probabilities."
        )

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.addParameter(QgsProcessingParameterString(self.QUERY, tr("What to find")))
        self.addParameter(
            QgsProcessingParameterRasterLayer(self.SCENE, tr("Scene, one that is in the index"))
        )
        self.addParameter(QgsProcessingParameterRasterDestination(self.OUTPUT, tr("Heat map")))
        self.addOutput(QgsProcessingOutputNumber("MINIMUM", tr("Least similarity")))
        self.addOutput(QgsProcessingOutputNumber("MAXIMUM", tr("Greatest similarity")))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read sentence, scene and output.

        Raises:
            LayerError: if the scene is no layer that QGIS can read.
            PluginError: if there is no sentence, or the scene is no file.
        """
        query = self.parameterAsString(parameters, self.QUERY, context)
        if not query.strip():
            raise PluginError(tr("Say what to find, in a sentence."))
        layer = self.parameterAsRasterLayer(parameters, self.SCENE, context)
        if layer is None:
            text = tr("The layer {0} cannot be read.")
            raise LayerError(text.format(parameters.get(self.SCENE)))
        self._asked = {
            "index": self.index_path(parameters, context),
            "query": query,
            "scene": source_of(layer).path,
            "output": self.parameterAsOutputLayer(parameters, self.OUTPUT, context),
        }

    def work(
        self,
        engine: BlockingEngine,
        parameters: Values,  # noqa: ARG002 - read before
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,  # noqa: ARG002 - it takes a moment
    ) -> Values:
        """Let the engine write the map.

        Raises:
            PluginError: if the engine refuses.
        """
        found = read(SimilarityMap, engine.ask("heatmap", self._asked))
        paint_when_loaded(context, found.output, found.minimum, found.maximum)
        return {self.OUTPUT: found.output, "MINIMUM": found.minimum, "MAXIMUM": found.maximum}


def paint_when_loaded(
    context: QgsProcessingContext, output: str, lowest: float, highest: float
) -> None:
    """Give a raster of similarities its colours, if QGIS is going to load it.

    Args:
        context: of the run.
        output: the raster.
        lowest: the least similarity.
        highest: the greatest.
    """
    if context.willLoadLayerOnCompletion(output):
        painter = _Painter(lowest, highest)
        _Painter.kept.append(painter)
        context.layerToLoadOnCompletionDetails(output).setPostProcessor(painter)


class _Painter(QgsProcessingLayerPostProcessorInterface):
    """Gives the map its colours once QGIS has loaded it."""

    kept: list[_Painter] = []  # noqa: RUF012 - Processing does not own what it calls later

    def __init__(self, lowest: float, highest: float) -> None:
        super().__init__()
        self._span = lowest, highest

    def postProcessLayer(
        self,
        layer: QgsMapLayer,
        context: QgsProcessingContext,  # noqa: ARG002 - QGIS's signature
        feedback: QgsProcessingFeedback,  # noqa: ARG002
    ) -> None:
        """Called by QGIS in the main thread."""
        if isinstance(layer, QgsRasterLayer):
            apply_heat(layer, *self._span)
        _Painter.kept = [painter for painter in _Painter.kept if painter is not self]
