"""Change one thing at a time in a module: do its tests notice? ``python -m tools.mutants``.

Each mutant runs in a child process that has all libraries loaded already, so that a hundred take
minutes and not hours. Not on Windows, which cannot fork. Without names all of :data:`CASES` run.
"""

from __future__ import annotations

import ast
import copy
import importlib
import os
import signal
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CASES = {
    "cmpagl_model.search.ranking": "tests/cmpagl_model/search/test_ranking.py",
    "cmpagl_model.search.merge": "tests/cmpagl_model/search/test_merge.py",
}
"""Modules, and the tests that must notice."""
MOST_ALIVE = 0.15
PATIENCE_S = 300
"""A mutant that runs longer is noticed: its tests hang."""
SWAPS: dict[Any, Any] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.And: ast.Or,
    ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one thing changed."""

    line: int
    """Where."""
    what: str
    """The change, in words."""
    tree: ast.Module
    """The changed module."""


def mutants(tree: ast.Module) -> Iterator[Mutant]:
    """Every change of one operator, number, condition or statement.

    Args:
        tree: the module; it is left as it is.
    """
    count = sum(1 for _ in ast.walk(tree))
    for place in range(count):
        for way in range(2):
            changed = copy.deepcopy(tree)
            node = next(node for number, node in enumerate(ast.walk(changed)) if number == place)
            line = getattr(node, "lineno", 0)
            what = _change(node, way)
            if what:
                yield Mutant(line, what, ast.fix_missing_locations(changed))


def _change(node: ast.AST, way: int) -> str:
    """Change a node in one of its ways; what was done, empty if there is no such way."""
    for change in (_operator, _number, _condition, _statement, _slice):
        what = change(node, way)
        if what:
            return what
    return ""


def _operator(node: ast.AST, way: int) -> str:
    if way:
        return ""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        before: Any = type(node.ops[0])
        node.ops[0] = SWAPS[before]()
        return f"{before.__name__} to {SWAPS[before].__name__}"
    if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp) and type(node.op) in SWAPS:
        before = type(node.op)
        node.op = SWAPS[before]()
        return f"{before.__name__} to {SWAPS[before].__name__}"
    return ""


def _number(node: ast.AST, way: int) -> str:
    if not isinstance(node, ast.Constant) or isinstance(node.value, str | None):
        return ""
    before = node.value
    if isinstance(before, bool):
        node.value = not before
        return "" if way else f"{before} to {node.value}"
    if not isinstance(before, int | float):
        return ""
    step = 1 if isinstance(before, int) else before / 4
    node.value = before + step if way else before - step
    return f"{before} to {node.value}"


def _condition(node: ast.AST, way: int) -> str:
    if isinstance(node, ast.If | ast.While) and not isinstance(node.test, ast.Constant):
        if ast.unparse(node.test) == "TYPE_CHECKING":  # nothing but imports for the type checker
            return ""
        if way:
            node.test = ast.Constant(value=False)
            return "condition to False"
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return "condition negated"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert | ast.USub):
        if way:
            return ""
        node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
        node.operand = node.operand if isinstance(node.op, ast.UAdd) else ast.UnaryOp(
            ast.Not(), node.operand
        )  # fmt: skip
        return "sign or negation dropped"
    return ""


def _statement(node: ast.AST, way: int) -> str:
    """Drop a statement that has an effect, or return nothing."""
    if way:
        return ""
    if isinstance(node, ast.Return) and node.value is not None:
        node.value = None
        return "nothing returned"
    body = getattr(node, "body", None)
    if not isinstance(node, ast.FunctionDef | ast.While | ast.If | ast.For):
        return ""
    for number, statement in enumerate(body or []):
        if isinstance(statement, ast.AugAssign) or (
            isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        ):
            body[number] = ast.Pass()  # type: ignore[index]
            return f"{ast.unparse(statement)[:50]!r} dropped"
    return ""


def _slice(node: ast.AST, way: int) -> str:
    if not isinstance(node, ast.Slice):
        return ""
    end = "upper" if way else "lower"
    if getattr(node, end) is None:
        return ""
    setattr(node, end, None)
    return f"{end} end of a slice dropped"


def survives(name: str, mutant: Mutant, tests: str) -> bool:
    """Whether no test notices a mutant."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return status == 0
    signal.alarm(PATIENCE_S)
    module = importlib.import_module(name)
    with Path(os.devnull).open("w", encoding="utf-8") as nothing, redirect_stdout(nothing):
        os.dup2(nothing.fileno(), 2)
        exec(compile(mutant.tree, str(module.__file__), "exec"), module.__dict__)
        code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--noconftest", tests])
    os._exit(int(code))


def main(names: Sequence[str]) -> int:
    """Try all mutants of some modules.

    Args:
        names: the modules; none: all of :data:`CASES`.

    Returns:
        The exit code: 1 if more than :data:`MOST_ALIVE` of a module's mutants live.
    """
    failed = False
    for name in names or CASES:
        module = importlib.import_module(name)
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        alive, count = 0, 0
        for mutant in mutants(tree):
            count += 1
            if survives(name, mutant, CASES[name]):
                alive += 1
                print(f"{name}:{mutant.line}: lives: {mutant.what}", flush=True)
        print(f"{name}: {count} mutants, {alive} alive ({alive / max(1, count):.0%})", flush=True)
        failed = failed or alive > MOST_ALIVE * count
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
