"""A tiny lite model, its tokenizer, and painted pictures with sentences about their colour."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from cmpagl_model.config import variant
from cmpagl_model.network import create_model
from cmpagl_model.training.data import CaptionedImage

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "field", "of"]
WORDS += ["red", "green", "blue", "grey", "ground", "land"]
COLOURS = {
    "red": (210, 50, 40),
    "green": (50, 190, 60),
    "blue": (40, 60, 200),
    "grey": (130, 130, 130),
}


@pytest.fixture(autouse=True)
def _one_seeded_thread():
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.fixture(scope="package")
def tokenizer():
    """Words to numbers between [CLS] and [SEP], as BERT's does it."""
    made = Tokenizer(WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()
    made.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


@pytest.fixture(scope="package")
def config():
    """cmpagl_lite with its stem, four narrow text layers and a 4 x 4 map."""
    lite = variant("cmpagl_lite", fusion_layers=1, embedding_size=16)
    gswin = replace(lite.image.gswin, dims=(32,), heads=(4,), window=2)
    text = replace(
        lite.text, layers=4, dim=24, heads=4, intermediate=40, vocabulary=len(WORDS), max_tokens=8
    )
    return replace(lite, image=replace(lite.image, input_px=64, gswin=gswin), text=text)


@pytest.fixture
def model(config):
    """The tiny model with random weights."""
    return create_model(config)


@pytest.fixture(scope="package")
def painted(tmp_path_factory):
    """Sixteen noisy pictures of four colours, two sentences each."""
    folder, noise = tmp_path_factory.mktemp("painted"), np.random.default_rng(0)
    items = []
    for number in range(4):
        for colour, mean in COLOURS.items():
            path = folder / f"{colour}_{number}.png"
            pixels = np.clip(noise.normal(mean, 20, (72, 72, 3)), 0, 255)
            Image.fromarray(pixels.astype(np.uint8)).save(path)
            sentences = (f"A field of {colour} ground.", f"{colour} land")
            items.append(CaptionedImage(path, "train", sentences))
    return items
