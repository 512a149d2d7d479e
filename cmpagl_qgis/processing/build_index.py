"""``cmpagl:buildindex``: rasters in, an index out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import BuildReport
from cmpagl_qgis.errors import REFUSED, EngineError, PluginError, SourceError
from cmpagl_qgis.map.sources import source_of
from cmpagl_qgis.texts import tr

from .algorithm import EngineAlgorithm, absolute

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.blocking import BlockingEngine

    from .algorithm import Values


class BuildIndex(EngineAlgorithm):
    """Makes an index, or brings one up to date."""

    NAME = "buildindex"
    LAYERS = "LAYERS"
    FOLDER = "FOLDER"
    GROUND_SIZES = "GROUND_SIZES"
    GSD = "GSD"
    NATIVE = "NATIVE"
    OVERLAP = "OVERLAP"
    BANDS = "BANDS"
    STRETCH = "STRETCH"
    MIN_VALID = "MIN_VALID"
    MODEL = "MODEL"

    def __init__(self) -> None:
        """Nothing is prepared yet."""
        super().__init__()
        self._inputs: list[str] = []
        self._crs: dict[str, str] = {}
        self._options: dict[str, object] = {}
        self._index = self._model = ""

    def createInstance(self) -> BuildIndex:
        """A fresh one for a run."""
        return BuildIndex()

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr("Build index")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("embeddings,chips,tiles,search,text,deep learning,vision-language").split(",")

    def shortHelpString(self) -> str:
        """The help beside the dialog."""
        return tr(
            "Cuts georeferenced images into chips, has the model look at each and keeps what it "
            "saw in an index, a folder whose name should end in .cmpagl.\n\n"
            "Give raster layers, a folder of rasters, or both. Files on disk and files on a server "
            "(/vsicurl, /vsis3) can be indexed; web maps are refused by their name: Render map to "
            "a scene makes a file of one. A CRS that was set on a layer counts.\n\n"
            "Run it again with the same output to add scenes or to go on after a stop: what is "
            "there already is not done twice.\n\n"
            "Ground sizes are the sides of the chips in metres, such as 150,300,600. They decide "
            "what can be found: boats in chips of 100 m, a harbour in chips of 400 m. Without them "
            "two or three are chosen for each scene.\n\n"
            "Outputs: the index, and the numbers of its scenes, of new chips, of scenes that were "
            "there already, and of scenes with problems."
        )

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.addParameter(
            QgsProcessingParameterMultipleLayers(
                self.LAYERS,
                tr("Raster layers"),
                QgsProcessing.SourceType.TypeRaster,
                optional=True,
            )
        )
        self.addParameter(
            QgsProcessingParameterFile(
                self.FOLDER,
                tr("Folder of rasters"),
                QgsProcessingParameterFile.Behavior.Folder,
                optional=True,
            )
        )
        self._add_chip_parameters()
        self.add_advanced(
            QgsProcessingParameterString(
                self.MODEL, tr("Model, by name (empty: the usual one)"), optional=True
            )
        )
        self.addParameter(
            QgsProcessingParameterFolderDestination(self.OUTPUT, tr("Index (.cmpagl folder)"))
        )
        self.addOutput(QgsProcessingOutputNumber("SCENES", tr("Scenes in the index")))
        self.addOutput(QgsProcessingOutputNumber("ENCODED", tr("New chips")))
        self.addOutput(QgsProcessingOutputNumber("UNCHANGED", tr("Scenes that were there already")))
        self.addOutput(QgsProcessingOutputNumber("PROBLEMS", tr("Scenes with problems")))

    def _add_chip_parameters(self) -> None:
        double = QgsProcessingParameterNumber.Type.Double
        self.add_advanced(
            QgsProcessingParameterString(
                self.GROUND_SIZES,
                tr("Ground sizes of chips, metres, between commas"),
                optional=True,
            )
        )
        self.add_advanced(
            QgsProcessingParameterNumber(
                self.GSD,
                tr("Metres a chip pixel (one size instead)"),
                double,
                optional=True,
                minValue=0.0,
            )
        )
        self.add_advanced(
            QgsProcessingParameterBoolean(
                self.NATIVE,
                tr("Chips of the scene's own pixels (one size instead)"),
                defaultValue=False,
            )
        )
        self.add_advanced(
            QgsProcessingParameterNumber(
                self.OVERLAP,
                tr("Share that neighbouring chips repeat"),
                double,
                optional=True,
                minValue=0.0,
                maxValue=0.95,
            )
        )
        self.add_advanced(
            QgsProcessingParameterString(
                self.BANDS,
                tr("Bands for red, green, blue, from 1, between commas"),
                optional=True,
            )
        )
        self.add_advanced(
            QgsProcessingParameterString(
                self.STRETCH,
                tr("Stretch: auto, none, percentile, or LOW,HIGH"),
                optional=True,
            )
        )
        self.add_advanced(
            QgsProcessingParameterNumber(
                self.MIN_VALID,
                tr("Least share of valid pixels in a chip"),
                double,
                optional=True,
                minValue=0.0,
                maxValue=1.0,
            )
        )

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Find the files behind the layers, and read the options.

        Raises:
            SourceError: if there is nothing to index, or a layer has no file.
            PluginError: if a value cannot be read.
        """
        layers = self.parameterAsLayerList(parameters, self.LAYERS, context)
        sources = [source_of(layer) for layer in layers]
        self._inputs = [source.path for source in sources]
        self._crs = {source.path: source.crs for source in sources}
        folder = self.parameterAsString(parameters, self.FOLDER, context)
        if folder:
            self._inputs.append(absolute(folder))
        if not self._inputs:
            raise SourceError(tr("Nothing to index: give raster layers, a folder, or both."))
        self._index = absolute(self.parameterAsFileOutput(parameters, self.OUTPUT, context))
        self._options = self._read_options(parameters, context)
        self._model = self.parameterAsString(parameters, self.MODEL, context).strip()

    def _read_options(self, parameters: Values, context: QgsProcessingContext) -> dict[str, object]:
        options: dict[str, object] = {}
        sizes = self.parameterAsString(parameters, self.GROUND_SIZES, context)
        if sizes:
            options["ground_sizes_m"] = numbers(sizes, tr("Ground sizes"), float)
        bands = self.parameterAsString(parameters, self.BANDS, context)
        if bands:
            options["bands"] = numbers(bands, tr("Bands"), int)
        for key, name in (("gsd_m", self.GSD), ("overlap", self.OVERLAP),
                          ("min_valid", self.MIN_VALID)):  # fmt: skip
            if parameters.get(name) is not None:
                options[key] = self.parameterAsDouble(parameters, name, context)
        if self.parameterAsBoolean(parameters, self.NATIVE, context):
            options["native"] = True
        stretch = self.parameterAsString(parameters, self.STRETCH, context)
        if stretch:
            options["stretch"] = stretch
        return options

    def work(
        self,
        engine: BlockingEngine,
        parameters: Values,  # noqa: ARG002 - read before
        context: QgsProcessingContext,  # noqa: ARG002
        feedback: QgsProcessingFeedback,
    ) -> Values:
        """Let the engine index, and say what came of it.

        Raises:
            EngineError: if the engine refuses, or no scene could be indexed.
        """
        params: dict[str, object] = {"index": self._index, "inputs": self._inputs}
        if self._crs:
            params["crs"] = self._crs
        if self._options:
            params["options"] = self._options
        if self._model:
            params["model"] = self._model
        report = read(BuildReport, engine.ask("index", params))
        tell(report, feedback)
        if not report.scenes:
            text = tr("No scene could be indexed. {0}").format(" ".join(report.problems))
            raise EngineError(REFUSED, text.strip())
        return {
            self.OUTPUT: self._index,
            "SCENES": report.scenes,
            "ENCODED": report.new_chips,
            "UNCHANGED": report.unchanged,
            "PROBLEMS": len(report.problems) + len(report.damaged),
        }

    def when_cancelled(self) -> str:
        """What is left of a run that the user stopped."""
        return tr("Stopped; what was finished is kept, and the same run goes on from there.")


