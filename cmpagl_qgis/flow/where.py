"""Where the next search looks, from the dock's switches and the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsMapLayer, QgsVectorLayer

from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.map.layers import extent_filter, polygons_filter, visible_scene_paths
from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

    from cmpagl_qgis.dock.narrow_bar import Narrowing


def where_of(
    narrowing: Narrowing, canvas: QgsMapCanvas, active: QgsMapLayer | None
) -> tuple[tuple[str, object], ...]:
    """The protocol's WHERE, as pairs; empty: everywhere.

    Args:
        narrowing: the dock's switches.
        canvas: the map.
        active: the layer chosen in the layer panel.

    Raises:
        LayerError: if a switch is on and the map has nothing for it.
    """
    pairs: list[tuple[str, object]] = []
    if narrowing.map_view:
        pairs.append(("bbox", _box(canvas)))
    if narrowing.visible_layers:
        pairs.append(("scenes", _scenes(canvas)))
    if narrowing.selected_polygons:
        pairs.append(("within", _polygons(active)))
    return tuple(pairs)


def _box(canvas: QgsMapCanvas) -> list[float]:
    box = extent_filter(canvas)
    if box is None:
        raise LayerError(
            tr("The map shows no place on earth. Give the project a CRS, or turn Map view off.")
        )
    return list(box)


def _scenes(canvas: QgsMapCanvas) -> list[str]:
    paths = visible_scene_paths(canvas)
    if not paths:
        raise LayerError(tr("No visible layer is a raster file. Show one, or turn Layers off."))
    return paths


def _polygons(active: QgsMapLayer | None) -> dict[str, object]:
    if not isinstance(active, QgsVectorLayer):
        raise LayerError(
            tr("Choose a layer of polygons in the layer panel, or turn Selection off.")
        )
    within = polygons_filter(active)
    if within is None:
        raise LayerError(
            tr("Nothing is selected in {0}. Select polygons, or turn Selection off.").format(
                active.name()
            )
        )
    return within
