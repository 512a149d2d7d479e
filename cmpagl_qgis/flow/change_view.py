"""What has changed, from the dock: ask, let the engine write the layer, show it."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.dock.change_dialog import ChangeDialog, ChangeQuestion
from cmpagl_qgis.dock.dialogs import hold
from cmpagl_qgis.engine.records import Written
from cmpagl_qgis.map.written import add_written, apply_change_style
from cmpagl_qgis.texts import counted, tr

from .hit_actions import ask_target, file_stem
from .job_session import Job, JobSession

if TYPE_CHECKING:
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.records import SceneInfo

    from .index_session import IndexSession

MOST_PAIRS = 10_000
"""So many are looked at, for QGIS stands still meanwhile."""


def two_of_one_place(scenes: tuple[SceneInfo, ...]) -> tuple[str, str] | None:
    """The first two scenes, in the order of their names, that touch.

    Args:
        scenes: those of an index.

    Returns:
        ``None`` if no two do; the first two where there are too many to look at all pairs.
    """
    by_name = sorted(scenes, key=lambda scene: Path(scene.path).name)
    for number, (one, two) in enumerate(combinations(by_name, 2)):
        if number == MOST_PAIRS:
            return by_name[0].path, by_name[1].path
        if _touch(one, two):
            return one.path, two.path
    return None


def _touch(one: SceneInfo, two: SceneInfo) -> bool:
    a, b = one.bounds, two.bounds
    if one.chips == 0 or two.chips == 0 or a[1] > b[3] or b[1] > a[3]:
        return False
    # East is below west where a scene lies across the antimeridian.
    spans = [(west, east if west <= east else east + 360) for west, _, east, _ in (a, b)]
    return any(
        spans[0][0] <= spans[1][1] + turn and spans[1][0] + turn <= spans[0][1]
        for turn in (-360, 0, 360)
    )


class ChangeView(QObject):
    """Asks one question of change at a time."""

    def __init__(self, dock: SearchDock, index: IndexSession, jobs: JobSession) -> None:
        super().__init__(dock)
        self._dock, self._index, self._jobs = dock, index, jobs
        self.dialog: ChangeDialog | None = None

    def ask(self, query: str) -> None:
        """Open the dialog.

        Args:
            query: what is searched for now, as a start.
        """
        info = self._index.info
        scenes = () if info is None else tuple(scene.path for scene in info.scenes)
        pair = two_of_one_place(info.scenes) if info is not None else None
        if pair is None:
            text = tr("To see what has changed, an index needs two scenes of one place.")
            self._dock.message.tell(text)
            return
        dialog = ChangeDialog(scenes, query, pair, self._dock)

        def save() -> None:
            question = dialog.question
            name = f"{Path(question.after).stem}_{file_stem(question.query)}.gpkg"
            path = ask_target(self._dock, tr("Save changes"), name)
            if path:
                self.find(question, path)

        dialog.accepted.connect(save)
        hold(self, "dialog", dialog)
        dialog.open()

    def find(self, question: ChangeQuestion, path: str) -> None:
        """Let the engine find the changes.

        Args:
            question: what is asked.
            path: of a GeoPackage; an existing file is replaced. Pictures go into a folder by it.
        """
        params: dict[str, object] = {
            "index": self._index.path,
            "query": question.query,
            "before": [question.before],
            "after": [question.after],
            "output": path,
            "pictures": str(Path(path).with_suffix("")) + "_pictures",
        }
        if question.was:
            params["was"] = question.was

        def done(found: Written) -> None:
            problems = " ".join(found.problems)
            if not found.count:
                text = " ".join(filter(None, (found.notice, problems)))
                self._dock.message.tell(text, warning=bool(problems))
                return
            name = tr("{0} since {1}").format(question.query, Path(question.before).stem)
            add_written(QgsProject.instance(), found.output, name, apply_change_style)
            many = counted(found.count, tr("1 place"), tr("{0} places"))
            text = tr("{0} changed so; a map tip shows each before and after.").format(many)
            self._dock.message.tell(" ".join((text, problems)).strip(), warning=bool(problems))

        title = tr("Looking for changes: {0}").format(question.query)
        self._jobs.run(Job("change", params, title, Written, done))
