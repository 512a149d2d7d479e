"""Indexes that tests change behind the engine's back."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cmpagl_model.index import read_info
from cmpagl_model.index.format import PARTS, seal
from cmpagl_model.index.layout import FOOTER
from cmpagl_model.index.parts import read_record, read_rows, write_rows
from cmpagl_model.index.versions import commit
from cmpagl_model.records import ModelId

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def part_files(index: Path) -> list[Path]:
    """The files of the parts that the newest version names, by name."""
    return [index / PARTS / entry.name for entry in read_info(index).parts]


def contents(index: Path) -> dict[str, bytes]:
    """The parts that the newest version names, by name without its random digits."""
    return {path.name.rpartition("-")[0]: path.read_bytes() for path in part_files(index)}


def flip(path: Path, place: int, bit: int = 0x10) -> None:
    """Flip a bit of a file and leave its time as it was, as a failing disk does."""
    about, whole = path.stat(), bytearray(path.read_bytes())
    whole[place] ^= bit
    path.write_bytes(whole)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def made_by(index: Path, fingerprint: str) -> None:
    """Make an index what another model would have made, with the same embeddings."""
    info = read_info(index)
    other = replace(info, model=ModelId(info.model.name, fingerprint), parts=())
    entries = []
    for path in part_files(index):
        record = replace(read_record(path), model=other.model)
        table = read_rows(path)
        footer = {**table.schema.metadata, FOOTER: record.to_json()}
        entries.append(write_rows(index, record, table.replace_schema_metadata(footer), other))
    parts = tuple(sorted(entries, key=lambda entry: entry.name))
    commit(index, lambda _: replace(other, parts=parts))


def claims(index: Path, fingerprint: str) -> None:
    """Let an index say that it is another model's; its parts know better."""
    commit(
        index,
        lambda base: replace(base, model=ModelId(base.model.name, fingerprint)),
    )


def sealed(manifest: bytes, change: Callable[[Any], object]) -> bytes:
    """A manifest with something changed in its page, and the right SHA-256 at its end.

    Args:
        manifest: the file.
        change: changes the page.
    """
    page = json.loads(manifest)
    del page["sha256"]
    change(page)
    body = json.dumps(page)[:-1].encode()
    return body + seal(body)
