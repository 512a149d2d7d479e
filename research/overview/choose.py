"""Chooses the short general sentences among the reference sentences that ship.

The sentences are of this project's own (``research/sentences``): those that say neither where in
the picture something lies nor how many there are, of words that stand in many sentences. Of those
that the model takes for nearly the same, the first stays.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.index.vectors import write_text
from cmpagl_model.search.reference import SHIPPED

if TYPE_CHECKING:
    from cmpagl_model.encoders import Encoder

OWN = Path(__file__).parents[1] / "sentences"
SETS = ("rsicd", "ucm", "vhr10", "nwpu", "sydney", "eurosat")
"""Training pictures only; those of ``sensors`` mix training and val."""
LEAST_WORDS, MOST_WORDS, COMMON, MOST_COLOURS, SAME = 3, 8, 30, 1, 0.8
"""Words of a sentence, sentences that each of its words stands in, colours in it, and the cosine
from which two sentences are one."""
COLOURS = """red green blue white grey gray brown black yellow orange purple pink tan beige teal
turquoise cream olive golden silver"""
AVOIDED = """left right top bottom upper lower corner above below middle centre center side edge end
half one two three four five six seven eight nine ten dozen several single lone pair few some first
second third both other another marked hazy misty faint dim foggy blurry dark pale bright light dull
dusky diagonal slanted slanting tilted vertical horizontal sloping shadow shadows cast casting
looking seen picture view frame image its it like next same near far small big large huge long short
tiny pointing facing l s"""
"""Where in the picture, how many, how the picture looks: what another place hardly shares."""
WORD = re.compile(r"[a-z][a-z'-]*")


def source_of() -> dict[str, tuple[str, str]]:
    """Each of our sentences of training pictures, with set and file of the first such picture."""
    found: dict[str, tuple[str, str]] = {}
    for name in SETS:
        page = json.loads((OWN / f"{name}.json").read_text(encoding="utf-8"))
        for file, sentences in page.items():
            for sentence in sentences:
                found.setdefault(sentence, (name, file))
    return found


def general(sentences: list[str]) -> list[str]:
    """Those of some sentences that could be said of many places."""
    words = {sentence: WORD.findall(sentence.lower()) for sentence in sentences}
    colours, avoided = frozenset(COLOURS.split()), frozenset(AVOIDED.split())
    often = Counter(word for some in words.values() for word in set(some))
    return [
        sentence
        for sentence, some in words.items()
        if LEAST_WORDS <= len(some) <= MOST_WORDS
        and not re.search(r"\d", sentence)
        and not any(word in avoided or word.endswith("ish") for word in some)
        and sum(word.split("-")[0] in colours for word in some) <= MOST_COLOURS
        and all(often[word] >= COMMON for word in some)
    ]


def chosen(encoder: Encoder) -> list[str]:
    """General sentences that the model tells apart, the most typical first."""
    sentences = general(list(source_of()))
    vectors = encoder.encode_texts(sentences)
    kept: list[int] = []
    for row in np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable").tolist():
        if not kept or (vectors[kept] @ vectors[row]).max() < SAME:
            kept.append(row)
    return [sentences[row] for row in kept]


def write_chosen(encoder: Encoder) -> int:
    """Write the list that ships anew, its kinds of places as they are; how many it chose."""
    head, _, _ = SHIPPED.read_text(encoding="utf-8").partition("\n\n")
    sentences = chosen(encoder)
    write_text(SHIPPED, "\n".join([head, "", *sentences, ""]))
    return len(sentences)
