"""The filter of the next search, from the dock's switches and the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsMapLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.map.filters import extent_filter, polygons_filter, visible_scene_paths
from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from qgis.gui import QgisInterface, QgsMapCanvas

    from cmpagl_qgis.dock.narrow_bar import NarrowBar, Narrowing
    from cmpagl_qgis.map.filters import Box

    Pairs = tuple[tuple[str, object], ...]


class MapView(QObject):
    """What the map showed when it was asked for: to look at a hit must not narrow the next search.

    ``moved`` carries whether the map shows something else by now.
    """

    moved = pyqtSignal(bool)

    def __init__(
        self, iface: QgisInterface, narrow: NarrowBar, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._iface, self._canvas, self._narrow = iface, iface.mapCanvas(), narrow
        self._box: Box | None = None
        self._canvas.extentsChanged.connect(self._look)
        narrow.map_view.toggled.connect(lambda on: None if on else self.forget())

    def where(self) -> Pairs:
        """Where the next question looks, as the switches are: the protocol's WHERE, as pairs.

        Empty: everywhere.

        Raises:
            LayerError: if a switch is on and the map has nothing for it.
        """
        active = self._iface.activeLayer()
        return where_of(self._narrow.narrowing(), self, self._canvas, active)

    def box(self) -> Box:
        """West, south, east, north in degrees of what is remembered; of the map now, if nothing is.

        Raises:
            LayerError: if the map has no place on earth.
        """
        self.keep()
        if self._box is None:
            raise LayerError(
                tr("The map shows no place on earth. Give the project a CRS, or turn Map view off.")
            )
        return self._box

    def keep(self) -> None:
        """Remember what the map shows, unless something is remembered."""
        if self._box is None:
            self._box = extent_filter(self._canvas)

    def forget(self) -> None:
        """Take what the map shows when it is asked for next."""
        self._box = None
        self.moved.emit(False)  # noqa: FBT003 - a signal's value

    def close(self) -> None:
        """Let go of the map."""
        self._canvas.extentsChanged.disconnect(self._look)

    def _look(self) -> None:
        if self._box is not None:
            self.moved.emit(extent_filter(self._canvas) != self._box)


def where_of(
    narrowing: Narrowing, view: MapView, canvas: QgsMapCanvas, active: QgsMapLayer | None
) -> Pairs:
    """The protocol's WHERE, as pairs; empty: everywhere.

    Args:
        narrowing: the dock's switches.
        view: what the map showed when its switch was turned on.
        canvas: the map.
        active: the layer chosen in the layer panel.

    Raises:
        LayerError: if a switch is on and the map has nothing for it.
    """
    pairs: list[tuple[str, object]] = []
    if narrowing.map_view:
        pairs.append(("bbox", list(view.box())))
    if narrowing.visible_layers:
        paths = visible_scene_paths(canvas)
        if not paths:
            raise LayerError(tr("No visible layer is a raster file. Show one, or turn Layers off."))
        pairs.append(("scenes", paths))
    if narrowing.selected_polygons:
        pairs.append(("within", _selection(active)))
    if narrowing.ground_m is not None:
        pairs.append(("ground_m", [narrowing.ground_m, narrowing.ground_m]))
    if narrowing.days is not None:
        pairs += zip(("from_date", "to_date"), narrowing.days)
    return tuple(pairs)


def _selection(active: QgsMapLayer | None) -> dict[str, object]:
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
