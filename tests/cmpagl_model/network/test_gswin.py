"""Gswin is Swin where its own part is silent, and looks at the whole image where it is not."""

from dataclasses import replace
from itertools import product

import pytest
import timm
import torch
import torch.nn.functional as F
from torch import nn

from cmpagl_model.config import variant
from cmpagl_model.errors import ConfigError, ModelError
from cmpagl_model.network import create_model
from cmpagl_model.network.gswin import (
    GlobalLocalAttention,
    GlobalWindow,
    GswinStage,
    WindowAttention,
)
from cmpagl_model.network.image import build_image_encoder
from cmpagl_model.network.pretrained import load_image_weights
from cmpagl_model.network.windows import window_merge, window_partition

BLOCKS = ("add", "replace")
MODES = ("kv_global", "q_global", "concat")
WINDOWS = ("per_block", "per_stage")


def gswin(config, **changes):
    image = replace(config.image, gswin=replace(config.image.gswin, drop_path=0.0, **changes))
    return replace(config, image=image)


def set_gammas(model, value):
    for name, parameter in model.named_parameters():
        if name.endswith("gamma"):
            nn.init.constant_(parameter, value)


@pytest.mark.parametrize("block", ["add", "swin"])
def test_with_the_weights_of_swin_tiny_it_is_swin_tiny(shake, block):
    swin = shake(timm.create_model("swin_tiny_patch4_window7_224", num_classes=0)).eval()
    config = gswin(variant("cmpagl_base"), block=block)
    model = create_model(replace(config, text=replace(config.text, layers=1), fusion_layers=0))
    load_image_weights(model, swin.state_dict())
    pixels = torch.randn(2, 3, 224, 224)
    with torch.no_grad():
        wanted = swin.forward_features(pixels).flatten(1, 2)
        found = model.image(pixels).tokens[:, 1:]
    assert wanted.std() > 0.1
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-5)


def test_gamma_opens_the_way_to_the_global_window(base_config, small_swin):
    model = create_model(gswin(base_config))
    load_image_weights(model, small_swin.state_dict())
    pixels, weights = torch.randn(2, 3, 32, 32), torch.randn(2, 17, 32)
    closed = model.image(pixels).tokens
    (closed * weights).sum().backward()
    projections = [p for n, p in model.image.named_parameters() if "pools" in n and "proj" in n]
    gammas = [p for n, p in model.image.named_parameters() if n.endswith("gamma")]
    assert len(gammas) == 4
    assert all(not p.grad.any() for p in projections)
    assert all(p.grad.any() for p in gammas)

    set_gammas(model.image, 0.5)
    opened = model.image(pixels).tokens
    (opened * weights).sum().backward()
    assert (opened - closed).abs().max() > 1e-2
    assert len(projections) == 8  # weight and bias of four blocks
    assert all(p.grad.any() for p in projections)


@pytest.mark.parametrize("mode", MODES)
def test_replace_layout_loads_every_swin_weight(base_config, small_swin, mode):
    model = create_model(gswin(base_config, block="replace", gl_mode=mode))
    stock = small_swin.state_dict()
    load_image_weights(model, stock)
    own = model.image.state_dict()
    places = {
        "layers.0.": "stages.0.", "layers.1.downsample.": "merges.0.", "layers.1.blocks":
        "stages.1.blocks", "relative_position_bias_table": "bias.table",
    }  # fmt: skip
    for name, value in stock.items():
        place = name
        for old, new in places.items():
            place = place.replace(old, new)
        if ".blocks.1.attn." in name:  # the block whose shifted windows GLW-CA replaces
            place = place.replace(".attn.", ".cross.")
        if "qkv" in place and ".cross." in place:
            q, kv = (own[place.replace("qkv", part)] for part in ("q", "kv"))
            found = torch.cat([q, kv])
        else:
            found = own[place]
        assert torch.equal(found, value), name


def test_replace_layout_refuses_a_swin_with_a_missing_block(base_config, small_swin):
    model = create_model(gswin(base_config, block="replace"))
    stock = small_swin.state_dict()
    stock = {n: v for n, v in stock.items() if not n.startswith("layers.1.blocks.1.attn.qkv")}
    with pytest.raises(ModelError, match=r"4 missing.*stages\.1\.blocks\.1\.cross"):
        load_image_weights(model, stock)


@pytest.mark.parametrize(("block", "mode", "window"), list(product(BLOCKS, MODES, WINDOWS)))
def test_every_combination_runs_and_learns(base_config, block, mode, window):
    config = gswin(base_config, block=block, gl_mode=mode, global_window=window)
    image = build_image_encoder(config.image)
    set_gammas(image, 0.5)
    tokens = image(torch.randn(2, 3, 32, 32)).tokens
    assert tokens.shape == (2, 17, 32)
    (tokens * torch.randn(2, 17, 32)).sum().backward()
    silent = [n for n, p in image.named_parameters() if p.grad is None or not p.grad.any()]
    assert silent == []


