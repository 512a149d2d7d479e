"""Which chips a question is about: the filters of all algorithms that ask about many chips."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRange,
    QgsProcessingParameterString,
)

from cmpagl_qgis.errors import LayerError, PluginError
from cmpagl_qgis.map.filters import box_in_degrees, union_in_degrees
from cmpagl_qgis.texts import tr

from .algorithm import EngineAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeatureSource, QgsProcessingFeedback

    from cmpagl_qgis.engine.records import Answer, Written

    from .algorithm import Values


LARGEST_M = 1e9
"""No chip is as large."""


class NarrowedAlgorithm(EngineAlgorithm):
    """An algorithm that can be told to look at some chips alone."""

    EXTENT, POLYGONS, SCENES, SIZES = "EXTENT", "AREA", "SCENES", "SIZES"
    FROM_DATE, TO_DATE = "FROM_DATE", "TO_DATE"

    def add_filters(self) -> None:
        """Declare all filters: where, and which chips."""
        self.addParameter(
            QgsProcessingParameterExtent(self.EXTENT, tr("Only in this extent"), optional=True)
        )
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                self.POLYGONS,
                tr("Only inside these polygons"),
                [QgsProcessing.SourceType.TypeVectorPolygon],
                optional=True,
            )
        )
        self.add_chip_filters()

    def add_chip_filters(self) -> None:
        """Declare the filters that say which chips of a place, folded away."""
        scenes = tr("Only these scenes: names or patterns, between commas")
        self.add_advanced(QgsProcessingParameterString(self.SCENES, scenes, optional=True))
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

    def narrowed(self, parameters: Values, context: QgsProcessingContext) -> dict[str, object]:
        """The protocol's ``where`` under its name; empty: everywhere.

        Args:
            parameters: as given.
            context: of the run.

        Raises:
            PluginError: if a filter has no place on earth, or is none.
        """
        where = {**self._place(parameters, context), **self.chips(parameters, context)}
        return {"where": where} if where else {}

    def tell(self, found: Answer | Written, feedback: QgsProcessingFeedback) -> None:
        """Say in the log what there is to know of what was found.

        Args:
            found: the engine's answer.
            feedback: of the run.
        """
        for problem in found.problems:
            feedback.pushWarning(problem)
        self.tell_reading(found.understood, feedback)
        if found.notice:
            feedback.pushInfo(found.notice)
        self.tell_undated(found.undated, feedback)

    def _place(self, parameters: Values, context: QgsProcessingContext) -> dict[str, object]:
        where: dict[str, object] = {}
        if parameters.get(self.EXTENT):
            crs = self.parameterAsExtentCrs(parameters, self.EXTENT, context)
            extent = self.parameterAsExtent(parameters, self.EXTENT, context)
            box = box_in_degrees(extent, crs)
            if box is None:
                text = tr("The extent {0} ({1}) has no place on earth; give its CRS too.")
                raise LayerError(text.format(extent.toString(), crs.authid() or tr("no CRS")))
            where["bbox"] = list(box)
        if parameters.get(self.POLYGONS):
            area = self.parameterAsSource(parameters, self.POLYGONS, context)
            if area is None:
                text = tr("The layer {0} cannot be read.")
                raise LayerError(text.format(str(parameters[self.POLYGONS])))
            where["within"] = _union(area)
        return where

    def chips(self, parameters: Values, context: QgsProcessingContext) -> dict[str, object]:
        """Which chips of a place, as pairs of the protocol's ``where``; empty: all.

        Args:
            parameters: as given.
            context: of the run.

        Raises:
            PluginError: if a filter is none.
        """
        where: dict[str, object] = {}
        names = self.parameterAsString(parameters, self.SCENES, context).split(",")
        scenes = [name.strip() for name in names if name.strip()]
        if scenes:
            where["scenes"] = scenes
        where.update(self._sizes(parameters, context))
        for name, key in ((self.FROM_DATE, "from_date"), (self.TO_DATE, "to_date")):
            if parameters.get(name):
                day = self.parameterAsDateTime(parameters, name, context).date()
                if not day.isValid():
                    text = tr("Found the date {0}; wanted one such as 2020-07-19.")
                    raise PluginError(text.format(parameters[name]))
                where[key] = day.toString("yyyy-MM-dd")
        return where

    def _sizes(self, parameters: Values, context: QgsProcessingContext) -> dict[str, object]:
        """The sizes asked for; of a range that is open the missing end is the widest.

        Raises:
            PluginError: if they are no numbers.
        """
        given = parameters.get(self.SIZES)
        if not given:
            return {}
        least, greatest = self.parameterAsRange(parameters, self.SIZES, context)
        if not (math.isnan(least) and math.isnan(greatest)):
            low, high = (0.0 if math.isnan(least) else least), greatest
            return {"ground_m": [low, LARGEST_M if math.isnan(high) else high]}
        if any(sign.isdigit() for sign in str(given)):
            text = tr("Found the sizes {0}; wanted two numbers such as 50,200.")
            raise PluginError(text.format(given))
        return {}  # both ends are open


def _union(source: QgsProcessingFeatureSource) -> dict[str, object]:
    name = source.sourceName()
    if not source.sourceCrs().isValid():
        raise LayerError(tr("Layer {0} has no CRS; set it in its properties.").format(name))
    geometries = [feature.geometry() for feature in source.getFeatures()]
    union = union_in_degrees(geometries, source.sourceCrs(), name)
    if union is None:
        raise LayerError(tr("Layer {0} has no polygon to search in.").format(name))
    return union
