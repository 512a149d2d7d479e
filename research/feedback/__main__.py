"""``python -m research.feedback MODEL DATA_FOLDER``: the first fifty before and after ten verdicts.

Somebody wants the pictures of one class of RSICD or UCM ``val`` and types one caption of one of
them; a played user keeps what is of the class and rejects the rest. Told are the searches that
began low: at most half of the right ones that fifty places could hold were among the first fifty.
Each class of UCM ``val`` has ten pictures, and no search among its 210 begins low; so these are
asked once more among the ``val`` pictures of all sets at hand, and the first ten are counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from cmpagl_model.captions import read_captions
from cmpagl_model.encoders import open_encoder
from cmpagl_model.errors import CmpaglError, DatasetError
from cmpagl_model.evaluation.encode import encode_split
from cmpagl_model.search.examples import combined
from cmpagl_model.search.feedback import ASKED_OF, KEPT_WEIGHT, REJECTED_WEIGHT, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder

    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]

SETS = ("rsicd", "ucm")
OTHERS = ("rsicd", "eurosat", "vhr10", "nwpu", "sydney", "sensors")
"""Whose pictures are mixed among those of UCM; what they show of UCM's classes counts as wrong."""
FIRST, VERDICTS, CAPTIONS, SEED = 50, 10, 40, 1
UCM_OF_A_CLASS, UCM_FIRST = 100, 10
"""Pictures of UCM are numbered from 1, class after class, so many each; of ``val`` ten each."""
OURS = KEPT_WEIGHT, REJECTED_WEIGHT


@dataclass(frozen=True, slots=True)
class Way:
    """How verdicts are asked for and used."""

    name: str
    """In words."""
    rounds: int = 1
    """The verdicts are asked for in so many rounds, alike."""
    pool: int = ASKED_OF
    """The places shown are spread over so many times as many of the best; 1: the best."""
    weights: tuple[float, float] = OURS
    """Of the places kept and of those rejected, beside 1 for the query."""


WAYS = (
    Way("ten spread over the first 50"),
    Way("the best, one by one", pool=1, rounds=10),
    Way("the ten best", pool=1),
    Way("the ten best, weights of --like and --unlike", pool=1, weights=(0.75, 0.25)),
)
"""What docs/queries.md compares. Spread over the first 30 and 100, in two rounds and with other
weights they were compared, too, on the other half of the classes, when constants were chosen."""


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """One class, and the sentence that somebody types for it."""

    gallery: str
    """Name of the set."""
    kind: str
    """The class."""
    query: Floats
    """The sentence's unit vector, ``(D,)``."""
    images: Floats
    """Unit vectors of the pictures, ``(n, D)``."""
    right: Mask
    """Which of them are of the class, ``(n,)``."""
    first: int = FIRST
    """Places that are counted."""

    @property
    def most(self) -> float:
        """The share of right ones that the first places could have."""
        return float(min(self.right.sum(), self.first) / self.first)

    def share(self, vector: Floats, among: Mask | None = None) -> float:
        """The share of right ones among the first places.

        Args:
            vector: to rank by.
            among: the pictures that are ranked; ``None``: all.
        """
        some = np.arange(len(self.right)) if among is None else np.flatnonzero(among)
        best = some[np.argsort(-(self.images[some] @ vector), kind="stable")[: self.first]]
        return float(self.right[best].sum() / self.first)


def played(search: Search, way: Way) -> tuple[Floats, list[int]]:
    """What a user teaches.

    Returns:
        The query's new vector, and the pictures that were judged.
    """
    vector, seen = search.query, list[int]()
    count = VERDICTS // way.rounds
    for _ in range(way.rounds):
        order = np.argsort(-(search.images @ vector), kind="stable")
        pool = order[~np.isin(order, seen)][: way.pool * count]
        seen += pool[spread(search.images[pool], count)].tolist()
        kept = [row for row in seen if search.right[row]]
        rejected = [row for row in seen if not search.right[row]]
        parts = [(1.0, search.query)]
        for rows, weight in ((kept, way.weights[0]), (rejected, -way.weights[1])):
            parts += [(weight / len(rows), search.images[row]) for row in rows]
        vector = combined(parts)
    return vector, seen


def class_of(gallery: str, path: Path) -> str:
    """The class of a picture by its file's name; empty: it has none."""
    if gallery == "ucm":
        return f"class {(int(path.stem) - 1) // UCM_OF_A_CLASS + 1}"
    return re.sub(r"_?\d+$", "", path.stem)