def test_per_stage_pools_once_and_per_block_every_time(base_config):
    stages = {w: gswin(base_config, global_window=w).image.gswin for w in WINDOWS}
    assert len(GswinStage(stages["per_stage"], 0, 8).pools) == 1
    assert len(GswinStage(stages["per_block"], 0, 8).pools) == 2


@torch.no_grad()
def test_global_window_is_pooled_after_the_local_attention(base_config):
    stage = GswinStage(gswin(base_config).image.gswin, 0, 8).eval()
    pooled = []
    stage.pools[0].register_forward_pre_hook(lambda _module, args: pooled.append(args[0]))
    x = torch.randn(2, 8, 8, 16)
    stage(x)
    block = stage.blocks[0]
    local = window_merge(block.attn(window_partition(block.norm1(x), 4)), 4, 8, 8)
    torch.testing.assert_close(pooled[0], x + local)


def test_shifted_windows_only_where_the_layout_has_them(base_config):
    def shifts(side, **changes):
        stage = GswinStage(gswin(base_config, **changes).image.gswin, 0, side)
        return [block.shift for block in stage.blocks]

    assert shifts(8) == [0, 2]
    assert shifts(4) == [0, 0]  # one window: nothing to shift
    assert shifts(8, block="replace") == [0, 0]
    assert shifts(8, block="swin") == [0, 2]


@pytest.mark.parametrize("often", ["per_block", "per_stage"])
def test_the_swin_layout_has_no_global_window(base_config, often):
    names = dict(
        create_model(gswin(base_config, block="swin", global_window=often)).image.state_dict()
    )
    assert not [n for n in names if any(part in n for part in ("cross", "pools", "gamma"))]


def test_a_map_that_windows_do_not_tile_is_refused(base_config):
    with pytest.raises(ConfigError, match=r"map of 6 x 6.*windows of 4 x 4"):
        GswinStage(base_config.image.gswin, 0, 6)


def test_global_window_starts_as_the_pooled_map():
    x = torch.randn(2, 6, 6, 8)
    pooled = F.adaptive_avg_pool2d(x.permute(0, 3, 1, 2), 3).flatten(2).transpose(1, 2)
    found = GlobalWindow(8, 3)(x)
    torch.testing.assert_close(found, F.layer_norm(pooled, (8,)))


def test_mask_keeps_tokens_apart():
    attention = WindowAttention(8, 2, 2)
    mask = torch.zeros(3, 4, 4)
    mask[1, :3, 3] = -100.0  # in window 1 of 3, nobody but itself may see the last token
    windows = torch.randn(6, 4, 8)
    changed = windows.clone()
    changed[:, 3] += 1.0
    moved = (attention(changed, mask) - attention(windows, mask)).abs().amax(dim=-1) > 1e-6
    blind = [False, False, False, True]
    assert moved.tolist() == [[True] * 4, blind, [True] * 4] * 2


def heads_of(x, heads):
    return x.reshape(x.shape[0], heads, -1).transpose(0, 1)  # h, R, d


def attend(attention, asks, own, world, place):
    """GLW-CA of one window, written with torch's own attention."""
    q = heads_of(attention.q(asks), attention.heads)
    seen = [(world if attention.mode != "q_global" else own, attention.bias() + place)]
    if attention.mode == "concat":
        seen.insert(0, (own, attention.local_bias()))
    k, v = (
        torch.cat([heads_of(attention.kv(x).chunk(2, -1)[i], attention.heads) for x, _ in seen], 1)
        for i in (0, 1)
    )
    mixed = F.scaled_dot_product_attention(q, k, v, torch.cat([bias for _, bias in seen], -1))
    return attention.proj(mixed.transpose(0, 1).flatten(1))


@pytest.mark.parametrize("mode", MODES)
def test_cross_attention_is_torchs_own_in_every_window(mode):
    attention = GlobalLocalAttention(8, 2, 2, 3, mode)
    nn.init.normal_(attention.place)
    windows, world = torch.randn(6, 4, 8), torch.randn(2, 4, 8)
    found = attention(windows, world)
    for number, own in enumerate(windows):
        whole = world[number // 3]
        asks = whole if mode == "q_global" else own
        wanted = attend(attention, asks, own, whole, attention.place[number % 3])
        torch.testing.assert_close(found[number], wanted, atol=1e-6, rtol=1e-5)
