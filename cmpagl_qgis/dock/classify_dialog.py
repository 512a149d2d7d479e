"""Classes and their sentences, a line each, for the map of an index by class."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from cmpagl_qgis.texts import counted, tr

from .dialogs import buttons
from .small_widgets import named, stack, wrapped
from .theme import GAP

LARGEST_BYTES = 4 << 20


class ClassifyDialog(QDialog):
    """Asks which classes there are."""

    def __init__(
        self, sentences: tuple[str, ...], only: str, parent: QWidget | None = None
    ) -> None:
        """Make it; ``open`` shows it.

        Args:
            sentences: what stands in the search field, as a start.
            only: which places get classes, a sentence; empty: all.
            parent: its owner.
        """
        super().__init__(parent)
        self.setObjectName("cmpaglClassify")
        self.setWindowTitle(tr("Classify by sentences"))
        text = tr(
            "One class a line: a sentence, or a name and one or more sentences between commas. "
            "Each place of the index gets the class that it fits best."
        )
        about = wrapped(f"{text} {only}".strip(), self, "cmpaglClassifyAbout")
        self.classes = named(QPlainTextEdit("\n".join(sentences), self), "cmpaglClassifyText")
        self.classes.setAccessibleName(tr("Classes"))
        self.classes.setTabChangesFocus(True)
        self.classes.setPlaceholderText(
            tr("forest, a forest, many green trees\na pond\nhouses among trees")
        )
        self.classes.textChanged.connect(self._check)
        self.none = QCheckBox(tr("Leave places without a class where none fits well"), self)
        self.none.setObjectName("cmpaglClassifyNone")
        self.none.setChecked(True)
        self._count = named(QLabel(self), "cmpaglClassifySaid")
        self._buttons = buttons(self, "What is there: a first look")
        load = self._buttons.addButton(tr("Open a CSV…"), QDialogButtonBox.ButtonRole.ActionRole)
        load.setObjectName("cmpaglClassifyLoad")
        load.clicked.connect(self._ask_file)
        parts = (about, self.classes, self.none, self._count, self._buttons)
        stack(QVBoxLayout(self), *parts, gap=GAP)
        self.resize(460, 340)
        self._check()

    @property
    def rows(self) -> list[list[str]]:
        """Name and sentences of each line; of a line that says nothing, none."""
        text = self.classes.toPlainText()
        lines = [line for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]
        first = re.search(r"[,;\t]", re.sub(r'"[^"]*"', "", lines[0] if lines else ""))
        delimiter = first.group() if first else ","  # whichever comes first, as the engine has it
        found = []
        for line in text.splitlines():  # a line at a time: the engine names lines by number
            fields = [field.strip() for field in next(csv.reader([line], delimiter=delimiter), [])]
            filled = [field for field in fields if field]
            telling = bool(filled) and not filled[0].startswith(("#", "sep="))
            found.append((filled * 2 if len(filled) == 1 else filled) if telling else [])
        return found

    @property
    def csv_text(self) -> str:
        """The classes as the engine reads them."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(self.rows)
        return text.getvalue()

    def load(self, path: str) -> None:
        """Show the classes of a file.

        Args:
            path: of a CSV.
        """
        file, text = Path(path), None
        try:
            if file.stat().st_size <= LARGEST_BYTES:
                text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            pass  # said below
        if text is None:
            self._count.setText(tr("{0} is no small text in UTF-8.").format(file.name))
        else:
            self.classes.setPlainText(text)

    def _ask_file(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(
            self, tr("Open classes"), "", "CSV (*.csv);;*.*"
        )
        if path:
            self.load(path)

    def _check(self) -> None:
        names = {row[0] for row in self.rows if row}
        text = counted(len(names), tr("1 class"), tr("{0} classes"))
        self._count.setText(text if names else "")
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(names))
