"""What a run writes down as it goes: ``log.jsonl``, TensorBoard, the curve.

None of it can stop a run: what cannot be written is said once.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

from .curve import plot_curve

if TYPE_CHECKING:
    from pathlib import Path

    from .listener import EpochReport, Listener

LOG, CURVE, TENSORBOARD = "log.jsonl", "curve.png", "tensorboard"


class RunLogger:
    """Writes the records of a run."""

    def __init__(self, folder: Path, listener: Listener) -> None:
        """Write into ``folder``; what fails is said to ``listener``."""
        self._folder, self._listener = folder, listener
        self._board: Any = None
        self._said: set[str] = set()

    def open(self, log_bytes: int, step: int) -> None:
        """Begin, or go on: lines behind ``log_bytes`` will be written again.

        Args:
            log_bytes: length of the log at the checkpoint.
            step: steps made.
        """
        path = self._folder / LOG
        try:
            if path.exists() and path.stat().st_size > log_bytes:
                os.truncate(path, log_bytes)
        except OSError as error:
            self._once("log", f"{path}: cannot be cut to the checkpoint ({error.strerror})")
        try:
            from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 - extra [train]

            self._board = SummaryWriter(str(self._folder / TENSORBOARD), purge_step=step)
        except ImportError:
            self._once(
                "board",
                "no TensorBoard here, so there is log.jsonl only; "
                "next: pip install 'cmpagl-qgis[train]' for it",
            )
        except OSError as error:
            self._once("board", f"TensorBoard files cannot be written ({error.strerror})")

    def size(self) -> int:
        """Length of the log, bytes."""
        path = self._folder / LOG
        return path.stat().st_size if path.exists() else 0

    def steps(self, step: int, loss: float, rate: float) -> None:
        """Mean loss of the last steps, and the share of the learning rates."""
        self._line(step=step, loss=loss, rate=rate)
        self._scalars(step, {"loss/step": loss, "rate": rate})

    def epoch(self, step: int, report: EpochReport) -> None:
        """An epoch and its recalls; the curve is redrawn."""
        values: dict[str, object] = {
            "epoch": report.epoch,
            "step": step,
            "seconds": round(report.seconds, 1),
            "loss": report.loss,
            "temperature": report.temperature,
        }
        figures = {"loss/epoch": report.loss, "temperature": report.temperature}
        if report.scores is not None:
            i2t, t2i = report.scores.i2t, report.scores.t2i
            values |= {
                "mR": report.scores.mean_recall,
                "i2t": list(i2t.values),
                "t2i": list(t2i.values),
            }
            figures |= {"val/mR": report.scores.mean_recall, "val/i2t R@1": i2t.r1,
                        "val/t2i R@1": t2i.r1}  # fmt: skip
        self._line(**values)
        self._scalars(step, figures)

    def curve(self, title: str) -> None:
        """Draw the curve from the log."""
        try:
            plot_curve(self._folder / LOG, self._folder / CURVE, title)
        except ImportError:
            self._once(
                "curve", "no matplotlib here, so no curve is drawn; "
                "next: pip install 'cmpagl-qgis[train]' for it",
            )  # fmt: skip
        except OSError as error:
            self._once("curve", f"{self._folder / CURVE}: not written ({error.strerror})")

    def close(self) -> None:
        """End."""
        if self._board is not None:
            self._board.close()

    def _line(self, **values: object) -> None:
        line = json.dumps({"time": round(time.time(), 1), **values})
        try:
            with (self._folder / LOG).open("a", encoding="utf-8") as log:
                log.write(line + "\n")
        except OSError as error:
            self._once("log", f"{self._folder / LOG}: not written ({error.strerror})")

    def _scalars(self, step: int, values: dict[str, float]) -> None:
        if self._board is None:
            return
        try:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)
        except OSError as error:
            self._board = None
            self._once("board", f"TensorBoard files cannot be written ({error.strerror})")

    def _once(self, what: str, line: str) -> None:
        if what not in self._said:
            self._said.add(what)
            self._listener.say(line)
