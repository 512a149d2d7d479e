"""Between what travels and what search works with: filters, places, hits."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields, replace
from typing import TYPE_CHECKING, TypeVar

from cmpagl_model.errors import QueryError
from cmpagl_model.index.vectors import geojson_geometry
from cmpagl_model.records import Hit, Sibling
from cmpagl_model.search import ChipPlace, Examples, PointPlace
from cmpagl_model.search.as_json import Page, read_geometry
from cmpagl_model.search.examples import Picture
from cmpagl_model.search.feedback import Feedback
from cmpagl_model.search.weighted import Weighted
from tiling import Window

from .messages import ParameterError
from .parameters import absolute, parameters
from .wire_hits import Four, WireHit, WireSibling

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cmpagl_model.search import Filter
    from cmpagl_model.search.as_json import Where
    from cmpagl_model.search.examples import Place

    from .parameters import ByExample


Read = TypeVar("Read")
MOST_PLACES = 1_000
"""Places in a request: short requests are answered one after the other, and each place is looked
for in the whole index."""
MOST_ENCODED = 50
"""Pictures and words in a request: each goes through the model, and searches wait meanwhile."""
DIGITS = {"score": 6, "gsd_m": 6, "probability": 6, "relevance": 6, "overlap": 3}
"""Behind the point, of what is not sent as it is."""


@dataclass(frozen=True, slots=True)
class _Chip:
    scene: str
    window: Four
    ground_m: float


@dataclass(frozen=True, slots=True)
class _Picture:
    picture: str


@dataclass(frozen=True, slots=True)
class _Weight:
    weight: float = 1.0


def filter_of(where: Where) -> Filter:
    """The filter that a request asks for.

    Raises:
        ParameterError: if ``within`` is no area.
        QueryError: if the box is no place on Earth, or a date none.
    """
    found = replace(where, within=None).filter()
    try:
        return replace(found, within=where.area())
    except QueryError as error:
        raise ParameterError(str(error)) from None


def examples_of(want: ByExample) -> Examples:
    """The examples and counter-examples of a request.

    Raises:
        ParameterError: if one is neither a place nor a picture, or there are too many.
        QueryError: if a point is no place on Earth, or a weight not above 0.
    """
    slow = sum("picture" in page for page in (*want.like, *want.unlike))
    slow += len(want.plus) + len(want.minus)
    if slow > MOST_ENCODED:
        raise ParameterError(
            f"found {slow:,} pictures and words, wanted at most {MOST_ENCODED} in a request"
        )
    return Examples(
        like=_each(want.like, "like", _example),
        unlike=_each(want.unlike, "unlike", _example),
        plus=tuple(Weighted(one.words, one.weight) for one in want.plus),
        minus=tuple(Weighted(one.words, one.weight) for one in want.minus),
    )


def _example(page: Page, where: str) -> Weighted[ChipPlace | PointPlace | Picture]:
    weight = parameters(_Weight, _only(page, "weight"), where).weight
    if "picture" not in page:
        return Weighted(place_of(page, where), weight)
    picture = parameters(_Picture, _only(page, "picture"), where).picture
    return Weighted(Picture(absolute(picture, f"{where}.picture")), weight)


def feedback_of(want: ByExample) -> Feedback:
    """What a person decided of places.

    Raises:
        ParameterError: if one is no chip, or there are too many.
    """
    return Feedback(chips_of(want.kept, "kept"), chips_of(want.rejected, "rejected"))


def chips_of(pages: Sequence[Page], name: str, most: int = MOST_PLACES) -> tuple[ChipPlace, ...]:
    """Chips as search knows them.

    Args:
        pages: as they came; keys that a chip does not have are let be.
        name: names them in messages.
        most: of them at most.

    Raises:
        ParameterError: if one is no chip, or there are too many.
    """
    return _each(pages, name, _chip, most)


def _chip(page: Page, where: str) -> ChipPlace:
    chip = parameters(_Chip, _only(page, "scene", "window", "ground_m"), where)
    return ChipPlace(chip.scene, _window(chip.window, where), chip.ground_m)


def places_of(pages: Sequence[Page], where: str) -> tuple[Place, ...]:
    """Places as search knows them.

    Args:
        pages: as they came; keys that a place does not have are let be, so that a hit is one.
        where: names them in messages.

    Raises:
        ParameterError: if one is no place, or there are too many.
        QueryError: if a point is no place on Earth.
    """
    return _each(pages, where, place_of)


def _each(
    pages: Sequence[Page], where: str, read: Callable[[Page, str], Read], most: int = MOST_PLACES
) -> tuple[Read, ...]:
    if len(pages) > most:
        raise ParameterError(
            f"{where}: found {len(pages):,} places, wanted at most {most:,} in a request"
        )
    return tuple(read(page, f"{where}[{number}]") for number, page in enumerate(pages))


def place_of(page: Page, where: str) -> Place:
    """A place as search knows it.

    Args:
        page: as it came; keys that a place does not have are let be.
        where: names it in messages.

    Raises:
        ParameterError: if it is no place.
        QueryError: if a point is no place on Earth.
    """
    if "scene" in page:
        return _chip(page, where)
    return parameters(PointPlace, _only(page, "lon", "lat", "ground_m"), where)


def _only(page: Page, *keys: str) -> Page:
    return {key: page[key] for key in keys if key in page}


def _window(window: Four, where: str) -> Window:
    col, row, width, height = window
    if col < 0 or row < 0 or width < 1 or height < 1:
        raise ParameterError(
            f"{where}.window: found {list(window)}, wanted column, row, width, height in px"
        )
    return Window(*window)


def wire_hit(hit: Hit, crs: str) -> WireHit:
    """A hit as it travels; ``crs`` is its scene's."""
    siblings = tuple(WireSibling(**_sent(one)) for one in hit.siblings)
    return WireHit(**{**_sent(hit), "crs": crs, "siblings": siblings})


def _sent(one: Hit | Sibling) -> Page:
    """The fields of a hit or a sibling as they travel."""
    page: Page = {field.name: getattr(one, field.name) for field in fields(one)}
    for name in DIGITS.keys() & page.keys():
        page[name] = None if page[name] is None else round(page[name], DIGITS[name])
    return {**page, "window": astuple(one.window), "geometry": geojson_geometry(one.geometry)}


def hit_of(wire: WireHit, where: str) -> Hit:
    """A hit that came back from the client.

    Raises:
        ParameterError: if its window or geometry is none.
    """
    page = _received(wire, where)
    del page["crs"]
    page["siblings"] = tuple(
        Sibling(**_received(one, f"{where}.siblings[{number}]"))
        for number, one in enumerate(wire.siblings)
    )
    return Hit(**page)


def _received(one: WireHit | WireSibling, where: str) -> Page:
    """The fields of a hit or a sibling as a search has them.

    Raises:
        ParameterError: if its window or geometry is none.
    """
    page: Page = {field.name: getattr(one, field.name) for field in fields(one)}
    try:
        geometry = read_geometry(one.geometry, f"{where}.geometry")
    except QueryError as error:
        raise ParameterError(str(error)) from None
    return {**page, "window": _window(one.window, where), "geometry": geometry}
