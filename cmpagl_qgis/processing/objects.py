"""``cmpagl:objects``: what a sentence finds, as outlines instead of squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsProcessingUtils,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.job_records import Outlined
from cmpagl_qgis.errors import PluginError
from cmpagl_qgis.texts import tr

from .algorithm import EngineAlgorithm
from .copied import copied, tell

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.blocking import BlockingEngine

    from .algorithm import Values


class Objects(EngineAlgorithm):
    """Outlines what a sentence finds."""

    NAME = "objects"
    QUERY, NUMBER, SCENES, AREA, COUNT = "QUERY", "NUMBER", "SCENES", "AREA", "COUNT"

    def __init__(self) -> None:
        """Nothing is prepared yet."""
        super().__init__()
        self._asked: dict[str, object] = {}

    def createInstance(self) -> Objects:
        """A fresh one for a run."""
        return Objects()

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr("Outlines of what is found")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("objects,polygons,vectorize,contours,segments").split(",")

    def shortHelpString(self) -> str:
        """The help beside the dialog."""
        return tr(
            "Outlines what a sentence finds, such as fields or lakes: the parts of the heat map "
            "around the best chips of each scene's smallest ground size become polygons in "
            "longitude and latitude (EPSG:4326). No scene is read.\n\n"
            "An outline is as exact as the step from chip to chip, which column step_m gives in "
            "metres: it shows which lake is meant, and measures none. Other columns: rank; score "
            "and relevance of the best chip; scene; hits (chips in it); area_m2; ground_m (side "
            "of a chip); query."
        )

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.addParameter(QgsProcessingParameterString(self.QUERY, tr("What to find")))
        self.addParameter(
            QgsProcessingParameterNumber(
                self.NUMBER, tr("Chips outlined"), defaultValue=50, minValue=1, maxValue=100_000
            )
        )
        self.addParameter(
            QgsProcessingParameterNumber(
                self.AREA,
                tr("Smallest area, square metres"),
                QgsProcessingParameterNumber.Type.Double,
                defaultValue=0.0,
                minValue=0.0,
            )
        )
        self.add_advanced(
            QgsProcessingParameterString(
                self.SCENES, tr("Only these scenes: names or patterns, between commas"),
                optional=True,
            )
        )  # fmt: skip
        self.addParameter(
            QgsProcessingParameterFeatureSink(
                self.OUTPUT, tr("Outlines"), QgsProcessing.SourceType.TypeVectorPolygon
            )
        )
        self.addOutput(QgsProcessingOutputNumber(self.COUNT, tr("Number of matches")))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read what is asked.

        Raises:
            PluginError: if there is no sentence.
        """
        query = self.parameterAsString(parameters, self.QUERY, context)
        if not query.strip():
            raise PluginError(tr("Say what to find, in a sentence."))
        self._asked = {
            "index": self.index_path(parameters, context),
            "query": query,
            "k": self.parameterAsInt(parameters, self.NUMBER, context),
            "min_area_m2": self.parameterAsDouble(parameters, self.AREA, context),
        }
        scenes = self.parameterAsString(parameters, self.SCENES, context)
        names = [name.strip() for name in scenes.split(",") if name.strip()]
        if names:
            self._asked["where"] = {"scenes": names}

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
        file = QgsProcessingUtils.generateTempFilename("objects.gpkg")
        found = read(Outlined, engine.ask("objects", {**self._asked, "output": file}))
        tell(found, feedback)
        output = copied(self, file, parameters, context, feedback)
        return {self.OUTPUT: output, self.COUNT: found.count}
