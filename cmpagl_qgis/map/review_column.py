"""How verdicts get into a layer's column ``review``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsFeatureRequest

from .review import COLUMN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qgis.core import QgsVectorLayer

    from .review import Judgement


def write_verdicts(layer: QgsVectorLayer, judgements: Iterable[Judgement]) -> None:
    """Write verdicts into a layer's column ``review``, also of features that its filter hides.

    A layer that the user edits gets them as edits, to be saved or undone there.

    Args:
        layer: with the column ``hit_key``; one without ``review`` stays as it is.
        judgements: places that the layer lacks are passed over.
    """
    wanted = {one.key: one.verdict for one in judgements}
    shown = layer.subsetString()
    lifted = bool(shown) and layer.setSubsetString("")
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    request.setSubsetOfAttributes(["hit_key"], layer.fields())
    if layer.fields().lookupField("hit_key") >= 0:
        found = {
            feature.id(): wanted[feature["hit_key"]]
            for feature in layer.getFeatures(request)
            if feature["hit_key"] in wanted
        }
        change_verdicts(layer, found.items())
    if lifted:
        layer.setSubsetString(shown)


def change_verdicts(layer: QgsVectorLayer, verdicts: Iterable[tuple[int, str]]) -> None:
    """Write the verdicts of features whose numbers are known.

    Args:
        layer: one without the column ``review`` stays as it is.
        verdicts: number of a feature, and its verdict.
    """
    column, pairs = layer.fields().lookupField(COLUMN), list(verdicts)
    if column < 0 or not pairs:
        return
    if layer.isEditable():
        for number, verdict in pairs:
            layer.changeAttributeValue(number, column, verdict)
    else:
        layer.dataProvider().changeAttributeValues(
            {number: {column: verdict} for number, verdict in pairs}
        )
        for number, verdict in pairs:  # an open table hears of it, and reads nothing else again
            layer.attributeValueChanged.emit(number, column, verdict)
    layer.triggerRepaint()
