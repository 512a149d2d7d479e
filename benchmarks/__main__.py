"""Measure us beside the peers, topic by topic: python -m benchmarks, or make bench.

Finished topics are kept in the output folder and not measured again unless inputs or sizes
changed; a topic that fails costs no other. Ctrl-C stops; the same command goes on from there.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from .environment import interpreter
from .machine import BUSY_FROM, ROOT, load
from .report import summary, write_report
from .results import read_result, write_failure, write_settings
from .settings import LARGE, Settings
from .topics import TOPICS, Topic, topic

OUTPUT = ROOT / ".cache" / "bench"
SCRATCH = "scratch"
POLL_S, GRACE_S = 0.2, 5.0
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Run:
    """What is measured, and where the results go."""

    folder: Path
    """Of results, indexes and seeds."""
    settings: Settings
    """Inputs and sizes."""
    again: bool
    """Whether finished topics are measured again."""
    minutes: float
    """What a topic may take; longer ones are stopped and named."""

    def finished(self, one: Topic) -> bool:
        """Whether a topic need not be measured."""
        found = read_result(self.folder, one.name)
        return not self.again and found is not None and found.settings == self.settings


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), default=OUTPUT, metavar="FOLDER",
              help="Results, indexes and seeds; .cache/bench unless given.")  # fmt: skip
@click.option("--only", multiple=True, type=click.Choice([one.name for one in TOPICS]),
              help="Only this topic; may be repeated.")  # fmt: skip
@click.option("--captions", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="dataset.json whose pictures and sentences are embedded.")  # fmt: skip
@click.option("--pictures", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder of its pictures; 'images' beside it unless given.")  # fmt: skip
@click.option("--scenes", type=click.Path(exists=True, path_type=Path),
              help="Folder of GeoTIFFs; the demo's sample scenes unless given.")  # fmt: skip
@click.option("--large", is_flag=True, help="10 million chips, too: some 15 GB of disk, 20 min.")
@click.option("--quick", is_flag=True, help="Small sizes, to try it out: figures mean nothing.")
@click.option("--again", is_flag=True, help="Measure finished topics again.")
@click.option("--minutes", default=20.0, show_default=True, help="What a topic may take.")
@click.option("--docs", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Write performance.md and its pictures there, too.")  # fmt: skip
def main(
    output: Path, only: tuple[str, ...], minutes: float, docs: Path | None, *, again: bool,
    **inputs: Any,
) -> None:  # fmt: skip
    """Measure searching, tiling, encoding and indexing beside other tools."""
    settings = chosen_settings(**inputs)
    run = Run(output.absolute(), settings, again, minutes)
    chosen = [topic(name) for name in dict.fromkeys(only)] or list(TOPICS)
    write_settings(run.folder, settings)
    click.echo(f"results go to {output}; Ctrl-C stops, the same command goes on from there")
    if load() > BUSY_FROM:
        click.echo(f"this machine is busy (load {load():.1f}): figures will say so", err=True)
    stopped = False
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended from outside: as by Ctrl-C
    try:
        failed = [one.name for number, one in enumerate(chosen) if not ensure(run, one, number)]
    except KeyboardInterrupt:
        stopped, failed = True, []
    for place in [run.folder, *([docs] if docs else [])]:
        write_report(run.folder, place)
    click.echo(summary(run.folder))
    click.echo(f"page: {(docs or run.folder) / 'performance.md'}")
    if stopped or failed:
        said = "stopped" if stopped else f"not measured: {', '.join(failed)}"
        click.echo(f"{said}; next: the same command goes on from here", err=True)
        sys.exit(INTERRUPTED if stopped else 1)


def chosen_settings(
    captions: Path | None, pictures: Path | None, scenes: Path | None, *, large: bool, quick: bool
) -> Settings:
    """Settings from what the user said; paths become absolute."""

    def said(path: Path | None) -> str:
        return str(path.absolute()) if path else ""

    whole = Settings(said(captions), said(pictures), said(scenes))
    if quick:
        return replace(
            whole, sizes=(30_000,), growth=(2_000, 30_000), k=20, questions=8, seeds=256,
            scene_px=1_000, seconds=2.0,
        )  # fmt: skip
    return replace(whole, growth=(*whole.growth, LARGE)) if large else whole


def ensure(run: Run, one: Topic, number: int) -> bool:
    """Measure a topic unless it is finished; whether there is a result now.

    Args:
        run: where results go.
        one: the topic.
        number: its place among those chosen, from 0.
    """
    if run.finished(one):
        click.echo(f"{one.name}: measured before (--again measures it again)")
        return True
    click.echo(f"{one.name}: {one.title} (about {one.minutes:g} min)", nl=True)
    started = time.monotonic()
    why = measured(run, one)
    if why:
        write_failure(run.folder, one.name, why)
        click.echo(f"{one.name}: {why}", err=True)
        return False
    click.echo(f"{one.name}: done in {time.monotonic() - started:.0f} s, {number + 1} so far")
    return True


def measured(run: Run, one: Topic) -> str:
    """Measure a topic in a process of its own; why that failed, or an empty text."""
    scratch = run.folder / SCRATCH
    scratch.mkdir(parents=True, exist_ok=True)
    command = [interpreter(), "-m", "benchmarks.topics", one.name, str(run.folder)]
    about = {**os.environ, "TMPDIR": str(scratch), "PYTHONUNBUFFERED": "1"}
    child = subprocess.Popen(command, cwd=ROOT, env=about, start_new_session=True)
    try:
        code = child.wait(timeout=60 * run.minutes)
    except subprocess.TimeoutExpired:
        return f"stopped after {run.minutes:g} minutes (--minutes allows more)"
    finally:
        end(child)
        shutil.rmtree(scratch, ignore_errors=True)
    return f"its process ended with {code}; the reason is above" if code else ""


def end(child: subprocess.Popen[bytes]) -> None:
    """End a topic's process and all that it started, if it is still there."""
    if child.poll() is not None:
        return
    for number, patience in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, None)):
        os.killpg(child.pid, number)
        try:
            child.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
        return


if __name__ == "__main__":
    main()
