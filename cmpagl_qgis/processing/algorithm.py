"""What all algorithms share: names, the index parameter, and the engine around the work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFile,
)
from qgis.PyQt.QtGui import QIcon

from cmpagl_qgis.engine.blocking import BlockingEngine
from cmpagl_qgis.engine.interpreter import default_launch
from cmpagl_qgis.errors import EngineError, PluginError
from cmpagl_qgis.settings import Settings
from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.interpreter import Launch

ICON = Path(__file__).resolve().parent.parent / "icons" / "cmpagl.svg"

Values = dict[str, object]
"""Parameters in, outputs out, as Processing hands them over."""


class CmpaglAlgorithm(QgsProcessingAlgorithm):
    """An algorithm of this provider."""

    OUTPUT = "OUTPUT"
    NAME = ""
    """Its name in commands; never changed, for models name it."""

    def name(self) -> str:
        """The name in commands."""
        return self.NAME

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
    thread; :meth:`work` may run in any thread. QGIS itself has a ``prepare``, and calls it.
    """

    INDEX = "INDEX"

    def __init__(self) -> None:
        """Nothing is prepared yet."""
        super().__init__()
        self._launch: Launch | None = None

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read what the user gave; main thread.

        Args:
            parameters: as given.
            context: of the run.

        Raises:
            PluginError: if something of it cannot be used.
        """
        raise NotImplementedError

    def work(
        self,
        engine: BlockingEngine,
        parameters: Values,
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Values:
        """Ask the engine and write the outputs; any thread.

        Args:
            engine: started and greeted.
            parameters: as given.
            context: of the run.
            feedback: of the run.

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
        self,
        parameters: Values,
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Values:
        """Do the work with an engine that ends afterwards.

        Raises:
            QgsProcessingException: with the reason, for a person; not when the user stopped it.
        """
        if self._launch is None:
            raise QgsProcessingException(tr("The algorithm was not prepared."))
        try:
            with BlockingEngine(self._launch, feedback) as engine:
                return self.work(engine, parameters, context, feedback)
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
                tr("Index (.cmpagl folder)"),
                QgsProcessingParameterFile.Behavior.Folder,
                defaultValue=next(iter(Settings().recent_indexes), None),
            )
        )

    def index_path(self, parameters: Values, context: QgsProcessingContext) -> str:
        """The absolute path of the index that was given.

        Args:
            parameters: as given.
            context: of the run.
        """
        return absolute(self.parameterAsString(parameters, self.INDEX, context))


def absolute(path: str) -> str:
    """A path as the protocol wants it.

    Args:
        path: absolute, or relative to the current folder; ``~`` is the user's.
    """
    return str(Path(path).expanduser().absolute())
