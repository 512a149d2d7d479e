"""Devices and formats are chosen as asked, and refused where they are not there."""

import pytest
import torch

from cmpagl_model.errors import ConfigError
from cmpagl_model.training.precision import Compute, choose_compute


def test_auto_on_a_cpu_takes_bfloat16_only_where_it_is_fast(make_context, tmp_path, monkeypatch):
    config = make_context(tmp_path, device="cpu").config
    for fast, wanted in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda fast=fast: fast)
        monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
        assert choose_compute(config) == Compute(torch.device("cpu"), wanted)


@pytest.mark.parametrize("name", ["float32", "bfloat16", "float16"])
def test_formats_are_taken_as_asked(make_context, tmp_path, name):
    compute = choose_compute(make_context(tmp_path, device="cpu", precision=name).config)
    assert str(compute) == f"cpu, {name}"
    assert compute.scaler().is_enabled() == (name == "float16")
    with compute.autocast():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == getattr(torch, name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_gpu_that_is_not_there_is_refused(make_context, tmp_path):
    with pytest.raises(ConfigError, match=r'found no usable NVIDIA GPU.*next: set device = "cpu"'):
        choose_compute(make_context(tmp_path, device="cuda").config)
