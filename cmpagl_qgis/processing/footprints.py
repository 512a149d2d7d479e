"""``cmpagl:footprints`` and ``cmpagl:damage``: chips of an index, or what is none, as a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmpagl_qgis.texts import tr, tr_noop

from .copied import LayerAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from .algorithm import Values


class IndexFootprints(LayerAlgorithm):
    """Draws where an index has chips."""

    NAME = METHOD = "footprints"
    TITLE = tr_noop("Index footprints")
    TAGS = tr_noop("chips,tiles,coverage,grid")
    HELP = tr_noop(
        "Writes the footprint of every chip of an index as a polygon in longitude and latitude "
        "(EPSG:4326), with its scene, its window in pixels and its side on the ground in "
        "metres. An index of a large area has many: a GeoPackage takes them best."
    )

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.add_polygons(self.displayName(), tr("Number of chips"))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read the path."""
        self.asked = {"index": self.index_path(parameters, context)}


class DamagedPlaces(IndexFootprints):
    """Draws where scenes of an index could not be read."""

    NAME = METHOD = "damage"
    TITLE = tr_noop("Damaged places")
    TAGS = tr_noop("damage,corrupt,unreadable,chips,tiles")
    HELP = tr_noop(
        "Writes the footprint of every chip that could not be read when its scene was indexed, "
        "because a part of the file is damaged: a polygon in longitude and latitude "
        "(EPSG:4326), with its scene, its window in pixels and the reason. No polygons: all "
        "could be read."
    )
