"""Results that grow while the index does: asked again automatically, updated in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.engine.question import PLAIN
from cmpagl_qgis.turns import single_shot

from .build_session import growing_text, ready_text
from .result_view import found_text

if TYPE_CHECKING:
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.question import Question
    from cmpagl_qgis.engine.records import Answer

    from .build_session import BuildSession
    from .index_session import IndexSession
    from .job_session import JobSession
    from .result_view import ResultView
    from .search_session import SearchSession

PAUSE_MS = 4_000
"""Between two looks whether there is more."""
SHARE_OF_TIME = 0.1
"""That the engine spends on such looks, at most."""
MOST_MISSED = 5
"""Looks that may fail one after the other, each after twice the pause: some four minutes."""


class GrowingView(QObject):
    """Asks again what is shown, as long as somebody adds to its index, and once more at the end."""

    def __init__(
        self,
        dock: SearchDock,
        results: ResultView,
        search: SearchSession,
        index: IndexSession,
        builds: BuildSession,
        jobs: JobSession,
    ) -> None:
        super().__init__(dock)
        self._dock, self._results, self._search = dock, results, search
        self._index, self._builds, self._jobs = index, builds, jobs
        self._expected: Question | None = None
        self._missed = 0
        self._timer = single_shot(self, self.renew)
        search.started.connect(lambda _question: self._forget())
        search.answered.connect(self._plan)
        dock.header.clear.clicked.connect(self._forget)
        search.renewed.connect(self._on_renewed)
        search.lapsed.connect(self._on_lapsed)
        search.refused.connect(lambda *_: self._go_on())
        builds.began.connect(lambda _order: self._timer.start(PAUSE_MS))
        builds.built.connect(lambda *_: self._timer.start(0))
        builds.broken.connect(lambda *_: self._timer.start(0))

    @property
    def here(self) -> bool:
        """Whether the chosen index is built by this QGIS."""
        order = self._builds.order
        return order is not None and order.index == self._index.path

    def text(self, question: Question, answer: Answer) -> str:
        """What was found, how fast, and of how much.

        Args:
            question: what was asked.
            answer: the hits.
        """
        text = found_text(answer, refined=question.rerank != PLAIN)
        if answer.growing is not None:
            text += growing_text(answer.growing)
        elif self.here and not question.where:  # an engine of before
            text += ready_text(answer.candidates, self._jobs.total)
        return text

    def expect(self, question: Question) -> None:
        """Ask a question once its index has been begun.

        Args:
            question: what was refused for want of that.
        """
        self._expected = question
        self._timer.start(PAUSE_MS)

    def renew(self) -> None:
        """Ask again what is shown, unless something else is being asked."""
        expected, question = self._expected, self._results.question
        if expected is not None and expected.index == self._index.path:
            self._search.ask(expected)
            return
        if question is None or question.index != self._index.path:
            return
        if question.ask or question.rerank != PLAIN:
            return  # what is to be judged stays until it is, and re-ranking takes long
        if not self._search.running:
            self._search.renew(question)

    def _forget(self) -> None:
        self._expected, self._missed = None, 0
        self._timer.stop()

    def _go_on(self) -> None:
        """Another question came to nothing: what is shown still may grow."""
        question, shown = self._results.question, self._results.answer
        if question is not None and shown is not None:
            self._plan(question, shown)

    def _on_lapsed(self, question: Question) -> None:
        """Look again, more and more seldom: an index may come back, an engine restart."""
        self._missed += 1
        if question is self._results.question and self._missed <= MOST_MISSED:
            self._timer.start(PAUSE_MS << self._missed)

    def _plan(self, question: Question, answer: Answer) -> None:
        """Look again after a while, where there is more to come; re-ranking takes too long."""
        self._timer.stop()
        if (answer.growing is not None or self.here) and question.rerank == PLAIN:
            self._timer.start(max(PAUSE_MS, round(1000 * answer.seconds / SHARE_OF_TIME)))

    def _on_renewed(self, question: Question, answer: Answer) -> None:
        shown = self._results.answer
        if question is not self._results.question or shown is None:
            return
        self._missed = 0
        if answer.version != shown.version or not answer.version:
            self._results.grow(question, answer)
        if shown.growing is not None and answer.growing is None and not self.here:
            self._index.read_again()  # who built it elsewhere has ended
        self._dock.status.set_found(self.text(question, answer))
        self._plan(question, answer)
