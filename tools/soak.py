"""Let a disk fail under an index at very many moments, and write down what was lost: nothing.

``make soak`` runs it. The faults are those of the tests (tests/cmpagl_model/index/campaign.py); the
tests draw some, this draws many, and writes docs/reliability.md.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from collections import Counter
from pathlib import Path
from unittest.mock import patch

from tests.cmpagl_model.index.campaign import CHANGES, Campaign
from tests.cmpagl_model.index.faults import FAULTS, KILL
from tests.cmpagl_model.index.matrix import Matrix

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reliability.md"
SMALL_PART = 4
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

"""
MATRIX_TEXT = """## Changed bytes

One bit is flipped in a file of a whole index, its time kept, at places drawn over the whole
file. `cmpagl verify` must find it, opening and reading every row must give the true rows or say
what is left out, and `--repair` must bring back the same rows without touching another part.

"""


def main() -> None:
    """Run the faults and write the page."""
    parser = argparse.ArgumentParser(description="Let a disk fail under an index, very often.")
    parser.add_argument("--kills", type=int, default=1000, help="processes killed")
    parser.add_argument("--faults", type=int, default=200, help="faults of each other kind")
    parser.add_argument("--flips", type=int, default=20, help="bits flipped in each kind of file")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    asked = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        patch("cmpagl_model.index.format.CHIPS_PER_PART", SMALL_PART).start()
        campaign = Campaign(Path(folder))
        for kind in FAULTS:
            count = asked.kills if kind == KILL else asked.faults
            for fault in campaign.some(count, asked.seed, kind):
                campaign.run(fault)
        matrix = Matrix(Path(folder) / "matrix")
        flips = {kind: matrix.flips(kind, asked.flips, asked.seed) for kind in matrix.kinds()}
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    PAGE.write_text(
        f"{HEAD}{machine}; {time.monotonic() - started:,.0f} s.\n\n{FAULTS_TEXT}"
        f"{fault_table(campaign)}\n{MATRIX_TEXT}{flip_table(flips)}",
        encoding="utf-8",
    )
    print(f"wrote {PAGE.relative_to(ROOT)}")


def fault_table(campaign: Campaign) -> str:
    """How many faults there were, by change and kind; a fault that lost anything ends the run."""
    lines = [
        f"| change | moments | {' | '.join(FAULTS)} | rows lost, doubled or wrong |",
        f"|---|---|{'---|' * len(FAULTS)}---|",
    ]
    total: Counter[str] = Counter()
    for name in CHANGES:
        counts = {kind: campaign.done[name, kind] for kind in FAULTS}
        total.update(counts)
        cells = " | ".join(str(counts[kind]) for kind in FAULTS)
        lines.append(f"| {name} | {campaign.prepared(name)[3]} | {cells} | 0 |")
    cells = " | ".join(str(total[kind]) for kind in FAULTS)
    return "\n".join([*lines, f"| all | | {cells} | 0 |", ""])


def flip_table(flips: dict[str, int]) -> str:
    """How many bits were flipped, by kind of file; one that was missed ends the run."""
    lines = [
        "| file | bits flipped | found | wrong rows untold | mended |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {kind} | {count} | {count} | 0 | {count} |" for kind, count in flips.items()]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
