"""Maps of similarities: how they look over imagery, and their place in the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsColorRampShader,
    QgsRasterLayer,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.PyQt.QtGui import QColor

from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.texts import numeral, tr

from .group import put_below_matches

if TYPE_CHECKING:
    from qgis.core import QgsProject

    from cmpagl_qgis.engine.job_records import SimilarityMap

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
                lowest + share * span, QColor(*colour), numeral(f"{lowest + share * span:.2f}")
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


def add_heat(project: QgsProject, found: SimilarityMap, name: str) -> QgsRasterLayer:
    """Show a map of similarities right under the matches.

    Args:
        project: where it goes; a layer of the same file gives way.
        found: the file and its span.
        name: of the layer.

    Raises:
        LayerError: if QGIS cannot read the file.
    """
    layer = QgsRasterLayer(found.output, name, "gdal")
    if not layer.isValid():
        raise LayerError(tr("QGIS cannot read {0}.").format(found.output))
    apply_heat(layer, found.minimum, found.maximum)
    put_below_matches(project, layer)
    return layer
