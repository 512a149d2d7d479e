"""What is trained: the socket between the loop and the losses. Start at :class:`Task`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor, nn

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.evaluation.metrics import RetrievalScores
    from cmpagl_model.network import CmpaglModel
    from cmpagl_model.records import Problem
    from cmpagl_model.training.listener import Listener


@dataclass(frozen=True, slots=True, eq=False)
class ParameterGroup:
    """Weights that learn at one rate."""

    parameters: tuple[nn.Parameter, ...]
    """The weights."""
    rate: float
    """Their highest learning rate."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a task made of the data."""

    items: tuple[CaptionedImage, ...]
    """Training pictures; row i of a batch is item i."""
    problems: tuple[Problem, ...]
    """Pictures left out, beyond those that were missing."""


class Task(Protocol):
    """A model and how a batch teaches it.

    A class that names this one as its base inherits what has a body here.
    """

    model: CmpaglModel
    """The model, trained in place, on the device of the run."""

    def parameter_groups(self) -> list[ParameterGroup]:
        """What is trained. Everything else must not ask for a gradient."""

    def train_mode(self) -> None:
        """Set dropout and statistics for a training step."""

    def prepare(
        self, train: Sequence[CaptionedImage], val: Sequence[CaptionedImage], listener: Listener
    ) -> Prepared:
        """Decode and cache what the steps need.

        Raises:
            DatasetError: if nothing can be used.
        """

    def loss(self, rows: Sequence[int], step: int) -> Tensor:
        """The loss of one micro batch, with gradient.

        Args:
            rows: training pictures of all processes together; a task computes its
                :meth:`~.distributed.ProcessGroup.share` of them.
            step: number of the micro batch since the beginning; all randomness follows from the
                seed and this.

        Returns:
            A number, the same in every process or one whose mean over them is meant.
        """

    def measure(self, model: CmpaglModel) -> RetrievalScores | None:
        """Recalls on val of other weights of the same model; ``None``: there is no val."""

    def finish(self, model: CmpaglModel) -> None:  # noqa: ARG002
        """The run is over, and these weights of the model are kept; last touches to them."""
        return None  # noqa: RET501 - an empty body would count as abstract

    def prefetch(self, rows: Sequence[int]) -> None:  # noqa: ARG002
        """``rows`` come next; a task may begin to read them."""
        return None  # noqa: RET501 - see above
