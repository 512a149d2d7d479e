"""The scenes of an index to be built: what each is, whether it can be read, what it would cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from cmpagl_qgis.texts import as_sentence, tr, tr_noop, whole

from .amounts import duration, length, megabytes
from .theme import GAP, faint_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qgis.PyQt.QtGui import QKeyEvent

    from cmpagl_qgis.engine.records import BuildPlan, ScenePlan

COLUMNS = (
    tr_noop("Scene"),
    tr_noop("CRS"),
    tr_noop("Pixel"),
    tr_noop("Bands"),
    tr_noop("Chips"),
    tr_noop("Time"),
    tr_noop("On disk"),
    tr_noop("Notes"),
)
SCENE, CRS, PIXEL, BANDS, CHIPS, TIME, DISK, NOTE = range(len(COLUMNS))
WIDEST = (
    "naip_farmland_ponds_2019", "EPSG:32632", "7.1 cm", "4, 3, 2", "1,866,085", "", "1.1 GB", "",
)  # fmt: skip
"""Texts for which columns are wide enough at first; times besides."""
NUMBERS = {PIXEL, CHIPS, TIME, DISK}
SORT = Qt.ItemDataRole.UserRole
LONGEST_CRS = 24
"""Letters of a CRS that are shown; WKT is longer."""


@dataclass(frozen=True)
class Candidate:
    """A raster that may be indexed."""

    name: str
    """What the user calls it."""
    path: str
    """Absolute path of a file or folder, or an address; empty when refused."""
    refusal: str = ""
    """Why it cannot be indexed, naming it; empty when it can."""
    folder: bool = False
    """Whether it stands for all scenes in a folder."""
    crs: str | None = None
    """The CRS that the user set on its layer; empty: that of the file; ``None``: it is no layer."""


@dataclass(frozen=True)
class Totals:
    """What the ticked scenes come to."""

    scenes: int
    """Ticked scenes."""
    chips: int
    """Their chips that are still to be made, as far as they were counted."""
    uncounted: int
    """Ticked scenes that were not looked at yet."""
    seconds: float
    """About how long that takes; 0: not known yet."""
    size_bytes: int
    """That it takes on disk."""


@dataclass(frozen=True)
class _Row:
    candidate: Candidate
    plan: ScenePlan | None
    ticked: bool

    @property
    def refusal(self) -> str:
        """Why it cannot be indexed; empty: it can, for all we know."""
        return self.candidate.refusal or (self.plan.reason if self.plan else "")


class SceneTable(QAbstractTableModel):
    """Scenes with a tick each. ``changed`` tells that ticks or counts did."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._widget = parent
        self._rows: list[_Row] = []
        self._chips_per_s, self._bytes_per_chip = 0.0, 0

    def add(self, candidate: Candidate) -> bool:
        """Put a raster on the list, ticked unless refused; one that is there is not added again.

        Args:
            candidate: the raster.

        Returns:
            Whether it was added.
        """
        if candidate.path and any(row.candidate.path == candidate.path for row in self._rows):
            return False
        last = len(self._rows)
        self.beginInsertRows(QModelIndex(), last, last)
        self._rows.append(_Row(candidate, None, ticked=not candidate.refusal))
        self.endInsertRows()
        self.changed.emit()
        return True

    def candidates(self) -> list[Candidate]:
        """All that were not refused by the plugin, in the order they came."""
        return [row.candidate for row in self._rows if row.candidate.path]

    def ticked(self) -> list[Candidate]:
        """Those that are to be indexed."""
        return [row.candidate for row in self._rows if row.ticked and not row.refusal]

    def forget_counts(self) -> None:
        """Let all chips be unknown: they are about to be counted again."""
        rows = [replace(row, plan=None) if row.candidate.path else row for row in self._rows]
        self._set(rows)

    def set_speed(self, chips_per_s: float) -> None:
        """Show times.

        Args:
            chips_per_s: that this machine encodes; below 0: it could not be found out.
        """
        self._chips_per_s = chips_per_s
        self._set(self._rows)

    def take(self, asked: Iterable[Candidate], plan: BuildPlan) -> None:
        """Show what the engine says of rasters; a folder becomes as many rows as it has scenes.

        Args:
            asked: the rasters asked for; those that are gone from the list are passed over.
            plan: what became of them.
        """
        self._bytes_per_chip, scenes = plan.bytes_per_chip, plan.scenes
        paths = {candidate.path for candidate in asked}
        own = [row for row in self._rows if row.candidate.path in paths]
        if len(own) == len(scenes) == 1 and not own[0].candidate.folder:
            # An address comes back without its signature: its row keeps what the user gave.
            self._set([replace(r, plan=scenes[0]) if r is own[0] else r for r in self._rows])
            return
        plans = {scene.path: scene for scene in scenes}
        rows, ticks = [], [row.ticked for row in own]
        for row in self._rows:
            if row in own and row.candidate.path not in plans:
                continue  # a folder, or a band of a picture that is put together
            rows.append(replace(row, plan=plans.pop(row.candidate.path, row.plan)))
        # A table has room for the name of a file or of an address.
        found = [Candidate(Path(path.split("?", 1)[0]).stem or path, path) for path in plans]
        rows += [_Row(one, plans[one.path], ticked=any(ticks)) for one in found]
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()
        self.changed.emit()

    def totals(self) -> Totals:
        """What the ticked scenes come to."""
        ticked = [row for row in self._rows if row.ticked and not row.refusal]
        chips = sum(row.plan.new_chips for row in ticked if row.plan)
        return Totals(
            len(ticked),
            chips,
            sum(row.plan is None for row in ticked),
            chips / self._chips_per_s if self._chips_per_s > 0 else 0.0,
            chips * self._bytes_per_chip,
        )

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's way
        """Qt's own."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's way
        """Qt's own."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Qt's own."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(COLUMNS[section])
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def flags(self, index: QModelIndex) -> Qt.ItemFlags:
        """Qt's own: what is refused can be read, and there is nothing to tick."""
        if self._rows[index.row()].refusal:
            return Qt.ItemFlag.ItemIsEnabled  # type: ignore[return-value]
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == SCENE else flags

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's own."""
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.CheckStateRole and column == SCENE and not row.refusal:
            return _number(Qt.CheckState.Checked if row.ticked else Qt.CheckState.Unchecked)
        if role == Qt.ItemDataRole.ForegroundRole and (row.refusal or column == NOTE):
            return faint_text(self._widget.palette())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column)
        return self._sort_key(row, column) if role == SORT else None

    def setData(self, index: QModelIndex, value: int, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt's own: a tick."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.tick([index.row()], ticked=Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def tick(self, rows: Iterable[int], *, ticked: bool) -> None:
        """Take scenes in or leave them out.

        Args:
            rows: their positions here.
            ticked: whether they are indexed.
        """
        for number in rows:
            if not self._rows[number].refusal:
                self._rows[number] = replace(self._rows[number], ticked=ticked)
        self._set(self._rows)

    def is_ticked(self, number: int) -> bool:
        """Whether a scene is to be indexed.

        Args:
            number: its position here.
        """
        return self._rows[number].ticked

    def refused(self, number: int) -> bool:
        """Whether a row can only be read.

        Args:
            number: its position here.
        """
        return bool(self._rows[number].refusal)

    def _set(self, rows: list[_Row]) -> None:
        """Take the same rows with other contents."""
        self._rows = rows
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, NOTE))
        self.changed.emit()

    def _text(self, row: _Row, column: int) -> str:
        plan = row.plan
        if column == SCENE:
            return _refused_text(row) if row.refusal else row.candidate.name
        if column == NOTE and not row.refusal:
            return " ".join(_notes(row.candidate, plan)) if plan else tr("looking…")
        if plan is None or row.refusal:
            return ""
        if column == TIME and plan.new_chips and self._chips_per_s <= 0:
            return tr("unknown") if self._chips_per_s < 0 else tr("measuring…")
        if column == TIME:
            return duration(plan.new_chips / self._chips_per_s) if plan.new_chips else ""
        texts = {
            CRS: plan.crs if len(plan.crs) <= LONGEST_CRS else tr("CRS of its own"),
            PIXEL: length(plan.gsd_m),
            BANDS: ", ".join(map(str, dict.fromkeys(plan.bands))),
            CHIPS: whole(plan.chips) if plan.new_chips else tr("{0}, done").format(plan.chips),
            DISK: megabytes(plan.new_chips * self._bytes_per_chip),
        }
        return texts[column]

    def _tip(self, row: _Row, column: int) -> str:
        if row.refusal:
            return row.refusal
        plan = row.plan
        if plan and column == CRS:
            return plan.crs
        if plan and column == CHIPS:
            sizes = [
                tr("{0} of {1}").format(whole(one.chips), length(one.ground_m))
                for one in plan.sizes
            ]
            return "\n".join(sizes)
        if plan and column == TIME:
            return tr("As fast as this computer was with a few chips, or when it built last.")
        if plan and column == NOTE:
            return "\n".join(_notes(row.candidate, plan))
        return row.candidate.path

    def _sort_key(self, row: _Row, column: int) -> object:
        plan = row.plan
        if column == PIXEL:
            return plan.gsd_m if plan else 0.0
        if column in NUMBERS:
            return float(plan.new_chips) if plan else 0.0
        return self._text(row, column).casefold()


