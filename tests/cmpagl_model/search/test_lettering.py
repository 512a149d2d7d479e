"""Texts in pictures: in letters where a font at hand knows them, as numbers where none does."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from cmpagl_model.search import lettering as module
from cmpagl_model.search.lettering import NOBODY_S, lettering

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
        monkeypatch.setattr(module, "OTHERS", ())
    shown, font = lettering(text, 13)
    lacking = drawn(NOBODY_S, font)
    for letter in shown:
        assert letter.isprintable()
        assert letter.isascii() or drawn(letter, font) != lacking
    for letter in text:
        assert letter in shown or ascii(letter)[1:-1] in shown


def test_plain_letters_are_drawn_as_ever():
    assert lettering("town “a” · …", 13) == ("town “a” · …", module._own(13))


def test_what_no_font_knows_is_a_number(monkeypatch):
    monkeypatch.setattr(module, "OTHERS", ("no such font.ttf",))
    assert lettering("東a京", 13)[0] == r"\u6771a\u4eac"


def test_a_font_that_knows_more_is_taken(monkeypatch):
    monkeypatch.setattr(module, "OTHERS", ("small", "large"))
    fonts = {"small": "ж", "large": "жщ"}
    monkeypatch.setattr(module, "_named", lambda name, _: name)
    monkeypatch.setattr(module, "_knows", lambda font, c: c.isascii() or c in fonts.get(font, ""))
    assert lettering("жщ", 13) == ("жщ", "large")
    assert lettering("ж", 13) == ("ж", "small")
    assert lettering("жщю", 13) == (r"жщ\u044e", "large")
    assert lettering("x", 13)[0] == "x"
