"""Incremental update of a layer of matches, feature by feature: nothing flickers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsFeature, QgsFeatureRequest, QgsVectorLayer

from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.texts import warn

from .columns import COLUMNS, values

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmpagl_qgis.engine.records import Answer, Hit

    from .footprints import Placer


def tell_tables(layer: QgsVectorLayer) -> None:
    """Let open tables of a layer read it again.

    Newer versions of QGIS tell that only to a table that has a row, so one that stands empty is
    given a first one.

    Args:
        layer: its features changed.
    """
    first = next(layer.getFeatures(QgsFeatureRequest().setLimit(1)), None)
    if first is not None:
        layer.featureAdded.emit(first.id())
    layer.dataChanged.emit()


def add_matches(
    layer: QgsVectorLayer, rows: list[tuple[Hit, list[object]]], placer: Placer
) -> dict[int, int]:
    """Put matches into a layer.

    Args:
        layer: of matches, in the CRS of ``placer``.
        rows: hits, and what stands in their columns.
        placer: brings footprints into the layer's CRS.

    Returns:
        The new features by the ranks of the hits.
    """
    features = []
    for hit, own in rows:
        feature = QgsFeature(layer.fields())
        try:
            feature.setGeometry(placer.place(hit.geometry))
        except LayerError as error:  # the row stays in the list, only its polygon is missing
            warn(str(error))
        feature.setAttributes(own)
        features.append(feature)
    _ok, added = layer.dataProvider().addFeatures(features)
    return {hit.rank: feature.id() for (hit, _own), feature in zip(rows, added)}


def grow_layer(
    layer: QgsVectorLayer,
    known: dict[str, int],
    answer: Answer,
    verdict: Callable[[Hit], str],
    placer: Placer,
) -> dict[int, int]:
    """Take out what is no match any more, write what has changed, and add what is new.

    Args:
        layer: of the answer before, in the CRS of ``placer``.
        known: its features by the keys of their hits.
        answer: the next one.
        verdict: what was decided of a hit.
        placer: brings footprints into the layer's CRS.

    Returns:
        The features by the ranks of the hits.
    """
    rows = [(hit, values(hit, answer.query, verdict(hit))) for hit in answer.hits]
    provider, names = layer.dataProvider(), [name for name, _kind in COLUMNS]
    fields = [layer.fields().lookupField(name) for name in names]
    kept = {hit.key for hit, _values in rows}
    provider.deleteFeatures([number for key, number in known.items() if key not in kept])
    provider.changeAttributeValues(
        {known[hit.key]: dict(zip(fields, own)) for hit, own in rows if hit.key in known}
    )
    ids = {hit.rank: known[hit.key] for hit, _values in rows if hit.key in known}
    ids.update(add_matches(layer, [row for row in rows if row[0].key not in known], placer))
    layer.updateExtents()
    tell_tables(layer)
    layer.triggerRepaint()
    return ids