class ScenesView(QTreeView):
    """The table as it is seen: sortable, what cannot be read at its end.

    A tick on one of several selected rows is a tick on all of them.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglBuildScenes")
        self.setAccessibleName(tr("Scenes to index"))
        self.table = SceneTable(self)
        self.sorted = _RefusedLast(self)
        self.sorted.setSourceModel(self.table)
        self.sorted.setSortRole(SORT)
        self.setModel(self.sorted)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setAllColumnsShowFocus(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSortingEnabled(True)
        self.sortByColumn(SCENE, Qt.SortOrder.AscendingOrder)
        header = self.header()
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(GAP)
        for column, widest in enumerate(WIDEST):
            texts = [widest, tr(COLUMNS[column])]
            texts += [duration(99 * 60), tr("measuring…")] if column == TIME else []
            width = max(map(self.fontMetrics().horizontalAdvance, texts))
            header.resizeSection(column, width + 3 * GAP)
        header.setSectionResizeMode(SCENE, QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        self.table.changed.connect(self._span)

    def _span(self) -> None:
        """Let the reason of what is refused take the whole row."""
        nowhere = QModelIndex()
        for row in range(self.sorted.rowCount()):
            number = self.sorted.mapToSource(self.sorted.index(row, SCENE)).row()
            refused = self.table.refused(number)
            if self.isFirstColumnSpanned(row, nowhere) != refused:
                self.setFirstColumnSpanned(row, nowhere, refused)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's own; the space bar ticks all selected rows alike."""
        rows = [self.sorted.mapToSource(one).row() for one in self.selectionModel().selectedRows()]
        if event.key() != Qt.Key.Key_Space or not rows:
            super().keyPressEvent(event)
            return
        current = self.sorted.mapToSource(self.currentIndex()).row()
        here = current if current in rows else rows[0]
        self.table.tick(rows, ticked=not self.table.is_ticked(here))


