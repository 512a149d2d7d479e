"""What an index says of itself when a build begins.

Where it is of format 1, or its manifest is damaged, that is made from the parts that lie there.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from cmpagl_model.errors import IndexFormatError, IndexMismatchError, ManifestError
from tiling import ChipSpec
from tiling.composed import is_there

from .catalogue import part_files, parts_of
from .copies import display_name
from .files import check_no_foreign, check_writable
from .format import (
    PART_NAME,
    IndexInfo,
    PartEntry,
    check_model,
    is_index,
    read_front_page,
    read_info,
)
from .messages import difference
from .parts import part_name, read_part, read_record, scene_key
from .versions import commit, put_above

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from pathlib import Path

    from cmpagl_model.encoders import Encoder
    from tiling import SceneRecord

    from .part_records import PartRecord


def current_info(
    folder: Path, check: Callable[[IndexInfo], None] | None = None
) -> IndexInfo | None:
    """The newest version of an index, made from its parts where there is none that can be read.

    Args:
        folder: the index; need not be there.
        check: refuses, by an exception, an index that does not fit; nothing is written then.

    Returns:
        The version; ``None`` if there is no index.

    Raises:
        IndexFormatError: if neither a manifest nor ``_index.json`` can be read.
        OutputError: if it, or a version, cannot be written.
    """
    if not is_index(folder):
        return None
    check_writable(folder)
    try:
        info = read_info(folder)
    except ManifestError:
        if check:
            check(read_front_page(folder)[0])
        return recover_manifest(folder)
    if check:
        check(info)
    if info.number:
        return info

    def upgraded(base: IndexInfo | None) -> IndexInfo:
        base = base or info
        return base if base.number else info_of_parts(folder, base)

    return commit(folder, upgraded)


def recover_manifest(folder: Path) -> IndexInfo:
    """Put a version made from the parts in place of one that is damaged.

    Raises:
        IndexFormatError: if ``_index.json`` cannot be read either.
        OutputError: if the version cannot be written.
    """
    info, _ = read_front_page(folder)
    return put_above(folder, info_of_parts(folder, info))


def info_of_parts(folder: Path, info: IndexInfo) -> IndexInfo:
    """The parts in an index folder as a version names them; every byte of them is read.

    Of several parts that hold the same chips one is named. Those that are damaged or missing are
    named without a SHA-256: they count as lost until they are made again.

    Args:
        folder: the index.
        info: what all its parts share.
    """
    found: dict[tuple[str, int], tuple[PartRecord, PartEntry]] = {}
    damaged: dict[tuple[str, int], str] = {}
    records: list[tuple[str, PartRecord]] = []
    for path in part_files(folder):
        match = PART_NAME.match(path.name)
        if match is None:
            continue
        part_id = (match[1], int(match[2]))
        try:
            record, entry = read_part(path)
        except IndexFormatError:
            damaged[part_id] = path.name
            with suppress(IndexFormatError):  # its footer may say of which scene it is
                record = read_record(path)
                if _is_of(part_id, record, info):
                    records.append((part_id[0], record))
            continue
        if not _is_of(part_id, record, info):
            continue
        if part_id not in found or _is_better((record, entry), found[part_id]):
            found[part_id] = record, entry
    records += [(key, record) for (key, _), (record, _) in found.items()]
    lost = _lost(records, damaged, found)
    parts = sorted([*(entry for _, entry in found.values()), *lost], key=lambda one: one.name)
    return replace(info, parts=tuple(parts))


def _is_of(part_id: tuple[str, int], record: PartRecord, info: IndexInfo) -> bool:
    """Whether a footer is that of the part whose name says this key and number."""
    ours = (record.model, record.number) == (info.model, part_id[1])
    return ours and scene_key(record.scene, info) == part_id[0]


def _is_better(one: tuple[PartRecord, PartEntry], other: tuple[PartRecord, PartEntry]) -> bool:
    """Whether a part goes further than another of the same chips, or its scene alone is there."""
    reach, theirs = ((not entry.begun, record.upto) for record, entry in (one, other))
    if reach != theirs:
        return reach > theirs
    return is_there(one[0].scene.path) and not is_there(other[0].scene.path)


def _lost(
    records: list[tuple[str, PartRecord]],
    damaged: dict[tuple[str, int], str],
    found: Container[tuple[str, int]],
) -> list[PartEntry]:
    """Entries for the parts that should be there and are not, or are damaged.

    Args:
        records: footers, by the keys of their scenes.
        damaged: names of damaged parts, by key and number.
        found: keys and numbers of parts that are whole.
    """
    scenes: dict[str, tuple[int, SceneRecord]] = {}
    for key, record in records:
        known = scenes.get(key, (0, record.scene))
        scenes[key] = max(known, (record.plan_chips, record.scene), key=lambda one: one[0])
    lost = {part_id: PartEntry(name, 0, "", 0, "", "", 0, 0) for part_id, name in damaged.items()}
    for key, (planned, scene) in scenes.items():
        for number in range(parts_of(planned)):
            name = damaged.get((key, number)) or part_name(scene, key, number)
            given = scene.crs if scene.crs_given else ""
            lost[key, number] = PartEntry(name, 0, "", 0, "", scene.path, planned, 0, crs=given)
    return [entry for part_id, entry in lost.items() if part_id not in found]


def compatible_info(folder: Path, encoder: Encoder, spec: ChipSpec | None) -> IndexInfo:
    """The index as it is, or as it will be if there is none; nothing is written for that.

    Raises:
        IndexMismatchError: if it is of another model or chip specification.
        OutputError: if there is none, and the folder holds anything else.
    """

    def check(found: IndexInfo) -> None:
        check_model(folder, found, encoder.model.id)
        if spec is not None and spec != found.spec:
            raise IndexMismatchError(
                f"{display_name(folder)}: found an index cut with {difference(found.spec, spec)}, "
                f"wanted {difference(spec, found.spec)}; next: leave the chip options out, choose "
                "another -o, or give --rebuild"
            )

    info = current_info(folder, check)
    if info is None:
        check_no_foreign(folder)
        return new_info(encoder, spec)
    return info


def new_info(encoder: Encoder, spec: ChipSpec | None) -> IndexInfo:
    """What a new index with this encoder says.

    Args:
        encoder: embeds the chips.
        spec: how to cut them; ``None``: automatically.
    """
    config = encoder.model.config
    wanted = spec or ChipSpec(size_px=config.image.input_px)
    read_back = ChipSpec.from_json(wanted.to_json())  # an overlap of 0 becomes 0.0, as in a rerun
    return IndexInfo(encoder.model.id, config.embedding_size, read_back)
