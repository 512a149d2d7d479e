"""The tools of an assistant: each a row of :data:`TOOLS`, answered by the engine's own methods."""

from __future__ import annotations

import csv
import threading
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from cmpagl_model.search import ChipPlace
from cmpagl_model.search.classes import ClassSentences
from cmpagl_model.search.examples import row_of
from cmpagl_model.search.thumbnails import pictures
from tiling import Window

from . import mcp_parameters as asked
from . import parameters as engine
from .messages import PROTOCOL, page_of
from .methods import METHODS
from .parameters import parameters
from .roots import OutsideError
from .session import Session
from .translate import place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .results import Hits
    from .roots import Roots
    from .work import Work

    Page = dict[str, Any]

PICTURE_PX, MOST_INDEXES = 192, 100
INSTRUCTIONS = (
    "Finds places in the user's own georeferenced images by describing them. An index holds the "
    "images cut into chips; list_indexes says which there are, index_scenes makes one; overview "
    "tells what nobody knows an index to show, describe what one place shows. Describe what a "
    "place looks like from above, in English. A hit's relevance is the probability that a "
    "person would call it right; found false means that nothing fits, although the nearest places "
    "are listed. Longitude comes before latitude."
)


@dataclass(frozen=True, slots=True)
class ToolPicture:
    """A picture."""

    what: str
    """What it shows."""
    png: bytes
    """The file."""


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool gives."""

    page: object
    """Records and lists, for :func:`~cmpagl_model.server.messages.page_of`."""
    pictures: tuple[ToolPicture, ...] = ()
    """Of the first hits, or of the place."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool."""

    params: type[Any]
    """Record of its parameters."""
    run: Callable[[Toolbox, Any, Work], ToolAnswer]
    """Answers it."""
    what: str
    """What it does, for an assistant."""
    reads_only: bool = True
    """Whether it never writes."""
    long: bool = False
    """Whether it waits for other long ones, and holds up no search."""


