"""``cmpagl:where``: the part of one place, and the words, that made it a match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterNumber,
    QgsProcessingParameterPoint,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterString,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.job_records import Located
from cmpagl_qgis.errors import PluginError
from cmpagl_qgis.texts import numeral, tr

from .algorithm import EngineAlgorithm
from .heat_map import paint_when_loaded

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.blocking import BlockingEngine

    from .algorithm import Values


class WhereInChip(EngineAlgorithm):
    """Shows where in a place a sentence fits, and which of its words count."""

    NAME = "where"
    QUERY, POINT, GROUND, WORDS = "QUERY", "POINT", "GROUND_SIZE", "WORDS"

    def __init__(self) -> None:
        """Nothing is prepared yet."""
        super().__init__()
        self._asked: dict[str, object] = {}

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr("Where in the chip")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("explain,attention,part,words,raster").split(",")

    def shortHelpString(self) -> str:
        """The help beside the dialog."""
        return tr(
            "Reads one place of an index again and writes how well each part of it matches a "
            "sentence, as a raster of one band (GeoTIFF). Parts are thirds of the place, so the "
            "raster shows which corner is meant, not an outline.\n\n"
            "The log says which words of the sentence count: by how much the score falls when a "
            "word is left out."
        )

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.addParameter(QgsProcessingParameterString(self.QUERY, tr("What to find")))
        self.addParameter(QgsProcessingParameterPoint(self.POINT, tr("Point inside the place")))
        self.add_advanced(
            QgsProcessingParameterNumber(
                self.GROUND,
                tr("Side of the place on the ground, metres (else the smallest)"),
                QgsProcessingParameterNumber.Type.Double,
                optional=True,
                minValue=0.001,
            )
        )
        self.addParameter(
            QgsProcessingParameterRasterDestination(self.OUTPUT, tr("Where in the chip"))
        )
        self.addOutput(QgsProcessingOutputNumber("MINIMUM", tr("Least similarity")))
        self.addOutput(QgsProcessingOutputNumber("MAXIMUM", tr("Greatest similarity")))
        self.addOutput(QgsProcessingOutputString(self.WORDS, tr("Words that made it a match")))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read sentence, point and output.

        Raises:
            PluginError: if there is no sentence.
        """
        query = self.parameterAsString(parameters, self.QUERY, context)
        if not query.strip():
            raise PluginError(tr("Say what to find, in a sentence."))
        degrees = QgsCoordinateReferenceSystem("EPSG:4326")
        point = self.parameterAsPoint(parameters, self.POINT, context, degrees)
        place: dict[str, object] = {"lon": point.x(), "lat": point.y()}
        if parameters.get(self.GROUND) is not None:
            place["ground_m"] = self.parameterAsDouble(parameters, self.GROUND, context)
        self._asked = {
            "index": self.index_path(parameters, context),
            "query": query,
            "place": place,
            "output": self.parameterAsOutputLayer(parameters, self.OUTPUT, context),
        }

    def work(
        self,
        engine: BlockingEngine,
        parameters: Values,  # noqa: ARG002 - read before
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Values:
        """Let the engine look into the place.

        Raises:
            PluginError: if the engine refuses.
        """
        found = read(Located, engine.ask("where", self._asked))
        output = str(self._asked["output"])
        for one in found.words:
            if one.fall is not None:
                text = tr("Without {0} the score changes by {1}.")
                feedback.pushInfo(text.format(one.word, numeral(f"{-one.fall:+.3f}")))
        paint_when_loaded(context, output, found.minimum, found.maximum)
        return {
            self.OUTPUT: output,
            "MINIMUM": found.minimum,
            "MAXIMUM": found.maximum,
            self.WORDS: ", ".join(one.word for one in found.words if one.telling),
        }
