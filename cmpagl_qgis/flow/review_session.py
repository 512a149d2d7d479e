"""Reviewing the places of an answer: keep, reject, on to the next, undo."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QUndoCommand, QUndoStack

from cmpagl_qgis.engine.question import PLAIN
from cmpagl_qgis.map.review import KEPT, REJECTED, UNDECIDED, Judgement, Tally
from cmpagl_qgis.texts import tr, tr_noop, whole

from .judgements import Judgements, Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.records import Hit
    from cmpagl_qgis.map.layers import MatchLayers

    from .result_view import ResultView

VERDICTS_WANTED = 10
"""Places that are shown to be judged."""
VERDICTS = {"keep": KEPT, "reject": REJECTED, "undecide": UNDECIDED}
# What was done, for one place and for several.
DONE = {
    KEPT: (tr_noop("keep #{0}"), tr_noop("keep {0} places")),
    REJECTED: (tr_noop("reject #{0}"), tr_noop("reject {0} places")),
    UNDECIDED: (tr_noop("undecide #{0}"), tr_noop("undecide {0} places")),
}


class ReviewSession(QObject):
    """Notes verdicts on the places shown; list, map and project follow.

    They hold for the sentence (or the first example) in one index, and are found again whenever
    that is searched again. They are the project's: saved with it, forgotten with it.

    ``learnRequested`` carries the :class:`~cmpagl_qgis.engine.question.Question` that learns from
    all verdicts, or asks for more of them.
    """

    learnRequested = pyqtSignal(object)

    def __init__(self, dock: SearchDock, results: ResultView, layers: MatchLayers) -> None:
        super().__init__(dock)
        self._dock, self._results, self._layers = dock, results, layers
        self._judgements = Judgements()
        self._subject: Subject | None = None
        self.stack = QUndoStack(self)
        self.stack.indexChanged.connect(self._show_way_back)
        dock.hits.hits.verdict = layers.verdict = self.verdict
        dock.hits.reviewRequested.connect(self.act)
        dock.header.review.requested.connect(self.act)
        results.changed.connect(self._on_results)
        self._project = QgsProject.instance()
        self._project.writeProject.connect(self._write)
        self._project.readProject.connect(self._read)
        self._project.cleared.connect(self._forget)
        self._read()

    def verdict(self, hit: Hit) -> str:
        """What was decided of a place of the answer; empty: nothing.

        Args:
            hit: the place.
        """
        if self._subject is None:
            return UNDECIDED
        return self._judgements.verdict(self._subject, hit.key)

    def act(self, key: str) -> None:
        """Do what a key of the list or a button asks for.

        Args:
            key: "keep", "reject", "undecide", "next", "previous", "undo", "redo", "learn" or
                "ask".
        """
        if key in {"learn", "ask"}:
            self._teach(ask=key == "ask")
            return
        if key in VERDICTS:
            self.judge(self._dock.hits.selected_hits(), VERDICTS[key])
        elif key in {"undo", "redo"}:
            (self.stack.undo if key == "undo" else self.stack.redo)()
        elif not self._dock.hits.step(
            lambda hit: self.verdict(hit) == UNDECIDED, back=key == "previous"
        ):
            self._dock.message.tell(tr("All places shown are kept or rejected."))

    def judge(self, hits: list[Hit], verdict: str) -> None:
        """Decide upon places, in one step that can be undone.

        Args:
            hits: of the answer; none: the user is told to choose some.
            verdict: ``keep``, ``reject``, or empty.
        """
        if self._subject is None or not hits:
            self._dock.message.tell(tr("Choose one or more places in the list first."))
            return
        changed = [hit for hit in hits if self.verdict(hit) != verdict]
        if not changed:
            return
        one, many = DONE[verdict]
        count = len(changed)
        text = tr(one).format(changed[0].rank) if count == 1 else tr(many).format(whole(count))
        before = [Judgement(hit.key, self.verdict(hit)) for hit in changed]
        after = [Judgement(hit.key, verdict) for hit in changed]
        self.stack.push(_Step(text, partial(self._put, after), partial(self._put, before)))

    def _teach(self, *, ask: bool) -> None:
        question = self._results.question
        if self._subject is None or question is None:
            return
        if len(question.sentences) > 1:
            self._dock.message.tell(tr("Learning goes together with one sentence."))
            return
        kept, rejected = (self._judgements.keys(self._subject, one) for one in (KEPT, REJECTED))
        if not (kept or rejected or ask):
            self._dock.message.tell(tr("Keep or reject some places first; then there is a lesson."))
            return
        count = VERDICTS_WANTED if ask else self._dock.narrow.narrowing().count
        taught = replace(question, kept=kept, rejected=rejected, ask=ask, count=count, rerank=PLAIN)
        self.learnRequested.emit(taught)

    def tally(self) -> Tally:
        """How many of the places shown were decided upon."""
        verdicts = [self.verdict(hit) for hit in self._results.shown()]
        kept, rejected = verdicts.count(KEPT), verdicts.count(REJECTED)
        return Tally(kept, rejected, len(verdicts) - kept - rejected)

    def close(self) -> None:
        """Let go of the project; what was not saved yet waits in it for the plugin to come back."""
        if self._judgements.any:
            self._write()
        self._project.writeProject.disconnect(self._write)
        self._project.readProject.disconnect(self._read)
        self._project.cleared.disconnect(self._forget)

    def _put(self, judgements: list[Judgement]) -> None:
        if self._subject is None:
            return
        self._judgements.put(self._subject, judgements)
        self._project.setDirty(True)
        keys = {one.key for one in judgements}
        hits = [hit for hit in self._dock.hits.hits.hits() if hit.key in keys]
        self._layers.mark(hits)
        ranks = [hit.rank for hit in hits]
        if ranks and self._dock.hits.current_rank() not in ranks:  # undone far away: show where
            self._dock.hits.select_rank(ranks[0], ranks)
            self._dock.hits.picked.emit(ranks[0])  # on the map, too
        self._show()

    def _on_results(self) -> None:
        question = self._results.question
        subject = None if question is None else (question.index, question.topic)
        if subject != self._subject:
            self._subject = subject
            self.stack.clear()  # nobody undoes what is not in view
        self._show()

    def _show(self) -> None:
        self._dock.hits.hits.verdicts_changed()
        tally = self.tally()
        self._dock.header.review.set_tally(tally)
        self._dock.header.set_tally(tally)
        subject = self._subject
        taught = (
            []
            if subject is None
            else [key for one in (KEPT, REJECTED) for key in self._judgements.keys(subject, one)]
        )
        self._dock.header.review.set_taught(len(taught))

    def _show_way_back(self) -> None:
        self._dock.header.review.set_way_back(self.stack.undoText(), self.stack.redoText())

    def _write(self) -> None:
        """Called while the project is saved, so that it is not marked as changed by this."""
        self._judgements.write(self._project)

    def _read(self) -> None:
        self._judgements.read(self._project)
        self._show_again()

    def _forget(self) -> None:
        self._judgements.clear()
        self._show_again()

    def _show_again(self) -> None:
        self.stack.clear()
        self._layers.mark(self._results.answer.hits if self._results.answer else ())
        self._show()


class _Step(QUndoCommand):
    """One decision; done when it is pushed."""

    def __init__(self, text: str, do: Callable[[], None], undo: Callable[[], None]) -> None:
        super().__init__(text)
        self._do, self._undo = do, undo

    def redo(self) -> None:
        self._do()

    def undo(self) -> None:
        self._undo()
