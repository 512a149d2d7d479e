"""A model that is not CMPAGL's own: any two ONNX graphs, as their ``model.json`` describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.errors import ModelError, first_line
from cmpagl_model.model_folder import IMAGE_GRAPH, TEXT_GRAPH
from cmpagl_model.pair import PairConfig
from tiling.errors import translate_errors

from .onnx_runtime import OnnxEncoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.pair import PairImage

    from .tokens import Words

DTYPES = {
    "tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64,
    "tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(bool)": np.bool_,
}  # fmt: skip
MASK = "mask"
SMALLEST_LENGTH = 1e-12


def normalised(pixels: NDArray[np.uint8], wanted: PairImage) -> NDArray[np.float32]:
    """Chips ``(n, S, S, 3)`` as a graph takes them, ``(n, 3, S, S)``."""
    mean, std = np.array(wanted.mean, np.float32), np.array(wanted.std, np.float32)
    scaled = (pixels.astype(np.float32) / 255 - mean) / std
    return np.asarray(scaled, np.float32).transpose(0, 3, 1, 2)


class PairEncoder(OnnxEncoder):
    """Feeds the graphs what they take, and makes unit vectors of what they give.

    ``image.onnx`` takes one input, ``(n, 3, S, S)``; ``text.onnx`` token numbers ``(n, T)`` and, if
    a second input has *mask* in its name, which of them are no padding. The first output of each is
    ``(n, D)``.
    """

    def _run_image(self, pixels: NDArray[np.uint8], _output: str) -> NDArray[np.float32]:
        first, *others = self._session(IMAGE_GRAPH).get_inputs()
        if others:
            raise self._wrong(IMAGE_GRAPH, f"it takes {1 + len(others)} inputs, wanted one")
        return self._unit(IMAGE_GRAPH, {first.name: normalised(pixels, self._config.image)})

    def _run_text(self, words: Words, _output: str) -> NDArray[np.float32]:
        names = [each.name for each in self._session(TEXT_GRAPH).get_inputs()]
        masks = [name for name in names if MASK in name]
        ids = [name for name in names if name not in masks]
        if len(ids) != 1 or len(masks) > 1:
            raise self._wrong(
                TEXT_GRAPH, f"it takes {', '.join(names)}, wanted token numbers and at most a mask"
            )
        inputs = {ids[0]: words.ids, **dict.fromkeys(masks, words.mask)}
        return self._unit(TEXT_GRAPH, inputs)

    @property
    def _config(self) -> PairConfig:
        config = self.model.config
        if not isinstance(config, PairConfig):
            raise TypeError(f"{self.model.path}: found a model of CMPAGL's own, wanted a pair")
        return config

    def _unit(self, graph: str, inputs: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        """Unit vectors ``(n, D)``, D as the settings say.

        Raises:
            ModelError: if the graph does not take such inputs, or gives something else.
        """
        session = self._session(graph)
        fed = {
            each.name: np.ascontiguousarray(inputs[each.name], DTYPES.get(each.type))
            for each in session.get_inputs()
        }
        with translate_errors(lambda error: self._wrong(graph, first_line(error))):
            found = session.run([session.get_outputs()[0].name], fed)[0]
        rows, size = len(next(iter(fed.values()))), self._config.embedding_size
        if np.shape(found) != (rows, size):
            raise self._wrong(
                graph, f"its first output is of shape {np.shape(found)}, wanted {(rows, size)}"
            )
        vectors = np.asarray(found, np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: NDArray[np.float32] = vectors / np.maximum(lengths, SMALLEST_LENGTH)
        return unit

    def _wrong(self, graph: str, what: str) -> ModelError:
        return ModelError(
            f"{self.model.path / graph}: the graph is not as model.json says: {what}; next: "
            "correct model.json or the graph; docs/other-models.md says what fits"
        )
