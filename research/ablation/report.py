"""Ablation figures as a Markdown page and a plot."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.training.curve import ACCENT, INK, QUIET

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LABEL_CHARACTERS = 44
USUAL_POINTS = 2.5
"""Panels go so far either way, so that they compare; one with larger differences further."""
PAGE, PLOT = "ablations.md", "images/ablations.png"


@dataclass(frozen=True, slots=True)
class AblationRow:
    """One row of the table; several seeds."""

    group: str
    """The part that is varied."""
    name: str
    """What this row has."""
    values: tuple[float, ...]
    """mR on val of each seed, %."""
    against: tuple[float, ...]
    """mR of what it is compared with, same seeds, %."""
    other_words: tuple[float, ...] = ()
    """Recall in other words of each seed, %; empty where it was not measured."""

    @property
    def mean(self) -> float:
        """Mean over the seeds."""
        return float(np.mean(self.values))

    @property
    def differences(self) -> tuple[float, float]:
        """Mean and standard deviation (n - 1) of the differences, seed by seed."""
        gaps = np.subtract(self.values, self.against)
        spread = float(np.std(gaps, ddof=1)) if len(gaps) > 1 else 0.0
        return float(np.mean(gaps)), spread


def page_text(rows: Sequence[AblationRow], how: str, command: str) -> str:
    """The page: what was done, the table, the plot.

    Args:
        rows: in the order of the table; the first of a group need not be its reference.
        how: one paragraph on data, steps and seeds.
        command: what repeats it.
    """
    lines = [
        "# Ablations", "", how, "", f"![Differences of mR]({PLOT})", "",
        "| part | row | mR | difference | each seed | other words |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    before = ""
    for row in rows:
        gap, spread = row.differences
        change = "" if row.values == row.against else f"{round(gap, 2) + 0.0:+.2f}"
        if change and len(row.values) > 1:
            change += f" ± {spread:.2f}"
        each = ", ".join(f"{value:.2f}" for value in row.values)
        group = row.group if row.group != before else ""
        words = f"{np.mean(row.other_words):.2f}" if row.other_words else ""
        lines.append(f"| {group} | {row.name} | {row.mean:.2f} | {change} | {each} | {words} |")
        before = row.group
    lines += ["", f"`{command}` makes this page again. Do not edit it by hand.", ""]
    return "\n".join(lines)


def draw_plot(rows: Sequence[AblationRow], picture: Path) -> None:
    """Draw each row's difference with its seeds as points, a panel for each group.

    Args:
        rows: as for :func:`page_text`; those equal to their reference are left out.
        picture: a PNG to write.
    """
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, extra [train]

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    shown = [row for row in rows if row.values != row.against]
    groups = [list(run) for _, run in groupby(shown, key=lambda row: row.group)]
    figure, panels = plt.subplots(
        len(groups), figsize=(8.2, 0.8 * len(groups) + 0.3 * len(shown)), squeeze=False,
        height_ratios=[len(group) + 0.6 for group in groups], layout="constrained",
    )  # fmt: skip
    for axes, group in zip(panels[:, 0], groups, strict=True):
        axes.axvline(0, color=QUIET, linewidth=1)
        widest = USUAL_POINTS
        for place, row in enumerate(group):
            gaps = np.subtract(row.values, row.against)
            mean = f"{round(gaps.mean(), 2) + 0.0:+.2f}".replace("-", "\N{MINUS SIGN}")
            axes.barh(place, gaps.mean(), height=0.56, color=ACCENT, alpha=0.35)
            axes.plot(gaps, [place] * len(gaps), "o", color=ACCENT, markersize=4)
            axes.text(
                1.01, place, mean, transform=axes.get_yaxis_transform(), va="center", color=INK,
                fontsize=8,
            )  # fmt: skip
            widest = max(widest, 1.08 * float(np.abs(gaps).max()))
        names = [fill(row.name, LABEL_CHARACTERS) for row in group]
        axes.set_yticks(range(len(group)), names, color=INK, fontsize=8)
        axes.set_ylim(len(group) - 0.5, -0.5)
        axes.set_xlim(-widest, widest)
        axes.set_title(group[0].group, loc="left", color=INK, fontsize=9)
        axes.tick_params(axis="y", length=0)
        axes.tick_params(axis="x", labelsize=8)
        axes.spines[["top", "right", "left"]].set_visible(False)
    figure.suptitle("Difference of mR to the reference, points; dots are seeds", color=INK)
    figure.align_ylabels()
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=150)
    plt.close(figure)
