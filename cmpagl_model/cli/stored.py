"""An index that is named by its address in an object store."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.index.copies import CacheLock

_held: list[CacheLock | None] = []
"""Copies that are asked something until this process ends."""


def name_of(index: Path) -> str:
    """What to call an index: its address where the folder is a copy of it."""
    from cmpagl_model.index.copies import display_name  # noqa: PLC0415 - help must not wait

    return display_name(index)


def bring(index: Path, *, quiet: bool = False, compare: bool = False, anew: bool = False) -> None:
    """See that the parts of an index are on this machine, and stay there.

    Args:
        index: its folder, or the copy of one in a store, as the command line takes it.
        quiet: whether no bar is shown.
        compare: whether parts that are there are compared with their SHA-256.
        anew: whether all are brought, also those that are there.

    Raises:
        StoreError: if the store cannot be asked.
        OutputError: if there is no room for them.
    """
    from cmpagl_model.index.copies import hold  # noqa: PLC0415 - help must not wait
    from cmpagl_model.index.store import store_of  # noqa: PLC0415

    store = store_of(index)
    if store is None:
        return
    _held.append(hold(index))
    from cmpagl_model.index.format import read_info  # noqa: PLC0415
    from cmpagl_model.index.mirror import at_hand  # noqa: PLC0415

    from .progress import FetchBar  # noqa: PLC0415

    with FetchBar(quiet=quiet, first="asking the store") as bar:
        at_hand(store.address, bar, known=read_info(index), compare=compare, anew=anew)
