"""Constants of relevance: what counts as found, set by set."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from cmpagl_model.relevance.calibration import Background, alike
from cmpagl_model.relevance.settings import Weights
from research.relevance.fit import fit
from research.relevance.trials import HITS, TRUE, Trials

KINDS_OF_EVIDENCE = len(fields(Weights))


def made_trials(galleries: dict[str, float], count: int = 400) -> Trials:
    """Searches of galleries whose true hits have another mean score each; others have less."""
    random = np.random.default_rng(3)
    names = np.repeat(list(galleries), 2 * count)
    kinds = np.tile(np.repeat([TRUE, "off_topic"], count), len(galleries))
    scores = random.normal(np.repeat(list(galleries.values()), 2 * count), 0.05)
    scores[kinds != TRUE] -= 0.25
    evidence = random.normal(size=(len(names), HITS, KINDS_OF_EVIDENCE))
    evidence[:, :, -1] = 1
    evidence[:, :, 0] = np.sort(scores[:, None] - random.uniform(0, 0.3, (len(names), HITS)))[
        :, ::-1
    ]
    evidence[:, 0, 0] = scores
    right = (random.uniform(size=(len(names), HITS)) < evidence[:, :, 0]) & (kinds == TRUE)[:, None]
    return Trials(kinds, names, np.arange(len(names)) % 2, evidence, right.astype(float))


def test_no_gallery_loses_more_than_a_tenth_of_its_true_searches():
    trials = made_trials({"easy": 0.9, "middling": 0.85, "hard": 0.7})
    found = fit(trials, np.ones(len(trials.kinds), bool)).found(trials)
    lost = {
        name: 1 - found[trials.true & (trials.galleries == name)].mean()
        for name in ("easy", "middling", "hard")
    }
    assert max(lost.values()) <= 0.1
    assert lost["hard"] == pytest.approx(0.09, abs=0.005)
    assert found[~trials.true & (trials.galleries == "hard")].mean() < 0.1


def test_chips_are_as_alike_as_their_mean_is_long():
    same = np.tile(np.eye(4, dtype=np.float32)[0], (5, 1))
    assert alike(same) == pytest.approx(1)
    assert alike(np.eye(4, dtype=np.float32)) == pytest.approx(0.5)  # quarters of each axis
    assert alike(np.array([[1, 0], [-1, 0]], np.float32)) == pytest.approx(0)


def test_a_background_keeps_what_is_known_of_the_whole_index():
    found = Background.of(np.array([0.25, 0.75], np.float16), 7, 0.5)
    assert found == Background(mean=0.5, deviation=0.25, chips=7, alike=0.5)
