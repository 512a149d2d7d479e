"""Reads a long answer some hits a turn: checking each of their fields must not hold QGIS up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import Answer, Hit
from cmpagl_qgis.errors import ProtocolError
from cmpagl_qgis.turns import NextTurn

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = 200
"""Hits read in one turn at most."""


@dataclass
class _Reading:
    """An answer that is half read."""

    answer: Answer
    rest: list[object]
    done: Callable[[Answer], None]
    failed: Callable[[ProtocolError], None]
    hits: list[Hit] = field(default_factory=list)


class AnswerReader(QObject):
    """Reads one answer at a time."""

    def __init__(self, parent: QObject) -> None:
        """Read nothing yet.

        Args:
            parent: owner of this object; with it the reading is gone.
        """
        super().__init__(parent)
        self._reading: _Reading | None = None
        self._turn = NextTurn(self)

    def read(
        self,
        result: object,
        done: Callable[[Answer], None],
        failed: Callable[[ProtocolError], None],
    ) -> None:
        """Read an answer, a short one at once; what was being read is dropped.

        Args:
            result: of ``search`` or ``similar``.
            done: called with the answer.
            failed: called where the result is none.
        """
        self.drop()
        hits = result.get("hits") if isinstance(result, dict) else None
        try:
            if not isinstance(result, dict) or not isinstance(hits, list) or len(hits) <= MANY:
                done(read(Answer, result))
                return
            answer = read(Answer, {**result, "hits": []})
        except ProtocolError as error:
            failed(error)
            return
        self._reading = _Reading(answer, list(hits), done, failed)
        self._turn.do(self._read_some)

    def drop(self) -> None:
        """Read no further."""
        self._reading = None
        self._turn.drop()

    def _read_some(self) -> None:
        reading = self._reading
        if reading is None:
            return
        batch, reading.rest = reading.rest[:MANY], reading.rest[MANY:]
        try:
            reading.hits += [read(Hit, hit) for hit in batch]
        except ProtocolError as error:
            self.drop()
            reading.failed(error)
            return
        if reading.rest:
            self._turn.do(self._read_some)
            return
        self.drop()
        reading.done(replace(reading.answer, hits=tuple(reading.hits)))
