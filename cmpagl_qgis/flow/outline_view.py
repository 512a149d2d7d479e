"""Outlines from the dock: what was searched for in one scene, as objects instead of squares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.engine.records import Written
from cmpagl_qgis.map.written import add_written, apply_outline_style
from cmpagl_qgis.texts import counted, tr

from .hit_actions import ask_target, file_stem
from .job_session import Job, JobSession

if TYPE_CHECKING:
    from cmpagl_qgis.dock.search_dock import SearchDock

    from .result_view import ResultView


class OutlineView(QObject):
    """Asks for the file, lets the engine write it, and shows it under the places."""

    def __init__(self, dock: SearchDock, results: ResultView, jobs: JobSession) -> None:
        super().__init__(dock)
        self._dock, self._results, self._jobs = dock, results, jobs
        dock.hits.actionRequested.connect(
            lambda key, rank: self.ask(rank) if key == "outline" else None
        )

    def ask(self, rank: int) -> None:
        """Ask where to save the outlines in the scene of a place.

        Args:
            rank: of the place.
        """
        place, question = self._results.hit(rank), self._results.question
        if place is None or question is None:
            return
        query = place.sentence or question.query
        if not query:
            self._dock.message.tell(tr("Outlines go with a sentence, not with examples alone."))
            return
        stem = Path(place.scene).stem
        title = tr("Save outlines in {0}").format(stem)
        path = ask_target(self._dock, title, f"{stem}_{file_stem(query)}.gpkg")
        if not path:
            return
        params: dict[str, object] = {
            "index": question.request()[1]["index"],
            "query": query,
            "plain": question.whole,
            "where": {"scenes": [place.scene]},
            "output": path,
        }
        name = tr("{0} in {1}").format(query, stem)

        def done(found: Written) -> None:
            if not found.count:
                self._dock.message.tell(found.notice)
                return
            add_written(QgsProject.instance(), found.output, name, apply_outline_style)
            many = counted(found.count, tr("1 outline"), tr("{0} outlines"))
            text = tr("{0} as exact as the step from chip to chip; a map tip tells it.")
            self._dock.message.tell(text.format(many))

        title = tr("Outlines in {0}").format(stem)
        self._jobs.run(Job("objects", params, title, Written, done))
