"""Real embeddings for the benchmarks: python -m benchmarks.seeds PICTURES CAPTIONS -o FOLDER.

Each picture is encoded whole and as a turned, mirrored part of it, as overlapping chips of several
sizes are; sentences are those of the ``val`` split.
"""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
from PIL import Image

from cmpagl_model.encoders import open_encoder

BATCH = 32
IMAGES, TEXTS = "images.npy", "texts.npy"


@click.command()
@click.argument("pictures", type=click.Path(path_type=Path, exists=True))
@click.argument("captions", type=click.Path(path_type=Path, exists=True))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
@click.option("--count", default=4500, show_default=True, help="Pictures at most.")
def main(pictures: Path, captions: Path, output: Path, count: int) -> None:
    """Encode PICTURES (a folder) and the sentences of CAPTIONS (dataset.json), once."""
    encoder, random = open_encoder(device="cpu"), np.random.default_rng(0)
    side = encoder.model.config.image.input_px
    output.mkdir(parents=True, exist_ok=True)
    page = json.loads(captions.read_text(encoding="utf-8"))["images"]
    held = [one for one in page if one["split"] == "val"]
    texts = sorted({sentence["raw"] for one in held for sentence in one["sentences"]})
    names = [one["filename"] for one in page]
    names = [names[place] for place in random.permutation(len(names))[:count]]
    vectors = [
        encoder.encode_texts(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)
    ]
    np.save(output / TEXTS, np.concatenate(vectors))
    vectors = []
    for start in range(0, len(names), BATCH):
        opened = [
            Image.open(pictures / name).convert("RGB") for name in names[start : start + BATCH]
        ]
        chips = [chip for one in opened for chip in (_fitted(one, side), _part(one, side, random))]
        vectors.append(encoder.encode_chips(np.stack(chips)))
    np.save(output / IMAGES, np.concatenate(vectors))
    click.echo(f"{output}: {2 * len(names):,} pictures, {len(texts):,} sentences")


def _fitted(picture: Image.Image, side: int) -> np.ndarray:
    return np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR))


def _part(picture: Image.Image, side: int, random: np.random.Generator) -> np.ndarray:
    """A square of 0.6 to 0.9 of the picture, turned and perhaps mirrored."""
    width = int(random.uniform(0.6, 0.9) * min(picture.size))
    left = int(random.integers(0, picture.width - width + 1))
    top = int(random.integers(0, picture.height - width + 1))
    chip = _fitted(picture.crop((left, top, left + width, top + width)), side)
    chip = np.rot90(chip, int(random.integers(4)))
    return np.ascontiguousarray(chip[:, ::-1] if random.random() < 0.5 else chip)


if __name__ == "__main__":
    main()
