"""Chips and places that a search is to be like, or unlike, and how they are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.engine.question import Example, example_of_hit, example_of_place
from cmpagl_qgis.map.map_tools import PlaceTool
from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgis.gui import QgsMapCanvas

    from cmpagl_qgis.dock.search_dock import SearchDock

    from .result_view import ResultView


class Examples(QObject):
    """The examples of the next search, shown above the list."""

    def __init__(
        self,
        dock: SearchDock,
        results: ResultView,
        canvas: QgsMapCanvas,
        ask: Callable[[str], bool],
        clear: Callable[[], None],
    ) -> None:
        """Begin without any.

        Args:
            dock: shows them, and asks for more and for fewer.
            results: hits that may become examples.
            canvas: where places are picked.
            ask: searches for a sentence and these examples; says whether it could.
            clear: called where nothing is left to search for.
        """
        super().__init__(dock)
        self._dock, self._results, self._canvas = dock, results, canvas
        self._ask, self._clear = ask, clear
        self.chosen: tuple[Example, ...] = ()
        self.tool = PlaceTool(canvas)
        dock.examples.removed.connect(self._remove)
        dock.header.pick.clicked.connect(self._pick)
        dock.hits.actionRequested.connect(self._on_hit_action)
        self.tool.picked.connect(self.close)  # one place at a time
        self.tool.picked.connect(lambda lon, lat: self.add(example_of_place(lon, lat)))
        self.tool.refused.connect(lambda text: dock.message.tell(text, warning=True))
        self.tool.deactivated.connect(lambda: dock.header.pick.setChecked(False))

    def close(self) -> None:
        """Give the map's tool back."""
        self._canvas.unsetMapTool(self.tool)

    def add(self, *more: Example) -> None:
        """Search for what is like, or unlike, more examples.

        Args:
            more: chips or places; one that is there already is replaced.
        """
        before, keys = self.chosen, {example.key for example in more}
        self.set((*(one for one in before if one.key not in keys), *more))
        if not self._ask(self._dock.query.text):
            self.set(before)

    def set(self, examples: tuple[Example, ...]) -> None:
        """Take these in place of those before, without a search.

        Args:
            examples: all of them.
        """
        self.chosen = examples
        self._dock.examples.set_examples([(one.label, one.like) for one in examples])

    def start_pick(self) -> None:
        """Let the user click a place, as the button does."""
        self._dock.header.pick.setChecked(True)
        self._pick()

    def _pick(self) -> None:
        if self._dock.header.pick.isChecked():
            self._canvas.setMapTool(self.tool)
            self._dock.message.tell(tr("Click a place on the map; Esc gives up."))
        else:
            self._canvas.unsetMapTool(self.tool)
            self._dock.message.clear()

    def _on_hit_action(self, key: str, rank: int) -> None:
        hit = self._results.hit(rank)
        if hit is not None and key in {"like", "unlike"}:
            chosen = self._dock.hits.selected_hits()
            hits = chosen if hit in chosen else [hit]
            self.add(*(example_of_hit(one, like=key == "like") for one in hits))

    def _remove(self, position: int) -> None:
        rest = tuple(one for number, one in enumerate(self.chosen) if number != position)
        self.set(rest)
        query = self._dock.query.text
        if query or any(example.like for example in rest):
            self._ask(query)
        else:
            self._clear()