class Toolbox:
    """The engine of one assistant, and the folders that it may use."""

    def __init__(self, roots: Roots) -> None:
        self.roots = roots
        self._session = Session()
        self._greeting = threading.Lock()
        self._greeted = False

    def ask(self, method: str, page: Page, work: Work) -> Any:  # noqa: ANN401 - the method's own record
        """What the engine's protocol answers; the model is loaded at the first question.

        Args:
            method: a key of :data:`~cmpagl_model.server.methods.METHODS`.
            page: its parameters.
            work: the request at work.
        """
        with self._greeting:
            if not self._greeted:
                self._session.hello(engine.Hello(PROTOCOL, "mcp"), work)
                self._greeted = True
        found = METHODS[method]
        return found.run(self._session, parameters(found.params, page, method), work)

    def index(self, given: str) -> str:
        """The folder of an index that may be read."""
        return str(self.roots.tree(given))

    def list_indexes(self, want: asked.Nothing, work: Work) -> ToolAnswer:
        """The indexes below the roots."""
        del want
        below = self.roots.indexes(work.check, MOST_INDEXES)
        found = [{"index": str(folder)} for folder in below.indexes]
        said = {"notice": below.notice} if below.notice else {}
        roots = [str(one) for one in self.roots.folders]
        return ToolAnswer({"roots": roots, "indexes": found, **said})

    def open_index(self, want: asked.OneIndex, work: Work) -> ToolAnswer:
        """What an index holds."""
        return ToolAnswer(self.ask("open", {"index": self.index(want.index)}, work))

    def index_scenes(self, want: asked.IndexScenes, work: Work) -> ToolAnswer:
        """Make or extend an index."""
        index = self.index(want.index)
        inputs = [str(self.roots.tree(one)) for one in want.inputs]
        options = {} if want.ground_sizes_m is None else {"ground_sizes_m": [*want.ground_sizes_m]}
        page = {"index": index, "inputs": inputs, "options": options}
        return ToolAnswer(self.ask("index", page, work))

    def search(self, want: asked.Search, work: Work) -> ToolAnswer:
        """Places that match a sentence."""
        page = {"query": want.query, "min_relevance": want.min_relevance}
        return self._hits("search", want, page, work)

    def search_by_example(self, want: asked.SearchByExample, work: Work) -> ToolAnswer:
        """Places that are like others."""
        page: Page = {
            "query": want.query,
            "like": [self._example(one) for one in want.like],
            "unlike": [self._example(one) for one in want.unlike],
            "plus": [{"words": words} for words in want.plus],
            "minus": [{"words": words} for words in want.minus],
        }
        return self._hits("similar", want, page, work)

    def export_chips(self, want: asked.Export, work: Work) -> ToolAnswer:
        """All chips as a file."""
        page = {"index": self.index(want.index), "output": str(self.roots.path(want.output))}
        return ToolAnswer(self.ask("footprints", page, work))

    def describe(self, want: asked.Describe, work: Work) -> ToolAnswer:
        """What a place or an area shows."""
        page: Page = {"index": self.index(want.index), "k": want.k, "where": _where(want)}
        if want.place is not None:
            page["place"] = _place(want.place)
        return ToolAnswer(self.ask("describe", page, work))

    def overview(self, want: asked.Overview, work: Work) -> ToolAnswer:
        """What the chips of an index are like."""
        page = {
            "index": self.index(want.index), "groups": want.groups, "where": _where(want),
            "output": self._output(want.output),
        }  # fmt: skip
        return ToolAnswer(self.ask("overview", page, work))

    def classify(self, want: asked.Classify, work: Work) -> ToolAnswer:
        """What each class covers."""
        index, output = self.index(want.index), self._output(want.output)
        with TemporaryDirectory() as folder:
            file = Path(folder, "classes.csv")
            with file.open("w", encoding="utf-8", newline="") as lines:
                rows = [ClassSentences(one.name, one.sentences) for one in want.classes]
                csv.writer(lines).writerows([one.name, *one.sentences] for one in rows)
            page = {
                "index": index, "classes": str(file), "map": output, "where": _where(want),
                "min_relevance": want.min_relevance,
            }  # fmt: skip
            return ToolAnswer(self.ask("classify", page, work))

    def where(self, want: asked.WhereInPlace, work: Work) -> ToolAnswer:
        """Where in a place a sentence fits.

        Raises:
            OutsideError: if the scene does not lie below the roots.
        """
        index, place = self.index(want.index), _place(want.place)
        table = self._session.with_encoder(index, needed=False).table
        scene = table.scenes[table.scene_of[row_of(table, place_of(place, "place"))]].path
        if not self.roots.may_read(scene):
            raise OutsideError(
                f"{scene}: the scene of this place lies outside the folders that may be read; "
                "next: ask the person to start 'cmpagl serve' with a further --root"
            )
        with TemporaryDirectory() as folder:
            file = Path(folder, "place.png")
            page = {"index": index, "place": place, "query": want.query, "picture": str(file)}
            found: Any = page_of(self.ask("where", page, work))
            shown = ToolPicture("the place, warm where the sentence fits", file.read_bytes())
        return ToolAnswer({name: found[name] for name in found if name != "picture"}, (shown,))

    def _output(self, given: str | None) -> str | None:
        return None if given is None else str(self.roots.path(given))

    def _example(self, example: asked.Example) -> Page:
        page = _place(example)
        if example.picture is not None:
            page["picture"] = str(self.roots.tree(example.picture))
        return page

    def _hits(self, method: str, want: Any, page: Page, work: Work) -> ToolAnswer:  # noqa: ANN401 - either kind of search
        index = self.index(want.index)
        output = self._output(want.output)
        page = {"index": index, "k": want.k, "where": _where(want), **page}
        found: Hits = self.ask(method, page, work)
        hits: Any = page_of(found.hits)
        answer: Page = {
            "found": found.found,
            "notice": found.notice,
            "relevance_cutoff": found.cutoff,
            "candidates": found.candidates,
            "undated": found.undated,
            # Siblings without their outlines, which are about the hit's: all is read
            "hits": [
                {
                    **hit,
                    "siblings": [
                        {name: value for name, value in one.items() if name != "geometry"}
                        for one in hit["siblings"]
                    ],
                }
                for hit in hits
            ],
            "problems": list(found.problems),
        }
        if output is not None:
            said = {"index": index, "output": output, "query": found.query, "hits": hits}
            answer["written"] = page_of(self.ask("export", said, work))
        ours = [hit for hit in found.hits[: want.pictures] if self.roots.may_read(hit.scene)]
        places = [ChipPlace(hit.scene, Window(*hit.window), hit.ground_m) for hit in ours]
        opened = self._session.with_encoder(index, needed=False)
        drawn = zip(ours, pictures(opened, places, PICTURE_PX), strict=True)
        shown = (ToolPicture(f"hit {hit.rank}", png) for hit, png in drawn if png is not None)
        return ToolAnswer(answer, tuple(shown))


