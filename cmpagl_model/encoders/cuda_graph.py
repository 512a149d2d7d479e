"""The image tower on an NVIDIA GPU: recorded once as a CUDA graph, fed from two pinned buffers.

Launching the tower's few hundred kernels one by one takes the processor longer than the GPU needs
to run them; a graph launches them all at once. Every batch has the same size, the last one filled
up with what lay there before: kernels, and with them the last bits of a vector, depend on the size
of a batch.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

    from cmpagl_model.network import CmpaglModel

    Encode = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

GRAPH_BATCH = 128
"""Chips of a replay: large enough to fill a GPU, and 0.8 GB of its memory."""
WARM_UPS = 3
What = Literal["tokens", "embedding"]


def encoded_in_range(pixels: NDArray[np.uint8], short: Encode, full: Encode) -> NDArray[np.float32]:
    """Encode in a short format, and once more in a full one what outgrew it.

    Each chip is judged alone, so that its vector does not depend on its neighbours.

    Args:
        pixels: ``(n, S, S, 3)``, n at least 1.
        short: encodes some of them; gives inf or NaN for a chip whose numbers outgrow its format.
        full: encodes some of them in a format that nothing outgrows.

    Returns:
        What they gave, ``(n, ...)``.
    """
    found = short(pixels)
    lost = ~np.isfinite(found.reshape(len(found), -1)).all(axis=1)
    if lost.any():
        found[lost] = full(pixels[lost])
    return found


class GraphedImageTower:
    """Encodes chips with a network that lies on a GPU; safe from several threads.

    In float16: as fast as bfloat16, and eight times as fine (decision 11).
    """

    def __init__(
        self,
        network: CmpaglModel,
        dtype: torch.dtype = torch.float16,
    ) -> None:
        """Record the graph; takes two or three seconds.

        Args:
            network: in evaluation mode, on the GPU.
            dtype: of matrix products and convolutions.
        """
        self._device = network.log_temperature.device
        side = network.config.image.input_px
        self._lock = threading.Lock()
        self._copies = torch.cuda.Stream(self._device)
        self._slots = [_Slot(GRAPH_BATCH, side, self._device) for _ in range(2)]
        self._input = torch.zeros(
            GRAPH_BATCH, side, side, 3, dtype=torch.uint8, device=self._device
        )
        self._graph = torch.cuda.CUDAGraph()
        self._found: dict[What, Tensor] = {}
        self._record(network, dtype)

    @torch.inference_mode()
    def _record(self, network: CmpaglModel, dtype: torch.dtype) -> None:
        # A graph has no use for casts kept from an earlier call: they lie outside its memory.
        short = torch.autocast(
            "cuda", dtype=dtype, enabled=dtype != torch.float32, cache_enabled=False
        )
        aside = torch.cuda.Stream(self._device)
        aside.wait_stream(torch.cuda.current_stream(self._device))
        with torch.cuda.stream(aside), short:
            for _ in range(WARM_UPS):  # libraries choose their kernels and take their memory
                network.encode_image(self._input)
        torch.cuda.current_stream(self._device).wait_stream(aside)
        # Other threads may use the GPU meanwhile: a search by words.
        with torch.cuda.graph(self._graph, capture_error_mode="thread_local"), short:
            encoded = network.encode_image(self._input)
            self._found = {"tokens": encoded.tokens.float(), "embedding": encoded.embedding}

    def encode(self, pixels: NDArray[np.uint8], what: What) -> NDArray[np.float32]:
        """Encode chips.

        Args:
            pixels: ``(n, S, S, 3)``, n at least 1.
            what: ``tokens`` ``(n, 1 + R, C)``, or ``embedding`` ``(n, D)``.

        Returns:
            Float32, in the order given; the same chip gives the same to the bit, whatever else is
            in the batch.
        """
        whole = torch.from_numpy(pixels)
        with self._lock, torch.inference_mode():
            parts = [
                self._replay(part, self._slots[number % 2])[what][: len(part)].clone()
                for number, part in enumerate(whole.split(GRAPH_BATCH))
            ]
            found: NDArray[np.float32] = torch.cat(parts).cpu().numpy()
            return found

    def _replay(self, part: Tensor, slot: _Slot) -> dict[What, Tensor]:
        """Outputs of the graph, valid until the next replay; the processor does not wait for it."""
        computing = torch.cuda.current_stream(self._device)
        slot.taken.synchronize()
        slot.host[: len(part)] = part  # while the GPU computes the batch before
        with torch.cuda.stream(self._copies):
            slot.device.copy_(slot.host, non_blocking=True)
            slot.there.record(self._copies)
        computing.wait_event(slot.there)
        self._input.copy_(slot.device)
        slot.taken.record(computing)
        self._graph.replay()
        return self._found


class _Slot:
    """Pixels on their way: pinned memory, its copy on the GPU, and how far both are."""

    def __init__(self, count: int, side: int, device: torch.device) -> None:
        shape = (count, side, side, 3)
        self.host = torch.zeros(shape, dtype=torch.uint8, pin_memory=True)
        self.device = torch.zeros(shape, dtype=torch.uint8, device=device)
        self.there, self.taken = torch.cuda.Event(), torch.cuda.Event()
