"""Hits as features of whatever layer or file the user asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsFeature,
    QgsFeatureSink,
    QgsFields,
    QgsProcessingLayerPostProcessorInterface,
    QgsVectorLayer,
)

from cmpagl_qgis.compat import make_field
from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.map.columns import COLUMNS, values
from cmpagl_qgis.map.scale import Scales
from cmpagl_qgis.map.style import apply_style
from cmpagl_qgis.settings import Settings
from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProcessingFeedback

    from cmpagl_qgis.engine.records import Answer
    from cmpagl_qgis.map.footprints import Placer


def hit_fields() -> QgsFields:
    """The columns of a layer of hits."""
    fields = QgsFields()
    for name, kind in COLUMNS:
        fields.append(make_field(name, kind))
    return fields


def fields_help() -> str:
    """What the columns mean, for the help of an algorithm."""
    return tr(
        "Columns: rank (1 is best); score (cosine similarity, ranks the places of one query, no "
        "probability); relevance (0 to 1: how likely a person would call the place right; empty "
        "for a search by example); probability (0 to 1, only where refining read the place again); "
        "scene (path of the file); datetime (when it was taken, where that is known); id and "
        "source (what imported embeddings say of it); ground_m (side of the chip on the ground, "
        "metres); gsd_m (metres a pixel at which it was seen); col, row, width, height (the chip "
        "in pixels of the scene); query; siblings (the same ground in other scenes, at other dates "
        "and sizes, best first; its own scene is not named); class and review (for you to fill in: "
        "keep or reject is shown on the map); "
        "hit_key (names the chip).\n\n"
        "The layer has the CRS of the scenes where all share one, else longitude and latitude "
        "(EPSG:4326)."
    )


def write_hits(
    answer: Answer,
    sink: QgsFeatureSink,
    placer: Placer,
    feedback: QgsProcessingFeedback,
) -> int:
    """Add all hits to a sink.

    Args:
        answer: the hits.
        sink: with the columns of :func:`hit_fields`.
        placer: brings footprints into the sink's CRS.
        feedback: hears of hits that have no place there.

    Returns:
        How many were written.

    Raises:
        LayerError: if the sink refuses one.
    """
    written = 0
    for hit in answer.hits:
        feature = QgsFeature(hit_fields())
        try:
            feature.setGeometry(placer.place(hit.geometry))
        except LayerError as error:
            feedback.pushWarning(tr("Match {0} has no polygon: {1}").format(hit.rank, error))
        feature.setAttributes(values(hit, answer.query, hit.review or ""))
        if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
            text = tr("Match {0} cannot be written to the output: {1}")
            raise LayerError(text.format(hit.rank, sink.lastError()))
        written += 1
    return written


class Painter(QgsProcessingLayerPostProcessorInterface):
    """Gives the output the look of the dock's matches once QGIS has loaded it."""

    kept: list[Painter] = []  # noqa: RUF012 - Processing does not own what it calls later

    def __init__(self, answer: Answer) -> None:
        """Remember the scale of colours.

        Args:
            answer: what the layer holds.
        """
        super().__init__()
        self._scale = Scales().of(answer, "")

    def postProcessLayer(
        self,
        layer: QgsMapLayer,
        context: QgsProcessingContext,  # noqa: ARG002 - QGIS's signature
        feedback: QgsProcessingFeedback,  # noqa: ARG002
    ) -> None:
        """Called by QGIS in the main thread."""
        if isinstance(layer, QgsVectorLayer):
            apply_style(layer, self._scale, filled=Settings().fill_places)
            layer.triggerRepaint()
        Painter.kept = [painter for painter in Painter.kept if painter is not self]


def paint_when_loaded(answer: Answer, output: str, context: QgsProcessingContext) -> None:
    """Style the output where QGIS is going to load it.

    Args:
        answer: what the layer holds.
        output: the layer's name in the context, as parameterAsSink gave it.
        context: of the run.
    """
    if not context.willLoadLayerOnCompletion(output):
        return
    painter = Painter(answer)
    Painter.kept.append(painter)
    context.layerToLoadOnCompletionDetails(output).setPostProcessor(painter)
