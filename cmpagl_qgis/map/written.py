"""What the engine wrote as layers: how changes and outlines look, their place in the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsRendererRange,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)

from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.texts import numeral, tr

from .group import put_below_matches

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgis.core import QgsProject

STEPS = ((0.0, "254,178,76,255"), (0.1, "240,59,32,255"), (0.3, "128,0,38,255"))
"""From which change on, and the colour of the outline."""
PICTURE = r"""replace(replace(replace("picture", '\\', '/'), '%', '%25'), '#', '%23')"""
ADDRESS = f"'file:///' || regexp_replace({PICTURE}, '^/+', '')"
"""Of the picture, as a page has it; QGIS 3.22 knows no ltrim."""
TIP = """<div style="max-width: 460px"><b>[% "rank" %]</b> · {rise}<br>
[% if("picture" = '', '', '<img src="' || {address} || '" width="444">') %]
<br><i>{order}</i></div>"""


def apply_change_style(layer: QgsVectorLayer) -> None:
    """Outline places by how much they changed; a map tip shows them before and after.

    Args:
        layer: with the columns of the engine's file.
    """
    ranges = []
    for (start, colour), end in zip(STEPS, (*(step for step, _ in STEPS[1:]), 2.0)):
        symbol = QgsFillSymbol.createSimple(
            {"style": "no", "outline_color": colour, "outline_width": "0.7"}
        )
        text = tr("change from {0}").format(numeral(f"{start:.1f}"))
        ranges.append(QgsRendererRange(start, end, symbol, text))
    layer.setRenderer(QgsGraduatedSymbolRenderer("change", ranges))
    if layer.fields().indexOf("picture") >= 0:
        rise = tr("relevance {0} before, {1} after").format(
            '[% round("relevance_before", 2) %]', '[% round("relevance_after", 2) %]'
        )
        layer.setMapTipTemplate(
            TIP.format(address=ADDRESS, rise=rise, order=tr("left before, right after"))
        )
    layer.triggerRepaint()


def apply_outline_style(layer: QgsVectorLayer) -> None:
    """Outline objects, and let the imagery be seen.

    Args:
        layer: with the columns of the engine's file.
    """
    symbol = QgsFillSymbol.createSimple(
        {"color": "255,237,160,40", "outline_color": STEPS[1][1], "outline_width": "0.7"}
    )
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    text = tr("as exact as {0} m").format('[% round("step_m") %]')
    layer.setMapTipTemplate(f'<b>[% "rank" %]</b> · [% round("area_m2") %] m² · {text}')
    layer.triggerRepaint()


def add_written(
    project: QgsProject, file: str, name: str, style: Callable[[QgsVectorLayer], None] | None = None
) -> QgsVectorLayer:
    """Show a layer that the engine wrote right under the matches.

    Args:
        project: where it goes; a layer of the same file gives way.
        file: the engine's.
        name: of the layer.
        style: paints it; ``None``: the ``.qml`` beside the file did.

    Raises:
        LayerError: if QGIS cannot read the file.
    """
    layer = QgsVectorLayer(file, name, "ogr")
    if not layer.isValid():
        raise LayerError(tr("QGIS cannot read {0}.").format(file))
    if style is not None:
        style(layer)
    put_below_matches(project, layer)
    return layer
