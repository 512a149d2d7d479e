"""``cmpagl:watch``: a saved query in, the places that it had not found before out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsProcessingParameterFile

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import News
from cmpagl_qgis.texts import tr, tr_noop

from .algorithm import absolute, switch
from .search_algorithm import SearchAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from cmpagl_qgis.engine.records import Answer

    from .algorithm import Run, Values


class WatchQuery(SearchAlgorithm):
    """Asks a saved query for what is new."""

    NAME = METHOD = "watch"
    TITLE = tr_noop("Watch a saved query")
    TAGS = tr_noop("monitor,alert,new,saved search,find")
    HELP = tr_noop(
        "Finds the places of an index that match a saved query and that no earlier watch "
        "has shown, such as those in scenes added since.\n\n"
        "A query is saved with cmpagl search --save, or in the dock. A match reaches its "
        "least relevance or score; a sentence without either takes the model's cut-off. "
        "What was shown is kept beside the query's file."
    )
    KEEP = "KEEP"
    _shown: list[dict[str, object]]

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.addParameter(
            QgsProcessingParameterFile(self.QUERY, tr("Saved query (.json)"), extension="json")
        )
        self.add_advanced(switch(self.KEEP, tr("What is shown counts as seen"), on=True))
        self.add_matches()

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read the paths."""
        self.asked = {
            "index": self.index_path(parameters, context),
            "file": absolute(self.parameterAsString(parameters, self.QUERY, context)),
        }

    def work(self, run: Run) -> Values:
        """Write what is new, and only then count it as seen.

        Raises:
            PluginError: if the engine refuses, or the output cannot be written.
        """
        results = super().work(run)
        if self.parameterAsBoolean(run.parameters, self.KEEP, run.context):
            # The index may have grown since: what came meanwhile is for the next watch.
            shown = {"keep": True, "shown": self._shown}
            run.engine.ask(self.METHOD, {**self.asked, **shown})
        return results

    def answer(self, run: Run) -> Answer:
        """What is new.

        Args:
            run: its log hears how many were seen before.

        Raises:
            PluginError: if the engine refuses.
        """
        news = read(News, run.engine.ask(self.METHOD, {**self.asked, "keep": False}))
        run.feedback.pushInfo(tr("{0} seen before").format(news.known))
        if news.note:
            run.feedback.pushInfo(news.note)
        self._shown = [hit.place() for hit in news.answer.hits]
        return news.answer