def numbers(text: str, what: str, kind: type[float] | type[int]) -> list[float] | list[int]:
    """Numbers between commas.

    Args:
        text: such as ``150,300``.
        what: their name in messages.
        kind: float or int.

    Raises:
        PluginError: if one is no such number.
    """
    try:
        return [kind(part) for part in text.replace(";", ",").split(",") if part.strip()]
    except ValueError as error:
        raise PluginError(
            tr("{0}: found {1!r}, wanted numbers between commas, such as {2}").format(
                what, text, "3,2,1" if kind is int else "150,300"
            )
        ) from error


def tell(report: BuildReport, feedback: QgsProcessingFeedback) -> None:
    """Write the outcome to the log of the run.

    Args:
        report: what the engine did.
        feedback: of the run.
    """
    text = tr("{0} scenes in the index, {2} of them unchanged; {1} new chips; {3:.1f} s")
    counts = (report.scenes, report.new_chips, report.unchanged)
    feedback.pushInfo(text.format(*counts, report.seconds))
    for reason, count in report.skipped:
        feedback.pushInfo(tr("left out: {0} ({1})").format(count, reason))
    for note in report.notes:
        feedback.pushInfo(tr("note: {0}").format(note))
    for problem in (*report.problems, *report.damaged):
        feedback.pushWarning(problem)
