"""What both searches share: how many, from which score, where, and the layer of hits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from qgis.core import QgsWkbTypes

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import Answer
from cmpagl_qgis.errors import PluginError
from cmpagl_qgis.map.footprints import Placer, common_crs
from cmpagl_qgis.map.scale import Scales
from cmpagl_qgis.map.style import apply_style
from cmpagl_qgis.settings import Settings
from cmpagl_qgis.texts import tr

from .algorithm import real_number, switch
from .hit_sink import fields_help, hit_fields, write_hits
from .narrowing import NarrowedAlgorithm
from .painter import paint_when_loaded

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsVectorLayer

    from .algorithm import Run, Values


PAUSE_S, STEP_S = 4.0, 0.1
"""Between two questions to an index that grows, and how soon a Cancel is seen."""


class SearchAlgorithm(NarrowedAlgorithm):
    """A search of an index whose hits become a layer."""

    MIN_SCORE, MERGE, SIBLINGS, FOLLOW = "MIN_SCORE", "MERGE", "SIBLINGS", "FOLLOW"
    _follow: bool

    def shortHelpString(self) -> str:
        """The help beside the dialog, with the columns."""
        return f"{super().shortHelpString()}\n\n{fields_help()}"

    def add_search_parameters(self) -> None:
        """Declare number, score, filters and output."""
        self.add_count(tr("Number of results"))
        self.addParameter(real_number(self.MIN_SCORE, tr("Lowest score"), -1.0, 1.0))
        self.add_filters()
        merge = tr("One result where overlapping chips show the same place")
        siblings = tr(
            "The same across scenes, dates and sizes: these become siblings of the result"
        )
        follow = tr("While the index grows: ask until it is complete; Cancel gives what is there")
        self.add_advanced(switch(self.MERGE, merge, on=True))
        self.add_advanced(switch(self.SIBLINGS, siblings, on=True))
        self.add_advanced(switch(self.FOLLOW, follow))
        self.add_matches()

    def add_matches(self) -> None:
        """Declare the output."""
        self.add_polygons(tr("Matches"), tr("Number of matches"))

    def answer(self, run: Run) -> Answer:
        """Ask the engine; where that is wanted, again and again while the index grows.

        Args:
            run: its log hears how far it is.

        Raises:
            PluginError: if the engine refuses.
        """
        answer, known = read(Answer, run.engine.ask(self.METHOD, self.asked)), set()
        while self._follow and answer.growing is not None:
            new = [hit for hit in answer.hits if hit.key not in known]
            known |= {hit.key for hit in new}
            text = tr("{0} of {1} scenes so far, {2} new matches")
            run.feedback.pushInfo(text.format(answer.growing.done, answer.growing.scenes, len(new)))
            for _ in range(round(PAUSE_S / STEP_S)):
                if run.feedback.isCanceled():
                    return answer
                time.sleep(STEP_S)
            answer = read(Answer, run.engine.ask(self.METHOD, self.asked))
        return answer

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read what all searches have.

        Raises:
            PluginError: if a filter has no place on earth.
        """
        self.asked = {
            "index": self.index_path(parameters, context),
            "k": self.parameterAsInt(parameters, self.NUMBER, context),
            "merge": self.parameterAsBoolean(parameters, self.MERGE, context),
            **self.given_numbers(parameters, context, min_score=self.MIN_SCORE),
            **self.narrowed(parameters, context),
        }
        self._follow = self.parameterAsBoolean(parameters, self.FOLLOW, context)
        if not self.parameterAsBoolean(parameters, self.SIBLINGS, context):
            self.asked["siblings"] = False

    def work(self, run: Run) -> Values:
        """Search, and write the hits.

        Raises:
            PluginError: if the engine refuses, or the output cannot be written.
        """
        answer = self.answer(run)
        self.tell(answer, run.feedback)
        crs = common_crs({hit.crs for hit in answer.hits})
        sink, output = self.parameterAsSink(
            run.parameters,
            self.OUTPUT,
            run.context,
            hit_fields(),
            QgsWkbTypes.Type.MultiPolygon,
            crs,
        )
        if sink is None:
            raise PluginError(self.invalidSinkError(run.parameters, self.OUTPUT))
        placer = Placer(crs, run.context.transformContext())
        count = write_hits(answer, sink, placer, run.feedback)
        del sink  # the file is complete from here on
        text = tr("{0} matches among {1} chips in {2:.2f} s")
        run.feedback.pushInfo(text.format(count, answer.candidates, answer.seconds))
        scale = Scales().of(answer, "")

        def paint(layer: QgsVectorLayer) -> None:
            apply_style(layer, scale, filled=Settings().fill_places)
            layer.triggerRepaint()

        paint_when_loaded(output, paint, run.context)
        return {self.OUTPUT: output, self.COUNT: count}
