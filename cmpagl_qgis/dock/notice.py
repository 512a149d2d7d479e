"""What stands in place of results: one sentence on how things are, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from cmpagl_qgis.texts import tr

from .small_widgets import ElidedButton, LinesLabel, named, stack
from .theme import GAP, faint_text, make_faint, pixmap

if TYPE_CHECKING:
    from qgis.PyQt.QtGui import QPalette

ICON_PX = 40


@dataclass(frozen=True)
class Notice:
    """One state in words."""

    state: str
    """Its name, such as "no_engine"."""
    icon: str
    """The icon's name."""
    title: str
    """A few words."""
    text: str = ""
    """One or two sentences."""
    actions: tuple[tuple[str, str], ...] = ()
    """Key and label of each button, the likeliest first."""
    suggestions: tuple[str, ...] = ()
    """Sentences to try."""


class NoticePage(QScrollArea):
    """Shows a :class:`Notice`.

    ``actionRequested`` carries an action's key, ``suggestionChosen`` a sentence.
    """

    actionRequested = pyqtSignal(str)
    suggestionChosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglNotice")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.notice = Notice("", "information", "")
        """What is shown."""
        self._icon = QLabel()
        self._title = _centred("cmpaglNoticeTitle")
        font = self._title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.1)
        self._title.setFont(font)
        self._text = _centred("cmpaglNoticeText")
        self._buttons = QWidget()
        self._buttons_layout = QVBoxLayout(self._buttons)
        self._buttons_layout.setContentsMargins(0, GAP, 0, 0)
        self._buttons_layout.setSpacing(GAP)
        body = named(QWidget(), "cmpaglNoticeBody")
        body.setAutoFillBackground(False)
        layout = stack(QVBoxLayout(body), gap=GAP, margin=GAP * 2)
        layout.addStretch(2)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        stack(layout, GAP // 2, self._title, self._text, self._buttons)
        layout.addStretch(3)
        self.setWidget(body)
        make_faint(self._text)

    def show_notice(self, notice: Notice) -> None:
        """Show a state.

        Args:
            notice: the state.
        """
        if notice == self.notice:
            return
        self.notice = notice
        self._title.setText(notice.title)
        self._text.setText(notice.text)
        self._text.setVisible(bool(notice.text))
        while self._buttons_layout.count():
            widget = self._buttons_layout.takeAt(0).widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for sentence in notice.suggestions:
            button = self._add_button(f"“{sentence}”", "cmpaglSuggestion")
            button.setFlat(True)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setToolTip(tr("Search for this"))
            button.clicked.connect(
                lambda _checked=False, sentence=sentence: self.suggestionChosen.emit(sentence)
            )
        for key, label in notice.actions:
            button = self._add_button(label, f"cmpaglNotice_{key}")
            button.clicked.connect(lambda _checked=False, key=key: self.actionRequested.emit(key))
        self._buttons.setVisible(bool(notice.actions or notice.suggestions))
        self.recolor(self.palette())
        self.verticalScrollBar().setValue(0)

    def recolor(self, palette: QPalette) -> None:
        """Follow a palette.

        Args:
            palette: the new one.
        """
        ratio = self.devicePixelRatioF()
        picture = pixmap(self.notice.icon, faint_text(palette), round(ICON_PX * ratio))
        picture.setDevicePixelRatio(ratio)
        self._icon.setPixmap(picture)

    def _add_button(self, text: str, name: str) -> ElidedButton:
        button = named(ElidedButton(text, self._buttons), name)
        self._buttons_layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        return button


def _centred(name: str) -> LinesLabel:
    label = named(LinesLabel(), name)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return label
