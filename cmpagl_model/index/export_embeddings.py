"""The embeddings of an index for other tools: GeoParquet, Lance, or one array of numpy."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cmpagl_model.atomic import making_folder, replacing
from cmpagl_model.errors import IndexFormatError, MissingExtraError, OutputError
from cmpagl_model.records import Problem

from .catalogue import some_parts
from .format import read_info
from .layout import EMB, GEO, TIME, emb_fields, geo_json
from .parts import metadata_of, read_sealed_rows
from .vectors import PARQUET, check_output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .catalogue import Part
    from .format import IndexInfo

NUMPY, LANCE = ".npy", ".lance"
ENDINGS = (PARQUET, NUMPY, LANCE)
GROUP_ROWS = 10_000
"""Rows of a row group at least, of all but the last: smaller ones are read slowly."""
GIVEN = pa.schema([("id", pa.string()), ("datetime", TIME), ("source", pa.string())])
"""Columns that parts of imported embeddings may have."""


def export_embeddings(folder: Path, target: Path) -> tuple[int, tuple[Problem, ...]]:
    """Write the embeddings of all chips, part by part.

    Args:
        folder: an index.
        target: ``.parquet`` for GeoParquet 1.1 with the embeddings as lists of float32 next to
            footprint, scene, window and metres; ``.lance`` for the same columns as a dataset of
            Lance, a new folder; ``.npy`` for the embeddings alone as float16 ``(n, D)``, in the
            same order. A file is replaced if it exists.

    Returns:
        How many embeddings were written, and the parts that could not be read.

    Raises:
        IndexFormatError: if the folder is no index, or no part of it can be read.
        OutputError: if the file cannot be written.
        MissingExtraError: if Lance is not installed, and wanted.
    """
    ending = target.suffix.lower()
    if ending == LANCE and importlib.util.find_spec("lance") is None:
        raise MissingExtraError(
            f"{target}: found no lance in this environment, wanted it for {LANCE}; next: pip "
            "install 'cmpagl-qgis[lance]', or -o with the ending .parquet"
        )
    if ending == LANCE and target.exists():  # a dataset of Lance may be somebody's only one
        raise OutputError(
            f"{target}: found something there, wanted a new name; next: move it away, or choose "
            "another -o"
        )
    check_output(target, folder, known=ENDINGS)
    info = read_info(folder)
    parts, problems = some_parts(folder, info)
    try:
        if ending == LANCE:
            count = _write_lance(target, info, parts, problems)
        else:
            write = _write_numpy if ending == NUMPY else _write_parquet
            with replacing(target) as part:
                count = write(part, info, parts, problems)
    except OSError as error:
        raise OutputError(
            f"{target}: cannot write ({error.strerror or error}); wanted a writable place with "
            "enough room; next: free some space or choose another -o"
        ) from error
    return count, tuple(problems)


def _tables(parts: list[Part], columns: list[str], problems: list[Problem]) -> Iterator[pa.Table]:
    for part in parts:
        try:
            there = set(metadata_of(part.path).schema.to_arrow_schema().names)
            wanted = [name for name in columns if name in there]
            yield read_sealed_rows(part.path, part.entry, wanted)
        except (IndexFormatError, OSError, pa.ArrowException) as error:  # noqa: PERF203 - a part
            problems.append(Problem(part.path.name, str(error)))


def _write_parquet(
    path: Path, info: IndexInfo, parts: list[Part], problems: list[Problem]
) -> int:  # fmt: skip
    schema = _schema(info, parts)
    packed = {"compression": "zstd", "use_dictionary": ["scene", "source"]}
    vector = "embedding.list.element"
    spread = {vector: "BYTE_STREAM_SPLIT"}
    count = 0
    with (
        path.open("wb") as stream,
        pq.ParquetWriter(stream, schema, column_encoding=spread, **packed) as file,
    ):
        waiting: list[pa.Table] = []
        for table in _whole_tables(schema, parts, problems):
            waiting.append(table)
            count += len(table)
            if sum(map(len, waiting)) >= GROUP_ROWS:
                file.write_table(pa.concat_tables(waiting))
                waiting = []
        if waiting:
            file.write_table(pa.concat_tables(waiting))
    return count


def _whole_tables(
    schema: pa.Schema, parts: list[Part], problems: list[Problem]
) -> Iterator[pa.Table]:
    """The rows of all parts, each with all columns."""
    for table in _tables(parts, schema.names, problems):
        columns = [
            table[name].cast(dtype) if name in table.column_names else pa.nulls(len(table), dtype)
            for name, dtype in zip(schema.names, schema.types, strict=True)
        ]
        yield pa.table(columns, schema=schema)


def _write_lance(
    target: Path, info: IndexInfo, parts: list[Part], problems: list[Problem]
) -> int:  # fmt: skip
    import lance  # noqa: PLC0415 - seconds to import, and optional

    schema = _schema(info, parts)

    def batches() -> Iterator[pa.RecordBatch]:
        for table in _whole_tables(schema, parts, problems):
            yield from table.to_batches()

    with making_folder(target) as part:
        reader = pa.RecordBatchReader.from_batches(schema, batches())
        return int(lance.write_dataset(reader, str(part)).count_rows())


def _schema(info: IndexInfo, parts: list[Part]) -> pa.Schema:
    """Columns and footer of the whole: those of the parts, and what imported ones have besides."""
    geometry_types, boxes, fields = set[str](), list[list[float]](), dict[str, pa.Field]()
    column: dict[str, Any] = {}
    for part in parts:
        schema = metadata_of(part.path).schema.to_arrow_schema()
        fields.update({field.name: field for field in schema})
        column = json.loads(schema.metadata[GEO])["columns"]["geometry"]
        geometry_types.update(column["geometry_types"])
        boxes += [column["bbox"]] if "bbox" in column else []
    column["geometry_types"] = sorted(geometry_types)
    if boxes:
        low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
        column["bbox"] = [*low[:2].tolist(), *high[2:].tolist()]
    given = [field for field in GIVEN if field.name in fields]
    plain = [field for name, field in fields.items() if name not in {"embedding", *GIVEN.names}]
    vector = pa.field("embedding", pa.list_(pa.float32(), info.embedding_size))
    emb = json.dumps(emb_fields(info, "float32"))
    footer = {GEO: geo_json(column), EMB: emb}
    return pa.schema([*plain, *given, vector], metadata=footer)


def _write_numpy(path: Path, info: IndexInfo, parts: list[Part], problems: list[Problem]) -> int:
    """The array with its header, which numpy makes of one length whatever the number of rows."""
    count = 0
    with path.open("wb") as file:
        _write_header(file, (0, info.embedding_size))
        for table in _tables(parts, ["embedding"], problems):
            vectors = table["embedding"].combine_chunks().flatten()
            file.write(np.from_dlpack(vectors).astype("<f2", copy=False).tobytes())
            count += len(table)
        file.seek(0)
        _write_header(file, (count, info.embedding_size))
    return count


def _write_header(file: BinaryIO, shape: tuple[int, int]) -> None:
    about = {"descr": "<f2", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, about)
