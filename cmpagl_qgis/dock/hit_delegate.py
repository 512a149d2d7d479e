"""How a hit is drawn, as a row or as a tile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QModelIndex, QObject, QRect, QRectF, QSize, Qt
from qgis.PyQt.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QPixmap,
    QTextOption,
)
from qgis.PyQt.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cmpagl_qgis.map.review import KEPT, REJECTED

from .amounts import length
from .hit_model import (
    COLOUR_ROLE,
    HIT_ROLE,
    PICTURE_ROLE,
    SHARE_ROLE,
    VERDICT_ROLE,
    scene_name,
    score_text,
)
from .theme import blend, pixmap

if TYPE_CHECKING:
    from cmpagl_qgis.engine.records import Hit

PAD = 6
ROW_PICTURE = 56
TILE_PICTURE = 92
BETWEEN = "  ·  "
BAR_HEIGHT = 6
MARK_SIDE = 20
RIM_ALPHA = 110
DIM = 0.4
"""What is left of a rejected place: still to be seen, no longer in the way."""
MARKS = {KEPT: "kept_mark", REJECTED: "rejected_mark"}
BAR_LEAST = 0.04
"""The worst match keeps a stub of a bar: it is a match too."""


class HitDelegate(QStyledItemDelegate):
    """Draws thumbnail, rank, score with a bar in the map's colour, scene and size."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.grid = False
        self.tile_width = TILE_PICTURE + 2 * PAD

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Qt's own."""
        del index
        line = QFontMetrics(option.font).height()
        if self.grid:
            return QSize(self.tile_width, self.tile_width + line + BAR_HEIGHT + PAD)
        return QSize(160, max(ROW_PICTURE, 2 * line + BAR_HEIGHT + 2 * PAD) + 2 * PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Qt's own."""
        if index.data(HIT_ROLE) is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        style = option.widget.style() if option.widget else QApplication.style()  # type: ignore[truthy-bool]
        panel = QStyleOptionViewItem(option)
        panel.showDecorationSelected = True  # the whole tile, not the text it would have
        style.drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem, panel, painter, option.widget
        )
        brush = _Brush(painter, option)
        verdict = index.data(VERDICT_ROLE)
        painter.setOpacity(DIM if verdict == REJECTED else 1.0)
        rect = option.rect.adjusted(PAD, PAD, -PAD, -PAD)
        paint = self._paint_tile if self.grid else self._paint_row
        picture = paint(brush, rect, index)
        painter.setOpacity(1.0)
        if verdict in MARKS:
            sign = QRect(0, 0, MARK_SIDE, MARK_SIDE)
            sign.moveBottomRight(picture.bottomRight())
            painter.drawPixmap(sign, pixmap(MARKS[verdict], brush.ink, 3 * MARK_SIDE))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # noqa: FBT003 - Qt's
            painter.setPen(brush.faint)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def _paint_row(self, brush: _Brush, rect: QRect, index: QModelIndex) -> QRect:
        """Draw it all, and give the picture's place."""
        hit, line = index.data(HIT_ROLE), brush.line
        side = min(rect.height(), ROW_PICTURE)
        picture = QRect(rect.left(), rect.top() + (rect.height() - side) // 2, side, side)
        brush.picture(picture, index.data(PICTURE_ROLE))
        right = QRect(rect)
        right.setLeft(picture.right() + 2 * PAD)
        height = 2 * line + BAR_HEIGHT + 2 * PAD
        top = QRect(right.left(), right.top() + (right.height() - height) // 2, right.width(), line)
        number, rank = score_text(hit), f"#{hit.rank}"
        number_width, rank_width = map(QFontMetrics(brush.bold).horizontalAdvance, (number, rank))
        brush.write(top, number, Qt.AlignmentFlag.AlignRight, font=brush.bold)
        brush.write(top, rank, font=brush.bold)
        brush.write(top.adjusted(rank_width + PAD, 0, -number_width - 2 * PAD, 0), scene_name(hit))
        bar = QRect(right.left(), top.bottom() + 1 + PAD, right.width(), BAR_HEIGHT)
        brush.bar(bar, index)
        low = QRect(right.left(), bar.bottom() + 1 + PAD, right.width(), line)
        low.setRight(low.right() - brush.badge(low, hit))
        crs = hit.crs if hit.crs.startswith("EPSG") else ""
        parts = [part for part in (hit.sentence, length(hit.ground_m), crs) if part]
        facts = BETWEEN.join(parts)
        if crs and QFontMetrics(brush.font).horizontalAdvance(facts) > low.width():
            facts = BETWEEN.join(parts[:-1])  # all are in the tool tip
        brush.write(low, facts, ink=brush.faint)
        return picture

    def _paint_tile(self, brush: _Brush, rect: QRect, index: QModelIndex) -> QRect:
        """Draw it all, and give the picture's place."""
        hit, line = index.data(HIT_ROLE), brush.line
        picture = QRect(rect.left(), rect.top(), rect.width(), rect.width())
        brush.picture(picture, index.data(PICTURE_ROLE))
        bar = QRect(rect.left(), picture.bottom() + 4, rect.width(), BAR_HEIGHT)
        brush.bar(bar, index)
        brush.badge(QRect(picture.left(), picture.top() + 2, picture.width() - 2, line), hit)
        low = QRect(rect.left(), bar.bottom() + 3, rect.width(), line)
        brush.write(low, f"#{hit.rank}", font=brush.bold)
        brush.write(low, score_text(hit), Qt.AlignmentFlag.AlignRight)
        return picture


class _Brush:
    """Draws the parts of one row in the colours of its palette and state."""

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        self._painter, self.font, self.bold = painter, option.font, QFont(option.font)
        self.bold.setBold(True)
        self.line = QFontMetrics(self.font).height()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        active = bool(option.state & QStyle.StateFlag.State_Active)
        group = QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive
        role = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text
        below = QPalette.ColorRole.Highlight if chosen else QPalette.ColorRole.Base
        self.ink, ground = option.palette.color(group, role), option.palette.color(group, below)
        self.faint = blend(self.ink, ground, 0.2 if chosen else 0.35)
        self._track = blend(ground, self.ink, 0.22 if chosen else 0.14)

    def write(
        self,
        rect: QRect,
        text: str,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        *,
        font: QFont | None = None,
        ink: QColor | None = None,
    ) -> None:
        """One line, cut in the middle where it is too long."""
        font = font or self.font
        self._painter.setFont(font)
        self._painter.setPen(ink or self.ink)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, rect.width())
        how = QTextOption(align | Qt.AlignmentFlag.AlignVCenter)
        how.setWrapMode(QTextOption.WrapMode.NoWrap)
        self._painter.drawText(QRectF(rect), shown, how)

    def bar(self, rect: QRect, index: QModelIndex) -> None:
        """A relevance or score as a bar in the colour it has on the map."""
        self._round(rect)
        long, share = QRectF(rect), index.data(SHARE_ROLE)
        long.setWidth(max(rect.width() * (BAR_LEAST + (1 - BAR_LEAST) * share), rect.height()))
        radius = rect.height() / 2
        self._painter.setBrush(index.data(COLOUR_ROLE))
        self._painter.drawRoundedRect(long, radius, radius)
        # On white the best colour is pale, on a chosen row any may be: a rim as on the map.
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(QColor(0, 0, 0, RIM_ALPHA), 1))
        self._painter.drawRoundedRect(long.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    def badge(self, line: QRect, hit: Hit) -> int:
        """How many siblings a hit has, at the right end of a line; what that takes of it, px."""
        if not hit.siblings:
            return 0
        text = f"+{len(hit.siblings)}"
        width = QFontMetrics(self.font).horizontalAdvance(text) + line.height() // 2 + 2
        pill = QRect(line.right() - width + 1, line.top(), width, line.height())
        self._round(pill)
        self.write(pill, text, Qt.AlignmentFlag.AlignHCenter)
        return int(width + PAD)

    def picture(self, rect: QRect, picture: QPixmap | None) -> None:
        """A thumbnail with round corners; an empty frame until it comes, a sign where none is."""
        path = QPainterPath()
        path.addRoundedRect(QRectF(rect), 3, 3)
        if picture is not None and not picture.isNull():
            self._painter.save()
            self._painter.setClipPath(path)
            self._painter.drawPixmap(rect, picture)
            self._painter.restore()
            return
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._track)
        self._painter.drawPath(path)
        if picture is not None:
            side = rect.width() // 3
            sign = QRect(0, 0, side, side)
            sign.moveCenter(rect.center())
            self._painter.drawPixmap(sign, pixmap("none", self.faint, 2 * side))

    def _round(self, rect: QRect) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._track)
        self._painter.drawRoundedRect(QRectF(rect), rect.height() / 2, rect.height() / 2)
