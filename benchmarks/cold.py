"""``cmpagl search`` from a cold process, beside what importing torch alone would cost."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import TYPE_CHECKING

import click

from .million import make_index
from .record import ABSENT
from .seeds import seeds
from .timing import paired, timed_row

if TYPE_CHECKING:
    from pathlib import Path

    from .record import Row
    from .settings import Settings

TOPIC = "cold"
CHIPS, STARTS, ROUNDS = 10_000, 7, 3
WANTED_RATIO = 2.0
"""Less than half of it."""


def measure(folder: Path, settings: Settings) -> list[Row]:
    """Time whole processes, in turn.

    Args:
        folder: where the index goes.
        settings: inputs and sizes; of the growth, the smallest size is searched.

    Returns:
        One row.
    """
    found, chips = seeds(folder, settings), min(CHIPS, *settings.growth)
    index = make_index(found.images, chips, folder)
    sentences = found.asked(STARTS)[0]
    what, against = f"cmpagl search, {chips:,} chips, to the table", 'python -c "import torch"'
    click.echo(f"  {STARTS} starts of {what}")
    search = [sys.executable, "-m", "cmpagl_model.cli", "search", str(index)]
    torch = [sys.executable, "-c", "import torch"]
    ways = [lambda n: _run(*search, sentences[n])]
    if importlib.util.find_spec("torch") is not None:
        ways.append(lambda _: _run(*torch))
    ours, *theirs = paired(ways, len(sentences), ROUNDS)
    note = "new processes, files in the system's cache" if theirs else ABSENT
    fields = {"against": against, "wanted_ratio": WANTED_RATIO, "note": note}
    return [timed_row(TOPIC, what, ours, *theirs, **fields)]


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
