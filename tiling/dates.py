"""Dates as a scene's record has them: a day, a moment, or two of these with a slash between.

``2020-07-19`` is all of that day, ``2020-07-19T10:50:31Z`` a moment in UTC, and
``2020-07-01/2020-07-31`` all between the first's beginning and the second's end.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

MOMENT = timedelta(microseconds=1)
"""The shortest time that is told apart."""
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(\.\d{1,6})?\d*(?:[Zz]|([+-]\d\d):?(\d\d))?",
    re.ASCII,
)


def span_of(text: str) -> tuple[datetime, datetime]:
    """First and last moment of what a text names, in UTC; both belong to it.

    Args:
        text: a year, month or day (``2020``, ``2020-07``, ``2020-07-19``), a date with time (in
            UTC where it names no zone), or two of these with a slash between.

    Raises:
        ValueError: if it is none of these, or ends before it begins.

    Example:
        >>> [str(moment) for moment in span_of("2020-02")]
        ['2020-02-01 00:00:00+00:00', '2020-02-29 23:59:59.999999+00:00']
    """
    first, slash, last = text.partition("/")
    try:
        begin, end = _span(first)
        if slash:
            end = _span(last)[1]
    except OverflowError as error:
        raise ValueError(f"{text} is beyond the years 1 to 9999") from error
    if end < begin:
        raise ValueError(f"{text} ends before it begins")
    return begin, end


def _span(text: str) -> tuple[datetime, datetime]:
    match = _DAY.fullmatch(text)
    if match is None:
        moment = moment_of(text)
        return moment, moment
    year, month, day = (int(part) if part else 0 for part in match.groups())
    begin = datetime(year, month or 1, day or 1, tzinfo=timezone.utc)
    if day:
        return begin, begin + timedelta(days=1) - MOMENT
    after = (year, month + 1) if 1 <= month < 12 else (year + 1, 1)
    return begin, datetime(*after, 1, tzinfo=timezone.utc) - MOMENT


def moment_of(text: str) -> datetime:
    """The moment that a date with time names; where it names no zone it counts as UTC.

    Raises:
        ValueError: if it is no date with time.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"found {text[:40]!r}, wanted a date such as 2020-07-19")
    day, minute, second, fraction, hours, minutes = match.groups("")
    digits = fraction.ljust(len(".000000"), "0") if fraction else ""  # Python 3.10 reads no others
    zone = f"{hours}:{minutes}" if hours else "+00:00"
    read = datetime.fromisoformat(f"{day}T{minute}{second or ':00'}{digits}{zone}")
    return read.astimezone(timezone.utc)


def text_of(moment: datetime | date) -> str:
    """A day or a moment as :func:`span_of` reads it; a moment without zone counts as UTC."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    own = moment.replace(tzinfo=moment.tzinfo or timezone.utc).astimezone(timezone.utc)
    return own.isoformat().replace("+00:00", "Z")
