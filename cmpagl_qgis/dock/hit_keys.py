"""The keys of the list of results."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QKeyEvent, QKeySequence

ACTS = {"+": "like", "-": "unlike", "z": "zoom"}
REVIEW = {"k": "keep", "r": "reject", "x": "reject", "u": "undecide", "n": "next"}


def act_of(event: QKeyEvent) -> str:
    """The context menu's entry of a key; empty: none.

    Args:
        event: a press.
    """
    return "" if _held(event) else ACTS.get(event.text().lower(), "")


def review_act(event: QKeyEvent) -> str:
    """What a key asks of the review; empty: nothing.

    Args:
        event: a press.
    """
    if event.matches(QKeySequence.StandardKey.Undo):
        return "undo"
    if event.matches(QKeySequence.StandardKey.Redo):
        return "redo"
    act = "" if _held(event) else REVIEW.get(event.text().lower(), "")
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return "previous" if act == "next" and shift else act


def _held(event: QKeyEvent) -> bool:
    """Whether a key is held that makes another of a letter."""
    held = Qt.KeyboardModifier
    return bool(event.modifiers() & (held.ControlModifier | held.AltModifier | held.MetaModifier))
