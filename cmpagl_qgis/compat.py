"""Where QGIS 3.22 to 4 differ, or PyQt5 and PyQt6."""

from __future__ import annotations

from qgis.core import QgsField
from qgis.PyQt.QtCore import QMetaType, QVariant

_TYPES = {"text": "QString", "whole": "Int", "number": "Double"}


def make_field(name: str, kind: str) -> QgsField:
    """A field of an attribute table.

    Args:
        name: the column's name.
        kind: ``text``, ``whole`` or ``number``.
    """
    key = _TYPES[kind]
    try:
        return QgsField(name, getattr(QMetaType.Type, key))  # from 3.38 on, and the only way in 4
    except (AttributeError, TypeError):
        return QgsField(name, getattr(QVariant, "String" if kind == "text" else key))