def _where(want: asked.Filtered) -> Page:
    """The filter of a request, as the engine takes it."""
    names = (field.name for field in fields(asked.Filtered))
    return _filled({name: getattr(want, name) for name in names})


def _place(place: asked.Place) -> Page:
    """A place, as the engine takes it."""
    return _filled(asdict(place))


def _filled(page: Page) -> Page:
    """What was said, as JSON has it."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in page.items()
        if value is not None
    }


TOOLS = {
    "list_indexes": Tool(
        asked.Nothing,
        Toolbox.list_indexes,
        "Lists the root folders and the indexes below them. Start here.",
    ),
    "open_index": Tool(
        asked.OneIndex,
        Toolbox.open_index,
        "Tells what an index holds: scenes with their extent, ground sizes of chips in metres, the "
        "model, and whether sentences find anything in it (searchable, why_not).",
    ),
    "index_scenes": Tool(
        asked.IndexScenes,
        Toolbox.index_scenes,
        "Makes or extends an index of georeferenced rasters. Takes seconds to hours, tells how far "
        "it is and can be cancelled; what is done is kept and the same call goes on. Tells which "
        "inputs could not be used, and why (problems).",
        reads_only=False,
        long=True,
    ),
    "search": Tool(
        asked.Search,
        Toolbox.search,
        "Finds the places of an index that match one sentence, best first: each with its footprint "
        "(GeoJSON), relevance (0 to 1), score (a cosine, compares within one query), scene and "
        "window in pixels. found false, with a notice, means that nothing fits. Writes a file "
        "where output is given.",
        reads_only=False,
    ),
    "search_by_example": Tool(
        asked.SearchByExample,
        Toolbox.search_by_example,
        "Finds places like others, by points, hits, pictures and words; at least one of query, "
        "like and plus is needed. Hits have a score and no relevance. Writes a file where output "
        "is given.",
        reads_only=False,
    ),
    "overview": Tool(
        asked.Overview,
        Toolbox.overview,
        "Tells what an index shows where nobody knows: puts its chips into groups of their like, "
        "with a name, chips, area in m2, and the nearest sentences (says). A question mark in a "
        "name, or a low fits, means a guess; names are often wrong on scenes unlike the model's "
        "pictures, so search and look at pictures before you rely on one. Writes a map where "
        "output is given.",
        reads_only=False,
        long=True,
    ),
    "describe": Tool(
        asked.Describe,
        Toolbox.describe,
        "Says what one place, or an area (bbox and the like), shows, by the nearest of some "
        "hundreds of sentences, with relevance and, of an area, the share of chips they fit. found "
        "false, with a notice, means that none fits.",
    ),
    "where": Tool(
        asked.WhereInPlace,
        Toolbox.where,
        "Shows where in a place a sentence fits, as a picture with heat, and which of its words "
        "made the hit (telling). Reads the scene again.",
    ),
    "classify": Tool(
        asked.Classify,
        Toolbox.classify,
        "Gives each chip the class whose sentence fits best and tells chips and area in m2 of "
        "each; the last class, none, is what no class fits. Give all classes that there are, also "
        "those that nobody asked for. Writes a map where output is given.",
        reads_only=False,
        long=True,
    ),
    "export_chips": Tool(
        asked.Export,
        Toolbox.export_chips,
        "Writes the footprints of all chips of an index as a vector file.",
        reads_only=False,
        long=True,
    ),
}
