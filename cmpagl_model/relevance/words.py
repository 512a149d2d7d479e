"""What the words of a sentence say by themselves: which of them the model learned, which language.

Known words come as a table of single words with how often they stood in the training sentences.
Forms of one word count together: ``churches`` is known where ``church`` is, ``grey`` where
``gray`` is.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

WORD = re.compile(r"[^\W\d_]+")
KNOWN_FROM = 3
"""A word that stood fewer times in training is not known: it may be a slip of the pen."""
WELL_KNOWN = 50
"""From this many times on a word counts as known for good."""
SCRIPTS = {
    "CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean",
    "CYRILLIC": "Cyrillic", "GREEK": "Greek", "ARABIC": "Arabic", "HEBREW": "Hebrew",
    "DEVANAGARI": "Devanagari", "THAI": "Thai",
}  # fmt: skip
_SMALL = (
    "a about above across after against all along also among an and another any are around as at "
    "away be because been before behind being below beneath beside between beyond both but by can "
    "each either etc even every few for from full had has have he her here his i if in inside into "
    "is it its just kind left like lot lots many me more most much my near neither next no nor not "
    "of off on one only onto or other our out outside over part per piece right same see she so "
    "some something such than that the their them then there these they this those through to "
    "together too toward towards two under up upon us very was we were what where which while who "
    "with within without you your"
)
FUNCTION_WORDS = frozenset(_SMALL.split())
"""English words that stand between the words that count."""
CLASS_OF = {word: number for number, word in enumerate(sorted(FUNCTION_WORDS))}
OTHER, EDGE = len(CLASS_OF), len(CLASS_OF) + 1
"""Classes of a word order: each function word is one, then any other word, then both ends."""
CLASSES = len(CLASS_OF) + 2
USUAL_DISORDER, MOST_DISORDER = 0.15, 0.5
"""Up to so much is usual in sentences, and more is not told apart."""
LANGUAGES = {
    "German": "am auf bei das dem den der des durch ein eine einem einen einer eines hat im ist "
    "mit nach neben oder sind um und unter viele von vor zum zur zwei zwischen über",
    "French": "au aux avec beaucoup ces dans de des deux du en entre est et il la le les près "
    "plusieurs qui sont sous sur un une à",
    "Spanish": "al cerca con de del dos el en entre es junto la las los muchas muchos por sobre "
    "son una unas uno unos y",
    "Italian": "accanto al alla con da dal dei del della delle di due e gli il la le lo nel nella "
    "molte molti sono su sul sulla tante tanti tra un una",
    "Dutch": "aan bij de een en het in is langs met naast op over te tussen twee van veel zijn",
    "Portuguese": "ao as com da das de do dois dos e em entre muitas muitos na no os perto por "
    "sobre um uma",
}
"""Small words that tell a language, a few of each."""
LANGUAGE_WORDS = {name: frozenset(words.split()) for name, words in LANGUAGES.items()}


def words_of(sentence: str) -> tuple[str, ...]:
    """The words of a sentence in lower case; digits and signs are no words.

    Example:
        >>> words_of("Boats, 2 of them, beside a well-kept quay")
        ('boats', 'of', 'them', 'beside', 'a', 'well', 'kept', 'quay')
    """
    return tuple(WORD.findall(unicodedata.normalize("NFC", sentence).lower()))


def stem(word: str) -> str:
    """What the forms of an English word share, roughly; one word's forms give one stem.

    Example:
        >>> {stem(word) for word in ("park", "parks", "parked", "parking")}
        {'park'}
        >>> stem("grey") == stem("gray"), stem("harbours") == stem("harbor")
        (True, True)
    """
    root = word
    if root.endswith("ies") and len(root) > 4:
        root = root[:-3] + "y"
    elif root.endswith(("sses", "shes", "ches", "xes", "zes")):
        root = root[:-2]
    elif root.endswith("s") and not root.endswith(("ss", "us", "is")) and len(root) > 3:
        root = root[:-1]
    for ending in ("ing", "ed"):
        if root.endswith(ending) and len(root) >= len(ending) + 4:
            root = root[: -len(ending)]
            if root[-1] == root[-2]:
                root = root[:-1]
            break
    if root.endswith("tre"):
        root = root[:-2] + "er"
    root = root.removesuffix("e").replace("our", "or")
    return root.replace("grey", "gray").rstrip("y") or word


class Vocabulary:
    """The words of the training sentences and how often each stood there."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts: Counter[str] = Counter()
        for word, count in counts.items():
            self._counts[stem(word)] += count

    def knowledge(self, word: str) -> float:
        """How well a word is known: 0 not at all, 1 for good.

        Args:
            word: in lower case.
        """
        if word in FUNCTION_WORDS:
            return 1.0
        count = self._counts[stem(word)]
        if count < KNOWN_FROM:
            return 0.0
        return min(1.0, math.log1p(count) / math.log1p(WELL_KNOWN))

    def unknown(self, sentence: str) -> tuple[str, ...]:
        """The words of a sentence that the model never learned, each once, in their order."""
        words = dict.fromkeys(words_of(sentence))
        return tuple(word for word in words if not self.knowledge(word))


def disorder(sentence: str, order: NDArray[np.float32]) -> float:
    """How little the words of a sentence stand as in those that a model was trained with.

    Args:
        sentence: any text.
        order: pointwise mutual information (PMI) of bigrams of classes, where it is below 0,
            ``(CLASSES, CLASSES)``: how much more seldom than by chance one follows another.

    Returns:
        0 for a usual sentence and for a list of things, up to 0.35 for words thrown together.
    """
    classes = word_classes(sentence)
    found = -float(order[classes[:-1], classes[1:]].mean())
    return min(max(found, USUAL_DISORDER), MOST_DISORDER) - USUAL_DISORDER


def word_classes(sentence: str) -> NDArray[np.int64]:
    """The classes of the words of a sentence, :data:`EDGE` before and behind."""
    inside = [CLASS_OF.get(word, OTHER) for word in words_of(sentence)]
    return np.array([EDGE, *inside, EDGE])


def script_of(sentence: str) -> str:
    """The script of most letters: ``Latin``, another name, or empty where there is no letter."""
    found: Counter[str] = Counter()
    for sign in sentence:
        if sign.isalpha():
            name = unicodedata.name(sign, "UNKNOWN").split()[0]
            found[SCRIPTS.get(name, name.capitalize())] += 1
    return found.most_common(1)[0][0] if found else ""


def language_of(words: Iterable[str]) -> str:
    """The language that small words give away; empty: none of those known here.

    Args:
        words: in lower case; those that are English as well should be left out.

    Example:
        >>> language_of(["eine", "brücke", "über", "einen", "fluss"])
        'German'
    """
    asked = set(words)
    hits = {name: len(asked & known) for name, known in LANGUAGE_WORDS.items()}
    best = max(hits, key=lambda name: hits[name])
    return best if hits[best] else ""
