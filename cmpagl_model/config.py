"""The settings of a model, as frozen records. A variant is a row of :data:`VARIANTS`.

No torch here: the light inference path reads the same records from ``config.json``.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from .errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

BlockLayout = Literal["add", "replace", "swin"]
GlobalLocalMode = Literal["kv_global", "q_global", "concat"]
GlobalWindowMode = Literal["per_block", "per_stage"]
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class GswinConfig:
    """Gswin blocks (docs/method.md 2.2): local windows plus one global window."""

    dims: tuple[int, ...]
    """Channels of each stage."""
    depths: tuple[int, ...]
    """Blocks in each stage."""
    heads: tuple[int, ...]
    """Attention heads of each stage."""
    window: int
    """Side of a local window and of the global window, in tokens."""
    mlp_ratio: float = 4.0
    """Hidden width of the MLP over the channels."""
    block: BlockLayout = "add"
    """``add``: cross-attention before the MLP; ``replace``: in place of shifted windows;
    ``swin``: none, for comparisons."""
    gl_mode: GlobalLocalMode = "kv_global"
    """Who asks and who answers in the global-local cross-attention."""
    global_window: GlobalWindowMode = "per_block"
    """How often the global window is pooled again."""
    drop_path: float = 0.0
    """Largest probability of dropping a residual branch in training, 0 to 1."""


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """The image tower."""

    backbone: str
    """timm name of the convolutional stem, or of the Swin whose weights are loaded."""
    input_px: int
    """Side of the square input, in px."""
    gswin: GswinConfig
    """The Gswin stages."""
    mean: tuple[float, float, float]
    """Mean of each channel (red, green, blue) that the weights expect, 0 to 1."""
    std: tuple[float, float, float]
    """Standard deviation of each channel, 0 to 1."""


@dataclass(frozen=True, slots=True)
class TextConfig:
    """The text tower: the first layers of a BERT."""

    source: str
    """Hub name of the pretrained BERT."""
    layers: int
    """Transformer layers of the text encoder."""
    dim: int
    """Channels of a token."""
    heads: int
    """Attention heads."""
    intermediate: int
    """Hidden width of the feed-forward layers."""
    vocabulary: int = 30522
    """Word pieces known."""
    max_tokens: int = 40
    """Longest sentence in word pieces, both special tokens included; the rest is cut off."""
    pooling: Literal["cls", "mean"] = "cls"
    """Which token stands for the sentence."""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """A whole CMPAGL model."""

    name: str
    """Name of the variant."""
    image: ImageConfig
    """The image tower."""
    text: TextConfig
    """The text tower."""
    fusion_layers: int
    """Layers of the multimodal encoder; 0: the model holds the two towers only."""
    embedding_size: int = 256
    """Length of an embedding."""
    heads: int = 0
    """Projection heads of each tower, brought to one embedding by a linear map; 0: one linear
    layer in their place."""
    head_width: int = 512
    """Hidden channels of a projection head."""
    temperature: float = 0.07
    """Starting value of the learnable temperature."""
    taught: tuple[str, ...] = ("train",)
    """Parts of its data sets that its weights have learned from: recalls on these say nothing of
    pictures that nobody has shown it."""

    def __post_init__(self) -> None:
        """Check what the builder relies on.

        Raises:
            ConfigError: if the sizes do not fit together.
        """
        gswin = self.image.gswin
        if not 0 < len(gswin.dims) == len(gswin.depths) == len(gswin.heads):
            raise ConfigError(
                f"{self.name}: found {len(gswin.dims)} dims, {len(gswin.depths)} depths and "
                f"{len(gswin.heads)} heads; wanted one of each for every Gswin stage"
            )
        shared = [*zip(gswin.dims, gswin.heads, strict=True), (self.text.dim, self.text.heads)]
        for dim, heads in shared:
            if heads < 1 or dim % heads:
                raise ConfigError(
                    f"{self.name}: found {dim} channels for {heads} attention heads, "
                    "wanted a multiple of the heads"
                )

    def to_json(self) -> str:
        """The configuration as readable JSON text, keys sorted."""
        return json.dumps(dataclasses.asdict(self), indent=1, sort_keys=True) + "\n"


def record_from_dict(record_type: type[Record], values: object, where: str) -> Record:
    """Build a (nested) frozen record from parsed JSON or TOML, naming every unknown key.

    Args:
        record_type: the dataclass to build.
        values: the parsed object.
        where: how the source is called in messages.

    Returns:
        The record; missing keys take their defaults.

    Raises:
        ConfigError: if a key is unknown, a needed key is missing, or a value is of another kind
            than its field.
    """
    from tiling.jsonread import UnfitError, record_of  # noqa: PLC0415 - it brings rasterio

    try:
        return record_of(record_type, values, where)
    except UnfitError as error:
        raise ConfigError(str(error)) from error


def read_record(record_type: type[Record], path: Path, what: str, remedy: str) -> Record:
    """Read a record from a JSON file.

    Args:
        record_type: the dataclass to build.
        path: the file.
        what: what it is, for messages.
        remedy: what was wanted, or what to do next, for messages.

    Raises:
        ConfigError: if the file is no JSON, holds unknown settings or lacks one.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: no readable {what} ({error}); {remedy}") from error
    return record_from_dict(record_type, values, str(path))


def read_config(path: Path) -> ModelConfig:
    """The configuration of a model folder.

    Args:
        path: a ``config.json``.

    Returns:
        The checked configuration.

    Raises:
        ConfigError: if the file is missing, is no JSON or holds unknown settings.
    """
    wanted = "wanted the config.json of a CMPAGL model folder"
    return read_record(ModelConfig, path, "model configuration", wanted)


_IMAGENET_MEAN, _IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_HALF = (0.5, 0.5, 0.5)

VARIANTS = {
    "cmpagl_base": ModelConfig(
        name="cmpagl_base",
        image=ImageConfig(
            backbone="swin_tiny_patch4_window7_224",
            input_px=224,
            gswin=GswinConfig(
                dims=(96, 192, 384, 768),
                depths=(2, 2, 6, 2),
                heads=(3, 6, 12, 24),
                window=7,
                drop_path=0.1,
            ),
            mean=_IMAGENET_MEAN,
            std=_IMAGENET_STD,
        ),
        text=TextConfig(
            source="google-bert/bert-base-uncased", layers=6, dim=768, heads=12, intermediate=3072
        ),
        fusion_layers=6,
    ),
    "cmpagl_lite": ModelConfig(
        name="cmpagl_lite",
        image=ImageConfig(
            backbone="tf_efficientnet_lite0",
            input_px=192,
            gswin=GswinConfig(
                dims=(128,), depths=(2,), heads=(4,), window=6, mlp_ratio=2.0, drop_path=0.05
            ),
            mean=_HALF,
            std=_HALF,
        ),
        text=TextConfig(
            source="sentence-transformers/all-MiniLM-L6-v2",
            layers=6,
            dim=384,
            heads=12,
            intermediate=1536,
            pooling="mean",
        ),
        fusion_layers=2,
        heads=6,
        head_width=384,
    ),
}


def variant(name: str, /, **changes: Any) -> ModelConfig:
    """The published settings ``name``, with some fields replaced.

    Args:
        name: a key of :data:`VARIANTS`.
        changes: fields of :class:`ModelConfig` to replace.

    Returns:
        The configuration.

    Raises:
        ConfigError: if the name is unknown.
    """
    if name not in VARIANTS:
        raise ConfigError(f"found model variant {name!r}, wanted one of {', '.join(VARIANTS)}")
    return dataclasses.replace(VARIANTS[name], **changes)
