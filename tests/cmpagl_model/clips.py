"""Makes CLIPs of some 2 M parameters at random: a folder of transformers, a file of open_clip."""

from __future__ import annotations

import json

import pytest
import torch
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPTokenizer

SIDE = 64
LETTERS = list("abcdefghijklmnopqrstuvwxyz0123456789,.;'!-")
MEAN, STD = [0.48, 0.46, 0.41], [0.27, 0.26, 0.28]
OPEN_CLIP_KIND = "tiny-of-tests"


def layers(width):
    return {
        "hidden_size": width, "intermediate_size": 4 * width, "num_hidden_layers": 3,
        "num_attention_heads": 4,
    }  # fmt: skip


def write_clip(folder):
    """A folder of transformers with a CLIP."""
    words = [*LETTERS, *(letter + "</w>" for letter in LETTERS), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {word: number for number, word in enumerate(words)}
    end = len(words) - 1
    torch.manual_seed(0)
    config = CLIPConfig(
        text_config={
            **layers(160), "vocab_size": len(words), "max_position_embeddings": 77,
            "bos_token_id": end - 1, "eos_token_id": end, "pad_token_id": end,
        },
        vision_config={**layers(160), "image_size": SIDE, "patch_size": 16},
        projection_dim=96,
    )  # fmt: skip
    CLIPModel(config).save_pretrained(folder)
    CLIPTokenizer(vocabulary, []).save_pretrained(folder)
    CLIPImageProcessor(size=SIDE, crop_size=SIDE, image_mean=MEAN, image_std=STD).save_pretrained(
        folder
    )
    return folder


def write_open_clip(folder):
    """A checkpoint of open_clip with CLIP's own 49,408 tokens, and the model in it."""
    open_clip = pytest.importorskip("open_clip", reason="open_clip is not installed: [convert]")
    page = {
        "embed_dim": 48,
        "vision_cfg": {"image_size": SIDE, "layers": 2, "width": 64, "patch_size": 16},
        "text_cfg": {
            "context_length": 77,
            "vocab_size": 49408,
            "width": 32,
            "heads": 4,
            "layers": 2,
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{OPEN_CLIP_KIND}.json").write_text(json.dumps(page))
    open_clip.add_model_config(folder / f"{OPEN_CLIP_KIND}.json")
    torch.manual_seed(0)
    model = open_clip.create_model(OPEN_CLIP_KIND).eval()
    torch.save(model.state_dict(), folder / "tiny.pt")
    return folder / "tiny.pt", model
