"""``cmpagl:verifyindex``: is an index whole, and are its scenes unchanged?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterNumber,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import Verification
from cmpagl_qgis.texts import tr, tr_noop

from .algorithm import EngineAlgorithm, switch

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from .algorithm import Run, Values


class VerifyIndex(EngineAlgorithm):
    """Reads everything of an index, compares checksums, and makes anew what is damaged."""

    NAME = "verifyindex"
    METHOD = "verify"
    TITLE = tr_noop("Verify index")
    TAGS = tr_noop("check,checksum,damage,integrity")
    HELP = tr_noop(
        "Reads every byte of an index and of its scenes and compares them with their "
        "checksums. Nothing is changed, unless you ask to repair: then what is damaged is "
        "made anew from the scenes, and nothing else.\n\n"
        "A sample is read from the scenes again, encoded and compared.\n\n"
        "Outputs: the numbers of chips, scenes and problems, and the problems, a line each. "
        "No problems means: whole."
    )
    SAMPLE, REPAIR = "SAMPLE", "REPAIR"

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.addParameter(
            QgsProcessingParameterNumber(
                self.SAMPLE, tr("Chips to read again and compare"), defaultValue=0, minValue=0
            )
        )
        self.addParameter(switch(self.REPAIR, tr("Repair what is damaged")))
        self.addOutput(QgsProcessingOutputNumber("CHIPS", tr("Chips")))
        self.addOutput(QgsProcessingOutputNumber("SCENES", tr("Scenes")))
        self.addOutput(QgsProcessingOutputNumber("PROBLEMS", tr("Number of problems")))
        self.addOutput(QgsProcessingOutputString("REPORT", tr("Problems")))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read what is asked."""
        self.asked = {
            "index": self.index_path(parameters, context),
            "sample": self.parameterAsInt(parameters, self.SAMPLE, context),
            "repair": self.parameterAsBoolean(parameters, self.REPAIR, context),
        }

    def work(self, run: Run) -> Values:
        """Let the engine look, and tell what it found.

        Raises:
            PluginError: if the engine refuses.
        """
        found = read(Verification, run.engine.ask(self.METHOD, self.asked))
        for repaired in found.repaired:
            run.feedback.pushInfo(tr("Repaired: {0}").format(repaired))
        for problem in found.problems:
            run.feedback.pushWarning(problem)
        if not found.problems:
            text = tr("The index is whole: {0} chips of {1} scenes.")
            run.feedback.pushInfo(text.format(found.chips, found.scenes))
        return {
            "CHIPS": found.chips,
            "SCENES": found.scenes,
            "PROBLEMS": len(found.problems),
            "REPORT": "\n".join(found.problems),
        }

    def when_cancelled(self) -> str:
        """What is left of a run that the user stopped."""
        return tr("Stopped; what was repaired stays so.")
