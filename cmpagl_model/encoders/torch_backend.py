"""The PyTorch encoder: a CUDA graph in float16 for chips on a GPU; CPU too."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from cmpagl_model.network import from_pretrained

from .cuda_graph import GraphedImageTower, encoded_in_range
from .protocol import WordTokens
from .tokens import check_fusion, load_tokenizer, tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cmpagl_model.model_folder import ModelFolder
    from cmpagl_model.network.model import Encoded

    from .cuda_graph import What
    from .tokens import Words

GPU_FORMATS = (torch.float16, torch.float32)
"""Of the image tower on a GPU: as a rule, and for a chip whose numbers outgrow the first."""


class TorchEncoder:
    """Encodes with the network itself."""

    def __init__(self, model: ModelFolder, device: str = "cpu") -> None:
        """Load the weights onto ``device`` (``cpu`` or ``cuda``).

        Raises:
            ModelError: if the folder holds no usable weights.
        """
        self._model, self._device = model, torch.device(device)
        self._network = from_pretrained(model.path).to(self._device)
        self._network.image.to(memory_format=torch.channels_last)
        self._tokenizer = load_tokenizer(model)
        self._graphed: dict[torch.dtype, GraphedImageTower] = {}
        self._recording = threading.Lock()

    @property
    def model(self) -> ModelFolder:
        """The model whose embeddings these are."""
        return self._model

    @property
    def device(self) -> str:
        """``GPU (PyTorch, NAME)`` or ``CPU (PyTorch)``."""
        if self._device.type == "cuda":
            return f"GPU (PyTorch, {torch.cuda.get_device_name(self._device)})"
        return "CPU (PyTorch)"

    def encode_chips(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Unit vectors ``(n, D)`` of chips ``(n, S, S, 3)``; see the protocol."""
        return self._encode_image(pixels, "embedding")

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors ``(len(texts), D)``; see the protocol."""
        return self._encode_text(tokenise(self._tokenizer, texts)).embedding.cpu().numpy()

    def chip_tokens(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Tokens ``(n, 1 + R, C)`` of chips ``(n, S, S, 3)``; see the protocol."""
        check_fusion(self._model)
        return self._encode_image(pixels, "tokens")

    def word_tokens(self, texts: Sequence[str]) -> WordTokens:
        """Tokens of sentences; see the protocol."""
        check_fusion(self._model)
        words = tokenise(self._tokenizer, texts)
        return WordTokens(self._encode_text(words).tokens.float().cpu().numpy(), words.mask)

    def match(self, words: WordTokens, chips: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits ``(n,)`` of sentence i matching chip i; see the protocol."""
        check_fusion(self._model)
        inputs = (torch.from_numpy(part) for part in (words.tokens, words.mask, chips))
        with torch.inference_mode():  # pairs are few, too
            logits = self._network.match(*(part.to(self._device) for part in inputs))
        return (logits[:, 1] - logits[:, 0]).cpu().numpy()

    def _encode_image(self, pixels: NDArray[np.uint8], what: What) -> NDArray[np.float32]:
        whole = np.ascontiguousarray(pixels)
        if self._device.type == "cuda":
            short, full = (partial(self._on_gpu, dtype, what) for dtype in GPU_FORMATS)
            return encoded_in_range(whole, short, full)
        with torch.inference_mode():
            encoded = self._network.encode_image(torch.from_numpy(whole))
            found: NDArray[np.float32] = getattr(encoded, what).numpy()
            return found

    def _on_gpu(
        self, dtype: torch.dtype, what: What, pixels: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        """By a graph, recorded when it is first needed: a search by words needs none."""
        with self._recording:
            if dtype not in self._graphed:
                self._graphed[dtype] = GraphedImageTower(self._network, dtype)
            graphed = self._graphed[dtype]
        return graphed.encode(pixels, what)

    def _encode_text(self, words: Words) -> Encoded:
        ids = torch.from_numpy(words.ids).to(self._device)
        mask = torch.from_numpy(words.mask).to(self._device)
        with torch.inference_mode():  # sentences are few: full precision costs nothing
            return self._network.encode_text(ids, mask)
