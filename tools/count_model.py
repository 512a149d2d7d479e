"""Sizes of the model variants, as the table of docs/model.md: ``python -m tools.count_model``.

Multiply-adds are half of the floating-point operations that torch counts in matrix products and
convolutions. Norms, softmax, sums and pooling are left out, as is usual.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch.utils.flop_counter import FlopCounterMode

from cmpagl_model.config import VARIANTS
from cmpagl_model.network import create_model
from cmpagl_model.network.gswin import GswinStage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from torch import Tensor, nn

    from cmpagl_model.network import CmpaglModel

WORDS = 16
"""Word pieces of the sentence whose cost is counted, both special ones included."""
MILLION, BILLION = 1e6, 1e9

LOCAL = "image: local attention, MLPs"
GLOBAL = "image: global windows, cross-attention"
STEM = "image: all before and between the blocks"
TABLE = "text: word table, positions"
LAYERS = "text: layers"
FUSION = "fusion encoder"
PROJECTIONS = "projections, temperature"
PARTS = (STEM, LOCAL, GLOBAL, TABLE, LAYERS, PROJECTIONS, FUSION)
GLOBAL_PARTS = {"cross", "norm_cross", "gamma", "pools"}


@dataclass(slots=True)
class Cost:
    """What one pass through a tower takes."""

    multiply_adds: int = 0
    """Of one chip or one sentence."""
    maps: list[int] = field(default_factory=list)
    """Side of the feature map of each Gswin stage, in tokens."""


def part_of(name: str) -> str:
    """The row of the table that a parameter of the model belongs to."""
    if name.startswith(("image.stage.", "image.stages.")):
        return GLOBAL if GLOBAL_PARTS & set(name.split(".")) else LOCAL
    if name.startswith("text."):
        return TABLE if name.startswith("text.embeddings.") else LAYERS
    if name.startswith(("image.", "fusion.")):
        return STEM if name.startswith("image.") else FUSION
    return PROJECTIONS


def parameters(model: nn.Module) -> Counter[str]:
    """Learnable numbers of each part."""
    counts: Counter[str] = Counter()
    for name, parameter in model.named_parameters():
        counts[part_of(name)] += parameter.numel()
    return counts


@torch.no_grad()
def cost_of_image(model: CmpaglModel) -> Cost:
    """What embedding one chip takes."""
    cost, side = Cost(), model.config.image.input_px

    def note(_module: nn.Module, _inputs: Any, output: Tensor) -> None:  # noqa: ANN401 - torch's
        cost.maps.append(output.shape[1])

    stages = [module for module in model.modules() if isinstance(module, GswinStage)]
    hooks = [stage.register_forward_hook(note) for stage in stages]
    with FlopCounterMode(display=False) as counter:
        model.encode_image(torch.zeros(1, side, side, 3))
    for hook in hooks:
        hook.remove()
    cost.multiply_adds = counter.get_total_flops() // 2
    return cost


@torch.no_grad()
def cost_of_text(model: CmpaglModel) -> Cost:
    """What embedding one sentence of :data:`WORDS` word pieces takes."""
    ids = torch.ones(1, WORDS, dtype=torch.int64)
    with FlopCounterMode(display=False) as counter:
        model.encode_text(ids, ids)
    return Cost(counter.get_total_flops() // 2)


def facts(model: CmpaglModel) -> dict[str, str]:
    """One column of the table: every row's name and its value for ``model``."""
    image, text = model.config.image, model.config.text
    cost = cost_of_image(model)
    heads = (model.config.heads, model.config.head_width) if model.config.heads else (0,)
    counts = parameters(model)
    rows = {"**parameters, millions**": ""}
    rows |= {part: f"{counts[part] / MILLION:.2f}" for part in PARTS}
    towers = counts.total() - counts[FUSION]
    rows["both towers"] = f"{towers / MILLION:.2f}"
    rows["towers and fusion encoder"] = f"{counts.total() / MILLION:.2f}"
    return {
        "input, px": f"{image.input_px} x {image.input_px}",
        "Gswin stages, map side in tokens": _listed(cost.maps),
        "blocks in each": _listed(image.gswin.depths),
        "channels C": _listed(image.gswin.dims),
        "attention heads": _listed(image.gswin.heads),
        "window M, tokens": str(image.gswin.window),
        "text layers": str(text.layers),
        "text channels": str(text.dim),
        "the sentence's vector": {"cls": "first token", "mean": "mean of tokens"}[text.pooling],
        "fusion layers": str(model.config.fusion_layers),
        "projection heads K, hidden channels of each": _listed(heads),
        "embedding D": str(model.config.embedding_size),
        **rows,
        "**multiply-adds, billions**": "",
        "image tower, one chip": f"{cost.multiply_adds / BILLION:.2f}",
        f"text tower, {WORDS} word pieces": f"{cost_of_text(model).multiply_adds / BILLION:.2f}",
    }


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def table(models: Iterable[CmpaglModel]) -> str:
    """The Markdown table, a column for each model."""
    columns = {model.config.name: facts(model) for model in models}
    rows = [f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name in next(iter(columns.values())):
        cells = [name, *(column[name] for column in columns.values())]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def main() -> None:
    """Print the table of all variants."""
    print(table(create_model(name) for name in VARIANTS))


if __name__ == "__main__":
    main()
