"""Several processes that train one model, started by ``torchrun`` (data parallel).

Every process knows all rows of a batch and computes its share of them. Embeddings are gathered, so
each process sees the loss of the whole batch; gradients are averaged. One process alone is the
same with a world of one. Start at :func:`join_group`.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor, nn

TIMEOUT = dt.timedelta(hours=6)  # the first process may encode a whole set for the others


@dataclass(frozen=True, slots=True)
class ProcessGroup:
    """The processes of a run."""

    rank: int = 0
    """Number of this process, from 0; process 0 alone writes."""
    size: int = 1
    """Processes in all."""
    local_rank: int = 0
    """Number of this process on its machine."""

    @property
    def is_main(self) -> bool:
        """Whether this process writes files and speaks."""
        return self.rank == 0

    def share(self, count: int) -> slice:
        """Places of a batch of ``count`` that this process computes; ``size`` must divide it."""
        each = count // self.size
        return slice(self.rank * each, (self.rank + 1) * each)

    def gather(self, own: Tensor) -> Tensor:
        """All processes' rows, ``(N / size, ...)`` each, as ``(N, ...)``; with gradient."""
        return own if self.size == 1 else _Gather.apply(own, self)

    def sum(self, values: Tensor) -> Tensor:
        """The sum of a tensor over the processes, without gradient."""
        if self.size > 1:
            values = values.clone()
            dist.all_reduce(values)
        return values

    def any(self, asked: bool, device: torch.device) -> bool:  # noqa: FBT001 - what it is about
        """Whether it is so in one of the processes: all stop together."""
        return (
            asked if self.size == 1 else bool(self.sum(torch.tensor(float(asked), device=device)))
        )

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace each gradient by its mean over the processes."""
        if self.size == 1:
            return
        found = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in found])
        dist.all_reduce(flat)
        flat /= self.size
        for gradient, part in zip(found, flat.split([g.numel() for g in found]), strict=True):
            gradient.copy_(part.view_as(gradient))

    def from_first(self, value: float, device: torch.device) -> float:
        """What process 0 has; the others' own is dropped."""
        if self.size == 1:
            return value
        told = torch.tensor(value, dtype=torch.float64, device=device)
        dist.broadcast(told, src=0)
        return float(told)

    def share_weights(self, module: nn.Module) -> None:
        """Give every process the weights of process 0."""
        if self.size > 1:
            for value in module.state_dict().values():
                dist.broadcast(value, src=0)

    def wait(self) -> None:
        """Go on when all processes are here."""
        if self.size > 1:
            dist.barrier()

    def leave(self) -> None:
        """End the talk between the processes."""
        if self.size > 1:
            dist.destroy_process_group()


class _Gather(torch.autograd.Function):
    """Gathers rows; each process computes the same loss, so no gradient needs to travel back."""

    @staticmethod
    def forward(context: Any, own: Tensor, group: ProcessGroup) -> Tensor:  # noqa: ANN401 - torch's own
        context.group = group
        parts = [torch.empty_like(own) for _ in range(group.size)]
        dist.all_gather(parts, own.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(
        context: Any,  # noqa: ANN401
        *gradients: Tensor,
    ) -> tuple[Tensor, None]:
        group, (whole,) = context.group, gradients
        # The mean over processes follows, and only this one has a gradient for these rows.
        return whole[group.share(len(whole))] * group.size, None


def join_group(*, gpu: bool) -> ProcessGroup:
    """Join the processes that ``torchrun`` started, or be alone.

    Args:
        gpu: whether to talk by NCCL; else by Gloo.

    Returns:
        This process's place.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return ProcessGroup()
    dist.init_process_group("nccl" if gpu else "gloo", timeout=TIMEOUT)
    return ProcessGroup(dist.get_rank(), size, int(os.environ.get("LOCAL_RANK", "0")))
