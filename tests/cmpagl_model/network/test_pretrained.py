"""Models by name; stock weights: all that has a place is taken, what does not fit is refused."""

import re
import time
from dataclasses import replace

import pytest
import timm
import torch
from transformers.models.bert.modeling_bert import BertModel

from cmpagl_model.errors import ConfigError, ModelError
from cmpagl_model.network import create_model
from cmpagl_model.network.pretrained import (
    load_hub_weights,
    load_image_weights,
    load_image_weights_in_order,
    load_text_weights,
)
from cmpagl_model.network.text import bert_config


@pytest.fixture
def lite(lite_config):
    """``small_lite`` with random weights."""
    return create_model(lite_config)


@pytest.fixture
def stock(lite_config):
    """timm's own EfficientNet-Lite, classifier included."""
    return timm.create_model(lite_config.image.backbone).state_dict()


@pytest.fixture
def bert(base_config):
    """Weights of transformers' BERT with three layers, as published with heads on top."""
    settings = bert_config(base_config.text, crossing=False)
    settings.num_hidden_layers = 3
    weights = BertModel(settings).state_dict()
    return {f"bert.{name}": value for name, value in weights.items()} | {
        "cls.predictions.bias": torch.zeros(60)
    }


def test_models_by_name_and_by_configuration(base_config):
    assert create_model().config.name == "cmpagl_lite"
    assert create_model(base_config).config is base_config
    with pytest.raises(ConfigError, match="'cmpagl_huge'"):
        create_model("cmpagl_huge")


def test_stem_takes_stock_weights_and_nothing_else_moves(lite, stock):
    before = {name: value.clone() for name, value in lite.state_dict().items()}
    load_image_weights(lite, stock)
    after = lite.state_dict()
    taken = {name for name in stock if not name.startswith("classifier")}
    assert all(torch.equal(after[f"image.stem.{name}"], stock[name]) for name in taken)
    rest = set(after) - {f"image.stem.{name}" for name in taken}
    assert all(torch.equal(after[name], before[name]) for name in rest)


def test_stem_weights_in_order_need_no_names(lite, stock, tmp_path):
    path = tmp_path / "weights.pth"
    torch.save({f"layer{n}": value for n, value in enumerate(stock.values())}, path)
    load_image_weights_in_order(lite, path)
    assert torch.equal(lite.image.stem.conv_head.weight, stock["conv_head.weight"])
    last_norm = lite.image.stem.bn2.running_var
    assert torch.equal(last_norm, stock["bn2.running_var"])


def test_stem_weights_of_another_network_are_refused(lite, stock, tmp_path):
    path = tmp_path / "weights.pth"
    torch.save(dict(list(stock.items())[:-1]), path)
    with pytest.raises(ModelError, match=rf"found {len(stock) - 1} tensors.*the {len(stock)} of"):
        load_image_weights_in_order(lite, path)
    del stock["conv_head.weight"]
    with pytest.raises(ModelError, match=r"image stem.*1 missing.*conv_head\.weight"):
        load_image_weights(lite, stock)


def test_image_weights_of_another_shape_are_refused(base_config, small_swin):
    model = create_model(base_config)
    stock = small_swin.state_dict()
    stock["patch_embed.proj.weight"] = torch.zeros(16, 3, 2, 2)
    with pytest.raises(ModelError, match=r"0 missing and 1 misshapen.*patch_embed\.proj\.weight"):
        load_image_weights(model, stock)


def test_gswin_keeps_its_own_parts(base_config, small_swin, shake):
    model = shake(create_model(base_config))
    before = {name: value.clone() for name, value in model.image.state_dict().items()}
    load_image_weights(model, small_swin.state_dict())
    kept = {n for n, v in model.image.state_dict().items() if torch.equal(v, before[n])}
    own = re.compile(r"\.(cross|norm_cross|gamma|pools)\b")
    assert kept == {name for name in before if own.search(name)}


def test_text_weights_are_split_between_tower_and_fusion(base_config, bert):
    model = create_model(base_config)
    load_text_weights(model, bert)
    query = "attention.self.query.weight"
    found = [*model.text.layers, *model.fusion.layers]
    for number, layer in enumerate(found):
        stock = bert[f"bert.encoder.layer.{number}.{query}"]
        assert torch.equal(layer.state_dict()[query], stock)


def test_text_towers_alone_take_what_they_need(base_config, bert):
    towers = create_model(replace(base_config, fusion_layers=0))
    load_text_weights(towers, bert)
    words = bert["bert.embeddings.word_embeddings.weight"]
    assert torch.equal(towers.text.embeddings.word_embeddings.weight, words)


def test_text_weights_with_too_few_layers_or_words_are_refused(base_config, bert):
    model = create_model(base_config)
    short = {name: value for name, value in bert.items() if "layer.1." not in name}
    with pytest.raises(ModelError, match=r"text tower.*16 missing.*layers\.1\."):
        load_text_weights(model, short)
    bert["bert.embeddings.word_embeddings.weight"] = torch.zeros(59, 24)
    with pytest.raises(ModelError, match=r"text tower.*1 misshapen.*word_embeddings"):
        load_text_weights(model, bert)


@pytest.mark.usefixtures("no_network")
def test_without_a_network_hub_weights_are_refused_at_once(lite, monkeypatch):
    before = {name: value.clone() for name, value in lite.state_dict().items()}
    waits = []
    monkeypatch.setattr(time, "sleep", waits.append)
    with pytest.raises(ModelError, match=r"tf_efficientnet_lite0.*wanted a network connection"):
        load_hub_weights(lite)
    assert waits == []
    assert all(torch.equal(value, before[name]) for name, value in lite.state_dict().items())
