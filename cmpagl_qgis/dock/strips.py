"""Narrow strips below the results: a running build, and a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cmpagl_qgis.errors import DIED, NOT_STARTED
from cmpagl_qgis.texts import tr, tr_noop, whole
from cmpagl_qgis.turns import single_shot

from .amounts import duration
from .small_widgets import ElidedLabel, LinesLabel, named, stack, tool_button
from .theme import GAP, blend, make_faint, pixmap

if TYPE_CHECKING:
    from cmpagl_qgis.errors import EngineError

FADE_MS = 12_000
"""What merely informs goes by itself; warnings, and what offers something, stay."""


STEPS = (
    ("looking at scenes", tr_noop("Looking at scenes")),
    ("looking at places again", tr_noop("Looking at places again")),
    ("looking at chips", tr_noop("Looking at chips")),
    ("comparing sentences", tr_noop("Comparing sentences")),
    ("indexing", tr_noop("Indexing {0}")),
)
"""How what the engine says of its work begins, and how the user reads it."""


class BuildStrip(QWidget):
    """How far a long request is: its name, what it does now, a bar, Stop."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglBuildStrip")
        self._counted = True
        self._left = ""
        self._title = named(ElidedLabel(self), "cmpaglBuildTitle")
        self._what = named(ElidedLabel(self), "cmpaglBuildWhat")
        self._count = named(QLabel(self), "cmpaglBuildCount")
        self.bar = named(QProgressBar(self), "cmpaglBuildProgress")
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(8)
        self.stop = named(QPushButton(tr("Stop"), self), "cmpaglBuildStop")
        self.stop.setToolTip(tr("Stop; what is done stays, and doing it again goes on from there"))
        top = stack(QHBoxLayout(), (self._title, 1), self.stop)
        bottom = stack(QHBoxLayout(), (self._what, 1), self._count)
        stack(QVBoxLayout(self), top, self.bar, bottom, gap=GAP // 2, margin=0)
        for label in (self._what, self._count):
            make_faint(label)
        self.hide()

    def begin(self, title: str, *, counted: bool = True) -> None:
        """Show a request that has just begun.

        Args:
            title: what is built.
            counted: whether steps are shown by their number; else by their share.
        """
        self._counted, self._left = counted, ""
        self._title.setText(title)
        self.stop.setEnabled(True)
        self.set_progress(0, 0, "")
        self.show()

    def set_progress(self, done: int, total: int, what: str) -> None:
        """Move the bar.

        Args:
            done: steps done.
            total: steps in all; 0: not known yet.
            what: what is done now.
        """
        self.bar.setRange(0, max(total, 0))
        self.bar.setValue(min(done, total) if total else 0)
        translated = (
            tr(words).format(what[len(begin) :].strip()).strip()
            for begin, words in STEPS
            if what.startswith(begin)
        )
        self._what.setText(next(translated, what))  # what is not known stays as the engine says it
        if not self._counted:
            count = f"{100 * done // total} %" if total else ""
        elif total:
            chips = what.startswith("indexing")  # the engine counts scenes before
            text = tr("{0} of {1} chips") if chips else tr("{0} of {1}")
            count = text.format(whole(done), whole(total))
        else:
            count = whole(done) if done else ""
        self._left = self._left if done else ""
        self._count.setText(", ".join(filter(None, (count, self._left))))
        self.bar.setAccessibleName(f"{what} {self._count.text()}")

    def set_time_left(self, seconds: float) -> None:
        """Say how long it still takes, from the next step on.

        Args:
            seconds: as far as can be told.
        """
        self._left = tr("{0} left").format(duration(seconds))

    def stopping(self) -> None:
        """Say that Stop was pressed."""
        self.stop.setEnabled(False)
        self._what.setText(tr("Stopping…"))

    def text(self) -> str:
        """All that it says."""
        return " ".join((self._title.text(), self._what.text(), self._count.text()))


class MessageStrip(QFrame):
    """One message that can be closed, with a button where something can be done.

    ``actionRequested`` carries the key given with the message.
    """

    actionRequested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglMessage")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAutoFillBackground(True)
        self._warning = False
        self._key = ""
        self._fade = single_shot(self, self._on_faded, FADE_MS)
        self._icon = named(QLabel(self), "cmpaglMessageIcon")
        self._text = named(LinesLabel(self), "cmpaglMessageText")
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._action = named(QPushButton(self), "cmpaglMessageAction")
        self._action.clicked.connect(lambda: self.actionRequested.emit(self._key))
        self._close = tool_button("cmpaglMessageClose", "close", tr("Close this message"), self)
        self._close.clicked.connect(self.clear)
        right = stack(QVBoxLayout(), self._text, gap=GAP // 2)
        right.addWidget(self._action, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP // 2, GAP)
        layout.setSpacing(GAP)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(right, 1)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty when hidden."""
        return self._text.text() if self.isVisibleTo(self.parentWidget()) else ""

    def tell(self, text: str, *, warning: bool = False, action: tuple[str, str] = ("", "")) -> None:
        """Show a message in place of the last one.

        Args:
            text: one to three sentences; longer ones are cut, the whole is the tool tip.
            warning: whether something is wrong.
            action: key and label of its button; empty: none.
        """
        self._warning = warning
        self._key, label = action
        self._text.setText(text if len(text) <= 400 else text[:399] + "…")
        self._text.setToolTip(text if len(text) > 400 else self._text.toolTip())
        self._action.setText(label)
        self._action.setVisible(bool(label))
        parent = self.parentWidget()
        self.recolor(parent.palette() if parent else self.palette())  # type: ignore[truthy-bool]
        self.show()
        if warning or label:
            self._fade.stop()  # it waits for the user
        else:
            self._fade.start()

    def tell_error(self, error: EngineError) -> None:
        """Show why a request has no result; where the engine is gone, with Restart.

        Args:
            error: the reason.
        """
        gone = error.code in {DIED, NOT_STARTED}
        action = ("restart", tr("Restart")) if gone else ("", "")
        self.tell(error.message, warning=not error.cancelled, action=action)

    def clear(self) -> None:
        """Hide."""
        self._fade.stop()
        self._key = ""
        self._text.clear()
        self.hide()

    def _on_faded(self) -> None:
        """Go, unless somebody reads or copies it."""
        if self.underMouse():
            self._fade.start()
        else:
            self.clear()

    def recolor(self, palette: QPalette) -> None:
        """Tint the ground: towards amber for warnings, towards the highlight otherwise.

        Args:
            palette: of the widget around it.
        """
        tinted = QPalette(palette)
        ground = palette.color(QPalette.ColorRole.Window)
        amber = QColor(Qt.GlobalColor.darkYellow)
        tint = amber if self._warning else palette.color(QPalette.ColorRole.Highlight)
        tinted.setColor(QPalette.ColorRole.Window, blend(ground, tint, 0.22))
        self.setPalette(tinted)
        ink = palette.color(QPalette.ColorRole.WindowText)
        self._icon.setPixmap(pixmap("warning" if self._warning else "information", ink, 18))
