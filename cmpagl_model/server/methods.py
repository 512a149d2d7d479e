"""The table of methods: what each takes, what answers it, and whether it takes long."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from cmpagl_model.index.export import export_chips, export_damage

from . import asking, long_work, planning
from . import asking_parameters as questions
from . import build_parameters as builds
from . import parameters as asked
from .session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from .work import Work


LaneName = Literal["short", "long", "looking", "trying"]
"""Of searches and the like; of what takes long; of looking at scenes before they are indexed, or
at one place; of trying the machine out. The last two wait neither for builds nor for each other,
and hold up no search."""


@dataclass(frozen=True, slots=True)
class Method:
    """One method."""

    params: type[Any]
    """Record of its parameters."""
    run: Callable[[Session, Any, Work], object]
    """Gives the record of its result."""
    lane: LaneName
    """Where it waits: requests of one lane are answered one after the other."""
    greeted: bool = True
    """Whether hello must have been answered well before."""


HELLO, CANCEL = "hello", "cancel"
METHODS = {
    HELLO: Method(asked.Hello, Session.hello, "short", greeted=False),
    "open": Method(asked.OneIndex, Session.open, "short"),
    "search": Method(asked.Search, Session.search, "short"),
    "similar": Method(asked.Similar, Session.similar, "short"),
    "save_query": Method(asked.SaveQuery, asking.save_query, "short"),
    "load_query": Method(asked.QueryFile, asking.load_query, "short"),
    "watch": Method(asked.Watch, asking.watch_query, "short"),
    "describe": Method(questions.Describe, asking.describe_place, "looking"),
    "thumbnails": Method(asked.Thumbnails, Session.thumbnails, "short"),
    "where": Method(asked.InPlace, asking.where_in_place, "short"),
    "close": Method(asked.OneIndex, Session.close, "short"),
    "models": Method(asked.Models, planning.models, "looking"),
    "plan": Method(builds.Plan, planning.plan, "looking"),
    "speed": Method(builds.Speed, planning.speed, "trying"),
    "fetch": Method(asked.Fetch, long_work.fetch, "long"),
    "index": Method(builds.Build, long_work.index, "long"),
    "export": Method(asked.Export, long_work.export, "long"),
    "footprints": Method(asked.Output, partial(long_work.exported, export_chips), "long"),
    "damage": Method(asked.Output, partial(long_work.exported, export_damage), "long"),
    "heatmap": Method(asked.Heatmap, long_work.heatmap, "long"),
    "classify": Method(questions.Classify, asking.classify_chips, "long"),
    "overview": Method(questions.Overview, asking.first_look, "long"),
    "change": Method(asked.Change, long_work.change, "long"),
    "objects": Method(asked.Objects, long_work.objects, "long"),
    "verify": Method(asked.Verify, long_work.verify, "long"),
}
