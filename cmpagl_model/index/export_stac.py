"""An index as a STAC collection with an item for each scene, in the words of STAC 1.0.0.

That version, for the extension for embeddings 0.0.1 asks for it. The files lie in a folder of their
own, for an index holds nothing but what makes it; they point at its parts by relative paths, so
both can be moved together.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from cmpagl_model.atomic import delete
from cmpagl_model.errors import IndexFormatError, OutputError
from cmpagl_model.model_folder import find_maker
from cmpagl_model.model_item import model_item
from cmpagl_model.records import Problem
from cmpagl_model.table.chips import bounds_of, shape_around, split_box
from cmpagl_model.table.imported import TIME
from tiling import Window
from tiling.addresses import is_url
from tiling.dates import span_of, text_of
from tiling.georef import footprint

from .catalogue import some_parts
from .copies import address_of
from .format import PART_NAME, PARTS, cannot_write, read_info
from .imported import has_pixels
from .layout import MODEL, SOURCE_DATA, address, emb_json, times_of
from .parts import metadata_of, read_sealed_rows
from .vectors import check_output, geojson_geometry, write_text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from .catalogue import Part
    from .format import IndexInfo

VERSION = "1.0.0"
EMBEDDINGS = "https://stac-extensions.github.io/embeddings/v0.0.1/schema.json"
PROJECTION = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"
PARQUET = "application/vnd.apache.parquet"
COLLECTION, ITEMS, MODEL_ITEM = "collection.json", "items", "model.json"
MARK = "cmpagl:content"
"""In a collection of ours: hash of the index's content. Others are not written over."""
OLDEST = datetime(1858, 1, 1, tzinfo=timezone.utc)
"""Nobody took a picture from above before: STAC wants two ends where no date is known."""
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
UNDATED = (
    "When the scene was taken is not known: the interval begins with the first pictures ever taken "
    "from above and ends when its file was last changed."
)


@dataclass(frozen=True, slots=True)
class _When:
    """When a scene was taken."""

    first: datetime
    """Not before."""
    last: datetime
    """Not after."""
    known: bool
    """Whether anybody says so."""


