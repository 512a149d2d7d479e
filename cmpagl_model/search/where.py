"""Where in the chip: the part of one place, and the words of the sentence, that made it a hit.

The chip is read again, twice as finely as it was indexed where its scene allows, and smaller
windows of it are embedded: how well each fits is spread over what it covers. Words are judged by
leave-one-out attribution: each is left out once. docs/decisions/0044 says what else was tried.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import QueryError
from cmpagl_model.index.imported import has_pixels, no_pixels
from cmpagl_model.progress import NoProgress
from cmpagl_model.relevance.words import FUNCTION_WORDS, words_of
from cmpagl_model.table.halves import singles
from tiling import TilingError

from .composed import Composed, read_query, understood
from .examples import combined, row_of
from .heatmap import Heatmap
from .query import retry_if_damaged
from .reread import planned, read_planned, share_shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.progress import Progress
    from cmpagl_model.records import ModelId
    from tiling import Window

    from .examples import Place
    from .query import SearchableIndex

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

OVERSAMPLING = 2
"""So many times as many pixels are read as the index saw, in a row, where the scene has them."""
WINDOW, IN_A_ROW = 1 / 3, 5
"""Side of the windows as a share of the chip, and how many there are in a row."""
CELLS = 12
"""Cells in a row and in a column: two for each step from window to window."""
BATCH = 5
"""Windows embedded at a time: between two batches the work can stop."""
IMPORTANT_SHARE = 0.5
"""A word made the hit if leaving it out costs at least so much of what the dearest word costs."""


@dataclass(frozen=True, slots=True)
class WordShare:
    """What one word of a sentence is worth for one place."""

    word: str
    """In lower case."""
    fall: float | None
    """By how much the cosine falls when the word is left out, wherever it stands; below 0: the
    place fits better without it. ``None``: nothing would be left to search for."""
    telling: bool
    """Whether it made the hit: it stands alone, or is of those that cost most to leave out."""


@dataclass(frozen=True, slots=True, eq=False)
class InChip:
    """Where one place fits a sentence, and by which words."""

    query: str
    """The sentence."""
    model: ModelId
    """The model that compared."""
    score: float
    """Cosine of the whole chip, as a search has it, -1 to 1."""
    window: Window
    """The chip, native px of the scene."""
    ground_m: float
    """Side of the full chip on the ground, m."""
    heat: Heatmap
    """Cosines of the chip's parts, ``(12, 12)``, placed on the ground."""
    words: tuple[WordShare, ...]
    """Words that carry meaning, each once, in their order; none in a sentence of numbers."""
    pixels: NDArray[np.uint8]
    """The chip as it was looked at, without padding, ``(height, width, 3)``."""
    understood: str = ""
    """How the sentence was read by parts; empty: it was taken as it stands."""

    @property
    def telling(self) -> tuple[str, ...]:
        """The words that made it."""
        return tuple(one.word for one in self.words if one.telling)


@retry_if_damaged
def where_in_chip(
    index: SearchableIndex,
    place: Place,
    query: str,
    *,
    plain: bool = False,
    progress: Progress | None = None,
) -> InChip:
    """Show where in a place a sentence fits, and which of its words count.

    Args:
        index: the index.
        place: one of its chips, or a point inside one.
        query: the sentence; one that says what is not wanted is read by parts, as in a search.
        plain: whether it is taken as it stands.
        progress: told how many parts of the chip are looked at; ``None``: nobody is.

    Returns:
        The place; 25 pictures are embedded for it.

    Raises:
        QueryError: if the sentence is blank, the place is not in the index, or its scene cannot be
            read, has changed since it was indexed, or never had pixels.
        IndexMismatchError: if the index is from another model.
    """
    said = read_query(query, plain=plain)
    row = row_of(index.table, place)
    pixels, shown = _picture(index, row)
    encoder, table = index.encoder, index.table
    chip = singles(table.embeddings[[row]])[0]
    vector, shares = _words(encoder, said, chip)
    values = _heat(encoder, pixels, shown, vector, progress or NoProgress())
    scene, window = table.scenes[table.scene_of[row]], table.window(row)
    a, b, c, d, e, f = scene.transform
    x, y = window.width / CELLS, window.height / CELLS
    corner = (a * window.col + b * window.row + c, d * window.col + e * window.row + f)
    placed = (a * x, b * y, corner[0], d * x, e * y, corner[1])
    height, width = (max(1, round(len(pixels) * share)) for share in shown[::-1])
    return InChip(
        query=" ".join(query.split()),
        model=index.info.model,
        score=float(chip @ vector),
        window=window,
        ground_m=float(table.ground_m[row]),
        heat=Heatmap(values, placed, scene.crs, scene.path),
        words=shares,
        pixels=pixels[:height, :width],
        understood=understood(query, plain=plain),
    )