class _RefusedLast(QSortFilterProxyModel):
    """Sorts, whichever way, but leaves at the end what can only be read."""

    def lessThan(self, left: QModelIndex, right: QModelIndex) -> bool:
        """Qt's own."""
        table = cast("SceneTable", self.sourceModel())
        refused = (table.refused(left.row()), table.refused(right.row()))
        if refused[0] != refused[1]:
            return refused[1] == (self.sortOrder() == Qt.SortOrder.AscendingOrder)
        keys: Any = (table.data(left, SORT), table.data(right, SORT))
        return bool(keys[0] < keys[1])


def _notes(candidate: Candidate, plan: ScenePlan) -> list[str]:
    """What to know of a scene, a sentence each."""
    given = [tr("CRS set on the layer.")] if candidate.crs else []
    return [*given, *map(as_sentence, plan.notes)]


def _side(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
    side = Qt.AlignmentFlag.AlignHCenter if column == BANDS else side
    return _number(side | Qt.AlignmentFlag.AlignVCenter)


def _number(flags: Any) -> int:  # noqa: ANN401 - an enum of Qt 6, a number of Qt 5
    """What a model may hand to Qt 5 and Qt 6 alike."""
    return int(getattr(flags, "value", flags))


def _refused_text(row: _Row) -> str:
    """Name and what was found, in one line without the path; the tool tip says what can be done."""
    name, path = row.candidate.name, row.candidate.path
    if row.candidate.refusal:
        return row.refusal  # names its layer
    found = row.refusal.replace(path, "", 1).lstrip(": ").partition("; ")[0]
    return f"{name}: {found}"
