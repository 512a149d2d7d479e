"""Which index is searched, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from qgis.PyQt.QtCore import QSignalBlocker, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QAction, QComboBox, QHBoxLayout, QSizePolicy, QWidget

from cmpagl_qgis.texts import tr, tr_noop

from .small_widgets import ElidedComboBox, add_action, give_menu, named, stack, tool_button
from .theme import GAP

# Key and text of each entry; an empty key is a line.
BUILD_MENU = (
    ("layers", tr_noop("From raster layers of the project…")),
    ("files", tr_noop("From files…")),
    ("folder", tr_noop("From a folder…")),
)
INDEX_MENU = (
    ("open", tr_noop("Open an index…")),
    ("fetch", tr_noop("Open an index in an object store…")),
    ("", ""),
    ("info", tr_noop("What it holds")),
    ("extend", tr_noop("Add scenes…")),
    ("", ""),
    ("overview", tr_noop("First look…")),
    ("here", tr_noop("What is here? Click or draw")),
    ("classify", tr_noop("Classify by sentences…")),
    ("change", tr_noop("What has changed…")),
    ("", ""),
    ("verify", tr_noop("Verify…")),
    ("damage", tr_noop("Show what could not be read")),
    ("footprints", tr_noop("Save all footprints…")),
    ("", ""),
    ("forget", tr_noop("Take it off this list")),
)
WITHOUT_INDEX = {"open", "fetch"}
"""What can be done while no index is chosen."""


@dataclass(frozen=True)
class IndexEntry:
    """One index in the list."""

    path: str
    """Absolute path of its folder."""
    summary: str = ""
    """Such as "3 scenes, 12,480 chips"; empty while unknown."""


class IndexBar(QWidget):
    """A list of indexes, "+" to build one, "..." for the rest.

    ``chosen`` carries a path. ``actionRequested`` carries "open", "fetch", "info", "extend",
    "overview", "here", "classify", "change", "verify", "damage", "footprints" or "forget";
    ``buildRequested`` carries "layers", "files" or "folder"; ``renderRequested`` comes with what
    the map shows.
    """

    chosen = pyqtSignal(str)
    buildRequested = pyqtSignal(str)
    renderRequested = pyqtSignal()
    actionRequested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglIndexBar")
        self.combo = named(ElidedComboBox(self), "cmpaglIndexCombo")
        self.combo.setAccessibleName(tr("Index"))
        self.combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.combo.setMinimumContentsLength(8)
        self.combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.combo.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.combo.activated.connect(
            lambda: self.chosen.emit(self.current) if self.current else None
        )
        self.add_button = tool_button("cmpaglBuildButton", "add", tr("Build an index"), self)
        self.build_menu = give_menu(self.add_button, "cmpaglBuildMenu")
        self.more_button = tool_button(
            "cmpaglIndexButton", "more", tr("Open, inspect, verify or extend an index"), self
        )
        self.more_menu = give_menu(self.more_button, "cmpaglIndexMenu")
        for key, text in BUILD_MENU:
            then = partial(self.buildRequested.emit, key)
            add_action(self.build_menu, tr(text), f"cmpaglBuild_{key}", then)
        words = tr("From what the map shows…")
        render = add_action(self.build_menu, words, "cmpaglBuild_map", self.renderRequested.emit)
        render.setToolTip(tr("Web maps and all that QGIS can draw: rendered into a file first"))
        self._needs_index: list[QAction] = []
        for key, text in INDEX_MENU:
            if not key:
                self.more_menu.addSeparator()
                continue
            then = partial(self.actionRequested.emit, key)
            action = add_action(self.more_menu, tr(text), f"cmpaglIndex_{key}", then)
            if key not in WITHOUT_INDEX:
                self._needs_index.append(action)
        parts = ((self.combo, 1), self.add_button, self.more_button)
        stack(QHBoxLayout(self), *parts, gap=GAP // 2, margin=0)
        self.set_entries([], "")

    @property
    def current(self) -> str:
        """Path of the chosen index; empty: none."""
        return str(self.combo.currentData() or "")

    def set_entries(self, entries: list[IndexEntry], current: str) -> None:
        """Show indexes.

        Args:
            entries: newest first.
            current: path of the chosen one; empty: none.
        """
        with QSignalBlocker(self.combo):
            self.combo.clear()
            for entry in entries:
                name = Path(entry.path).stem or entry.path
                text = f"{name} ({entry.summary})" if entry.summary else name
                self.combo.addItem(text, entry.path)
                tip = f"{entry.path}\n{entry.summary}".strip()
                self.combo.setItemData(self.combo.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
            position = self.combo.findData(current) if current else -1
            if position < 0:
                self.combo.insertItem(0, tr("No index chosen"), "")
                position = 0
            self.combo.setCurrentIndex(position)
        self.combo.setToolTip(
            str(self.combo.currentData(Qt.ItemDataRole.ToolTipRole) or tr("The index to search"))
        )
        for action in self._needs_index:
            action.setEnabled(bool(self.current))
