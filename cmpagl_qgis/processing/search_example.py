"""``cmpagl:searchexample``: places on the map and pictures in, places that look alike out."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    NULL,
    QgsCoordinateTransform,
    QgsCsException,
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
)

from cmpagl_qgis.engine.question import PARTING
from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.map.footprints import degrees
from cmpagl_qgis.map.review import COLUMN, KEPT, REJECTED
from cmpagl_qgis.texts import tr, tr_noop

from .algorithm import real_number, switch
from .search_algorithm import SearchAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeatureSource

    from .algorithm import Values

CHIP = ("scene", "col", "row", "width", "height", "ground_m")
"""Columns of matches that name a chip."""
MOST_EXAMPLES = 1000
"""Features of a layer that are taken at most: more are a mistake, and make a long request."""


class SearchByExample(SearchAlgorithm):
    """Ranks the chips of an index by places that the user points at."""

    NAME = "searchexample"
    TITLE = tr_noop("Search by example")
    TAGS = tr_noop("find,similar,like,unlike,embeddings,retrieval,relevance feedback")
    HELP = tr_noop(
        "Finds the places of an index that look like examples, and unlike "
        "counter-examples. Both are layers of points or polygons over indexed scenes; for "
        "a polygon or line a point on it counts. Each stands for the chip whose centre is "
        "nearest, of the smallest ground size unless one is given. Pictures seen from "
        "above (JPEG, PNG, WebP) are examples too, wherever they were taken.\n\n"
        "A sentence may be added, and words with and without, several with ; between "
        "them. All vectors are added by Rocchio's formula (words 1, examples 0.75, "
        "counter-examples and words without -0.25). Examples stay among the matches.\n\n"
        "A layer of earlier matches whose column review says keep or reject teaches the "
        "search: it moves towards the places kept (2) and away from those rejected (-1), "
        "and says in review which matches were judged. A sentence or an example goes "
        "with it, or a place kept. Places to judge are unlike each other, of the best "
        "that were not judged: ten verdicts on them teach more than on the ten best."
    )
    METHOD = "similar"
    EXAMPLES, COUNTER_EXAMPLES = "EXAMPLES", "COUNTER_EXAMPLES"
    PICTURES, COUNTER_PICTURES = "PICTURES", "COUNTER_PICTURES"
    PLUS, MINUS, GROUND_SIZE = "PLUS", "MINUS", "GROUND_SIZE"
    JUDGED, ASK = "JUDGED", "ASK"

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        any_geometry = [QgsProcessing.SourceType.TypeVectorAnyGeometry]
        self.add_index_parameter()
        for name, text in (
            (self.EXAMPLES, tr("Examples (points or polygons)")),
            (self.COUNTER_EXAMPLES, tr("Counter-examples (points or polygons)")),
        ):
            self.addParameter(
                QgsProcessingParameterFeatureSource(name, text, any_geometry, optional=True)
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
            real_number(self.GROUND_SIZE, tr("Ground size of the examples' chips, metres"), 0.0)
        )
        vectors = [QgsProcessing.SourceType.TypeVector]
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                self.JUDGED, tr("Matches that were judged (column review)"), vectors, optional=True
            )
        )
        self.addParameter(switch(self.ASK, tr("Find places to judge next, not the best")))
        self.add_search_parameters()

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read examples, sentence and what all searches have.

        Raises:
            LayerError: if there is no example, or one has no place on earth.
        """
        super().read_parameters(parameters, context)
        size = self.given_numbers(parameters, context, ground_m=self.GROUND_SIZE)
        asked: dict[str, object] = {}
        for key, name, pictures in (
            ("like", self.EXAMPLES, self.PICTURES),
            ("unlike", self.COUNTER_EXAMPLES, self.COUNTER_PICTURES),
        ):
            source = self.given_layer(parameters, name, context)
            found = [] if source is None else places(source, context, size)
            files = self.parameterAsFileList(parameters, pictures, context)
            found += ({"picture": str(Path(f).absolute())} for f in files if f)
            asked[key] = found
        judged = self.given_layer(parameters, self.JUDGED, context)
        asked.update({} if judged is None else verdicts(judged))
        asked["ask"] = self.parameterAsBoolean(parameters, self.ASK, context)
        query = self.parameterAsString(parameters, self.QUERY, context).strip()
        taught = query and (judged is not None or asked["ask"])
        if not (asked["like"] or asked.get("kept") or taught):
            raise LayerError(
                tr("There is no example: neither a picture nor a feature with a geometry.")
            )
        for key, name in (("plus", self.PLUS), ("minus", self.MINUS)):
            parts = self.parameterAsString(parameters, name, context).split(PARTING)
            asked[key] = [{"words": part} for part in map(str.strip, parts) if part]
        asked["query"] = query
        self.asked.update(filter(itemgetter(1), asked.items()))


def verdicts(source: QgsProcessingFeatureSource) -> dict[str, object]:
    """The judged places of a layer of matches, as the protocol's ``kept`` and ``rejected``.

    Args:
        source: with the columns of a search; rows without a review are let be, and of a place
            that several have, the last verdict counts: as in the files of the command line.

    Raises:
        LayerError: if a column is missing, a verdict is another, or a number of a judged place
            cannot be read.
    """
    names = source.fields().names()
    missing = [name for name in (*CHIP, COLUMN) if name not in names]
    if missing:
        text = tr("Layer {0} has no column {1}; take a layer of matches.")
        raise LayerError(text.format(source.sourceName(), missing[0]))
    said: dict[tuple[str, tuple[int, ...], float], str] = {}
    for feature in source.getFeatures():
        given = feature[COLUMN]
        verdict = "" if given in (None, NULL) else str(given).strip().lower()
        if not verdict:
            continue
        if verdict not in {KEPT, REJECTED}:
            text = tr("Feature {0} of layer {1} has {2} as review; wanted keep, reject or nothing.")
            raise LayerError(text.format(feature.id(), source.sourceName(), repr(given)[:40]))
        if len(said) == MOST_EXAMPLES:
            text = tr("Layer {0} has more than {1} features; select the examples among them.")
            raise LayerError(text.format(source.sourceName(), MOST_EXAMPLES))
        try:
            window = tuple(int(feature[name]) for name in ("col", "row", "width", "height"))
            ground_m = round(float(feature["ground_m"]), 6)
        except (OverflowError, TypeError, ValueError) as error:
            text = tr("Feature {0} of layer {1} names no chip: {2}")
            raise LayerError(text.format(feature.id(), source.sourceName(), error)) from error
        said[str(feature["scene"]), window, ground_m] = verdict
    found: dict[str, list[dict[str, object]]] = {KEPT: [], REJECTED: []}
    for (scene, window, ground_m), verdict in said.items():
        found[verdict].append({"scene": scene, "window": list(window), "ground_m": ground_m})
    return {"kept": found[KEPT], "rejected": found[REJECTED]}


def places(
    source: QgsProcessingFeatureSource, context: QgsProcessingContext, size: dict[str, object]
) -> list[dict[str, object]]:
    """The features as PLACEs of the protocol; those without a geometry are left out.

    Args:
        source: points, lines or polygons.
        context: of the run.
        size: ``ground_m``, side of the chips they stand for, metres; empty: the smallest.

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
        found.append({"lon": point.x(), "lat": point.y(), **size})
    return found
