"""Change one thing at a time in a module: do its tests notice? ``python -m tools.mutants``.

Each mutant runs in a child process that has all libraries loaded already, so that a hundred take
minutes and not hours. Not on Windows, which cannot fork. Without names all of :data:`CASES` run;
``--every 5`` tries each fifth mutant.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import io
import os
import signal
import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import ModuleType

settings.register_profile(  # a busy machine notices nothing, and a rerun finds the same
    "mutants", deadline=None, max_examples=25, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
settings.load_profile("mutants")

STORAGE = "tests/cmpagl_model/index/test_storage.py tests/cmpagl_model/index/test_entries.py"
GEOREF = " ".join(
    f"tests/tiling/test_georef{part}.py" for part in ("_lengths", "_area", "_refused", "")
)
CASES = {
    "cmpagl_model.search.ranking": "tests/cmpagl_model/search/test_ranking.py",
    "cmpagl_model.search.merge": "tests/cmpagl_model/search/test_merge.py",
    "cmpagl_model.atomic": "tests/cmpagl_model/test_atomic.py",
    "cmpagl_model.index.files": STORAGE,
    "cmpagl_model.index.versions": STORAGE,
    "cmpagl_model.index.catalogue": STORAGE,
    "cmpagl_model.index.parts": STORAGE,
    "tiling.grid": "tests/tiling/test_grid.py",
    "tiling.georef": GEOREF,
}
"""Modules, and the files of tests that must notice."""
MOST_ALIVE = 0.15
LEAST_S = 10
PATIENCE = 5
"""A mutant whose tests take so many times what they take without it is noticed, for they hang: of
a processor's time, or by the clock. How many is told, for a machine may do more than before."""
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
    tree = _without_annotations(tree)
    for place, original in enumerate(ast.walk(tree)):
        for way in range(2):
            if not _change(copy.deepcopy(original), way):
                continue  # before all the rest is copied
            changed = copy.deepcopy(tree)
            node = next(node for number, node in enumerate(ast.walk(changed)) if number == place)
            line = getattr(node, "lineno", 0)
            yield Mutant(line, _change(node, way), ast.fix_missing_locations(changed))


def _without_annotations(tree: ast.Module) -> ast.Module:
    """A copy without what is never run: annotations, which are strings in all our modules."""
    bare = copy.deepcopy(tree)
    for node in ast.walk(bare):
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(value="object")  # a record needs one
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return bare


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
    step = 1 if isinstance(before, int) else before / 4 or 1.0
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
    if isinstance(node, ast.Return) and ast.unparse(node) not in {"return", "return None"}:
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


@dataclass(frozen=True, slots=True)
class Patience:
    """How long tests may take."""

    cpu_s: float = 3600
    """Of a processor's time."""
    clock_s: float = 3600
    """By the clock."""


def tried(
    name: str, changed: Iterable[Mutant], tests: str, at_once: int, patience: Patience
) -> Iterator[tuple[Mutant, int]]:
    """Mutants with how their tests ended, in the order in which they do.

    0: none noticed it; above: one did; below: the number of the signal that ended them.

    Args:
        name: the module.
        changed: its mutants.
        tests: the files with its tests.
        at_once: processes.
        patience: how long a mutant's tests may take.
    """
    running: dict[int, Mutant] = {}
    for mutant in changed:
        if len(running) >= at_once:
            yield _ended(running)
        running[_start(name, mutant, tests, patience)] = mutant
    while running:
        yield _ended(running)


def _ended(running: dict[int, Mutant]) -> tuple[Mutant, int]:
    child, status = os.wait()
    return running.pop(child), os.waitstatus_to_exitcode(status)


def _start(name: str, mutant: Mutant, tests: str, patience: Patience) -> int:
    """A child process in which tests run against a mutant."""
    child = os.fork()
    if child:
        return child
    signal.setitimer(signal.ITIMER_PROF, patience.cpu_s)
    signal.setitimer(signal.ITIMER_REAL, patience.clock_s)
    module = importlib.import_module(name)
    with Path(os.devnull).open("w", encoding="utf-8") as nothing, redirect_stdout(nothing):
        os.dup2(nothing.fileno(), 2)
        _replace(module, mutant.tree)
        code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--noconftest", *tests.split()])
    os._exit(int(code))


def _replace(module: ModuleType, tree: ast.Module) -> None:
    """Run a changed module in the place of the one that all others have imported from."""
    before = {id(value): key for key, value in vars(module).items() if not key.startswith("__")}
    exec(compile(tree, str(module.__file__), "exec"), module.__dict__)
    for other in list(sys.modules.values()):
        if getattr(other, "__name__", "").split(".")[0] != module.__name__.split(".")[0]:
            continue
        for key, value in list(vars(other).items()):
            if before.get(id(value)) == key:
                setattr(other, key, getattr(module, key))


def main(arguments: Sequence[str]) -> int:
    """Try the mutants of some modules.

    Args:
        arguments: of the command line, without its name.

    Returns:
        The exit code: 1 if more than :data:`MOST_ALIVE` of a module's mutants live, or its tests
        fail without any.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(CASES), help="modules")
    parser.add_argument("--every", type=int, default=1, help="try each so manyth mutant")
    parser.add_argument("--first", type=int, default=0, help="from this one on, counted from 0")
    said = parser.parse_args(arguments)
    with redirect_stdout(io.StringIO()):
        pytest.main(["--help"])  # its plugins are loaded once, not in each child
    failed = False
    for name in said.names:
        module = importlib.import_module(name)
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        before, started = os.times(), time.monotonic()
        ((_, code),) = tried(name, [Mutant(0, "nothing", tree)], CASES[name], 1, Patience())
        took = os.times().children_user - before.children_user
        patience = Patience(
            LEAST_S + PATIENCE * took, LEAST_S + PATIENCE * (time.monotonic() - started)
        )
        if code:
            print(f"{name}: its tests fail as it is")
            failed = True
            continue
        alive = late = count = 0
        some = islice(mutants(tree), said.first, None, said.every)
        for mutant, code in tried(name, some, CASES[name], os.cpu_count() or 1, patience):
            count += 1
            late += code < 0
            if code == 0:
                alive += 1
                print(f"{name}:{mutant.line}: lives: {mutant.what}", flush=True)
        share = f"{alive / max(1, count):.0%}"
        print(f"{name}: {count} mutants, {alive} alive ({share}), {late} too slow", flush=True)
        failed = failed or alive > MOST_ALIVE * count
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
