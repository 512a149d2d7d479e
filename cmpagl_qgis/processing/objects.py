"""``cmpagl:objects``: what a sentence finds, as outlines instead of squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmpagl_qgis.texts import tr, tr_noop

from .algorithm import real_number
from .copied import LayerAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from .algorithm import Values


class Objects(LayerAlgorithm):
    """Outlines what a sentence finds."""

    NAME = METHOD = "objects"
    TITLE = tr_noop("Outlines of what is found")
    TAGS = tr_noop("objects,polygons,vectorize,contours,segments")
    HELP = tr_noop(
        "Outlines what a sentence finds, such as fields or lakes: the parts of the heat map "
        "around the best chips of each scene's smallest ground size become polygons in "
        "longitude and latitude (EPSG:4326). No scene is read.\n\n"
        "An outline is as exact as the step from chip to chip, which column step_m gives in "
        "metres: it shows which lake is meant, and measures none. Other columns: rank; score "
        "and relevance of the best chip; scene; hits (chips in it); area_m2; ground_m (side "
        "of a chip); query."
    )
    AREA, POLYGONS = "AREA", "POLYGONS"
    """Here the first is a least area: it was so before there were filters, and models name it."""

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.add_sentence()
        self.add_count(tr("Chips outlined"))
        self.addParameter(
            real_number(self.AREA, tr("Smallest area, square metres"), 0.0, default=0.0)
        )
        self.add_plain()
        self.add_filters()
        self.add_polygons(tr("Outlines"), tr("Number of matches"))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read what is asked.

        Raises:
            PluginError: if there is no sentence, or a filter is none.
        """
        self.asked = {
            "index": self.index_path(parameters, context),
            **self.sentence(parameters, context),
            "k": self.parameterAsInt(parameters, self.NUMBER, context),
            "min_area_m2": self.parameterAsDouble(parameters, self.AREA, context),
            **self.narrowed(parameters, context),
        }
