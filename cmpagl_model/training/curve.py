"""The curve of a run as a picture: loss and mean recall over the epochs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

INK, QUIET, ACCENT = "#1d2733", "#8a94a0", "#0b7a75"


def plot_curve(log: Path, picture: Path, title: str) -> None:
    """Draw the recalls and losses that a run logged.

    Args:
        log: the run's ``log.jsonl``.
        picture: a PNG file to write.
        title: printed above the curve.
    """
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, extra [train]

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    epochs = {row["epoch"]: row for row in rows if "epoch" in row}
    numbers = sorted(epochs)
    figure, left = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
    recall = [epochs[number]["mR"] for number in numbers]
    left.plot(numbers, recall, color=ACCENT, marker="o", markersize=4)
    left.set_xlabel("epoch")
    left.set_ylabel("mean recall on val, %", color=ACCENT)
    left.annotate(
        f"{recall[-1]:.1f}", (numbers[-1], recall[-1]), textcoords="offset points", xytext=(0, 7),
        ha="center", color=ACCENT,
    )  # fmt: skip
    left.set_ylim(0, max(recall) * 1.15)
    right = left.twinx()
    right.plot(numbers, [epochs[n]["loss"] for n in numbers], color=QUIET, linestyle="--")
    right.set_ylabel("training loss", color=QUIET)
    right.set_ylim(bottom=0)
    for axes in (left, right):
        axes.spines[["top"]].set_visible(False)
    left.set_title(title, loc="left", color=INK, fontsize=11)
    figure.savefig(picture, dpi=150)
    plt.close(figure)
