"""Device and number format of a run."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from cmpagl_model.errors import ConfigError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from .settings import RunConfig

FORMATS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


@dataclass(frozen=True, slots=True)
class Compute:
    """Where and in which format matrix products are computed; weights stay in float32."""

    device: torch.device
    """The device."""
    dtype: torch.dtype
    """float32, bfloat16 or float16."""

    def autocast(self) -> AbstractContextManager[object]:
        """The context of a forward pass."""
        if self.dtype == torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, dtype=self.dtype)

    def scaler(self) -> torch.amp.GradScaler:
        """Keeps small gradients of float16 above zero; does nothing for the other formats."""
        return torch.amp.GradScaler(self.device.type, enabled=self.dtype == torch.float16)

    def __str__(self) -> str:
        """``cpu, float32``."""
        return f"{self.device}, {str(self.dtype).removeprefix('torch.')}"


def choose_compute(config: RunConfig, local_rank: int = 0) -> Compute:
    """Device and number format that a run asks for.

    Args:
        config: the run.
        local_rank: number of this process on its machine, and so of its GPU.

    Returns:
        ``auto`` is a GPU where there is one, in bfloat16 where it has it, else in float16; on a
        CPU bfloat16 where the processor multiplies it in hardware, else float32.

    Raises:
        ConfigError: if a GPU is asked for and there is none.
    """
    if config.device == "cuda" and not torch.cuda.is_available():
        raise ConfigError(
            'device: found no usable NVIDIA GPU, wanted one for device = "cuda"; '
            'next: set device = "cpu" or "auto"'
        )
    if config.device != "cpu" and torch.cuda.is_available():
        torch.cuda.set_device(local_rank)
        device = torch.device("cuda", local_rank)
    else:
        device = torch.device("cpu")
    if config.precision != "auto":
        return Compute(device, FORMATS[config.precision])
    if device.type == "cuda":
        half = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        return Compute(device, half)
    # Without these instructions bfloat16 is 10 to 50 times slower.
    names = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    fast = any(getattr(torch.cpu, name, bool)() for name in names)
    return Compute(device, torch.bfloat16 if fast else torch.float32)
