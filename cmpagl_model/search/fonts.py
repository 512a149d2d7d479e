r"""Letters for pictures: in the font that comes with Pillow, else in one of this system's.

Pillow's own font knows English letters and draws a box for most others. A letter that no font at
hand knows is written as its number, ``\u6771``: that can be read and looked up, a box cannot.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TypeAlias

from PIL import ImageFont

Font: TypeAlias = "ImageFont.FreeTypeFont | ImageFont.ImageFont"
FALLBACK_FONTS = (
    "DejaVuSans.ttf", "NotoSans-Regular.ttf", "arial.ttf", "Arial Unicode.ttf", "arialuni.ttf",
    "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansCJKjp-Regular.otf",
    "SourceHanSans-Regular.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf", "TakaoGothic.ttf", "ipag.ttf", "NanumGothic.ttf", "unifont.otf",
    "msyh.ttc", "meiryo.ttc", "YuGothM.ttc", "malgun.ttf", "Nirmala.ttf", "LeelawUI.ttf",
    "PingFang.ttc", "Hiragino Sans GB.ttc", "AppleSDGothicNeo.ttc", "FreeSans.ttf",
    "NotoSansArabic-Regular.ttf", "NotoSansHebrew-Regular.ttf", "NotoSansDevanagari-Regular.ttf",
    "NotoSansThai-Regular.ttf", "NotoSansEthiopic-Regular.ttf",
)  # fmt: skip
"""Fonts of Linux, Windows and macOS that know many letters, by file name as Pillow finds them."""
MISSING_GLYPH = "\U000effff"
"""No font has this letter: it shows how one looks that a font lacks."""


def with_font(text: str, size: int) -> tuple[str, Font]:
    """How to draw a text.

    Args:
        text: one line.
        size: px.

    Returns:
        The text, letters that no one font at hand knows beside the others as numbers; and the
        font, that which knows most of it.
    """
    text = "".join(letter if letter.isprintable() else _number(letter) for letter in text)
    best, known = _own(size), -1
    named = (_named(name, size) for name in FALLBACK_FONTS)
    for font in chain[Font]([best], filter(None, named)):
        more = sum(_knows(font, letter) for letter in text)
        if more > known:
            best, known = font, more
        if known == len(text):
            return text, best
    return "".join(c if _knows(best, c) else _number(c) for c in text), best


def _number(letter: str) -> str:
    return ascii(letter)[1:-1]


@lru_cache(maxsize=4096)
def _knows(font: Font, letter: str) -> bool:
    if letter == " " or letter.isascii():
        return True
    return bytes(font.getmask(letter)) != bytes(font.getmask(MISSING_GLYPH))


@lru_cache(maxsize=8)
def _own(size: int) -> Font:
    return ImageFont.load_default(size)


@lru_cache(maxsize=8 * len(FALLBACK_FONTS))
def _named(name: str, size: int) -> Font | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:  # not on this system, or no font
        return None
