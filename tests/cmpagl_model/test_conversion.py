"""Models of PyTorch as folders: the same vectors as their own libraries give, and the whole way.

Models are made at random here, of some 2 M parameters; nothing is fetched.
"""

from __future__ import annotations

import json
import os
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    CLIPImageProcessor,
    CLIPModel,
    CLIPTokenizer,
    PreTrainedTokenizerFast,
    Siglip2Tokenizer,
    SiglipConfig,
    SiglipModel,
)

from cmpagl_model import conversion
from cmpagl_model.cli.app import run
from cmpagl_model.encoders import open_encoder
from cmpagl_model.errors import ModelError
from tests.cmpagl_model.clips import (
    LETTERS,
    OPEN_CLIP_KIND,
    SIDE,
    layers,
    write_clip,
    write_open_clip,
)
from tests.conftest import painted_pixels

PARITY = 1e-4
TEXTS = ["Boats on a canal, beside a factory!", "forest", "a road " * 100]


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A folder of transformers with a CLIP."""
    return write_clip(tmp_path_factory.mktemp("hub") / "tiny-clip")


@pytest.fixture(scope="module")
def converted(clip, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    said = ["models", "convert", str(clip), "-o", str(folder), "--name", "tiny", "--licence", "MIT"]
    assert run(said) == 0
    return folder


def siglip(folder, tokenizer, pad):
    """A folder of transformers with a SigLIP, whose tokenizer is one of several."""
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = SiglipConfig(
        text_config={**layers(64), "vocab_size": 80, "max_position_embeddings": 16,
                     "pad_token_id": pad, "projection_size": 64},
        vision_config={**layers(64), "image_size": SIDE, "patch_size": 16},
    )  # fmt: skip
    SiglipModel(config).save_pretrained(folder)
    page = {"image_processor": {"image_mean": [0.5] * 3, "image_std": [0.5] * 3}}
    (folder / "processor_config.json").write_text(json.dumps(page))
    return folder


def letters_tokenizer():
    """Letters, lower case, an end token: as SigLIP's, of fewer tokens."""
    vocabulary = {w: n for n, w in enumerate(["<pad>", "</s>", "<unk>", *LETTERS])}
    tokenizer = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing("$A </s>", None, [("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def letters_of_gemma():
    words = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *LETTERS]
    return Siglip2Tokenizer({w: n for n, w in enumerate(words)}, [])


def chips():
    return np.stack([painted_pixels(SIDE, SIDE, seed).transpose(1, 2, 0) for seed in range(3)])


def unit(found):
    """Of what a model of transformers gives for features, in any of its generations."""
    vectors = getattr(found, "pooler_output", found).detach().numpy()
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def check(encoder, pictures, sentences):
    np.testing.assert_allclose(encoder.encode_chips(chips()), pictures, atol=PARITY)
    np.testing.assert_allclose(encoder.encode_texts(TEXTS), sentences, atol=PARITY)
    alone = np.concatenate([encoder.encode_texts([text]) for text in TEXTS])
    np.testing.assert_allclose(alone, sentences, atol=PARITY)


def test_clip_gives_what_transformers_gives(clip, converted):
    model = CLIPModel.from_pretrained(clip).eval()
    assert 1.5e6 < sum(each.numel() for each in model.parameters()) < 2.5e6
    words = CLIPTokenizer.from_pretrained(clip)
    seen = CLIPImageProcessor.from_pretrained(clip)(
        [Image.fromarray(chip) for chip in chips()], return_tensors="pt"
    )
    said = words(TEXTS, padding=True, truncation=True, max_length=77, return_tensors="pt")
    check(
        open_encoder(str(converted), device="cpu"),
        unit(model.get_image_features(**seen)),
        unit(model.get_text_features(**said)),
    )


@pytest.mark.parametrize("tokenizer", [letters_tokenizer, letters_of_gemma])
def test_siglip_gives_what_transformers_gives(tmp_path, tokenizer):
    words = tokenizer()
    source = siglip(tmp_path / "siglip", words, words.pad_token_id)
    found = conversion.convert(str(source), tmp_path / "out")
    model = SiglipModel.from_pretrained(source).eval()
    pixels = torch.from_numpy(chips()).permute(0, 3, 1, 2) / 255 * 2 - 1
    said = words(TEXTS, padding="max_length", max_length=16, truncation=True, return_tensors="pt")
    check(
        open_encoder(found, device="cpu"),
        unit(model.get_image_features(pixel_values=pixels)),
        unit(model.get_text_features(input_ids=said.input_ids)),
    )


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A checkpoint of open_clip, the model in it, and its tokens."""
    file, model = write_open_clip(tmp_path_factory.mktemp("open_clip"))
    import open_clip  # noqa: PLC0415 - skipped where it is not installed

    return file, model, open_clip.get_tokenizer(OPEN_CLIP_KIND)


def test_open_clip_gives_what_open_clip_gives(checkpoint, tmp_path):
    file, model, words = checkpoint
    found = conversion.convert(f"open_clip:tiny-of-tests@{file}", tmp_path / "out")
    mean, std = (np.array(value) for value in (model.visual.image_mean, model.visual.image_std))
    pixels = torch.from_numpy((chips() / 255 - mean) / std).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        seen, said = model.encode_image(pixels), model.encode_text(words(TEXTS))
    check(open_encoder(found, device="cpu"), unit(seen), unit(said))
    assert found.name == "tiny"
    assert found.config.source == "open_clip tiny-of-tests: tiny.pt"


class Bomb:
    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_checkpoint_with_code_is_refused_and_does_not_run(checkpoint, tmp_path):
    del checkpoint  # it names the model
    bomb = Bomb()
    bomb.path = str(tmp_path / "ran")
    torch.save({"state_dict": bomb}, tmp_path / "bomb.pt")
    with pytest.raises(ModelError, match="open_clip cannot load it"):
        conversion.convert(f"open_clip:tiny-of-tests@{tmp_path / 'bomb.pt'}", tmp_path / "out")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bomb.pt"]


def test_open_clip_without_such_a_model_or_file_is_refused(checkpoint, tmp_path):
    for source in (f"ViT-B-33@{checkpoint[0]}", f"ViT-B-32@{tmp_path / 'none.pt'}", "ViT-B-32"):
        with pytest.raises(ModelError, match="found no such model or file"):
            conversion.convert(f"open_clip:{source}", tmp_path / "out")


def spoilt(clip, folder, name, text=None):
    shutil.copytree(clip, folder)
    (folder / name).unlink()
    if text is not None:
        (folder / name).write_text(text)
    return str(folder)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("config.json", None, "no readable config.json"),
        ("config.json", '{"model_type": "siglip2"}', "found a model of type 'siglip2'"),
        ("preprocessor_config.json", None, "no readable processor_config.json"),
        ("preprocessor_config.json", "{}", "found no image_mean"),
        ("model.safetensors", None, "transformers cannot load it"),
        ("model.safetensors", "half of it", "transformers cannot load it"),
    ],
)
def test_a_folder_that_is_not_whole_is_refused_in_one_line(
    clip, tmp_path, name, text, said, capsys
):
    source = spoilt(clip, tmp_path / "source", name, text)
    assert run(["models", "convert", source, "-o", str(tmp_path / "out")]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("cmpagl: ")
    assert said in line
    assert "next: " in line
    assert [file.name for file in tmp_path.iterdir()] == ["source"]


def test_graphs_that_give_something_else_are_not_left(clip, tmp_path, monkeypatch):
    monkeypatch.setattr(conversion, "WITHIN", -1.0)
    with pytest.raises(ModelError, match="its graphs give vectors"):
        conversion.convert(str(clip), tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_not_replaced(clip, converted):
    with pytest.raises(ModelError, match="wanted a new folder"):
        conversion.convert(str(clip), converted)


def test_a_model_gets_its_place_by_its_name(clip, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CMPAGL_MODELS", str(tmp_path / "kept"))
    assert run(["models", "convert", str(clip)]) == 0
    assert f"next: cmpagl models check {tmp_path / 'kept' / 'tiny-clip'}" in capsys.readouterr().out
    assert run(["models", "check", "tiny-clip"]) == 0
    assert "from transformers clip: tiny-clip" in capsys.readouterr().out
