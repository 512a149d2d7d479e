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
        """Draw rows.

        Args:
            parent: its owner.
        """
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
        inks = _Inks(option)
        verdict = index.data(VERDICT_ROLE)
        painter.setOpacity(DIM if verdict == REJECTED else 1.0)
        paint = self._paint_tile if self.grid else self._paint_row
        picture = paint(painter, option, index, inks)
        painter.setOpacity(1.0)
        if verdict in MARKS:
            draw_mark(painter, picture, MARKS[verdict], inks)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # noqa: FBT003 - Qt's
            painter.setPen(inks.faint)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def _paint_row(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex,
        inks: _Inks,
    ) -> QRect:
        """Draw it all, and give the picture's place."""
        hit = index.data(HIT_ROLE)
        rect = option.rect.adjusted(PAD, PAD, -PAD, -PAD)
        side = min(rect.height(), ROW_PICTURE)
        picture = QRect(rect.left(), rect.top() + (rect.height() - side) // 2, side, side)
        draw_picture(painter, picture, index.data(PICTURE_ROLE), inks)
        right = QRect(rect)
        right.setLeft(picture.right() + 2 * PAD)
        line = QFontMetrics(option.font).height()
        bold = QFont(option.font)
        bold.setBold(True)
        height = 2 * line + BAR_HEIGHT + 2 * PAD
        top = QRect(right.left(), right.top() + (right.height() - height) // 2, right.width(), line)
        number = score_text(hit)
        number_width = QFontMetrics(bold).horizontalAdvance(number)
        rank = f"#{hit.rank}"
        rank_width = QFontMetrics(bold).horizontalAdvance(rank)
        draw_text(painter, top, number, bold, inks.text, Qt.AlignmentFlag.AlignRight)
        draw_text(painter, top, rank, bold, inks.text)
        name = top.adjusted(rank_width + PAD, 0, -number_width - 2 * PAD, 0)
        draw_text(painter, name, scene_name(hit), option.font, inks.text)
        bar = QRect(right.left(), top.bottom() + 1 + PAD, right.width(), BAR_HEIGHT)
        draw_bar(painter, bar, index.data(SHARE_ROLE), index.data(COLOUR_ROLE), inks)
        low = QRect(right.left(), bar.bottom() + 1 + PAD, right.width(), line)
        low.setRight(low.right() - draw_badge(painter, low, hit, option.font, inks))
        crs = hit.crs if hit.crs.startswith("EPSG") else ""
        parts = [part for part in (hit.sentence, length(hit.ground_m), crs) if part]
        facts = BETWEEN.join(parts)
        if crs and QFontMetrics(option.font).horizontalAdvance(facts) > low.width():
            facts = BETWEEN.join(parts[:-1])  # all are in the tool tip
        draw_text(painter, low, facts, option.font, inks.faint)
        return picture

    def _paint_tile(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex,
        inks: _Inks,
    ) -> QRect:
        """Draw it all, and give the picture's place."""
        hit = index.data(HIT_ROLE)
        rect = option.rect.adjusted(PAD, PAD, -PAD, -PAD)
        picture = QRect(rect.left(), rect.top(), rect.width(), rect.width())
        draw_picture(painter, picture, index.data(PICTURE_ROLE), inks)
        bar = QRect(rect.left(), picture.bottom() + 4, rect.width(), BAR_HEIGHT)
        draw_bar(painter, bar, index.data(SHARE_ROLE), index.data(COLOUR_ROLE), inks)
        line = QFontMetrics(option.font).height()
        top = QRect(picture.left(), picture.top() + 2, picture.width() - 2, line)
        draw_badge(painter, top, hit, option.font, inks)
        low = QRect(rect.left(), bar.bottom() + 3, rect.width(), line)
        bold = QFont(option.font)
        bold.setBold(True)
        draw_text(painter, low, f"#{hit.rank}", bold, inks.text)
        draw_text(
            painter, low, score_text(hit), option.font, inks.text, Qt.AlignmentFlag.AlignRight
        )
        return picture


class _Inks:
    """The colours of one row, from its palette and state."""

    def __init__(self, option: QStyleOptionViewItem) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        active = bool(option.state & QStyle.StateFlag.State_Active)
        group = QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive
        role = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text
        ground = QPalette.ColorRole.Highlight if chosen else QPalette.ColorRole.Base
        self.text = option.palette.color(group, role)
        self.ground = option.palette.color(group, ground)
        self.faint = blend(self.text, self.ground, 0.2 if chosen else 0.35)
        self.track = blend(self.ground, self.text, 0.22 if chosen else 0.14)


def draw_text(
    painter: QPainter,
    rect: QRect,
    text: str,
    font: QFont,
    ink: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Draw one line, cut in the middle where it is too long.

    Args:
        painter: draws.
        rect: where.
        text: what.
        font: its font.
        ink: its colour.
        align: left, right or in the middle.
    """
    painter.setFont(font)
    painter.setPen(ink)
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, rect.width())
    how = QTextOption(align | Qt.AlignmentFlag.AlignVCenter)
    how.setWrapMode(QTextOption.WrapMode.NoWrap)
    painter.drawText(QRectF(rect), shown, how)


def draw_bar(painter: QPainter, rect: QRect, share: float, colour: QColor, inks: _Inks) -> None:
    """Draw a relevance or score as a bar in the colour it has on the map.

    Args:
        painter: draws.
        rect: the whole length.
        share: of it, 0 to 1.
        colour: on the map.
        inks: the row's colours.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(inks.track)
    radius = rect.height() / 2
    painter.drawRoundedRect(QRectF(rect), radius, radius)
    long = QRectF(rect)
    long.setWidth(max(rect.width() * (BAR_LEAST + (1 - BAR_LEAST) * share), rect.height()))
    painter.setBrush(colour)
    painter.drawRoundedRect(long, radius, radius)
    # On white the best colour is pale, on a chosen row any may be: a rim as on the map.
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, RIM_ALPHA), 1))
    painter.drawRoundedRect(long.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def draw_badge(painter: QPainter, line: QRect, hit: Hit, font: QFont, inks: _Inks) -> int:
    """Draw how many siblings a hit has at the right end of a line; nothing where it has none.

    Args:
        painter: draws.
        line: the line.
        hit: whose siblings.
        font: of the row.
        inks: the row's colours.

    Returns:
        What it takes of the line, px.
    """
    if not hit.siblings:
        return 0
    text = f"+{len(hit.siblings)}"
    width = QFontMetrics(font).horizontalAdvance(text) + line.height() // 2 + 2
    pill = QRect(line.right() - width + 1, line.top(), width, line.height())
    radius = line.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(inks.track)
    painter.drawRoundedRect(QRectF(pill), radius, radius)
    draw_text(painter, pill, text, font, inks.text, Qt.AlignmentFlag.AlignHCenter)
    return int(width + PAD)


def draw_mark(painter: QPainter, picture: QRect, name: str, inks: _Inks) -> None:
    """Draw what was decided of a place, in a corner of its picture.

    Args:
        painter: draws.
        picture: where the picture is.
        name: of the icon.
        inks: the row's colours.
    """
    sign = QRect(0, 0, MARK_SIDE, MARK_SIDE)
    sign.moveBottomRight(picture.bottomRight())
    painter.drawPixmap(sign, pixmap(name, inks.text, 3 * MARK_SIDE))


def draw_picture(painter: QPainter, rect: QRect, picture: QPixmap | None, inks: _Inks) -> None:
    """Draw a thumbnail with round corners, an empty frame until it comes, a sign if it never will.

    Args:
        painter: draws.
        rect: where.
        picture: the thumbnail; ``None``: not at hand; an empty one: there is none.
        inks: the row's colours.
    """
    path = QPainterPath()
    path.addRoundedRect(QRectF(rect), 3, 3)
    if picture is None or picture.isNull():
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(inks.track)
        painter.drawPath(path)
        if picture is not None:
            side = rect.width() // 3
            sign = QRect(0, 0, side, side)
            sign.moveCenter(rect.center())
            painter.drawPixmap(sign, pixmap("none", inks.faint, 2 * side))
        return
    painter.save()
    painter.setClipPath(path)
    painter.drawPixmap(rect, picture)
    painter.restore()
