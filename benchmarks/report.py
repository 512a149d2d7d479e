"""The page of all finished topics: python -m benchmarks.report FOLDER --docs docs.

It is made from the JSON files of a run alone, so it can be made again at any time.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .results import read_failure, read_result
from .topics import TOPICS
from .wording import number, ours, ratio, reached, table, theirs, to_reach, verdict

if TYPE_CHECKING:
    from .record import Row
    from .results import Result

PAGE, IMAGES = "performance.md", "images"
RATIOS, GROWTH = "performance.png", "performance-growth.png"
HEAD = """# Performance

How fast searching, tiling, encoding and indexing are, beside tools that one could use instead.
`make bench` measures and writes this page; please do not edit it by hand.
"""
METHOD = """## How it was measured

- **In turn.** Ours and the peer answer the same question one after the other, in both orders, three
  rounds (two for slow peers, which are asked fewer questions). Of the rounds the best time of a
  question counts. A ratio is taken for each question; the table has its median and quartiles.
- **Embeddings.** Some thousand pictures are embedded by the shipped model. The many are made from
  them: between a real embedding and one of its ten nearest, moved along the cloud
  ([decision 6](decisions/0006-search-codes.md)). Queries are real sentences, which lie off the
  cloud of the pictures.
- **Recall** is counted against all embeddings compared in single precision.
- **Threads.** Everybody uses the threads that he chooses by himself.
- **Warm.** Files are in the system's cache, libraries are loaded, and each time another question is
  asked before the clock runs. Without that, a search right after a peer has read its gigabyte
  takes some two to six times as long. "From a cold process" starts a new process each time.
- Networks of peers have random weights; for speed these serve as well.
"""
LIMITS = """## What these figures do not say

- They hold for the machine above. More cores help matrices more than the scan of codes, which waits
  for memory.
- Millions of chips are made up as described, not read from millions of real pictures.
- Where others used cores meanwhile, only ratios can be trusted, and these not far. (The load before
  a topic is that of the topic before it.)
- A projected figure was not measured.

What stops a figure where it stops is in [decision 8](decisions/0008-what-limits-speed.md).
"""
AGAIN = """## Measure again

```
make bench                                  # sample scenes of make demo
make bench SCENES=folder                    # own GeoTIFFs
make bench CAPTIONS=dataset.json            # pictures with captions, as RSICD has them
make bench ARGS="--only search --large"     # one topic; ten million chips, too
python -m benchmarks.report .cache/bench --docs docs   # this page again, from what was measured
```

