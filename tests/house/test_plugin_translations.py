"""The translation file is up to date, and every text goes through ``tr`` as one literal."""

import re
import string
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tools import update_translations
from tools.update_translations import Text, TranslationError

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "cmpagl_qgis" / "i18n" / "cmpagl.ts"


def test_the_file_is_up_to_date():
    stale = [str(path) for path in update_translations.stale_files(ROOT / "cmpagl_qgis")]
    assert stale == [], "call: python -m tools.update_translations"


TRANSLATED = sorted(TEMPLATE.parent.glob("cmpagl_*.ts"))


def filled_in(text):
    """What a text fills in, in any order."""
    parts = string.Formatter().parse(text)
    return sorted((name, how) for _, name, how, _ in parts if name is not None)


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.stem)
def test_a_translation_fills_in_what_the_english_does(path):
    """Else a text could not be shown at all; tags and the mark of a key are kept likewise."""
    messages = list(ET.parse(path).getroot().iter("message"))
    assert len(messages) > 100
    for message in messages:
        text, shown = message.findtext("source", ""), message.findtext("translation", "")
        if shown:
            assert filled_in(shown) == filled_in(text), text
            assert shown.count("&") == text.count("&"), text
            assert re.findall("<.*?>", shown) == re.findall("<.*?>", text), text


def test_german_is_whole():
    root = ET.parse(TEMPLATE.parent / "cmpagl_de.ts").getroot()
    missing = [m.findtext("source") for m in root.iter("message") if not m.findtext("translation")]
    assert missing == []


def test_the_file_has_the_context_that_the_plugin_looks_in():
    texts = (ROOT / "cmpagl_qgis" / "texts.py").read_text(encoding="utf-8")
    assert f'TAG = "{update_translations.CONTEXT}"' in texts
    root = ET.parse(TEMPLATE).getroot()
    assert [name.text for name in root.iter("name")] == [update_translations.CONTEXT]
    sources = [source.text for source in root.iter("source")]
    assert len(sources) == len(set(sources)) > 100


def test_texts_are_found_wherever_they_stand():
    code = 'a = [tr("one"), self.tr("two" " and half")]\nTABLE = {"x": tr_noop("three")}\ntr(TABLE)'
    assert update_translations.texts_in(code, "m.py") == [
        Text("m.py", 1, "one"),
        Text("m.py", 1, "two and half"),
        Text("m.py", 2, "three"),
    ]


@pytest.mark.parametrize("call", ["tr(text)", "tr(f'{n} chips')", "tr('a' + b)", "tr_noop(x)"])
def test_what_a_translator_cannot_see_is_refused(call):
    with pytest.raises(TranslationError, match=r"m\.py:1: wanted one literal text"):
        update_translations.texts_in(call, "m.py")


def test_translations_are_kept_and_new_texts_are_unfinished():
    texts = (Text("a.py", 1, "Search"), Text("a.py", 2, 'Stop & "go" <now>'))
    first = update_translations.rendered(texts, "", "de")
    translated = first.replace(
        '<source>Search</source>\n            <translation type="unfinished" />',
        "<source>Search</source>\n            <translation>Suchen</translation>",
    )
    assert translated != first
    again = update_translations.rendered((*texts, Text("b.py", 1, "New")), translated, "de")
    assert "<translation>Suchen</translation>" in again
    assert again.count('type="unfinished"') == 2
    messages = ET.fromstring(again.removeprefix(update_translations.HEAD)).iter("source")
    assert [message.text for message in messages] == ["Search", 'Stop & "go" <now>', "New"]
