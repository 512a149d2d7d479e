"""The list of results: rows or tiles, keys, context menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    pyqtSignal,
)
from qgis.PyQt.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPixmap,
    QResizeEvent,
)
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QStyleOptionViewItem,
    QWidget,
)

from cmpagl_qgis.map.scale import RELEVANCES
from cmpagl_qgis.texts import tr, tr_marked
from cmpagl_qgis.turns import single_shot

from .hit_delegate import PAD, TILE_PICTURE, HitDelegate
from .hit_keys import MENU, REVIEW, act_of, review_act
from .hit_model import HitModel
from .preview import HitPreview
from .sibling_menu import SiblingMenu
from .small_widgets import add_action, named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qgis.PyQt.QtGui import QHideEvent, QShowEvent

    from cmpagl_qgis.engine.records import Hit
    from cmpagl_qgis.map.scale import Scale

AHEAD = 8
"""Rows beyond the visible ones whose thumbnails are wanted too."""
SETTLE_MS = 60
_LEAVES = {
    QEvent.Type.Leave,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
    QEvent.Type.ContextMenu,
    QEvent.Type.WindowDeactivate,
}
_LOOKS = {QEvent.Type.ToolTip, QEvent.Type.MouseMove, QEvent.Type.Leave}
"""What leaves a picture that was asked for as it is: to look at it the mouse may leave the list."""
_ARROWS = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Left)


class HitList(QListView):
    """The hits of an answer.

    ``picked`` carries the rank of a row the user chose; ``activatedHit`` that of a row
    double-clicked; ``actionRequested`` an action's key ("zoom", "open", "like", "unlike",
    "describe", "copy", "picture", "where", "heat", "outline") and the rank of the current row;
    ``reviewRequested`` an act of the :class:`~.review_bar.ReviewBar`; ``visibleChanged`` the hits
    in view, after scrolling; ``hovered`` the hit under a mouse that rests: its picture is wanted.
    """

    picked = pyqtSignal(int)
    activatedHit = pyqtSignal(int)
    actionRequested = pyqtSignal(str, int)
    reviewRequested = pyqtSignal(str)
    visibleChanged = pyqtSignal(list)
    hovered = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglHits")
        self.setAccessibleName(tr("Places found"))
        self._telling = True
        self.preview = HitPreview(self)  # Qt tells of choices and events while this is made
        self.hits = HitModel(self)
        self._delegate = HitDelegate(self)
        self.setModel(self.hits)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.doubleClicked.connect(lambda index: self._tell_activated(index.row()))
        self._settle = single_shot(
            self, lambda: self.visibleChanged.emit(self.visible_hits()), SETTLE_MS
        )
        for moved in (self.verticalScrollBar().valueChanged, self.hits.modelReset):
            moved.connect(lambda *_: self._settle.start())
            moved.connect(self.preview.hide)
        self.siblings = SiblingMenu(self)
        self.menu = named(QMenu(self), "cmpaglHitMenu")
        for key, text, shortcut in MENU:
            if not key:
                self.menu.addSeparator()
                continue
            # A tab sets what follows as a shortcut beside the text; the list handles the key.
            words = tr_marked(text) + (f"\t{shortcut}" if shortcut else "")
            add_action(self.menu, words, f"cmpaglHit_{key}", partial(self._act, key))
            if key == "open":
                self.menu.addMenu(self.siblings)
        self._large: Callable[[Hit], QPixmap | None] = self.hits.picture
        self.set_grid(grid=False)

    def set_grid(self, *, grid: bool) -> None:
        """Show tiles, or rows.

        Args:
            grid: tiles.
        """
        rank, ranks = self.current_rank(), [hit.rank for hit in self.selected_hits()]
        self._delegate.grid = grid
        mode = QListView.ViewMode.IconMode if grid else QListView.ViewMode.ListMode
        self.setViewMode(mode)
        self.setMovement(QListView.Movement.Static)
        self.setWrapping(grid)
        self.setSpacing(0)
        self._fit_tiles()
        self.select_rank(rank, ranks)

    def set_hits(
        self,
        hits: tuple[Hit, ...],
        min_strength: float,
        scale: Scale = RELEVANCES,
        *,
        keep_current: bool,
    ) -> None:
        """Show other hits.

        Args:
            hits: best first.
            min_strength: those below it are left out.
            scale: colour and length of their bars.
            keep_current: whether the chosen chip stays chosen where it is among them.
        """
        current = self.hits.hit_at(self.currentIndex().row())
        self._quietly(lambda: self.hits.set_hits(hits, min_strength, scale))
        row = self.hits.row_of_key(current.key) if current and keep_current else -1
        if row >= 0:
            self._choose_row(row)
        else:
            self.scrollToTop()

    def grow(self, hits: tuple[Hit, ...], min_strength: float, scale: Scale) -> None:
        """As :meth:`set_hits`, for a later answer: what is chosen and what is in view stays."""
        bar = self.verticalScrollBar()
        current, was = self.hits.hit_at(self.currentIndex().row()), bar.value()
        chosen = {hit.key for hit in self.selected_hits()}
        first = self.indexAt(QPoint(PAD, PAD)) if was else QModelIndex()
        anchor, above = self.hits.hit_at(first.row()), self.visualRect(first).top()
        self._quietly(lambda: self.hits.set_hits(hits, min_strength, scale))
        keep = QItemSelectionModel.SelectionFlag.NoUpdate
        row = self.hits.row_of_key(current.key) if current else -1
        self._quietly(lambda: self.selectionModel().setCurrentIndex(self.hits.index(row), keep))
        self._select({hit.rank for hit in self.hits.shown() if hit.key in chosen})
        self.doItemsLayout()  # type: ignore[attr-defined]  # the stubs lack it
        row = self.hits.row_of_key(anchor.key) if anchor else -1
        if row >= 0:
            self.scrollTo(self.hits.index(row), QAbstractItemView.ScrollHint.PositionAtTop)
            bar.setValue(bar.value() - above)
        else:
            bar.setValue(was)

    def set_min_strength(self, min_strength: float) -> None:
        """Leave out weak rows.

        Args:
            min_strength: the lowest shown.
        """
        rank, ranks = self.current_rank(), [hit.rank for hit in self.selected_hits()]
        self._quietly(lambda: self.hits.set_min_strength(min_strength))
        self.select_rank(rank, ranks)

    def set_pictures(
        self,
        picture: Callable[[Hit], QPixmap | None],
        large: Callable[[Hit], QPixmap | None] | None = None,
    ) -> None:
        """Say where pictures come from.

        Args:
            picture: gives the thumbnail of a hit if it is at hand.
            large: the same for the large picture; ``None``: the thumbnail serves.
        """
        self.hits.picture = picture
        self._large = large or picture

    def large_came(self, key: str) -> None:
        """Show a large picture if its hit is still under the mouse.

        Args:
            key: as ``Hit.key`` gives it.
        """
        hit = self.preview.hit
        plain = self.preview.isVisible() and not self.preview.heated
        if hit is not None and hit.key == key and plain:
            self.preview.set_picture(self._best_picture(hit))

    def current_rank(self) -> int:
        """The rank of the chosen row; 0: none."""
        hit = self.hits.hit_at(self.currentIndex().row())
        return hit.rank if hit else 0

    def selected_hits(self) -> list[Hit]:
        """The hits of the chosen rows, best first."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [hit for hit in map(self.hits.hit_at, rows) if hit is not None]

    def select_rank(self, rank: int, also: Sequence[int] = ()) -> None:
        """Choose a row without telling ``picked``.

        Args:
            rank: of the hit; one without a row changes nothing.
            also: ranks of more rows to choose; those without a row are left out.
        """
        row = self.hits.row_of_rank(rank)
        if row < 0:
            return
        self._choose_row(row)
        self._select(set(also))

    def _select(self, wanted: set[int]) -> None:
        """Choose more rows, by rank."""
        more = QItemSelection()
        for number, hit in enumerate(self.hits.shown() if wanted else ()):
            if hit.rank in wanted:
                more.select(self.hits.index(number), self.hits.index(number))
        select = QItemSelectionModel.SelectionFlag.Select
        self._quietly(lambda: self.selectionModel().select(more, select))

    def step(self, fits: Callable[[Hit], bool], *, back: bool = False) -> bool:
        """Choose the next row that fits, as if the user did; after the last comes the first.

        Args:
            fits: whether a hit does.
            back: the one before instead.

        Returns:
            False where none fits.
        """
        shown = self.hits.shown()
        start = self.currentIndex().row() if self.selectedIndexes() else (0 if back else -1)
        way = -1 if back else 1
        order = ((start + way * distance) % len(shown) for distance in range(1, len(shown) + 1))
        row = next((row for row in order if fits(shown[row])), -1)
        if row >= 0:
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self.hits.index(row), flag)
        return row >= 0

    def visible_hits(self) -> list[Hit]:
        """The hits in view and some beyond."""
        shown = self.hits.shown()
        if not shown:
            return []
        # Only what is in view is asked for its place: there may be thousands of rows.
        first = max(self.indexAt(QPoint(PAD, PAD)).row(), 0)
        last, bottom = first, self.viewport().rect().bottom()
        while last < len(shown) and self.visualRect(self.hits.index(last)).top() <= bottom:
            last += 1
        return shown[first : last + AHEAD]

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell of a row that the user chose; mere focus chooses none."""
        super().selectionChanged(selected, deselected)
        rank = self.current_rank()
        self.preview.hide()
        if self._telling and rank and self.selectedIndexes():
            self.picked.emit(rank)

    def event(self, event: QEvent) -> bool:
        """Take the list's keys before QGIS's own shortcuts do: Ctrl+Z undoes edits of a layer."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and (review_act(event) or act_of(event)):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the context menu and of the review; Enter opens the scene."""
        review = review_act(event)
        if review:
            self.reviewRequested.emit(review)
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._tell_activated(self.currentIndex().row())
            return
        if event.matches(QKeySequence.StandardKey.Copy):
            self._act("copy")
            return
        key = act_of(event)
        if key:
            self._act(key)
            return
        current = self.currentIndex()
        if event.key() in _ARROWS and current.isValid() and not self.selectedIndexes():
            # Focus made the first row the current one; the first arrow chooses it.
            self.selectionModel().select(current, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            return
        super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the large picture where the mouse rests, and at once where it goes on from there."""
        event_type = event.type()
        if event_type in _LOOKS and self.preview.isVisible() and self.preview.heated:
            return True if event_type == QEvent.Type.ToolTip else bool(super().viewportEvent(event))
        rests = event_type == QEvent.Type.ToolTip
        moves = event_type == QEvent.Type.MouseMove and self.preview.isVisible()
        if (rests or moves) and isinstance(event, (QHelpEvent, QMouseEvent)):
            index = self.indexAt(event.pos())
            hit = self.hits.hit_at(index.row())
            if hit is None:
                self.preview.hide()
            elif not self.preview.isVisible() or self.preview.hit != hit:
                self.preview.show_hit(hit, self._best_picture(hit), self.place_of(index))
                self.hovered.emit(hit)
        elif event_type in _LEAVES:
            self.preview.hide()
        return True if rests else bool(super().viewportEvent(event))

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's own."""
        self.preview.hide()
        super().hideEvent(event)

    def place_of(self, index: QModelIndex) -> QRect:
        """Where a row stands on the screen, for the preview next to it."""
        row = self.visualRect(index)
        row.moveTopLeft(self.viewport().mapToGlobal(row.topLeft()))
        if self._delegate.grid:  # beside the list, not over other tiles
            row.setLeft(self.viewport().mapToGlobal(QPoint(0, 0)).x())
            row.setWidth(self.viewport().width())
        return row

    def _best_picture(self, hit: Hit) -> QPixmap | None:
        large = self._large(hit)
        return self.hits.picture(hit) if large is None or large.isNull() else large

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's own."""
        super().resizeEvent(event)
        self._fit_tiles()
        self._settle.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's own."""
        super().showEvent(event)
        self._settle.start()

    def _fit_tiles(self) -> None:
        """As many tiles in a line as fit, each as wide as fills the line."""
        if not self._delegate.grid:
            self.setGridSize(QSize())
            return
        width = self.viewport().width() - 2
        if not self.verticalScrollBar().isVisible():
            width -= self.verticalScrollBar().sizeHint().width()
        number = max(width // (TILE_PICTURE + 2 * PAD), 2)
        self._delegate.tile_width = max(width // number, 60)
        option = QStyleOptionViewItem()
        option.font = self.font()
        self.setGridSize(self._delegate.sizeHint(option, self.hits.index(0)))

    def _quietly(self, change: Callable[[], None]) -> None:
        self._telling = False
        try:
            change()
        finally:
            self._telling = True

    def _choose_row(self, row: int) -> None:
        index = self.hits.index(row)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self._quietly(lambda: self.selectionModel().setCurrentIndex(index, flag))
        self.scrollTo(index)

    def _tell_activated(self, row: int) -> None:
        hit = self.hits.hit_at(row)
        if hit is not None:
            self.activatedHit.emit(hit.rank)

    def _open_menu(self, position: QPoint) -> None:
        index = self.indexAt(position)
        if index.isValid():
            self.siblings.fill(self.hits.hit_at(index.row()))
            self.menu.popup(self.viewport().mapToGlobal(position))

    def _act(self, key: str) -> None:
        if key in REVIEW.values():
            self.reviewRequested.emit(key)
            return
        rank = self.current_rank()
        if rank:
            self.actionRequested.emit(key, rank)
