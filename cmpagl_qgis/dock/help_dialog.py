"""The user guide next to the map: shipped with the plugin, no network needed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QImage, QTextCursor
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from cmpagl_qgis.texts import tr

from .small_widgets import stack
from .theme import GAP, ICONS

if TYPE_CHECKING:
    from qgis.PyQt.QtGui import QResizeEvent

REPOSITORY = "https://github.com/cmpagl-qgis/cmpagl-qgis/blob/main/"
"""Where the guide's other pages are."""
PAGE_MARGIN_PX = 24
IMAGE = 2
"""Qt's QTextDocument.ImageResource, which no Qt hands over as anything but a number."""


def show_help(section: str, owner: QWidget) -> HelpDialog:
    """Open the guide, or bring the owner's one to the front.

    Args:
        section: the heading to begin at, such as "Search"; empty: the top.
        owner: of the window.
    """
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    dialog = owner.findChild(HelpDialog, "cmpaglHelp", direct) or HelpDialog(owner)
    dialog.show()
    dialog.raise_()
    dialog.page.go_to(section)
    return dialog


def guide_path() -> Path:
    """Where the guide lies: in the plugin's folder, or next to it in a checkout."""
    plugin = Path(__file__).resolve().parent.parent
    shipped = plugin / "help" / "user-guide.md"
    return shipped if shipped.is_file() else plugin.parent / "docs" / "user-guide.md"


class HelpDialog(QDialog):
    """The guide in a window of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglHelp")
        self.setWindowTitle(tr("CMPAGL: user guide"))
        self.page = GuidePage(guide_path(), self)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        box.rejected.connect(self.close)
        stack(QVBoxLayout(self), self.page, box, gap=GAP)
        self.resize(760, 640)


class GuidePage(QTextBrowser):
    """A page of Markdown whose pictures are as wide as the window lets them be."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglHelpPage")
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._follow)
        self._folder = path.parent
        try:
            self._text = path.read_text(encoding="utf-8")
        except OSError:
            text = tr("The guide is not in the plugin's folder. It is read here: {0}")
            self._text = text.format(f"<{REPOSITORY}docs/user-guide.md>")
        self._width = 0
        self._fit()

    def go_to(self, section: str) -> bool:
        """Show a section at the top of the window.

        Args:
            section: its heading, or the heading as links name it; empty: the top of the page.

        Returns:
            Whether there is such a section.
        """
        block = self.document().begin()
        while section and block.isValid():
            if block.blockFormat().headingLevel() and _slug(block.text()) == _slug(section):
                self.setTextCursor(QTextCursor(block))
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() + self.cursorRect().top() - GAP)
                return True
            block = block.next()
        self.verticalScrollBar().setValue(0)
        return not section

    def loadResource(self, resource_type: int, name: QUrl) -> object:
        """A picture of the guide, made as small as the window; nothing from the network."""
        if resource_type != IMAGE:
            return None
        relative = name.path()
        icon = ICONS / Path(relative).name
        path = icon if icon.is_file() else self._folder / relative
        image = QImage(str(path))
        if image.width() > self._width:
            smooth = Qt.TransformationMode.SmoothTransformation
            image = image.scaledToWidth(self._width, smooth)
        return image

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's own."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = max(self.viewport().width() - PAGE_MARGIN_PX, 100)
        if width == self._width:
            return
        self._width = width
        bar = self.verticalScrollBar()
        share = bar.value() / max(bar.maximum(), 1)
        self.document().clear()  # and with it the pictures of another width
        self.setMarkdown(self._text)
        bar.setValue(round(share * bar.maximum()))

    def _follow(self, link: QUrl) -> None:
        if link.scheme():
            QDesktopServices.openUrl(link)
        elif not link.path():
            self.go_to(link.fragment())
        else:
            page = QUrl(REPOSITORY + "docs/").resolved(link)
            QDesktopServices.openUrl(page)


def _slug(heading: str) -> str:
    """A heading as links name it."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
