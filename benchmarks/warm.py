"""A question to an open index, as a user asks it: sentence in, hits with footprints out."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import click

from cmpagl_model.search import open_index

from .million import make_index
from .record import Row
from .seeds import seeds
from .timing import paired, quartiles, timed_row

if TYPE_CHECKING:
    from pathlib import Path

    from .settings import Settings

TOPIC = "warm"
HITS = 20
"""What ``cmpagl search`` shows unless told otherwise."""
OPENINGS = 7
OPEN = """
import sys, time
from pathlib import Path
from cmpagl_model.index.opening import open_chips
from cmpagl_model.index.format import read_info
folder = Path(sys.argv[1])
started = time.perf_counter()
open_chips(folder, read_info(folder))
print(time.perf_counter() - started)
"""
"""What opens an index in a process of its own and prints the seconds, imports left out."""


def measure(folder: Path, settings: Settings) -> list[Row]:
    """Time questions to the largest of the indexes that peers search, and its opening.

    Args:
        folder: where indexes go; those that are there are used.
        settings: inputs and sizes.

    Returns:
        Sentence to hits, its share for the sentence alone, and the opening.
    """
    found = seeds(folder, settings)
    sentences = found.asked(settings.questions)[0]
    path = make_index(found.images, settings.largest, folder)
    index = open_index(path)
    click.echo(f"  {len(sentences)} sentences to {settings.largest:,} chips")
    ways = [
        lambda n: index.search(sentences[n], HITS),
        lambda n: index.encoder.encode_texts([sentences[n]]),
    ]
    asked, encoded = paired(ways, len(sentences))
    opened = quartiles([1e3 * opening_s(path) for _ in range(OPENINGS + 1)][1:])
    size = f"{settings.largest:,} chips"
    return [
        timed_row(
            TOPIC, f"sentence to {HITS} hits, {size}", asked, limit=60.0,
            note="text encoding and merging of places included",
        ),
        timed_row(TOPIC, "of that, the sentence to its embedding", encoded),
        Row(
            TOPIC, f"opening an index, {size}", "ms", *opened, limit=500.0,
            note=f"{OPENINGS} new processes, files in the system's cache, imports left out",
        ),
    ]  # fmt: skip


def opening_s(path: Path) -> float:
    """How long a new process takes to open an index, imports left out, seconds."""
    command = [sys.executable, "-c", OPEN, str(path)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
