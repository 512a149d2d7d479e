"""Pictures of the page: ratios to peers, and how the time of a search grows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from . import growth, roofline
from .topics import TOPICS
from .wording import number

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from .record import Row

AHEAD, BEHIND, WALL, INK = "#1b7f79", "#d1603d", "#8a8f98", "#22272e"
SETTINGS: Any = {
    "font.family": "DejaVu Sans", "font.size": 9, "axes.spines.top": False,
    "axes.spines.right": False, "axes.edgecolor": WALL, "text.color": INK,
    "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK, "axes.titlelocation": "left",
    "axes.titlesize": 10, "axes.titleweight": "bold",
}  # fmt: skip
DPI, ROW_IN = 150, 0.3
CHIPS = re.compile(r"([\d,]+) chips")


def draw_ratios(rows: list[Row], path: Path) -> bool:
    """Draw how many times better we are than each peer; whether there was anything to draw."""
    shown = [row for row in rows if row.ratio is not None and row.topic != roofline.TOPIC]
    if not shown:
        return False
    with mpl.rc_context(SETTINGS):
        topics = {row.topic for row in shown}
        figure = Figure(figsize=(9, 1.3 + ROW_IN * (len(shown) + len(topics))))
        axes: Axes = figure.subplots()
        place, ticks, labels = 0, [], []
        for topic in TOPICS:
            own = [row for row in shown if row.topic == topic.name]
            if not own:
                continue
            axes.text(-0.01, place, topic.title, ha="right", va="center", weight="bold",
                      transform=axes.get_yaxis_transform())  # fmt: skip
            for row in own:
                place += 1
                _ratio(axes, place, row)
                ticks.append(place)
                labels.append(f"{row.what}  |  {row.against}")
            place += 1
        axes.set_yticks(ticks, labels)
        axes.set_ylim(place - 0.4, -0.6)
        axes.set_xscale("log")
        low, high = axes.get_xlim()
        axes.set_xlim(min(low, 0.5), max(high * 2.2, 4))
        axes.axvline(1, color=INK, linewidth=1)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.grid(axis="x", color="#e4e6ea", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("times better than the peer (1: the same); diamond: what was set")
        figure.savefig(path, dpi=DPI, bbox_inches="tight", facecolor="white")
    return True


def _ratio(axes: Axes, place: float, row: Row) -> None:
    ratio = row.ratio or 1.0
    colour = AHEAD if ratio >= 1 else BEHIND
    axes.barh(place, ratio - 1, left=1, height=0.62, color=colour, alpha=0.85)
    if row.ratio_low and row.ratio_high:
        axes.plot([row.ratio_low, row.ratio_high], [place, place], color=INK, linewidth=1.1)
    if row.wanted_ratio is not None:
        axes.plot(row.wanted_ratio, place, marker="D", markersize=5, color="white",
                  markeredgecolor=INK, linestyle="none", zorder=4)  # fmt: skip
    edge = max(ratio, row.ratio_high or ratio, row.wanted_ratio or 1.0, 1.0)
    axes.annotate(number(ratio), (edge, place), xytext=(6, 0), textcoords="offset points",
                  va="center", fontsize=8.5)  # fmt: skip


def draw_growth(rows: list[Row], path: Path) -> bool:
    """Draw the time of a search by size, and what is reached of the limits; whether there was any.

    The left picture needs the topic growth, the right one the topic roofline.
    """
    search = f"{growth.TIMED},"
    timed = [row for row in rows if row.topic == growth.TOPIC and row.what.startswith(search)]
    sizes = [row for row in timed if row.median is not None]
    limits = [row for row in rows if row.topic == roofline.TOPIC and row.ratio is not None]
    if not sizes:
        return False
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(9, 3.6))
        count = 2 if limits else 1
        drawn = figure.subplots(1, count, width_ratios=[3, 2][:count], squeeze=False)
        first, *others = drawn[0].tolist()
        _growth(first, sizes, [row for row in rows if row.topic == roofline.TOPIC])
        if others:
            _limits(others[0], limits)
        figure.tight_layout(w_pad=2.5)
        figure.savefig(path, dpi=DPI, facecolor="white")
    return True


def _chips(row: Row) -> int:
    found = CHIPS.search(row.what)
    return int(found[1].replace(",", "")) if found else 0


def _growth(axes: Axes, rows: list[Row], roof: list[Row]) -> None:
    measured = [row for row in rows if row.low is not None]
    sizes = [_chips(row) for row in measured]
    times = [row.median or 0.0 for row in measured]
    axes.fill_between(sizes, [row.low or 0.0 for row in measured],
                      [row.high or 0.0 for row in measured], color=AHEAD, alpha=0.2)  # fmt: skip
    axes.plot(sizes, times, marker="o", color=AHEAD, label="measured")
    for row in rows:
        if row.low is None:
            far = ([sizes[-1], _chips(row)], [times[-1], row.median or 0.0])
            axes.plot(*far, color=AHEAD, linestyle=":", marker="o", markerfacecolor="white",
                      markevery=[1], label="projected")  # fmt: skip
    rates = [row.median for row in roof if row.what.startswith(roofline.READ) and row.median]
    if rates:  # the time that reading all codes takes
        low, high = axes.get_xlim()
        ends = np.geomspace(max(low, 20_000), max(high, 40_000), 2)
        label = f"memory: {roofline.CODE} B a chip at {number(max(rates))} GB/s"
        wall = 1e3 * ends * roofline.CODE / (max(rates) * 1e9)
        axes.plot(ends, wall, color=WALL, linestyle="--", label=label)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(EngFormatter(sep=" ", places=0))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(color="#e4e6ea", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set(xlabel="chips in the index", ylabel="ms a search", title="Time of a search")
    axes.legend(frameon=False, loc="upper left")


def _limits(axes: Axes, rows: list[Row]) -> None:
    for place, row in enumerate(rows):
        share = 100 * (row.ratio or 0.0)
        axes.barh(place, 100, height=0.5, color="#e4e6ea")
        axes.barh(place, share, height=0.5, color=AHEAD, alpha=0.85)
        said = f"{row.what}: {share:.0f} %"
        under = f"{number(row.median or 0)} of {number(row.theirs or 0)} {row.unit}, {row.against}"
        axes.text(0, place - 0.34, said, va="bottom", weight="bold", fontsize=8.5)
        axes.text(0, place + 0.32, under, va="top", fontsize=8)
    axes.set_ylim(len(rows) - 0.35, -0.75)
    axes.set_xlim(0, max(105, *(105 * (row.ratio or 0) for row in rows)))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set(xlabel="% of what the machine can do", title="Roofline")