def export_stac(folder: Path, target: Path) -> tuple[int, tuple[Problem, ...]]:
    """Write a collection of an index and an item for each of its scenes.

    Args:
        folder: an index.
        target: a folder, made if it is missing: ``collection.json``, ``items/``, and an item of the
            model where it is available. A collection that this wrote before is replaced.

    Returns:
        How many items were written, and the parts that could not be read.

    Raises:
        IndexFormatError: if the folder is no index, or no part of it can be read.
        OutputError: if the target holds other files, or cannot be written.
    """
    check_output(target, folder, known=None)
    info = read_info(folder)
    parts, problems = some_parts(folder, info)
    before = _items_before(target)
    items, times = _items(parts, info, target, problems)
    pages = {f"{ITEMS}/{item['id']}.json": item for item in items}
    collection = _collection(folder, info, parts, items, times)
    maker = find_maker(info.model)
    if maker:
        pages[MODEL_ITEM] = model_item(maker)
        link = next(link for link in collection["links"] if link["rel"] == MODEL)
        link.update({"href": f"./{MODEL_ITEM}", "type": "application/geo+json"})
    try:
        (target / ITEMS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(cannot_write(target, error)) from error
    for name, fields in {**pages, COLLECTION: collection}.items():
        write_text(target / name, json.dumps(fields, indent=1, ensure_ascii=False) + "\n")
    for name in before.difference(pages):
        delete(target / name)
    return len(items), tuple(problems)


def _items(
    parts: list[Part], info: IndexInfo, target: Path, problems: list[Problem]
) -> tuple[list[dict[str, Any]], list[_When]]:
    """The items of all scenes and their times; a scene with a damaged part is told."""
    scenes: dict[str, list[Part]] = {}
    for part in parts:
        scenes.setdefault(part.key, []).append(part)
    items, times = [], []
    for own in scenes.values():
        try:
            when = _when(own)
            items.append(_item(own, info, when, target))
            times.append(when)
        except IndexFormatError as error:  # noqa: PERF203 - a scene
            problems.append(Problem(own[0].path.name, str(error)))
    return items, times


def _items_before(target: Path) -> set[str]:
    """Names of the items that an earlier call wrote.

    Raises:
        OutputError: if there is anything else.
    """
    if target.is_dir() and not any(target.iterdir()):
        return set()
    try:
        fields = json.loads((target / COLLECTION).read_text(encoding="utf-8"))
        ours = MARK in fields
        links = [str(link["href"]) for link in fields["links"] if link["rel"] == "item"]
    except FileNotFoundError:
        ours, links = not os.path.lexists(target), []
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        ours, links = False, []
    if not ours:
        raise OutputError(
            f"{target}: found other files, wanted a new or empty folder, or one that an earlier "
            "--stac made; next: name another folder"
        )
    own = {link.removeprefix("./") for link in links}
    return {name for name in own if name == f"{ITEMS}/{Path(name).name}"}


def _collection(
    folder: Path, info: IndexInfo, parts: list[Part], items: list[dict[str, Any]],
    times: list[_When],
) -> dict[str, Any]:  # fmt: skip
    fields = json.loads(emb_json(parts[0].record, info))
    boxes = np.array([half for item in items for half in split_box(item["bbox"])]).reshape(-1, 4)
    first = min((when.first for when in times), default=OLDEST)
    last = max((when.last for when in times), default=EPOCH)
    known = bool(times) and all(when.known for when in times)
    links = [link for link in fields["links"] if link["rel"] == MODEL]
    links += [{"rel": SOURCE_DATA, "href": _source(parts), "title": "scenes"}]
    links += [{"rel": "root", "href": f"./{COLLECTION}", "type": "application/json"}]
    links += [
        {"rel": "item", "href": f"./{ITEMS}/{item['id']}.json", "type": "application/geo+json"}
        for item in items
    ]
    return {
        "type": "Collection",
        "stac_version": VERSION,
        "stac_extensions": [EMBEDDINGS],
        "id": _name(folder),
        "title": f"Embeddings of {_name(folder)}",
        "description": f"Embeddings of chips of {len(items)} scenes by {info.model.name}.",
        "license": "proprietary",  # STAC's word where there is no name of a licence
        "extent": {
            "spatial": {"bbox": [list(bounds_of(boxes))]},
            "temporal": {"interval": [[text_of(first) if known else None, text_of(last)]]},
        },
        "emb:type": fields["emb:type"],
        "emb:dimensions": fields["emb:dimensions"],
        "data_type": fields["data_type"],
        **{name: fields[name] for name in ("emb:chip_layout",) if name in fields},
        MARK: info.content,
        "links": links,
    }


def _source(parts: list[Part]) -> str:
    """Where the scenes lie: the folder of all of them, or the first one's address."""
    paths = [part.record.scene.path for part in parts]
    try:
        folder = Path(os.path.commonpath([os.path.dirname(path) for path in paths]))  # noqa: PTH120
    except ValueError:  # on several drives
        folder = Path()
    if folder.is_absolute() and not any(map(is_url, paths)):
        return folder.as_uri()
    return address(paths[0])


def _item(own: list[Part], info: IndexInfo, when: _When, target: Path) -> dict[str, Any]:
    """The item of a scene, from its parts."""
    collection = _name(own[0].path.parents[1])
    record = own[0].record
    fields = json.loads(emb_json(record, info))
    shape = _footprint(own)
    source = [link for link in fields["links"] if link["rel"] == SOURCE_DATA]
    up = {"href": f"../{COLLECTION}", "type": "application/json"}
    projection: dict[str, Any] = {}
    if has_pixels(record.scene):
        scene = record.scene
        is_code = scene.crs.partition(":")[2].isalnum()
        projection = {"proj:code": scene.crs if is_code else None}
        projection |= {} if is_code else {"proj:wkt2": scene.crs}
        projection["proj:shape"] = [scene.height, scene.width]
        projection["proj:transform"] = list(scene.transform)
    extensions = [EMBEDDINGS, *([PROJECTION] if projection else [])]
    match = PART_NAME.match(own[0].path.name)
    name = own[0].path.name[: match.end(1)] if match else own[0].key
    return {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": extensions,
        "id": name,
        "collection": collection,
        "geometry": geojson_geometry(shape),
        "bbox": list(bounds_of(shapely.bounds(shapely.get_parts(shape)).reshape(-1, 4))),
        "properties": {
            **times_of(when.first, when.last),
            **({} if when.known else {"description": UNDATED}),
            **fields["item_properties"],
            **projection,
        },
        "links": [*({"rel": rel, **up} for rel in ("root", "parent", "collection")), *source],
        "assets": {
            "embeddings" if not number else f"embeddings-{number}": {
                "href": _href(part.path, target / ITEMS),
                "type": PARQUET,
                "roles": ["data"],
                "title": f"{part.entry.rows} embeddings",
            }
            for number, part in enumerate(own)
        },
    }


def _href(part: Path, item: Path) -> str:
    """A link to a part, from the folder of items: its address if its index lies in a store."""
    stored = address_of(part.parents[1])
    if stored:
        return f"{stored}/{PARTS}/{part.name}"
    try:
        return Path(os.path.relpath(part.absolute(), item.absolute())).as_posix()
    except ValueError:  # on another drive of Windows
        return part.absolute().as_uri()


def _footprint(own: list[Part]) -> BaseGeometry:
    """Where a scene lies; of one without pixels, the box of its chips.

    Raises:
        IndexFormatError: if a part is damaged.
    """
    scene = own[0].record.scene
    if has_pixels(scene):
        return footprint(scene, Window(0, 0, scene.width, scene.height))
    columns = [read_sealed_rows(part.path, part.entry, ["geometry"])["geometry"] for part in own]
    shapes = [shapely.from_wkb(column.to_pylist()) for column in columns]
    return shape_around(shapely.bounds(shapely.get_parts(np.concatenate(shapes))))


def _when(own: list[Part]) -> _When:
    """When a scene was taken, or its rows were.

    Raises:
        IndexFormatError: if a part is damaged.
    """
    scene = own[0].record.scene
    if scene.taken:
        return _When(*span_of(scene.taken), known=True)
    times: list[datetime] = []
    for part in own if not has_pixels(scene) else ():
        if TIME in metadata_of(part.path).schema.to_arrow_schema().names:
            column = read_sealed_rows(part.path, part.entry, [TIME])[TIME]
            times += [time for time in column.to_pylist() if time is not None]
    if times:
        return _When(min(times), max(times), known=True)
    changed = EPOCH + timedelta(microseconds=scene.mtime_ns // 1000)
    last = changed if scene.mtime_ns > 0 else datetime.now(timezone.utc)
    return _When(OLDEST, last.replace(microsecond=0), known=False)


def _name(folder: Path) -> str:
    """What the collection of an index is called."""
    return folder.absolute().stem or "index"
