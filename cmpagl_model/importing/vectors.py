"""Where a file keeps its embeddings, and what they are as numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cmpagl_model.errors import SourceError

if TYPE_CHECKING:
    import pyarrow.parquet as pq
    from numpy.typing import NDArray

NAMES = ("embedding", "embeddings", "vector")
"""Usual names; a list of whole numbers counts as embeddings under one of these only."""
NUMBERED = re.compile(r"(.*?)(\d+)")
FEWEST_NUMBERED = 16
"""Columns such as A00 to A63 that make an embedding together; fewer are something else."""
ALPHA_EARTH, SQUARED_127, NO_DATA = ("A", 64), 127.5, -128
"""AlphaEarth in whole numbers: roots of its values, which have the length 1 only when squared."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """The embeddings of a file. Made by :func:`find_vectors`."""

    name: str
    """Of the column; of several, the first and the last."""
    columns: tuple[str, ...]
    """One column of lists, or one of numbers for each dimension."""
    size: int
    """Length of an embedding."""
    scale: tuple[float, ...]
    """What whole numbers are multiplied by, one for all dimensions or one for each."""
    offset: tuple[float, ...]
    """What is added then."""
    squared: bool
    """Whether they are roots, with their signs."""

    def read(
        self, path: str, batch: pa.RecordBatch, start: int
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Embeddings ``(n, D)``, NaN where there is none, and where that is.

        Args:
            path: the file, for messages.
            batch: rows with these columns.
            start: its first row's place in the file.

        Raises:
            SourceError: if one is of another length.
        """
        if len(self.columns) > 1:
            flat = [np.array(batch.column(name), np.float64) for name in self.columns]
            vectors = np.stack(flat, axis=1)
            lacking = np.asarray(np.isnan(vectors).all(axis=1))
        else:
            column = batch.column(self.columns[0])
            lacking = np.array(column.is_null().to_pylist(), np.bool_)
            lengths = np.where(lacking, self.size, _lengths(column))
            if (lengths != self.size).any():
                row = int(np.flatnonzero(lengths != self.size)[0])
                raise SourceError(
                    f"{path}: found an embedding of {lengths[row]} numbers in row {start + row} "
                    f"of column {self.name!r}, wanted {self.size} as in the first row; next: "
                    "export embeddings of one model"
                )
            flat = column.drop_null()
            while _item(flat.type):
                flat = flat.flatten()
            vectors = np.full((len(column), self.size), np.nan)
            numbers = np.array(flat, np.float64)  # a number that is null: NaN
            vectors[~lacking] = numbers.reshape(-1, self.size)
        if self.squared:
            vectors[(vectors == NO_DATA).any(axis=1)] = np.nan
            vectors = np.sign(vectors) * (vectors / SQUARED_127) ** 2
        return vectors * np.array(self.scale) + np.array(self.offset), lacking


def find_vectors(
    path: str, file: pq.ParquetFile, wanted: str | None, emb: dict[str, Any]
) -> Vectors:
    """Look for the embeddings of a file.

    Args:
        path: the file, for messages.
        file: the same, open.
        wanted: the column; of columns of numbers the first one, such as ``A00``. ``None``: the only
            one there is, or one with a usual name.
        emb: the metadata in the footer that may say how numbers were rounded.

    Raises:
        SourceError: if there is none, there are several, or all are empty.
    """
    schema = file.schema_arrow
    lists = []
    for field in schema:
        dtype = field.type
        while item := _item(dtype):
            dtype = item
        named = field.name in {*NAMES, wanted} and pa.types.is_integer(dtype)
        if _item(field.type) and (named or pa.types.is_floating(dtype)):
            lists.append(str(field.name))
    series = _numbered(schema)
    found = [*lists, *series]
    usual = [name for name in NAMES if name in found] if wanted is None else []
    name = wanted if wanted in found else found[0] if len(found) == 1 and not wanted else None
    name = usual[0] if name is None and usual else name
    if name is None:
        columns = ", ".join(f"{field.name} ({field.type})" for field in schema)
        what = "no embedding column" if wanted is None else f"no embedding column {wanted!r}"
        if wanted is None and found:
            what = f"{len(found)} columns of numbers: {', '.join(found)}"
        raise SourceError(
            f"{path}: found {what}; its columns: {columns}; wanted a list of numbers, or columns "
            "of numbers such as A00 to A63; next: name it with --embedding COLUMN"
        )
    if name in lists:
        batches = file.iter_batches(1024, columns=[name])
        lengths = (_lengths(batch.column(0).drop_null()) for batch in batches)
        size = next((int(each[0]) for each in lengths if len(each) and each[0]), 0)
        if not size:
            raise SourceError(
                f"{path}: found no embedding in column {name!r}, all are null or empty"
            )
        return Vectors(name, (name,), size, *_rounding(path, emb, size), squared=False)
    numbered = series[name]
    letters = NUMBERED.fullmatch(name)
    whole = all(pa.types.is_integer(schema.field(one).type) for one in numbered)
    squared = bool(letters and (letters[1], len(numbered)) == ALPHA_EARTH and whole)
    both, size = f"{numbered[0]} to {numbered[-1]}", len(numbered)
    return Vectors(both, numbered, size, *_rounding(path, emb, size), squared=squared)


