"""Above the results: how many, from which strength on, and what can be done with all of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QSignalBlocker, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAction,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cmpagl_qgis.engine.question import REFINEMENTS
from cmpagl_qgis.map.review import Tally
from cmpagl_qgis.texts import counted, numeral, tr, tr_noop, whole

from .amounts import rough_percent
from .flow_layout import FlowLayout
from .review_bar import ReviewBar
from .small_widgets import ElidedLabel, add_action, give_menu, named, stack, tool_button
from .theme import GAP, make_faint, set_icon, set_switch

if TYPE_CHECKING:
    from qgis.PyQt.QtGui import QResizeEvent

STEPS = 200
NARROW_PX = 300
WHICH = (
    ("kept", tr_noop("Kept places only ({0})")),
    ("open", tr_noop("All but the rejected ones ({0})")),
)
"""What can be saved besides all places shown: key, text."""
FORMATS = (
    (".geojson", tr_noop("GeoJSON…")),
    (".gpkg", tr_noop("GeoPackage…")),
    (".parquet", tr_noop("GeoParquet…")),
    (".csv", tr_noop("CSV…")),
)


class ResultHeader(QWidget):
    """Slider and buttons.

    ``minStrengthChanged`` carries the least relevance or score shown; ``refineChanged`` the way of
    re-ranking, or "none"; ``exportRequested`` a suffix, and which places are wanted: "shown",
    "kept", or "open" (not rejected).
    """

    minStrengthChanged = pyqtSignal(float)
    refineChanged = pyqtSignal(str)
    exportRequested = pyqtSignal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglResultHeader")
        self._lowest, self._highest = 0.0, 0.0
        self._relevance = False
        self._method = ""
        self.slider = named(QSlider(Qt.Orientation.Horizontal, self), "cmpaglScoreSlider")
        self.slider.setRange(0, STEPS)
        self.slider.valueChanged.connect(lambda: self._show_least(self.min_strength()))
        self.slider.valueChanged.connect(lambda: self.minStrengthChanged.emit(self.min_strength()))
        self._score = named(QLabel(self), "cmpaglScoreLabel")
        self.subject = named(ElidedLabel(self, Qt.TextElideMode.ElideRight), "cmpaglSubjectLabel")
        self._count = named(ElidedLabel(self, Qt.TextElideMode.ElideRight), "cmpaglCountLabel")
        self._make_buttons()
        self.review = ReviewBar(self)
        self._measure = named(QLabel(self), "cmpaglMeasureLabel")
        self._measure.setBuddy(self.slider)
        self.set_measure(relevance=False)
        sliding = (self._measure, (self.slider, 1), self._score)
        top = stack(QHBoxLayout(), (self._count, 1), *sliding, gap=GAP)
        widest = self.fontMetrics().horizontalAdvance("≥ 0.000")
        self._score.setMinimumWidth(widest)
        self._score.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        tools = FlowLayout(spacing=GAP // 3)  # two lines in a narrow dock
        ways = (self.pick, self.follow, self.grid)
        last = (self.heat, self.keep, self.export, self.clear)
        for button in (self.refine, *self.review.way_back, *ways, *last):
            tools.addWidget(button)
        lines = (self.subject, top, tools, self.review)
        stack(QVBoxLayout(self), *lines, gap=GAP // 2, margin=0)
        self.set_rerank((), "")
        self.set_stale(stale=False)

    def min_strength(self) -> float:
        """The least strength shown; minus infinity with the slider at its left end."""
        value = int(self.slider.value())
        if value == 0:
            return float("-inf")
        if value == STEPS:
            return self._highest  # exactly, so that the best hit stays
        return self._lowest + (self._highest - self._lowest) * value / STEPS

    def set_measure(self, *, relevance: bool) -> None:
        """Say what the slider goes by.

        Args:
            relevance: by relevance; else by score.
        """
        self._relevance = relevance
        self._measure.setText(tr("Relevance") if relevance else tr("Score"))
        self.slider.setToolTip(
            tr("Hide places that are right with a lower probability; no new search")
            if relevance
            else tr("Hide places below this score; no new search")
        )
        self.slider.setAccessibleName(
            tr("Least relevance shown") if relevance else tr("Lowest score shown")
        )

    def set_strengths(self, lowest: float, highest: float, min_strength: float) -> None:
        """Set the ends of the slider, without telling.

        Args:
            lowest: the weakest hit's.
            highest: the strongest hit's.
            min_strength: the least shown; at or below ``lowest`` shows all.
        """
        self._lowest, self._highest = lowest, max(highest, lowest)
        width = self._highest - self._lowest
        hides = min_strength > lowest
        share = (min_strength - lowest) / width if width > 0 else 1.0
        with QSignalBlocker(self.slider):
            self.slider.setValue(max(1, round(min(share, 1.0) * STEPS)) if hides else 0)
        self.slider.setEnabled(width > 0)
        self._show_least(min_strength)

    def set_stale(self, *, stale: bool) -> None:
        """Grey the subject where the box says something else by now.

        Args:
            stale: whether it does.
        """
        font = self.subject.font()
        font.setBold(not stale)
        self.subject.setFont(font)
        make_faint(self.subject, faint=stale)

    def set_count(self, shown: int, total: int) -> None:
        """Say how many are shown.

        Args:
            shown: rows.
            total: hits of the answer.
        """
        if shown == total:
            text = counted(total, tr("1 place"), tr("{0} places"))
        else:
            text = tr("{0} of {1}").format(whole(shown), whole(total))
        self._count.setText(text)

    def set_rerank(self, methods: tuple[str, ...], why_not: str) -> None:
        """Say how results can be refined.

        Args:
            methods: as the engine lists them.
            why_not: why they cannot; empty when they can.
        """
        able = [method for method in ("fusion", "smr", "full") if method in methods]
        menu = self._refine_menu
        menu.clear()
        for method in able:
            then = partial(self._on_method, method)
            action = add_action(menu, tr(REFINEMENTS[method]), f"cmpaglRefine_{method}", then)
            action.setCheckable(True)
            action.setChecked(method == self._method)
        if self._method not in able:
            self._method = able[0] if able else ""
        many = len(able) > 1
        self.refine.setMenu(menu if many else None)  # type: ignore[arg-type]
        self.refine.setPopupMode(
            QToolButton.ToolButtonPopupMode.MenuButtonPopup
            if many
            else QToolButton.ToolButtonPopupMode.DelayedPopup
        )
        set_switch(self.refine)
        self.refine.setEnabled(bool(able) and not why_not)
        reason = why_not or tr("The engine's model cannot refine results.")
        self.refine.setToolTip(
            tr(
                "Rank the best places again with a closer look; the list changes in place, "
                "relevance stays that of the first look"
            )
            if self.refine.isEnabled()
            else reason
        )
        if not self.refine.isEnabled():
            self.set_refined(on=False)

    def refinement(self) -> str:
        """The way of re-ranking that is wanted; "none" for none."""
        return self._method if self.refine.isChecked() and self._method else "none"

    def set_refined(self, *, on: bool) -> None:
        """Set the button without telling.

        Args:
            on: whether results are refined.
        """
        with QSignalBlocker(self.refine):
            self.refine.setChecked(on)

    def _on_method(self, method: str) -> None:
        self._method = method
        for action in self._refine_menu.actions():
            action.setChecked(action.objectName() == f"cmpaglRefine_{method}")
        self.set_refined(on=True)
        self.refineChanged.emit(method)

    def _show_least(self, least: float) -> None:
        number = rough_percent(least) if self._relevance else numeral(f"{least:.3f}")
        self._score.setText(tr("all") if self.slider.value() == 0 else f"≥ {number}")

    def _make_buttons(self) -> None:
        self.refine = named(QToolButton(self), "cmpaglRefine")
        self.refine.setText(tr("Refine"))
        self.refine.setCheckable(True)
        self.refine.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.refine.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.refine.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_icon(self.refine, "refine")
        self.refine.toggled.connect(lambda: self.refineChanged.emit(self.refinement()))
        self._refine_menu = named(QMenu(self.refine), "cmpaglRefineMenu")
        self.refine.setMenu(self._refine_menu)
        self.pick = tool_button(
            "cmpaglPick", "pick", tr("More like a place: click it on the map"), self, stays=True
        )
        self.follow = tool_button(
            "cmpaglFollow", "zoom", tr("Zoom to a place when it is chosen"), self, stays=True
        )
        self.follow.setChecked(True)
        self.grid = tool_button("cmpaglGrid", "grid", tr("Tiles instead of rows"), self, stays=True)
        self.heat = tool_button(
            "cmpaglHeat", "heat", tr("Heat map of the chosen place's scene…"), self
        )
        self.keep = tool_button(
            "cmpaglKeep", "keep", tr("Keep this layer; the next search makes another one"), self
        )
        self.export = tool_button("cmpaglExport", "export", tr("Save the places shown"), self)
        self.clear = tool_button("cmpaglClear", "clear", tr("Clear results and layer"), self)
        # All places in each format, and in menus of their own those that a review leaves.
        menu = give_menu(self.export, "cmpaglExportMenu")
        self._some = {key: menu.addMenu("") for key, _text in WHICH}
        menu.insertSeparator(menu.actions()[0])
        for which, part in (("shown", menu), *self._some.items()):
            first = menu.actions()[0] if part is menu else None
            for suffix, label in FORMATS:
                action = QAction(tr(label), part)
                name = suffix[1:] if part is menu else f"{which}_{suffix[1:]}"
                action.setObjectName(f"cmpaglExport_{name}")
                wanted = partial(self.exportRequested.emit, suffix, which)
                action.triggered.connect(lambda _checked=False, wanted=wanted: wanted())
                part.insertAction(first, action)  # type: ignore[arg-type]  # None: at its end
        self.set_tally(Tally())

    def set_tally(self, tally: Tally) -> None:
        """Say how many places can be saved once some were decided upon.

        Args:
            tally: of the places shown.
        """
        counts = {"kept": tally.kept, "open": tally.kept + tally.undecided}
        for key, text in WHICH:
            self._some[key].setTitle(tr(text).format(whole(counts[key])))
            self._some[key].menuAction().setVisible(tally.begun)
            self._some[key].setEnabled(counts[key] > 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's own: in a narrow dock the count needs the room of the word next to the slider."""
        super().resizeEvent(event)
        self._measure.setVisible(event.size().width() >= NARROW_PX)
