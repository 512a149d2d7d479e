"""Chips, scenes and hits as features of GeoJSON (RFC 7946)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from cmpagl_model.errors import CmpaglError
from cmpagl_model.index.imported import has_pixels
from cmpagl_model.index.vectors import DEGREE_GRID
from cmpagl_model.search import ChipPlace
from cmpagl_model.table.chips import shape_around
from tiling import Window
from tiling.georef import footprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from cmpagl_model.server.roots import Roots
    from cmpagl_model.server.wire_hits import WireHit
    from cmpagl_model.table.chips import ChipTable
    from tiling import SceneRecord

    Page = dict[str, Any]

CHIP_ID = re.compile(r"([0-9a-f]{16})" + r"-(\d{1,9})" * 4 + r"-([0-9.e+]{1,16})\Z", re.ASCII)


class NotFoundError(CmpaglError):
    """There is no such thing here."""


@dataclass(frozen=True, eq=False)
class Holding:
    """An index as a collection."""

    table: ChipTable
    """Its chips."""
    keys: tuple[str, ...]
    """What each scene is called in an ``id``: it follows from content, not from place."""
    roots: Roots
    """Scenes outside have no pictures, and no more than a name."""
    url: str
    """Of the collection of chips."""

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {scene.path: number for number, scene in enumerate(self.table.scenes)}

    @cached_property
    def _shown(self) -> dict[int, tuple[str, bool]]:
        return {}

    def place(self, item: str) -> ChipPlace:
        """The chip that an ``id`` names.

        Raises:
            NotFoundError: if it names none that this index could have.
        """
        match = CHIP_ID.match(item)
        key, *numbers, ground = match.groups() if match else ("", "1")
        if match is None or key not in self.keys:
            raise NotFoundError(
                f"found no chip {item[:80]!r} in this collection, wanted the id of a feature; "
                "next: search again, for its scene may have changed"
            )
        try:
            ground_m = float(ground)
        except ValueError:
            ground_m = 0.0  # which no chip has
        scene = self.table.scenes[self.keys.index(key)]
        return ChipPlace(scene.path, Window(*map(int, numbers)), ground_m)

    def chips(self, rows: NDArray[np.int64]) -> list[Page]:
        """Some chips."""
        table = self.table
        facts = table.packed.rows[rows]
        owners, said = table.scene_of[rows].tolist(), table.said_of(rows)
        shapes = _pages(table.footprints(rows))
        pages = []
        for place, window in enumerate(facts["window"].tolist()):
            chip = facts[place]
            page = self._chip(owners[place], window, float(chip["ground_m"]), shapes[place])
            page["properties"] |= {
                "datetime": said[place].datetime,
                "imported_id": said[place].id,
                "imported_source": said[place].source,
                "gsd_m": round(float(chip["gsd_m"]), 6),
                "valid": round(float(chip["valid"]), 4),
            }
            pages.append(page)
        return pages

    def hits(self, hits: Sequence[WireHit]) -> list[Page]:
        """Some hits; those of scenes that went meanwhile are left out."""
        pages = []
        for hit in hits:
            owner = self._numbers.get(hit.scene)
            if owner is None:
                continue
            page = self._chip(owner, hit.window, hit.ground_m, hit.geometry)
            ranked = {"rank": hit.rank, "score": hit.score, "relevance": hit.relevance}
            page["properties"] = ranked | page["properties"] | {
                "datetime": hit.datetime,
                "imported_id": hit.id,
                "imported_source": hit.source,
                "gsd_m": hit.gsd_m,
            }  # fmt: skip
            pages.append(page)
        return pages

    def scenes(self, numbers: Sequence[int]) -> list[Page]:
        """Some scenes."""
        counts = np.bincount(self.table.scene_of, minlength=len(self.table.scenes))
        outlines: list[BaseGeometry] = []
        for number in numbers:
            scene = self.table.scenes[number]
            if has_pixels(scene):
                outlines.append(footprint(scene, Window(0, 0, scene.width, scene.height)))
            else:  # the box of its chips
                rows = np.flatnonzero(self.table.scene_of == number)
                outlines.append(shape_around(self.table.bounds(rows)))
        shapes = _pages(np.array(outlines, object))
        pages = []
        for number, shape in zip(numbers, shapes, strict=True):
            scene = self.table.scenes[number]
            facts = {
                "scene": self._seen(number)[0],
                "datetime": scene.taken or None,
                "chips": int(counts[number]),
                "crs": scene.crs,
                "width": scene.width,
                "height": scene.height,
            }
            pages.append(_feature(self.keys[number], shape, facts))
        return pages

    def _chip(self, owner: int, window: Sequence[int], ground_m: float, shape: Page) -> Page:
        col, row, width, height = window
        item = f"{self.keys[owner]}-{col}-{row}-{width}-{height}-{ground_m:.6g}"
        name, drawn = self._seen(owner)
        scene = self.table.scenes[owner]
        facts = {
            "scene": name,
            "ground_m": round(ground_m, 6),
            "col": col, "row": row, "width": width, "height": height,
            "edge": col + width >= scene.width or row + height >= scene.height,
            "thumbnail": f"{self.url}/thumbnails/{item}.png" if drawn else None,
        }  # fmt: skip
        return _feature(item, shape, facts)

    def _seen(self, number: int) -> tuple[str, bool]:
        """What a scene is called, and whether it can be drawn."""
        if number not in self._shown:
            scene = self.table.scenes[number]
            self._shown[number] = self.roots.name(scene.path), self.drawn(scene)
        return self._shown[number]

    def drawn(self, scene: SceneRecord) -> bool:
        """Whether pictures of a scene's chips are given."""
        return has_pixels(scene) and self.roots.may_read(scene.path)


def _feature(item: str, shape: Page, facts: Page) -> Page:
    return {"type": "Feature", "id": item, "geometry": shape, "properties": facts}


def _pages(shapes: NDArray[np.object_]) -> list[Page]:
    """Geometries as GeoJSON, to about a millimetre."""
    precise = shapely.set_precision(shapes, DEGREE_GRID, mode="pointwise")
    return [json.loads(text) for text in shapely.to_geojson(precise).tolist()]
