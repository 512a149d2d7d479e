"""The dock: all parts from the sentence to the results, in the order of use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QEvent, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDockWidget,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cmpagl_qgis.texts import tr

from .examples_bar import ExamplesBar
from .help_dialog import HelpDialog, show_help
from .hit_list import HitList
from .index_bar import IndexBar
from .narrow_bar import NarrowBar
from .notice import Notice, NoticePage
from .query_bar import QueryBar
from .result_header import ResultHeader
from .small_widgets import named, stack
from .status_line import StatusLine
from .strips import BuildStrip, MessageStrip
from .theme import GAP, refresh_colours
from .understood_line import UnderstoodLine

if TYPE_CHECKING:
    from qgis.PyQt.QtGui import QKeyEvent, QShowEvent


WRONG = "When something goes wrong"
SECTIONS = {
    **dict.fromkeys(("no_engine", "installing"), "Install"),
    **dict.fromkeys(("no_index", "building"), "Build an index"),
    **dict.fromkeys(("ready", "results", "no_match", "nothing_there"), "Search"),
    **dict.fromkeys(("not_started", "died", "not_opened", "not_searchable", "refused"), WRONG),
}
"""Of the user guide, for the states of the dock."""


class SearchDock(QDockWidget):
    """Parts as attributes; what they ask for comes as their own signals.

    ``shown`` comes whenever the dock is seen.
    """

    shown = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("CMPAGL search"), parent)
        self.setObjectName("CmpaglSearchDock")
        self.setAllowedAreas(
            Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea
        )
        self.body = named(QWidget(self), "cmpaglBody")
        self.query = QueryBar(self.body)
        self.understood = UnderstoodLine(self.body)
        self.examples = ExamplesBar(self.body)
        self.index = IndexBar(self.body)
        self.narrow = NarrowBar(self.body)
        self.build = BuildStrip(self.body)
        self.rendering = named(BuildStrip(self.body), "cmpaglRenderStrip")
        self.message = MessageStrip(self.body)
        self.busy = named(QProgressBar(self.body), "cmpaglBusy")
        self.header = ResultHeader(self.body)
        self.hits = HitList(self.body)
        self.notice = NoticePage(self.body)
        self.status = StatusLine(self.body)
        self.pages = named(QStackedWidget(self.body), "cmpaglPages")
        self._arrange()
        self.setWidget(self.body)
        self.status.help.clicked.connect(self.show_help)
        self.header.grid.toggled.connect(lambda on: self.hits.set_grid(grid=on))
        self._recolor()
        self.show_notice(Notice("empty", "place", ""))

    @property
    def state(self) -> str:
        """What stands in the middle: "results", or the notice's state."""
        if self.pages.currentWidget() is self.hits:
            return "results"
        return self.notice.notice.state

    def show_notice(self, notice: Notice) -> None:
        """Show a state in place of results.

        Args:
            notice: the state.
        """
        self.notice.show_notice(notice)
        self.pages.setCurrentWidget(self.notice)

    def show_results(self) -> None:
        """Show the list."""
        self.header.show()
        self.pages.setCurrentWidget(self.hits)

    def set_busy(self, *, busy: bool) -> None:
        """Say that a search runs.

        Args:
            busy: whether it does.
        """
        self.query.set_busy(busy=busy)
        self.busy.setRange(0, 0 if busy else 1)
        self.busy.setVisible(busy)

    def set_progress(self, done: int, total: int) -> None:
        """Say how far a search of several steps is.

        Args:
            done: steps done.
            total: steps in all.
        """
        self.busy.setRange(0, total)
        self.busy.setValue(done)

    def show_help(self) -> HelpDialog:
        """Open the user guide at the section for what is shown."""
        return show_help(SECTIONS.get(self.state, ""), self)

    def focus_query(self) -> None:
        """Put the cursor into the sentence."""
        self.query.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.query.line.selectAll()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a new palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolor()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that the dock is seen."""
        super().showEvent(event)
        self.shown.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Stop with Esc, wherever in the dock the cursor is."""
        if event.key() == Qt.Key.Key_Escape and self.query.busy:
            self.query.stopRequested.emit()
            return
        super().keyPressEvent(event)

    def _recolor(self) -> None:
        palette = self.palette()
        refresh_colours(self, palette)
        self.notice.recolor(palette)
        self.message.recolor(palette)

    def _arrange(self) -> None:
        self.busy.setTextVisible(False)
        self.busy.setFixedHeight(4)
        policy = self.busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.busy.setSizePolicy(policy)
        self.set_busy(busy=False)
        self.header.hide()
        self.rendering.stop.setToolTip(tr("Stop; nothing of the map is kept"))
        self.pages.addWidget(self.notice)
        self.pages.addWidget(self.hits)
        # They are the index's, and next to the switches no line would have room for them.
        self.index.layout().insertWidget(1, self.narrow.sizes)  # type: ignore[attr-defined]
        QWidget.setTabOrder(self.index.combo, self.narrow.sizes)
        above = (self.query, self.understood, self.examples, self.index, self.narrow)
        # What comes and goes takes its room from the list's end: no control moves under the mouse.
        below = (self.rendering, self.build, self.message, self.status)
        layout = QVBoxLayout(self.body)
        stack(layout, *above, self.busy, self.header, (self.pages, 1), *below, gap=GAP)
        layout.setContentsMargins(GAP + 2, GAP + 2, GAP + 2, GAP)
