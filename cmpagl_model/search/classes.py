"""Classes as people write them down: a CSV with a name and one or more sentences in each line."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmpagl_model.errors import QueryError

from .composed import checked_query

if TYPE_CHECKING:
    from pathlib import Path

NONE = "none"
"""The class of chips that no class fits."""
HEAD, SEPARATOR = ("class", "name", "klasse"), "sep="
MOST_CLASSES, MOST_SENTENCES, LARGEST_BYTES = 500, 2_000, 4 << 20


@dataclass(frozen=True, slots=True)
class ClassSentences:
    """A class."""

    name: str
    """What it is called."""
    sentences: tuple[str, ...]
    """What its places look like; a place is of the class if it fits one of them."""

    def __post_init__(self) -> None:
        """Check name and sentences.

        Raises:
            QueryError: if the name is empty or taken, or a sentence is missing, empty or too long.
        """
        if not self.name.strip() or self.name.strip().lower() == NONE:
            raise QueryError(
                f"found a class called {self.name!r}, wanted a name of its own; {NONE!r} is what "
                "no class fits"
            )
        if not self.name.isprintable():  # layers and their styles could not hold it
            raise QueryError(f"found a class called {self.name!r}, wanted plain letters in a line")
        if not self.sentences:
            raise QueryError(f"found no sentence for the class {self.name!r}, wanted one at least")
        for sentence in self.sentences:
            checked_query(sentence)


def small_text(path: Path, wanted: str) -> str:
    """What a small file of lines says.

    Args:
        path: UTF-8.
        wanted: what it should be, for messages.

    Raises:
        QueryError: if it cannot be read as text.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise QueryError(
                f"{path}: found over {LARGEST_BYTES >> 20} MiB, wanted {wanted}, which is small; "
                "next: see whether it is the right file"
            )
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise QueryError(
            f"{path}: cannot be read ({error.strerror or error}); wanted {wanted}; next: check its "
            "name and permissions"
        ) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise QueryError(
            f"{path}: line {line}: found letters that are no UTF-8, wanted {wanted}; next: save it "
            "as UTF-8 (in Excel: CSV UTF-8)"
        ) from error


def read_classes(path: Path) -> tuple[ClassSentences, ...]:
    """The classes of a CSV file, in its order.

    Args:
        path: UTF-8, between fields commas, semicolons or tabs, whichever comes first (or what a
            line ``sep=;`` says): the name, then one or more sentences. Lines of one name are one
            class; empty lines, and lines that begin with ``#``, say nothing; a first line that
            begins with ``class`` or ``name`` is a head.

    Raises:
        QueryError: if it cannot be read, or a line is wrong: its number is told.
    """
    found: dict[str, list[str]] = {}
    said: dict[str, int] = {}
    for number, (name, *sentences) in _lines(path):
        if not name.strip():
            raise QueryError(f"{path}: line {number}: found no name, wanted CLASS,SENTENCE")
        try:
            ClassSentences(name, tuple(sentences))
        except QueryError as error:
            raise QueryError(f"{path}: line {number}: {error}") from error
        for sentence in sentences:
            key = checked_query(sentence).lower()
            if key in said:
                raise QueryError(
                    f"{path}: line {number}: found the sentence {sentence!r} of line {said[key]} "
                    "again, wanted each once"
                )
            said[key] = number
            found.setdefault(name, []).append(sentence)
    if not found or len(found) > MOST_CLASSES or len(said) > MOST_SENTENCES:
        raise QueryError(
            f"{path}: found {len(found)} classes with {len(said)} sentences, wanted 1 to "
            f"{MOST_CLASSES} and at most {MOST_SENTENCES:,}, a line each such as: "
            "harbour,ships in a harbour"
        )
    return tuple(ClassSentences(name, tuple(own)) for name, own in found.items())


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """Numbers and filled fields of the lines that say something.

    Raises:
        QueryError: if the file cannot be read as text.
    """
    text = small_text(path, "a CSV of classes").replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(
        io.StringIO(text), delimiter=_separator(text), skipinitialspace=True, strict=True
    )
    lines: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            fields = [field.strip() for field in row]
            if not any(fields) or fields[0].startswith(("#", SEPARATOR)):
                continue
            if not lines and fields[0].lower() in HEAD:
                lines.append((0, []))  # the head, once
                continue
            lines.append((reader.line_num, [fields[0], *filter(None, fields[1:])]))
    except csv.Error as error:
        raise QueryError(f"{path}: line {reader.line_num}: no CSV ({error})") from error
    return [line for line in lines if line[0]]


def _separator(text: str) -> str:
    """What stands between fields: what Excel's line says, else what comes first outside quotes."""
    lines = (line for line in text.splitlines() if line.strip())
    first = next((line for line in lines if not line.lstrip().startswith("#")), "")
    if first.startswith(SEPARATOR):
        return first.removeprefix(SEPARATOR)[:1] or ","
    found = re.search(r"[,;\t]", re.sub(r'"[^"]*"', "", first))
    return found[0] if found else ","
