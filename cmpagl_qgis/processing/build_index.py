"""``cmpagl:buildindex``: rasters in, an index out."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import BuildReport
from cmpagl_qgis.errors import REFUSED, EngineError, PluginError, SourceError
from cmpagl_qgis.map.sources import source_of
from cmpagl_qgis.texts import tr, tr_noop

from .algorithm import EngineAlgorithm, absolute, index_place, real_number

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from .algorithm import Run, Values


class BuildIndex(EngineAlgorithm):
    """Makes an index, or brings one up to date."""

    NAME = "buildindex"
    TITLE = tr_noop("Build index")
    TAGS = tr_noop("embeddings,chips,tiles,search,text,deep learning,vision-language")
    HELP = tr_noop(
        "Cuts georeferenced images into chips, has the model look at each and keeps what it "
        "saw in an index, a folder whose name should end in .cmpagl, or an address in an object "
        "store (s3://, gs:// or az://).\n\n"
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
    METHOD, READS = "index", False
    LAYERS, FOLDER, MODEL = "LAYERS", "FOLDER", "MODEL"
    GROUND_SIZES, GSD, NATIVE, OVERLAP = "GROUND_SIZES", "GSD", "NATIVE", "OVERLAP"
    BANDS, STRETCH, MIN_VALID = "BANDS", "STRETCH", "MIN_VALID"

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.addParameter(
            QgsProcessingParameterMultipleLayers(
                self.LAYERS, tr("Raster layers"), QgsProcessing.SourceType.TypeRaster, optional=True
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
        place = tr("Index (.cmpagl folder, or an address such as s3://bucket/town.cmpagl)")
        self.addParameter(QgsProcessingParameterFolderDestination(self.OUTPUT, place))
        self.addOutput(QgsProcessingOutputNumber("SCENES", tr("Scenes in the index")))
        self.addOutput(QgsProcessingOutputNumber("ENCODED", tr("New chips")))
        self.addOutput(QgsProcessingOutputNumber("UNCHANGED", tr("Scenes that were there already")))
        self.addOutput(QgsProcessingOutputNumber("PROBLEMS", tr("Scenes with problems")))

    def _add_chip_parameters(self) -> None:
        def text(name: str, what: str) -> QgsProcessingParameterString:
            return QgsProcessingParameterString(name, what, optional=True)

        native = tr("Chips of the scene's own pixels (one size instead)")
        for parameter in (
            text(self.GROUND_SIZES, tr("Ground sizes of chips, metres, between commas")),
            real_number(self.GSD, tr("Metres a chip pixel (one size instead)"), 0.0),
            QgsProcessingParameterBoolean(self.NATIVE, native, defaultValue=False),
            real_number(self.OVERLAP, tr("Share that neighbouring chips repeat"), 0.0, 0.95),
            text(self.BANDS, tr("Bands for red, green, blue, from 1, between commas")),
            text(self.STRETCH, tr("Stretch: auto, none, percentile, or LOW,HIGH")),
            real_number(self.MIN_VALID, tr("Least share of valid pixels in a chip"), 0.0, 1.0),
        ):
            self.add_advanced(parameter)

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Find the files behind the layers, and read the options.

        Raises:
            SourceError: if there is nothing to index, or a layer has no file.
            PluginError: if a value cannot be read.
        """
        layers = self.parameterAsLayerList(parameters, self.LAYERS, context)
        sources = [source_of(layer) for layer in layers]
        inputs = [source.path for source in sources]
        folder = self.parameterAsString(parameters, self.FOLDER, context)
        if folder:
            inputs.append(absolute(folder))
        if not inputs:
            raise SourceError(tr("Nothing to index: give raster layers, a folder, or both."))
        index = index_place(self.parameterAsFileOutput(parameters, self.OUTPUT, context))
        self.asked = {"index": index, "inputs": inputs}
        may_be_empty = {
            "crs": {source.path: source.crs for source in sources},
            "options": self._read_options(parameters, context),
            "model": self.parameterAsString(parameters, self.MODEL, context).strip(),
        }
        self.asked.update(filter(itemgetter(1), may_be_empty.items()))

    def _read_options(self, parameters: Values, context: QgsProcessingContext) -> dict[str, object]:
        options: dict[str, object] = {
            "ground_sizes_m": numbers(
                self.parameterAsString(parameters, self.GROUND_SIZES, context),
                tr("Ground sizes"),
                float,
            ),
            "bands": numbers(
                self.parameterAsString(parameters, self.BANDS, context), tr("Bands"), int
            ),
            "native": self.parameterAsBoolean(parameters, self.NATIVE, context),
            "stretch": self.parameterAsString(parameters, self.STRETCH, context),
        }
        return {
            **self.given_numbers(
                parameters, context, gsd_m=self.GSD, overlap=self.OVERLAP, min_valid=self.MIN_VALID
            ),
            **dict(filter(itemgetter(1), options.items())),
        }

    def work(self, run: Run) -> Values:
        """Let the engine index, and say what came of it.

        Raises:
            EngineError: if the engine refuses, or no scene could be indexed.
        """
        report = read(BuildReport, run.engine.ask(self.METHOD, self.asked))
        tell(report, run.feedback)
        if not report.scenes:
            text = tr("No scene could be indexed. {0}").format(" ".join(report.problems))
            raise EngineError(REFUSED, text.strip())
        return {
            self.OUTPUT: self.asked["index"],
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
