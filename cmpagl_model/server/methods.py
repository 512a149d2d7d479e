"""The table of methods: what each takes, what answers it, and whether it takes long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import long_work
from . import parameters as asked
from .session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from .work import Work


@dataclass(frozen=True, slots=True)
class Method:
    """One method."""

    params: type[Any]
    """Record of its parameters."""
    run: Callable[[Session, Any, Work], object]
    """Gives the record of its result."""
    long: bool
    """Whether it waits in the lane of long requests."""
    greeted: bool = True
    """Whether hello must have been answered well before."""


HELLO, CANCEL = "hello", "cancel"
METHODS = {
    HELLO: Method(asked.Hello, Session.hello, long=False, greeted=False),
    "open": Method(asked.OneIndex, Session.open, long=False),
    "search": Method(asked.Search, Session.search, long=False),
    "similar": Method(asked.Similar, Session.similar, long=False),
    "thumbnails": Method(asked.Thumbnails, Session.thumbnails, long=False),
    "close": Method(asked.OneIndex, Session.close, long=False),
    "index": Method(asked.Build, long_work.index, long=True),
    "export": Method(asked.Export, long_work.export, long=True),
    "footprints": Method(asked.Output, long_work.footprints, long=True),
    "damage": Method(asked.Output, long_work.damage, long=True),
    "heatmap": Method(asked.Heatmap, long_work.heatmap, long=True),
    "verify": Method(asked.Verify, long_work.verify, long=True),
}
