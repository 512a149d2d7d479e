"""Ask an index while others add to it: what is there so far, and each new place once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmpagl_model.index.format import read_info
from cmpagl_model.index.opening import open_chips
from cmpagl_model.index.underway import underway

from .merge import shows_same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cmpagl_model.index.underway import Underway
    from cmpagl_model.records import Hit

    from .answer import Answer
    from .query import SearchableIndex
    from .saved import SavedQuery

PAUSE_S = 2.0
"""Between two looks whether there is a new version."""
SHARE_OF_TIME = 0.2
"""That goes into looking, at most: the chips of a large index take a while to be opened."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """What one look brought."""

    new: tuple[Hit, ...]
    """Matches whose place no look before has shown, best first, ranked as in ``answer``."""
    answer: Answer
    """All of this look."""
    underway: Underway | None
    """How far the build is; ``None``: nothing is being added, and this is the last look."""


def follow(
    index: SearchableIndex,
    query: SavedQuery,
    *,
    pause_s: float = PAUSE_S,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[Followed]:
    """Ask again whenever there is more in an index, until nothing is added any more.

    A match is one of the ``k`` best of a look; of a sentence without ``min_score`` and
    ``min_relevance`` it must reach the model's cut-off, too, for the first chips of an index are
    mostly far from what is wanted. The sentence is embedded once. Where nothing is being
    added there is one look.

    Args:
        index: what is asked; it goes on with the newest version each time.
        query: what is asked for.
        pause_s: seconds between two looks whether there is more.
        wait: waits that many seconds; an exception ends it all.

    Yields:
        A look for each version that is met, whether or not it brings anything new.

    Raises:
        QueryError: if the query does not fit the index.
        IndexFormatError: if the index is gone.
    """
    shown: list[Hit] = []
    looked = False
    while True:
        state = underway(index.folder)  # before the index: the last look must see all of it
        info, started = read_info(index.folder), time.monotonic()
        newer = info.number != index.info.number
        if newer:
            index.take(open_chips(index.folder, info))
        if newer or not looked or state is None:
            answer = query.ask(index)
            new = tuple(
                hit
                for hit in query.matches(answer)
                if not any(shows_same(hit, one, query) for one in shown)
            )
            shown += new
            looked = True
            yield Followed(new, answer, state)
        if state is None:
            return
        wait(max(pause_s, (time.monotonic() - started) / SHARE_OF_TIME))
