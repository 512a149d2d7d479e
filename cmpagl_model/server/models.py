"""The encoders of one engine: each model is found, fingerprinted and loaded once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index.format import check_model
from cmpagl_model.model_folder import BANK, DEFAULT_MODEL, find_model, known_as, known_models

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.encoders.choose import Device
    from cmpagl_model.index.format import IndexInfo
    from cmpagl_model.model_folder import ModelFolder
    from tiling import SceneRecord


class Models:
    """Encoders by the name of their model. Threads may share it."""

    def __init__(self, name: str | None, device: Device) -> None:
        """Take the model and the device that the client wants; ``None``: each index's own."""
        self._name, self._device = name, device
        self._encoders: dict[str, Encoder] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """The models that a new index can be made with: the client's alone, or all known ones."""
        return [self._name] if self._name else known_models()

    @property
    def default_name(self) -> str:
        """What the model for new indexes is called by default."""
        return self._name or DEFAULT_MODEL

    def default(self, wanted: str | None = None) -> Encoder:
        """The encoder for new indexes.

        Args:
            wanted: known name or folder; ``None``: the client's, else the shipped one.

        Raises:
            ModelError: if the model is missing or damaged.
            MissingExtraError: if the device asked for is not there.
        """
        return self._encoder(wanted or self.default_name)

    def for_index(
        self,
        folder: Path,
        info: IndexInfo,
        wanted: str | None = None,
        *,
        scenes: Iterable[SceneRecord] = (),
    ) -> Encoder:
        """The encoder that made an index.

        Args:
            folder: the index, for messages.
            info: its front page.
            wanted: known name or folder; ``None``: the client's, else the index's own.
            scenes: its scenes, for messages; empty: all can be read again.

        Raises:
            IndexMismatchError: if the model at hand is another one.
            ModelError: if the model is missing or damaged.
            MissingExtraError: if the device asked for is not there.
        """
        encoder = self._encoder(wanted or self._name or known_as(info.model))
        check_model(folder, info, encoder.model.id, scenes)
        return encoder

    def _encoder(self, name: str) -> Encoder:
        with self._lock:
            if name not in self._encoders:
                self._encoders[name] = open_encoder(find_model(name), self._device)
            return self._encoders[name]


def rerankings(model: ModelFolder) -> tuple[str, ...]:
    """The ways of re-ranking that a model has what it takes for."""
    banked = (model.path / f"{BANK}.npy").is_file()
    fused = model.config.fusion_layers > 0
    possible = {"none": True, "smr": banked, "fusion": fused, "full": banked and fused}
    return tuple(name for name, can in possible.items() if can)
