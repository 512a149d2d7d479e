"""What both searches share: how many, from which score, where, and the layer of hits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRange,
    QgsVectorLayer,
    QgsWkbTypes,
)

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import Answer
from cmpagl_qgis.errors import LayerError, PluginError
from cmpagl_qgis.map.filters import box_in_degrees, union_in_degrees
from cmpagl_qgis.map.footprints import Placer, common_crs
from cmpagl_qgis.map.scale import Scales
from cmpagl_qgis.map.style import apply_style
from cmpagl_qgis.settings import Settings
from cmpagl_qgis.texts import tr, whole

from .algorithm import EngineAlgorithm, real_number
from .hit_sink import fields_help, hit_fields, write_hits
from .painter import paint_when_loaded

if TYPE_CHECKING:
    from qgis.core import (
        QgsMapLayer,
        QgsProcessingContext,
        QgsProcessingFeatureSource,
        QgsProcessingFeedback,
    )

    from cmpagl_qgis.engine.blocking import BlockingEngine

    from .algorithm import Values


PAUSE_S, STEP_S = 4.0, 0.1
"""Between two questions to an index that grows, and how soon a Cancel is seen."""


class SearchAlgorithm(EngineAlgorithm):
    """A search of an index whose hits become a layer."""

    MIN_SCORE, EXTENT, AREA, SIZES = "MIN_SCORE", "EXTENT", "AREA", "SIZES"
    FROM_DATE, TO_DATE, MERGE = "FROM_DATE", "TO_DATE", "MERGE"
    SIBLINGS, FOLLOW = "SIBLINGS", "FOLLOW"

    def __init__(self) -> None:
        """Nothing is prepared yet."""
        super().__init__()
        self._follow = False

    def shortHelpString(self) -> str:
        """The help beside the dialog, with the columns."""
        return f"{super().shortHelpString()}\n\n{fields_help()}"

    def add_search_parameters(self) -> None:
        """Declare number, score, filters and output."""
        self.add_count(tr("Number of results"))
        self.addParameter(real_number(self.MIN_SCORE, tr("Lowest score"), -1.0, 1.0))
        self.addParameter(
            QgsProcessingParameterExtent(self.EXTENT, tr("Only in this extent"), optional=True)
        )
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                self.AREA,
                tr("Only inside these polygons"),
                [QgsProcessing.SourceType.TypeVectorPolygon],
                optional=True,
            )
        )
        self.add_scene_names()
        self.add_advanced(
            QgsProcessingParameterRange(
                self.SIZES, tr("Only chips with a side on the ground of, metres"),
                QgsProcessingParameterNumber.Type.Double, optional=True,
            )
        )  # fmt: skip
        for name, text in (
            (self.FROM_DATE, tr("Only chips taken on this day or later")),
            (self.TO_DATE, tr("Only chips taken on this day or earlier")),
        ):
            self.add_advanced(
                QgsProcessingParameterDateTime(
                    name, text, QgsProcessingParameterDateTime.Type.Date, optional=True
                )
            )
        self.add_advanced(
            QgsProcessingParameterBoolean(
                self.MERGE, tr("One result where overlapping chips show the same place"),
                defaultValue=True,
            )
        )  # fmt: skip
        self.add_advanced(
            QgsProcessingParameterBoolean(
                self.SIBLINGS,
                tr("The same across scenes, dates and sizes: these become siblings of the result"),
                defaultValue=True,
            )
        )  # fmt: skip
        self.add_advanced(
            QgsProcessingParameterBoolean(
                self.FOLLOW,
                tr("While the index grows: ask until it is complete; Cancel gives what is there"),
                defaultValue=False,
            )
        )  # fmt: skip
        self.add_matches()

    def add_matches(self) -> None:
        """Declare the output."""
        self.add_polygons(tr("Matches"), tr("Number of matches"))

    def answer(self, engine: BlockingEngine, feedback: QgsProcessingFeedback) -> Answer:
        """Ask the engine; where that is wanted, again and again while the index grows.

        Args:
            engine: started and greeted.
            feedback: hears how far it is.

        Raises:
            PluginError: if the engine refuses.
        """
        answer, known = read(Answer, engine.ask(self.METHOD, self._asked)), set()
        while self._follow and answer.growing is not None:
            new = [hit for hit in answer.hits if hit.key not in known]
            known |= {hit.key for hit in new}
            text = tr("{0} of {1} scenes so far, {2} new matches")
            feedback.pushInfo(text.format(answer.growing.done, answer.growing.scenes, len(new)))
            for _ in range(round(PAUSE_S / STEP_S)):
                if feedback.isCanceled():
                    return answer
                time.sleep(STEP_S)
            answer = read(Answer, engine.ask(self.METHOD, self._asked))
        return answer

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read what all searches have.

        Raises:
            PluginError: if a filter has no place on earth.
        """
        self._asked = {
            "index": self.index_path(parameters, context),
            "k": self.parameterAsInt(parameters, self.NUMBER, context),
            "merge": self.parameterAsBoolean(parameters, self.MERGE, context),
            **self.given_numbers(parameters, context, min_score=self.MIN_SCORE),
        }
        self._follow = self.parameterAsBoolean(parameters, self.FOLLOW, context)
        if not self.parameterAsBoolean(parameters, self.SIBLINGS, context):
            self._asked["siblings"] = False
        where = self._where(parameters, context)
        if where:
            self._asked["where"] = where

    def _where(self, parameters: Values, context: QgsProcessingContext) -> dict[str, object]:
        where: dict[str, object] = {}
        if parameters.get(self.EXTENT):
            crs = self.parameterAsExtentCrs(parameters, self.EXTENT, context)
            extent = self.parameterAsExtent(parameters, self.EXTENT, context)
            box = box_in_degrees(extent, crs)
            if box is None:
                text = tr("The extent {0} ({1}) has no place on earth; give its CRS too.")
                raise LayerError(text.format(extent.toString(), crs.authid() or tr("no CRS")))
            where["bbox"] = list(box)
        area = self.parameterAsSource(parameters, self.AREA, context)
        if area is not None:
            where["within"] = _union(area)
        elif parameters.get(self.AREA):
            text = tr("The layer {0} cannot be read.")
            raise LayerError(text.format(str(parameters[self.AREA])))
        scenes = self.scene_names(parameters, context)
        if scenes:
            where["scenes"] = scenes
        if parameters.get(self.SIZES):
            where["ground_m"] = list(self.parameterAsRange(parameters, self.SIZES, context))
        where.update(self._period(parameters, context))
        return where

    def _period(self, parameters: Values, context: QgsProcessingContext) -> dict[str, object]:
        """The days that the search is narrowed to.

        Raises:
            PluginError: if one is no day.
        """
        days: dict[str, object] = {}
        for name, key in ((self.FROM_DATE, "from_date"), (self.TO_DATE, "to_date")):
            if parameters.get(name):
                day = self.parameterAsDateTime(parameters, name, context).date()
                if not day.isValid():
                    text = tr("Found the date {0}; wanted one such as 2020-07-19.")
                    raise PluginError(text.format(parameters[name]))
                days[key] = day.toString("yyyy-MM-dd")
        return days

    def work(
        self,
        engine: BlockingEngine,
        parameters: Values,
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Values:
        """Search, and write the hits.

        Raises:
            PluginError: if the engine refuses, or the output cannot be written.
        """
        answer = self.answer(engine, feedback)
        for problem in answer.problems:
            feedback.pushWarning(problem)
        if answer.understood:
            feedback.pushInfo(tr("Read as: {0}").format(answer.understood))
        if answer.notice:
            feedback.pushInfo(answer.notice)
        if answer.undated:
            feedback.pushInfo(
                tr("Left out {0} chips of unknown date").format(whole(answer.undated))
            )
        crs = common_crs({hit.crs for hit in answer.hits})
        sink, output = self.parameterAsSink(
            parameters, self.OUTPUT, context, hit_fields(), QgsWkbTypes.Type.MultiPolygon, crs
        )
        if sink is None:
            raise PluginError(self.invalidSinkError(parameters, self.OUTPUT))
        placer = Placer(crs, context.transformContext())
        count = write_hits(answer, sink, placer, feedback)
        del sink  # the file is complete from here on
        text = tr("{0} matches among {1} chips in {2:.2f} s")
        feedback.pushInfo(text.format(count, answer.candidates, answer.seconds))
        scale = Scales().of(answer, "")

        def paint(layer: QgsMapLayer) -> None:
            if isinstance(layer, QgsVectorLayer):
                apply_style(layer, scale, filled=Settings().fill_places)
                layer.triggerRepaint()

        paint_when_loaded(output, paint, context)
        return {self.OUTPUT: output, self.COUNT: count}


def _union(source: QgsProcessingFeatureSource) -> dict[str, object]:
    name = source.sourceName()
    if not source.sourceCrs().isValid():
        raise LayerError(tr("Layer {0} has no CRS; set it in its properties.").format(name))
    geometries = [feature.geometry() for feature in source.getFeatures()]
    union = union_in_degrees(geometries, source.sourceCrs(), name)
    if union is None:
        raise LayerError(tr("Layer {0} has no polygon to search in.").format(name))
    return union
