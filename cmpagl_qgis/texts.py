"""Words for the user and for the log."""

from __future__ import annotations

from qgis.core import Qgis, QgsMessageLog
from qgis.PyQt.QtCore import QCoreApplication

TAG = "CMPAGL"
"""The tab in QGIS's message log."""


def tr(text: str) -> str:
    """The text in the user's language.

    Args:
        text: English; ``{name}`` for what is filled in afterwards.
    """
    return QCoreApplication.translate(TAG, text)


def numeral(text: str) -> str:
    """A number with the separators of the user's language: 12,480 is 12.480 in German.

    Args:
        text: as Python writes it, such as ``12,480`` or ``0.12``.
    """
    return text.translate({ord(","): tr(","), ord("."): tr(".")})


def whole(number: int) -> str:
    """A whole number for a person.

    Args:
        number: such as 12480.
    """
    return numeral(f"{number:,}")


def counted(count: int, one: str, many: str) -> str:
    """How many there are, such as "1 place" or "12,480 places".

    Args:
        count: how many.
        one: what is said of one.
        many: what is said of any other number, which takes the place of ``{0}``.
    """
    return one if count == 1 else many.format(whole(count))


def tr_noop(text: str) -> str:
    """The text as it is: marks one in a table for the translators, for ``tr`` to look up later.

    Args:
        text: English.
    """
    return text


def tr_marked(text: str) -> str:
    """A text that :func:`tr_noop` marks in another module, in the user's language.

    Args:
        text: English.
    """
    return QCoreApplication.translate(TAG, text)


def as_sentence(text: str) -> str:
    """With a capital letter and a full stop, for what stands alone.

    Args:
        text: as the engine writes it; empty stays empty.
    """
    return text[:1].upper() + text[1:].rstrip(".") + "." if text else ""


def log(text: str, level: Qgis.MessageLevel = Qgis.MessageLevel.Info) -> None:
    """Write to QGIS's message log, without a pop-up.

    Args:
        text: what happened.
        level: how bad it is.
    """
    QgsMessageLog.logMessage(text, TAG, level, notifyUser=False)


def warn(text: str) -> None:
    """Write a warning to QGIS's message log, without a pop-up.

    Args:
        text: what happened.
    """
    log(text, Qgis.MessageLevel.Warning)
