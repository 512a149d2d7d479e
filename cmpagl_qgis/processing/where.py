"""``cmpagl:where``: the part of one place, and the words, that made it a match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterPoint,
    QgsProcessingParameterRasterDestination,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.job_records import Located
from cmpagl_qgis.map.footprints import degrees
from cmpagl_qgis.map.heat import apply_heat
from cmpagl_qgis.texts import numeral, tr, tr_noop

from .algorithm import EngineAlgorithm, real_number
from .painter import paint_when_loaded

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from .algorithm import Run, Values


class WhereInChip(EngineAlgorithm):
    """Shows where in a place a sentence fits, and which of its words count."""

    NAME = METHOD = "where"
    TITLE = tr_noop("Where in the chip")
    TAGS = tr_noop("explain,attention,part,words,raster")
    HELP = tr_noop(
        "Reads one place of an index again and writes how well each part of it matches a "
        "sentence, as a raster of one band (GeoTIFF). Parts are thirds of the place, so the "
        "raster shows which corner is meant, not an outline.\n\n"
        "The log says which words of the sentence count: by how much the score falls when a "
        "word is left out."
    )
    POINT, GROUND, WORDS = "POINT", "GROUND_SIZE", "WORDS"

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.add_sentence()
        self.addParameter(QgsProcessingParameterPoint(self.POINT, tr("Point inside the place")))
        text = tr("Side of the place on the ground, metres (else the smallest)")
        self.add_advanced(real_number(self.GROUND, text, 0.001))
        self.add_plain()
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
        point = self.parameterAsPoint(parameters, self.POINT, context, degrees())
        size = self.given_numbers(parameters, context, ground_m=self.GROUND)
        self.asked = {
            "index": self.index_path(parameters, context),
            **self.sentence(parameters, context),
            "place": {"lon": point.x(), "lat": point.y(), **size},
            "output": self.parameterAsOutputLayer(parameters, self.OUTPUT, context),
        }

    def work(self, run: Run) -> Values:
        """Let the engine look into the place.

        Raises:
            PluginError: if the engine refuses.
        """
        found = read(Located, run.engine.ask(self.METHOD, self.asked))
        output = str(self.asked["output"])
        self.tell_reading(found.understood, run.feedback)
        for one in found.words:
            if one.fall is not None:
                text = tr("Without {0} the score changes by {1}.")
                run.feedback.pushInfo(text.format(one.word, numeral(f"{-one.fall:+.3f}")))
        paint_when_loaded(
            output, lambda layer: apply_heat(layer, found.minimum, found.maximum), run.context
        )
        return {
            self.OUTPUT: output,
            "MINIMUM": found.minimum,
            "MAXIMUM": found.maximum,
            self.WORDS: ", ".join(one.word for one in found.words if one.telling),
        }
