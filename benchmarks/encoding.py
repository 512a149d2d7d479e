"""Image encoding beside its peers.

All encode the same chips in batches of the same size, in turn, in this process: the shipped
encoder, the same network by eager PyTorch, and two networks a user would pick instead, at 224 px
with random weights, for only their speed is asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index.pixels import fit_chips
from tiling import ChipImage, ChipSpec, describe_scene, find_scenes, plan_chips, read_chips
from tools.demo_scenes import sample_scenes

from .record import ABSENT, Row
from .timing import rate_row, times_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder

    Encode = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

TOPIC, UNIT = "encoding", "chips/s"
BATCH, BATCHES, ROUNDS = 32, 6, 3
PEER_PX = 224
K = 100
QUERIES = (
    "boats on a canal", "a dense forest", "houses with red roofs", "farmland beside a road",
    "a river with a bridge", "an industrial area with large halls", "ponds", "bare mountains",
    "a parking lot", "a football field", "a road through green fields", "storage tanks",
)  # fmt: skip
"""Sentences whose rankings are compared."""
RANKINGS = f"recall@{K} of {len(QUERIES)} rankings"
SWIN = "swin_tiny_patch4_window7_224"


@dataclass(frozen=True, slots=True)
class Peer:
    """Another way to encode the same chips."""

    name: str
    """As the table names it."""
    wanted_ratio: float
    """How many times faster we mean to be."""
    encode: Encode | None
    """Encodes chips ``(n, S, S, 3)``; ``None``: not installed."""


def measure(folder: Path, scenes: Path | None = None) -> list[Row]:
    """Encode chips by us and by each peer in turn.

    Args:
        folder: where sample scenes are put, if there are no own ones.
        scenes: folder of GeoTIFFs; ``None``: the sample scenes of ``make demo``.

    Returns:
        A row for each peer, and one for how alike the rankings are to those of eager PyTorch.
    """
    ours = open_encoder(device="cpu")
    side = ours.model.config.image.input_px
    chips = sample_chips(folder, scenes, side)
    batches = [chips[start : start + BATCH] for start in range(0, BATCH * BATCHES, BATCH)]
    rows = []
    for peer in _peers():
        if peer.encode is None:
            rows.append(Row(TOPIC, "image encoder", UNIT, against=peer.name, note=ABSENT))
            continue
        ways: list[Encode] = [ours.encode_chips, peer.encode]
        asked = [lambda n, encode=encode: encode(batches[n]) for encode in ways]
        fields = {"against": peer.name, "wanted_ratio": peer.wanted_ratio}
        note = f"batches of {BATCH}, one after the other"
        both = 1e3 * BATCH / times_ms(asked, len(batches), ROUNDS)
        rows.append(rate_row(TOPIC, "image encoder", *both, unit=UNIT, **fields, note=note))
    against = "its own eager PyTorch"
    if not _installed("torch"):
        return [*rows, Row(TOPIC, RANKINGS, "share", against=against, note=ABSENT)]
    others = [open_encoder(device="cpu", backend=backend) for backend in ("onnx", "torch")]
    return [*rows, same_rankings(TOPIC, others, chips, against)]


def sample_chips(folder: Path, scenes: Path | None, side: int) -> NDArray[np.uint8]:
    """Up to 1,000 chips of all scenes in a folder, at the default ground sizes.

    Args:
        folder: where sample scenes are put, if there are no own ones.
        scenes: folder of GeoTIFFs; ``None``: the sample scenes of ``make demo``.
        side: of the chips, px.

    Returns:
        ``(n, side, side, 3)``; some hundred at least, those of a small folder several times.
    """
    spec = ChipSpec(size_px=side)
    paths = find_scenes([str(scenes or sample_scenes(folder))]).paths
    described = (describe_scene(path, spec) for path in paths)
    read = (
        chip.pixels
        for scene in described
        for chip in read_chips(scene, plan_chips(scene, spec), spec)
        if isinstance(chip, ChipImage)
    )
    found = list(islice(read, 1000))
    while len(found) < BATCH * BATCHES:
        found += found  # a small folder: the same chips again, for the time is the same
    return fit_chips(found, side)


def shared_best(encoders: Sequence[Encoder], chips: NDArray[np.uint8]) -> float:
    """Recall@k of an encoder's rankings of chips, those of a second one being the truth.

    Args:
        encoders: the one and the other.
        chips: ``(n, S, S, 3)``; embeddings are rounded as an index rounds them.

    Returns:
        Mean share over some sentences, 0 to 1.
    """
    best = []
    for encoder in encoders:
        parts = [encoder.encode_chips(chips[at : at + BATCH]) for at in range(0, len(chips), BATCH)]
        stored = np.concatenate(parts).astype(np.float16).astype(np.float32)
        scores = encoder.encode_texts(QUERIES) @ stored.T
        best.append(np.argsort(-scores, axis=1, kind="stable")[:, :K])
    return float(np.mean([len({*m} & {*t}) / K for m, t in zip(*best, strict=True)]))


def same_rankings(
    topic: str, encoders: Sequence[Encoder], chips: NDArray[np.uint8], against: str
) -> Row:
    """A row for how alike an encoder's rankings are to those of a second one."""
    return Row(
        topic, RANKINGS, "share", shared_best(encoders, chips), against=against, better="higher",
        limit=0.98, note=f"{len(chips):,} chips, float16 as an index keeps them",
    )  # fmt: skip


def _peers() -> Iterator[Peer]:
    """Peers, one in memory at a time."""
    torch = _installed("torch")
    own = open_encoder(device="cpu", backend="torch").encode_chips if torch else None
    yield Peer("its own eager PyTorch", 1.5, own)
    encode = None
    if torch and _installed("timm"):
        timm = importlib.import_module("timm")
        swin = timm.create_model(SWIN, pretrained=False, num_classes=0).eval()
        encode = eager(at_peer_size(swin))
    yield Peer("timm Swin-T", 8.0, encode)
    encode = None
    if torch and _installed("open_clip"):
        clip = importlib.import_module("open_clip").create_model("ViT-B-32", pretrained=None)
        encode = eager(at_peer_size(clip.eval().visual))
    yield Peer("open_clip ViT-B/32", 5.0, encode)


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def eager(network: Callable[[Any], Any], device: str = "cpu", batch: int = BATCH) -> Encode:
    """What encodes chips with a network of PyTorch; on a GPU in bfloat16.

    Args:
        network: takes tensors ``(n, S, S, 3)`` on the device.
        device: as PyTorch names it.
        batch: chips at a time.
    """
    torch = importlib.import_module("torch")

    def encode(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        short = torch.autocast(device, dtype=torch.bfloat16, enabled=device != "cpu")
        with torch.inference_mode(), short:
            whole = torch.from_numpy(pixels).split(batch)
            found = [network(part.to(device)).float() for part in whole]
            vectors: NDArray[np.float32] = torch.cat(found).cpu().numpy()
            return vectors

    return encode


def at_peer_size(network: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A network at 224 px, resizing and scaling included, as ours includes them.

    Args:
        network: takes tensors ``(n, 3, 224, 224)``; what is returned takes ``(n, S, S, 3)``.
    """
    resize = importlib.import_module("torch").nn.functional.interpolate

    def encode(pixels: Any) -> Any:  # noqa: ANN401 - tensors of an extra
        planes = pixels.permute(0, 3, 1, 2).float() / 255
        return network(resize(planes, size=PEER_PX, mode="bilinear", align_corners=False))

    return encode
