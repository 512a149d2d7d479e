"""Texts in pictures: in letters where a font at hand knows them, as numbers where none does."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont

from cmpagl_model.search import fonts as module
from cmpagl_model.search.fonts import MISSING_GLYPH, with_font

TEXTS = [
    "town",
    "Łódź",
    "Москва",
    "東京_Łódź",
    "مدينة",
    "서울",
    "a\nb\x1b[31m",
    "ꙮ 😀",
    "\udce4",
    "",
]


def drawn(text, font):
    picture = Image.new("L", (400, 40))
    ImageDraw.Draw(picture).text((4, 4), text, 255, font)
    return picture.tobytes()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("fonts", ["all", "none"])
def test_every_letter_can_be_seen(text, fonts, monkeypatch):
    if fonts == "none":
        monkeypatch.setattr(module, "FALLBACK_FONTS", ())
    shown, font = with_font(text, 13)
    lacking = drawn(MISSING_GLYPH, font)
    for letter in shown:
        assert letter.isprintable()
        assert letter.isascii() or drawn(letter, font) != lacking
    for letter in text:
        assert letter in shown or ascii(letter)[1:-1] in shown


def test_plain_letters_are_drawn_as_ever():
    shown, font = with_font("town “a” · …", 13)
    assert shown == "town “a” · …"
    assert drawn(shown, font) == drawn(shown, ImageFont.load_default(13))


def test_what_no_font_knows_is_a_number(monkeypatch):
    monkeypatch.setattr(module, "FALLBACK_FONTS", ("no such font.ttf",))
    assert with_font("東a京", 13)[0] == r"\u6771a\u4eac"


def test_a_font_that_knows_more_is_taken(monkeypatch):
    class Font:
        def __init__(self, letters):
            self.letters = letters

        def getmask(self, letter):
            return letter.encode() if letter in self.letters else b"a box"

    own, small, large = Font(""), Font("ж"), Font("жщ")
    monkeypatch.setattr(module, "FALLBACK_FONTS", ("small", "large"))
    monkeypatch.setattr(ImageFont, "load_default", lambda _size: own)
    monkeypatch.setattr(
        ImageFont, "truetype", lambda name, _: {"small": small, "large": large}[name]
    )
    size = 1013  # fonts are kept by their size
    assert with_font("жщ", size) == ("жщ", large)
    assert with_font("ж", size) == ("ж", small)
    assert with_font("жщю", size) == (r"жщ\u044e", large)
    assert with_font("x", size) == ("x", own)
