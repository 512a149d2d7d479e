"""``cmpagl:describe``: what is at places of a layer, in the nearest sentences of a list."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeature,
    QgsFeatureSink,
    QgsFields,
    QgsProcessing,
    QgsProcessingFeatureSource,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsWkbTypes,
)

from cmpagl_qgis.compat import make_field
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.job_records import Described
from cmpagl_qgis.errors import EngineError, LayerError, PluginError
from cmpagl_qgis.map.footprints import degrees
from cmpagl_qgis.texts import tr, tr_noop

from .algorithm import absolute
from .narrowing import NarrowedAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsGeometry, QgsProcessingContext

    from cmpagl_qgis.engine.blocking import BlockingEngine

    from .algorithm import Run, Values

COLUMNS = (
    ("said", "text"),
    ("relevance", "number"),
    ("share", "number"),
    ("nearest", "text"),
    ("chips", "whole"),
)
"""``said`` is empty where no sentence reaches its cut-off."""


class Describe(NarrowedAlgorithm):
    """Says what points and polygons show."""

    NAME = METHOD = "describe"
    TITLE = tr_noop("What is here?")
    TAGS = tr_noop("describe,caption,label,annotate,identify")
    HELP = tr_noop(
        "Says what points and polygons of a layer show, by the sentences of a list that are "
        "nearest to the chips of an index there: of a point the chip whose middle is nearest, "
        "of a polygon all that touch it. Where scenes, sizes or days are given, only those chips "
        "are asked, of a point all that lie over it.\n\n"
        "Columns added: said (the sentence that fits most of the chips; empty where none "
        "describes the place well), its relevance, share (of the chips that it can be said "
        "of), nearest (the nearest sentences), chips."
    )
    PLACES, SENTENCES = "PLACES", "SENTENCES"
    _source: QgsProcessingFeatureSource
    _chosen: dict[str, object]

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                self.PLACES,
                tr("Points or polygons"),
                [
                    QgsProcessing.SourceType.TypeVectorPoint,
                    QgsProcessing.SourceType.TypeVectorPolygon,
                ],
            )
        )
        self.addParameter(
            QgsProcessingParameterNumber(
                self.NUMBER, tr("Nearest sentences"), defaultValue=3, minValue=1, maxValue=50
            )
        )
        self.add_advanced(
            QgsProcessingParameterFile(
                self.SENTENCES, tr("What may be said: a text, one sentence a line"), optional=True
            )
        )
        self.add_chip_filters()
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, tr("Described")))
        self.addOutput(QgsProcessingOutputNumber(self.COUNT, tr("Places that were described")))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read what is asked.

        Raises:
            PluginError: if there is no layer, or a filter is none.
        """
        source = self.parameterAsSource(parameters, self.PLACES, context)
        if source is None:
            raise PluginError(self.invalidSourceError(parameters, self.PLACES))
        self._source = source
        self.asked = {
            "index": self.index_path(parameters, context),
            "k": self.parameterAsInt(parameters, self.NUMBER, context),
        }
        self._chosen = self.chips(parameters, context)
        if parameters.get(self.SENTENCES):
            file = self.parameterAsFile(parameters, self.SENTENCES, context)
            self.asked["sentences"] = absolute(file)

    def work(self, run: Run) -> Values:
        """Ask of one feature after the other; where the index has no chip, columns stay empty.

        Raises:
            EngineError: if the engine refuses the index or the list.
            LayerError: if the output takes no more.
            PluginError: if there is no output.
        """
        source = self._source
        fields = QgsFields(source.fields())
        for name, kind in COLUMNS:
            fields.append(make_field(name, kind))
        sink, output = self.parameterAsSink(
            run.parameters, self.OUTPUT, run.context, fields, source.wkbType(), source.sourceCrs()
        )
        if sink is None:
            raise PluginError(self.invalidSinkError(run.parameters, self.OUTPUT))
        way = QgsCoordinateTransform(source.sourceCrs(), degrees(), run.context.transformContext())
        total, count, missed, undated = max(source.featureCount(), 1), 0, 0, 0
        for number, feature in enumerate(source.getFeatures()):
            if run.feedback.isCanceled():
                break
            found, unknown = self._described(run.engine, feature.geometry(), way)
            told = QgsFeature(fields)
            told.setGeometry(feature.geometry())
            told.setAttributes([*feature.attributes(), *_cells(found)])
            if not sink.addFeature(told, QgsFeatureSink.Flag.FastInsert):
                raise LayerError(tr("The output takes no more: {0}").format(sink.lastError()))
            count, missed = count + (found is not None), missed + (found is None)
            undated += unknown
            run.feedback.setProgress(100.0 * (number + 1) / total)
        if missed:
            text = tr("{0} of the places lie where the index has no chip.")
            if self._chosen:
                text = tr("{0} of the places have no chip of these scenes, sizes and days.")
            run.feedback.pushWarning(text.format(missed))
        self.tell_undated(undated, run.feedback)
        return {self.OUTPUT: output, self.COUNT: count}

    def _described(
        self, engine: BlockingEngine, geometry: QgsGeometry, way: QgsCoordinateTransform
    ) -> tuple[Described | None, int]:
        """What a place shows, and how many chips of unknown date were left out.

        ``None`` where the index has no chip.

        Raises:
            EngineError: if the engine refuses anything else.
        """
        placed = type(geometry)(geometry)
        try:
            placed.transform(way)
        except QgsCsException:
            return None, 0
        if placed.isEmpty():
            return None, 0
        asked = dict(self.asked)
        if placed.type() == QgsWkbTypes.GeometryType.PolygonGeometry:
            asked["where"] = {"within": json.loads(placed.asJson()), **self._chosen}
        else:
            point = placed.pointOnSurface().asPoint()
            x, y = point.x(), point.y()
            if self._chosen:
                asked["where"] = {"bbox": [x, y, x, y], **self._chosen}
            else:
                asked["place"] = {"lon": x, "lat": y}
        try:
            found = read(Described, engine.ask(self.METHOD, asked))
        except EngineError as error:
            if error.kind == "NoPlaceError":
                return None, error.undated
            raise
        return found, found.undated


def _cells(found: Described | None) -> list[object]:
    """What stands in :data:`COLUMNS`."""
    if found is None or not found.said:
        return [None] * len(COLUMNS)
    best = found.said[0]
    nearest = "; ".join(one.sentence for one in found.said)
    said = best.sentence if found.found else None
    return [said, best.relevance, best.share, nearest, found.chips]
