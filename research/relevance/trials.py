"""Searches of galleries: some hold what is asked for, some do not."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.relevance.calibration import Background, alike
from cmpagl_model.relevance.words import FUNCTION_WORDS, stem, words_of

from .sets import LISTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cmpagl_model.relevance.calibration import Evidence

    from .sets import Gallery

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]
    Rows = NDArray[np.int64]

TRUE, LEFT_OUT = "true", "left out"
KINDS = (TRUE, *LISTS, LEFT_OUT)
SCENES = "scenes"
"""Name of the gallery of real scenes."""
HITS = 20
"""Hits looked at of each search."""
QUERIES, OF_CONCEPT = 200, 8
"""Searches of each kind in a gallery, and for each concept that is left out of it."""
LEAST_GALLERY, LEAST_SEARCHED = 150, 40
"""Pictures that make a gallery of its own, and of the smallest part of one that is searched."""
COVERED = 0.75
"""A picture fits if its own sentences hold this share of the words that count."""
SEED = 0
CONCEPTS = (
    "plane airplane airliner aircraft jet airport runway terminal apron",
    "church chapel cathedral cross spire dome temple mosque",
    "baseball diamond infield softball",
    "tank oil storage refinery silo",
    "viaduct overpass interchange flyover cloverleaf highway freeway ramp bridge",
    "stadium arena stand pitch football soccer track playground",
    "bridge viaduct overpass causeway",
    "beach sea coast shore ocean surf sand wave",
    "boat ship yacht vessel port harbor marina dock ferry barge pier tanker tug quay",
    "railway rail train station track platform",
    "desert dune sand",
    "farmland farm field crop cropland agricultural plot plantation orchard",
    "pond lake pool water reservoir lagoon",
    "mountain ridge peak hill snow valley slope rock",
    "forest wood woodland jungle tree",
    "tennis court basketball",
    "parking car vehicle lot automobile carpark",
    "river stream creek canal water channel bank",
    "golf bunker green fairway",
    "square plaza monument fountain",
)
"""A thing, and the words by which a picture that holds it may be told. Without such pictures, a
gallery does not hold what a sentence with the first word says."""


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Searches with their evidence, Q of them."""

    kinds: NDArray[np.str_]
    """One of :data:`KINDS`, ``(Q,)``."""
    galleries: NDArray[np.str_]
    """Name of the gallery, ``(Q,)``."""
    half: NDArray[np.int64]
    """0 or 1: searches of one half are never used to judge themselves, ``(Q,)``."""
    evidence: Doubles
    """Of the hits, best first, NaN where there are fewer, ``(Q, HITS, kinds)``."""
    right: Doubles
    """1 where a hit is right, else 0, NaN where there is none, ``(Q, HITS)``."""

    @property
    def true(self) -> NDArray[np.bool_]:
        """Searches of galleries that hold what is asked for, ``(Q,)``."""
        found: NDArray[np.bool_] = self.kinds == TRUE
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    kind: str
    sentence: str
    vector: Floats
    pictures: Rows
    own: int | None
    half: int


