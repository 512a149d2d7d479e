"""Buttons and labels made alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import (
    QAction,
    QBoxLayout,
    QComboBox,
    QLabel,
    QLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)

from cmpagl_qgis.texts import tr

from .theme import set_icon, set_switch

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgis.PyQt.QtGui import QPaintEvent, QResizeEvent

W = TypeVar("W", bound=QWidget)
Box = TypeVar("Box", bound=QBoxLayout)


def tool_button(
    name: str, picture: str, tip: str, parent: QWidget, *, stays: bool = False
) -> QToolButton:
    """A flat button with an icon.

    Args:
        name: its object name.
        picture: the icon's name.
        tip: what it does; also what a screen reader says.
        parent: its owner.
        stays: whether it is a switch, which stays down.
    """
    button = named(QToolButton(parent), name)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setAutoRaise(True)
    button.setIconSize(QSize(16, 16))
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    set_icon(button, picture)
    if stays:
        button.setCheckable(True)
        set_switch(button)
    return button


def push_button(
    text: str, name: str, clicked: Callable[[], object], parent: QWidget
) -> QPushButton:
    """A button of a dialog that Enter does not press.

    Args:
        text: what stands on it.
        name: its object name.
        clicked: what it does.
        parent: its owner.
    """
    button = named(QPushButton(text, parent), name)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: clicked())
    return button


def browse_button(
    name: str, line: QLineEdit, choose: Callable[[], str], parent: QWidget
) -> QPushButton:
    """A button that lets the user choose what stands in a line.

    Args:
        name: its object name.
        line: gets the path.
        choose: asks for one; empty: the line stays as it is.
        parent: its owner.
    """

    def browse() -> None:
        path = choose()
        if path:
            line.setText(path)

    return push_button(tr("Browse…"), name, browse, parent)


def wrapped(text: str, parent: QWidget, name: str = "") -> QLabel:
    """A label whose text goes on in the next line.

    Args:
        text: what it says.
        parent: its owner.
        name: its object name, if it has one.
    """
    label = named(QLabel(text, parent), name)
    label.setWordWrap(True)
    return label


def label_of(buddy: QWidget, text: str) -> QLabel:
    """A label next to a field; its letter with & leads there.

    Args:
        buddy: the field.
        text: what it says.
    """
    label = QLabel(text, buddy.parentWidget())
    label.setBuddy(buddy)
    return label


def named(widget: W, name: str) -> W:
    """A widget with its object name.

    Args:
        widget: just made.
        name: its object name.
    """
    widget.setObjectName(name)
    return widget


def stack(
    box: Box,
    *parts: QWidget | QLayout | int | tuple[QWidget | QLayout, int],
    gap: int | None = None,
    margin: int | None = None,
) -> Box:
    """Put parts into a box, one after the other.

    Args:
        box: a row or a column.
        parts: widgets, layouts, and pixels between them; with a number, what shares the room that
            is left.
        gap: pixels between neighbours; ``None``: as the style has it.
        margin: pixels around them all; ``None``: as the style has it.
    """
    for part in parts:
        if isinstance(part, int):
            box.addSpacing(part)
            continue
        one, share = part if isinstance(part, tuple) else (part, 0)
        if isinstance(one, QWidget):
            box.addWidget(one, share)
        else:
            box.addLayout(one, share)
    if gap is not None:
        box.setSpacing(gap)
    if margin is not None:
        box.setContentsMargins(margin, margin, margin, margin)
    return box


def add_action(menu: QMenu, text: str, name: str, then: Callable[[], object]) -> QAction:
    """An entry of a menu.

    Args:
        menu: gets it.
        text: what it says.
        name: its object name.
        then: what it does.
    """
    action = menu.addAction(text)
    action.setObjectName(name)
    action.triggered.connect(lambda _checked=False: then())
    return action


def toggle(name: str, text: str, tip: str, parent: QWidget) -> QToolButton:
    """A button with a text that stays down.

    Args:
        name: its object name.
        text: what stands on it.
        tip: what it does.
        parent: its owner.
    """
    button = named(QToolButton(parent), name)
    button.setText(text)
    button.setToolTip(tip)
    button.setCheckable(True)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    set_switch(button)
    return button


def give_menu(button: QToolButton, name: str) -> QMenu:
    """A menu that opens at a click on a button.

    Args:
        button: the button.
        name: the menu's object name.
    """
    menu = named(QMenu(button), name)
    menu.setToolTipsVisible(True)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    # Without the little arrow, which hides half of a small icon.
    button.setStyleSheet("QToolButton::menu-indicator { image: none; width: 0px; }")
    return menu


class ElidedButton(QPushButton):
    """A button whose text is cut with an ellipsis where there is no room for it."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Qt's own: as narrow as a narrow dock asks."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), hint.height() * 3), hint.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt's own, with the text cut."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        part = QStyle.SubElement.SE_PushButtonContents
        room = self.style().subElementRect(part, option, self).width()
        mode = Qt.TextElideMode.ElideRight
        option.text = self.fontMetrics().elidedText(self.text(), mode, room)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)


class ElidedComboBox(QComboBox):
    """A choice whose text is cut with an ellipsis where there is no room for it."""

    def minimumSizeHint(self) -> QSize:
        """Qt's own: as narrow as a narrow dock asks."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), hint.height() * 3), hint.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt's own, with the text cut."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(control, option, part, self).width() - 4
        mode = Qt.TextElideMode.ElideRight
        option.currentText = self.fontMetrics().elidedText(option.currentText, mode, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(control, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class _CutLabel(QLabel):
    """A text that is cut where there is no room for it; the whole is its tool tip then."""

    _whole, _mode = "", Qt.TextElideMode.ElideMiddle

    def setText(self, text: str) -> None:
        """Qt's own."""
        self._whole = text
        self._cut()

    def text(self) -> str:
        """The text uncut."""
        return self._whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's own."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        room, metrics = self.contentsRect().width(), self.fontMetrics()
        words = re.split(r"(\s+)", self._whole) if self.wordWrap() else [self._whole]
        shown = "".join(metrics.elidedText(word, self._mode, room) for word in words)
        if shown != super().text():
            super().setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


class LinesLabel(_CutLabel):
    """Text in lines; a word wider than a line, as paths are, is cut in its middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setMinimumWidth(1)  # the width of the longest word otherwise


class ElidedLabel(_CutLabel):
    """One line of text that is cut with an ellipsis."""

    def __init__(
        self, parent: QWidget, mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
