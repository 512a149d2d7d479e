"""From which day to which: two dates, the first never after the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QDate, QSignalBlocker, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QDateEdit, QHBoxLayout, QLabel, QWidget

from cmpagl_qgis.texts import tr

from .small_widgets import named, stack
from .theme import GAP

if TYPE_CHECKING:
    Days = tuple[str, str]
    """The first and the last, such as ``2020-07-19``."""

ISO = Qt.DateFormat.ISODate


class Period(QWidget):
    """Two dates; ``changed`` tells of any change by the user."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglPeriod")
        self.first = self._edit("cmpaglFromDate", tr("First day"))
        self.last = self._edit("cmpaglToDate", tr("Last day"))
        dash = QLabel("–", self)  # noqa: RUF001 - between days stands this dash
        stack(QHBoxLayout(self), self.first, dash, self.last, gap=GAP // 2, margin=0)

    def days(self) -> Days:
        """What is set."""
        return self.first.date().toString(ISO), self.last.date().toString(ISO)

    def set_days(self, days: Days) -> None:
        """Set both without telling.

        Args:
            days: the first and the last, ISO; what is none is passed over.
        """
        for edit, day in zip((self.first, self.last), days):
            with QSignalBlocker(edit):
                edit.clearMaximumDate()
                edit.clearMinimumDate()
                edit.setDate(QDate.fromString(day, ISO))
        self._bind()

    def _edit(self, name: str, what: str) -> QDateEdit:
        edit = named(QDateEdit(self), name)
        edit.setAccessibleName(what)
        edit.setToolTip(tr("{0}, in UTC").format(what))
        edit.setCalendarPopup(True)
        edit.setKeyboardTracking(False)  # a search for each digit would be none of a date
        edit.setDisplayFormat("yyyy-MM-dd")  # as results, files and commands have it
        edit.dateChanged.connect(self._bind)
        edit.dateChanged.connect(self.changed)
        return edit

    def _bind(self) -> None:
        """Let neither pass the other."""
        self.first.setMaximumDate(self.last.date())
        self.last.setMinimumDate(self.first.date())


def whole_days(first: str | None, last: str | None, known: Days | None) -> Days:
    """A period as files have it, in whole days.

    Args:
        first: its beginning: a year, a month, a day or a moment; ``None``: it has none.
        last: its end, likewise; all of it counts.
        known: the days of the index, for an end that the period has not.
    """
    begin = _day(first, at_end=False) if first else ""
    end = _day(last, at_end=True) if last else ""
    earliest, latest = known or (begin or end, end or begin)
    return begin or min(earliest, end), end or max(latest, begin)


def _day(text: str, *, at_end: bool) -> str:
    """The first or the last day of a year, a month, a day or a moment."""
    year, month, day = (*map(int, text[:10].split("-")), 0, 0)[:3]
    month = month or (12 if at_end else 1)
    last = QDate(year, month, 1).daysInMonth() if at_end else 1
    return QDate(year, month, day or last).toString(ISO)
