"""The columns of a part that imported files gave their rows: id, datetime, source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.errors import DamagedArraysError
from cmpagl_model.table.imported import TIME, ImportedColumns

from .format import PARTS
from .imported import has_pixels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from cmpagl_model.table.chips import ChipTable


def with_imported(table: ChipTable, folder: Path, files: Sequence[tuple[str, int]]) -> ChipTable:
    """A table that can say what imported files said of its rows.

    Args:
        table: the chips.
        folder: their index.
        files: file name of each of its parts and how many rows it has, in the order of the rows.
    """
    starts = np.cumsum([0, *(rows for _, rows in files)])
    imported = {number for number, scene in enumerate(table.scenes) if not has_pixels(scene)}
    full = np.flatnonzero(np.diff(starts)).tolist()
    parts = frozenset(n for n in full if int(table.scene_of[starts[n]]) in imported)
    if not parts:
        return table

    def read(number: int, names: Sequence[str]) -> list[NDArray[Any] | None]:
        return _read(folder / PARTS / files[number][0], names)

    return replace(table, imported=ImportedColumns(starts, parts, read))


def _read(path: Path, names: Sequence[str]) -> list[NDArray[Any] | None]:
    """Columns of a part, their pages verified; ``None`` for each that it has not.

    Raises:
        DamagedArraysError: if the part is damaged, or another took its place.
    """
    import pyarrow as pa  # noqa: PLC0415 - most searches have no use for it
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with (
            path.open("rb") as stream,
            pq.ParquetFile(stream, page_checksum_verification=True) as part,
        ):
            there = set(names) & set(part.schema_arrow.names)
            columns = part.read(columns=sorted(there)) if there else None
            return [
                _values(columns[name].combine_chunks(), name)
                if columns is not None and name in there
                else None
                for name in names
            ]
    except (OSError, pa.ArrowException) as error:
        raise DamagedArraysError(f"{path.name}: {error}") from error


def _values(column: pa.Array, name: str) -> NDArray[Any]:
    import pyarrow as pa  # noqa: PLC0415

    if name != TIME:
        return np.array(column.to_pylist(), object)
    known = column.cast(pa.timestamp("us")).cast(pa.int64())
    numbers = known.fill_null(np.iinfo(np.int64).min)  # which numpy takes for NaT
    return np.from_dlpack(numbers).view("datetime64[us]")
