"""Other words for what captions say, so that a search need not speak as an annotator did.

The captions of the public sets use few words in few patterns ("many green trees are around a
pond"). People type "homes by a lake". So each training picture also gets sentences made from its
own by rule: words replaced by their like, clauses and fillers left out, two sentences joined. A
made sentence keeps the numbers of the sentences it was made from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

ALIKE = (
    ("house", "home", "dwelling"),
    ("houses", "homes", "dwellings", "residences"),
    ("residential area", "housing area", "neighbourhood", "suburb", "residential district"),
    ("dense residential area", "densely built housing area", "crowded neighbourhood"),
    ("villa", "detached house"),
    ("villas", "detached houses"),
    ("road", "street", "roadway"),
    ("roads", "streets"),
    ("highway", "motorway", "freeway"),
    ("crossroads", "intersection", "road junction"),
    ("viaduct", "highway interchange", "overpass", "elevated road", "flyover"),
    ("path", "trail", "track"),
    ("paths", "trails", "tracks"),
    ("cars", "vehicles", "automobiles"),
    ("car", "vehicle"),
    ("parking lot", "car park", "parking area"),
    ("forest", "woodland", "woods"),
    ("plants", "vegetation", "greenery"),
    ("meadow", "grassland", "pasture", "field of grass"),
    ("meadows", "grasslands", "pastures"),
    ("lawn", "grass"),
    ("lawns", "grass"),
    ("farmland", "cropland", "agricultural land", "fields", "crop fields"),
    ("farmlands", "crop fields", "fields", "cultivated fields", "arable land"),
    ("bareland", "bare land", "bare soil", "barren ground", "empty ground"),
    ("desert", "sand dunes", "sandy desert"),
    ("mountain", "mountainside", "rocky slope"),
    ("mountains", "hills", "mountain ridges"),
    ("river", "stream", "waterway", "canal"),
    ("rivers", "streams", "waterways"),
    ("pond", "small lake", "pool of water"),
    ("ponds", "small lakes", "pools of water"),
    ("lake", "body of water"),
    ("ocean", "sea", "open water"),
    ("beach", "sandy shore", "coast", "sandy beach"),
    ("waves", "surf", "breakers"),
    ("port", "harbour", "harbor", "marina", "docks"),
    ("boat", "ship", "vessel"),
    ("boats", "ships", "vessels"),
    ("wharf", "quay", "pier"),
    ("airport", "airfield"),
    ("plane", "airplane", "aircraft"),
    ("planes", "airplanes", "aircraft"),
    ("runway", "airstrip"),
    ("runways", "airstrips"),
    ("industrial area", "industrial zone", "industrial estate"),
    ("factory", "industrial plant", "manufacturing plant", "industrial building"),
    ("factories", "industrial plants", "industrial buildings", "warehouses"),
    ("workshops", "industrial sheds", "warehouses"),
    ("storage tanks", "oil tanks", "round tanks", "fuel tanks"),
    ("commercial area", "business district", "shopping district", "downtown"),
    ("center", "central building"),
    ("tall buildings", "high-rise buildings", "skyscrapers", "towers"),
    ("square", "plaza", "public square"),
    ("church", "cathedral"),
    ("school", "campus", "college"),
    ("playground", "sports ground", "athletic field", "running track"),
    ("stadium", "sports arena"),
    ("football field", "soccer field", "soccer pitch", "football pitch"),
    ("baseball field", "baseball diamond", "ballpark"),
    ("baseball fields", "baseball diamonds"),
    ("basketball court", "basketball pitch"),
    ("swimming pool", "pool"),
    ("park", "public garden", "green space"),
    ("resort", "holiday resort", "hotel"),
    ("bridge", "river crossing"),
    ("railway station", "train station"),
    ("railway", "railroad", "rail line"),
    ("railways", "railroads", "train tracks"),
    ("golf course", "golf links"),
    ("overpass", "flyover"),
    ("island", "islet"),
    ("many", "lots of", "plenty of", "numerous"),
    ("several", "a few", "some"),
    ("near", "next to", "beside", "close to", "by"),
    ("around", "surrounding"),
    ("large", "big", "wide"),
    ("surrounded by", "enclosed by", "with all around it"),
    ("in two sides of", "on both sides of", "along"),
)
"""Words that say the like; the first of each row is how captions have it."""

REPLACED_SHARE = 0.6
FILLERS = re.compile(
    r"^(there (are|is|were|was)|there's|it is|it's|this is|here (are|is)|we can see|you can see"
    r"|many|some|several|lots of|a lot of|a number of|a few|the|an|a)\s+",
    re.IGNORECASE,
)
PIECES = re.compile(
    r"\b(?:a )?(?:large |small |huge )?(?:piece|pieces|number|line) of ", re.IGNORECASE
)
TAIL = re.compile(
    r"[,.]?\s+(?:and|with|near|beside|next to|surrounded by|in two sides of|on both sides of|around"
    r"|while|between|by|along)\s+(?=\S+\s)",
    re.IGNORECASE,
)
VERBS = re.compile(
    r"\s+(?:are|is|was|were)\s+(?=(?:in|on|near|around|by|beside|between|surrounded|with)\b)"
)
_ROW_OF = {row[0]: row for row in ALIKE}
_PATTERN = re.compile(
    r"\b(" + "|".join(sorted(map(re.escape, _ROW_OF), key=len, reverse=True)) + r")\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rephrased:
    """A sentence made from others."""

    text: str
    """The sentence."""
    sources: tuple[int, ...]
    """Places, in the list given, of the sentences it was made from."""


def rephrase(sentences: Sequence[str], chooser: np.random.Generator) -> list[Rephrased]:
    """Make three sentences of those of one picture: other words, shorter, longer.

    Args:
        sentences: of one picture, one or more.
        chooser: source of all randomness.

    Returns:
        Sentences that differ from those given, up to three.
    """
    first, second, third, fourth = (int(chooser.integers(len(sentences))) for _ in range(4))
    made = [
        Rephrased(other_words(sentences[first], chooser), (first,)),
        Rephrased(other_words(shorter(sentences[second], chooser), chooser, 0.4), (second,)),
    ]
    if sentences[third].lower().strip(" .") != sentences[fourth].lower().strip(" ."):
        joined = f"{sentences[third].rstrip(' .')}, {sentences[fourth]}"
        made.append(Rephrased(other_words(joined, chooser, 0.4), (third, fourth)))
    return [row for row in made if row.text and row.text not in sentences]


def other_words(text: str, chooser: np.random.Generator, share: float = REPLACED_SHARE) -> str:
    """``text`` with about ``share`` of the known words replaced by their like."""

    def replacement(found: re.Match[str]) -> str:
        if chooser.random() >= share:
            return found.group(0)
        row = _ROW_OF[found.group(0).lower()]
        return row[1 + int(chooser.integers(len(row) - 1))]

    return _PATTERN.sub(replacement, text)


def shorter(text: str, chooser: np.random.Generator) -> str:
    """``text`` without fillers and, half of the time, without what follows its first clause."""
    found = PIECES.sub("", VERBS.sub(" ", text.strip(" .")))
    for _ in range(3):
        found = FILLERS.sub("", found)
    if chooser.random() < 0.5:
        clauses = TAIL.split(found)
        found = clauses[0] if len(clauses[0].split()) > 1 else found
    return found.strip(" ,.")
