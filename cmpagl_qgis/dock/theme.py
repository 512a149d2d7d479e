"""Colours and icons that follow the palette, so that light and dark themes both read well."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QByteArray, QSize, Qt
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap, QPixmapCache
from qgis.PyQt.QtSvg import QSvgRenderer
from qgis.PyQt.QtWidgets import QAbstractButton, QLabel, QWidget

ICONS = Path(__file__).parent.parent / "icons"
INK = "#000000"
"""The colour in the SVG files that stands for the palette's text."""
GAP = 6
"""Pixels between neighbours; margins are this plus two."""


def icon_path(name: str) -> str:
    """The file of an icon.

    Args:
        name: such as "search".
    """
    return str(ICONS / f"{name}.svg")


def icon(name: str, palette: QPalette) -> QIcon:
    """An icon in the palette's text colour, fainter where disabled.

    Args:
        name: such as "search".
        palette: of the widget that shows it.
    """
    found = QIcon()
    for px in (16, 32, 64):
        for mode, group in (
            (QIcon.Mode.Normal, QPalette.ColorGroup.Active),
            (QIcon.Mode.Disabled, QPalette.ColorGroup.Disabled),
        ):
            ink = palette.color(group, QPalette.ColorRole.ButtonText)
            found.addPixmap(pixmap(name, ink, px), mode)
    return found


def pixmap(name: str, ink: QColor, px: int) -> QPixmap:
    """An icon as a picture.

    Args:
        name: such as "search".
        ink: its colour.
        px: its side.
    """
    key = f"cmpagl {name} {ink.name()} {px}"
    kept = QPixmapCache.find(key)
    if kept is not None and not kept.isNull():  # type: ignore[redundant-expr]
        return kept
    text = Path(icon_path(name)).read_text(encoding="utf-8").replace(INK, ink.name())
    picture = QPixmap(QSize(px, px))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(text.encode("utf-8"))).render(painter)
    painter.end()
    QPixmapCache.insert(key, picture)
    return picture


def set_icon(button: QAbstractButton, name: str) -> None:
    """Give a button an icon that :func:`refresh_colours` recolours.

    Args:
        button: the button.
        name: such as "search".
    """
    button.setProperty("cmpagl_icon", name)
    button.setIcon(icon(name, button.palette()))


def set_switch(button: QAbstractButton) -> None:
    """Make it plain whether a button is down: in dark themes Qt's own shade hardly shows.

    Args:
        button: one that stays down; :func:`refresh_colours` recolours it.
    """
    button.setProperty("cmpagl_switch", True)  # noqa: FBT003 - Qt's
    _color_switch(button, button.parentWidget().palette())


def _color_switch(button: QAbstractButton, palette: QPalette) -> None:
    accent = palette.color(QPalette.ColorRole.Highlight)
    ground = palette.color(QPalette.ColorRole.Window)
    ink = palette.color(QPalette.ColorRole.WindowText)
    framed = bool(button.text())
    line = blend(ground, ink, 0.25).name() if framed else "transparent"
    sides = 5 if button.property("cmpagl_icon") and framed else 2
    style = (
        f"QToolButton {{ border: 1px solid {line}; border-radius: 3px; padding: 2px {sides}px; }}"
        f"QToolButton:hover {{ background: {blend(ground, ink, 0.08).name()}; }}"
        f"QToolButton:focus {{ border-color: {accent.name()}; }}"
        f"QToolButton:checked {{ background: {blend(ground, accent, 0.35).name()};"
        f" border-color: {accent.name()}; }}"
        'QToolButton[popupMode="1"] { padding-right: 16px; }'
        "QToolButton::menu-button { border: none; width: 14px; }"
    )
    if button.styleSheet() != style:
        button.setStyleSheet(style)


def refresh_colours(root: QWidget, palette: QPalette) -> None:
    """Recolour all icons, switches and faint labels after the palette changed.

    Args:
        root: the widget above all that are concerned.
        palette: the new one; a change reaches the children later than their parent.
    """
    for button in root.findChildren(QAbstractButton):
        name = button.property("cmpagl_icon")
        if name:
            button.setIcon(icon(name, palette))
        if button.property("cmpagl_switch"):
            _color_switch(button, palette)
    for label in root.findChildren(QLabel):
        if label.property("cmpagl_faint"):
            label.setPalette(_faint(palette))


def blend(one: QColor, other: QColor, share: float) -> QColor:
    """A colour between two.

    Args:
        one: the colour at share 0.
        other: the colour at share 1.
        share: 0 to 1.
    """
    parts = (
        round(a + (b - a) * share)
        for a, b in zip(
            (one.red(), one.green(), one.blue()), (other.red(), other.green(), other.blue())
        )
    )
    return QColor(*parts)


def faint_text(palette: QPalette) -> QColor:
    """For what is second in rank: text, moved a third of the way to its ground.

    Args:
        palette: of the widget.
    """
    ink, ground = QPalette.ColorRole.WindowText, QPalette.ColorRole.Window
    return blend(palette.color(ink), palette.color(ground), 0.35)


def make_faint(label: QLabel, *, faint: bool = True) -> None:
    """Show a label in the colour for what is second in rank.

    Args:
        label: one that lies in a widget; :func:`refresh_colours` recolours it.
        faint: whether it is; else it gets the colour of other text again.
    """
    label.setProperty("cmpagl_faint", faint)
    label.setPalette(_faint(label.parentWidget().palette()) if faint else QPalette())


def _faint(palette: QPalette) -> QPalette:
    changed = QPalette(palette)
    changed.setColor(QPalette.ColorRole.WindowText, faint_text(palette))
    return changed
