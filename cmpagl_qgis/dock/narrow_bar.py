"""How many places, where and when: what the next search is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QSignalBlocker, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QPushButton, QSpinBox, QToolButton, QWidget

from cmpagl_qgis.settings import TOP_K_LIMIT
from cmpagl_qgis.texts import tr, tr_noop

from .amounts import length
from .flow_layout import FlowLayout
from .period import Period, whole_days
from .small_widgets import ElidedComboBox, named, toggle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qgis.PyQt.QtGui import QResizeEvent

    from .period import Days

SWITCHES = (
    (
        "cmpaglOnlyMapView",
        tr_noop("Map view"),
        tr_noop("Only places that the map shows when this is pressed"),
    ),
    (
        "cmpaglOnlyVisibleLayers",
        tr_noop("Layers"),
        tr_noop("Only scenes that are visible layers of the project"),
    ),
    (
        "cmpaglOnlyPolygons",
        tr_noop("Selection"),
        tr_noop("Only inside the selected polygons of the active layer"),
    ),
    (
        "cmpaglOnlyDates",
        tr_noop("Dates"),
        tr_noop("Only places taken between two days; those of unknown date are left out"),
    ),
)
"""Object name, text and tool tip."""


@dataclass(frozen=True)
class Narrowing:
    """What the next search is narrowed to."""

    count: int
    """Places at most."""
    map_view: bool
    """Only where the map shows."""
    visible_layers: bool
    """Only scenes that are visible layers."""
    selected_polygons: bool
    """Only inside the selected polygons of the active layer."""
    ground_m: float | None = None
    """Only chips with this side on the ground, metres; ``None``: of any size."""
    days: tuple[str, str] | None = None
    """Only chips taken from one day to another, such as 2020-07-19; ``None``: at any time."""


class NarrowBar(QWidget):
    """Number of places and four switches; ``changed`` tells of any change by the user.

    The choice of a size, ``sizes``, is placed by the dock. The switch ``dates`` is there only where
    the index knows when its chips were taken; the two dates only while it is on.

    ``here`` is pressed when the map was moved, and shall be searched where it is now.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglNarrowBar")
        self.count = named(QSpinBox(self), "cmpaglCount")
        self.count.setRange(1, TOP_K_LIMIT)
        self.count.setValue(50)
        self.count.setKeyboardTracking(False)
        self.count.setPrefix(tr("Best") + " ")
        self.count.setToolTip(tr("How many places to find, 1 to 2,000"))
        self.count.setAccessibleName(tr("Number of places"))
        self._in = label = QLabel(tr("in"), self)
        self.map_view, self.visible_layers, self.selected_polygons, self.dates = (
            toggle(name, tr(text), tr(tip), self) for name, text, tip in SWITCHES
        )
        self.dates.hide()
        self.period = Period(self)
        self.period.hide()
        self.period.changed.connect(self.changed)
        self.here = named(QPushButton(tr("Search here"), self), "cmpaglSearchHere")
        self.here.setToolTip(tr("When the map was moved: search what it shows now"))
        self.here.hide()
        self.here.setEnabled(False)
        # The button comes with its switch: when the map moves, the list would move, too.
        for switch, part in ((self.map_view, self.here), (self.dates, self.period)):
            switch.toggled.connect(part.setVisible)
            switch.toggled.connect(self._fit)
        self.sizes = named(ElidedComboBox(self), "cmpaglSizes")
        self.sizes.setToolTip(tr("Only places of one size: small ones for things, large for areas"))
        self.sizes.setAccessibleName(tr("Size of places on the ground"))
        self.sizes.activated.connect(self.changed)
        self.set_sizes(())
        self._known: Days | None = None  # what the index has
        self._words = True
        self._worded = self.count.sizeHint().width() + label.sizeHint().width()
        layout = FlowLayout(self)
        for widget in (self.count, label, *self.toggles(), self.here, self.period):
            layout.addWidget(widget)
        for widget in (label, *self.toggles(), self.here):
            widget.setMinimumHeight(self.count.sizeHint().height())
        for button in self.toggles():
            button.clicked.connect(self.changed)
        self.count.valueChanged.connect(self.changed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's own."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out the words between where not all stands in one line with them."""
        rest = [one for one in (*self.toggles(), self.here) if not one.isHidden()]
        room = self.layout().spacing() * (1 + len(rest))
        room += self._worded + sum(one.sizeHint().width() for one in rest)
        words = self.width() >= room
        if words != self._words:
            self._words = words
            self._in.setVisible(words)
            self.count.setPrefix(tr("Best") + " " if words else "")

    def toggles(self) -> tuple[QToolButton, ...]:
        """The four switches."""
        return (self.map_view, self.visible_layers, self.selected_polygons, self.dates)

    def narrowing(self) -> Narrowing:
        """What is set."""
        return Narrowing(
            count=self.count.value(),
            map_view=self.map_view.isChecked(),
            visible_layers=self.visible_layers.isChecked(),
            selected_polygons=self.selected_polygons.isChecked(),
            ground_m=self.sizes.currentData(),
            days=self.period.days() if self.dates.isChecked() else None,
        )

    def summary(self) -> str:
        """What places are narrowed to, in the words of the switches; empty: all are looked at."""
        switches = self.toggles()[:-1]
        words = [button.text() for button in switches if button.isChecked()]
        if self.sizes.currentData() is not None:
            words.append(self.sizes.currentText())
        if self.dates.isChecked():
            words.append(" – ".join(self.period.days()))  # noqa: RUF001 - as the bar has it
        return ", ".join(words)

    def set_sizes(self, sizes: Sequence[float]) -> None:
        """Offer the sizes of an index; what was chosen stays where it has that, too.

        Args:
            sizes: sides of chips on the ground, metres, ascending.
        """
        chosen = self.sizes.currentData()
        self.sizes.clear()
        self.sizes.addItem(tr("All sizes"), None)
        for size in sizes:
            self.sizes.addItem(length(size), size)
        self.sizes.setCurrentIndex(max(0, self.sizes.findData(chosen)) if chosen else 0)
        self.sizes.setVisible(len(sizes) > 1)

    def set_dates(self, days: tuple[str, str] | None) -> None:
        """Offer dates where an index has them; what was chosen stays.

        Args:
            days: first and last day that its chips were taken on; ``None``: unknown.
        """
        self._known = days
        self.dates.setVisible(days is not None)
        if days is None:
            self.dates.setChecked(False)
        elif not self.dates.isChecked():
            self.period.set_days(days)
        self._fit()

    def restore(self, ground_m: float | None, days: tuple[str, str] | None) -> None:
        """Choose size and dates again without telling, also before the index is read.

        Args:
            ground_m: side of chips on the ground, metres; ``None``: of any size.
            days: first and last day; ``None``: at any time.
        """
        if ground_m is not None and self.sizes.findData(ground_m) < 0:
            self.sizes.addItem(length(ground_m), ground_m)
        self.sizes.setCurrentIndex(0 if ground_m is None else self.sizes.findData(ground_m))
        if days is not None:
            self.period.set_days(days)
        self.dates.setChecked(days is not None)

    def show_where(self, where: Mapping[str, Any], count: int) -> tuple[str, ...]:
        """Show what a question is narrowed to, without telling, as far as the switches can.

        Args:
            where: the protocol's WHERE.
            count: places at most.

        Returns:
            The keys that they cannot show.
        """
        self.search_everywhere()
        self.set_count(count)
        least, greatest = where.get("ground_m", (None, None))
        first, last = where.get("from_date"), where.get("to_date")
        dated = bool(first or last)
        size = least if least == greatest else None
        self.restore(size, whole_days(first, last, self._known) if dated else None)
        self.dates.setVisible(dated or self._known is not None)
        shown = {"from_date", "to_date", *(("ground_m",) if least == greatest else ())}
        return tuple(key for key in where if key not in shown)

    def set_count(self, count: int) -> None:
        """Set the number of places without telling.

        Args:
            count: 1 to 2,000.
        """
        with QSignalBlocker(self.count):
            self.count.setValue(count)

    def search_everywhere(self) -> None:
        """Turn all switches off and take every size, without telling."""
        for button in self.toggles():
            button.setChecked(False)
        self.sizes.setCurrentIndex(0)
