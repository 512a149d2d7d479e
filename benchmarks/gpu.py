"""Image encoding on an NVIDIA GPU, where there is one, beside networks that PyTorch runs eagerly.

All take the same chips as numpy arrays and give numpy arrays back, copies included, in turn: the
shipped encoder with its CUDA graph, the same network without it, and two networks a user would pick
instead, at 224 px with random weights.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.encoders import open_encoder

from .encoding import SWIN, at_peer_size, eager, same_rankings, sample_chips
from .record import Row
from .timing import rate_row, times_ms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder

    from .encoding import Encode

TOPIC, UNIT = "gpu", "chips/s"
NO_GPU = "skipped: no NVIDIA GPU that PyTorch can use"
CHIPS, BATCH, QUESTIONS = 2048, 256, 7


def measure(folder: Path, scenes: Path | None = None) -> list[Row]:
    """Encode chips on the GPU by us and by each peer in turn.

    Args:
        folder: where sample scenes are put, if there are no own ones.
        scenes: folder of GeoTIFFs; ``None``: the sample scenes of ``make demo``.

    Returns:
        A row for each peer, and one for how alike the rankings are to the CPU's; without a GPU one
        row that says so.
    """
    if not gpu_there():
        return [Row(TOPIC, "image encoder on a GPU", UNIT, note=NO_GPU)]
    ours = open_encoder(device="cuda", backend="torch")
    chips = sample_chips(folder, scenes, ours.model.config.image.input_px)
    both = [ours, open_encoder(device="cpu", backend="onnx")]
    alike = same_rankings(TOPIC, both, chips, "the CPU's float32")
    return [*beside_peers(ours, chips, "cuda", CHIPS), alike]


def gpu_there() -> bool:
    """Whether PyTorch is here and sees a GPU."""
    if importlib.util.find_spec("torch") is None:
        return False
    return bool(importlib.import_module("torch").cuda.is_available())


def beside_peers(ours: Encoder, chips: NDArray[np.uint8], device: str, count: int) -> list[Row]:
    """A row for each peer on a device.

    Args:
        ours: our encoder there.
        chips: ``(n, S, S, 3)``; taken again and again until there are enough.
        device: as PyTorch names it.
        count: chips of a round.
    """
    many = np.ascontiguousarray(np.resize(chips, (count, *chips.shape[1:])))
    rows = []
    for name, peer in _peers(ours, device):
        ways = [lambda _, encode=encode: encode(many) for encode in (ours.encode_chips, peer)]
        both = 1e3 * count / times_ms(ways, QUESTIONS, rounds=1)
        note = f"{ours.device}; {count:,} chips a round"
        rows.append(
            rate_row(TOPIC, "image encoder on a GPU", *both, unit=UNIT, against=name, note=note)
        )
    return rows


def _peers(ours: Encoder, device: str) -> Iterator[tuple[str, Encode]]:
    """Peers in bfloat16, one in memory at a time."""
    from cmpagl_model.network import from_pretrained  # noqa: PLC0415 - torch is an extra

    timm = importlib.import_module("timm")
    own = from_pretrained(ours.model.path).to(device)
    yield (
        "its own eager PyTorch",
        eager(lambda pixels: own.encode_image(pixels).embedding, device, BATCH),
    )
    for name, known in (("timm Swin-T", SWIN), ("timm ViT-B/32", "vit_base_patch32_clip_224")):
        network = timm.create_model(known, pretrained=False, num_classes=0).eval().to(device)
        yield name, eager(at_peer_size(network), device, BATCH)
