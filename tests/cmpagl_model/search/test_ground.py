"""One place is one hit: the same ground across scenes, CRS, sizes and the date line."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin
from rasterio.warp import transform
from shapely import box

from cmpagl_model import open_index
from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from cmpagl_model.search.merge import (
    MAX_SIDE_RATIO,
    MIN_OVERLAP,
    MOST_SIBLINGS,
    siblings_of,
    suppress_overlaps,
)
from tiling import ChipSpec


def paint(path, crs, centre, size_m, metre=1.0, seed=0):
    """A noisy scene of a square on the ground around a point (longitude, latitude)."""
    (x,), (y,) = transform("OGC:CRS84", crs, [centre[0]], [centre[1]])
    side = round(size_m / metre)
    pixels = np.random.default_rng(seed).integers(0, 255, (3, side, side), np.uint8)
    with rasterio.open(
        path, "w", driver="GTiff", width=side, height=side, count=3, dtype="uint8", crs=crs,
        transform=from_origin(x - size_m / 2, y + size_m / 2, metre, metre),
    ) as scene:  # fmt: skip
        scene.write(pixels)
    return str(path)


def index_of(folder, scenes, sizes=(200.0, 400.0, 800.0)):
    build_index(scenes, folder, open_encoder(), ChipSpec(size_px=192, ground_sizes_m=sizes))
    return open_index(folder)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """One place in two UTM zones, between which it lies, and in Web Mercator; another elsewhere."""
    folder = tmp_path_factory.mktemp("ground")
    middle = (6.0, 50.0)
    scenes = [
        paint(folder / "west.tif", "EPSG:32631", middle, 800, 2.0, 1),
        paint(folder / "east.tif", "EPSG:32632", middle, 800, 2.0, 2),
        paint(folder / "far.tif", "EPSG:32632", (9.0, 50.0), 800, 2.0, 3),
    ]
    return index_of(folder / "x.cmpagl", scenes)


def plain(table, ranked, wanted):
    """The rule as it is said, over outlines, slowly."""
    shapes, sides = table.footprints(np.arange(len(table))), table.ground_m[:]

    def same(one, other):
        small, large = sorted((sides[one], sides[other]))
        both = shapes[one].intersection(shapes[other]).area
        return large <= MAX_SIDE_RATIO * small and both > MIN_OVERLAP * min(
            shapes[one].area, shapes[other].area
        )

    kept = []
    for row in ranked.tolist():
        if len(kept) < wanted and not any(same(row, other) for other in kept):
            kept.append(row)
    return kept, same


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("wanted", [1, 4, 1000])
def test_as_the_plain_rule_over_outlines(index, seed, wanted):
    ranked = np.random.default_rng(seed).permutation(len(index.table))
    wanted_rows, same = plain(index.table, ranked, wanted)
    kept = suppress_overlaps(index.table, ranked, wanted)
    assert kept.tolist() == wanted_rows
    table = index.table
    for hit, found in zip(kept.tolist(), siblings_of(table, kept, ranked), strict=True):
        kinds = [(table.scene_of[row], table.ground_m[row]) for row, _ in found]
        assert len({*kinds, (table.scene_of[hit], table.ground_m[hit])}) == len(kinds) + 1
        assert all(same(hit, row) for row, _ in found)
        if len(found) < MOST_SIBLINGS:
            missing = {
                (table.scene_of[row], table.ground_m[row])
                for row in set(ranked.tolist()) - set(kept.tolist())
                if same(hit, row)
            }
            assert missing <= {*kinds, (table.scene_of[hit], table.ground_m[hit])}


def test_two_zones_are_one_place_and_another_is_not(index):
    answer = index.search("a field", 50)
    for one, other in itertools.combinations(answer.hits, 2):
        smaller = min(one.geometry.area, other.geometry.area)
        assert one.geometry.intersection(other.geometry).area <= MIN_OVERLAP * smaller
    across = [
        hit
        for hit in answer.hits
        if {"west", "east"} & {sibling.scene.rsplit("/", 1)[-1][:4] for sibling in hit.siblings}
    ]
    assert across
    far = [hit for hit in answer.hits if hit.scene.endswith("far.tif")]
    assert far
    assert all(one.scene == hit.scene for hit in far for one in hit.siblings)
    for hit in answer.hits:
        scores = [one.score for one in hit.siblings]
        assert scores == sorted(scores, reverse=True)
        assert all(MIN_OVERLAP < one.overlap <= 1 + 1e-9 for one in hit.siblings)
        assert all((one.relevance is None) == (hit.relevance is None) for one in hit.siblings)


def test_without_siblings_scenes_stay_apart(index):
    before = index.search("a field", 50, siblings=False)
    assert not any(hit.siblings for hit in before.hits)
    assert len(before.hits) > len(index.search("a field", 50).hits)
    every = index.search("a field", 1000, merge=False)
    assert len(every.hits) == len(index.table)
    assert not any(hit.siblings for hit in every.hits)


def test_so_many_places_as_are_asked_for(index):
    places = len(index.search("a field", 1000).hits)
    for k in range(1, places + 1):
        assert len(index.search("a field", k).hits) == k


def test_both_sides_of_the_date_line(tmp_path):
    scenes = [
        paint(tmp_path / "a.tif", "EPSG:32601", (180.0, -17.0), 600, 2.0, 1),
        paint(tmp_path / "b.tif", "EPSG:32660", (180.0, -17.0), 600, 2.0, 2),
    ]
    index = index_of(tmp_path / "x.cmpagl", scenes, (600.0,))
    assert {shape.geom_type for shape in index.table.footprints(np.arange(2))} == {"MultiPolygon"}
    (hit,) = index.search("a field", 10).hits
    (sibling,) = hit.siblings
    assert {hit.scene, sibling.scene} == set(scenes)
    assert sibling.overlap > 0.95


def test_sides_that_differ_by_more_than_the_factor_are_two_places(tmp_path):
    scene = paint(tmp_path / "a.tif", "EPSG:32631", (3.0, 50.0), 1000, 2.0)
    for sizes, hits in (((500.0, 1000.0), 1), ((400.0, 1000.0), 2)):
        index = index_of(tmp_path / f"{sizes[0]:g}.cmpagl", [scene], sizes)
        table = index.table
        large = int(np.argmax(table.ground_m[:]))
        inside = next(row for row in range(len(table)) if row != large)
        found = suppress_overlaps(table, np.array([large, inside]), 10)
        assert len(found) == hits


class Stacked:
    """A table of broken outlines on one spot, each of a scene of its own, as imports may have."""

    def __init__(self, count, shape):
        self.scene_of = np.arange(count)
        self.ground_m = np.full(count, 10.0)
        self._shapes = np.array([shape] * count, object)

    def boxes(self, rows):
        bounds = shapely.bounds(self._shapes[rows]).reshape(-1, 4)
        return bounds.T, np.full(len(rows), np.nan)

    def footprints(self, rows):
        return self._shapes[rows].copy()


@pytest.mark.parametrize(
    "shape",
    [shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), box(0, 0, 1, 1)],
)
def test_broken_outlines_are_compared_and_few_siblings_are_listed(shape):
    table, ranked = Stacked(30, shape), np.arange(30)
    hits = suppress_overlaps(table, ranked, 10)
    assert hits.tolist() == [0]
    (found,) = siblings_of(table, hits, ranked)
    assert [row for row, _ in found] == [*range(1, MOST_SIBLINGS + 1)]


def test_outlines_without_ground_are_nobodys_siblings():
    table, ranked = Stacked(4, shapely.Polygon()), np.arange(4)
    assert suppress_overlaps(table, ranked, 10).tolist() == [0, 1, 2, 3]


def test_nothing_ranked_is_nothing_kept(index):
    nothing = np.empty(0, np.int64)
    assert suppress_overlaps(index.table, nothing, 5).tolist() == []
    assert siblings_of(index.table, nothing, nothing) == []
