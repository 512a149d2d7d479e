"""``cmpagl:overview``: a first look at an index, groups of like chips with names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingLayerPostProcessorInterface,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingUtils,
    QgsVectorLayer,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.job_records import FirstLook
from cmpagl_qgis.texts import tr

from .algorithm import absolute
from .copied import copied, tell
from .footprints import IndexFootprints

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.blocking import BlockingEngine

    from .algorithm import Values


class Painted(QgsProcessingLayerPostProcessorInterface):
    """Gives the output the colours that the engine wrote beside its own file."""

    def __init__(self, style: str) -> None:
        """Take the file of the style."""
        super().__init__()
        self._style = style

    def postProcessLayer(
        self,
        layer: QgsMapLayer,
        context: QgsProcessingContext,  # noqa: ARG002 - QGIS's signature
        feedback: QgsProcessingFeedback,  # noqa: ARG002 - the same
    ) -> None:
        """Paint it."""
        if isinstance(layer, QgsVectorLayer):
            layer.loadNamedStyle(self._style)
            layer.triggerRepaint()


class Overview(IndexFootprints):
    """Puts the chips of an index into groups of their like."""

    NAME = "overview"
    METHOD = "overview"
    GROUPS, SENTENCES, AREAS = "GROUPS", "SENTENCES", "AREAS"

    def __init__(self) -> None:
        """Nothing is prepared yet."""
        super().__init__()
        self._painted: Painted | None = None  # QGIS keeps no reference

    def createInstance(self) -> Overview:
        """A fresh one for a run."""
        return Overview()

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr("First look")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("overview,clusters,groups,k-means,unsupervised,land cover").split(",")

    def shortHelpString(self) -> str:
        """The help beside the dialog."""
        return tr(
            "Puts the chips of an index into groups of their like, and calls each by the kind of "
            "place that it shows. No scene is read, and the same index gives the same groups.\n\n"
            "A name with a question mark is a guess: fewer than half of the group's chips would be "
            "found by a search for it. The layer has one shape for each group in each scene, no "
            "place twice. Columns: class (the name), says (the nearest sentences), scene, chips, "
            "area_m2."
        )

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
        self.addParameter(
            QgsProcessingParameterFeatureSink(
                self.OUTPUT, tr("First look"), QgsProcessing.SourceType.TypeVectorPolygon
            )
        )
        self.addParameter(
            QgsProcessingParameterFileDestination(
                self.AREAS, tr("Areas by group"), "CSV (*.csv)", optional=True,
                createByDefault=False,
            )
        )  # fmt: skip
        self.addOutput(QgsProcessingOutputNumber(self.COUNT, tr("Number of chips")))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read paths and numbers."""
        super().read_parameters(parameters, context)
        self._asked["groups"] = self.parameterAsInt(parameters, self.GROUPS, context)
        if parameters.get(self.SENTENCES):
            file = self.parameterAsFile(parameters, self.SENTENCES, context)
            self._asked["sentences"] = absolute(file)
        if parameters.get(self.AREAS):
            file = self.parameterAsFileOutput(parameters, self.AREAS, context)
            self._asked["areas"] = absolute(file)

    def work(
        self,
        engine: BlockingEngine,
        parameters: Values,
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Values:
        """Let the engine write all, and copy the layer into the output, of whatever format.

        Raises:
            LayerError: if QGIS cannot read what the engine wrote, or the output takes no more.
            PluginError: if the engine refuses, or there is no output.
        """
        file = QgsProcessingUtils.generateTempFilename("overview.gpkg")
        found = read(FirstLook, engine.ask(self.METHOD, {**self._asked, "output": file}))
        tell(found, feedback)
        output = copied(self, file, parameters, context, feedback)
        if context.willLoadLayerOnCompletion(output):
            self._painted = Painted(str(Path(file).with_suffix(".qml")))
            context.layerToLoadOnCompletionDetails(output).setPostProcessor(self._painted)
        results: Values = {self.OUTPUT: output, self.COUNT: found.count}
        if "areas" in self._asked:
            results[self.AREAS] = self._asked["areas"]
        return results
