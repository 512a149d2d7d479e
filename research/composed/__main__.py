"""``python -m research.composed MODEL DATA_FOLDER``: what reading a sentence by parts is worth.

Questions are made of what people named in pictures of RSICD and UCM ``val`` (``objects.txt``): of
every pair of things, the pictures that name both, or the first and not the second. A picture is
right if its captions say so, which is less than what it shows: figures compare ways, and no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from hashlib import md5
from itertools import combinations, permutations
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from cmpagl_model.captions import read_captions
from cmpagl_model.encoders import open_encoder
from cmpagl_model.errors import CmpaglError, DatasetError
from cmpagl_model.evaluation.encode import encode_split
from cmpagl_model.search.composed import read_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder

    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Way = Callable[[Floats, "Question"], Floats]

SETS = ("rsicd", "ucm")
KINDS = ("without", "without two", "and")
OBJECTS = Path(__file__).with_name("objects.txt")
LEAST = 10
"""Right pictures that a question has at least, and of those that must not be found."""
FIRST = 10


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A sentence about two or three things."""

    gallery: str
    """Name of the set."""
    sentence: str
    """As somebody would type it."""
    things: tuple[str, ...]
    """The first wanted, then the others."""
    right: Mask
    """Pictures that answer it, ``(n,)``."""

    @property
    def reported(self) -> bool:
        """Whether it is of the half on which no constant was chosen: by its first thing."""
        return md5(self.things[0].encode(), usedforsecurity=False).digest()[0] % 2 == 1


def read_things(path: Path) -> dict[str, re.Pattern[str]]:
    """Things, each with what finds its words in a caption.

    Args:
        path: ``name: word, words`` a line.
    """
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, words = line.split(":")
        some = "|".join(re.escape(word.strip()) for word in words.split(","))
        found[name] = re.compile(rf"\b(?:{some})\b", re.IGNORECASE)
    return found


def questions(gallery: str, names: Sequence[str], said: Mask, kind: str) -> Iterator[Question]:
    """All questions of one kind that have enough right pictures, and wrong ones that are near.

    Args:
        gallery: name of the set.
        names: of the things.
        said: which picture names which, ``(n, things)``.
        kind: "without", "without two" or "and".
    """
    if kind == "without two":
        for a, b, c in permutations(range(len(names)), 3):
            right = said[:, a] & ~said[:, b] & ~said[:, c]
            wrong = said[:, a] & said[:, b] & said[:, c]
            if b < c and min(right.sum(), wrong.sum()) >= LEAST:
                three = names[a], names[b], names[c]
                yield Question(gallery, "{} without {} or {}".format(*three), three, right)
        return
    pairs = permutations if kind == "without" else combinations
    for a, b in pairs(range(len(names)), 2):
        first, second = said[:, a] & ~said[:, b], ~said[:, a] & said[:, b]
        both, things = said[:, a] & said[:, b], (names[a], names[b])
        if kind == "without" and min(first.sum(), both.sum()) >= LEAST:
            yield Question(gallery, f"{things[0]} without {things[1]}", things, first)
        elif kind == "and" and min(first.sum(), second.sum(), both.sum()) >= LEAST:
            yield Question(gallery, f"{things[0]} and {things[1]}", things, both)


def ways(kind: str, texts: Callable[[str], Floats]) -> dict[str, Way]:
    """Ways of scoring pictures for a question, by name.

    Args:
        kind: of the questions.
        texts: gives the unit vector of words.
    """

    def by_parts(images: Floats, asked: Question) -> Floats:
        parts = read_parts(asked.sentence)
        if parts is None:
            return images @ texts(asked.sentence)
        return images @ np.sum([factor * texts(words) for factor, words in parts.parts()], axis=0)

    found: dict[str, Way] = {
        "as it stands": lambda images, asked: images @ texts(asked.sentence),
        "as the search reads it": by_parts,
    }
    if kind == "and":
        found["mean of the parts"] = lambda images, asked: (
            images @ np.sum([texts(one) for one in asked.things], axis=0)
        )
        found["least of the parts"] = lambda images, asked: np.min(
            [images @ texts(one) for one in asked.things], axis=0
        )
    else:
        found["the first thing alone"] = lambda images, asked: images @ texts(asked.things[0])
    return found


def first_right(scores: Floats, right: Mask) -> float:
    """Share of right pictures among the first :data:`FIRST`."""
    return float(right[np.argsort(-scores, kind="stable")[:FIRST]].mean())


@click.command()
@click.argument("model", metavar="MODEL_FOLDER")
@click.argument("data", type=click.Path(path_type=Path), metavar="DATA_FOLDER")
def command(*, model: str, data: Path) -> None:
    """Compare ways of reading sentences of several conditions, in precision at 10.

    Such as: python -m research.composed cmpagl_lite data/
    """  # noqa: DOC501 - shown as help
    try:
        encoder = open_encoder(model)
        click.echo(report(encoder, data), nl=False)
    except CmpaglError as error:
        raise click.ClickException(str(error)) from error


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Pictures and what their captions name."""

    images: Floats
    """Unit vectors, ``(n, D)``."""
    said: Mask
    """Which picture's captions name which thing, ``(n, things)``."""


def read_gallery(path: Path, things: dict[str, re.Pattern[str]], encoder: Encoder) -> Gallery:
    """The pictures of a set's ``val``.

    Args:
        path: its captions.
        things: what to look for in them.
        encoder: the model.
    """
    split = encode_split([one for one in read_captions(path) if one.split == "val"], encoder)
    words = [""] * len(split.images)
    for text, row in zip(split.sentences, split.image_of.tolist(), strict=True):
        words[row] += f" {text}"
    said = [[bool(thing.search(text)) for thing in things.values()] for text in words]
    return Gallery(split.images, np.array(said))


def report(encoder: Encoder, data: Path) -> str:
    """The figures as Markdown tables.

    Raises:
        DatasetError: if no set is there.
    """
    things = read_things(OBJECTS)
    paths = {name: data / name / f"dataset_{name}.json" for name in SETS}
    galleries = {
        name: read_gallery(path, things, encoder) for name, path in paths.items() if path.is_file()
    }
    if not galleries:
        raise DatasetError(f"{data}: found neither rsicd nor ucm; next: see docs/evaluation.md")

    @cache
    def texts(words: str) -> Floats:
        vector: Floats = encoder.encode_texts([words])[0]
        return vector

    lines = []
    for kind in KINDS:
        asked = [
            question
            for name, gallery in galleries.items()
            for question in questions(name, list(things), gallery.said, kind)
        ]
        groups = [
            (name, own)
            for name in galleries
            if (own := [q for q in asked if q.gallery == name and q.reported])
        ]
        head = " | ".join(f"{title} ({len(own)})" for title, own in groups)
        lines.append(f"| {kind}: precision at {FIRST}, % (questions) | {head} |")
        lines.append("|---|" + "---:|" * len(groups))
        for way, score in ways(kind, texts).items():
            shares = (
                np.mean([first_right(score(galleries[q.gallery].images, q), q.right) for q in own])
                for _, own in groups
            )
            lines.append(f"| {way} | {' | '.join(f'{100 * share:.1f}' for share in shares)} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    command()
