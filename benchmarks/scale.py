"""What an index of many chips takes: time, machines, money, memory: python -m benchmarks.scale.

Rates are those that ``make bench`` measured (``--bench``), else those of docs/performance.md; what
is assumed can be given. Hours and money come from a simulation (:mod:`benchmarks.fleet`);
``--check`` compares it with a real cluster of two workers (:mod:`benchmarks.fleet_check`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import click
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from cmpagl_model.index.cluster import partition_tasks
from cmpagl_model.table.groups import count_of_groups

from .fleet import PART, Rates, simulate
from .fleet_check import Checked, check
from .growth import DISK, MEMORY
from .machine import ROOT
from .plots import BEHIND, DPI, INK, SETTINGS, WALL
from .results import read_result
from .wording import number, table

SIZES, MACHINES, RUNS = (1_000_000, 10_000_000, 100_000_000), (1, 4, 16, 64, 256), 9
PAGE, IMAGES, PICTURE = "scale.md", "images", "scale.png"
COLOURS = ("#9bc9c4", "#4a9d96", "#125a55")

HEAD = """# A hundred million chips

How long an index of many chips takes, on how many machines, for how much money. Made by
`python -m benchmarks.scale`; please do not edit it by hand. Nobody has made such an index: hours
and money are simulated from rates that were measured on one machine.
"""
WHY = """## Why tasks are larger where there is much

Each task ends with a version of the index, which names all parts, and only one is written at a
time. With 25,000 parts that takes some seconds. Were a task one part, however much there is,
machines would wait for each other:
"""
LIMITS = """## What these figures do not say

- The machines are those of [performance](performance.md): two cores, no GPU. A worker with other
  hardware is another rate: `--chips-s`.
- The disk of the index is taken to be fast enough; all machines write into one folder.
- Prices, failures and the store are assumptions: say yours.
- Machines are paid until the last one is done. Pixels that are bought, stored or carried out of a
  cloud are not counted.

