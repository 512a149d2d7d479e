"""What is asked of an index, as one record. No Qt in here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_qgis.errors import PluginError
from cmpagl_qgis.texts import counted, tr, tr_noop

if TYPE_CHECKING:
    from .records import Hit

PARTING = ";"
"""Between sentences that become classes."""
MOST_CLASSES = 8
"""Sentences in one search: eye and legend tell no more colours apart."""
PLAIN = "none"
"""No re-ranking."""
REFINEMENTS = {
    "smr": tr_noop("Compare with reference sentences (quick)"),
    "fusion": tr_noop("Read the best places again (slower, gives probabilities)"),
    "full": tr_noop("Both, one after the other"),
}
"""Ways of re-ranking, for a person."""


@dataclass(frozen=True)
class Example:
    """A chip or a place to be like, or unlike."""

    label: str
    """Its name for a person."""
    like: bool
    """Whether to be like it."""
    key: str
    """The same for the same chip or place."""
    place: tuple[tuple[str, object], ...]
    """The protocol's PLACE, as pairs."""


@dataclass(frozen=True)
class Question:
    """One search."""

    index: str
    """Absolute path of the index."""
    query: str
    """The sentence; may be empty where there is an example to be like."""
    count: int
    """Hits at most."""
    examples: tuple[Example, ...] = ()
    """To be like, and unlike."""
    where: tuple[tuple[str, object], ...] = ()
    """The protocol's WHERE, as pairs; empty: everywhere."""
    rerank: str = PLAIN
    """Way of re-ranking."""
    whole: bool = False
    """Whether the sentence is taken as it stands, and not by parts."""
    kept: tuple[str, ...] = ()
    """Keys of the places that the answer is learned from: right ones."""
    rejected: tuple[str, ...] = ()
    """Wrong ones."""
    ask: bool = False
    """Whether places to be judged are wanted, and not the best."""
    siblings: bool = True
    """Whether a place is one hit across scenes, dates and sizes, with its siblings."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences, which are parted by ``;``: several become classes."""
        parts = (part.strip() for part in self.query.split(PARTING))
        return tuple(dict.fromkeys(part for part in parts if part))

    @property
    def by_example(self) -> bool:
        """Whether examples take part."""
        return bool(self.examples)

    @property
    def learned(self) -> bool:
        """Whether it goes by verdicts, or asks for some."""
        return bool(self.kept or self.rejected) or self.ask

    @property
    def answerable(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.sentences) or any(example.like for example in self.examples)

    def check(self) -> None:
        """See that it can be asked.

        Raises:
            PluginError: if there are too many sentences, or several and examples.
        """
        many = len(self.sentences)
        if many > MOST_CLASSES:
            text = tr("Found {0} sentences; at most {1} become classes of one layer.")
            raise PluginError(text.format(many, MOST_CLASSES))
        if many > 1 and self.by_example:
            raise PluginError(
                tr(
                    "Examples go together with one sentence. Take the examples away, or leave one "
                    "sentence in the line."
                )
            )

    @property
    def subject(self) -> str:
        """What it asks, for a person: sentence, index, and how it is narrowed and ranked."""
        asked = [f"“{self.query}”"] if self.query else []
        many = len(self.examples)
        if many:
            asked.append(counted(many, tr("1 example"), tr("{0} examples")))
        where = tr("{0}, narrowed") if self.where else "{0}"
        how = "{0}" if self.rerank == PLAIN else tr("{0}, refined")
        if self.learned:
            how = tr("{0}, to judge") if self.ask else tr("{0}, learned")
        text = tr("{0} in {1}").format(" + ".join(asked), where.format(Path(self.index).stem))
        return how.format(text)

    @property
    def topic(self) -> str:
        """What verdicts on places hold for: the sentence, else the first example to be like.

        More examples make the answers better, not other ones.
        """
        like = (example.key for example in self.examples if example.like)
        # A chip by its scene's name: the folder may move together with the project.
        return "; ".join(self.sentences).casefold() or f"like {Path(next(like, '')).name}"

    def same_wish(self, other: Question | None) -> bool:
        """Whether both look for the same, however narrowed or re-ranked.

        Args:
            other: another search; ``None`` is never the same.
        """
        if other is None:
            return False
        how = {name: getattr(self, name) for name in ("count", "where", "rerank", "siblings")}
        return self == replace(other, **how)

    def same_subject(self, other: Question | None) -> bool:
        """Whether scores of the two can be compared.

        Args:
            other: another search; ``None`` is never the same.
        """
        return other is not None and self.rerank == other.rerank and self.same_wish(other)

    def request(self) -> tuple[str, dict[str, object]]:
        """Method and parameters of the protocol."""
        params: dict[str, object] = {"index": self.index, "k": self.count}
        if self.query:
            params["query"] = self.sentences[0] if len(self.sentences) == 1 else self.query
        if self.where:
            params["where"] = dict(self.where)
        if self.whole and self.query:
            params["plain"] = True
        if not self.siblings:
            params["siblings"] = False
        if not (self.by_example or self.learned):
            if self.rerank != PLAIN:
                params["rerank"] = self.rerank
            return "search", params
        places = {
            "like": [dict(one.place) for one in self.examples if one.like],
            "unlike": [dict(one.place) for one in self.examples if not one.like],
            "kept": [place_of_key(key) for key in self.kept],
            "rejected": [place_of_key(key) for key in self.rejected],
        }
        params.update((name, found) for name, found in places.items() if found)
        if self.ask:
            params["ask"] = True
        return "similar", params


def place_of_key(key: str) -> dict[str, object]:
    """The protocol's PLACE of a chip.

    Args:
        key: as ``Hit.key`` gives it.
    """
    scene, _sign, chip = key.rpartition("#")
    window, _sign, ground_m = chip.partition("@")
    numbers = [int(number) for number in window.split(",")]
    return {"scene": scene, "window": numbers, "ground_m": float(ground_m)}


def example_of_hit(hit: Hit, *, like: bool) -> Example:
    """A hit as an example.

    Args:
        hit: the chip.
        like: whether to be like it.
    """
    name = Path(hit.scene).stem
    label = f"#{hit.rank} {name if len(name) <= 16 else name[:15] + '…'}"
    return Example(label, like, hit.key, tuple(hit.place().items()))


def example_of_place(longitude: float, latitude: float) -> Example:
    """A place on the map as an example to be like.

    Args:
        longitude: degrees.
        latitude: degrees.
    """
    label = tr("{0}, {1}").format(f"{longitude:.4f}", f"{latitude:.4f}")
    place = (("lon", longitude), ("lat", latitude))
    return Example(label, True, label, place)  # noqa: FBT003 - like
