"""``cmpagl:footprints`` and ``cmpagl:damage``: chips of an index, or what is none, as a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingUtils,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import Written
from cmpagl_qgis.texts import tr

from .algorithm import EngineAlgorithm
from .copied import copied

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.blocking import BlockingEngine

    from .algorithm import Values


class IndexFootprints(EngineAlgorithm):
    """Draws where an index has chips."""

    NAME = "footprints"
    METHOD = "footprints"
    """The engine's method."""
    COUNT = "COUNT"

    def __init__(self) -> None:
        """Nothing is prepared yet."""
        super().__init__()
        self._asked: dict[str, object] = {}

    def createInstance(self) -> IndexFootprints:
        """A fresh one for a run."""
        return IndexFootprints()

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr("Index footprints")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("chips,tiles,coverage,grid").split(",")

    def shortHelpString(self) -> str:
        """The help beside the dialog."""
        return tr(
            "Writes the footprint of every chip of an index as a polygon in longitude and latitude "
            "(EPSG:4326), with its scene, its window in pixels and its side on the ground in "
            "metres. An index of a large area has many: a GeoPackage takes them best."
        )

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.addParameter(
            QgsProcessingParameterFeatureSink(
                self.OUTPUT, self.displayName(), QgsProcessing.SourceType.TypeVectorPolygon
            )
        )
        self.addOutput(QgsProcessingOutputNumber(self.COUNT, tr("Number of chips")))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read the path."""
        self._asked = {"index": self.index_path(parameters, context)}

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
        file = QgsProcessingUtils.generateTempFilename("footprints.gpkg")
        asked: dict[str, object] = {**self._asked, "output": file}
        written = read(Written, engine.ask(self.METHOD, asked))
        for problem in written.problems:
            feedback.pushWarning(problem)
        output = copied(self, file, parameters, context, feedback)
        return {self.OUTPUT: output, self.COUNT: written.count}


class DamagedPlaces(IndexFootprints):
    """Draws where scenes of an index could not be read."""

    NAME = "damage"
    METHOD = "damage"

    def createInstance(self) -> DamagedPlaces:
        """A fresh one for a run."""
        return DamagedPlaces()

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr("Damaged places")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("damage,corrupt,unreadable,chips,tiles").split(",")

    def shortHelpString(self) -> str:
        """The help beside the dialog."""
        return tr(
            "Writes the footprint of every chip that could not be read when its scene was indexed, "
            "because a part of the file is damaged: a polygon in longitude and latitude "
            "(EPSG:4326), with its scene, its window in pixels and the reason. No polygons: all "
            "could be read."
        )
