"""Distillation: soft targets for a student of one teacher or several, other models' vectors.

Start at :func:`teach`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from cmpagl_model.atomic import replacing
from cmpagl_model.captions import load_picture
from cmpagl_model.encoders import open_encoder
from cmpagl_model.encoders.by_length import encode_by_length
from cmpagl_model.errors import DatasetError
from cmpagl_model.network import from_pretrained

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.encoders import Encoder
    from cmpagl_model.training.context import RunContext
    from cmpagl_model.training.listener import Listener

    from .sentences import Sentences

    Vectors = NDArray[np.float32]

BATCH, TEXT_BATCH = 128, 256


@dataclass(frozen=True, slots=True, eq=False)
class Teacher:
    """What k teachers make of the training set, their vectors side by side.

    Each vector is divided by the root of k times its teacher's temperature: so products of whole
    rows are the teachers' mean logits.
    """

    images: Tensor
    """Of each picture, the mean of it upright and turned by a quarter; ``(n, k D)``."""
    sentences: Tensor
    """Of each different sentence, ``(m, k D)``."""

    def logits(self, images: Sequence[int], sentences: Sequence[int]) -> Tensor:
        """Cosines of pairs over the teacher's temperature, mean of the teachers, ``(B, T)``."""
        return self.images[list(images)] @ self.sentences[list(sentences)].T


def teach(
    items: Sequence[CaptionedImage], known: Sentences, context: RunContext, listener: Listener
) -> Teacher:
    """Encode a training set with its teachers, or read what a call before left in the run's folder.

    Args:
        items: training pictures.
        known: their sentences.
        context: the run; it names the teachers, one or more.
        listener: hears how far it is.

    Returns:
        Vectors for every picture and sentence.

    Raises:
        ModelError: if there is no such model.
    """
    names = context.config.teachers
    store = _Store(context.folder, listener)
    images: list[Tensor] = []
    sentences: list[Tensor] = []
    for number, name in enumerate(names, 1):
        which = f"teacher {number} of {len(names)}"
        encoder = open_encoder(name, context.config.device)
        pictures = store.get(
            f"teacher_images_{_key(encoder, [str(item.path) for item in items])}.npy",
            (len(items), f"{which}: pictures"),
            partial(_encode_images, items, encoder, listener),
        )
        texts = store.get(
            f"teacher_texts_{_key(encoder, known.texts)}.npy",
            (len(known.texts), f"{which}: sentences"),
            partial(encode_by_length, encoder, known.texts, TEXT_BATCH, listener.advance),
        )
        root = from_pretrained(encoder.model.path).temperature().item() ** 0.5
        images.append(torch.from_numpy(pictures) / root)
        sentences.append(F.normalize(torch.from_numpy(texts), dim=-1) / root)
    share = len(names) ** -0.5
    return Teacher(torch.cat(images, dim=1) * share, torch.cat(sentences, dim=1) * share)


def _key(encoder: Encoder, rows: Sequence[str]) -> str:
    """Changes when the teacher or what it has to encode changes."""
    text = "\0".join([encoder.model.fingerprint, *rows])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class _Store:
    """Vectors kept as files; what cannot be kept is only said."""

    def __init__(self, folder: Path, listener: Listener) -> None:
        self._folder, self._listener = folder, listener

    def get(self, name: str, phase: tuple[int, str], make: Callable[[], Vectors]) -> Vectors:
        path = self._folder / name
        try:
            found: Vectors = np.load(path, allow_pickle=False)
        except FileNotFoundError:
            pass
        except (OSError, ValueError):
            self._listener.say(f"{path}: damaged, made anew")
        else:
            return found
        self._listener.start(*phase)
        made = make()
        try:
            with replacing(path) as part, part.open("wb") as stream:
                np.save(stream, made, allow_pickle=False)
        except OSError as error:
            self._listener.say(f"{path}: not kept ({error.strerror}); a next start makes it anew")
        return made


def _encode_images(
    items: Sequence[CaptionedImage], encoder: Encoder, listener: Listener
) -> Vectors:
    side = encoder.model.config.image.input_px
    vectors = []
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        upright = np.stack([_pixels(item, side) for item in batch])
        turned = np.ascontiguousarray(np.rot90(upright, axes=(1, 2)))
        both = encoder.encode_chips(upright) + encoder.encode_chips(turned)
        vectors.append(both / np.linalg.norm(both, axis=1, keepdims=True))
        listener.advance(len(batch))
    found: Vectors = np.concatenate(vectors).astype(np.float32)
    return found


def _pixels(item: CaptionedImage, side: int) -> NDArray[np.uint8]:
    """A picture; black where it cannot be decoded, for the step will leave it out too."""
    try:
        return load_picture(item.path, side)
    except DatasetError:
        return np.zeros((side, side, 3), np.uint8)
