"""The search that runs: one at a time; an answer to an earlier one is never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, pyqtSignal

from cmpagl_qgis.engine.asker import Asker, Callbacks
from cmpagl_qgis.engine.question import PLAIN, Question
from cmpagl_qgis.errors import UNREADABLE, EngineError
from cmpagl_qgis.texts import warn

from .answer_reader import AnswerReader

if TYPE_CHECKING:
    from cmpagl_qgis.engine.records import Answer
    from cmpagl_qgis.errors import ProtocolError


class SearchSession(QObject):
    """Asks questions.

    ``started`` carries a :class:`Question`; ``answered`` the question and its
    :class:`~cmpagl_qgis.engine.records.Answer`; ``refused`` the question and an
    :class:`~cmpagl_qgis.errors.EngineError`, which may be a cancellation.
    """

    started = pyqtSignal(object)
    answered = pyqtSignal(object, object)
    refused = pyqtSignal(object, object)

    def __init__(self, asker: Asker, parent: QObject | None = None) -> None:
        """Wait for a question.

        Args:
            asker: the way to the engine.
            parent: owner of this object.
        """
        super().__init__(parent)
        self._asker = asker
        self._number = 0
        self._reader = AnswerReader(self)
        self._question: Question | None = None

    @property
    def running(self) -> bool:
        """Whether an answer is waited for."""
        return bool(self._number)

    def ask(self, question: Question) -> None:
        """Ask; what was asked before is of no interest any more.

        Args:
            question: the search.
        """
        self.drop()
        self._question = question
        method, params = question.request()
        self._number = self._asker.ask(method, params, Callbacks(self._on_done, self._on_failed))
        self.started.emit(question)

    def stop(self) -> None:
        """Give the search up; ``refused`` tells when it ended."""
        if self._number:
            self._asker.cancel(self._number)

    def drop(self) -> None:
        """Forget the search without a word.

        A quick one is left to the engine, which is done with it sooner than with a cancellation; a
        re-ranking takes long, and is cancelled.
        """
        number, self._number = self._number, 0
        self._reader.drop()
        if not number:
            return
        self._asker.forget(number)
        if self._question is not None and self._question.rerank != PLAIN:
            self._asker.cancel(number)

    def _on_done(self, number: int, result: object) -> None:
        if number != self._number:
            return
        self._reader.read(result, self._tell, self._on_unreadable)

    def _tell(self, answer: Answer) -> None:
        self._number = 0
        self.answered.emit(self._question, answer)

    def _on_unreadable(self, error: ProtocolError) -> None:
        warn(str(error))
        self._on_failed(self._number, EngineError(UNREADABLE, str(error), "ProtocolError"))

    def _on_failed(self, number: int, error: EngineError) -> None:
        if number != self._number:
            return
        self._number = 0
        self.refused.emit(self._question, error)
