"""``cmpagl:overview``: a first look at an index, groups of like chips with names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsProcessingParameterFile, QgsProcessingParameterNumber

from cmpagl_qgis.texts import tr, tr_noop

from .algorithm import absolute
from .copied import LayerAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from .algorithm import Values


class Overview(LayerAlgorithm):
    """Puts the chips of an index into groups of their like."""

    NAME = METHOD = "overview"
    TITLE = tr_noop("First look")
    TAGS = tr_noop("overview,clusters,groups,k-means,unsupervised,land cover")
    HELP = tr_noop(
        "Puts the chips of an index into groups of their like, and calls each by the kind of "
        "place that it shows. No scene is read, and the same index gives the same groups.\n\n"
        "A name with a question mark is a guess: for fewer than half of the group's chips it is "
        "more likely right than wrong. The layer has one shape for each group in each scene, no "
        "place twice. Columns: class (the name), says (the nearest sentences), scene, chips, "
        "area_m2."
    )
    GROUPS, SENTENCES, AREAS = "GROUPS", "SENTENCES", "AREAS"
    FILES = ((AREAS, "areas"),)

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.addParameter(
            QgsProcessingParameterNumber(
                self.GROUPS, tr("Number of groups"), defaultValue=10, minValue=2, maxValue=50
            )
        )
        self.add_advanced(
            QgsProcessingParameterFile(
                self.SENTENCES, tr("What groups may be called: a text, one a line"), optional=True
            )
        )
        self.add_filters()
        self.add_sheet(self.AREAS, tr("Areas by group"))
        self.add_polygons(self.displayName(), tr("Number of chips"))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read paths, numbers and filters.

        Raises:
            PluginError: if a filter is none.
        """
        self.asked = {
            "index": self.index_path(parameters, context),
            "groups": self.parameterAsInt(parameters, self.GROUPS, context),
            **self.narrowed(parameters, context),
            **self.sheets(parameters, context),
        }
        if parameters.get(self.SENTENCES):
            file = self.parameterAsFile(parameters, self.SENTENCES, context)
            self.asked["sentences"] = absolute(file)
