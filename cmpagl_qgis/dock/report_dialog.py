"""What a long request found, under headings, with buttons for what can be done about it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from cmpagl_qgis.texts import tr, whole

from .dialogs import buttons, copy_button
from .small_widgets import named, stack
from .theme import GAP, faint_text

if TYPE_CHECKING:
    from collections.abc import Callable

    Actions = tuple[tuple[str, str, Callable[[], None]], ...]

MOST_LINES = 100
"""Under one heading; a window of thousands would be slow to lay out, and too long to read."""
_OF_FILE = re.compile(r"((?:/|[A-Za-z]:[\\/]|https?://).*?): (.*)", re.DOTALL)


@dataclass(frozen=True)
class Section:
    """Some lines under a heading."""

    title: str
    """A few words; empty: none."""
    lines: tuple[str, ...]
    """A finding each; one that begins with a path and a colon is shown under the file's name, the
    path as its tool tip."""
    hint: str = ""
    """What can be done about them, a sentence; empty: nothing to say."""


class ReportDialog(QDialog):
    """Sections to read and copy, in a window that leaves QGIS usable."""

    def __init__(
        self,
        title: str,
        sections: tuple[Section, ...],
        actions: Actions = (),
        parent: QWidget | None = None,
    ) -> None:
        """Make it; ``show`` shows it.

        Args:
            title: of the window.
            sections: empty ones are left out.
            actions: key, label and work of each button, the likeliest first; the dialog closes
                with it.
            parent: its owner.
        """
        super().__init__(parent)
        self.setObjectName("cmpaglReport")
        self.setWindowTitle(title)
        self.sections = tuple(section for section in sections if section.lines or section.hint)
        self.page = named(QTextBrowser(self), "cmpaglReportPage")
        self.page.setOpenLinks(False)
        self.page.setTabChangesFocus(True)
        self.page.setHtml(self._html())
        close = QDialogButtonBox.StandardButton.Close
        box = buttons(self, "When something goes wrong", close)
        copy_button(box, self.text).setAutoDefault(False)
        for key, label, work in actions:
            button = box.addButton(label, QDialogButtonBox.ButtonRole.ActionRole)
            button.setObjectName(f"cmpaglReport_{key}")
            button.clicked.connect(self.close)
            button.clicked.connect(lambda _checked=False, work=work: work())
        stack(QVBoxLayout(self), self.page, box, gap=GAP)
        self.resize(560, 380)

    def text(self) -> str:
        """All of it, with whole paths, as lines."""
        parts = []
        for section in self.sections:
            head = [one for one in (section.title, section.hint) if one]
            parts.append("\n".join([*head, *section.lines]))
        return "\n\n".join(parts)

    def _html(self) -> str:
        faint = faint_text(self.palette()).name()
        parts = []
        for section in self.sections:
            if section.title:
                parts.append(f'<p style="margin: 10px 0 2px 0"><b>{escape(section.title)}</b></p>')
            if section.hint:
                parts.append(
                    f'<p style="margin: 0 0 4px 0; color: {faint}">{escape(section.hint)}</p>'
                )
            parts += _paragraphs(section.lines[:MOST_LINES])
            more = len(section.lines) - MOST_LINES
            if more > 0:
                text = tr("… and {0} more; Copy takes them all").format(whole(more))
                parts.append(f'<p style="color: {faint}">{escape(text)}</p>')
        return "".join(parts)


def _paragraphs(lines: tuple[str, ...]) -> list[str]:
    """A paragraph a line; where file names repeat in several folders, with the whole path."""
    split = [_OF_FILE.fullmatch(line) for line in lines]
    paths = {found[1] for found in split if found}
    names = Counter(_name(path) for path in paths)
    shown = []
    for line, found in zip(lines, split):
        if found is None:
            text = escape(line)
        else:
            path = found[1]
            label = path if names[_name(path)] > 1 else _name(path)
            text = f'<b title="{escape(path)}">{escape(label)}</b>&nbsp; {escape(found[2])}'
        shown.append(f'<p style="margin: 2px 0 2px 12px">{text}</p>')
    return shown


def _name(path: str) -> str:
    return re.split(r"[\\/]", path)[-1] or path
