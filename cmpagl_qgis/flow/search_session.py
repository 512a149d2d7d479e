"""The search that runs: one at a time; an answer to an earlier one is never shown."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, pyqtSignal

from cmpagl_qgis.engine.classes import merged
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.question import PLAIN, Question
from cmpagl_qgis.engine.records import Answer, Hit
from cmpagl_qgis.errors import UNREADABLE, EngineError, ProtocolError
from cmpagl_qgis.texts import warn
from cmpagl_qgis.turns import NextTurn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cmpagl_qgis.engine.asker import Asker

MANY = 200
"""Hits read in one turn at most."""


class SearchSession(QObject):
    """Asks questions; of several sentences one after the other, and makes one answer of theirs.

    ``started`` carries a :class:`Question`; ``progressed`` how many of its sentences are answered,
    and how many there are, where there are several; ``answered`` the question and its
    :class:`~cmpagl_qgis.engine.records.Answer`; ``refused`` the question and an
    :class:`~cmpagl_qgis.errors.EngineError`, which may be a cancellation. ``renewed`` carries
    question and answer where :meth:`renew` asked, ``lapsed`` the question where that failed, which
    the user is not told.
    """

    started = pyqtSignal(object)
    progressed = pyqtSignal(int, int)
    answered = pyqtSignal(object, object)
    refused = pyqtSignal(object, object)
    renewed = pyqtSignal(object, object)
    lapsed = pyqtSignal(object)

    def __init__(self, asker: Asker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._number = 0
        self._question: Question | None = None
        self._answers: list[Answer] = []  # to the sentences before the one that is asked
        self._turn = NextTurn(self)
        self._quiet = False

    @property
    def running(self) -> bool:
        """Whether the user waits for an answer."""
        return not self._quiet and (bool(self._number) or self._turn.waiting)

    def ask(self, question: Question) -> None:
        """Ask; what was asked before is of no interest any more.

        Args:
            question: the search.
        """
        self._begin(question, quiet=False)
        self.started.emit(question)

    def renew(self, question: Question) -> None:
        """Ask what was asked before, without a word but ``renewed`` or ``lapsed``.

        Args:
            question: the search.
        """
        self._begin(question, quiet=True)

    def _begin(self, question: Question, *, quiet: bool) -> None:
        self.drop()
        self._question, self._answers, self._quiet = question, [], quiet
        self._send(question)

    def stop(self) -> None:
        """Give the search up; ``refused`` tells when it ended."""
        if self._number:
            self._asker.cancel(self._number)

    def _send(self, question: Question) -> None:
        """Ask for the next sentence, or for the one there is."""
        if len(question.sentences) > 1:
            question = replace(question, query=question.sentences[len(self._answers)])
        method, params = question.request()
        self._number = self._asker.ask(
            method,
            params,
            lambda result: self._work_on(read_in_slices(result), self._tell),
            self._on_failed,
        )

    def drop(self) -> None:
        """Forget the search without a word.

        A quick one is left to the engine, which is done with it sooner than with a cancellation; a
        re-ranking takes long, and is cancelled.
        """
        number, self._number = self._number, 0
        self._turn.drop()
        if not number:
            return
        self._asker.forget(number)
        if self._question is not None and self._question.rerank != PLAIN:
            self._asker.cancel(number)

    def _tell(self, answer: Answer) -> None:
        self._number = 0
        question = self._question
        if question is None or len(question.sentences) < 2:
            self._done(answer)
            return
        asked = question.sentences
        self._answers.append(replace(answer, query=asked[len(self._answers)]))
        if not self._quiet:
            self.progressed.emit(len(self._answers), len(asked))
        if len(self._answers) < len(asked):
            self._send(question)
            return
        self._work_on(merged(self._answers), self._done)

    def _work_on(self, slices: Iterator[Answer | None], then: Callable[[Answer], None]) -> None:
        """Read or merge for one slice a turn."""
        try:
            answer = next(slices)
        except ProtocolError as error:
            warn(str(error))
            self._on_failed(EngineError(UNREADABLE, str(error), "ProtocolError"))
            return
        if answer is None:
            self._turn.do(partial(self._work_on, slices, then))
        else:
            then(answer)

    def _done(self, answer: Answer) -> None:
        (self.renewed if self._quiet else self.answered).emit(self._question, answer)

    def _on_failed(self, error: EngineError) -> None:
        self._number = 0
        if self._quiet:
            self.lapsed.emit(self._question)
        else:
            self.refused.emit(self._question, error)


def read_in_slices(result: object) -> Iterator[Answer | None]:
    """Read an answer: checking each field of each hit at once would hold QGIS up.

    Args:
        result: of ``search`` or ``similar``.

    Yields:
        ``None`` between two slices of a long answer, and the answer at the end.

    Raises:
        ProtocolError: if it is none.
    """
    hits = result.get("hits") if isinstance(result, dict) else None
    if not isinstance(result, dict) or not isinstance(hits, list) or len(hits) <= MANY:
        yield read(Answer, result)
        return
    answer, found = read(Answer, {**result, "hits": []}), list[Hit]()
    for start in range(0, len(hits), MANY):
        yield None
        found += [read(Hit, hit) for hit in hits[start : start + MANY]]
    yield replace(answer, hits=tuple(found))
