"""The settings of a model, as frozen records. A variant is a row of :data:`VARIANTS`.

No torch here: the light inference path reads the same records from ``config.json``.
"""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

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
    """How often the global window is pooled anew."""
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


def record_from_dict(kind: type[Record], values: object, where: str) -> Record:
    """Build a (nested) frozen record from parsed JSON or TOML, naming every unknown key.

    Args:
        kind: the dataclass to build.
        values: the parsed object.
        where: how the source is called in messages.

    Returns:
        The record; missing keys take their defaults.

    Raises:
        ConfigError: if a key is unknown, a needed key is missing, or a value is of another kind
            than its field.
    """
    if not isinstance(values, dict):
        raise ConfigError(f"{where}: found {type(values).__name__}, wanted a table of settings")
    hints = get_type_hints(kind)
    unknown = sorted(set(values) - set(hints))
    if unknown:
        raise ConfigError(
            f"{where}: unknown setting {', '.join(unknown)}; known are {', '.join(sorted(hints))}"
        )
    lacking = sorted(
        field.name
        for field in dataclasses.fields(kind)  # type: ignore[arg-type]
        if field.name not in values
        and field.default is field.default_factory is dataclasses.MISSING
    )
    if lacking:
        raise ConfigError(f"{where}: lacks {', '.join(map(repr, lacking))}")
    fields = {name: _value(hints[name], value, f"{where}.{name}") for name, value in values.items()}
    try:
        return kind(**fields)
    except TypeError as error:
        raise ConfigError(f"{where}: {error}") from error


def _value(hint: object, value: object, where: str) -> object:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return record_from_dict(hint, value, where)
    if get_origin(hint) is tuple:
        return _list(get_args(hint), value, where)
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise ConfigError(
                f"{where}: found {value!r}, wanted one of {', '.join(get_args(hint))}"
            )
        return value
    if get_origin(hint) in {Union, UnionType}:
        return _one_of(get_args(hint), value, where)
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value, where)  # JSON writes 4.0 as 4 in some hands
    if type(value) is not (dict if get_origin(hint) is dict else hint):
        kind = getattr(get_origin(hint) or hint, "__name__", hint)
        raise ConfigError(f"{where}: found {value!r}, wanted a value of kind {kind}")
    return value


def _finite(value: float, where: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ConfigError(f"{where}: found {value!s:.40}, wanted a finite number")
    return number


def _one_of(kinds: tuple[object, ...], value: object, where: str) -> object:
    """A value that may also be ``None``."""
    if value is None and NoneType in kinds:
        return None
    (kind,) = (each for each in kinds if each is not NoneType)
    return _value(kind, value, where)


def _list(kinds: tuple[object, ...], values: object, where: str) -> tuple[object, ...]:
    if not isinstance(values, list | tuple):
        found, written = "a table", f"[[{where.rpartition('.')[2]}]] above it"
        if not isinstance(values, dict):
            found, written = repr(values), f"[{json.dumps(values, default=str)}]"
        raise ConfigError(f"{where}: found {found}, wanted a list; next: write {written}")
    if Ellipsis not in kinds and len(values) != len(kinds):
        raise ConfigError(f"{where}: found {len(values)} values, wanted {len(kinds)}")
    return tuple(_value(kinds[0], value, where) for value in values)


def read_config(path: Path) -> ModelConfig:
    """The configuration of a model folder.

    Args:
        path: a ``config.json``.

    Returns:
        The checked configuration.

    Raises:
        ConfigError: if the file is missing, is no JSON or holds unknown settings.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{path}: no readable model configuration ({error}); wanted the config.json "
            "of a CMPAGL model folder"
        ) from error
    return record_from_dict(ModelConfig, values, str(path))


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