def _item(dtype: pa.DataType) -> pa.DataType | None:
    """Type of the items of a list; ``None``: it is no list."""
    lists = pa.types.is_list(dtype) or pa.types.is_large_list(dtype)
    return dtype.value_type if lists or pa.types.is_fixed_size_list(dtype) else None


def _numbered(schema: pa.Schema) -> dict[str, tuple[str, ...]]:
    """Columns of numbers that are numbered from 0 without a gap, by the first of them."""
    groups: dict[str, dict[int, str]] = {}
    for field in schema:
        match = NUMBERED.fullmatch(field.name)
        number = pa.types.is_floating(field.type) or pa.types.is_integer(field.type)
        if match and number and len(match[2]) < 6:
            groups.setdefault(match[1], {})[int(match[2])] = field.name
    return {
        names[0]: tuple(names[place] for place in range(len(names)))
        for names in groups.values()
        if len(names) >= FEWEST_NUMBERED and set(names) == set(range(len(names)))
    }


def _rounding(
    path: str, emb: dict[str, Any], size: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Scale and offset of the quantization that metadata describe; 1 and 0 where they do not.

    Raises:
        SourceError: if they are neither one number nor one for each of ``size``.
    """
    own = emb.get("emb:quantization")
    inner = emb.get("item_properties")
    page = own or (inner.get("emb:quantization") if isinstance(inner, dict) else None)
    page = page if isinstance(page, dict) else {}
    scale, offset = _floats(page.get("scale"), 1.0), _floats(page.get("offset"), 0.0)
    for name, numbers in (("scale", scale), ("offset", offset)):
        if len(numbers) not in {1, size}:
            raise SourceError(
                f"{path}: found {len(numbers)} numbers as {name} of its quantization, wanted 1 or "
                f"{size}, as many as an embedding has; next: write the file again"
            )
    return scale, offset


def _floats(said: object, otherwise: float) -> tuple[float, ...]:
    numbers: list[Any] = said if isinstance(said, list) and said else [said]
    good = all(isinstance(one, (int, float)) and np.isfinite(one) for one in numbers)
    return tuple(float(one) for one in numbers) if good else (otherwise,)


def _lengths(column: pa.Array) -> NDArray[np.int64]:
    """How many numbers each list holds, those of lists in it together."""
    lengths: NDArray[np.int64]
    if pa.types.is_fixed_size_list(column.type):
        lengths = np.full(len(column), column.type.list_size, np.int64)
        lengths[np.array(column.is_null().to_pylist(), np.bool_)] = 0
    else:
        lengths = np.array(column.value_lengths().fill_null(0).to_pylist(), np.int64)
    if _item(column.type.value_type) is None:
        return lengths
    owners = np.repeat(np.arange(len(column)), lengths)
    inner = _lengths(column.flatten())
    return np.bincount(owners, weights=inner, minlength=len(column)).astype(np.int64)
