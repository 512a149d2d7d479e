"""A heat map from the dock: how well each spot of one scene fits what was searched for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.engine.job_records import SimilarityMap
from cmpagl_qgis.map.heat import add_heat
from cmpagl_qgis.texts import tr

from .hit_actions import ask_target, file_stem
from .job_session import Job, JobSession

if TYPE_CHECKING:
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.question import Question
    from cmpagl_qgis.engine.records import Hit

    from .result_view import ResultView


class HeatView(QObject):
    """Asks for the file, lets the engine write it, and shows it under the places."""

    def __init__(self, dock: SearchDock, results: ResultView, jobs: JobSession) -> None:
        super().__init__(dock)
        self._dock, self._results, self._jobs = dock, results, jobs
        dock.header.heat.clicked.connect(self.ask)
        dock.hits.actionRequested.connect(lambda key, _rank: self.ask() if key == "heat" else None)

    def ask(self) -> None:
        """Ask where to save the map of the scene at hand: the chosen place's, else the best's."""
        scene, question = self._scene(), self._question()
        if not scene or question is None:
            self._dock.message.tell(tr("No places are shown, so there is no scene to map."))
            return
        name = f"{Path(scene).stem}_{file_stem(question.query)}.tif"
        title = tr("Save heat map of {0}").format(Path(scene).stem)
        path = ask_target(self._dock, title, name, "GeoTIFF (*.tif)", ".tiff")
        if path:
            self.map_to(path)

    def map_to(self, path: str) -> None:
        """Let the engine write the map of the scene at hand.

        Args:
            path: of a GeoTIFF; an existing file is replaced.
        """
        scene, question = self._scene(), self._question()
        if not scene or question is None:
            return
        _method, asked = question.request()
        keys = ("index", "query", "like", "unlike", "plain", "kept", "rejected")
        params: dict[str, object] = {key: asked[key] for key in keys if key in asked}
        name = tr("{0} in {1}").format(question.query or tr("by example"), Path(scene).stem)

        def done(found: SimilarityMap) -> None:
            add_heat(QgsProject.instance(), found, name)
            self._dock.message.tell(tr("Heat map {0} lies under the places.").format(name))

        params.update(scene=scene, output=path)
        title = tr("Heat map of {0}").format(Path(scene).stem)
        self._jobs.run(Job("heatmap", params, title, SimilarityMap, done))

    def _place(self) -> Hit | None:
        """The chosen place, else the best one that is shown."""
        chosen = self._results.hit(self._dock.hits.current_rank())
        return chosen or next(iter(self._results.shown()), None)

    def _scene(self) -> str:
        place = self._place()
        return place.scene if place is not None else ""

    def _question(self) -> Question | None:
        """What is shown; of several sentences the place's own."""
        place, question = self._place(), self._results.question
        if place is not None and question is not None and place.sentence:
            return replace(question, query=place.sentence)
        return question
