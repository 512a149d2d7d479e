"""What a saved query finds that it had not found before: :func:`watch`, then :func:`keep`.

A chip is known by the content of its scene, its window and its ground size: neither a rebuilt
index, nor another order or place of the files makes it new; a scene whose file changed does.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.config import record_from_dict
from cmpagl_model.errors import ConfigError, QueryError
from cmpagl_model.index.vectors import write_text

from .saved import page_of_query, read_page, read_query

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cmpagl_model.progress import Progress
    from cmpagl_model.records import Hit

    from .answer import Answer
    from .examples import ChipPlace
    from .query import SearchableIndex

VERSION, ENDING = 1, ".watch.json"
MOST_MATCHES = 10_000
"""That are looked at, best first."""
DIGITS = 16
"""Of a chip's mark; two of ten million chips share one with a chance of 1 to 370,000."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a look brought."""

    answer: Answer
    """Its hits are the new ones, best first."""
    known: int
    """Matches that were seen before."""
    note: str
    """What a person should know of this look, one line; mostly empty."""
    query: str
    """SHA-256 of the query."""
    seen: tuple[str, ...]
    """Marks of all chips that are seen now, in order."""


@dataclass(frozen=True, slots=True)
class _Record:
    """What is stored next to the query."""

    cmpagl_watch: int
    query: str
    seen: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the version.

        Raises:
            ConfigError: if it is another.
        """
        if self.cmpagl_watch != VERSION:
            raise ConfigError(f"found version {self.cmpagl_watch}, wanted {VERSION}")


def watch(
    index: SearchableIndex,
    path: str | Path,
    *,
    shown: Collection[ChipPlace] | None = None,
    progress: Progress | None = None,
) -> Watched:
    """The matches of a saved query that no earlier look has shown; nothing is written.

    A match is a hit that reaches the query's ``min_relevance`` or ``min_score``; of a sentence
    without either, one that reaches the model's cut-off; else one of the ``k`` best.

    Args:
        index: where to look.
        path: the query's file; what was seen is stored next to it.
        shown: of the new matches only these count as seen where the look is kept, for the index
            may have grown since they were shown; ``None``: all do.
        progress: told of a second look; ``None``: nobody is.

    Raises:
        QueryError: if the query, or the record of what was seen, cannot be read.
    """
    path = Path(path)
    query = read_query(path)
    digest = hashlib.sha256(json.dumps(page_of_query(query), sort_keys=True).encode()).hexdigest()
    before, note = _seen(path, digest)
    most = MOST_MATCHES if query.has_cut else None
    # Without siblings: what a new scene shows is news, however well an older one shows it.
    answer = query.ask(index, k=most, siblings=False, progress=progress)
    if most is None and answer.cutoff is not None:  # all that reach it count
        answer = query.ask(index, k=MOST_MATCHES, siblings=False, progress=progress)
    matches = query.matches(answer)
    if len(matches) == MOST_MATCHES:
        full = f"looked at the best {MOST_MATCHES:,} matches; next: give a higher min_relevance"
        note = "; ".join(filter(None, (note, full)))
    checksums = {scene.path: scene.checksum for scene in index.table.scenes}
    marks = [hit_hash(hit, checksums) for hit in matches]
    new = [hit for hit, mark in zip(matches, marks, strict=True) if mark not in before]
    ranked = tuple(replace(hit, rank=number + 1) for number, hit in enumerate(new))
    found = replace(answer, hits=ranked, found=bool(ranked), notice="")
    seen = before.union(marks)
    if shown is not None:
        told = {hit_hash(one, checksums) for one in shown if one.scene in checksums}
        seen = before.union(told.intersection(marks))
    return Watched(found, len(matches) - len(new), note, digest, tuple(sorted(seen)))


def keep(watched: Watched, path: str | Path) -> None:
    """Remember what was seen, so that the next look shows it no more; whole or not at all.

    What another look kept in the meantime stays.

    Args:
        watched: from :func:`watch`.
        path: the query's file.

    Raises:
        OutputError: if it cannot be written.
        QueryError: if the record is damaged by now.
    """
    before, _ = _seen(Path(path), watched.query)
    record = _Record(VERSION, watched.query, tuple(sorted(before.union(watched.seen))))
    write_text(record_of(Path(path)), json.dumps(asdict(record)) + "\n")


def record_of(path: Path) -> Path:
    """Where is stored what a query has shown: ``boats.watch.json`` next to ``boats.json``."""
    return path.with_name(path.stem + ENDING)


def hit_hash(hit: Hit | ChipPlace, checksums: Mapping[str, str]) -> str:
    """What a chip is known by.

    Args:
        hit: the chip.
        checksums: of scenes, by path.
    """
    told = (checksums[hit.scene], *astuple(hit.window), f"{hit.ground_m:.6g}")
    return hashlib.sha256(repr(told).encode()).hexdigest()[:DIGITS]


def _seen(path: Path, digest: str) -> tuple[frozenset[str], str]:
    """The marks of what earlier looks have shown, and what to say of it.

    Raises:
        QueryError: if the record is damaged.
    """
    record = record_of(path)
    if not record.exists():
        return frozenset(), ""
    try:
        kept = record_from_dict(_Record, read_page(record), str(record))
    except (ConfigError, QueryError) as error:
        raise QueryError(
            f"{record}: found a damaged record of what was seen ({error}); next: delete it; all "
            "matches then are new once more"
        ) from error
    if kept.query != digest:
        return frozenset(), "the query has changed since the last look; all matches are new"
    return frozenset(kept.seen), ""
