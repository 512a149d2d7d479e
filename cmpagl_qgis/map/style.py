"""How matches look: outlines in the colour of their relevance or score, the best on top."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsDrawSourceEffect,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsGeometryGeneratorSymbolLayer,
    QgsGraduatedSymbolRenderer,
    QgsMarkerSymbol,
    QgsProperty,
    QgsReadWriteContext,
    QgsRendererCategory,
    QgsRendererRange,
    QgsSimpleLineSymbolLayer,
    QgsSvgMarkerSymbolLayer,
    QgsSymbolLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtXml import QDomDocument

from cmpagl_qgis.texts import tr

from .review import COLUMN, KEPT, REJECTED

if TYPE_CHECKING:
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
FLASH = (QColor(255, 255, 255, 150), QColor(255, 255, 255, 0))
"""From and to, where a place lights up: QGIS's own red would hide what is to be looked at."""
DASH_ALPHA = 190
MARK_PX = 18
MARK_AT = "point_n(exterior_ring(geometry_n($geometry, 1)), 1)"
"""A corner of the place: what was found in it stays in view."""
REVIEW_IS = f"coalesce(attribute('{COLUMN}'), '') = '{{}}'"
"""Where there is no feature, as in the legend, a column would be an error; this is false."""
ICONS = Path(__file__).parent.parent / "icons"

# Files lack columns that no match has: by attribute() such a one is NULL and no error.
MAP_TIP = """<div style="max-width: 320px">
<b>#[% "rank" %]</b> &nbsp; [% format_number("score", 3) %]<br>
[% CASE WHEN attribute('relevance') IS NOT NULL THEN '{relevance} ' || format_number(100 * attribute('relevance'), 0) || ' %<br>' ELSE '' END %]
[% CASE WHEN attribute('probability') IS NOT NULL THEN '{probability} ' || format_number(attribute('probability'), 2) || '<br>' ELSE '' END %]
[% CASE WHEN attribute('class') IS NOT NULL THEN '<b>' || replace(replace(attribute('class'), '<', '&lt;'), '>', '&gt;') || '</b><br>' ELSE '' END %]
[% CASE WHEN attribute('review') = 'keep' THEN '{kept}<br>' WHEN attribute('review') = 'reject' THEN '{rejected}<br>' ELSE '' END %]
<i>[% replace(replace("query", '<', '&lt;'), '>', '&gt;') %]</i><br>
[% file_name("scene") %], [% format_number("ground_m", 0) %] m
</div>"""  # noqa: E501 - an expression of QGIS cannot be broken


def apply_style(layer: QgsVectorLayer, scale: Scale, *, filled: bool = False) -> None:
    """Give a layer of matches its look.

    Args:
        layer: with the fields rank, score, query, scene and ground_m; relevance and review, if
            there are any.
        scale: which colours its matches have.
        filled: whether chips are filled, too; else the outline alone is drawn.
    """
    strength = STRENGTH if layer.fields().lookupField("relevance") >= 0 else '"score"'
    reviewed = layer.fields().lookupField(COLUMN) >= 0
    if layer.fields().lookupField("class") < 0:
        scale = replace(scale, sentences=())
    renderer: QgsCategorizedSymbolRenderer | QgsGraduatedSymbolRenderer
    if scale.sentences:
        categories = []
        for sentence in scale.sentences:
            symbol = _symbol(scale.colour_of_class(sentence), filled=filled, reviewed=reviewed)
            categories.append(QgsRendererCategory(sentence, symbol, sentence))
        renderer = QgsCategorizedSymbolRenderer("class", categories)
    else:
        ranges = []
        for one in scale.classes():
            symbol = _symbol(one.colour, filled=filled, reviewed=reviewed)
            ranges.append(QgsRendererRange(one.lower, one.upper, symbol, one.label))
        renderer = QgsGraduatedSymbolRenderer(strength, ranges)
    clauses = [QgsFeatureRequest.OrderByClause(by, ascending) for by, ascending in ORDER]
    renderer.setOrderBy(QgsFeatureRequest.OrderBy(clauses))
    renderer.setOrderByEnabled(True)
    layer.setRenderer(renderer)
    tip = MAP_TIP
    for name, word in (
        ("{probability}", tr("probability")),
        ("{relevance}", tr("relevance")),
        ("{kept}", tr("kept")),
        ("{rejected}", tr("rejected")),
    ):
        tip = tip.replace(name, word)
    layer.setMapTipTemplate(tip)
    layer.setDisplayExpression("'#' || \"rank\" || '  ' || format_number(\"score\", 3)")


def look_of(layer: QgsVectorLayer) -> str:
    """How a layer is drawn, as text: another text where the user changed it.

    Args:
        layer: any.
    """
    document = QDomDocument()
    renderer = layer.renderer()
    if renderer is not None:
        document.appendChild(renderer.save(document, QgsReadWriteContext()))
    return str(document.toString())


def _symbol(colour: QColor, *, filled: bool, reviewed: bool) -> QgsFillSymbol:
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
    if reviewed:
        _show_verdicts(symbol, colour)
    return symbol


def _show_verdicts(symbol: QgsFillSymbol, colour: QColor) -> None:
    """A tick at a corner of what was kept; of what was rejected a thin dashed line alone."""
    for part in symbol.symbolLayers():
        _only_if(part, f"NOT ({REVIEW_IS.format(REJECTED)})")
    rgba = f"{colour.red()},{colour.green()},{colour.blue()},{DASH_ALPHA}"
    dashes = _line(rgba, 1, dashed=True)
    _only_if(dashes, REVIEW_IS.format(REJECTED))
    symbol.appendSymbolLayer(dashes)
    picture = base64.b64encode((ICONS / "kept_mark.svg").read_bytes()).decode("ascii")
    mark = QgsSvgMarkerSymbolLayer.create(  # in the style itself: projects travel
        {"name": f"base64:{picture}", "size": str(MARK_PX), "size_unit": "Pixel"}
    )
    corner = QgsGeometryGeneratorSymbolLayer.create(
        {"SymbolType": "Marker", "geometryModifier": MARK_AT}
    )
    marker = QgsMarkerSymbol()
    # The legend draws what is not enabled for its feature, too: it has none, and the size is 0.
    size = QgsProperty.fromExpression(f"if({REVIEW_IS.format(KEPT)}, {MARK_PX}, 0)")
    mark.setDataDefinedProperty(QgsSymbolLayer.Property.PropertySize, size)
    marker.changeSymbolLayer(0, mark)  # a list of layers would leave them to Python
    corner.setSubSymbol(marker)
    _only_if(corner, REVIEW_IS.format(KEPT))
    symbol.appendSymbolLayer(corner)


def _only_if(part: QgsSymbolLayer, condition: str) -> None:
    enabled = QgsSymbolLayer.Property.PropertyLayerEnabled
    part.setDataDefinedProperty(enabled, QgsProperty.fromExpression(condition))


def _line(rgba: str, width_px: int, *, dashed: bool = False) -> QgsSymbolLayer:
    return QgsSimpleLineSymbolLayer.create(
        {
            "line_color": rgba,
            "line_width": str(width_px),
            "line_width_unit": "Pixel",
            "line_style": "dash" if dashed else "solid",
            "joinstyle": "miter",
            "capstyle": "square",
        }
    )
