"""The light encoder: ONNX Runtime on a CPU or through its GPU providers, no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from cmpagl_model.errors import ModelError
from cmpagl_model.model_folder import IMAGE_GRAPH, TEXT_GRAPH

from .tokens import load_tokenizer, tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cmpagl_model.model_folder import ModelFolder

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
ERRORS_ONLY = 3


class OnnxEncoder:
    """Encodes with the ``image.onnx`` and ``text.onnx`` of a model folder.

    Each tower is loaded when it is first used, so a search never loads the image tower.
    """

    def __init__(self, model: ModelFolder, *, gpu: bool = False) -> None:
        self._model, self._gpu = model, gpu
        self._image: onnxruntime.InferenceSession | None = None
        self._text: onnxruntime.InferenceSession | None = None
        self._tokenizer = load_tokenizer(model)

    @property
    def model(self) -> ModelFolder:
        """The model whose embeddings these are."""
        return self._model

    @property
    def device(self) -> str:
        """``GPU (ONNX Runtime)`` or ``CPU (ONNX Runtime)``."""
        return f"{'GPU' if self._gpu else 'CPU'} (ONNX Runtime)"

    def encode_chips(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Unit vectors ``(n, D)`` of chips ``(n, S, S, 3)``; see the protocol."""
        if self._image is None:
            self._image = self._session(IMAGE_GRAPH)
        return _run(self._image, {"pixels": np.ascontiguousarray(pixels)})

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors ``(len(texts), D)``; see the protocol."""
        if self._text is None:
            self._text = self._session(TEXT_GRAPH)
        words = tokenise(self._tokenizer, texts)
        return _run(self._text, {"ids": words.ids, "mask": words.mask})

    def _session(self, graph: str) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = ERRORS_ONLY
        path = self._model.file(graph)
        try:
            return onnxruntime.InferenceSession(
                str(path), options, providers=[CUDA, CPU] if self._gpu else [CPU]
            )
        except Exception as error:  # the runtime raises its own unrelated classes
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ModelError(
                f"{path}: ONNX Runtime cannot load it ({reason}); "
                "next: copy the model folder again, or use --model cmpagl_lite"
            ) from error


def gpu_available() -> bool:
    """Whether the installed ONNX Runtime can compute on an NVIDIA GPU."""
    return CUDA in onnxruntime.get_available_providers()


def _run(
    session: onnxruntime.InferenceSession, inputs: dict[str, NDArray[np.generic]]
) -> NDArray[np.float32]:
    (embedding,) = session.run(None, inputs)
    return np.asarray(embedding, np.float32)
