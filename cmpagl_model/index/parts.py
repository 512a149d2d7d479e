"""One part of an index: a GeoParquet 1.1 file of at most 4,096 planned chips of one scene.

Which part holds which chips follows from the plan alone, and its name from (scene checksum, chip
specification, model fingerprint) and a few random digits. So a stopped run's parts are found again,
any number of workers can write parts of one index, and no file is ever written over by another.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cmpagl_model.atomic import flush_folder, write_bytes
from cmpagl_model.errors import IndexFormatError, OutputError, first_line
from cmpagl_model.records import Damage, ModelId
from tiling import SceneRecord, TilingError, Window

from .files import bytes_of, token
from .format import KEY_DIGITS, PARTS, PartEntry, cannot_write
from .layout import EMB, FOOTER, VECTOR, WINDOW, emb_json, table_of, write_table
from .part_records import PartArrays, PartRecord

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.index.format import IndexInfo


def scene_key(scene: SceneRecord, info: IndexInfo) -> str:
    """What decides whether a scene is done: its content, the chip specification and the model.

    So does a CRS that was given in place of the file's, for places follow from it.
    """
    given = (scene.crs,) if scene.crs_given else ()
    text = "|".join((scene.checksum, info.spec.to_json(), info.model.fingerprint, *given))
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS]


def part_name(scene: SceneRecord, key: str, number: int) -> str:
    """A new file name for a part: a readable stem, the scene's key, the part's number, a token."""
    stem = Path(scene.path.split("?")[0]).stem
    readable = re.sub(r"[^A-Za-z0-9_]+", "_", stem)[:60].strip("_") or "scene"
    return f"{readable}-{key}-{number:05d}-{token()}.parquet"


def write_part(folder: Path, record: PartRecord, rows: PartArrays, info: IndexInfo) -> PartEntry:
    """Write a part, whole or not at all; no version names it yet.

    Args:
        folder: the index.
        record: its footer.
        rows: its chips; may be none.
        info: the index it belongs to.

    Returns:
        What a version says of it.

    Raises:
        OutputError: if it cannot be written; nothing is left behind then.
    """
    return write_rows(folder, record, table_of(record, rows, info), info)


def move_part(folder: Path, entry: PartEntry, scene: SceneRecord, info: IndexInfo) -> PartEntry:
    """Write a part again whose scene lies elsewhere now; the old one stays.

    Args:
        folder: the index.
        entry: the part.
        scene: the record of the same content at its new place.
        info: the index.

    Returns:
        The new part.

    Raises:
        IndexFormatError: if the part is damaged.
        OutputError: if it cannot be written.
    """
    path = folder / PARTS / entry.name
    record = dataclasses.replace(read_record(path), scene=scene)
    table = read_rows(path)
    column = table.schema.get_field_index("scene")
    table = table.set_column(column, "scene", pa.array([scene.path] * len(table), pa.string()))
    footer = {**table.schema.metadata, FOOTER: record.to_json(), EMB: emb_json(record, info)}
    return write_rows(folder, record, table.replace_schema_metadata(footer), info)


def write_rows(folder: Path, record: PartRecord, table: pa.Table, info: IndexInfo) -> PartEntry:
    """Write a part whose rows have their footer already; see :func:`write_part`.

    Raises:
        OutputError: if it cannot be written; nothing is left behind then.
    """
    written = io.BytesIO()
    write_table(table, written)
    name = part_name(record.scene, scene_key(record.scene, info), record.number)
    try:
        (folder / PARTS).mkdir(parents=True, exist_ok=True)
        flush_folder(folder)  # a version must not outlive the folder of the parts that it names
        write_bytes(folder / PARTS / name, written.getvalue())
    except OSError as error:
        raise OutputError(cannot_write(folder, error)) from error
    return _entry(name, written.getbuffer(), record, table)


def read_part(path: Path) -> tuple[PartRecord, PartEntry]:
    """Read the whole of a part that no version vouches for; every page is verified.

    Raises:
        IndexFormatError: if it is damaged or no part of an index.
    """
    raw = _bytes_of(path)
    record, table = read_record(path), _rows_of(path, raw, None)
    try:
        return record, _entry(path.name, memoryview(raw), record, table)
    except (KeyError, TypeError, ValueError, pa.ArrowException) as error:  # of other columns
        raise IndexFormatError(damaged_part(path, error)) from error


def _entry(name: str, raw: memoryview, record: PartRecord, table: pa.Table) -> PartEntry:
    return PartEntry(
        name=name,
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        rows=len(table),
        content=_content(record, table),
        scene=record.scene.path,
        planned=record.plan_chips,
        damaged=len(record.damage),
        begun=record.upto > 0,
        crs=record.scene.crs if record.scene.crs_given else "",
    )


def _content(record: PartRecord, table: pa.Table) -> str:
    """SHA-256 over which chips of which pixels a part has, and what was left out.

    Footprints and metres follow from the scene. Embeddings do too, but for their last bits, which
    depend on the processor: they are no part of it.
    """
    table = table.combine_chunks()
    window = table["window"].combine_chunks()
    about = [
        record.scene.checksum, record.model.fingerprint, record.plan_chips, record.number,
        record.skipped, [dataclasses.astuple(one.window) for one in record.damage], len(table),
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(about).encode())
    for column in (
        table["chip"], *(window.field(field.name) for field in WINDOW), table["valid_fraction"],
        table["edge"].cast(pa.uint8()),
    ):  # fmt: skip
        if len(column):
            whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
            plain = np.from_dlpack(whole)
            digest.update(plain.astype(plain.dtype.newbyteorder("<"), copy=False).tobytes())
    return digest.hexdigest()


def read_record(path: Path) -> PartRecord:
    """The footer of a part, without its rows.

    Raises:
        IndexFormatError: if the part is damaged or no part of an index.
    """
    try:
        footer = metadata_of(path).metadata or {}
        fields = json.loads(footer[FOOTER])
        return PartRecord(
            scene=SceneRecord.from_json(json.dumps(fields["scene"])),
            model=ModelId(**fields["model"]),
            plan_chips=int(fields["plan_chips"]),
            number=int(fields["number"]),
            skipped=tuple((str(reason), int(count)) for reason, count in fields["skipped"]),
            damage=tuple(Damage(Window(**d["window"]), str(d["reason"])) for d in fields["damage"]),
            upto=int(fields.get("upto", 0)),
        )
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError, TilingError) as error:
        raise IndexFormatError(damaged_part(path, error)) from error


def metadata_of(path: Path) -> pq.FileMetaData:
    """What a Parquet file says of itself, whatever bytes its path is of."""
    with pa.OSFile(os.fsencode(path)) as stream:
        return pq.read_metadata(stream)


def read_rows(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The rows of a part, page checksums verified.

    Args:
        path: the part.
        columns: which columns; ``None``: all.

    Raises:
        IndexFormatError: if the part is damaged.
    """
    return _rows_of(path, _bytes_of(path), columns)


