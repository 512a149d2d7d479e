"""Peers' storage, each asked in a process of its own; ``tools.peers`` lets its disk fail.

``python tools/stores.py NAME`` reads requests, a line of JSON each, and answers each from a fork.
It imports the store and the standard library only, so it runs in an environment of the store's.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH, SIZE = 400, 16
"""Rows that a change adds, and numbers in a row."""
PATIENCE_S = 600
"""A fork that takes longer hangs, and is ended."""


def vectors(first: int) -> Any:  # noqa: ANN401 - numpy may not be there
    """Rows that tell their number."""
    import numpy as np  # noqa: PLC0415 - of the store's environment

    numbers = np.arange(first, first + BATCH, dtype=np.float32)
    return numbers[:, None] + np.arange(SIZE, dtype=np.float32) / SIZE


class Lance:
    """A table of LanceDB."""

    def __init__(self) -> None:
        self._module = importlib.import_module("lancedb")

    def make(self, folder: Path) -> None:
        """A table of some rows."""
        self._module.connect(folder).create_table("x", self._rows(0))

    def change(self, folder: Path) -> None:
        """Add some more."""
        self._module.connect(folder).open_table("x").add(self._rows(BATCH))

    def rows(self, folder: Path) -> list[list[float]]:
        """All rows."""
        table = self._module.connect(folder).open_table("x").to_arrow()
        found: list[list[float]] = table["vector"].to_pylist()
        return found

    def _rows(self, first: int) -> list[dict[str, Any]]:
        return [{"vector": row} for row in vectors(first)]


class Faiss:
    """An index of faiss in one file, read, added to, and written where it was."""

    def __init__(self) -> None:
        self._module = importlib.import_module("faiss")

    def make(self, folder: Path) -> None:
        """A file of some rows."""
        folder.mkdir(exist_ok=True)
        index = self._module.IndexFlatIP(SIZE)
        index.add(vectors(0))
        self._module.write_index(index, str(folder / "x.faiss"))

    def change(self, folder: Path) -> None:
        """Add some more."""
        index = self._module.read_index(str(folder / "x.faiss"))
        index.add(vectors(BATCH))
        self._module.write_index(index, str(folder / "x.faiss"))

    def rows(self, folder: Path) -> list[list[float]]:
        """All rows."""
        index = self._module.read_index(str(folder / "x.faiss"))
        found: list[list[float]] = index.reconstruct_n(0, index.ntotal).tolist()
        return found


class Cmpagl:
    """An index of this project: a scene added to another's."""

    def __init__(self) -> None:
        from tests.cmpagl_model.index import campaign  # noqa: PLC0415

        self._campaign = campaign

    def make(self, folder: Path) -> None:
        """An index of a scene."""
        self._campaign.CHANGES["scene added"].before(folder.parent)

    def change(self, folder: Path) -> None:
        """Index another one, too."""
        self._campaign.CHANGES["scene added"].change(folder.parent)

    def rows(self, folder: Path) -> list[list[float]]:
        """All rows, as the parts and as the arrays have them."""
        found = self._campaign.rows_of(folder)
        return sorted([*window, *vector] for _, window, vector in found)


STORES: dict[str, Callable[[], Any]] = {"cmpagl": Cmpagl, "lancedb": Lance, "faiss": Faiss}


def answer(store: Any, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - any of the above
    """Do what is asked in a fork, which may be killed.

    Args:
        store: one of :data:`STORES`.
        asked: ``do`` (make, change or rows), ``folder``, and for a disk that fails ``fault``,
            ``at`` and ``shadow``.

    Returns:
        ``ended``: whether it ended well, and ``rows``.
    """
    into, out = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(PATIENCE_S)
        try:
            if "shadow" in asked:
                disk = ctypes.CDLL(None)
                disk.disk_arm(asked["folder"].encode(), asked["shadow"].encode(),
                              ctypes.c_int(asked["fault"]), ctypes.c_long(asked["at"]))  # fmt: skip
            rows = getattr(store, asked["do"])(Path(asked["folder"]))
            with os.fdopen(out, "w") as stream:
                json.dump(rows, stream)
            os._exit(0)
        except BaseException:  # noqa: BLE001 - whatever it is, the fork must end here
            if "-v" in sys.argv:
                traceback.print_exc()
            os._exit(1)
    os.close(out)
    with os.fdopen(into) as stream:
        raw = stream.read()
    ended = os.waitpid(child, 0)[1] == 0
    return {"ended": ended, "rows": json.loads(raw) if ended and raw else None}


def main() -> None:
    """Answer until the input ends."""
    try:
        store = STORES[sys.argv[1]]()
    except ImportError as error:
        print(json.dumps({"absent": str(error)}), flush=True)
        return
    print(json.dumps({"absent": ""}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(store, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
