"""Each state of the dock in words: what is, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmpagl_qgis.dock.amounts import rough_percent
from cmpagl_qgis.dock.hit_model import percent
from cmpagl_qgis.dock.notice import Notice
from cmpagl_qgis.texts import as_sentence, numeral, tr, whole

if TYPE_CHECKING:
    from cmpagl_qgis.engine.records import Answer, IndexInfo

SUGGESTIONS = ("football field next to a river", "boats on a canal", "round irrigated fields")
"""English in every language: the model knows no other."""


def no_engine(*, cut_short: bool = False) -> Notice:
    """Nothing names a Python with the engine.

    Args:
        cut_short: whether an installation broke off.
    """
    text = tr(
        "Searching is done by a program of its own. It is installed into your QGIS profile; "
        "nothing else on this computer changes."
    )
    if cut_short:
        text = tr("An installation was cut short. Installing again removes what it left.")
    return Notice(
        state="no_engine",
        icon="engine",
        title=tr("No engine yet"),
        text=text,
        actions=(("install", tr("Install the engine…")), ("setup", tr("I have one: set up…"))),
    )


def installing(words: str) -> Notice:
    """The engine is being installed.

    Args:
        words: what is done now.
    """
    return Notice(
        state="installing",
        icon="engine",
        title=tr("Installing the engine…"),
        text=words,
        actions=(("install", tr("Show")),),
    )


def starting() -> Notice:
    """The engine was started and has not answered yet."""
    return Notice(
        state="starting",
        icon="engine",
        title=tr("Starting the engine…"),
        text=tr("It reads its model; this takes a few seconds."),
    )


def not_started(reason: str) -> Notice:
    """The engine is named but does not start.

    Args:
        reason: in the client's words.
    """
    return Notice(
        state="not_started",
        icon="warning",
        title=tr("The engine did not start"),
        text=reason,
        actions=(
            ("restart", tr("Try again")),
            ("install", tr("Install the engine…")),
            ("setup", tr("Set up…")),
            ("details", tr("Details")),
        ),
    )


def died(reason: str) -> Notice:
    """The engine ended by itself.

    Args:
        reason: in the client's words.
    """
    return Notice(
        state="died",
        icon="warning",
        title=tr("The engine ended"),
        text=reason,
        actions=(("restart", tr("Restart")), ("details", tr("Details"))),
    )


def no_index() -> Notice:
    """The engine waits, and nothing is there to search."""
    return Notice(
        state="no_index",
        icon="index",
        title=tr("What shall be searched?"),
        text=tr(
            "An index holds your scenes, cut into small squares: chips. Build one once, then "
            "search it in a blink."
        ),
        actions=(
            ("build_layers", tr("From raster layers of the project…")),
            ("build_folder", tr("From a folder…")),
            ("open_index", tr("Open an index…")),
            ("sample", tr("Try it with a sample…")),
        ),
    )


def building(name: str) -> Notice:
    """A new index grows.

    Args:
        name: of the index.
    """
    return Notice(
        state="building",
        icon="index",
        title=tr("Building {0}").format(name),
        text=tr("You can search what is done, and go on working in QGIS."),
    )


def nothing_ready(name: str) -> Notice:
    """A search came before the first chips of an index were written.

    Args:
        name: of the index.
    """
    return Notice(
        state="nothing_ready",
        icon="index",
        title=tr("Nothing of {0} is ready yet").format(name),
        text=tr("The first places can be searched after some seconds. Search again then."),
    )


def opening(name: str) -> Notice:
    """An index is being read.

    Args:
        name: of the index.
    """
    return Notice(state="opening", icon="index", title=tr("Opening {0}…").format(name))


def not_opened(name: str, reason: str, *, damaged: bool = False) -> Notice:
    """An index that cannot be read.

    Args:
        name: of the index.
        reason: in the engine's words.
        damaged: whether verifying it can repair it.
    """
    repair = (("verify", tr("Verify and repair…")),) if damaged else ()
    return Notice(
        state="not_opened",
        icon="warning",
        title=tr("{0} cannot be opened").format(name),
        text=reason,
        actions=(
            *repair,
            ("open_index", tr("Open another…")),
            ("retry_index", tr("Try again")),
            ("forget", tr("Take it off the list")),
        ),
    )


def not_searchable(name: str, info: IndexInfo) -> Notice:
    """An index of another model or format.

    Args:
        name: of the index.
        info: what the engine says of it.
    """
    return Notice(
        state="not_searchable",
        icon="warning",
        title=tr("{0} cannot be searched").format(name),
        text=info.why_not or tr("The engine does not say why."),
        actions=(
            ("open_index", tr("Open another…")),
            ("build_files", tr("Build a new one…")),
        ),
    )


def ready() -> Notice:
    """All is there; nothing was asked yet."""
    return Notice(
        state="ready",
        icon="search",
        title=tr("Describe a place"),
        text=tr("Type a sentence above and press Enter. For example:"),
        actions=(("pick", tr("Or click a place on the map…")),),
        suggestions=SUGGESTIONS,
    )


def searching(query: str) -> Notice:
    """The first search runs.

    Args:
        query: the sentence; may be empty.
    """
    return Notice(
        state="searching",
        icon="search",
        title=tr("Searching…"),
        text=f"“{query}”" if query else tr("By example"),
    )


def no_match(answer: Answer, least: float) -> Notice:
    """All hits are weaker than the least shown.

    Args:
        answer: the hits, one at least.
        least: relevance or score of the least shown.
    """
    best = max(hit.strength for hit in answer.hits)
    count = whole(len(answer.hits))
    if answer.by_relevance:
        title = tr("No place is right with {0} or more").format(rough_percent(least))
        text = tr("The best of {0} has {1}.").format(count, percent(best))
    else:
        title = tr("No place scores {0} or more").format(numeral(f"{least:.3f}"))
        text = tr("The best of {0} scores {1}.").format(count, numeral(f"{best:.3f}"))
    if answer.notice:
        title, text = tr("Nothing here fits"), as_sentence(answer.notice)
    return Notice("no_match", "none", title, text, actions=(("show_all", tr("Show all")),))


def nothing_there(undated: int = 0, *, narrowed: bool) -> Notice:
    """No chip passed the filters.

    Args:
        undated: chips that did not because it is unknown when they were taken.
        narrowed: whether the search was narrowed to an area or to scenes.
    """
    text = tr("The index is empty.")
    if narrowed:
        text = tr("No chip of the index lies where the search was narrowed to.")
    if undated:
        text += " " + tr("{0} of unknown date were left out.").format(whole(undated))
    return Notice(
        state="nothing_there",
        icon="none",
        title=tr("Nothing to search there"),
        text=text,
        actions=(("everywhere", tr("Search everywhere")),) if narrowed else (),
    )


def refused(reason: str) -> Notice:
    """The engine refused a search.

    Args:
        reason: in the engine's words.
    """
    return Notice(
        state="refused",
        icon="warning",
        title=tr("This cannot be searched"),
        text=reason,
    )


def stopped() -> Notice:
    """The user stopped the first search."""
    return Notice(
        state="stopped",
        icon="search",
        title=tr("Stopped"),
        text=tr("Press Enter to search again."),
    )
