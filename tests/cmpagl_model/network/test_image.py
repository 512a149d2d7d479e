"""The image towers at their real sizes: maps, tokens, and the stock networks inside them."""

from dataclasses import replace

import pytest
import timm
import torch

from cmpagl_model.config import VARIANTS
from cmpagl_model.errors import ConfigError
from cmpagl_model.network.image import (
    BaseImageEncoder,
    ConvolutionalStem,
    LiteImageEncoder,
    build_image_encoder,
    with_mean_token,
)


def shapes_of(modules, run):
    """Output shapes of ``modules`` while ``run`` runs."""
    seen = []
    hooks = [m.register_forward_hook(lambda _m, _i, out: seen.append(out.shape)) for m in modules]
    run()
    for hook in hooks:
        hook.remove()
    return [tuple(shape) for shape in seen]


@torch.no_grad()
def test_base_has_the_maps_and_tokens_of_a_swin_tiny():
    tower = build_image_encoder(VARIANTS["cmpagl_base"].image).eval()
    assert isinstance(tower, BaseImageEncoder)
    seen = []
    shapes = shapes_of(tower.stages, lambda: seen.append(tower(torch.randn(2, 3, 224, 224))))
    assert shapes == [(2, 56, 56, 96), (2, 28, 28, 192), (2, 14, 14, 384), (2, 7, 7, 768)]
    assert seen[0].tokens.shape == (2, 50, 768)
    assert torch.equal(seen[0].pooled, seen[0].tokens[:, 0])
    windows = [[block.cross.windows for block in stage.blocks] for stage in tower.stages]
    assert windows == [[64] * 2, [16] * 2, [4] * 6, [1] * 2]
    rates = [block.drop_path.drop_prob for stage in tower.stages for block in stage.blocks]
    assert rates == pytest.approx([0.1 * number / 11 for number in range(12)])


@torch.no_grad()
def test_lite_has_a_token_for_sixteen_px():
    config = VARIANTS["cmpagl_lite"].image
    side, channels = config.input_px, config.gswin.dims[0]
    tower = build_image_encoder(config).eval()
    assert isinstance(tower, LiteImageEncoder)
    seen = []
    shapes = shapes_of([tower.stage], lambda: seen.append(tower(torch.randn(2, 3, side, side))))
    assert shapes == [(2, side // 16, side // 16, channels)]
    assert seen[0].tokens.shape == (2, 1 + (side // 16) ** 2, channels)
    assert seen[0].pooled.shape == (2, 2 * 1280 + channels)


@torch.no_grad()
def test_lite_pools_what_the_stock_network_sees_beside_its_own_tokens(lite_config):
    """Mean and maximum over places of the last stock features, then the mean token."""
    stock = timm.create_model(lite_config.image.backbone).eval()
    tower = build_image_encoder(lite_config.image).eval()
    tower.stem.load_state_dict(stock.state_dict(), strict=False)
    pixels = torch.randn(2, 3, 64, 64)
    found, last = tower(pixels), stock.forward_features(pixels)
    parts = found.pooled.split(tower.pooled_parts, dim=1)
    torch.testing.assert_close(parts[0], last.flatten(2).mean(2))
    torch.testing.assert_close(parts[1], last.flatten(2).max(2).values)
    assert torch.equal(parts[2], found.tokens[:, 0])


def test_first_token_is_the_mean_of_the_others():
    tokens = torch.arange(12.0).reshape(1, 4, 3)
    found = with_mean_token(tokens)
    assert found[0, 0].tolist() == [4.5, 5.5, 6.5]
    assert torch.equal(found[:, 1:], tokens)


@pytest.mark.parametrize("side", [144, 168])
def test_lite_refuses_an_input_its_stem_cannot_halve(lite_config, side):
    with pytest.raises(ConfigError, match=f"input_px {side}.*multiple of 32 px"):
        build_image_encoder(replace(lite_config.image, input_px=side))


@torch.no_grad()
def test_stem_keeps_every_layer_of_the_stock_network():
    backbone = VARIANTS["cmpagl_lite"].image.backbone
    stock = timm.create_model(backbone).eval()
    stem = ConvolutionalStem(backbone, 8).eval()
    missing, _ = stem.load_state_dict(stock.state_dict(), strict=False)
    assert {name.split(".")[0] for name in missing} == {"fine", "coarse"}
    pixels = torch.randn(1, 3, 64, 64)
    late = []
    hook = stem.coarse.register_forward_pre_hook(lambda _module, args: late.append(args[0]))
    found = stem(pixels)
    hook.remove()
    torch.testing.assert_close(late[0], stock.forward_features(pixels))
    assert found.map.shape == (1, 4, 4, 8)


@torch.no_grad()
@pytest.mark.parametrize("stages", [1, 2, 5])
def test_early_and_late_make_the_whole_stem(stages):
    stem = ConvolutionalStem(VARIANTS["cmpagl_lite"].image.backbone, 8).eval()
    pixels = torch.randn(1, 3, 64, 64)
    found, whole = stem.late(stem.early(pixels, stages), stages), stem(pixels)
    assert torch.equal(found.map, whole.map)
    assert torch.equal(found.pooled, whole.pooled)


@torch.no_grad()
def test_coarse_features_cover_two_by_two_places_and_are_added_to_the_fine_ones():
    stem = ConvolutionalStem(VARIANTS["cmpagl_lite"].image.backbone, 8).eval()
    parts = []
    for projection in (stem.fine, stem.coarse):
        projection.register_forward_hook(lambda _module, _inputs, output: parts.append(output))
    found = stem(torch.randn(1, 3, 64, 64))
    coarse, fine = sorted(parts, key=lambda part: part.shape[-1])
    wanted = fine + coarse.repeat_interleave(2, 2).repeat_interleave(2, 3)
    torch.testing.assert_close(found.map, wanted.permute(0, 2, 3, 1))
