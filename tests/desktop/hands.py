"""What a person sees in QGIS, and how they touch it; runs inside QGIS."""

from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QToolButton,
)
from qgis.utils import iface, plugins


def plugin():
    return plugins["cmpagl_qgis"]


def dock():
    return plugin().dock


def matches():
    return plugin().controller.layers.layer


def part(kind, name):
    return iface.mainWindow().findChild(kind, name)


def windows():
    return {type(w).__name__ for w in QApplication.topLevelWidgets() if w.isVisible()}


def traces():
    """Names of ours among all that hangs on the main window: widgets, actions, timers."""
    names = {thing.objectName() for thing in iface.mainWindow().findChildren(QObject)}
    return {name for name in names if name.lower().startswith("cmpagl")}


def state():
    """What a person would see; for the report of a step that failed."""
    found = [f"windows {sorted(windows())}"]
    if "cmpagl_qgis" in plugins:
        found.append(f"engine {plugin().client.state}, unanswered {plugin().client.pending()}")
        found.append(f"dock {dock().state}, says {dock().message.text!r}")
        found.append(f"sentence {dock().query.line.text()!r}")
    return "; ".join(found)


def file_dialog():
    found = QApplication.activeModalWidget()
    return found if isinstance(found, QFileDialog) else None


def question():
    """The message box that waits for an answer; ``None``: there is none."""
    found = QApplication.activeModalWidget()
    return found if isinstance(found, QMessageBox) else None


def alive(pid):
    """Whether a process is there and no zombie."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.is_file() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def layers_named(name):
    return QgsProject.instance().mapLayersByName(name)


def later(action):
    """Do it from the event loop, so that a modal window does not hold the scenario up."""
    QTimer.singleShot(0, action)


def in_sight(widget):
    """Whether a person can click it: shown, not scrolled away, not grey."""
    return widget is not None and widget.isEnabled() and not widget.visibleRegion().isEmpty()


def button(name, parent=None):
    """The button of that name which is in sight; ``None``: there is none."""
    within = parent or iface.mainWindow()
    found = within.findChildren(QAbstractButton, name)
    return next(filter(in_sight, found), None)


def click(widget, place=None):
    """A click of the left button; the place is the middle of what is in sight unless given.

    Raises:
        AssertionError: where a person could not click.
    """
    if not in_sight(widget):
        raise AssertionError(f"{widget and widget.objectName()!r} is not there to be clicked")
    middle = place or widget.visibleRegion().boundingRect().center()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    later(lambda: QTest.mouseClick(widget, left, none, middle))


def click_mark(widget):
    """Click a radio button or a check box: on the mark, for beside its words nothing happens."""
    click(widget, QPoint(10, widget.height() // 2))


def click_in_menu(menu, action):
    """Click an entry of a menu, or of the menu bar.

    Raises:
        AssertionError: where a person could not.
    """
    if not (action.isVisible() and action.isEnabled()):
        raise AssertionError(f"{action.text()!r} cannot be chosen")
    click(menu, menu.actionGeometry(action).center())


def button_of(action):
    """The button in a tool bar that stands for an action and is in sight."""
    found = iface.mainWindow().findChildren(QToolButton)
    return next(one for one in found if one.defaultAction() is action and in_sight(one))


def type_in(widget, text):
    """Click a line and type into it, key by key."""
    click(widget)
    later(lambda: QTest.keyClicks(widget, text))


def press(widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    """A key, pressed and released, from the event loop."""
    later(lambda: QTest.keyClick(widget, key, modifier))


def name_in_dialog():
    """The line of the open file dialog that holds the file's name."""
    return file_dialog().findChild(QLineEdit, "fileNameEdit")