class Trier:
    """Makes searches of one gallery, always the same."""

    def __init__(self, gallery: Gallery, evidence: Evidence, alike: float) -> None:
        """Take a gallery.

        Args:
            gallery: the pictures.
            evidence: of the model.
            alike: two sentences with this cosine say the same.
        """
        self._gallery, self._evidence, self._alike = gallery, evidence, alike
        self._random = np.random.default_rng(SEED)
        said = [content(text) for text in gallery.sentences]
        self._said = said
        self._pool = [set[str]().union(*(said[row] for row in rows)) for rows in gallery.own]

    def trials(self, lists: Mapping[str, tuple[list[str], Floats]]) -> Trials:
        """Search for sentences of the gallery, of lists, and for what is left out.

        Args:
            lists: sentences of each kind that fit no picture, and their vectors.
        """
        images, searches = self._gallery.images, list(self._true())
        for kind, (sentences, vectors) in lists.items():
            for number, (text, vector) in enumerate(zip(sentences, vectors, strict=True)):
                part = self._part(np.arange(len(images)), None)
                searches.append(_Search(kind, text, vector, part, None, number % 2))
        searches += self._left_out()
        evidence, right = [], np.full((len(searches), HITS), np.nan)
        for row, search in enumerate(searches):
            shown = images[search.pictures]
            best, found = best_hits(shown, search.sentence, search.vector, self._evidence)
            evidence.append(found)
            of_hits = [self._right(search, picture) for picture in search.pictures[best]]
            right[row, : len(best)] = of_hits
        return Trials(
            kinds=np.array([search.kind for search in searches]),
            galleries=np.full(len(searches), self._gallery.name),
            half=np.array([search.half for search in searches]),
            evidence=np.stack(evidence),
            right=right,
        )

    def _true(self) -> Iterator[_Search]:
        gallery = self._gallery
        for number, picture in enumerate(self._some(len(gallery.images), QUERIES)):
            rows = gallery.own[picture]
            plain = [row for row in rows if row not in gallery.other]
            other = [row for row in rows if row in gallery.other][:1]
            for row in [plain[number % len(plain)], *other] if plain else other:
                yield self._search(TRUE, row, np.arange(len(gallery.images)), picture, number % 2)

    def _left_out(self) -> Iterator[_Search]:
        gallery = self._gallery
        for half, names in enumerate(CONCEPTS):
            words = [stem(word) for word in names.split()]
            without = np.array(
                [n for n, pool in enumerate(self._pool) if not pool.intersection(words)], np.int64
            )
            if not LEAST_SEARCHED <= len(without) < len(gallery.images):
                continue
            asking = [row for row, said in enumerate(self._said) if words[0] in said]
            for place in self._some(len(asking), OF_CONCEPT):
                yield self._search(LEFT_OUT, asking[place], without, None, half % 2)

    def _some(self, count: int, most: int) -> list[int]:
        rows: list[int] = self._random.permutation(count)[:most].tolist()
        return rows

    def _search(self, kind: str, row: int, rows: Rows, own: int | None, half: int) -> _Search:
        gallery = self._gallery
        part = self._part(rows, own)
        return _Search(kind, gallery.sentences[row], gallery.texts[row], part, own, half)

    def _part(self, rows: Rows, own: int | None) -> Rows:
        """A part of some pictures, of any size alike: an index may hold few chips or many."""
        least, most = np.log(LEAST_SEARCHED), np.log(len(rows))
        count = round(float(np.exp(self._random.uniform(min(least, most), most))))
        part = self._random.choice(rows, count, replace=False)
        return np.unique(part if own is None else np.append(part, own))

    def _right(self, search: _Search, picture: int) -> bool:
        """Whether a person would call a picture right, as far as its own sentences tell."""
        if search.kind != TRUE or picture == search.own:
            return search.kind == TRUE
        said = content(search.sentence)
        if said and len(said & self._pool[picture]) >= COVERED * len(said):
            return True
        texts = self._gallery.texts[list(self._gallery.own[picture])]
        return float((texts @ search.vector).max()) >= self._alike


def best_hits(
    vectors: Floats, text: str, query: Floats, evidence: Evidence
) -> tuple[Rows, Doubles]:
    """The best chips of a search, and what is known of them.

    Args:
        vectors: of the chips that are searched, ``(n, D)``.
        text: the sentence.
        query: its vector.
        evidence: of the model.

    Returns:
        Rows of up to :data:`HITS` chips, best first, and their evidence ``(HITS, kinds)``, NaN
        where there are fewer.
    """
    cosines = vectors @ query
    best = np.argsort(-cosines, kind="stable")[:HITS]
    background = Background.of(cosines, len(vectors), alike(vectors))
    found = evidence.of_hits(text, query, background, cosines[best])
    known = np.full((HITS, found.shape[1]), np.nan)
    known[: len(best)] = found
    return best, known


def content(sentence: str) -> set[str]:
    """The stems of the words of a sentence that count."""
    return {stem(word) for word in words_of(sentence) if word not in FUNCTION_WORDS}


def joined(parts: list[Trials]) -> Trials:
    """Several trials as one."""
    names = [field.name for field in fields(Trials)]
    return Trials(**{n: np.concatenate([getattr(part, n) for part in parts]) for n in names})
