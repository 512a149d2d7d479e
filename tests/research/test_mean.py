"""The mean of two models is a model, with its own map to the embedding."""

from dataclasses import replace

import pytest
import torch

from cmpagl_model.encoders.tokens import load_tokenizer
from cmpagl_model.errors import ModelError
from cmpagl_model.model_folder import find_model
from cmpagl_model.network import create_model
from research.mean import mean_of, refit
from tests.cmpagl_model.training.tiny import paint, tiny_config, write_tiny_model


def two(config, other=None):
    models = []
    for seed, settings in ((1, config), (2, other or config)):
        torch.manual_seed(seed)
        models.append(create_model(settings).eval())
    return models


def test_weights_are_the_mean_of_both_and_fusion_is_left_out():
    one, other = two(tiny_config(), replace(tiny_config(), taught=("train", "val")))
    found = mean_of(one, other)
    assert found.config == replace(one.config, fusion_layers=0, taught=("train", "val"))
    pairs = (one.state_dict(), other.state_dict())
    for name, value in found.state_dict().items():
        if name != "compression.weight" and value.is_floating_point():
            assert torch.allclose(value, (pairs[0][name] + pairs[1][name]) / 2), name


def test_the_map_to_the_embedding_is_fitted_to_the_mean(tmp_path):
    one, other = two(tiny_config())
    found, items = mean_of(one, other), paint(tmp_path)
    before = found.compression.weight.clone()
    refit(found, items, load_tokenizer(find_model(str(write_tiny_model(tmp_path / "tiny")))))
    rows = found.compression.weight
    assert torch.allclose(rows @ rows.T, torch.eye(len(rows)), atol=1e-4)
    assert not torch.allclose(rows, before)


def test_models_that_are_not_built_alike_are_refused():
    one, other = two(tiny_config(), replace(tiny_config(), heads=1))
    with pytest.raises(ModelError, match="wanted two runs of one network"):
        mean_of(one, other)
