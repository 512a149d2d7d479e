"""The light encoder: ONNX Runtime on a CPU or through its GPU providers, no torch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime

from cmpagl_model.errors import ModelError, first_line
from cmpagl_model.model_folder import FUSION_GRAPH, IMAGE_GRAPH, TEXT_GRAPH
from tiling.errors import translate_errors

from .protocol import WordTokens
from .tokens import check_fusion, load_tokenizer, tokenise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cmpagl_model.model_folder import ModelFolder

    from .tokens import Words

onnxruntime.disable_telemetry_events()  # for builds that do not ask the environment
CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
ERRORS_ONLY = 3
SPINNING = "session.intra_op.allow_spinning"
CHIPS_AT_A_TIME = max(16, 2 * (os.cpu_count() or 1))
"""That a CPU encodes: each takes some megabytes meanwhile, and more of them are no faster."""


class OnnxEncoder:
    """Encodes with the ``image.onnx``, ``text.onnx`` and ``fusion.onnx`` of a model folder.

    Each graph is loaded when it is first used, so a plain search never loads the image tower.
    """

    def __init__(self, model: ModelFolder, *, gpu: bool = False) -> None:
        self._model, self._gpu = model, gpu
        self._sessions: dict[str, onnxruntime.InferenceSession] = {}
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
        return self._in_steps(pixels, "embedding")

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors ``(len(texts), D)``; see the protocol."""
        return self._run_text(tokenise(self._tokenizer, texts), "embedding")

    def chip_tokens(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Tokens ``(n, 1 + R, C)`` of chips ``(n, S, S, 3)``; see the protocol."""
        check_fusion(self._model)
        return self._in_steps(pixels, "tokens")

    def word_tokens(self, texts: Sequence[str]) -> WordTokens:
        """Tokens of sentences; see the protocol."""
        check_fusion(self._model)
        words = tokenise(self._tokenizer, texts)
        return WordTokens(self._run_text(words, "tokens"), words.mask)

    def match(self, words: WordTokens, chips: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits ``(n,)`` of sentence i matching chip i; see the protocol."""
        check_fusion(self._model)
        inputs: dict[str, NDArray[Any]] = {
            "words": words.tokens, "mask": words.mask, "chips": chips
        }  # fmt: skip
        return self._run(FUSION_GRAPH, inputs, "logit")

    def _in_steps(self, pixels: NDArray[np.uint8], output: str) -> NDArray[np.float32]:
        """What the image tower makes of chips; all at once on a GPU alone."""
        steps = 1 if self._gpu else max(1, -(-len(pixels) // CHIPS_AT_A_TIME))
        runs = [self._run_image(some, output) for some in np.array_split(pixels, steps)]
        return np.concatenate(runs)

    def _run_image(self, pixels: NDArray[np.uint8], output: str) -> NDArray[np.float32]:
        return self._run(IMAGE_GRAPH, {"pixels": pixels}, output)

    def _run_text(self, words: Words, output: str) -> NDArray[np.float32]:
        return self._run(TEXT_GRAPH, {"ids": words.ids, "mask": words.mask}, output)

    def _run(
        self, graph: str, inputs: Mapping[str, NDArray[Any]], output: str
    ) -> NDArray[np.float32]:
        whole = {name: np.ascontiguousarray(value) for name, value in inputs.items()}
        return np.asarray(self._session(graph).run([output], whole)[0], np.float32)

    def _session(self, graph: str) -> onnxruntime.InferenceSession:
        if graph in self._sessions:
            return self._sessions[graph]
        options = onnxruntime.SessionOptions()
        options.log_severity_level = ERRORS_ONLY
        if graph == IMAGE_GRAPH:  # threads that wait leave the cores to those that read chips
            options.add_session_config_entry(SPINNING, "0")
            # what it plans for batches of one size it takes on top of all that it holds
            options.enable_mem_pattern = self._gpu
        path = self._model.file(graph)

        def refused(error: Exception) -> ModelError:
            return ModelError(
                f"{path}: ONNX Runtime cannot load it ({first_line(error)}); "
                "next: copy the model folder again, or use --model cmpagl_lite"
            )

        with translate_errors(refused):
            session = onnxruntime.InferenceSession(
                str(path), options, providers=[CUDA, CPU] if self._gpu else [CPU]
            )
        self._sessions[graph] = session
        return session


def gpu_available() -> bool:
    """Whether the installed ONNX Runtime can compute on an NVIDIA GPU."""
    return CUDA in onnxruntime.get_available_providers()
