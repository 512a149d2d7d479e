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
            LayerError: if extent or polygons have no place on earth.
            PluginError: if another filter is none.
        """
        where: dict[str, object] = {}
        if parameters.get(self.EXTENT):
            crs = self.parameterAsExtentCrs(parameters, self.EXTENT, context)
            extent = self.parameterAsExtent(parameters, self.EXTENT, context)
            box = box_in_degrees(extent, crs)
            if box is None:
                text = tr("The extent {0} ({1}) has no place on earth; give its CRS too.")
                raise LayerError(text.format(extent.toString(), crs.authid() or tr("no CRS")))
            where["bbox"] = list(box)
        area = self.given_layer(parameters, self.POLYGONS, context)
        if area is not None:
            name = area.sourceName()
            if not area.sourceCrs().isValid():
                text = tr("Layer {0} has no CRS; set it in its properties.")
                raise LayerError(text.format(name))
            geometries = [feature.geometry() for feature in area.getFeatures()]
            where["within"] = union_in_degrees(geometries, area.sourceCrs(), name)
            if where["within"] is None:
                raise LayerError(tr("Layer {0} has no polygon to search in.").format(name))
        where.update(self.chips(parameters, context))
        return {"where": where} if where else {}

    def given_layer(
        self, parameters: Values, name: str, context: QgsProcessingContext
    ) -> QgsProcessingFeatureSource | None:
        """A vector layer; ``None``: none was given.

        Args:
            parameters: as given.
            name: of the parameter.
            context: of the run.

        Raises:
            LayerError: if it cannot be read.
        """
        source = self.parameterAsSource(parameters, name, context)
        if source is None and parameters.get(name):
            raise LayerError(tr("The layer {0} cannot be read.").format(parameters[name]))
        return source

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
        given = parameters.get(self.SIZES)
        if given:
            least, greatest = self.parameterAsRange(parameters, self.SIZES, context)
            if not (math.isnan(least) and math.isnan(greatest)):  # an open end is the widest
                low = 0.0 if math.isnan(least) else least
                where["ground_m"] = [low, LARGEST_M if math.isnan(greatest) else greatest]
            elif any(sign.isdigit() for sign in str(given)):  # else both ends are open
                text = tr("Found the sizes {0}; wanted two numbers such as 50,200.")
                raise PluginError(text.format(given))
        for name, key in ((self.FROM_DATE, "from_date"), (self.TO_DATE, "to_date")):
            if parameters.get(name):
                day = self.parameterAsDateTime(parameters, name, context).date()
                if not day.isValid():
                    text = tr("Found the date {0}; wanted one such as 2020-07-19.")
                    raise PluginError(text.format(parameters[name]))
                where[key] = day.toString("yyyy-MM-dd")
        return where
