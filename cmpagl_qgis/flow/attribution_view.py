"""Attribution of a hit: the part of its place, and the words (leave-one-out), that make it fit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, QTemporaryDir
from qgis.PyQt.QtGui import QPixmap

from cmpagl_qgis.dock.preview import SIDE
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.job_records import Located
from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.asker import Asker
    from cmpagl_qgis.engine.records import Hit
    from cmpagl_qgis.errors import EngineError

    from .result_view import ResultView


class AttributionView(QObject):
    """Asks about one place at a time; the last one asked for is shown."""

    def __init__(self, dock: SearchDock, results: ResultView, asker: Asker) -> None:
        super().__init__(dock)
        self._dock, self._results, self._asker = dock, results, asker
        self._number: int | None = None
        self._folder = QTemporaryDir()
        self._entry = next(
            one for one in dock.hits.menu.actions() if one.objectName() == "cmpaglHit_where"
        )
        self._text = self._entry.text()
        dock.hits.menu.aboutToShow.connect(self._on_menu)

    def ask(self, hit: Hit) -> None:
        """Let the engine look into a place, unless that cannot be; says why.

        Args:
            hit: the place.
        """
        question, why_not = self._results.question, self._why_not(hit)
        if question is None or why_not:
            self._dock.message.tell(why_not)
            return
        if self._number is not None:
            self._asker.forget(self._number)
            self._asker.cancel(self._number, None)
        file = str(Path(self._folder.path()) / "where.png")
        params: dict[str, object] = {
            "index": question.index,
            "place": hit.place(),
            "query": hit.sentence or question.query,
            "plain": question.whole,
            "picture": file,
            "px": 2 * SIDE,
        }

        def done(result: object) -> None:
            self._number = None
            found = read(Located, result)
            self._dock.message.clear()
            hits = self._dock.hits
            row = hits.hits.row_of_rank(hit.rank)
            if row >= 0 and self._results.question is question:  # else another answer is shown
                index = hits.hits.index(row)
                hits.scrollTo(index)
                hits.preview.show_hit(hit, QPixmap(file), hits.place_of(index), found)

        def failed(error: EngineError) -> None:
            self._number = None
            self._dock.message.tell_error(error)

        self._dock.message.tell(tr("Looking into place {0}…").format(hit.rank))
        self._number = self._asker.ask("where", params, done, failed)

    def _why_not(self, hit: Hit) -> str:
        """Why nothing can be shown of a place; empty: it can."""
        question = self._results.question
        if question is None or not (hit.sentence or question.query).strip():
            return tr("This goes with a sentence, not with examples alone.")
        elsewhere = "://" in hit.scene or hit.scene.startswith("/vsi")
        return "" if elsewhere or Path(hit.scene).is_file() else tr("Its scene is not there.")

    def _on_menu(self) -> None:
        hit = self._results.hit(self._dock.hits.current_rank())
        why_not = self._why_not(hit) if hit is not None else ""
        self._entry.setEnabled(not why_not)
        title = self._text.partition("\t")[0]
        self._entry.setText(f"{title} ({why_not.rstrip('.')})" if why_not else self._text)
