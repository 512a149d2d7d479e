"""``cmpagl:heatmap``: how well each place of a scene matches a sentence, as a raster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.job_records import SimilarityMap
from cmpagl_qgis.map.heat import apply_heat
from cmpagl_qgis.texts import tr, tr_noop

from .algorithm import EngineAlgorithm
from .painter import paint_when_loaded

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from .algorithm import Run, Values


class HeatMap(EngineAlgorithm):
    """Maps the similarity of a scene's chips to a sentence."""

    NAME = METHOD = "heatmap"
    TITLE = tr_noop("Heat map")
    TAGS = tr_noop("similarity,density,raster,heatmap")
    HELP = tr_noop(
        "Writes how well each place of an indexed scene matches a sentence, as a raster "
        "(GeoTIFF) that lies where the scene lies. The scene itself is not read.\n\n"
        "A cell is as large as the step from chip to chip. It has the mean similarity of the "
        "chips over it. Where there are several ground sizes, small ones count more, and each "
        "has a band of its own behind the first. Similarities compare the places of one "
        "sentence, they are no probabilities."
    )
    SCENE = "SCENE"

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.add_sentence()
        self.addParameter(
            QgsProcessingParameterRasterLayer(self.SCENE, tr("Scene, one that is in the index"))
        )
        self.add_plain()
        self.addParameter(QgsProcessingParameterRasterDestination(self.OUTPUT, tr("Heat map")))
        self.addOutput(QgsProcessingOutputNumber("MINIMUM", tr("Least similarity")))
        self.addOutput(QgsProcessingOutputNumber("MAXIMUM", tr("Greatest similarity")))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read sentence, scene and output.

        Raises:
            LayerError: if the scene is no layer that QGIS can read.
            PluginError: if there is no sentence, or the scene is no file.
        """
        self.asked = {
            "index": self.index_path(parameters, context),
            **self.sentence(parameters, context),
            "scene": self.scene_path(parameters, self.SCENE, context),
            "output": self.parameterAsOutputLayer(parameters, self.OUTPUT, context),
        }

    def work(self, run: Run) -> Values:
        """Let the engine write the map.

        Raises:
            PluginError: if the engine refuses.
        """
        found = read(SimilarityMap, run.engine.ask(self.METHOD, self.asked))
        self.tell_reading(found.understood, run.feedback)
        paint_when_loaded(
            found.output, lambda layer: apply_heat(layer, found.minimum, found.maximum), run.context
        )
        return {self.OUTPUT: found.output, "MINIMUM": found.minimum, "MAXIMUM": found.maximum}
