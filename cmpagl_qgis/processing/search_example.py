"""``cmpagl:searchexample``: places on the map and pictures in, places that look alike out."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from cmpagl_qgis.engine.question import PARTING
from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.map.footprints import degrees
from cmpagl_qgis.texts import tr

from .hit_sink import fields_help
from .search_algorithm import SearchAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeatureSource

    from .algorithm import Values

MOST_EXAMPLES = 1000
"""Features of a layer that are taken at most: more are a mistake, and make a long request."""


class SearchByExample(SearchAlgorithm):
    """Ranks the chips of an index by places that the user points at."""

    NAME = "searchexample"
    METHOD = "similar"
    EXAMPLES = "EXAMPLES"
    COUNTER_EXAMPLES = "COUNTER_EXAMPLES"
    PICTURES = "PICTURES"
    COUNTER_PICTURES = "COUNTER_PICTURES"
    QUERY = "QUERY"
    PLUS = "PLUS"
    MINUS = "MINUS"
    GROUND_SIZE = "GROUND_SIZE"

    def createInstance(self) -> SearchByExample:
        """A fresh one for a run."""
        return SearchByExample()

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr("Search by example")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("find,similar,like,unlike,embeddings,retrieval,relevance feedback").split(",")

    def shortHelpString(self) -> str:
        """The help beside the dialog."""
        return (
            tr(
                "Finds the places of an index that look like examples, and unlike "
                "counter-examples. Both are layers of points or polygons over indexed scenes; for "
                "a polygon or line a point on it counts. Each stands for the chip whose centre is "
                "nearest, of the smallest ground size unless one is given. Pictures seen from "
                "above (JPEG, PNG, WebP) are examples too, wherever they were taken.\n\n"
                "A sentence may be added, and words with and without, several with ; between "
                "them. All vectors are added by Rocchio's formula (words 1, examples 0.75, "
                "counter-examples and words without -0.25). Examples stay among the matches."
            )
            + "\n\n"
            + fields_help()
        )

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        any_geometry = [QgsProcessing.SourceType.TypeVectorAnyGeometry]
        self.add_index_parameter()
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                self.EXAMPLES, tr("Examples (points or polygons)"), any_geometry, optional=True
            )
        )
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                self.COUNTER_EXAMPLES,
                tr("Counter-examples (points or polygons)"),
                any_geometry,
                optional=True,
            )
        )
        for name, text in (
            (self.PICTURES, tr("Pictures as examples")),
            (self.COUNTER_PICTURES, tr("Pictures as counter-examples")),
        ):
            files = QgsProcessing.SourceType.TypeFile
            self.addParameter(
                QgsProcessingParameterMultipleLayers(name, text, files, optional=True)
            )
        for name, text in (
            (self.QUERY, tr("And what to find")),
            (self.PLUS, tr("With, in words")),
            (self.MINUS, tr("Without, in words")),
        ):
            self.addParameter(QgsProcessingParameterString(name, text, optional=True))
        self.add_advanced(
            QgsProcessingParameterNumber(
                self.GROUND_SIZE,
                tr("Ground size of the examples' chips, metres"),
                QgsProcessingParameterNumber.Type.Double,
                optional=True,
                minValue=0.0,
            )
        )
        self.add_search_parameters()

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read examples, sentence and what all searches have.

        Raises:
            LayerError: if there is no example, or one has no place on earth.
        """
        super().read_parameters(parameters, context)
        ground_m = None
        if parameters.get(self.GROUND_SIZE) is not None:
            ground_m = self.parameterAsDouble(parameters, self.GROUND_SIZE, context)
        asked: dict[str, object] = {}
        for key, name, pictures in (
            ("like", self.EXAMPLES, self.PICTURES),
            ("unlike", self.COUNTER_EXAMPLES, self.COUNTER_PICTURES),
        ):
            source = self.parameterAsSource(parameters, name, context)
            if source is None and parameters.get(name):
                raise LayerError(tr("The layer {0} cannot be read.").format(parameters[name]))
            found = [] if source is None else places(source, context, ground_m)
            files = self.parameterAsFileList(parameters, pictures, context)
            found += ({"picture": str(Path(f).absolute())} for f in files if f)
            asked[key] = found
        if not asked["like"]:
            raise LayerError(
                tr("There is no example: neither a picture nor a feature with a geometry.")
            )
        for key, name in (("plus", self.PLUS), ("minus", self.MINUS)):
            parts = self.parameterAsString(parameters, name, context).split(PARTING)
            asked[key] = [{"words": part} for part in map(str.strip, parts) if part]
        self._params.update(filter(itemgetter(1), asked.items()))
        query = self.parameterAsString(parameters, self.QUERY, context)
        if query.strip():
            self._params["query"] = query


def places(
    source: QgsProcessingFeatureSource, context: QgsProcessingContext, ground_m: float | None
) -> list[dict[str, object]]:
    """The features as PLACEs of the protocol; those without a geometry are left out.

    Args:
        source: points, lines or polygons.
        context: of the run.
        ground_m: side of the chips they stand for, metres; ``None``: the smallest.

    Raises:
        LayerError: if there are too many, or one lies outside of its CRS.
    """
    if not source.sourceCrs().isValid():
        text = tr("Layer {0} has no CRS; set it in its properties.")
        raise LayerError(text.format(source.sourceName()))
    way = QgsCoordinateTransform(source.sourceCrs(), degrees(), context.transformContext())
    found: list[dict[str, object]] = []
    for feature in source.getFeatures():
        if not feature.hasGeometry():
            continue
        if len(found) == MOST_EXAMPLES:
            text = tr("Layer {0} has more than {1} features; select the examples among them.")
            raise LayerError(text.format(source.sourceName(), MOST_EXAMPLES))
        try:
            point = way.transform(feature.geometry().pointOnSurface().asPoint())
        except (QgsCsException, TypeError, ValueError) as error:
            text = tr("Feature {0} of layer {1} has no place on earth: {2}")
            raise LayerError(text.format(feature.id(), source.sourceName(), error)) from error
        place: dict[str, object] = {"lon": point.x(), "lat": point.y()}
        found.append(place if ground_m is None else {**place, "ground_m": ground_m})
    return found
