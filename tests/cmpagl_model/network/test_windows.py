"""Windows are cut, merged, and masked as timm's Swin does it."""

import pytest
import torch
from timm.models.swin_transformer import SwinTransformerBlock

from cmpagl_model.network.windows import (
    shift_mask,
    window_merge,
    window_partition,
)


def test_windows_are_cut_row_by_row():
    rows, cols = torch.meshgrid(torch.arange(4), torch.arange(6), indexing="ij")
    windows = window_partition(torch.stack([rows, cols], dim=-1)[None], 2)
    assert windows.shape == (6, 4, 2)
    assert windows[1].tolist() == [[0, 2], [0, 3], [1, 2], [1, 3]]
    assert windows[3].tolist() == [[2, 0], [2, 1], [3, 0], [3, 1]]


@pytest.mark.parametrize(("height", "width", "side"), [(8, 8, 4), (6, 9, 3), (5, 5, 5), (4, 6, 1)])
def test_merging_undoes_partition(height, width, side):
    x = torch.randn(2, height, width, 3)
    windows = window_partition(x, side)
    assert windows.shape == (2 * (height // side) * (width // side), side * side, 3)
    assert torch.equal(window_merge(windows, side, height, width), x)


@pytest.mark.parametrize(
    ("height", "width", "side"), [(56, 56, 7), (14, 14, 7), (8, 12, 4), (10, 10, 5)]
)
def test_shift_mask_is_timms(height, width, side):
    shift = side // 2
    block = SwinTransformerBlock(
        8, (height, width), num_heads=2, window_size=side, shift_size=shift
    )
    assert torch.equal(shift_mask(side, shift, height, width), block.attn_mask)
