"""The page for people, in a real Chromium: typed, pressed, looked at."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from tests.cmpagl_model.server.browser import Page, find_browser
from tests.cmpagl_model.server.web_server import WebServer

pytest.importorskip("starlette", reason="the extra http is not installed")
pytestmark = pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine")
TOKEN = "0123456789abcdef-of-a-page"
READY = "document.querySelector('#said').innerText.includes('chips of')"
ENTER = ("Enter", 13, "\r")


@pytest.fixture
def look(tmp_path):
    """Open pages; they close with the test, and must not have complained nor asked elsewhere."""
    pages = []

    def begin(url, **options):
        page = Page(find_browser(), tmp_path / f"profile{len(pages)}", **options)
        pages.append(page)
        page.open(url)
        return page

    yield begin
    complaints = [one for page in pages for one in page.complaints()]
    for page in pages:
        page.close()
    assert [one for one in complaints if "401" not in str(one)] == []


def texts(page, selector):
    return page.run(f"[...document.querySelectorAll({selector!r})].map(one => one.innerText)")


def test_a_sentence_is_typed_and_places_are_listed_and_mapped(served, look):
    page = look(served.url)
    page.until(READY)
    assert texts(page, "#said") == [f"{chips(served)} chips of 2 scenes, 100 m to 200 m a side"]
    page.press("/", 191)
    page.type("a red roof")
    page.press(*ENTER)
    page.until("document.querySelectorAll('#list li').length")
    want = served.get("/collections/town/items?q=a+red+roof&k=20").page["features"]
    assert texts(page, ".rank") == [str(one["properties"]["rank"]) for one in want]
    assert texts(page, "#list .scene") == [one["properties"]["scene"] for one in want]
    assert len(texts(page, ".pin")) == len(want)
    assert page.run("document.querySelectorAll('path.hit').length") == len(want)
    page.until(
        "[...document.querySelectorAll('#list img')].slice(0, 3).every(one => one.naturalWidth)"
    )
    assert page.run("location.hash") == "#index=town&q=a+red+roof"


def chips(server):
    return server.get("/collections/town").page["chips"]


def test_keys_alone_lead_from_the_sentence_to_the_place_on_the_map(served, look):
    page = look(f"{served.url}/#index=town&q=a+road")
    page.until("document.querySelectorAll('#list li').length > 2")
    before = page.run("document.querySelector('.leaflet-control-scale-line').innerText")
    page.run("document.querySelector('#sentence').focus()")
    page.press("ArrowDown", 40)
    page.press("ArrowDown", 40)
    page.press("ArrowUp", 38)
    assert page.run("document.activeElement.getAttribute('aria-label')").startswith("Place 1, ")
    page.press(*ENTER)
    page.until("document.querySelector('#list li').classList.contains('chosen')")
    page.until(f"document.querySelector('.leaflet-control-scale-line').innerText !== {before!r}")
    page.press("Tab", 9)
    assert page.run("document.activeElement.innerText") == "More like this"
    page.press(*ENTER)
    page.until("document.querySelector('.chance').innerText === '1.000'")  # itself


def test_in_the_map_view_only_what_is_seen_is_searched(served, look):
    page = look(f"{served.url}/#index=town&q=a+road")
    page.until("document.querySelectorAll('#list li').length")
    all_of_it = len(texts(page, "#list li"))
    page.click("#list li .show")
    page.until("document.querySelector('#list li.chosen')")
    page.click("#here")
    page.click("#search .main")
    page.until(f"document.querySelectorAll('#list li').length < {all_of_it}")
    assert texts(page, "#list li")


def test_what_is_refused_is_said_in_the_page(served, look):
    page = look(served.url)
    page.until(READY)
    page.click("#search .main")
    page.until("document.querySelector('#said.bad')")
    assert texts(page, "#said") == ["Type what the place looks like from above."]


def test_a_token_is_asked_for_and_kept_for_this_tab(town, look, tmp_path):
    (tmp_path / "tokens").write_text(TOKEN + "\n")
    (tmp_path / "tokens").chmod(0o600)
    server = WebServer(town.folder, options=["--token-file", str(tmp_path / "tokens")])
    try:
        page = look(server.url)
        for text, then in (
            ("a-wrong-token-of-a-page", "document.querySelector('#wrong').innerText"),
            (TOKEN, READY),
        ):
            page.until("document.querySelector('#ask').open")
            page.run("document.querySelector('#token').focus()")
            page.type(text)
            page.press(*ENTER)
            page.until(then)
        page.run("document.querySelector('#sentence').focus()")
        page.type("a road")
        page.press(*ENTER)
        page.until("document.querySelector('#list img')?.naturalWidth")
        page.open(server.url + "/?again")
        page.until(READY)
        assert not page.run("document.querySelector('#ask').open")
    finally:
        server.close()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (380, False), (380, True)])
def test_nothing_sticks_out_and_letters_can_be_read(served, look, tmp_path, width, dark):
    page = look(f"{served.url}/#index=town&q=a+road", size=(width, 800), dark=dark)
    page.until("document.querySelectorAll('#list li').length")
    assert page.run("document.documentElement.scrollWidth") <= width
    for selector in ("#sentence", ".main", "#map", "#list li"):
        box = f"document.querySelector({selector!r}).getBoundingClientRect()"
        place = json.loads(page.run(f"JSON.stringify({box})"))
        assert 0 <= place["left"] < place["right"] <= width, selector
        assert place["height"] > 20
    page.picture(tmp_path / "page.png")
    shade = Image.open(tmp_path / "page.png").convert("L").getpixel((4, 4))
    assert (shade < 80) is dark
    for selector in ("#said", "#list .scene", "h1", ".main", "label"):
        assert page.run(CONTRAST % selector) >= 4.5, selector


CONTRAST = """(() => {
  const light = (colour) => colour.match(/[0-9.]+/g).slice(0, 3).map(Number).map((n) => n / 255)
    .map((n) => (n <= .04045 ? n / 12.92 : ((n + .055) / 1.055) ** 2.4))
    .reduce((sum, n, at) => sum + n * [.2126, .7152, .0722][at], 0);
  let element = document.querySelector('%s');
  const ink = light(getComputedStyle(element).color);
  while (/, 0\\)|transparent/.test(getComputedStyle(element).backgroundColor)) {
    element = element.parentElement;
  }
  const paper = light(getComputedStyle(element).backgroundColor);
  return (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05);
})()"""