Finished topics are kept and not measured again unless inputs or sizes change (`--again` does).
"""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--docs", type=click.Path(path_type=Path), help="Where the page goes; else FOLDER.")
def main(folder: Path, docs: Path | None) -> None:
    """Write the page of the results in FOLDER again.

    Raises:
        ClickException: if there are none.
    """
    if not results(folder):
        raise click.ClickException(
            f"{folder}: found no results, wanted some; next: make bench, or name the folder that "
            "its -o named"
        )
    write_report(folder, docs or folder)
    click.echo(f"page: {(docs or folder) / PAGE}")


def results(folder: Path) -> list[Result]:
    """The finished topics of a run, in their order."""
    found = [read_result(folder, one.name) for one in TOPICS]
    return [result for result in found if result is not None]


def write_report(folder: Path, target: Path) -> None:
    """Write the page and its pictures.

    Args:
        folder: of the run.
        target: where ``performance.md`` and ``images/`` go.
    """
    done = results(folder)
    (target / IMAGES).mkdir(parents=True, exist_ok=True)
    pictures = _draw([row for result in done for row in result.rows], target / IMAGES)
    (target / PAGE).write_text(page(done, _missing(folder, done), pictures), encoding="utf-8")


def page(done: list[Result], missing: dict[str, str], pictures: tuple[str, ...] = ()) -> str:
    """The page.

    Args:
        done: finished topics.
        missing: topics without a result, and why.
        pictures: names of the pictures that were drawn.
    """
    rows = [row for result in done for row in result.rows]
    parts = [HEAD, _machines(done), _aims(rows, missing)]
    if RATIOS in pictures:
        parts.append(
            f"![How many times better than each peer]({IMAGES}/{RATIOS})\n\n"
            "Bars end at the median ratio, whiskers at its quartiles; a diamond is what was set.\n"
        )
    parts.append(_behind(rows))
    for result in done:
        parts.append(_section(result))
        if result.topic == "growth" and GROWTH in pictures:
            parts.append(f"![Time by size, and the share of the limits]({IMAGES}/{GROWTH})\n")
    return "\n".join([*parts, METHOD, LIMITS, AGAIN]).rstrip() + "\n"


def summary(folder: Path) -> str:
    """What was set and reached, for the terminal."""
    done = results(folder)
    return _aims([row for result in done for row in result.rows], _missing(folder, done))


def _missing(folder: Path, done: list[Result]) -> dict[str, str]:
    there = {result.topic for result in done}
    return {
        one.name: read_failure(folder, one.name) or "not tried"
        for one in TOPICS
        if one.name not in there
    }


def _machines(done: list[Result]) -> str:
    lines = []
    for result in done:
        machine = result.machine
        memory = f", {machine.memory_gb:.0f} GB of memory" if machine.memory_gb else ""
        versions = ", ".join(f"{name} {version}" for name, version in machine.versions)
        line = f"{machine.cpu}, {machine.cores} cores{memory}; {machine.system}; {versions}."
        if line not in lines:
            lines.append(line)
    loads = [
        (
            result.topic, result.machine.date, number(result.machine.load),
            number(result.others) if result.others >= 0 else "not known",
            f"{result.seconds / 60:.1f}", result.machine.commit,
        )
        for result in done
    ]  # fmt: skip
    heads = ("topic", "date", "load before", "cores used by others", "minutes", "commit")
    busy = [result.topic for result in done if result.disturbed]
    warning = (
        f"\n**Other work ran during {', '.join(busy)}**: these times are too long.\n"
        if busy
        else ""
    )
    return "\n".join(["## The machine\n", *lines, "", table(heads, loads), warning])


def _aims(rows: list[Row], missing: dict[str, str]) -> str:
    lines = [
        (row.what, row.against, to_reach(row), reached(row) or row.note, verdict(row))
        for row in rows
        if to_reach(row)
    ]
    said = [f"Not measured: {name} ({why})." for name, why in missing.items()]
    heads = ("what", "against", "to reach", "reached", "")
    return "\n".join(["## What was set, and what is reached\n", table(heads, lines), "", *said, ""])


def _behind(rows: list[Row]) -> str:
    """Peers that are ahead. A ratio below 1 that was set, or is a share of a limit, is none."""
    ahead = [
        row
        for row in rows
        if row.behind and row.topic != "roofline" and not (row.wanted_ratio or 1) < 1
    ]
    lines = [
        f"- {row.what}: {row.against} is {number(1 / (row.ratio or 1))} times as "
        f"{'fast' if row.unit.endswith('s') else 'good'} ({theirs(row)}, ours {ours(row)}). "
        f"{row.note}".rstrip()
        for row in ahead
    ]
    return "\n".join(["## Where another is ahead\n", *(lines or ["In none of these rows."]), ""])


def _section(result: Result) -> str:
    title = next(one.title for one in TOPICS if one.name == result.topic)
    against = any(row.against for row in result.rows)
    heads = ("what", "ours", *(("against", "theirs", "times better") if against else ()), "note")
    lines = [
        (
            row.what, ours(row),
            *((row.against, theirs(row), ratio(row)) if against else ()),
            row.note,
        )
        for row in result.rows
    ]  # fmt: skip
    return "\n".join([f"## {title}\n", table(heads, lines), ""])


def _draw(rows: list[Row], folder: Path) -> tuple[str, ...]:
    """Draw what there is to draw; the names of the pictures."""
    try:
        from .plots import draw_growth, draw_ratios  # noqa: PLC0415 - matplotlib may be missing
    except ImportError:
        click.echo("no pictures: matplotlib is not installed", err=True)
        return ()
    drawn = []
    for name, draw in ((RATIOS, draw_ratios), (GROWTH, draw_growth)):
        if draw(rows, folder / name):
            drawn.append(name)
    return tuple(drawn)


if __name__ == "__main__":
    main()