```
python -m benchmarks.scale --check .cache/scale                # this page, a real cluster beside it
python -m benchmarks.scale --bench .cache/bench                # with what make bench measured here
python -m benchmarks.scale --price 0.05 --life 8 --chips-s 60  # other machines, often taken away
```
"""


MEASURED = Rates(
    chips_s=172.0, task_s=1.0, task_part_s=2.7e-5, version_s=0.02, version_part_s=8.5e-5
)  # fmt: skip
"""A version takes 0.1 s at 1,000 parts, 2.1 s at 25,000."""
ASSUMED = replace(MEASURED, fetch_s=0.5, spread=0.15, life_h=200.0, return_s=180.0)
"""With what is not measured here: inputs, no claims."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the page starts from; measured as docs/performance.md has it, but for the price."""

    rates: Rates = ASSUMED
    """Of a machine."""
    price_h: float = 0.20
    """Of a machine with two cores, in any currency, an hour: assumed."""
    disk: float = 696.0
    """Of an index, bytes a chip."""
    memory: float = 62.0
    """Held while searching at most, bytes a chip."""
    opening_s: float = 1.8e-5
    """Making the arrays when an index is opened first, s a chip, one process."""
    grouping_s: float = 1.2e-9
    """Finding the group of a code, s for each group, on two cores."""

    def measured_in(self, folder: Path) -> Given:
        """The same with what ``make bench`` measured; what it did not measure stays."""
        results = [read_result(folder, name) for name in ("indexing", "growth")]
        found = {row.what: row.median for result in results if result for row in result.rows}
        return replace(
            self,
            rates=replace(
                self.rates, chips_s=found.get("indexing, one scene") or self.rates.chips_s
            ),
            disk=found.get(f"{DISK}, 10,000,000 chips") or self.disk,
            memory=found.get(f"{MEMORY}, 10,000,000 chips") or self.memory,
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """An index of one size by so many machines: what some runs came to."""

    chips: int
    """In the index."""
    machines: int
    """That make it."""
    parts: float
    """In a task."""
    hours: tuple[float, float, float]
    """Median, least, most."""
    waited: float
    """Median share of the machines' time spent waiting for versions."""
    lost: float
    """Median number of tasks that died with their machine."""

    @property
    def machine_hours(self) -> float:
        """That are paid: all machines until the end, median."""
        return self.hours[0] * self.machines


def cell(rates: Rates, chips: int, machines: int, *, single: bool = False) -> Cell:
    """Simulate one size with so many machines, some times.

    Args:
        rates: of a machine.
        chips: in the index, of scenes of half a part each.
        machines: how many.
        single: whether a task is one part; else as ``cmpagl index`` shares work out.
    """
    scenes = [("", PART // 2)] * -(-chips // (PART // 2))
    tasks = [task.chips for task in partition_tasks(scenes, machines)]
    tasks = [PART] * -(-chips // PART) if single else tasks
    runs = [simulate(rates, tasks, machines, seed) for seed in range(RUNS)]
    hours = sorted(run.hours for run in runs)
    return Cell(
        chips, machines, tasks[0] / PART, (hours[RUNS // 2], hours[0], hours[-1]),
        float(np.median([run.waited for run in runs])),
        float(np.median([run.lost for run in runs])),
    )  # fmt: skip


def page(given: Given, cells: list[Cell], single: list[Cell], checked: list[Checked]) -> str:
    """The page.

    Args:
        given: what it starts from.
        cells: what was simulated, as work is shared out.
        single: the largest size with tasks of one part.
        checked: a real cluster beside the simulation; empty: it was not tried.
    """
    picture = f"![Hours by machines]({IMAGES}/{PICTURE})\n"
    parts = [HEAD, _costs(cells, given.price_h), picture, _given(given)]
    return "\n".join([*parts, WHY, _waiting(cells, single), _held(given), _beside(checked), LIMITS])


def _costs(cells: list[Cell], price_h: float) -> str:
    heads = ("chips", "machines", "hours (least to most of 9 runs)", "machine-hours", "money",
             "tasks lost, made again")  # fmt: skip
    lines = [
        (
            f"{one.chips:,}", str(one.machines),
            f"{number(one.hours[0])} ({number(one.hours[1])} to {number(one.hours[2])})",
            number(one.machine_hours), number(one.machine_hours * price_h),
            f"{one.lost:.0f}",
        )
        for one in cells
    ]  # fmt: skip
    return f"## Time, machines, money\n\n{table(heads, lines)}\n"


def _given(given: Given) -> str:
    rates = given.rates
    lines = [
        ("indexing, a machine", f"{number(rates.chips_s)} chips a second", "measured"),
        ("of a task besides", f"{rates.task_s:g} s, {1e3 * rates.task_part_s:.3f} ms more "
         "for each part in the index", "the first by guess, the rest measured"),
        ("writing a version", f"{rates.version_s:g} s, {1e3 * rates.version_part_s:.3f} ms "
         "more for each part", "measured"),
        ("price of a machine", f"{given.price_h:.2f} an hour", "assumed"),
        ("a machine is taken away or dies", f"every {rates.life_h:g} h, another is there after "
         f"{rates.return_s:g} s", "assumed"),
        ("waiting for the store", f"{rates.fetch_s:g} s for a part, {PART:,} chips", "assumed"),
        ("tasks differ", f"by {rates.spread:.0%} (standard deviation)", "assumed"),
    ]  # fmt: skip
    return f"## From what\n\n{table(('what', 'taken as', ''), lines)}\n"


def _waiting(cells: list[Cell], single: list[Cell]) -> str:
    heads = ("machines", "hours, a task a part", "of that waiting", "hours now", "of that waiting",
             "parts in a task now")  # fmt: skip
    now = {one.machines: one for one in cells if one.chips == SIZES[-1]}
    lines = [
        (
            str(one.machines), number(one.hours[0]), f"{one.waited:.0%}",
            number(now[one.machines].hours[0]), f"{now[one.machines].waited:.0%}",
            f"{now[one.machines].parts:.0f}",
        )
        for one in single
    ]  # fmt: skip
    return f"{table(heads, lines)}\n\n({SIZES[-1]:,} chips.)\n"


def _held(given: Given) -> str:
    heads = ("chips", "disk", "memory held by a search", "first opening, one process")
    lines = []
    for chips in SIZES:
        each = given.opening_s + given.grouping_s * count_of_groups(chips)
        lines.append((
            f"{chips:,}", f"{number(chips * given.disk / 1e9)} GB",
            f"{number(chips * given.memory / 1e9)} GB", f"{number(chips * each / 60)} min",
        ))  # fmt: skip
    return (
        f"## What it takes afterwards\n\n{table(heads, lines)}\n\nMemory is what the system keeps "
        "of mapped files while it can; groups of codes that no question came near are not read.\n"
    )


def _beside(checked: list[Checked]) -> str:
    if not checked:
        return ""
    heads = ("workers", "measured, s (least to most)", "simulated, s", "off by, of each round")
    lines = []
    for one in checked:
        middle, low, high = one.off
        lines.append((
            str(one.workers),
            f"{number(one.measured_s)} ({number(one.low_s)} to {number(one.high_s)})",
            number(one.foreseen_s) if one.foreseen_s else "fitted to it",
            f"{middle:+.0%} ({low:+.0%} to {high:+.0%})" if one.foreseen_s else "",
        ))  # fmt: skip
    return (
        "## Beside a real cluster\n\nPainted scenes by Dask, a process and a core for each worker. "
        "The rates are those of one worker; how long two take is simulated, and measured in turn "
        f"with one. Load of the machine before: {checked[0].load:.1f}; where other work shares the "
        "cores, two workers get less than twice what one gets, which the simulation does not know."
        f"\n\n{table(heads, lines)}\n"
    )


def draw(cells: list[Cell], single: list[Cell], path: Path) -> None:
    """Draw hours by machines."""
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(7, 4))
        axes = figure.subplots()
        for chips, colour in zip(SIZES, COLOURS, strict=True):
            own = [one for one in cells if one.chips == chips]
            hours = [one.hours[0] for one in own]
            axes.plot(MACHINES, hours, color=colour, marker="o", label=f"{chips:,} chips")
            axes.plot(MACHINES, [hours[0] / count for count in MACHINES], color=WALL, linewidth=0.7)
        axes.plot([one.machines for one in single], [one.hours[0] for one in single], color=BEHIND,
                  linestyle="--", label=f"{SIZES[-1]:,} chips, a task a part")  # fmt: skip
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xticks(MACHINES, [str(count) for count in MACHINES])
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_xlabel("machines of two cores")
        axes.set_ylabel("hours")
        axes.set_title("An index of many chips, simulated; thin: without waiting", color=INK)
        axes.grid(color="#e4e6ea", linewidth=0.8)
        axes.legend(frameon=False)
        figure.savefig(path, dpi=DPI, bbox_inches="tight", facecolor="white")


@click.command()
@click.option(
    "--docs",
    type=click.Path(path_type=Path),
    default=ROOT / "docs",
    help="Where the page goes; docs unless given.",
)
@click.option(
    "--bench",
    type=click.Path(path_type=Path),
    help="Results of make bench; unless given, those of docs/performance.md.",
)
@click.option("--chips-s", type=float, help="Chips that a machine indexes a second.")
@click.option("--price", default=Given().price_h, show_default=True, help="Of a machine, an hour.")
@click.option(
    "--life", default=ASSUMED.life_h, show_default=True, help="Hours until a machine dies, mean."
)
@click.option("--check", "checking", type=click.Path(path_type=Path),
              help="Folder where a real cluster indexes painted scenes, once.")  # fmt: skip
def main(docs: Path, bench: Path | None, chips_s: float | None, price: float, life: float,
         checking: Path | None) -> None:  # fmt: skip
    """Say what an index of a million to a hundred million chips takes."""
    given = Given(replace(ASSUMED, life_h=life), price)
    given = given.measured_in(bench) if bench else given
    rates = replace(given.rates, chips_s=chips_s) if chips_s else given.rates
    given = replace(given, rates=rates)
    checked = check(checking) if checking else []
    cells = [cell(rates, chips, machines) for chips in SIZES for machines in MACHINES]
    single = [cell(rates, SIZES[-1], machines, single=True) for machines in MACHINES]
    (docs / IMAGES).mkdir(parents=True, exist_ok=True)
    draw(cells, single, docs / IMAGES / PICTURE)
    (docs / PAGE).write_text(page(given, cells, single, checked), encoding="utf-8")
    click.echo(f"page: {docs / PAGE}")


if __name__ == "__main__":
    main()
