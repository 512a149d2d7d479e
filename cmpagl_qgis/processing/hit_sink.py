"""Hits as features of whatever layer or file the user asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsFeature, QgsFeatureSink, QgsFields

from cmpagl_qgis.compat import make_field
from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.map.columns import COLUMNS, values
from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from qgis.core import QgsProcessingFeedback

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
    answer: Answer, sink: QgsFeatureSink, placer: Placer, feedback: QgsProcessingFeedback
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
    fields = hit_fields()
    for hit in answer.hits:
        feature = QgsFeature(fields)
        try:
            feature.setGeometry(placer.place(hit.geometry))
        except LayerError as error:
            feedback.pushWarning(tr("Match {0} has no polygon: {1}").format(hit.rank, error))
        feature.setAttributes(values(hit, answer.query, hit.review or ""))
        if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
            text = tr("Match {0} cannot be written to the output: {1}")
            raise LayerError(text.format(hit.rank, sink.lastError()))
    return len(answer.hits)
