"""A tiny lite model, its tokenizer, painted pictures, and a run of them that takes seconds."""

import csv
import json
from dataclasses import replace

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from cmpagl_model.captions import CaptionedImage
from cmpagl_model.config import variant
from cmpagl_model.network import create_model, save_pretrained

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "field", "of"]
WORDS += ["red", "green", "blue", "grey", "ground", "land"]
COLOURS = {
    "red": (210, 50, 40),
    "green": (50, 190, 60),
    "blue": (40, 60, 200),
    "grey": (130, 130, 130),
}


def tiny_tokenizer():
    """Words to numbers between [CLS] and [SEP], as BERT's does it."""
    made = Tokenizer(WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()
    made.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


def tiny_config():
    """cmpagl_lite with its stem, four narrow text layers and a 4 x 4 map."""
    lite = variant("cmpagl_lite", fusion_layers=1, embedding_size=16, heads=2, head_width=32)
    gswin = replace(lite.image.gswin, dims=(32,), heads=(4,), window=2)
    text = replace(
        lite.text, layers=4, dim=24, heads=4, intermediate=40, vocabulary=len(WORDS), max_tokens=8
    )
    return replace(lite, image=replace(lite.image, input_px=64, gswin=gswin), text=text)


def paint(folder, suffix=".png"):
    """Sixteen noisy pictures of four colours, two sentences each."""
    noise, items = np.random.default_rng(0), []
    for number in range(4):
        for colour, mean in COLOURS.items():
            path = folder / f"{colour}_{number}{suffix}"
            pixels = np.clip(noise.normal(mean, 20, (72, 72, 3)), 0, 255)
            Image.fromarray(pixels.astype(np.uint8)).save(path)
            sentences = (f"A field of {colour} ground.", f"{colour} land")
            items.append(CaptionedImage(path, "train", sentences))
    return items


def write_tiny_model(folder, config=None):
    """A model folder with random weights."""
    folder.mkdir(parents=True)
    tokenizer = folder.parent / "tiny_tokenizer.json"
    tiny_tokenizer().save(str(tokenizer))
    torch.manual_seed(0)
    save_pretrained(create_model(config or tiny_config()), folder, tokenizer)
    return folder


def write_tiny_run(folder, **settings):
    """JPEGs with a CSV of captions, a model to go on from, and a run's file; returns the file.

    Sixteen pictures are ``train`` and four copies ``val``; two epochs of four steps.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for item in paint(folder, ".jpg"):
        rows += [(item.path.name, text, "train") for text in item.sentences]
        if item.path.stem.endswith("_0"):
            copy = folder / f"val_{item.path.name}"
            copy.write_bytes(item.path.read_bytes())
            rows += [(copy.name, text, "val") for text in item.sentences]
    with (folder / "captions.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("filename", "caption", "split"), *rows])
    if not (folder / "tiny").exists():
        write_tiny_model(folder / "tiny")
    values = {"init": "tiny", "picture_px": 72, "precision": "float32", **settings}
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    lines += ["[schedule]", "epochs = 2", "decay_epochs = 1", "warmup_steps = 2"]
    lines += ["[batch]", "pictures = 4", "[rates]", "image = 3e-4", "text = 1e-3", "new = 1e-3"]
    lines += ["[[data]]", 'captions = "captions.csv"']
    path = folder / "run.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class Heard:
    """A listener that remembers, and calls ``after_step`` with the number of steps heard."""

    def __init__(self, after_step=None):
        self.lines, self.losses, self.reports, self.phases = [], [], [], []
        self.after_step = after_step

    def start(self, total, what):
        self.phases.append((what, total))

    def advance(self, count):
        pass

    def begin(self, done, total):
        self.phases.append(("training", total - done))

    def step(self, pictures, loss):  # noqa: ARG002 - the protocol's form
        self.losses.append(loss)
        if self.after_step is not None:
            self.after_step(len(self.losses))

    def epoch(self, report):
        self.reports.append(report)

    def say(self, line):
        self.lines.append(line)
