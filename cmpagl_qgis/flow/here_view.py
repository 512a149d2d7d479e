"""What is here? A click on the map, or a place of the list, told in the nearest sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.engine.asker import Asker, Callbacks
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.job_records import Described
from cmpagl_qgis.map.map_tools import PlaceTool
from cmpagl_qgis.texts import as_sentence, tr

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

    from cmpagl_qgis.dock.search_dock import SearchDock

    from .index_session import IndexSession

SENTENCES = 3
"""Told of one place: more say the same again."""


class HereView(QObject):
    """Asks of one place at a time; what comes late is dropped."""

    def __init__(
        self, dock: SearchDock, index: IndexSession, asker: Asker, canvas: QgsMapCanvas
    ) -> None:
        """Listen to the list.

        Args:
            dock: the list and its messages; owns this object.
            index: the chosen index.
            asker: the way to the engine.
            canvas: where places are clicked.
        """
        super().__init__(dock)
        self._dock, self._index, self._asker, self._canvas = dock, index, asker, canvas
        self._number = 0
        self.said = ""
        """The nearest sentence, which the message's button searches for."""
        self.tool = PlaceTool(canvas)
        self.tool.picked.connect(lambda lon, lat: self.ask({"lon": lon, "lat": lat}))
        self.tool.refused.connect(lambda text: dock.message.tell(text, warning=True))
        dock.hits.actionRequested.connect(self._on_hit_action)

    def start(self) -> None:
        """Let the user click places, one after the other, until Esc or another tool."""
        self._canvas.setMapTool(self.tool)
        self._dock.message.tell(tr("Click a place on the map; Esc gives up."))

    def close(self) -> None:
        """Give the map's tool back."""
        self._canvas.unsetMapTool(self.tool)

    def ask(self, place: dict[str, object]) -> None:
        """Ask what a place shows.

        Args:
            place: as the protocol has it: a chip or a point.
        """
        if not self._index.path:
            self._dock.message.tell(tr("Choose or build an index first."))
            return
        self._asker.forget(self._number)
        params: dict[str, object] = {"index": self._index.path, "place": place, "k": SENTENCES}
        self._dock.message.tell(tr("Looking…"))
        ears = Callbacks(self._show, self._dock.message.tell_error)
        self._number = self._asker.ask("describe", params, ears)

    def _show(self, result: object) -> None:
        found = read(Described, result)
        self.said = found.said[0].sentence if found.said else ""
        lines = []
        for one in found.said:
            if found.found and one.share == 0:
                continue  # the nearest of the rest: enough is said
            chance = "" if one.relevance is None else f" ({round(100 * one.relevance)} %)"
            lines.append(f"{one.sentence}{chance}")
        told = "; ".join(lines)
        if not found.found:
            told = tr("Nothing in the list describes this place well. Nearest: {0}").format(told)
        problems = " ".join(as_sentence(one) for one in found.problems)
        self._dock.message.tell(
            f"{as_sentence(told)} {problems}".strip(),
            warning=bool(problems),
            action=("said", tr("Search for it")) if self.said else ("", ""),
        )

    def _on_hit_action(self, key: str, _rank: int) -> None:
        chosen = self._dock.hits.selected_hits()
        if key == "describe" and chosen:
            self.ask(dict(chosen[0].place()))
