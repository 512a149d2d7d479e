"""How a map of similarities looks over imagery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsColorRampShader, QgsRasterShader, QgsSingleBandPseudoColorRenderer
from qgis.PyQt.QtGui import QColor

if TYPE_CHECKING:
    from qgis.core import QgsRasterLayer

STOPS = (
    (0.0, (255, 237, 160, 0)),
    (0.5, (255, 237, 160, 0)),
    (0.75, (254, 153, 41, 130)),
    (1.0, (189, 0, 38, 210)),
)
"""Share of the span of similarities, and red, green, blue, opacity: the lower half leaves the
imagery as it is, for what fits least is of no interest."""


def apply_heat(layer: QgsRasterLayer, lowest: float, highest: float) -> None:
    """Paint what fits best from yellow to red, and let the imagery be seen elsewhere.

    Args:
        layer: of similarities.
        lowest: the least of them.
        highest: the greatest.
    """
    ramp = QgsColorRampShader(lowest, highest)
    ramp.setColorRampType(QgsColorRampShader.Type.Interpolated)
    span = highest - lowest
    ramp.setColorRampItemList(
        [
            QgsColorRampShader.ColorRampItem(
                lowest + share * span, QColor(*colour), f"{lowest + share * span:.2f}"
            )
            for share, colour in STOPS
        ]
    )
    shader = QgsRasterShader(lowest, highest)
    shader.setRasterShaderFunction(ramp)
    renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), 1, shader)
    renderer.setClassificationMin(lowest)
    renderer.setClassificationMax(highest)
    layer.setRenderer(renderer)
    layer.triggerRepaint()
