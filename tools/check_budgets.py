"""Hold files and functions to a size at which they can be read in one sitting.

Part of ``make check``. A file counts with all its lines, a function from its ``def`` to its
last line without the docstring, so that explaining never costs. The limits are those of
the contributing guide.
"""

from __future__ import annotations

import argparse
import ast
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_FILE_LINES = 450
MEDIAN_FILE_LINES = 150
MAX_FUNCTION_LINES = 70
MEDIAN_FUNCTION_LINES = 12
MAX_PARAMETERS = 8

WORST_SHOWN = 3
"""How many of the largest files and functions the report names."""


@dataclass(frozen=True)
class Measure:
    """One size of one thing."""

    size: int
    """Lines or parameters."""
    where: str
    """``path`` or ``path:line name``."""


@dataclass(frozen=True)
class Sizes:
    """All sizes of the files that were looked at, in the order of reading."""

    files: tuple[Measure, ...]
    functions: tuple[Measure, ...]
    parameters: tuple[Measure, ...]


def function_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end, docstring not counted."""
    last = node.end_lineno or node.lineno
    lines = last - node.lineno + 1
    if ast.get_docstring(node, clean=False) is not None:
        docstring = node.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def parameter_count(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Parameters of all kinds, ``self`` and ``cls`` not counted."""
    args = node.args
    named = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    starred = [arg for arg in (args.vararg, args.kwarg) if arg is not None]
    return sum(arg.arg not in {"self", "cls"} for arg in [*named, *starred])


def python_files(roots: Iterable[Path]) -> Iterator[Path]:
    """The Python files among and below ``roots``, sorted by path within each."""
    for root in roots:
        yield from [root] if root.is_file() else sorted(root.rglob("*.py"))


def measure(roots: Iterable[Path]) -> Sizes:
    """Read every Python file among and below ``roots``.

    Args:
        roots: files or folders, all of which exist.

    Returns:
        The sizes of the files and of the functions and methods in them, nested ones too.

    Raises:
        SyntaxError: if a file is not Python.
    """
    files, functions, parameters = [], [], []
    for path in python_files(roots):
        text = path.read_text(encoding="utf-8")
        files.append(Measure(len(text.splitlines()), str(path)))
        for node in ast.walk(ast.parse(text, str(path))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                where = f"{path}:{node.lineno} {node.name}"
                functions.append(Measure(function_lines(node), where))
                parameters.append(Measure(parameter_count(node), where))
    return Sizes(tuple(files), tuple(functions), tuple(parameters))


def too_large(measures: Iterable[Measure], limit: int, unit: str) -> list[str]:
    """One line for each measure above ``limit``, the largest first."""
    guilty = sorted((m for m in measures if m.size > limit), key=lambda m: -m.size)
    return [f"{m.where}: found {m.size} {unit}, wanted at most {limit}; split it" for m in guilty]


def median(measures: Sequence[Measure]) -> float:
    """The middle size; 0 of none."""
    return statistics.median(m.size for m in measures) if measures else 0.0


def median_too_large(measures: Sequence[Measure], limit: int, unit: str) -> list[str]:
    """One line if the median is above ``limit``, else none."""
    found = median(measures)
    if found <= limit:
        return []
    return [f"median {unit}: found {found:g}, wanted at most {limit}; split the largest"]


def problems(sizes: Sizes) -> list[str]:
    """Every broken budget as one line: found, wanted, next step."""
    return [
        *too_large(sizes.files, MAX_FILE_LINES, "lines"),
        *median_too_large(sizes.files, MEDIAN_FILE_LINES, "lines a file"),
        *too_large(sizes.functions, MAX_FUNCTION_LINES, "lines"),
        *median_too_large(sizes.functions, MEDIAN_FUNCTION_LINES, "lines a function"),
        *too_large(sizes.parameters, MAX_PARAMETERS, "parameters"),
    ]


def report(sizes: Sizes) -> str:
    """How much there is, the medians, and the largest of each kind."""
    lines = []
    for name, measures in (
        ("files", sizes.files),
        ("functions", sizes.functions),
        ("parameter lists", sizes.parameters),
    ):
        lines.append(f"{len(measures)} {name}, median {median(measures):g}; largest:")
        worst = sorted(measures, key=lambda m: -m.size)[:WORST_SHOWN]
        lines += [f"  {m.size:4} {m.where}" for m in worst]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Check the folders named on the command line; 1 if a budget is broken, else 0."""
    parser = argparse.ArgumentParser(description="Check the sizes of files and functions.")
    parser.add_argument("roots", nargs="+", type=Path, metavar="FOLDER")
    roots: list[Path] = parser.parse_args(argv).roots
    absent = [str(root) for root in roots if not root.exists()]
    if absent:
        parser.error(f"not found: {', '.join(absent)}; name folders of Python files")
    sizes = measure(roots)
    print(report(sizes))
    broken = problems(sizes)
    for line in broken:
        print(line, file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
