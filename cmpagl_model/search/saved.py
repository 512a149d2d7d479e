"""A query as a small JSON file: :class:`SavedQuery`, read and written here, asked again anywhere.

Keys are those of the protocol's requests; what is left out is as a search has it.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmpagl_model.config import record_from_dict
from cmpagl_model.errors import ConfigError, OutputError, QueryError
from cmpagl_model.index.vectors import check_ending, geojson_geometry, write_text
from cmpagl_model.records import DEFAULT_RERANK, Rerank
from tiling import Window

from .answer import SearchOptions
from .as_json import Page, Where, Words
from .composed import checked_query
from .composed import read_query as read_sentence
from .examples import ChipPlace, Examples, Picture, PointPlace
from .filters import EVERYWHERE, Filter
from .weighted import Weighted

if TYPE_CHECKING:
    from cmpagl_model.progress import Progress
    from cmpagl_model.records import Hit

    from .answer import Answer
    from .query import SearchableIndex

VERSION, MARK, ENDING = 1, "cmpagl_query", ".json"
LARGEST_BYTES = 8 << 20
"""Of a file: an outline of a country is one megabyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(SearchOptions):
    """What is said the same in a file and in Python."""

    rerank: Rerank = DEFAULT_RERANK
    """How the best are re-ranked, of a sentence alone."""
    plain: bool = False
    """Whether the sentence is taken as it stands, and not by parts."""


