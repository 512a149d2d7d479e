"""How matches look: graduated by score along Viridis, the best on top."""

from __future__ import annotations

from qgis.core import (
    QgsDrawSourceEffect,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsRendererRange,
    QgsSimpleLineSymbolLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

from cmpagl_qgis.texts import tr

# Viridis (Smith and van der Walt, matplotlib) from 4/9 on at even steps: readable by the
# colour-blind, in print, and on dark grey, where its purple end vanishes. Bundled, because a
# profile may lack QGIS's own ramps.
RAMP = (
    (38, 130, 142),
    (31, 158, 137),
    (53, 183, 121),
    (110, 206, 88),
    (181, 222, 43),
    (253, 231, 37),
)
TOP_COLOUR = QColor(*RAMP[-1])
"""The outline of the best match."""
FILL_ALPHA = 72
"""Of 255: 28 %, the scene stays visible, in a selected chip too."""
OUTLINE_PX = 2

MAP_TIP = """<div style="max-width: 320px">
<b>#[% "rank" %]</b> &nbsp; [% format_number("score", 3) %]<br>
[% CASE WHEN "relevance" IS NOT NULL THEN '{relevance} ' || format_number(100 * "relevance", 0) || ' %<br>' ELSE '' END %]
[% CASE WHEN "probability" IS NOT NULL THEN '{probability} ' || format_number("probability", 2) || '<br>' ELSE '' END %]
<i>[% replace(replace("query", '<', '&lt;'), '>', '&gt;') %]</i><br>
[% file_name("scene") %], [% format_number("ground_m", 0) %] m
</div>"""  # noqa: E501 - an expression of QGIS cannot be broken


def colour_at(share: float) -> QColor:
    """The ramp's colour.

    Args:
        share: 0 (worst) to 1 (best); beyond that the end's colour.
    """
    place = min(max(share, 0.0), 1.0) * (len(RAMP) - 1)
    low = min(int(place), len(RAMP) - 2)
    mix = place - low
    channels = (round(a + (b - a) * mix) for a, b in zip(RAMP[low], RAMP[low + 1]))
    return QColor(*channels)


def apply_style(layer: QgsVectorLayer, lowest: float, highest: float) -> None:
    """Give a layer of matches its look.

    Args:
        layer: with the fields rank, score, query, scene and ground_m.
        lowest: the score of the worst match.
        highest: the score of the best match; the top class ends there.
    """
    layer.setRenderer(_renderer(lowest, highest))
    tip = MAP_TIP.replace("{probability}", tr("probability"))
    layer.setMapTipTemplate(tip.replace("{relevance}", tr("relevance")))
    layer.setDisplayExpression("'#' || \"rank\" || '  ' || format_number(\"score\", 3)")


def _renderer(lowest: float, highest: float) -> QgsGraduatedSymbolRenderer:
    count = len(RAMP) if highest > lowest else 1
    step = (highest - lowest) / count
    ranges = []
    for index in range(count):
        colour = TOP_COLOUR if index == count - 1 else QColor(*RAMP[index])
        lower = lowest + index * step
        upper = highest if index == count - 1 else lowest + (index + 1) * step
        label = f"{lower:.3f} \u2013 {upper:.3f}"
        ranges.append(QgsRendererRange(lower, upper, _symbol(colour), label))
    renderer = QgsGraduatedSymbolRenderer("score", ranges)
    renderer.setOrderBy(QgsFeatureRequest.OrderBy([QgsFeatureRequest.OrderByClause("score")]))
    renderer.setOrderByEnabled(True)  # ascending: what is drawn last lies on top
    return renderer


def _symbol(colour: QColor) -> QgsFillSymbol:
    """Outline and fill apart: a selected chip is filled in QGIS's opaque selection colour.

    The effect makes that fill as light as any other, so that the scene stays visible in it.
    """
    rgb = f"{colour.red()},{colour.green()},{colour.blue()},255"
    symbol = QgsFillSymbol.createSimple({"color": rgb, "outline_style": "no"})
    light = QgsDrawSourceEffect()
    light.setOpacity(FILL_ALPHA / 255)
    symbol.symbolLayer(0).setPaintEffect(light)
    outline = QgsSimpleLineSymbolLayer.create(
        {
            "line_color": rgb,
            "line_width": str(OUTLINE_PX),
            "line_width_unit": "Pixel",
            "joinstyle": "miter",
            "capstyle": "square",
        }
    )
    symbol.appendSymbolLayer(outline)
    return symbol
