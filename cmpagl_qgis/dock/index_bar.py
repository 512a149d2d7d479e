"""Which index is searched, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from qgis.PyQt.QtCore import QSignalBlocker, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QAction, QComboBox, QHBoxLayout, QSizePolicy, QWidget

from cmpagl_qgis.texts import tr

from .small_widgets import ElidedComboBox, add_action, give_menu, named, stack, tool_button
from .theme import GAP


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
        """Make an empty list.

        Args:
            parent: its owner.
        """
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
        self.combo.activated.connect(self._on_activated)
        self.add_button = tool_button("cmpaglBuildButton", "add", tr("Build an index"), self)
        self.build_menu = give_menu(self.add_button, "cmpaglBuildMenu")
        self.more_button = tool_button(
            "cmpaglIndexButton", "more", tr("Open, inspect, verify or extend an index"), self
        )
        self.more_menu = give_menu(self.more_button, "cmpaglIndexMenu")
        self._needs_index: list[QAction] = []
        self._fill_menus()
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

    def _fill_menus(self) -> None:
        for key, text in (
            ("layers", tr("From raster layers of the project…")),
            ("files", tr("From files…")),
            ("folder", tr("From a folder…")),
        ):
            then = partial(self.buildRequested.emit, key)
            add_action(self.build_menu, text, f"cmpaglBuild_{key}", then)
        text = tr("From what the map shows…")
        render = add_action(self.build_menu, text, "cmpaglBuild_map", self.renderRequested.emit)
        render.setToolTip(tr("Web maps and all that QGIS can draw: rendered into a file first"))
        for key, text in (
            ("open", tr("Open an index…")),
            ("fetch", tr("Open an index in an object store…")),
            ("", ""),
            ("info", tr("What it holds")),
            ("extend", tr("Add scenes…")),
            ("", ""),
            ("overview", tr("First look…")),
            ("here", tr("What is here? Click or draw")),
            ("classify", tr("Classify by sentences…")),
            ("change", tr("What has changed…")),
            ("", ""),
            ("verify", tr("Verify…")),
            ("damage", tr("Show what could not be read")),
            ("footprints", tr("Save all footprints…")),
            ("", ""),
            ("forget", tr("Take it off this list")),
        ):
            if not key:
                self.more_menu.addSeparator()
                continue
            then = partial(self.actionRequested.emit, key)
            action = add_action(self.more_menu, text, f"cmpaglIndex_{key}", then)
            if key not in {"open", "fetch"}:
                self._needs_index.append(action)

    def _on_activated(self) -> None:
        if self.current:
            self.chosen.emit(self.current)
