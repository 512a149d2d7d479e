"""Pictures and sentences of a split to vectors, by any encoder."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cmpagl_model.captions import load_picture
from cmpagl_model.encoders.by_length import encode_by_length
from cmpagl_model.errors import DatasetError
from cmpagl_model.progress import NoProgress
from cmpagl_model.records import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.encoders import Encoder
    from cmpagl_model.progress import Progress

    Floats = NDArray[np.float32]

Item = TypeVar("Item")
IMAGE_BATCH, TEXT_BATCH = 64, 128


class KeepsPictures:
    """An encoder that embeds a picture once, however often it is shown; the rest is the other's."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[bytes, Floats] = {}

    def __getattr__(self, name: str) -> object:
        return getattr(self._encoder, name)

    def encode_chips(self, pixels: NDArray[np.uint8]) -> Floats:
        """Unit vectors ``(n, D)`` of pictures, as the encoder gives them."""
        keys = [sha256(picture.tobytes()).digest() for picture in pixels]
        fresh = [row for row, key in enumerate(keys) if key not in self._vectors]
        if fresh:
            vectors = self._encoder.encode_chips(pixels[fresh])
            self._vectors.update(
                (keys[row], vector) for row, vector in zip(fresh, vectors, strict=True)
            )
        return np.stack([self._vectors[key] for key in keys])


@dataclass(frozen=True, slots=True, eq=False)
class EncodedSplit:
    """Vectors of a split; every different sentence was encoded once."""

    images: Floats
    """Unit vectors of the pictures, ``(images, D)``."""
    texts: Floats
    """Unit vectors of the different sentences, ``(texts, D)``."""
    text_of: NDArray[np.int64]
    """Row in ``texts`` of each sentence, ``(sentences,)``."""
    image_of: NDArray[np.int64]
    """Row in ``images`` of the picture that each sentence describes, ``(sentences,)``."""
    sentences: tuple[str, ...]
    """Sentences as written, picture after picture."""
    different: tuple[str, ...]
    """The different sentences, in the order of ``texts``."""
    paths: tuple[Path, ...]
    """Files of the pictures, in the order of ``images``."""
    problems: tuple[Problem, ...]
    """Pictures that were left out."""

    def similarity(self) -> Floats:
        """Cosines ``(images, sentences)``; a sentence written twice has two equal columns."""
        return (self.images @ self.texts.T)[:, self.text_of]


def encode_split(
    items: Sequence[CaptionedImage], encoder: Encoder, progress: Progress | None = None
) -> EncodedSplit:
    """Encode the pictures and sentences of a split.

    Args:
        items: the split.
        encoder: the model.
        progress: called after every batch; ``None``: nothing is.

    Returns:
        Vectors of the pictures that can be read and have a sentence, in the order given.

    Raises:
        DatasetError: if no picture is left.
    """
    told = progress or NoProgress()
    asked = [item for item in items if item.sentences]
    images, rows, problems = encode_pictures([item.path for item in asked], encoder, told)
    kept = [asked[row] for row in rows]
    lacking = "found no sentence, wanted at least one"
    problems += [Problem(str(item.path), lacking) for item in items if not item.sentences]
    if not kept and not problems:
        raise DatasetError("found no picture, wanted at least one to rank")
    if not kept:
        raise DatasetError(
            f"found none of {len(problems):,} pictures fit to rank (the first: {problems[0]}); "
            "wanted the pictures that the captions file names; next: check --images"
        )
    sentences = tuple(text for item in kept for text in item.sentences)
    image_of = np.repeat(np.arange(len(kept)), [len(item.sentences) for item in kept])
    row_of = {text: row for row, text in enumerate(dict.fromkeys(sentences))}
    told.start(len(row_of), "encoding sentences")
    words = lambda text: len(text.split())  # noqa: E731
    texts = encode_by_length(encoder, list(row_of), TEXT_BATCH, told.advance, words)
    return EncodedSplit(
        images=images,
        texts=texts,
        text_of=np.array([row_of[text] for text in sentences]),
        image_of=image_of,
        sentences=sentences,
        different=tuple(row_of),
        paths=tuple(item.path for item in kept),
        problems=tuple(problems),
    )


def encode_pictures(
    paths: Sequence[Path], encoder: Encoder, told: Progress
) -> tuple[Floats, list[int], list[Problem]]:
    """Embed pictures; those that cannot be read are left out.

    Args:
        paths: their files.
        encoder: the model.
        told: hears of every batch.

    Returns:
        Unit vectors ``(n, D)`` of those that can be read, their rows in ``paths``, and what is
        wrong with the others.
    """
    told.start(len(paths), "encoding pictures")
    side = encoder.model.config.image.input_px
    vectors: list[Floats] = []
    rows: list[int] = []
    problems: list[Problem] = []
    for batch in pieces(range(len(paths)), IMAGE_BATCH):
        pictures = []
        for row in batch:
            try:
                pictures.append(load_picture(paths[row], side))
                rows.append(row)
            except DatasetError as error:  # noqa: PERF203 - a file each
                problems.append(Problem(str(paths[row]), str(error)))
        if pictures:
            vectors.append(encoder.encode_chips(np.stack(pictures)))
        told.advance(len(batch))
    return np.concatenate(vectors) if vectors else np.empty((0, 0), np.float32), rows, problems


def pieces(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Parts of ``items``, ``size`` long but for the last."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
