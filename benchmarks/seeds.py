"""Real embeddings for the benchmarks, by the shipped model: once, kept in the output folder.

Pictures are those of a captions file, or random squares of GeoTIFFs; each is encoded whole and as
a turned, mirrored part of it, as overlapping chips of several sizes are. Sentences are those of the
``val`` split of the captions file, or of the grammar that the model's reference sentences are from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
import rasterio
from PIL import Image

from cmpagl_model.encoders import open_encoder
from cmpagl_model.model_folder import find_model
from cmpagl_model.rerank.grammar import candidate_sentences
from tiling import find_scenes
from tools.demo_scenes import sample_scenes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .settings import Settings

BATCH, FEWEST = 32, 64
SENTENCES_MOST = 1000
SCENE_PX = 4096
"""Longer side of a scene that squares are cut from, px; larger ones are read coarser."""
IMAGES, TEXTS, SENTENCES, KEY = "images.npy", "texts.npy", "sentences.json", "key.json"
CACHE = Path(__file__).resolve().parent.parent / ".cache" / "demo"


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """Real embeddings and sentences of one space."""

    images: NDArray[np.float32]
    """Embeddings of pictures, unit length, ``(n, D)``."""
    texts: NDArray[np.float32]
    """Embeddings of the sentences, ``(m, D)``."""
    sentences: tuple[str, ...]
    """The sentences."""

    def asked(self, count: int) -> tuple[list[str], NDArray[np.float32]]:
        """So many sentences, spread over all, with their embeddings."""
        rows = np.linspace(0, len(self.sentences) - 1, min(count, len(self.sentences))).astype(int)
        return [self.sentences[row] for row in rows.tolist()], self.texts[rows]


def seeds(folder: Path, settings: Settings) -> Seeds:
    """The seeds of an output folder, made at first use and when inputs or model change.

    Args:
        folder: of the run.
        settings: names the inputs.

    Raises:
        ValueError: if the inputs hold too few pictures.
    """
    place = folder / "seeds"
    model = find_model().fingerprint
    key = [settings.captions, settings.pictures, settings.scenes, settings.seeds, model]
    if not (place / KEY).exists() or json.loads((place / KEY).read_text()) != key:
        place.mkdir(parents=True, exist_ok=True)
        (place / KEY).unlink(missing_ok=True)
        _make(place, settings)
        (place / KEY).write_text(json.dumps(key))
    sentences = tuple(json.loads((place / SENTENCES).read_text(encoding="utf-8")))
    return Seeds(np.load(place / IMAGES), np.load(place / TEXTS), sentences)


def _make(place: Path, settings: Settings) -> None:
    encoder = open_encoder(device="cpu")
    side = encoder.model.config.image.input_px
    pictures, sentences = _captioned(settings) if settings.captions else _of_scenes(settings)
    sentences = sentences[:: max(1, len(sentences) // SENTENCES_MOST)]
    click.echo(f"  embedding {len(sentences):,} sentences and up to {settings.seeds:,} pictures")
    texts = [
        encoder.encode_texts(sentences[start : start + BATCH])
        for start in range(0, len(sentences), BATCH)
    ]
    images, random = [], np.random.default_rng(0)
    while some := list(islice(pictures, BATCH // 2)):  # each picture whole and in part
        chips = [chip for one in some for chip in (_fitted(one, side), _part(one, side, random))]
        images.append(encoder.encode_chips(np.stack(chips)))
    if sum(map(len, images)) < FEWEST:
        raise ValueError(
            f"found {sum(map(len, images))} pictures to make embeddings of, wanted {FEWEST} at "
            "least; next: name more scenes or a captions file with its pictures"
        )
    np.save(place / TEXTS, np.concatenate(texts))
    np.save(place / IMAGES, np.concatenate(images))
    (place / SENTENCES).write_text(json.dumps(sentences), encoding="utf-8")


def _captioned(settings: Settings) -> tuple[Iterator[Image.Image], list[str]]:
    """Pictures in random order, and the sentences of the ``val`` split."""
    captions = Path(settings.captions)
    folder = Path(settings.pictures) if settings.pictures else captions.parent / "images"
    page = json.loads(captions.read_text(encoding="utf-8"))["images"]
    held = [one for one in page if one["split"] == "val"] or page
    sentences = sorted({sentence["raw"] for one in held for sentence in one["sentences"]})
    names = [one["filename"] for one in page]
    order = np.random.default_rng(0).permutation(len(names))[: settings.seeds // 2]
    return (Image.open(folder / names[row]).convert("RGB") for row in order), sentences


def _of_scenes(settings: Settings) -> tuple[Iterator[Image.Image], list[str]]:
    """Random squares of scenes, and made sentences.

    Raises:
        ValueError: if there is no scene.
    """
    folder = Path(settings.scenes) if settings.scenes else sample_scenes(CACHE)
    paths = find_scenes([str(folder)]).paths
    if not paths:
        raise ValueError(f"{folder}: found no GeoTIFF, wanted some; next: give SCENES=folder")
    each = -(-settings.seeds // 2 // len(paths))

    def squares() -> Iterator[Image.Image]:
        for path in paths:
            picture, random = _opened(path), np.random.default_rng(0)
            for _ in range(each):
                width = int(min(picture.size) * random.uniform(0.1, 1.0) ** 2) + 1
                left, top = (int(random.integers(0, length - width + 1)) for length in picture.size)
                yield picture.crop((left, top, left + width, top + width))

    return squares(), list(candidate_sentences(SENTENCES_MOST))


def _opened(path: str) -> Image.Image:
    """The first three bands (the first, where there are fewer), stretched."""
    with rasterio.open(path) as scene:
        scale = max(1.0, max(scene.shape) / SCENE_PX)
        shape = [max(1, int(length / scale)) for length in scene.shape]
        bands = [1, 2, 3] if scene.count >= 3 else [1, 1, 1]
        pixels = scene.read(bands, out_shape=(3, *shape), masked=True).astype(np.float32)
    low, high = np.nanpercentile(pixels.filled(np.nan), [2, 98])
    stretched = np.clip((pixels.filled(low) - low) / max(high - low, 1e-6), 0, 1)
    return Image.fromarray(np.rint(255 * np.nan_to_num(stretched.transpose(1, 2, 0))).astype("u1"))


def _fitted(picture: Image.Image, side: int) -> NDArray[np.uint8]:
    return np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR))


def _part(picture: Image.Image, side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """A square of 0.6 to 0.9 of the picture, turned and perhaps mirrored."""
    width = max(1, int(random.uniform(0.6, 0.9) * min(picture.size)))
    left = int(random.integers(0, picture.width - width + 1))
    top = int(random.integers(0, picture.height - width + 1))
    chip = _fitted(picture.crop((left, top, left + width, top + width)), side)
    chip = np.rot90(chip, int(random.integers(4)))
    return np.ascontiguousarray(chip[:, ::-1] if random.random() < 0.5 else chip)
