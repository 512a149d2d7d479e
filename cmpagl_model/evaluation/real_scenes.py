"""Sentences for georeferenced scenes: does a search bring the scene that each was written for?

Start at :func:`scene_ranks`. Scenes go the way of every scene: cut into chips at automatic ground
sizes, embedded, indexed and searched.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import DatasetError
from cmpagl_model.index import build_index
from cmpagl_model.progress import NoProgress
from cmpagl_model.search import open_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.progress import Progress
    from cmpagl_model.records import Problem, Rerank


FIRST_LOOK = 100


@dataclass(frozen=True, slots=True)
class SceneSentence:
    """What somebody may type to find one of the scenes."""

    text: str
    """The sentence."""
    place: str
    """Beginning of the name of its scene's file; several scenes of one place share it."""
    reporting: bool
    """Whether it is for figures to report, and not for choosing settings."""


@dataclass(frozen=True, slots=True, eq=False)
class SceneRanks:
    """Where the right scene of every sentence came."""

    ranks: dict[Rerank, NDArray[np.int64]]
    """Under each way of ranking, from 0, among the places, ``(sentences,)``."""
    places: int
    """Different places that were indexed."""
    chips: int
    """Chips that were searched."""
    problems: tuple[Problem, ...]
    """Scenes that could not be indexed, wholly or in part."""


def read_scene_sentences(path: Path) -> list[SceneSentence]:
    """Read ``{"sentences": {PLACE: [SENTENCE, ...]}}``.

    The first, third ... of a place are for choosing, the others for reporting.

    Raises:
        DatasetError: if the file cannot be read or has another form.
    """
    try:
        places = json.loads(path.read_text(encoding="utf-8"))["sentences"].items()
        return [
            SceneSentence(str(text), place, reporting=row % 2 == 1)
            for place, texts in places
            for row, text in enumerate(texts)
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{path}: no readable sentences for scenes ({type(error).__name__}: {error}); "
            'wanted {"sentences": {"beginning of a file name": ["sentence"]}}'
        ) from error


def scene_ranks(
    folder: Path,
    sentences: Sequence[SceneSentence],
    encoder: Encoder,
    ways: Iterable[Rerank] = ("none",),
    progress: Progress | None = None,
) -> SceneRanks:
    """Index the scenes of a folder for the time of the call and search them.

    Args:
        folder: the scenes; those that no sentence is for take part as places of their own.
        sentences: one or more.
        encoder: the model.
        ways: how the best are re-ranked.
        progress: called for chips and sentences; ``None``: nothing is.

    Returns:
        Ranks of the right place among the places, by the best chip of each; a place whose scenes
        could not be indexed comes last.

    Raises:
        DatasetError: if no scene of a sentence's place is in the folder.
        ModelError: if a way needs a fusion encoder or a bank that the model lacks.
    """
    told = progress or NoProgress()
    names = sorted({sentence.place for sentence in sentences})
    for name in names:
        if not any(folder.glob(f"{name}*.tif")):
            raise DatasetError(f"{folder}: found no scene {name}*.tif, wanted it for its sentences")
    with TemporaryDirectory(prefix="cmpagl-", ignore_cleanup_errors=True) as work:
        index_folder = Path(work) / "scenes.cmpagl"
        report = build_index([str(folder)], index_folder, encoder, progress=told)
        index = open_index(index_folder)
        index.use_encoder(encoder)
        chips = len(index.table.scene_of)
        place_of = {scene.path: place_of_scene(scene.path, names) for scene in index.table.scenes}
        count = len(set(place_of.values()))
        ranks: dict[Rerank, NDArray[np.int64]] = {}
        for way in ways:
            told.start(len(sentences), "encoding sentences")
            found = []
            for sentence in sentences:
                for k in (min(FIRST_LOOK, chips), chips):  # most need no more than the first
                    hits = index.search(sentence.text, k, merge=False, rerank=way).hits
                    order = list(dict.fromkeys(place_of[hit.scene] for hit in hits))
                    if sentence.place in order:
                        break
                found.append(order.index(sentence.place) if sentence.place in order else count)
                told.advance(1)
            ranks[way] = np.array(found)
    return SceneRanks(ranks, count, chips, (*report.problems, *report.damaged))


def place_of_scene(path: str, names: Sequence[str]) -> str:
    """The longest of ``names`` that a scene's file begins with; else its own."""
    stem = Path(path).stem
    return max((name for name in names if stem.startswith(name)), key=len, default=stem)
