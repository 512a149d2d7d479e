"""``cmpagl:change``: what is there now and was not before, in two scenes of one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsProcessingParameterRasterLayer, QgsProcessingParameterString

from cmpagl_qgis.texts import tr, tr_noop

from .algorithm import real_number
from .copied import LayerAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from .algorithm import Values


class Change(LayerAlgorithm):
    """Compares two scenes of an index."""

    NAME = METHOD = "change"
    TITLE = tr_noop("What has changed")
    TAGS = tr_noop("change,detection,difference,dates,years")
    HELP = tr_noop(
        "Finds places that match a sentence in the later of two indexed scenes and matched it "
        "less in the earlier one, ranked by how much their relevance rose. Both scenes must "
        "be in the index; the earlier one is read again, because its chips lie on another "
        "grid.\n\n"
        "Columns: rank; change (by how much the relevance rose); difference (how unlike the "
        "two views are, whatever was asked); relevance and score (cosine) before and after; "
        "both scenes; the chip in pixels of the later one. In longitude and latitude "
        "(EPSG:4326)."
    )
    WAS, BEFORE, AFTER, DIFFERENCE = "WAS", "BEFORE", "AFTER", "DIFFERENCE"

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.addParameter(QgsProcessingParameterString(self.QUERY, tr("What is there now")))
        self.addParameter(
            QgsProcessingParameterString(self.WAS, tr("What was there before"), optional=True)
        )
        for name, text in (
            (self.BEFORE, tr("Earlier scene, one that is in the index")),
            (self.AFTER, tr("Later scene, one that is in the index")),
        ):
            self.addParameter(QgsProcessingParameterRasterLayer(name, text))
        self.add_count(tr("Number of results"))
        self.add_advanced(
            real_number(self.DIFFERENCE, tr("Least difference of the two views"), 0.0, 2.0)
        )
        self.add_polygons(tr("Changes"), tr("Number of matches"))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read sentences and scenes.

        Raises:
            LayerError: if a scene is no layer that QGIS can read.
            PluginError: if there is no sentence, or a scene is no file.
        """
        self.asked = {
            "index": self.index_path(parameters, context),
            **self.sentence(parameters, context),
            "k": self.parameterAsInt(parameters, self.NUMBER, context),
            "before": [self.scene_path(parameters, self.BEFORE, context)],
            "after": [self.scene_path(parameters, self.AFTER, context)],
            **self.given_numbers(parameters, context, min_difference=self.DIFFERENCE),
        }
        was = self.parameterAsString(parameters, self.WAS, context)
        if was.strip():
            self.asked["was"] = was
