"""What algorithms share: names, parameters that several have, and the engine around the work."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtGui import QIcon

from cmpagl_qgis.engine.blocking import BlockingEngine
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.interpreter import default_launch
from cmpagl_qgis.engine.job_records import FetchedIndex
from cmpagl_qgis.errors import EngineError, LayerError, PluginError
from cmpagl_qgis.map.sources import source_of
from cmpagl_qgis.settings import Settings
from cmpagl_qgis.texts import counted, tr, tr_marked

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.interpreter import Launch

ICON = Path(__file__).resolve().parent.parent / "icons" / "cmpagl.svg"

ELSEWHERE = "://"
"""What an address has and a path has not."""
STORES = ("s3", "gs", "az")
"""Object stores that the engine fetches an index from."""

Values = dict[str, object]
"""Parameters in, outputs out, as Processing hands them over."""


@dataclass(frozen=True)
class Run:
    """What an algorithm works with."""

    engine: BlockingEngine
    """Started and greeted."""
    parameters: Values
    """As given."""
    context: QgsProcessingContext
    """QGIS's, of the run."""
    feedback: QgsProcessingFeedback
    """Hears how it goes, and knows whether the user wants to stop."""


class CmpaglAlgorithm(QgsProcessingAlgorithm):
    """An algorithm of this provider."""

    OUTPUT = "OUTPUT"
    NAME = ""
    """Its name in commands; never changed, for models name it."""
    TITLE = ""
    """Its name in the toolbox, marked by ``tr_noop``, as are the next two."""
    TAGS = ""
    """Words it is found by, between commas."""
    HELP = ""
    """The help beside the dialog."""

    def name(self) -> str:
        """The name in commands."""
        return self.NAME

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr_marked(self.TITLE)

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr_marked(self.TAGS).split(",")

    def shortHelpString(self) -> str:
        """The help beside the dialog."""
        return tr_marked(self.HELP)

    def icon(self) -> QIcon:
        """The provider's."""
        return QIcon(str(ICON))

    def svgIconPath(self) -> str:
        """The provider's."""
        return str(ICON)

    def createInstance(self) -> CmpaglAlgorithm:
        """A fresh one for a run."""
        return type(self)()

    def add_advanced(self, parameter: QgsProcessingParameterDefinition) -> None:
        """A parameter that is folded away at first.

        Args:
            parameter: the definition.
        """
        advanced = QgsProcessingParameterDefinition.Flag.FlagAdvanced
        parameter.setFlags(parameter.flags() | advanced)
        self.addParameter(parameter)


