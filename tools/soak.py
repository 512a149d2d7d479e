"""Let a disk fail under an index at very many moments, and write down what was lost: nothing.

``make soak`` runs it. The faults are those of the tests (tests/cmpagl_model/index/campaign.py); the
tests draw some, this draws many, and writes docs/reliability.md.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import repeat
from pathlib import Path
from unittest.mock import patch

from tests.cmpagl_model.index.campaign import CHANGES, Campaign
from tests.cmpagl_model.index.faults import FAULTS, KILL
from tests.cmpagl_model.index.matrix import Matrix
from tools.peers import MOST, compare, in_memory, peers_table

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reliability.md"
SMALL_PART = 4
BY_OTHERS = "## Other runs"
"""Begins what this page has from other tools, kept as it is."""
HEAD = """# What an index survives

Written by `make soak`, which lets a disk fail under an index and looks at every row afterwards;
`make test` draws fewer of the same faults. Scenes are tiny and the encoder is a stand-in: what
is tested is what is kept, not what is in it.

Damaged and hostile rasters have [a page of their own](reliability-rasters.md).

"""
FAULTS_TEXT = """## Faults while an index is written

Every call that writes (opening a file to write, writing, flushing, renaming, deleting, making
and removing folders) can be the one at which the process is killed, gets an error, writes half,
or the power goes: then names that were not flushed are lost, or contents that were not.
Afterwards every row must be there as it was before or was to become, none twice, and the same
call again must end with the rows that it was to give. Moments are drawn from all there are.

The last four changes write a part as far as it is begun, after each batch: to the end of the scene,
or until a stop, after which it must be told that the scene is not whole, and the next call goes on.

"""
TWICE_TEXT = """Of these, {:,} were followed by another: the process that tried again was killed,
too, and the third try had to end it.

"""
MATRIX_TEXT = """## Changed bytes

One bit is flipped in a file of a whole index, its time kept, at places drawn over the whole
file. `cmpagl verify` must find it, opening and reading every row must give the true rows or say
what is left out, and `--repair` must bring back the same rows without touching another part.

"""


PEERS_TEXT = """## Beside other storage

The same faults by one method for all: `tools/disk.c` sits between a process and its calls that
write, and each call (of many, some evenly spread ones) is once the one at which it fails; the power
may also go right after the change has ended well. Then a new process must read all rows that were
there before, none wrong, and after a change that ended well the new ones, too. Cells say after how
many of the faults it could not. Each is used as its first page shows, and promises no more.

"""


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of everything."""

    kills: int
    """Processes killed."""
    faults: int
    """Faults of each other kind."""
    flips: int
    """Bits flipped in each kind of file."""
    seed: int
    """Of the draw."""


Done = Counter[tuple[str, ...]]
"""Faults by change and kind; calls that write, by change, under :data:`MOMENTS`; faults after which
the next try was killed, too, under :data:`TWICE`; bits flipped, by file, under :data:`FLIPS`."""
MOMENTS, TWICE, FLIPS = "moments", "twice", "flips"


def main() -> None:
    """Run the faults and write the page."""
    parser = argparse.ArgumentParser(description="Let a disk fail under an index, very often.")
    parser.add_argument("--kills", type=int, default=1000, help="processes killed")
    parser.add_argument("--faults", type=int, default=200, help="faults of each other kind")
    parser.add_argument("--flips", type=int, default=20, help="bits flipped in each kind of file")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument(
        "--peers", default=sys.executable, metavar="PYTHON",
        help="of an environment with faiss-cpu and lancedb",
    )  # fmt: skip
    parser.add_argument("--moments", type=int, default=MOST, help="calls that fail under a peer")
    asked = parser.parse_args()
    amounts = Amounts(asked.kills, asked.faults, asked.flips, asked.seed)
    started, today = time.monotonic(), datetime.now(timezone.utc).date()
    fresh = multiprocessing.get_context("spawn")  # a fork of what has threads may hang
    with ProcessPoolExecutor(asked.workers, fresh) as pool:
        peers = pool.submit(compare, asked.peers, asked.moments)
        numbers = range(asked.workers)
        shares = pool.map(share, repeat(amounts), numbers, repeat(asked.workers))
        total = sum(shares, Done())
        beside = peers.result()
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    kept = text[text.index(BY_OTHERS) :] if BY_OTHERS in text else ""  # of other runs, said when
    PAGE.write_text(
        f"{HEAD}{machine}; {today}; {time.monotonic() - started:,.0f} s; drawn with seed "
        f"{amounts.seed}.\n\n"
        f"{FAULTS_TEXT}{fault_table(total)}\n{TWICE_TEXT.format(total[TWICE,])}"
        f"{MATRIX_TEXT}{flip_table(total)}\n{PEERS_TEXT}{peers_table(beside)}\n"
        f"{kept}",
        encoding="utf-8",
    )
    print(f"wrote {PAGE.relative_to(ROOT)}")


def share(amounts: Amounts, number: int, workers: int) -> Done:
    """Do one worker's share.

    Args:
        amounts: how much there is to be done by all.
        number: of this worker, from 0.
        workers: how many there are.
    """
    with (
        tempfile.TemporaryDirectory(dir=in_memory()) as folder,
        patch("cmpagl_model.index.format.CHIPS_PER_PART", SMALL_PART),
    ):
        campaign, done = Campaign(Path(folder)), Done()
        for kind in FAULTS:
            count = amounts.kills if kind == KILL else amounts.faults
            for fault in campaign.some(count, amounts.seed, kind)[number::workers]:
                campaign.run(fault)
                done[TWICE,] += fault.again >= 0
        matrix = Matrix(Path(folder) / "matrix")
        for kind in matrix.kinds()[number::workers]:
            done[FLIPS, kind] = matrix.flips(kind, amounts.flips, amounts.seed)
        if not number:
            done.update({(MOMENTS, name): campaign.prepared(name)[3] for name in CHANGES})
        return done + campaign.done


def fault_table(done: Done) -> str:
    """How many faults there were, by change and kind; a fault that lost anything ends the run."""
    lines = [
        f"| change | moments | {' | '.join(FAULTS)} | rows lost, doubled or wrong |",
        f"|---|---|{'---|' * len(FAULTS)}---|",
    ]
    total: Counter[str] = Counter()
    for name in CHANGES:
        counts = {kind: done[name, kind] for kind in FAULTS}
        total.update(counts)
        cells = " | ".join(str(counts[kind]) for kind in FAULTS)
        lines.append(f"| {name} | {done[MOMENTS, name]} | {cells} | 0 |")
    cells = " | ".join(str(total[kind]) for kind in FAULTS)
    return "\n".join([*lines, f"| all | | {cells} | 0 |", ""])


def flip_table(done: Done) -> str:
    """How many bits were flipped, by kind of file; one that was missed ends the run."""
    lines = [
        "| file | bits flipped | found | wrong rows untold | mended |",
        "|---|---|---|---|---|",
    ]
    flips = sorted((name[1], count) for name, count in done.items() if name[0] == FLIPS)
    lines += [f"| {kind} | {count} | {count} | 0 | {count} |" for kind, count in flips]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
