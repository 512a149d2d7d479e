"""Where a model lies, and its fingerprint. No torch: the light inference path starts here.

A model folder holds ``config.json``, ``model.safetensors``, ``tokenizer.json`` and, for inference
without torch, ``image.onnx`` and ``text.onnx`` whose tensors lie in the safetensors file.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from .config import ModelConfig, read_config
from .errors import ModelError

SHIPPED = Path(__file__).parent / "weights"
DEFAULT_MODEL = "cmpagl_lite"
CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
IMAGE_GRAPH, TEXT_GRAPH, FUSION_GRAPH = "image.onnx", "text.onnx", "fusion.onnx"
RERANK, BANK = "rerank.json", "bank"
RELEVANCE, WORDS, ORDER = "relevance.json", "words.txt", "word_order.npy"
OTHERS = (IMAGE_GRAPH, TEXT_GRAPH, FUSION_GRAPH, RERANK, f"{BANK}.npy", f"{BANK}.txt")
"""Files that a model may lack, but not change, to give the same answers."""
PINNED = "fingerprints.json"
HASH_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """One model on disk."""

    path: Path
    """The folder."""
    config: ModelConfig
    """Its configuration."""
    fingerprint: str
    """SHA-256 over all that changes an answer: :attr:`weights_hash`, the graphs, the settings of
    re-ranking, the bank."""
    weights_hash: str
    """SHA-256 over configuration (preprocessing included), tokenizer and weights: what a bank is
    made with. The bank names it, and so cannot be part of it."""

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
        ModelError: if there is none, it is incomplete, or a shipped one is not as it was shipped.
        ConfigError: if its configuration does not hold.
    """
    shipped = name in shipped_models()
    path = SHIPPED / name if shipped else Path(name)
    if not (path / CONFIG).is_file():
        raise ModelError(
            f"found no model {name!r}; wanted one of {', '.join(shipped_models()) or 'none'} "
            f"or a folder that holds {CONFIG} and {WEIGHTS}"
        )
    folder = fingerprinted(path)
    wanted = pinned_fingerprints().get(name, folder.fingerprint) if shipped else folder.fingerprint
    if wanted != folder.fingerprint:
        raise ModelError(
            f"{path}: found a model of fingerprint {folder.fingerprint[:12]}, wanted "
            f"{wanted[:12]} as it was shipped, so a file of it is damaged or changed; next: "
            "install cmpagl-qgis anew, or, if these are new weights, run "
            "'python -m tools.pin_weights'"
        )
    return folder


def fingerprinted(path: Path) -> ModelFolder:
    """A folder with its configuration and fingerprints, whatever is pinned.

    Raises:
        ModelError: if it is incomplete.
        ConfigError: if its configuration does not hold.
    """
    folder = ModelFolder(path, read_config(path / CONFIG), "", "")
    weights = _sha256([folder.file(part) for part in (CONFIG, TOKENIZER, WEIGHTS)])
    others = [path / name for name in OTHERS if (path / name).is_file()]
    pages = [f"weights {weights}", *(f"{other.name} {_sha256([other])}" for other in others)]
    whole = hashlib.sha256("\n".join(pages).encode()).hexdigest()
    return ModelFolder(path, folder.config, whole, weights)


def pinned_fingerprints() -> dict[str, str]:
    """Fingerprints of the shipped models by name, as they were packaged.

    Raises:
        ModelError: if the list is damaged.
    """
    page = SHIPPED / PINNED
    try:
        return dict(json.loads(page.read_text(encoding="utf-8"))) if page.is_file() else {}
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"{page}: cannot be read ({error}); next: install cmpagl-qgis anew"
        ) from error


def _sha256(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            while piece := stream.read(HASH_PIECE):
                digest.update(piece)
    return digest.hexdigest()
