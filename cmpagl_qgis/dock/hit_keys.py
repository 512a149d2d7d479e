"""The context menu of the list of results, and its keys."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QKeyEvent, QKeySequence

from cmpagl_qgis.texts import tr_noop

from .review_bar import VERDICTS

# Key, text, shortcut; an empty key is a line.
MENU = (
    ("zoom", tr_noop("Zoom to it"), "Z"),
    ("open", tr_noop("Open its scene"), "Return"),
    ("", "", ""),
    *(verdict[:3] for verdict in VERDICTS),
    ("", "", ""),
    ("like", tr_noop("More like this"), "+"),
    ("unlike", tr_noop("Less like this"), "-"),
    ("describe", tr_noop("What does it show?"), ""),
    ("", "", ""),
    ("copy", tr_noop("Copy its coordinates"), "Ctrl+C"),
    ("picture", tr_noop("Save its picture…"), ""),
    ("where", tr_noop("Show where it fits"), "W"),
    ("heat", tr_noop("Heat map of its scene…"), ""),
    ("outline", tr_noop("Outlines in its scene…"), ""),
)
ACTS = {"+": "like", "-": "unlike", "z": "zoom", "w": "where"}
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
