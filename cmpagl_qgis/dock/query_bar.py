"""The line for the sentence: Enter searches, Esc stops, the arrow shows earlier sentences."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QObject, QPointF, QStringListModel, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent, QMouseEvent
from qgis.PyQt.QtWidgets import (
    QApplication,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from cmpagl_qgis.texts import tr

from .small_widgets import give_menu, named, stack, tool_button
from .theme import GAP, set_icon

SHOWN_IN_MENU = 12
MENU_TEXT_LENGTH = 60


class QueryBar(QWidget):
    """Sentence, earlier sentences, and one button: Search, or Stop while a search runs.

    ``searchRequested`` carries the sentence, blanks trimmed; ``chosen`` the sentence of a saved
    query or of the history; ``siblingsChanged`` whether a place is one result across scenes.
    """

    searchRequested = pyqtSignal(str)
    stopRequested = pyqtSignal()
    saveRequested = pyqtSignal(str)
    saveFileRequested = pyqtSignal()
    openFileRequested = pyqtSignal()
    removeSavedRequested = pyqtSignal(str)
    clearHistoryRequested = pyqtSignal()
    siblingsChanged = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglQueryBar")
        self.busy = False
        """Whether the button says Stop."""
        self.siblings = True
        self._history: list[str] = []
        self._saved: list[str] = []
        self.line = named(QLineEdit(self), "cmpaglQueryLine")
        self.line.setPlaceholderText("football field next to a river")
        self.line.setToolTip(
            tr(
                "Describe a place in a sentence. Enter searches, Esc stops. Several sentences with "
                "; between them, such as boats; cars, become classes of one layer."
            )
        )
        self.line.setAccessibleName(tr("Describe a place"))
        self.line.setClearButtonEnabled(True)
        self.line.installEventFilter(self)
        self._words = QStringListModel(self)
        completer = QCompleter(self._words, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.line.setCompleter(completer)
        self._popup = completer.popup()
        self._popup.installEventFilter(self)
        # The list would lie over the index until it is clicked away.
        self.line.returnPressed.connect(self._popup.hide)
        self.line.returnPressed.connect(lambda: self.searchRequested.emit(self.text))
        self.menu_button = tool_button(
            "cmpaglHistoryButton", "history", tr("Earlier and saved sentences (Alt+Down)"), self
        )
        self.menu = give_menu(self.menu_button, "cmpaglHistoryMenu")
        self.menu.aboutToShow.connect(self._fill_menu)
        self.button = named(QPushButton(self), "cmpaglSearchButton")
        self.button.clicked.connect(
            lambda: self.stopRequested.emit() if self.busy else self.searchRequested.emit(self.text)
        )
        parts = ((self.line, 1), self.menu_button, self.button)
        stack(QHBoxLayout(self), *parts, gap=GAP // 2, margin=0)
        for busy in (True, False):  # room for both words, so that nothing moves when they change
            self.set_busy(busy=busy)
            width = max(self.button.minimumWidth(), self.button.sizeHint().width())
            self.button.setMinimumWidth(width)

    @property
    def text(self) -> str:
        """The sentence, blanks trimmed."""
        return " ".join(self.line.text().split())

    def set_text(self, text: str) -> None:
        """Put a sentence into the line.

        Args:
            text: the sentence.
        """
        self.line.setText(text)

    def set_busy(self, *, busy: bool) -> None:
        """Make the button Stop, or Search again.

        Args:
            busy: whether a search runs.
        """
        self.busy = busy
        self.button.setText(tr("Stop") if busy else tr("Search"))
        tip = tr("Stop the search (Esc)") if busy else tr("Search the index (Enter)")
        self.button.setToolTip(tip)
        set_icon(self.button, "stop" if busy else "search")

    def set_history(self, history: list[str], saved: list[str]) -> None:
        """What the completer and the menu offer.

        Args:
            history: sentences, newest first.
            saved: those that are saved in the project.
        """
        self._history, self._saved = history, saved
        self._words.setStringList(list(dict.fromkeys([*saved, *history])))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open the menu with Alt+Down, as a combo box does, and let no click be eaten."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            return watched is self._popup and self._pass_on(event)
        if watched is self.line and isinstance(event, QKeyEvent):
            alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down and alt:
                self.menu_button.showMenu()
                return True
        return bool(super().eventFilter(watched, event))

    def _pass_on(self, event: QMouseEvent) -> bool:
        """Hand a click outside the completer's list to what lies there: Qt would eat it."""
        if self._popup.rect().contains(event.pos()):
            return False
        position = self._popup.mapToGlobal(event.pos())
        self._popup.hide()
        widget = QApplication.widgetAt(position)
        if widget is not None:
            local = QPointF(widget.mapFromGlobal(position))
            parts = (event.button(), event.buttons(), event.modifiers())
            press = QMouseEvent(event.type(), local, QPointF(position), *parts)
            QApplication.postEvent(widget, press)
        return True

    def _fill_menu(self) -> None:
        self.menu.clear()
        save = self.menu.addAction(tr("Save this sentence in the project"))
        save.setEnabled(bool(self.text))
        save.triggered.connect(lambda: self.saveRequested.emit(self.text))
        self.menu.addAction(tr("Save this search in a file...")).triggered.connect(
            self.saveFileRequested
        )
        self.menu.addAction(tr("Open a saved search...")).triggered.connect(self.openFileRequested)
        once = self.menu.addAction(tr("One result for one place"))
        once.setObjectName("cmpaglOnePlace")
        once.setToolTip(tr("Its other sizes, scenes and dates stand behind it as +1, +2, …"))
        once.setCheckable(True)
        once.setChecked(self.siblings)
        once.toggled.connect(self._on_siblings)
        if self._saved:
            self.menu.addSection(tr("Saved in this project"))
            for query in self._saved:
                self._add_query(query)
            forget = self.menu.addMenu(tr("Remove a saved sentence"))
            for query in self._saved:
                action = forget.addAction(_short(query))
                action.triggered.connect(
                    lambda _checked=False, query=query: self.removeSavedRequested.emit(query)
                )
        if self._history:
            self.menu.addSection(tr("Earlier"))
            for query in self._history[:SHOWN_IN_MENU]:
                self._add_query(query)
            self.menu.addSeparator()
            self.menu.addAction(tr("Forget earlier sentences")).triggered.connect(
                self.clearHistoryRequested
            )

    def _on_siblings(self, on: bool) -> None:  # noqa: FBT001 - Qt's
        self.siblings = on
        self.siblingsChanged.emit(on)

    def _add_query(self, query: str) -> None:
        def choose() -> None:
            self.set_text(query)
            self.searchRequested.emit(query)

        action = self.menu.addAction(_short(query).replace("&", "&&"))
        action.setToolTip(query[:500])
        action.triggered.connect(choose)


def _short(text: str) -> str:
    return text if len(text) <= MENU_TEXT_LENGTH else text[: MENU_TEXT_LENGTH - 1] + "…"
