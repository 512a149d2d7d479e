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
    tokens = []
    shapes = shapes_of(tower.stages, lambda: tokens.append(tower(torch.randn(2, 3, 224, 224))))
    assert shapes == [(2, 56, 56, 96), (2, 28, 28, 192), (2, 14, 14, 384), (2, 7, 7, 768)]
    assert tokens[0].shape == (2, 50, 768)
    windows = [[block.cross.windows for block in stage.blocks] for stage in tower.stages]
    assert windows == [[64] * 2, [16] * 2, [4] * 6, [1] * 2]
    rates = [block.drop_path.drop_prob for stage in tower.stages for block in stage.blocks]
    assert rates == pytest.approx([0.1 * number / 11 for number in range(12)])


@torch.no_grad()
def test_lite_has_a_ten_by_ten_map():
    tower = build_image_encoder(VARIANTS["cmpagl_lite"].image).eval()
    assert isinstance(tower, LiteImageEncoder)
    tokens = []
    parts = [tower.stem, tower.stage]
    shapes = shapes_of(parts, lambda: tokens.append(tower(torch.randn(2, 3, 160, 160))))
    assert shapes == [(2, 10, 10, 256)] * 2
    assert tokens[0].shape == (2, 101, 256)


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
    assert found.shape == (1, 4, 4, 8)


@torch.no_grad()
@pytest.mark.parametrize("stages", [1, 2, 5])
def test_early_and_late_make_the_whole_stem(stages):
    stem = ConvolutionalStem(VARIANTS["cmpagl_lite"].image.backbone, 8).eval()
    pixels = torch.randn(1, 3, 64, 64)
    assert torch.equal(stem.late(stem.early(pixels, stages), stages), stem(pixels))


@torch.no_grad()
def test_coarse_features_cover_two_by_two_places_and_are_added_to_the_fine_ones():
    stem = ConvolutionalStem(VARIANTS["cmpagl_lite"].image.backbone, 8).eval()
    parts = []
    for projection in (stem.fine, stem.coarse):
        projection.register_forward_hook(lambda _module, _inputs, output: parts.append(output))
    found = stem(torch.randn(1, 3, 64, 64))
    coarse, fine = sorted(parts, key=lambda part: part.shape[-1])
    wanted = fine + coarse.repeat_interleave(2, 2).repeat_interleave(2, 3)
    torch.testing.assert_close(found, wanted.permute(0, 2, 3, 1))
