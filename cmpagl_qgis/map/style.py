"""How matches look: outlines in the colour of their relevance or score, the best on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsDrawSourceEffect,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsReadWriteContext,
    QgsRendererRange,
    QgsSimpleLineSymbolLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtXml import QDomDocument

from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from qgis.PyQt.QtGui import QColor

    from .scale import Scale

STRENGTH = 'coalesce("relevance", "score")'
"""What decides the colour. Never empty: a user's own classes of it draw every kind of answer."""
ORDER = (('"ground_m"', False), ('"rank"', False))
"""What is drawn first: large chips under small ones, the best last. ``True`` is ascending."""
FILL_ALPHA = 40
"""Of 255, where places are filled: 16 %, since fills of overlapping chips add up."""
OUTLINE_PX = 2
CASING_PX = 4
CASING = (0, 0, 0, 170)
"""Under the outline, so that it is seen on bright sand and snow as well as on dark forest."""

MAP_TIP = """<div style="max-width: 320px">
<b>#[% "rank" %]</b> &nbsp; [% format_number("score", 3) %]<br>
[% CASE WHEN "relevance" IS NOT NULL THEN '{relevance} ' || format_number(100 * "relevance", 0) || ' %<br>' ELSE '' END %]
[% CASE WHEN "probability" IS NOT NULL THEN '{probability} ' || format_number("probability", 2) || '<br>' ELSE '' END %]
<i>[% replace(replace("query", '<', '&lt;'), '>', '&gt;') %]</i><br>
[% file_name("scene") %], [% format_number("ground_m", 0) %] m
</div>"""  # noqa: E501 - an expression of QGIS cannot be broken


def apply_style(layer: QgsVectorLayer, scale: Scale, *, filled: bool = False) -> None:
    """Give a layer of matches its look.

    Args:
        layer: with the fields rank, score, query, scene and ground_m; relevance, if there is any.
        scale: which colours its matches have.
        filled: whether chips are filled, too; else the outline alone is drawn.
    """
    strength = STRENGTH if layer.fields().lookupField("relevance") >= 0 else '"score"'
    layer.setRenderer(_renderer(strength, scale, filled=filled))
    tip = MAP_TIP.replace("{probability}", tr("probability"))
    layer.setMapTipTemplate(tip.replace("{relevance}", tr("relevance")))
    layer.setDisplayExpression("'#' || \"rank\" || '  ' || format_number(\"score\", 3)")


def look_of(layer: QgsVectorLayer) -> str:
    """How a layer is drawn, as text: another text where the user changed it.

    Args:
        layer: any.
    """
    page = QDomDocument()
    renderer = layer.renderer()
    if renderer is not None:
        page.appendChild(renderer.save(page, QgsReadWriteContext()))
    return str(page.toString())


def _renderer(strength: str, scale: Scale, *, filled: bool) -> QgsGraduatedSymbolRenderer:
    ranges = [
        QgsRendererRange(one.lower, one.upper, _symbol(one.colour, filled=filled), one.label)
        for one in scale.classes()
    ]
    renderer = QgsGraduatedSymbolRenderer(strength, ranges)
    clauses = [QgsFeatureRequest.OrderByClause(by, ascending) for by, ascending in ORDER]
    renderer.setOrderBy(QgsFeatureRequest.OrderBy(clauses))
    renderer.setOrderByEnabled(True)
    return renderer


def _symbol(colour: QColor, *, filled: bool) -> QgsFillSymbol:
    """Outline, casing and fill apart: a selected chip is drawn in QGIS's opaque selection colour.

    The effect makes the fill as light in it as in any other, so that the scene stays visible.
    """
    rgb = f"{colour.red()},{colour.green()},{colour.blue()},255"
    symbol = QgsFillSymbol.createSimple({"color": rgb, "outline_style": "no"})
    light = QgsDrawSourceEffect()
    light.setOpacity(FILL_ALPHA / 255)
    symbol.symbolLayer(0).setPaintEffect(light)
    symbol.symbolLayer(0).setEnabled(filled)
    symbol.appendSymbolLayer(_line(",".join(map(str, CASING)), CASING_PX))
    symbol.appendSymbolLayer(_line(rgb, OUTLINE_PX))
    return symbol


def _line(rgba: str, width_px: int) -> QgsSimpleLineSymbolLayer:
    return QgsSimpleLineSymbolLayer.create(
        {
            "line_color": rgba,
            "line_width": str(width_px),
            "line_width_unit": "Pixel",
            "joinstyle": "miter",
            "capstyle": "square",
        }
    )
