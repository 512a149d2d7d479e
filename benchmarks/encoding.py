"""Image encoding beside its peers.

All encode the same chips in batches of the same size, in turn, in this process: the shipped
encoder, the same network by eager PyTorch, and two networks a user would pick instead, at 224 px
with random weights, for only their speed is asked for.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index.pixels import fit_chips
from tiling import ChipImage, ChipSpec, describe_scene, find_scenes, plan_chips, read_chips

from .record import ABSENT, Row
from .timing import times_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder

    Encode = Callable[[NDArray[np.uint8]], object]

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
        rows.append(_row(peer, times_ms(asked, len(batches), ROUNDS)))
    return [*rows, *_rankings(chips)]


def sample_chips(folder: Path, scenes: Path | None, side: int) -> NDArray[np.uint8]:
    """Up to 1,000 chips of all scenes in a folder, at the default ground sizes.

    Args:
        folder: where sample scenes are put, if there are no own ones.
        scenes: folder of GeoTIFFs; ``None``: the sample scenes of ``make demo``.
        side: of the chips, px.

    Returns:
        ``(n, side, side, 3)``; some hundred at least, those of a small folder several times.
    """
    found = list(islice(_read(scenes or _sample_scenes(folder), side), 1000))
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


def _row(peer: Peer, times: NDArray[np.float64]) -> Row:
    rates = BATCH / (times / 1e3)
    low, median, high = np.percentile(rates[0], [25, 50, 75])
    ratios = np.percentile(times[1] / times[0], [25, 50, 75])
    return Row(
        TOPIC, "image encoder", UNIT, float(median), float(low), float(high), against=peer.name,
        theirs=float(np.median(rates[1])), ratio=float(ratios[1]), ratio_low=float(ratios[0]),
        ratio_high=float(ratios[2]), better="higher", wanted_ratio=peer.wanted_ratio,
        note=f"batches of {BATCH}, one after the other",
    )  # fmt: skip


def _rankings(chips: NDArray[np.uint8]) -> list[Row]:
    """Recall@k of our rankings, those of eager PyTorch being the truth."""
    what, against = f"recall@{K} of {len(QUERIES)} rankings", "its own eager PyTorch"
    if importlib.util.find_spec("torch") is None:
        return [Row(TOPIC, what, "share", against=against, note=ABSENT)]
    encoders = [
        open_encoder(device="cpu", backend="onnx"),
        open_encoder(device="cpu", backend="torch"),
    ]
    shared = shared_best(encoders, chips)
    return [
        Row(
            TOPIC, what, "share", shared, against=against, better="higher",
            limit=0.98, note=f"{len(chips):,} chips, float16 as an index keeps them",
        )
    ]  # fmt: skip


def _read(folder: Path, side: int) -> Iterator[NDArray[np.uint8]]:
    spec = ChipSpec(size_px=side)
    for path in find_scenes([str(folder)]).paths:
        scene = describe_scene(path, spec)
        for read in read_chips(scene, plan_chips(scene, spec), spec):
            if isinstance(read, ChipImage):
                yield read.pixels


def _sample_scenes(folder: Path) -> Path:
    from tools.demo_scenes import sample_scenes  # noqa: PLC0415 - downloads what it needs

    return sample_scenes(folder)


def _peers() -> Iterator[Peer]:
    """Peers, one in memory at a time."""
    torch = importlib.util.find_spec("torch") is not None
    own = open_encoder(device="cpu", backend="torch").encode_chips if torch else None
    yield Peer("its own eager PyTorch", 1.5, own)
    yield Peer("timm Swin-T", 8.0, _swin() if torch and _installed("timm") else None)
    yield Peer("open_clip ViT-B/32", 5.0, _clip() if torch and _installed("open_clip") else None)


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _swin() -> Encode:
    timm = importlib.import_module("timm")
    network = timm.create_model("swin_tiny_patch4_window7_224", pretrained=False, num_classes=0)
    return _eager(network.eval())


def _clip() -> Encode:
    network = importlib.import_module("open_clip").create_model("ViT-B-32", pretrained=None)
    return _eager(network.eval().visual)


def _eager(network: Callable[..., object]) -> Encode:
    """A float32 network at 224 px, resizing and scaling included, as ours includes them."""
    torch = importlib.import_module("torch")

    def encode(pixels: NDArray[np.uint8]) -> object:
        with torch.inference_mode():
            planes = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
            resize = torch.nn.functional.interpolate
            return network(resize(planes, size=PEER_PX, mode="bilinear", align_corners=False))

    return encode
