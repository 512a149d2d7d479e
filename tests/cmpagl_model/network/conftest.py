"""Small models of both shapes, so that a test takes milliseconds; the real sizes where they count.

``small_base`` has two Swin stages (maps 8 x 8 and 4 x 4, window 4), ``small_lite`` the real
convolutional stem under one Gswin stage (map 4 x 4, window 2), and three projection heads.
"""

from dataclasses import replace

import pytest
import torch
from timm.models.swin_transformer import SwinTransformer
from torch import nn

from cmpagl_model.config import variant
from cmpagl_model.network import create_model

WORDS = {"layers": 2, "dim": 24, "heads": 4, "intermediate": 40, "vocabulary": 60}


@pytest.fixture(autouse=True)
def _one_seeded_thread():
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.fixture
def base_config():
    """The configuration of ``small_base``."""
    config = variant("cmpagl_base", name="small_base", fusion_layers=1, embedding_size=16)
    gswin = replace(config.image.gswin, dims=(16, 32), depths=(2, 2), heads=(2, 4), window=4)
    return replace(
        config,
        image=replace(config.image, input_px=32, gswin=gswin),
        text=replace(config.text, **WORDS),
    )


@pytest.fixture
def lite_config():
    """The configuration of ``small_lite``."""
    config = variant(
        "cmpagl_lite", name="small_lite", fusion_layers=1, embedding_size=16, heads=3, head_width=20
    )
    gswin = replace(config.image.gswin, dims=(32,), heads=(4,), window=2)
    return replace(
        config,
        image=replace(config.image, input_px=64, gswin=gswin),
        text=replace(config.text, **WORDS),
    )


@pytest.fixture(params=["small_base", "small_lite"])
def small_config(request, base_config, lite_config):
    """Each of the two."""
    return base_config if request.param == "small_base" else lite_config


@pytest.fixture
def small_model(small_config, shake):
    """A model of either shape with no weight at a telling start value (0, 1, identity)."""
    return shake(create_model(small_config))


@pytest.fixture
def shake():
    """Move every parameter and statistic a little, so that zeros and ones hide no mistake."""

    def moved(module: nn.Module) -> nn.Module:
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.add_(torch.randn_like(parameter), alpha=0.05)
            for name, statistic in module.named_buffers():
                if name.endswith(("running_mean", "running_var")):
                    statistic.add_(torch.rand_like(statistic), alpha=0.1)
        return module

    return moved


@pytest.fixture
def small_swin(shake):
    """timm's own Swin in the shape of ``small_base``."""
    swin = SwinTransformer(
        img_size=32, window_size=4, embed_dim=16, depths=(2, 2), num_heads=(2, 4), num_classes=0
    )
    return shake(swin).eval()


@pytest.fixture
def chips():
    """Make random chips ``(count, side, side, 3)`` uint8."""

    def make(count: int, side: int) -> torch.Tensor:
        return torch.randint(0, 256, (count, side, side, 3), dtype=torch.uint8)

    return make


@pytest.fixture
def tokenizer_file(tmp_path):
    """Stands for a ``tokenizer.json``; nothing in these tests reads it."""
    path = tmp_path / "words.json"
    path.write_text('{"stands": "for a tokenizer"}', encoding="utf-8")
    return path


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    """The hub as a machine without network or cache sees it; fails at once."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "empty-cache"))