class EngineAlgorithm(CmpaglAlgorithm):
    """An algorithm whose work is done by the engine.

    Everything that touches layers or the project is read in :meth:`read_parameters`, in the main
    thread, into ``asked``; :meth:`work` may run in any thread. QGIS itself has a ``prepare``, and
    calls it.
    """

    METHOD = ""
    """The engine's method."""
    READS = True
    """Whether the index must be there; one in an object store is then brought to this machine."""
    INDEX, QUERY, NUMBER, COUNT, PLAIN = "INDEX", "QUERY", "NUMBER", "COUNT", "PLAIN"
    _launch: Launch
    asked: dict[str, object]
    """Parameters of the request, as the protocol has them."""

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read what the user gave; main thread.

        Args:
            parameters: as given.
            context: of the run.

        Raises:
            PluginError: if something of it cannot be used.
        """
        raise NotImplementedError

    def work(self, run: Run) -> Values:
        """Ask the engine and write the outputs; any thread.

        Args:
            run: what there is to work with.

        Raises:
            PluginError: if it cannot be done.
        """
        raise NotImplementedError

    def when_cancelled(self) -> str:
        """What is left of a run that the user stopped."""
        return tr("Stopped; nothing was written.")

    def prepareAlgorithm(
        self,
        parameters: Values,
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,  # noqa: ARG002 - QGIS's signature
    ) -> bool:
        """Find the engine and read the parameters.

        Raises:
            QgsProcessingException: with the reason, for a person.
        """
        try:
            self._launch = default_launch()
            self.read_parameters(parameters, context)
        except PluginError as error:
            raise QgsProcessingException(str(error)) from error
        return True

    def processAlgorithm(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> Values:
        """Do the work with an engine that ends afterwards.

        Raises:
            QgsProcessingException: with the reason, for a person; not when the user stopped it.
        """
        try:
            with BlockingEngine(self._launch, feedback) as engine:
                address = str(self.asked["index"])
                if ELSEWHERE in address:  # from an object store: its copy on this machine
                    brought = engine.ask("fetch", {"address": address, "bring": self.READS})
                    self.asked["index"] = read(FetchedIndex, brought).index
                return self.work(Run(engine, parameters, context, feedback))
        except EngineError as error:
            if error.cancelled:
                feedback.pushInfo(self.when_cancelled())
                return {}
            raise QgsProcessingException(error.message) from error
        except PluginError as error:
            raise QgsProcessingException(str(error)) from error

    def add_index_parameter(self) -> None:
        """The parameter for the index to read."""
        self.addParameter(
            QgsProcessingParameterFile(
                self.INDEX,
                tr("Index (.cmpagl folder, or an address such as s3://bucket/town.cmpagl)"),
                QgsProcessingParameterFile.Behavior.Folder,
                defaultValue=next(iter(Settings().recent_indexes), None),
            )
        )

    def index_path(self, parameters: Values, context: QgsProcessingContext) -> str:
        """As :func:`index_place`, of the index that was given.

        Args:
            parameters: as given.
            context: of the run.

        Raises:
            PluginError: if it is an address, and of no object store.
        """
        return index_place(self.parameterAsString(parameters, self.INDEX, context))

    def add_count(self, text: str) -> None:
        """The parameter for how many are found at most.

        Args:
            text: what is counted.
        """
        self.addParameter(
            QgsProcessingParameterNumber(
                self.NUMBER, text, defaultValue=50, minValue=1, maxValue=100_000
            )
        )

    def add_polygons(self, text: str, counted: str) -> None:
        """The output for polygons, and that for how many there are.

        Args:
            text: what they are.
            counted: what the number is.
        """
        polygons = QgsProcessing.SourceType.TypeVectorPolygon
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, text, polygons))
        self.addOutput(QgsProcessingOutputNumber(self.COUNT, counted))

    def add_sentence(self) -> None:
        """The parameter for the sentence."""
        self.addParameter(QgsProcessingParameterString(self.QUERY, tr("What to find")))

    def add_plain(self) -> None:
        """The parameter that keeps the sentence from being read by parts, folded away."""
        text = tr("Take the sentence as it stands, not by parts")
        self.add_advanced(switch(self.PLAIN, text))

    def sentence(self, parameters: Values, context: QgsProcessingContext) -> dict[str, object]:
        """The sentence that was given and how it is read, under their names in the protocol.

        Args:
            parameters: as given.
            context: of the run.

        Raises:
            PluginError: if it is blank.
        """
        query = self.parameterAsString(parameters, self.QUERY, context)
        if not query.strip():
            raise PluginError(tr("Say what to find, in a sentence."))
        plain = self.parameterAsBoolean(parameters, self.PLAIN, context)
        return {"query": query, **({"plain": True} if plain else {})}

    def tell_reading(self, understood: str, feedback: QgsProcessingFeedback) -> None:
        """Say in the log how the sentence was read, if by parts.

        Args:
            understood: the engine's words; empty: it was taken as it stands.
            feedback: of the run.
        """
        if understood:
            feedback.pushInfo(tr("Read as: {0}").format(understood))

    def tell_undated(self, chips: int, feedback: QgsProcessingFeedback) -> None:
        """Say in the log how many chips of unknown date a date left out, if any.

        Args:
            chips: so many.
            feedback: of the run.
        """
        if chips:
            one = tr("Left out 1 chip of unknown date")
            many = tr("Left out {0} chips of unknown date")
            feedback.pushInfo(counted(chips, one, many))

    def scene_path(self, parameters: Values, name: str, context: QgsProcessingContext) -> str:
        """The file behind a raster layer that was given.

        Args:
            parameters: as given.
            name: of the parameter.
            context: of the run.

        Raises:
            LayerError: if it is no layer that QGIS can read.
            PluginError: if it is no file.
        """
        layer = self.parameterAsRasterLayer(parameters, name, context)
        if layer is None:
            raise LayerError(tr("The layer {0} cannot be read.").format(parameters.get(name)))
        return source_of(layer).path

    def given_numbers(
        self, parameters: Values, context: QgsProcessingContext, **names: str
    ) -> dict[str, object]:
        """Those of some optional numbers that were given, under their names in the protocol.

        Args:
            parameters: as given.
            context: of the run.
            **names: of the parameters, by name in the protocol.
        """
        return {
            key: self.parameterAsDouble(parameters, name, context)
            for key, name in names.items()
            if parameters.get(name) is not None
        }


def real_number(
    name: str,
    text: str,
    least: float,
    most: float = sys.float_info.max,
    default: float | None = None,
) -> QgsProcessingParameterNumber:
    """A parameter for a number with decimals.

    Args:
        name: of the parameter.
        text: what it is, with its unit.
        least: it may be.
        most: it may be.
        default: without a choice; ``None``: the number is optional.
    """
    return QgsProcessingParameterNumber(
        name,
        text,
        QgsProcessingParameterNumber.Type.Double,
        defaultValue=default,
        optional=default is None,
        minValue=least,
        maxValue=most,
    )


def index_place(given: str) -> str:
    """Where an index lies: an absolute path, or its address in an object store.

    Args:
        given: a path, or an address.

    Raises:
        PluginError: if it is another address.
    """
    scheme, elsewhere, _rest = given.strip().partition(ELSEWHERE)
    if not elsewhere:
        return absolute(given)
    if scheme.lower() not in STORES:
        text = tr(
            "{0} is no place of an index. Give its folder, or its address in an object store "
            "(s3://, gs:// or az://)."
        )
        raise PluginError(text.format(given))
    return given.strip()


def switch(name: str, text: str, *, on: bool = False) -> QgsProcessingParameterBoolean:
    """A parameter that is on or off.

    Args:
        name: of the parameter.
        text: what it does.
        on: whether it is, without a choice.
    """
    return QgsProcessingParameterBoolean(name, text, defaultValue=on)


def absolute(path: str) -> str:
    """A path as the protocol wants it.

    Args:
        path: absolute, or relative to the current folder; ``~`` is the user's.
    """
    return str(Path(path).expanduser().absolute())
