"""Keep or reject places: a button for each key of the list, and how many are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QToolButton, QWidget

from cmpagl_qgis.texts import counted, tr, tr_noop, whole

from .small_widgets import ElidedLabel, named, stack, tool_button
from .theme import GAP

if TYPE_CHECKING:
    from cmpagl_qgis.map.review import Tally

# Key of the act, text, shortcut in the list; the button's icon.
VERDICTS = (
    ("keep", tr_noop("Keep"), "K", "accept"),
    ("reject", tr_noop("Reject"), "R", "reject"),
    ("undecide", tr_noop("Undecided again"), "U", "undecided"),
)
STEPS = (
    ("previous", tr_noop("Back to the last undecided place"), "Shift+N", "previous"),
    ("next", tr_noop("On to the next undecided place"), "N", "next"),
)
LEARN = ("learn", tr_noop("Learn from my ticks"), "", "learn")
ASK = ("ask", tr_noop("Show ten places that I should judge next"), "", "ask")
WAY_BACK = (
    ("undo", tr_noop("Undo"), "Ctrl+Z", "undo"),
    ("redo", tr_noop("Redo"), "Ctrl+Shift+Z", "redo"),
)


class ReviewBar(QWidget):
    """``requested`` carries an act: the first word of a row above."""

    requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cmpaglReviewBar")
        self.tally = named(ElidedLabel(self, Qt.TextElideMode.ElideRight), "cmpaglTally")
        acts = [self._button(*act) for act in (*VERDICTS, *STEPS)]
        self.ask, self.learn = self._button(*ASK), self._button(*LEARN)
        layout = stack(QHBoxLayout(self), *acts, GAP, gap=GAP // 3, margin=0)
        stack(layout, (self.tally, 1), self.ask, self.learn)
        self.way_back = [self._button(*act) for act in WAY_BACK]  # placed by the header
        self.set_way_back("", "")
        self.set_taught(0)

    def _button(self, key: str, text: str, shortcut: str, picture: str) -> QToolButton:
        tip = f"{tr(text)} ({shortcut})" if shortcut else tr(text)
        button = tool_button(f"cmpaglReview_{key}", picture, tip, self)
        button.clicked.connect(lambda _checked=False: self.requested.emit(key))
        return button

    def set_tally(self, tally: Tally) -> None:
        """Say how many are kept, rejected and left.

        Args:
            tally: of the places shown.
        """
        parts = (
            tr("{0} kept").format(whole(tally.kept)),
            tr("{0} rejected").format(whole(tally.rejected)),
            tr("{0} to do").format(whole(tally.undecided)),
        )
        self.tally.setText(", ".join(parts) if tally.begun else tr("Nothing decided yet"))

    def set_taught(self, count: int) -> None:
        """Say from how many verdicts can be learned.

        Args:
            count: of this sentence, places that are not shown now included.
        """
        self.learn.setEnabled(count > 0)
        self.learn.setToolTip(
            f"{tr(LEARN[1])}\n"
            + (
                tr(
                    "Search again, nearer to the places kept and away from those rejected: {0}"
                ).format(counted(count, tr("1 verdict"), tr("{0} verdicts")))
                if count
                else tr("Keep or reject some places first")
            )
        )

    def set_way_back(self, undo: str, redo: str) -> None:
        """Say what can be undone and redone.

        Args:
            undo: what was done last; empty: nothing.
            redo: what was undone last; empty: nothing.
        """
        for (_key, text, shortcut, _picture), button, what in zip(
            WAY_BACK, self.way_back, (undo, redo)
        ):
            tip = f"{tr(text)}: {what} ({shortcut})" if what else f"{tr(text)} ({shortcut})"
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setEnabled(bool(what))