def _picture(index: SearchableIndex, row: int) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """A chip read finely, and which share of the picture it fills, across and down.

    Raises:
        QueryError: if it cannot be read.
    """
    table, spec = index.table, index.info.spec
    scene = table.scenes[table.scene_of[row]]
    if not has_pixels(scene):
        raise QueryError(no_pixels(scene))
    finer = spec if spec.native else replace(spec, size_px=OVERSAMPLING * spec.size_px)
    try:
        _, pixels = read_planned(
            scene,
            [planned(table, row)],
            finer,
            OVERSAMPLING * index.encoder.model.config.image.input_px,
        )
    except TilingError as error:
        why = str(error)
    else:
        why = "" if len(pixels) else f"{scene.path}: the place does not decode"
    if why:
        raise QueryError(
            f"{why}; wanted the scene as it was indexed, to look into the place; next: put the "
            "file back, or run 'cmpagl index' on it again"
        )
    return pixels[0], share_shown(scene, table.window(row), float(table.ground_m[row]))


def _heat(
    encoder: Encoder,
    pixels: NDArray[np.uint8],
    shown: tuple[float, float],
    vector: Floats,
    progress: Progress,
) -> Floats:
    """Mean cosine of the windows over each cell."""
    side = encoder.model.config.image.input_px
    across, down = (np.linspace(0, max(share - WINDOW, 0), IN_A_ROW) for share in shown)
    corners = [(left, top) for top in down for left in across]
    middles = (np.arange(CELLS) + 0.5) / CELLS
    x, y = middles * shown[0], middles * shown[1]
    total, count = np.zeros((CELLS, CELLS)), np.zeros((CELLS, CELLS))
    progress.start(len(corners))
    for start in range(0, len(corners), BATCH):
        some = corners[start : start + BATCH]
        views = np.stack([_cut(pixels, corner, side) for corner in some])
        for (left, top), score in zip(some, encoder.encode_chips(views) @ vector, strict=True):
            over = np.outer((y > top) & (y < top + WINDOW), (x > left) & (x < left + WINDOW))
            total, count = total + float(score) * over, count + over
        progress.advance(len(some))
    return (total / count).astype(np.float32)


def _cut(pixels: NDArray[np.uint8], corner: tuple[float, float], side: int) -> NDArray[np.uint8]:
    """A window of a picture, its corner as shares of the picture, ``(side, side, 3)``."""
    from PIL import Image  # noqa: PLC0415 - of use here alone

    left, top, size = (value * len(pixels) for value in (*corner, WINDOW))
    box = (left, top, left + size, top + size)
    picture = Image.fromarray(pixels)
    return np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR, box=box))


def _words(
    encoder: Encoder, said: str | Composed, chip: Floats
) -> tuple[Floats, tuple[WordShare, ...]]:
    """The vector of a sentence, and what each of its words is worth for a chip."""
    parts = [said] if isinstance(said, str) else [one.what for one in (*said.wanted, *said.without)]
    words = [word for word in dict.fromkeys(words_of(" ".join(parts))) if _counts(word)]
    left = {word: _without(said, word) for word in words}
    asked = [said, *(one for one in left.values() if one is not None)]
    added = [[(1.0, one)] if isinstance(one, str) else one.parts() for one in asked]
    texts = list(dict.fromkeys(text for some in added for _, text in some))
    found = dict(zip(texts, encoder.encode_texts(texts), strict=True))  # all words at once
    vector, *others = (combined((factor, found[text]) for factor, text in some) for some in added)
    rest, whole = iter(others), float(chip @ vector)
    falls = {
        word: None if one is None else whole - float(chip @ next(rest))
        for word, one in left.items()
    }
    least = IMPORTANT_SHARE * max(
        (fall for fall in falls.values() if fall is not None), default=0.0
    )
    shares = (
        WordShare(word, fall, len(falls) == 1 or (fall is not None and fall > 0 and fall >= least))
        for word, fall in falls.items()
    )
    return vector, tuple(shares)


def _without(said: str | Composed, word: str) -> str | Composed | None:
    """What is left of a sentence without a word; ``None``: nothing to search for."""
    if isinstance(said, str):
        return _left(said, word) or None
    wanted, without = (
        tuple(replace(part, what=left) for part in parts if (left := _left(part.what, word)))
        for parts in (said.wanted, said.without)
    )
    return Composed(wanted, without) if wanted else None


def _left(text: str, word: str) -> str:
    """A text without a word, however it is written; empty where no word that counts is left."""
    plain = unicodedata.normalize("NFC", text)
    whole = rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])"
    left = " ".join(re.sub(whole, " ", plain, flags=re.IGNORECASE).split())
    return left if any(map(_counts, words_of(left))) else ""


def _counts(word: str) -> bool:
    return word not in FUNCTION_WORDS