def read_sealed_rows(path: Path, entry: PartEntry, columns: list[str]) -> pa.Table:
    """The rows of a part that is byte for byte the one that a version names.

    Raises:
        IndexFormatError: if it is damaged or another.
    """
    raw = _bytes_of(path)
    if entry.size >= 0 and hashlib.sha256(raw).hexdigest() != entry.sha256:
        raise IndexFormatError(damaged_part(path, ValueError("another SHA-256")))
    return _rows_of(path, raw, columns)


def is_whole(folder: Path, entry: PartEntry, *, by_size: bool = False) -> bool:
    """Whether a part is byte for byte the one that a version names.

    Args:
        folder: the index.
        entry: the part.
        by_size: whether its size is enough, and its bytes are not read.
    """
    path = folder / PARTS / entry.name
    try:
        if path.stat().st_size != entry.size:
            return False
        return by_size or hashlib.sha256(bytes_of(path)).hexdigest() == entry.sha256
    except OSError:
        return False


def _bytes_of(path: Path) -> bytes:
    try:
        return bytes_of(path)
    except OSError as error:
        raise IndexFormatError(damaged_part(path, error)) from error


def _rows_of(path: Path, raw: bytes, columns: list[str] | None) -> pa.Table:
    try:
        with pq.ParquetFile(pa.BufferReader(raw), page_checksum_verification=True) as part:
            return part.read(columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise IndexFormatError(damaged_part(path, error)) from error


def embeddings_offset(path: Path, embeddings: NDArray[np.float16]) -> int | None:
    """Where the embeddings of a part lie in the file as they are, found by comparing every byte.

    Args:
        path: the part.
        embeddings: ``(n, D)``.

    Returns:
        Offset of the first byte; ``None`` where they lie otherwise.
    """
    about = metadata_of(path)
    if about.num_row_groups != 1:
        return None
    group = about.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    for column in columns:
        if column.path_in_schema == VECTOR and column.compression == "UNCOMPRESSED":
            content = embeddings.tobytes()
            end = int(column.data_page_offset + column.total_compressed_size)
            offset = max(0, end - len(content))
            with path.open("rb") as stream:
                stream.seek(offset)
                return offset if stream.read(len(content)) == content else None
    return None


def damaged_part(path: Path, error: Exception) -> str:
    """What to say of a part that cannot be read."""
    return (
        f"{path.name}: damaged part ({first_line(error)}); next: run 'cmpagl index' on its scene "
        "again, which makes this part anew"
    )
