"""What an open attribute table has to be told when its layer is filled anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsFeatureRequest

if TYPE_CHECKING:
    from qgis.core import QgsVectorLayer


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