def searches(gallery: str, captions: Path, encoder: Encoder) -> Iterator[Search]:
    """Up to :data:`CAPTIONS` sentences of each class.

    Args:
        gallery: name of the set.
        captions: its file.
        encoder: the model.
    """
    split = encode_split([one for one in read_captions(captions) if one.split == "val"], encoder)
    classes = np.array([class_of(gallery, path) for path in split.paths])
    random = np.random.default_rng(SEED)
    for kind in np.unique(classes).tolist():
        right = classes == kind
        texts = np.unique(split.text_of[right[split.image_of]])
        for row in random.permutation(texts)[:CAPTIONS].tolist() if kind else ():
            yield Search(gallery, kind, split.texts[row], split.images, right)


def among(every: list[Search], others: list[Path], encoder: Encoder) -> Iterator[Search]:
    """The same searches, their pictures among others, none of which is right.

    Args:
        every: searches of UCM.
        others: captions files; those that are not there are left out.
        encoder: the model.
    """
    items = [one for path in others if path.is_file() for one in read_captions(path)]
    more = encode_split([one for one in items if one.split == "val"], encoder).images
    for search in every:
        images = np.concatenate([search.images, more])
        right = np.concatenate([search.right, np.zeros(len(more), bool)])
        yield replace(search, images=images, right=right, first=UCM_FIRST)


def reported(search: Search) -> bool:
    """Whether it is of the half of the classes on which no constant was chosen."""
    return md5(search.kind.encode(), usedforsecurity=False).digest()[0] % 2 == 1


def table(title: str, some: list[Search]) -> list[str]:
    """Figures of some searches as lines of Markdown."""
    before = np.array([search.share(search.query) for search in some])
    lines = [
        f"{title}: {len(some)} searches, before: {100 * before.mean():.1f} %",
        "",
        "| shown and judged | after, % | of them doubled, % | quarters, % | not judged yet: "
        "before, % | after, % | kept of ten |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for way in WAYS:
        after: list[float] = []
        rest: list[tuple[float, float]] = []
        kept: list[int] = []
        for search in some:
            vector, seen = played(search, way)
            unseen = np.ones(len(search.right), bool)
            unseen[seen] = False
            after.append(search.share(vector))
            rest.append((search.share(search.query, unseen), search.share(vector, unseen)))
            kept.append(int(search.right[seen].sum()))
        now = np.array(after)
        doubled = np.mean((now >= 2 * before) & (now > 0))
        low, high = np.percentile(100 * now, [25, 75])
        old, new = 100 * np.mean(rest, axis=0)
        lines.append(
            f"| {way.name} | {100 * now.mean():.1f} | {100 * doubled:.0f} | "
            f"{low:.0f} to {high:.0f} | {old:.1f} | {new:.1f} | {np.mean(kept):.1f} |"
        )
    return [*lines, ""]


@click.command()
@click.argument("model", metavar="MODEL_FOLDER")
@click.argument("data", type=click.Path(path_type=Path), metavar="DATA_FOLDER")
def command(*, model: str, data: Path) -> None:
    """Say what ten verdicts change among the first fifty places.

    Such as: python -m research.feedback cmpagl_lite data/
    """  # noqa: DOC501 - shown as help
    try:
        encoder = open_encoder(model)
        click.echo("\n".join(report(data, encoder)))
    except CmpaglError as error:
        raise click.ClickException(str(error)) from error


def report(data: Path, encoder: Encoder) -> list[str]:
    """The figures as lines of Markdown.

    Raises:
        DatasetError: if no set is there.
    """
    paths = {name: data / name / f"dataset_{name}.json" for name in SETS}
    found = [
        (name, list(searches(name, path, encoder)))
        for name, path in paths.items()
        if path.is_file()
    ]
    if not found:
        raise DatasetError(f"{data}: found neither rsicd nor ucm; next: see docs/evaluation.md")
    others = [data / name / f"dataset_{name}.json" for name in OTHERS]
    found += [
        ("ucm among all sets, the first ten", list(among(every, others, encoder)))
        for name, every in found
        if name == "ucm"
    ]
    lines = []
    for name, every in found:
        low = [search for search in every if search.share(search.query) <= search.most / 2]
        lines += [f"{name}: {len(low)} of {len(every)} searches began low", ""]
        if own := [search for search in low if reported(search)]:
            lines += table(f"{name}, began low, of the half that is reported", own)
        rest = [search for search in every if search.share(search.query) > search.most / 2]
        if rest:
            lines += table(f"{name}, began well", rest)
    return lines


if __name__ == "__main__":
    command()
