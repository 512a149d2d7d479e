"""Gswin: local-window self-attention plus global-local window cross-attention (docs/method.md 2.2).

Letters: B batch, H W map, C channels, M window side, N windows in a map, R = M * M tokens,
h heads, d = C / h. Names of the Swin parts follow timm, so that its weights load unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from timm.layers.drop import DropPath
from timm.layers.mlp import Mlp
from timm.models.swin_transformer import get_relative_position_index
from torch import Tensor, nn

from cmpagl_model.errors import ConfigError

from .windows import shift_mask, window_merge, window_partition

if TYPE_CHECKING:
    from cmpagl_model.config import GlobalLocalMode, GswinConfig


class PositionBias(nn.Module):
    """Learned bias for each pair of positions in two M x M grids, one table for each head."""

    index: Tensor

    def __init__(self, side: int, heads: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.empty((2 * side - 1) ** 2, heads))
        nn.init.trunc_normal_(self.table, std=0.02)
        index = get_relative_position_index(side, side)
        self.register_buffer("index", index, persistent=False)

    def forward(self) -> Tensor:
        """The bias, ``(h, R, R)``."""
        return self.table[self.index].permute(2, 0, 1)


class WindowAttention(nn.Module):
    """Self-attention inside local windows (W-MSA, or SW-MSA when a mask is given)."""

    def __init__(self, dim: int, heads: int, side: int) -> None:
        super().__init__()
        self.heads, self.scale = heads, (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.bias = PositionBias(side, heads)

    def forward(self, windows: Tensor, mask: Tensor | None = None) -> Tensor:
        """Mix the tokens ``(B*N, R, C)`` of each window; ``mask`` is ``(N, R, R)``, added."""
        _, r, c = windows.shape
        qkv = self.qkv(windows).reshape(-1, r, 3, self.heads, c // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # B*N, h, R, d
        scores = (q * self.scale) @ k.transpose(-2, -1) + self.bias()  # B*N, h, R, R
        if mask is not None:
            n = mask.shape[0]
            scores = scores.reshape(-1, n, self.heads, r, r) + mask[:, None]
            scores = scores.reshape(-1, self.heads, r, r)
        mixed = scores.softmax(-1) @ v  # B*N, h, R, d
        return self.proj(mixed.transpose(1, 2).reshape(-1, r, c))


class GlobalWindow(nn.Module):
    """The global information window: the map pooled to M x M tokens (docs/method.md 2.2).

    The projection starts as identity, so a fresh block sees the plain pooled map.
    """

    def __init__(self, dim: int, side: int) -> None:
        super().__init__()
        self.side = side
        self.norm = nn.LayerNorm(dim)
        self.proj = nn.Linear(dim, dim)
        nn.init.eye_(self.proj.weight)
        nn.init.zeros_(self.proj.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Summarise a map ``(B, H, W, C)``, sides multiples of M, as ``(B, R, C)``."""
        _, h, w, c = x.shape
        m = self.side
        pooled = x.reshape(-1, m, h // m, m, w // m, c).mean(dim=(2, 4))  # B, M, M, C
        return self.proj(self.norm(pooled.reshape(-1, m * m, c)))


class GlobalLocalAttention(nn.Module):
    """Global-local window cross-attention, GLW-CA (docs/method.md 2.2).

    ``kv_global``: queries are the local tokens, keys and values the global window. ``q_global``:
    the other way round. ``concat``: keys and values are a token's own window and the global one.
    """

    def __init__(
        self, dim: int, heads: int, side: int, windows: int, mode: GlobalLocalMode
    ) -> None:
        super().__init__()
        self.heads, self.windows, self.mode = heads, windows, mode
        self.scale = (dim // heads) ** -0.5
        self.q = nn.Linear(dim, dim)
        self.kv = nn.Linear(dim, 2 * dim)
        self.proj = nn.Linear(dim, dim)
        self.bias = PositionBias(side, heads)
        # Where the window lies in the image, seen from each global token; zero: Swin's bias alone.
        self.place = nn.Parameter(torch.zeros(windows, heads, 1, side * side))
        self.local_bias = PositionBias(side, heads) if mode == "concat" else None

    def forward(self, windows: Tensor, global_window: Tensor) -> Tensor:
        """Give each token of ``windows (B*N, R, C)`` the context of ``global_window (B, R, C)``."""
        _, r, c = windows.shape
        local = windows.reshape(-1, self.windows, r, c)  # B, N, R, C
        world = global_window[:, None]  # B, 1, R, C
        source, context = (world, local) if self.mode == "q_global" else (local, world)
        q = self._heads(self.q(source)) * self.scale  # B, N|1, h, R, d
        k, v = (self._heads(part) for part in self.kv(context).chunk(2, dim=-1))
        scores = q @ k.transpose(-2, -1) + self.bias() + self.place  # B, N, h, R, R
        if self.local_bias is None:
            mixed = scores.softmax(-1) @ v
        else:
            k_own, v_own = (self._heads(part) for part in self.kv(local).chunk(2, dim=-1))
            own = q @ k_own.transpose(-2, -1) + self.local_bias()  # B, N, h, R, R
            weights = torch.cat([own, scores], dim=-1).softmax(-1)  # B, N, h, R, 2R
            mixed = weights[..., :r] @ v_own + weights[..., r:] @ v
        mixed = mixed.transpose(2, 3).reshape(-1, r, c)  # B*N, R, C
        return self.proj(mixed)

    def _heads(self, x: Tensor) -> Tensor:
        _, n, r, c = x.shape
        return x.reshape(-1, n, r, self.heads, c // self.heads).transpose(2, 3)  # B, n, h, R, d


class GswinBlock(nn.Module):
    """One Gswin block in layout ``add``, ``replace`` or ``swin`` (docs/method.md 2.2).

    ``add``: (shifted) window attention, then GLW-CA behind a zero-initialised scale, then the MLP:
    a block loaded from a Swin reproduces it exactly. ``replace``: even blocks are Swin's, odd
    blocks put GLW-CA in the place of shifted windows. ``swin``: without GLW-CA, to compare with.
    """

    mask: Tensor | None

    def __init__(
        self, config: GswinConfig, stage: int, number: int, side: int, drop_path: float
    ) -> None:
        """Build block ``number`` of ``stage`` for a map of ``side`` x ``side`` tokens."""
        super().__init__()
        dim, heads, self.window = config.dims[stage], config.heads[stage], config.window
        replaced = config.block == "replace" and number % 2 == 1
        shifts = config.block != "replace" and number % 2 == 1 and side > config.window
        self.shift = config.window // 2 if shifts else 0
        self.norm1 = nn.LayerNorm(dim)
        self.attn = None if replaced else WindowAttention(dim, heads, config.window)
        self.cross = None
        if replaced or config.block == "add":
            windows = (side // config.window) ** 2
            self.cross = GlobalLocalAttention(dim, heads, config.window, windows, config.gl_mode)
        if config.block == "add":
            self.norm_cross = nn.LayerNorm(dim)
            self.gamma = nn.Parameter(torch.zeros(dim))
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = Mlp(dim, int(dim * config.mlp_ratio))
        self.drop_path = DropPath(drop_path)
        mask = shift_mask(self.window, self.shift, side, side) if self.shift else None
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x: Tensor, pool: GlobalWindow | None, stage_window: Tensor | None) -> Tensor:
        """Mix a map ``(B, H, W, C)``; ``pool`` makes the global window, or the stage gave one."""
        if self.attn is None:
            x = x + self.drop_path(self._cross(self.norm1(x), pool, stage_window, x))
        else:
            x = x + self.drop_path(self._self_attention(self.norm1(x)))
            if self.cross is not None:
                crossed = self._cross(self.norm_cross(x), pool, stage_window, x)
                x = x + self.drop_path(self.gamma * crossed)
        return x + self.drop_path(self.mlp(self.norm2(x)))

    def _self_attention(self, x: Tensor) -> Tensor:
        _, h, w, _ = x.shape
        if self.shift:
            x = torch.roll(x, shifts=(-self.shift, -self.shift), dims=(1, 2))
        mixed = self.attn(window_partition(x, self.window), self.mask) if self.attn else x
        x = window_merge(mixed, self.window, h, w)
        return torch.roll(x, shifts=(self.shift, self.shift), dims=(1, 2)) if self.shift else x

    def _cross(
        self, x: Tensor, pool: GlobalWindow | None, stage_window: Tensor | None, raw: Tensor
    ) -> Tensor:
        _, h, w, _ = x.shape
        world = pool(raw) if pool is not None else stage_window
        if self.cross is None or world is None:
            return torch.zeros_like(x)
        return window_merge(self.cross(window_partition(x, self.window), world), self.window, h, w)


class GswinStage(nn.Module):
    """The blocks of one resolution, with their global windows."""

    def __init__(self, config: GswinConfig, stage: int, side: int) -> None:
        """Build stage ``stage`` for a map of ``side`` x ``side`` tokens.

        Raises:
            ConfigError: if the windows do not tile the map.
        """
        super().__init__()
        if side < config.window or side % config.window:
            raise ConfigError(
                f"found a map of {side} x {side} tokens in Gswin stage {stage + 1}, wanted one "
                f"that windows of {config.window} x {config.window} tile; "
                "next: change window or input_px"
            )
        before, depth = sum(config.depths[:stage]), config.depths[stage]
        rates = torch.linspace(0, config.drop_path, max(sum(config.depths), 2)).tolist()
        dim = config.dims[stage]
        self.per_stage = config.global_window == "per_stage"
        self.blocks = nn.ModuleList(
            GswinBlock(config, stage, i, side, rates[before + i]) for i in range(depth)
        )
        crossing = sum(block.cross is not None for block in self.blocks)
        pools = min(crossing, 1) if self.per_stage else crossing
        self.pools = nn.ModuleList(GlobalWindow(dim, config.window) for _ in range(pools))

    def forward(self, x: Tensor) -> Tensor:
        """Mix a map ``(B, H, W, C)``."""
        stage_window = self.pools[0](x) if self.per_stage and len(self.pools) else None
        pools = iter(self.pools)
        for block in self.blocks:
            own = None if self.per_stage or block.cross is None else next(pools)
            x = block(x, own, stage_window)
        return x


def upsample_twice(x: Tensor) -> Tensor:
    """Repeat each cell of ``(B, C, H, W)`` to ``(B, C, 2H, 2W)``."""
    return F.interpolate(x, scale_factor=2.0, mode="nearest")
