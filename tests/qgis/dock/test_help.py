"""The user guide in a window: its sections, pictures and links, without network."""

import re
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices, QTextDocument
from qgis.PyQt.QtWidgets import QDialogButtonBox

from cmpagl_qgis.dock import help_dialog
from cmpagl_qgis.dock.help_dialog import REPOSITORY, GuidePage, HelpDialog, guide_path
from cmpagl_qgis.dock.search_dock import SECTIONS
from cmpagl_qgis.dock.verify_dialog import VerifyDialog

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def page(qgis_app):
    dialog = HelpDialog()
    dialog.show()
    yield dialog.page
    dialog.close()
    dialog.deleteLater()


def first_line(page):
    return page.cursorForPosition(page.viewport().rect().topLeft()).block().text()


def test_each_section_that_something_opens_is_in_the_guide(page):
    code = "".join(path.read_text("utf-8") for path in (ROOT / "cmpagl_qgis").rglob("*.py"))
    named = set(re.findall(r'section="([^"]+)"', code)) | set(SECTIONS.values())
    assert len(named) >= 4
    for section in named:
        assert page.go_to(section), section
    assert not page.go_to("No such section")


def test_a_section_stands_at_the_top_of_the_window(page):
    assert page.go_to("Search")
    assert first_line(page) == "Search"
    page.anchorClicked.emit(QUrl("#go-on-from-a-place"))
    assert first_line(page) == "Go on from a place"


def test_pictures_are_there_and_fit(page):
    for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", guide_path().read_text("utf-8")):
        image = page.loadResource(QTextDocument.ResourceType.ImageResource, QUrl(name))
        assert not image.isNull(), name
        assert image.width() <= page.viewport().width()
    page.window().resize(420, 400)
    assert page.document().idealWidth() <= page.viewport().width() + 1
    far = QUrl("https://x.invalid/a.png")
    assert page.loadResource(QTextDocument.ResourceType.ImageResource, far).isNull()


def test_links_to_other_pages_lead_to_the_repository(page, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    page.anchorClicked.emit(QUrl("../MODEL_CARD.md#where-it-works-and-where-not"))
    page.anchorClicked.emit(QUrl("https://python.org"))
    card = REPOSITORY + "MODEL_CARD.md#where-it-works-and-where-not"
    assert opened == [card, "https://python.org"]
    assert (ROOT / "MODEL_CARD.md").is_file()


def test_the_dock_opens_it_at_what_it_shows(stage):
    stage.show()
    stage.client.change("ready")
    assert stage.dock.state == "no_index"
    stage.dock.status.help.click()
    dialog = stage.dock.findChild(HelpDialog)
    assert first_line(dialog.page) == "Build an index"
    stage.ready()
    stage.dock.status.help.click()
    assert stage.dock.findChildren(HelpDialog) == [dialog]
    assert first_line(dialog.page) == "Search"


def test_a_dialog_has_a_button_for_its_section(qgis_app):
    dialog = VerifyDialog("town")
    dialog.show()
    box = dialog.findChild(QDialogButtonBox, "cmpaglButtons")
    box.button(QDialogButtonBox.StandardButton.Help).click()
    assert first_line(dialog.findChild(HelpDialog).page) == "Build an index"
    dialog.close()
    dialog.deleteLater()


def test_a_plugin_without_its_guide_says_where_it_is(qgis_app, tmp_path):
    page = GuidePage(tmp_path / "gone.md")
    assert f"{help_dialog.REPOSITORY}docs/user-guide.md" in page.toPlainText()
    page.deleteLater()
