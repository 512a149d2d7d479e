"""The curve of a run as a picture: loss and recalls over the epochs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

INK, QUIET, FAINT, ACCENT, SECOND = "#1d2733", "#8a94a0", "#e3e7eb", "#0b7a75", "#c8553d"
Rows = list[dict[str, Any]]


def plot_curve(log: Path, picture: Path, title: str) -> None:
    """Draw the losses and recalls that a run logged; without a finished epoch, nothing.

    Args:
        log: the run's ``log.jsonl``.
        picture: a PNG file to write.
        title: printed above the curve.
    """
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, extra [train]

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    epochs = [row for row in rows if "epoch" in row]
    if not epochs:
        return
    measured = [row for row in epochs if "mR" in row]
    panels = 2 if measured else 1
    figure, axes = plt.subplots(
        panels, 1, figsize=(7.2, 2.6 * panels), sharex=True, squeeze=False, layout="constrained"
    )
    _draw_loss(axes[0, 0], rows, epochs)
    if measured:
        _draw_recalls(axes[1, 0], measured)
    for panel in axes[:, 0]:
        panel.spines[["top", "right"]].set_visible(False)
        panel.grid(axis="y", color=FAINT, linewidth=0.8)
        panel.set_axisbelow(True)
    axes[-1, 0].set_xlabel("epoch")
    axes[-1, 0].xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes[0, 0].set_title(title, loc="left", color=INK, fontsize=11)
    figure.savefig(picture, dpi=150)
    plt.close(figure)


def _draw_loss(axes: Any, rows: Rows, epochs: Rows) -> None:  # noqa: ANN401 - matplotlib has no types
    """Means of some steps thin, means of epochs with a mark in each epoch's middle."""
    steps = [row for row in rows if "rate" in row]
    if "step" in epochs[0]:
        length = epochs[0]["step"] / epochs[0]["epoch"]
        passed = [row["step"] / length for row in steps]
        axes.plot(passed, [row["loss"] for row in steps], color=QUIET, linewidth=0.9, alpha=0.7)
    numbers, losses = [row["epoch"] - 0.5 for row in epochs], [row["loss"] for row in epochs]
    axes.plot(numbers, losses, color=INK, marker="o", markersize=3.5)
    _label(axes, numbers[-1], losses[-1], f"{losses[-1]:.2f}", INK)
    axes.set_ylabel("training loss")


def _draw_recalls(axes: Any, epochs: Rows) -> None:  # noqa: ANN401
    """Mean recall, its best epoch marked, and recall at 1 both ways."""
    numbers = [row["epoch"] for row in epochs]
    mean = [row["mR"] for row in epochs]
    axes.plot(numbers, mean, color=ACCENT, marker="o", markersize=3.5, label="mean recall (mR)")
    for key, name, style in (
        ("t2i", "text to image, R@1", "-"),
        ("i2t", "image to text, R@1", "--"),
    ):
        values = [row[key][0] for row in epochs]
        axes.plot(numbers, values, color=SECOND, linestyle=style, linewidth=1.1, label=name)
    best = max(range(len(mean)), key=mean.__getitem__)
    axes.plot(numbers[best], mean[best], "o", markersize=9, fillstyle="none", color=ACCENT)
    _label(axes, numbers[best], mean[best], f"{mean[best]:.1f}", ACCENT)
    axes.set_ylim(0, min(100, max(mean) * 1.25) or 1)
    axes.set_ylabel("recall on val, %")
    axes.legend(frameon=False, fontsize=8, loc="upper left", ncols=3)


def _label(axes: Any, x: float, y: float, text: str, colour: str) -> None:  # noqa: ANN401
    axes.annotate(
        text, (x, y), textcoords="offset points", xytext=(0, 8), ha="center", color=colour,
        fontsize=9,
    )  # fmt: skip
