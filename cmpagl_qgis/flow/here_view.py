"""What is here? A place of the map or of the list, or an area, told in the nearest sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsVectorLayer, QgsWkbTypes
from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.job_records import Described
from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.map.filters import polygons_filter
from cmpagl_qgis.map.map_tools import LookTool
from cmpagl_qgis.texts import as_sentence, tr, whole

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.asker import Asker

    from .index_session import IndexSession

SENTENCES = 3
"""Told of one place: more say the same again."""


class HereView(QObject):
    """Asks of one place at a time; what comes late is dropped."""

    def __init__(
        self, dock: SearchDock, index: IndexSession, asker: Asker, canvas: QgsMapCanvas
    ) -> None:
        super().__init__(dock)
        self._dock, self._index, self._asker, self._canvas = dock, index, asker, canvas
        self._number = 0
        self.nearest = ""
        """The nearest sentence, which the message's button searches for."""
        self.tool = LookTool(canvas)
        self.tool.picked.connect(lambda lon, lat: self.ask({"lon": lon, "lat": lat}))
        self.tool.drawn.connect(lambda box: self.ask_area({"bbox": list(box)}))
        self.tool.refused.connect(lambda text: dock.message.tell(text, warning=True))
        dock.hits.actionRequested.connect(self._on_hit_action)

    def start(self) -> None:
        """Let the user point, at one place after the other, until Esc or another tool.

        Where polygons are selected, a button offers these.
        """
        self._canvas.setMapTool(self.tool)
        offered = ("selected", tr("Selected polygons")) if self._selected() else ("", "")
        text = tr("Click a place or draw a rectangle on the map; Esc gives up.")
        self._dock.message.tell(text, action=offered)

    def close(self) -> None:
        """Give the map's tool back."""
        self._canvas.unsetMapTool(self.tool)

    def ask(self, place: dict[str, object]) -> None:
        """Ask what a place shows.

        Args:
            place: as the protocol has it: a chip or a point.
        """
        self._send({"place": place})

    def ask_area(self, where: dict[str, object]) -> None:
        """Ask what an area shows.

        Args:
            where: as the protocol has it.
        """
        self._send({"where": where})

    def ask_selected(self) -> None:
        """Ask what the selected polygons of the active layer show, all together."""
        layer = self._selected()
        if layer is None:
            self._dock.message.tell(tr("Select polygons of the active layer first."))
            return
        try:
            within = polygons_filter(layer)
        except LayerError as error:
            self._dock.message.tell(str(error), warning=True)
            return
        self.ask_area({"within": within})

    def _selected(self) -> QgsVectorLayer | None:
        """The active layer, if polygons of it are selected."""
        layer = self._canvas.currentLayer()
        if not isinstance(layer, QgsVectorLayer):
            return None
        areas = layer.geometryType() == QgsWkbTypes.GeometryType.PolygonGeometry
        return layer if areas and layer.selectedFeatureCount() else None

    def _send(self, what: dict[str, object]) -> None:
        if not self._index.path:
            self._dock.message.tell(tr("Choose or build an index first."))
            return
        self._asker.forget(self._number)
        params: dict[str, object] = {"index": self._index.path, "k": SENTENCES, **what}

        def done(result: object) -> None:
            found = read(Described, result)
            self.nearest = found.said[0].sentence if found.said else ""
            summary = "; ".join(_lines(found))
            if found.found and found.chips > 1:
                summary = tr("Of {0} chips: {1}").format(whole(found.chips), summary)
            if not found.found:
                text = tr("Nothing in the list describes this place well. Nearest: {0}")
                summary = text.format(summary)
            problems = " ".join(as_sentence(one) for one in found.problems)
            self._dock.message.tell(
                f"{as_sentence(summary)} {problems}".strip(),
                warning=bool(problems),
                action=("said", tr("Search for it")) if self.nearest else ("", ""),
            )

        self._dock.message.tell(tr("Looking…"))
        self._number = self._asker.ask("describe", params, done, self._dock.message.tell_error)

    def _on_hit_action(self, key: str, _rank: int) -> None:
        chosen = self._dock.hits.selected_hits()
        if key == "describe" and chosen:
            self.ask(dict(chosen[0].place()))


def _lines(found: Described) -> list[str]:
    """Each sentence with its share of an area's chips, or its relevance at one chip."""
    lines = []
    for one in found.said:
        if found.found and one.share == 0:
            continue  # the nearest of the rest: enough is said
        share = one.share if found.found and found.chips > 1 else one.relevance
        chance = "" if share is None else f" ({round(100 * share)} %)"
        lines.append(f"{one.sentence}{chance}")
    return lines
