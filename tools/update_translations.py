"""Bring ``cmpagl_qgis/i18n/*.ts`` up to date with the texts in the plugin's code.

The plugin looks its texts up in one context, by ``tr("...")`` of ``texts.py``. pylupdate5 would
give each text the context of the class it stands in, under which nothing would be found; so the
texts are gathered here. The files are what Qt Linguist reads, and lrelease compiles.
"""

from __future__ import annotations

import argparse
import ast
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "cmpagl_qgis"
TEMPLATE = "cmpagl.ts"
CONTEXT = "CMPAGL"
LOOK_UP, MARK = "tr", "tr_noop"
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'


class TranslationError(Exception):
    """A text cannot be gathered."""


@dataclass(frozen=True, order=True)
class Text:
    """A text of the plugin and where it is used first."""

    file: str
    """Path inside the plugin, with ``/`` between its parts."""
    line: int
    """Line of the call."""
    text: str
    """English."""


def gather(folder: Path) -> tuple[Text, ...]:
    """All texts under a folder, each once, in the order of files and lines.

    Args:
        folder: the plugin's package.

    Raises:
        TranslationError: if no translator can see a text.
    """
    found: dict[str, Text] = {}
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        for text in texts_in(path.read_text(encoding="utf-8"), name):
            found.setdefault(text.text, text)
    return tuple(sorted(found.values()))


def texts_in(code: str, name: str) -> list[Text]:
    """The texts in one module.

    Args:
        code: Python.
        name: of its file.

    Raises:
        TranslationError: if a call's argument is no literal text, and none is marked.

    Example:
        >>> texts_in('tr("a" " b")', "dock.py")
        [Text(file='dock.py', line=1, text='a b')]
    """
    nodes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    calls = [node for node in nodes if _name(node.func) in {LOOK_UP, MARK}]
    has_marks = any(_name(node.func) == MARK for node in calls)
    found = []
    for node in calls:
        argument = node.args[0] if len(node.args) == 1 and not node.keywords else None
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            found.append(Text(name, node.lineno, argument.value))
        elif not (has_marks and _name(node.func) == LOOK_UP):
            raise TranslationError(
                f"{name}:{node.lineno}: wanted one literal text in tr(...); fill values in "
                "afterwards: tr('{0} chips').format(count), and mark those of a table: tr_noop(...)"
            )
    return sorted(found)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def rendered(texts: tuple[Text, ...], old: str, language: str) -> str:
    """The content of a translation file.

    Args:
        texts: what the plugin says.
        old: the file as it is, empty for a new one; its translations are kept.
        language: such as ``de``; ``en`` for the template.
    """
    known = ET.fromstring(old.removeprefix(HEAD)).iter("message") if old else ()  # our own file
    kept = {one.findtext("source", ""): one.findtext("translation", "") for one in known}
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for text in texts:
        message = ET.SubElement(context, "message")
        # No line: it would change with every edit above it, and the file with it.
        ET.SubElement(message, "location", filename=f"../{text.file}")
        ET.SubElement(message, "source").text = text.text
        translation = ET.SubElement(message, "translation")
        if kept.get(text.text):
            translation.text = kept[text.text]
        else:
            translation.set("type", "unfinished")
    ET.indent(root, " " * 4)
    return HEAD + ET.tostring(root, encoding="unicode") + "\n"


def stale_files(folder: Path) -> dict[Path, str]:
    """The translation files that are not up to date, with what they should hold.

    Args:
        folder: the plugin's package.

    Raises:
        TranslationError: if a text cannot be gathered.
    """
    texts = gather(folder)
    stale = {}
    for path in sorted({folder / "i18n" / TEMPLATE, *(folder / "i18n").glob("*.ts")}):
        old = path.read_text(encoding="utf-8") if path.is_file() else ""
        language = path.stem.partition("_")[2] or "en"
        new = rendered(texts, old, language)
        if new != old:
            stale[path] = new
    return stale


def main() -> int:
    """Write the files, or with ``--check`` only say which are stale; 1 if one is or cannot be."""
    parser = argparse.ArgumentParser(description="Bring the plugin's .ts files up to date.")
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    try:
        stale = stale_files(PLUGIN)
    except TranslationError as error:
        print(error, file=sys.stderr)
        return 1
    for path, text in stale.items():
        name = path.relative_to(ROOT)
        if check:
            print(f"{name} is not up to date; call: python -m tools.update_translations")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
