"""Where a model lies, and its fingerprint. No torch: the light inference path starts here.

A model folder holds ``config.json``, ``model.safetensors``, ``tokenizer.json`` and, for inference
without torch, ``image.onnx`` and ``text.onnx`` whose tensors lie in the safetensors file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from .config import ModelConfig, read_config
from .errors import ModelError

SHIPPED = Path(__file__).parent / "weights"
DEFAULT_MODEL = "cmpagl_lite"
CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
IMAGE_GRAPH, TEXT_GRAPH, FUSION_GRAPH = "image.onnx", "text.onnx", "fusion.onnx"
RERANK, BANK = "rerank.json", "bank"
HASH_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """One model on disk."""

    path: Path
    """The folder."""
    config: ModelConfig
    """Its configuration."""
    fingerprint: str
    """SHA-256 over configuration (preprocessing included), tokenizer and weights."""

    @property
    def name(self) -> str:
        """Name of the model's variant."""
        return self.config.name

    def file(self, name: str) -> Path:
        """The path of one of its files.

        Raises:
            ModelError: if the file is not there.
        """
        path = self.path / name
        if not path.is_file():
            raise ModelError(
                f"{self.path}: no {name} in this model folder; wanted a complete CMPAGL model; "
                "next: copy the folder again, or use --model cmpagl_lite"
            )
        return path


def shipped_models() -> list[str]:
    """Names of the models inside this package."""
    return sorted(folder.parent.name for folder in SHIPPED.glob(f"*/{CONFIG}"))


def find_model(name: str = DEFAULT_MODEL) -> ModelFolder:
    """A model by name or by folder.

    Args:
        name: a shipped model, or the path of a model folder.

    Returns:
        The folder, its configuration checked and its files fingerprinted.

    Raises:
        ModelError: if there is none, or it is incomplete.
        ConfigError: if its configuration does not hold.
    """
    path = SHIPPED / name if name in shipped_models() else Path(name)
    if not (path / CONFIG).is_file():
        raise ModelError(
            f"found no model {name!r}; wanted one of {', '.join(shipped_models()) or 'none'} "
            f"or a folder that holds {CONFIG} and {WEIGHTS}"
        )
    folder = ModelFolder(path, read_config(path / CONFIG), "")
    files = [folder.file(part) for part in (CONFIG, TOKENIZER, WEIGHTS)]
    return ModelFolder(path, folder.config, _fingerprint(files))


def _fingerprint(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            while piece := stream.read(HASH_PIECE):
                digest.update(piece)
    return digest.hexdigest()
