"""``cmpagl:change``: what is there now and was not before, in two scenes of one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsProcessingUtils,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.job_records import Changed
from cmpagl_qgis.errors import LayerError, PluginError
from cmpagl_qgis.map.sources import source_of
from cmpagl_qgis.texts import tr

from .algorithm import EngineAlgorithm
from .copied import copied, tell

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.blocking import BlockingEngine

    from .algorithm import Values


class Change(EngineAlgorithm):
    """Compares two scenes of an index."""

    NAME = "change"
    QUERY, WAS, BEFORE, AFTER = "QUERY", "WAS", "BEFORE", "AFTER"
    NUMBER, DIFFERENCE, COUNT = "NUMBER", "DIFFERENCE", "COUNT"

    def __init__(self) -> None:
        """Nothing is prepared yet."""
        super().__init__()
        self._asked: dict[str, object] = {}

    def createInstance(self) -> Change:
        """A fresh one for a run."""
        return Change()

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr("What has changed")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("change,detection,difference,dates,years").split(",")

    def shortHelpString(self) -> str:
        """The help beside the dialog."""
        return tr(
            "Finds places that match a sentence in the later of two indexed scenes and matched it "
            "less in the earlier one, ranked by how much their relevance rose. Both scenes must "
            "be in the index; the earlier one is read again, because its chips lie on another "
            "grid.\n\n"
            "Columns: rank; change (by how much the relevance rose); difference (how unlike the "
            "two views are, whatever was asked); relevance and score (cosine) before and after; "
            "both scenes; the chip in pixels of the later one. In longitude and latitude "
            "(EPSG:4326)."
        )

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.addParameter(QgsProcessingParameterString(self.QUERY, tr("What is there now")))
        self.addParameter(
            QgsProcessingParameterString(self.WAS, tr("What was there before"), optional=True)
        )
        self.addParameter(
            QgsProcessingParameterRasterLayer(
                self.BEFORE, tr("Earlier scene, one that is in the index")
            )
        )
        self.addParameter(
            QgsProcessingParameterRasterLayer(
                self.AFTER, tr("Later scene, one that is in the index")
            )
        )
        self.addParameter(
            QgsProcessingParameterNumber(
                self.NUMBER, tr("Number of results"), defaultValue=50, minValue=1, maxValue=100_000
            )
        )
        self.add_advanced(
            QgsProcessingParameterNumber(
                self.DIFFERENCE,
                tr("Least difference of the two views"),
                QgsProcessingParameterNumber.Type.Double,
                optional=True,
                minValue=0.0,
                maxValue=2.0,
            )
        )
        self.addParameter(
            QgsProcessingParameterFeatureSink(
                self.OUTPUT, tr("Changes"), QgsProcessing.SourceType.TypeVectorPolygon
            )
        )
        self.addOutput(QgsProcessingOutputNumber(self.COUNT, tr("Number of matches")))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read sentences and scenes.

        Raises:
            LayerError: if a scene is no layer that QGIS can read.
            PluginError: if there is no sentence, or a scene is no file.
        """
        query = self.parameterAsString(parameters, self.QUERY, context)
        if not query.strip():
            raise PluginError(tr("Say what to find, in a sentence."))
        self._asked = {
            "index": self.index_path(parameters, context),
            "query": query,
            "k": self.parameterAsInt(parameters, self.NUMBER, context),
        }
        for name, key in ((self.BEFORE, "before"), (self.AFTER, "after")):
            layer = self.parameterAsRasterLayer(parameters, name, context)
            if layer is None:
                raise LayerError(tr("The layer {0} cannot be read.").format(parameters.get(name)))
            self._asked[key] = [source_of(layer).path]
        was = self.parameterAsString(parameters, self.WAS, context)
        if was.strip():
            self._asked["was"] = was
        if parameters.get(self.DIFFERENCE) is not None:
            least = self.parameterAsDouble(parameters, self.DIFFERENCE, context)
            self._asked["min_difference"] = least

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
        file = QgsProcessingUtils.generateTempFilename("changes.gpkg")
        found = read(Changed, engine.ask("change", {**self._asked, "output": file}))
        tell(found, feedback)
        output = copied(self, file, parameters, context, feedback)
        return {self.OUTPUT: output, self.COUNT: found.count}
