"""What is seen under the mouse: the picture of a chip, large, with what is known of it."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QPoint, QRect, QSize, Qt
from qgis.PyQt.QtGui import QGuiApplication, QPixmap
from qgis.PyQt.QtWidgets import QFrame, QLabel, QToolTip, QVBoxLayout, QWidget

from cmpagl_qgis.texts import numeral, tr

from .amounts import length
from .hit_model import percent, scene_name, sibling_line, taken
from .small_widgets import stack
from .theme import GAP

if TYPE_CHECKING:
    from cmpagl_qgis.engine.job_records import Located
    from cmpagl_qgis.engine.records import Hit

SIDE = 384
"""Of the picture, pixels."""
AWAY = 8
"""Pixels between it and the list."""


class HitPreview(QFrame):
    """A tool tip with a picture; it stands next to the list and covers none of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip)
        self.setObjectName("cmpaglPreview")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.hit: Hit | None = None
        self.heated = False
        """Whether it shows where the sentence fits."""
        self.picture = QLabel(self)
        self.picture.setFixedSize(QSize(SIDE, SIDE))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setWordWrap(True)
        self.words = QLabel(self)
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setWordWrap(True)
        stack(QVBoxLayout(self), self.picture, self.words, gap=GAP, margin=GAP)

    def show_hit(
        self, hit: Hit, picture: QPixmap | None, row: QRect, found: Located | None = None
    ) -> None:
        """Show a hit next to its row.

        Args:
            hit: the chip.
            picture: the small one or the large one: ``None`` until it comes, an empty one where
                there is none.
            row: its place, of the screen.
            found: what each word is worth, where the picture shows where the hit fits.
        """
        self.hit, self.heated = hit, found is not None
        self.setPalette(QToolTip.palette())
        self.set_picture(picture)
        self.words.setText(words_of(hit) if found is None else where_words(hit, found))
        self.words.setFixedSize(SIDE, self.words.heightForWidth(SIDE))
        self.layout().activate()
        self.adjustSize()
        self.move(self._corner(row))
        self.show()

    def set_picture(self, picture: QPixmap | None) -> None:
        """Put a picture in, as large as there is room.

        Args:
            picture: as for :meth:`show_hit`.
        """
        if picture is None:
            self.picture.setText(tr("The picture comes…"))
        elif picture.isNull():
            self.picture.setText(tr("No picture: its scene has changed, or is not where it was."))
        else:
            ratio = self.devicePixelRatioF()
            side = round(SIDE * ratio)
            large = picture.scaled(
                QSize(side, side),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            large.setDevicePixelRatio(ratio)
            self.picture.setPixmap(large)

    def _corner(self, row: QRect) -> QPoint:
        """Left of the list, or right of it where there is more room; within the screen."""
        screen = QGuiApplication.screenAt(row.center()) or QGuiApplication.primaryScreen()  # type: ignore[truthy-bool]
        room = screen.availableGeometry()
        x = row.left() - AWAY - self.width()
        if x < room.left():
            x = min(row.right() + AWAY, room.right() - self.width())
        y = min(row.top(), room.bottom() - self.height())
        return QPoint(x, max(y, room.top()))


def words_of(hit: Hit) -> str:
    """Scene, relevance or score, and size, as rich text.

    Args:
        hit: the chip.
    """
    figures = [tr("Score {0}").format(numeral(f"{hit.score:.3f}"))]
    if hit.relevance is not None:
        figures.insert(0, tr("Relevance {0}").format(percent(hit.relevance)))
    size = tr("{0} on the ground, seen at {1} a pixel").format(
        length(hit.ground_m), length(hit.gsd_m)
    )
    title = f"<b>#{hit.rank}&nbsp; {escape(scene_name(hit))}</b>"
    lines = [title, escape(" · ".join(figures)), escape(size)]
    if taken(hit):
        lines.append(escape(tr("Taken {0}").format(taken(hit))))
    lines += [escape(tr("Also: {0}").format(sibling_line(one))) for one in hit.siblings]
    return "<br>".join(lines)


def where_words(hit: Hit, found: Located) -> str:
    """The sentence, bold where its words made the hit, and what each word is worth; as rich text.

    Args:
        hit: the chip.
        found: of it.
    """
    telling = {one.word for one in found.words if one.telling}
    sentence = re.sub(
        r"[^\W\d_]+",
        lambda word: f"<b>{word[0]}</b>" if word[0].lower() in telling else word[0],
        escape(found.query, quote=False),
    )
    falls = [(one.word, -one.fall) for one in found.words if one.fall is not None]
    lines = [f"#{hit.rank}&nbsp; {escape(scene_name(hit))}", sentence]
    if falls:
        worth = ", ".join(f"{word} {numeral(f'{change:+.2f}')}" for word, change in falls)
        lines.append(escape(tr("Score {0}; without a word: {1}").format(
            numeral(f"{found.score:.2f}"), worth)))  # fmt: skip
    return "<br>".join(lines)