@dataclass(frozen=True, slots=True)
class SavedQuery(Options):
    """All that was asked, without the index it was asked of."""

    sentence: str | None = None
    """The sentence; ``None``: examples alone."""
    examples: Examples = field(default_factory=Examples)
    """What shows what is wanted, and what is not."""
    where: Filter = EVERYWHERE
    """Which chips to look at."""

    def __post_init__(self) -> None:
        """Check that what is asked can be asked.

        Raises:
            QueryError: if nothing is asked, the sentence makes no question, or what goes with a
                sentence alone goes with examples.
        """
        Options.__post_init__(self)
        if self.sentence is not None:
            whole = self.plain or self.rerank != "none" or self.min_relevance is not None
            read_sentence(self.sentence, plain=whole)
        self.examples.check(self.sentence)
        if self.by_example and (self.rerank != "none" or self.min_relevance is not None):
            raise QueryError(
                "found examples with rerank or min_relevance, which go with a sentence alone; "
                "next: leave either out, and cut with min_score"
            )

    @property
    def has_cut(self) -> bool:
        """Whether it says itself what reaches it."""
        return self.min_score is not None or self.min_relevance is not None

    def matches(self, answer: Answer) -> tuple[Hit, ...]:
        """The hits of an answer that count: where nothing is said, those that reach its cut-off."""
        if self.has_cut or answer.cutoff is None:
            return answer.hits
        least = answer.cutoff
        return tuple(hit for hit in answer.hits if (hit.relevance or 0.0) >= least)

    @property
    def by_example(self) -> bool:
        """Whether there are examples, or words besides the sentence."""
        return self.examples != Examples()

    @property
    def need_model(self) -> bool:
        """Whether anything goes through the model."""
        return self.examples.need_model(self.sentence)

    def ask(
        self,
        index: SearchableIndex,
        *,
        k: int | None = None,
        siblings: bool | None = None,
        progress: Progress | None = None,
    ) -> Answer:
        """Ask an index.

        Args:
            index: which.
            k: hits at most in place of the query's own; ``None``: its own.
            siblings: likewise.
            progress: told of a second look; ``None``: nobody is.

        Raises:
            QueryError: if a place is not in this index, or a picture cannot be read.
        """
        count, where, score, merge = k or self.k, self.where, self.min_score, self.merge
        across = self.siblings if siblings is None else siblings
        if self.by_example:
            return index.similar(
                self.examples, self.sentence, k=count, where=where, min_score=score, merge=merge,
                siblings=across, plain=self.plain,
            )  # fmt: skip
        return index.search(
            self.sentence or "", count, where=where, min_score=score, merge=merge,
            siblings=across, min_relevance=self.min_relevance, rerank=self.rerank, plain=self.plain,
            progress=progress,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Example:
    """A chip, a point or a picture."""

    weight: float = 1.0
    picture: str | None = None
    scene: str | None = None
    window: tuple[int, int, int, int] | None = None
    ground_m: float | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class _File(Options):
    """What the file may hold."""

    cmpagl_query: int
    sentence: str | None = None
    like: tuple[_Example, ...] = ()
    unlike: tuple[_Example, ...] = ()
    plus: tuple[Words, ...] = ()
    minus: tuple[Words, ...] = ()
    where: Where = field(default_factory=Where)


def read_query(path: str | Path) -> SavedQuery:
    """The query in a file; pictures that it names are looked for from the file's folder.

    Raises:
        QueryError: if the file is missing or no query of this version; unknown keys are named.
    """
    path = Path(path)
    return query_of(read_page(path), path.absolute().parent, str(path))


def read_page(path: Path) -> object:
    """What a small JSON file holds.

    Raises:
        QueryError: if it is missing, too large or no JSON.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise QueryError(f"{path}: found over {LARGEST_BYTES >> 20} MiB, wanted a small file")
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise QueryError(
            f"{path}: cannot be read ({error.strerror or error}); next: check name and folder, or "
            "write one with 'cmpagl search INDEX \"...\" --save FILE'"
        ) from error
    except (ValueError, RecursionError) as error:
        raise QueryError(f"{path}: no JSON ({error}); next: mend it, or save it anew") from error


def query_of(page: object, folder: Path, name: str) -> SavedQuery:
    """The query that a parsed file means.

    Args:
        page: what the file holds.
        folder: from where relative names of pictures count.
        name: of the file, for messages.

    Raises:
        QueryError: if it is no query of this version; unknown keys are named.
    """
    version = page.get(MARK) if isinstance(page, dict) else None
    if version != VERSION:
        found = "none" if version is None else str(version)[:20]
        raise QueryError(
            f'{name}: found "{MARK}": {found}, wanted {VERSION}; next: save the query with this '
            "version, or update CMPAGL"
        )
    try:
        said = record_from_dict(_File, page, name)
        return SavedQuery(
            sentence=None if said.sentence is None else checked_query(said.sentence),
            examples=Examples(
                like=tuple(_example(one, folder) for one in said.like),
                unlike=tuple(_example(one, folder) for one in said.unlike),
                plus=tuple(_weighted(one.words, one.weight) for one in said.plus),
                minus=tuple(_weighted(one.words, one.weight) for one in said.minus),
            ),
            where=said.where.filter(),
            **{option.name: getattr(said, option.name) for option in fields(Options)},
        )
    except ConfigError as error:
        raise QueryError(str(error)) from error
    except QueryError as error:
        raise QueryError(f"{name}: {error}") from error


def page_of_query(query: SavedQuery) -> Page:
    """A query as the file has it; what is as usual is left out."""
    where, examples = query.where, query.examples
    page = {
        "sentence": query.sentence,
        **{kind.name: [_page_of(one) for one in getattr(examples, kind.name)]
           for kind in fields(Examples)},
        "where": _said({
            "bbox": where.bbox and list(where.bbox),
            "within": None if where.within is None else geojson_geometry(where.within),
            "scenes": list(where.scenes),
            "ground_m": where.ground_m and list(where.ground_m),
            "from_date": where.from_date and str(where.from_date),
            "to_date": where.to_date and str(where.to_date),
        }),
        "k": query.k,
        "min_score": query.min_score,
        "min_relevance": query.min_relevance,
        "merge": None if query.merge else False,
        "siblings": None if query.siblings else False,
        "plain": query.plain or None,
        "rerank": None if query.rerank == DEFAULT_RERANK else query.rerank,
    }  # fmt: skip
    return {MARK: VERSION, **_said(page)}


def write_query(query: SavedQuery, path: str | Path) -> None:
    """Write a query to a file, whole or not at all.

    Args:
        query: what was asked.
        path: ``.json``; an older query of that name is replaced, no other file is.

    Raises:
        OutputError: if it cannot be written, or something else has the name.
    """
    path = Path(path)
    check_ending(path, (ENDING,))
    if path.exists():
        try:
            read_query(path)
        except QueryError as error:
            raise OutputError(
                f"{path}: found a file that is no saved query, wanted another name, for it would "
                "be replaced"
            ) from error
    write_text(path, json.dumps(page_of_query(query), indent=2, ensure_ascii=False) + "\n")


def _said(page: Page) -> Page:
    return {
        name: value for name, value in page.items() if value is not None and value not in ([], {})
    }


def _weighted(what: Any, weight: float) -> Any:  # noqa: ANN401 - of whatever kind
    return what if weight == 1 else Weighted(what, weight)


def _example(said: _Example, folder: Path) -> Any:  # noqa: ANN401 - place or picture, with a weight or not
    """One example.

    Raises:
        QueryError: if it is none of the three.
    """
    match said:
        case _Example(picture=str(name), scene=None, lon=None, lat=None):
            return _weighted(Picture(str(folder / name)), said.weight)
        case _Example(picture=None, scene=str(scene), lon=None, lat=None) if said.window:
            if said.ground_m is not None:
                place = ChipPlace(scene, Window(*said.window), said.ground_m)
                return _weighted(place, said.weight)
        case _Example(picture=None, scene=None, window=None, lon=float(lon), lat=float(lat)):
            return _weighted(PointPlace(lon, lat, said.ground_m), said.weight)
    raise QueryError(
        "found an example that is none, wanted picture; or lon and lat; or scene, window and "
        "ground_m"
    )


def _page_of(one: Any) -> Page:  # noqa: ANN401 - an example or words, with a weight or not
    what, weight = (one.what, one.weight) if isinstance(one, Weighted) else (one, 1.0)
    page: Page
    if isinstance(what, str):
        page = {"words": what}
    elif isinstance(what, Picture):
        page = {"picture": str(Path(what.path).absolute())}
    elif isinstance(what, PointPlace):
        page = _said({"lon": what.lon, "lat": what.lat, "ground_m": what.ground_m})
    else:
        pixels = list(astuple(what.window))
        page = {"scene": what.scene, "window": pixels, "ground_m": what.ground_m}
    return page if weight == 1 else {**page, "weight": weight}
