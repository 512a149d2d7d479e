"""Searches of real scenes, where users search: other sensors, other sizes, few chips."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.evaluation.real_scenes import place_of_scene
from cmpagl_model.index import build_index
from cmpagl_model.search import open_index

from .trials import HITS, SCENES, SEED, TRUE, Trials, best_hits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.evaluation.real_scenes import SceneSentence
    from cmpagl_model.relevance.calibration import Evidence

    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class SceneChips:
    """The chips of some scenes, as an index holds them."""

    vectors: Floats
    """Unit vectors, ``(n, D)``."""
    places: NDArray[np.str_]
    """The place of each, ``(n,)``."""


def scene_chips(folder: Path, places: Sequence[str], encoder: Encoder) -> SceneChips:
    """Index the scenes of a folder for the time of the call.

    Args:
        folder: the scenes.
        places: names that the files of a place begin with.
        encoder: the model.
    """
    with TemporaryDirectory(prefix="cmpagl-", ignore_cleanup_errors=True) as work:
        build_index([str(folder)], Path(work) / "scenes.cmpagl", encoder)
        table = open_index(Path(work) / "scenes.cmpagl").table
        names = np.array([place_of_scene(scene.path, places) for scene in table.scenes])
        vectors = table.embeddings[np.arange(len(table))].astype(np.float32)
        return SceneChips(vectors, names[np.asarray(table.scene_of)])


def scene_trials(
    chips: SceneChips,
    sentences: Sequence[SceneSentence],
    lists: Mapping[str, tuple[list[str], Floats]],
    encoder: Encoder,
    evidence: Evidence,
) -> Trials:
    """Search some of the places for sentences of one of them, and for what none of them holds.

    Of the place that a sentence was written for, only the best chip is known to be right; chips
    of other places are wrong, and nothing is said of the rest.

    Args:
        chips: of all places.
        sentences: each true of one place; those for choosing are one half, the others the other.
        lists: sentences of each kind that fit no place, and their vectors.
        encoder: the model.
        evidence: of the model.
    """
    random, names = np.random.default_rng(SEED), np.unique(chips.places)
    vectors = encoder.encode_texts([sentence.text for sentence in sentences])
    asked = [
        (TRUE, s.text, v, s.place, int(s.reporting))
        for s, v in zip(sentences, vectors, strict=True)
    ]
    for kind, (texts, many) in lists.items():
        asked += [(kind, t, v, "", n % 2) for n, (t, v) in enumerate(zip(texts, many, strict=True))]
    known, right = [], np.full((len(asked), HITS), np.nan)
    for row, (_, text, vector, place, _) in enumerate(asked):
        count = int(random.integers(1, len(names) + 1))  # an index may hold one scene or many
        some = random.permutation(names)[:count]
        searched = np.append(some, place) if place else some
        rows = np.flatnonzero(np.isin(chips.places, searched))
        best, of_hits = best_hits(chips.vectors[rows], text, vector, evidence)
        known.append(of_hits)
        here = chips.places[rows[best]] == place
        right[row, : len(best)] = np.where(here, np.nan, 0.0)
        if here.any():
            right[row, int(here.argmax())] = 1.0
    return Trials(
        kinds=np.array([kind for kind, *_ in asked]),
        galleries=np.full(len(asked), SCENES),
        half=np.array([half for *_, half in asked]),
        evidence=np.stack(known),
        right=right,
    )
