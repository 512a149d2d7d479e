"""How a layer of classes looks: colours that say what they show, as a style file of QGIS."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from .classes import NONE

OPACITY = 0.6
"""Of the layer: the picture below is seen."""
NO_COLOUR = "#bdbdbd"
FAMILIES = (
    ("forest forests wood woods trees orchard orchards",
     ("#1b7837", "#74b369", "#0f4a23")),
    ("river rivers stream lake lakes pond ponds sea water harbor harbour port dam pool wetland "
     "swamp ships boats",
     ("#2b7bba", "#7fb8de", "#11487f", "#49b5bd")),
    ("meadow meadows pasture grass grassland farmland field fields crops park golf football "
     "baseball shrubland shrubs playground",
     ("#b5cf6b", "#f0d35c", "#8c9a3b", "#e8e3a1")),
    ("desert dunes bare rocks quarry beach sand mountains construction cemetery island snow clouds",
     ("#d9b38c", "#a9744f", "#f1e4c9", "#7a5c48")),
    ("house houses home homes village block blocks building buildings commercial residential "
     "resort church school square suburb town city",
     ("#c8403a", "#ef8a62", "#8e1f2f", "#f4b6a6")),
    ("road roads highway crossroads roundabout overpass bridge railway parking airport airplanes "
     "runway factory factories warehouse warehouses storage tanks plant panels greenhouses "
     "industrial stadium track courts court",
     ("#6a4c93", "#b39ddb", "#5b5b66", "#9c9ca8")),
)  # fmt: skip
"""Words of a name, and the shades of its family: trees, water, grass and fields, bare, houses, all
that is made of concrete."""
OTHERS = ("#d45fb0", "#17a2a2", "#e0861a", "#3f3fb5", "#97d700", "#ff5c8a", "#00695c", "#b8860b")
"""Of names that no word tells, and where a family has no shade left."""


def colours_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """A colour for each name, as ``#rrggbb``: by what it says, different ones while there are any.

    Example:
        >>> colours_of(("a forest", "a lake", "a pond", "none"))
        ('#1b7837', '#2b7bba', '#7fb8de', '#bdbdbd')
    """
    free = {words: list(shades) for words, shades in FAMILIES}
    others = list(OTHERS)
    found = []
    for name in names:
        said = set(re.findall(r"[a-z]+", name.lower()))
        own = next((shades for words, shades in free.items() if said & set(words.split())), [])
        if name == NONE:
            found.append(NO_COLOUR)
            continue
        if not own and not others:
            others = [shade for _, shades in FAMILIES for shade in shades if shade not in found]
        if not own and not others:  # all are taken: from the beginning
            others = list(OTHERS)
        found.append((own or others).pop(0))
    return tuple(found)


OURS = "<!-- by cmpagl: replaced with its layer; one that QGIS saved is kept -->"
"""In each style of ours."""


def style_of(names: tuple[str, ...], labels: tuple[str, ...]) -> str:
    """A style file of QGIS (``.qml``) that paints the column ``class``.

    Args:
        names: of the classes.
        labels: what the legend says, one for each.
    """
    categories, symbols = [], []
    for number, (name, label, colour) in enumerate(
        zip(names, labels, colours_of(names), strict=True)
    ):
        red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
        categories.append(
            f'<category symbol="{number}" value={quoteattr(name)} label={quoteattr(label)} '
            'type="string" render="true"/>'
        )
        options = {"color": f"{red},{green},{blue},255", "style": "solid", "outline_style": "no"}
        inner = "".join(
            f'<Option type="QString" name="{key}" value="{value}"/>'
            for key, value in options.items()
        )
        symbols.append(
            f'<symbol type="fill" name="{number}" alpha="1" clip_to_extent="1" force_rhr="0">'
            f'<layer class="SimpleFill" enabled="1" locked="0" pass="0"><Option type="Map">{inner}'
            "</Option></layer></symbol>"
        )
    tip = (
        '<b>[% "class" %]</b><br>[% file_name("scene") %]'
        "[% coalesce('<br><i>' || attribute('says') || '</i>', '') %]"
    )
    return (
        f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{OURS}\n"
        '<qgis version="3.22.0" styleCategories="Symbology|MapTips|Rendering">\n'
        '<renderer-v2 type="categorizedSymbol" attr="class" symbollevels="0" enableorderby="0" '
        'forceraster="0">\n'
        f"<categories>{''.join(categories)}</categories>\n<symbols>{''.join(symbols)}</symbols>\n"
        f"</renderer-v2>\n<layerOpacity>{OPACITY}</layerOpacity>\n"
        f"<mapTip>{escape(tip)}</mapTip>\n</qgis>\n"
    )
