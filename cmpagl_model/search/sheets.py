"""What is written of a classification: its layer, and its tables of areas and accuracy."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

from cmpagl_model.errors import OutputError
from cmpagl_model.index.vectors import CSV, ENDINGS, check_ending, check_output, write_text

from .accuracy import accuracy_of
from .class_map import frame_of_ground, write_ground
from .classify import class_areas, write_classes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from .accuracy import Accuracy, Labels
    from .classify import ClassArea, Classified

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Files:
    """Where a classification goes."""

    layer: Path | None = None
    """The chips, in a vector format; ``None``: not written."""
    areas: Path | None = None
    """Areas by class, ``.csv``; ``None``: not written."""
    accuracy: Path | None = None
    """The accuracy sheet, ``.csv``; ``None``: not written."""
    ground: Path | None = None
    """The ground by class, in a vector format, and its style; ``None``: not written."""

    def __post_init__(self) -> None:
        """Check the endings.

        Raises:
            OutputError: if one is unknown, or a folder missing.
        """
        for file in filter(None, (self.layer, self.ground)):
            check_ending(file, ENDINGS)
        for file in filter(None, (self.areas, self.accuracy)):
            check_ending(file, (CSV,))

    def check(self, index: Path, *others: Path | None) -> None:
        """See that nothing is written over what must stay.

        Args:
            index: the index that is classified.
            others: further files that are read.

        Raises:
            OutputError: if a file is one of those, of a scene, or given twice.
        """
        written = (self.layer, self.areas, self.accuracy, self.ground)
        for file in written:
            check_output(file, index, *others, *(one for one in written if one is not file))


@dataclass(frozen=True, slots=True)
class Sheets:
    """The tables of a classification."""

    areas: tuple[ClassArea, ...]
    """By class, ``none`` as the last."""
    accuracy: Accuracy | None
    """``None``: there were no labels."""

    @property
    def page(self) -> dict[str, Any]:
        """Both as an object for JSON."""
        page: dict[str, Any] = {"classes": [asdict(area) for area in self.areas]}
        if self.accuracy is not None:
            page["accuracy"] = accuracy_page(self.accuracy)
        return page

    @property
    def tables(self) -> list[list[list[Cell]]]:
        """Both as rows of cells."""
        tables = [area_rows(self.areas)]
        return tables if self.accuracy is None else [*tables, accuracy_rows(self.accuracy)]


def write_all(found: Classified, labels: Labels | None, files: Files) -> Sheets:
    """Work out the tables of a classification, and write what is wanted of it.

    Args:
        found: the classification.
        labels: what is known of the ground; ``None``: nothing.
        files: where to.

    Raises:
        OutputError: if a file cannot be written, or an accuracy sheet is wanted without labels.
    """
    if files.accuracy and labels is None:
        raise OutputError(
            f"{files.accuracy}: found no labels to measure the accuracy by, wanted a layer of them"
        )
    sheets = Sheets(class_areas(found), None if labels is None else accuracy_of(found, labels))
    if files.layer is not None:
        write_classes(found, files.layer)
    if files.ground is not None:
        write_ground(frame_of_ground(found), sheets.areas, files.ground)
    for file, rows in zip((files.areas, files.accuracy), sheets.tables, strict=False):
        if file is not None:
            write_rows(rows, file)
    return sheets


def area_rows(areas: Sequence[ClassArea]) -> list[list[Cell]]:
    """A head, then a class a row: name, chips, m2, share of all cells in %."""
    whole = sum(area.area_m2 for area in areas) or 1.0
    rows: list[list[Cell]] = [
        [one.name, one.chips, round(one.area_m2, 1), round(100 * one.area_m2 / whole, 2)]
        for one in areas
    ]
    return [["class", "chips", "area_m2", "percent"], *rows]


def accuracy_rows(found: Accuracy) -> list[list[Cell]]:
    """The accuracy sheet: the confusion matrix with precision and recall, then the sums.

    A row of the matrix is the class of the label, a column the class found.
    """
    names, matrix = found.names, found.matrix.tolist()
    numbers = range(len(names))
    return [
        ["label \\ found", *names, "recall"],
        *([names[number], *matrix[number], _rounded(found.recall(number))] for number in numbers),
        ["precision", *(_rounded(found.precision(number)) for number in numbers), None],
        ["overall", _rounded(found.overall)],
        ["kappa", _rounded(found.kappa)],
        ["samples", found.samples],
    ]


def accuracy_page(found: Accuracy) -> dict[str, Any]:
    """The same as an object; shares that have no samples are ``None``."""
    numbers = range(len(found.names))
    return {
        "classes": list(found.names),
        "matrix": found.matrix.tolist(),
        "precision": [_rounded(found.precision(number)) for number in numbers],
        "recall": [_rounded(found.recall(number)) for number in numbers],
        "overall": _rounded(found.overall),
        "kappa": _rounded(found.kappa),
        "samples": found.samples,
        "unknown_labels": list(found.unknown),
        "labels_outside": found.outside,
    }


def write_rows(rows: Iterable[Sequence[Cell]], path: Path) -> None:
    """Write a table as CSV.

    Raises:
        OutputError: if the ending is another, or the file cannot be written.
    """
    check_ending(path, (CSV,))
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    write_text(path, text.getvalue())


def text_lines(rows: Sequence[Sequence[Cell]], decimals: int) -> list[str]:
    """A table for a person: the first column to the left, numbers to the right.

    Args:
        rows: a head, then the rows.
        decimals: of numbers that are not whole.
    """
    cells = [["" if cell is None else _shown(cell, decimals) for cell in row] for row in rows]
    count = max(map(len, cells))
    cells = [row + [""] * (count - len(row)) for row in cells]
    widths = [max(len(row[column]) for row in cells) for column in range(count)]
    return [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def _shown(cell: Cell, decimals: int) -> str:
    if isinstance(cell, float):
        return f"{cell:,.{decimals}f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _rounded(share: float) -> float | None:
    return None if isnan(share) else round(share, 4)
