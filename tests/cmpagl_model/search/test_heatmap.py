"""Similarity as a raster: each cell against a plain loop, places against rasterio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import rasterio
from rasterio.control import GroundControlPoint
from rasterio.transform import Affine

from cmpagl_model.errors import OutputError, QueryError
from cmpagl_model.index.imported import NO_PIXELS
from cmpagl_model.search.heatmap import scene_named, similarity_map, write_heatmap
from cmpagl_model.search.ranking import cosine_scores
from tests.cmpagl_model.search.paper import paper_index, paper_scene
from tests.conftest import painted_pixels
from tiling import ChipSpec, describe_scene, plan_chips

SPEC = ChipSpec(size_px=80, ground_sizes_m=(80.0, 120.0, 320.0))
VECTOR = np.eye(8, dtype=np.float32)[2]


def by_hand(index, scene):
    """Mean of the chips of each size over the middle of each cell, by 1 / area: a plain loop."""
    table = index.table
    rows = [r for r in range(len(table)) if table.scenes[table.scene_of[r]] == scene]
    scores = dict(zip(rows, cosine_scores(table.embeddings, np.array(rows), VECTOR), strict=True))
    grid = plan_chips(scene, index.info.spec).scales[0].grid
    tops, lefts = range(0, scene.height, grid.stride_y), range(0, scene.width, grid.stride_x)
    values = np.full((len(tops), len(lefts)), np.nan)
    for y, top in enumerate(tops):
        for x, left in enumerate(lefts):
            middle_x = (left + min(left + grid.stride_x, scene.width)) / 2
            middle_y = (top + min(top + grid.stride_y, scene.height)) / 2
            means, weights = [], []
            for size in {table.ground_m[row] for row in rows}:
                over = [
                    scores[row] for row in rows if table.ground_m[row] == size
                    and 0 <= middle_x - table.windows[row][0] < table.windows[row][2]
                    and 0 <= middle_y - table.windows[row][1] < table.windows[row][3]
                ]  # fmt: skip
                means += [np.mean(over)] if over else []
                weights += [size**-2] if over else []
            values[y, x] = np.average(means, weights=weights) if means else np.nan
    return values


@pytest.mark.parametrize("size", [(400, 320), (401, 333), (81, 79), (20, 500)])
def test_cells_are_means_of_a_size_and_weighted_ones_of_sizes(size):
    scene = paper_scene("a", *size)
    index = paper_index([paper_scene("other"), scene], SPEC)
    found = similarity_map(index, scene, VECTOR)
    assert found.values.dtype == np.float32
    np.testing.assert_allclose(found.values, by_hand(index, scene), atol=1e-6)
    assert not np.isnan(found.values).any()  # a plan covers its scene


def test_places_without_a_chip_are_nan():
    scene = paper_scene("a")
    index = paper_index([scene], SPEC, kept=lambda _, chip: chip.window.right <= 160)
    found = similarity_map(index, scene, VECTOR).values
    assert np.isnan(found[:, 4:]).all()
    assert not np.isnan(found[:, :4]).any()
    np.testing.assert_allclose(found, by_hand(index, scene), atol=1e-6)


def test_scene_of_imported_embeddings_is_refused():
    scene = replace(paper_scene("a"), dtype=NO_PIXELS)
    with pytest.raises(QueryError, match="the pixels are not at hand"):
        similarity_map(paper_index([scene], SPEC), scene, VECTOR)


def test_scene_without_chips_is_refused():
    scene = paper_scene("a")
    index = paper_index([scene, paper_scene("b")], SPEC, kept=lambda *_: False)
    with pytest.raises(QueryError, match="found no chip of this scene"):
        similarity_map(index, scene, VECTOR)


@pytest.mark.parametrize(
    "transform",
    [
        Affine(1, 0, 600_000, 0, -1, 5_700_000),
        Affine(0.5, 0, 600_000, 0, 0.5, 5_700_000),
        Affine.translation(600_000, 5_700_000) * Affine.rotation(30) * Affine.scale(2, -2),
    ],
)
def test_file_lies_where_the_scene_lies(transform, tmp_path):
    scene = paper_scene("a", transform=tuple(transform)[:6])
    index = paper_index([scene], SPEC)
    found = similarity_map(index, scene, VECTOR)
    write_heatmap(found, tmp_path / "map.tif")
    write_heatmap(found, tmp_path / "map.tif")  # again over the first
    with rasterio.open(tmp_path / "map.tif") as file:
        np.testing.assert_array_equal(file.read(1), found.values)
        assert file.crs.to_epsg() == 32631
        assert np.isnan(file.nodata)
        for col, row in [(0, 0), (3, 2), (9, 7)]:
            assert file.transform @ (col, row) == pytest.approx(transform @ (40 * col, 40 * row))
    assert [path.name for path in tmp_path.iterdir()] == ["map.tif"]


def test_scene_placed_by_control_points(tmp_path):
    points = [
        GroundControlPoint(row=y, col=x, x=4 + x * 1e-5, y=52 - y * 1e-5)
        for x in (0, 400) for y in (0, 320)
    ]  # fmt: skip
    path = tmp_path / "points.tif"
    shape = {"width": 400, "height": 320, "count": 3, "dtype": "uint8"}
    with rasterio.open(path, "w", driver="GTiff", gcps=points, crs="EPSG:4326", **shape) as file:
        file.write(painted_pixels(400, 320))
    spec = ChipSpec(size_px=80, native=True)
    scene = describe_scene(str(path), spec)
    assert scene.from_gcps
    index = paper_index([scene], spec)
    write_heatmap(similarity_map(index, scene, VECTOR), tmp_path / "map.tif")
    with rasterio.open(tmp_path / "map.tif") as file:
        assert file.crs.to_epsg() == 4326
        assert file.bounds.left == pytest.approx(4, abs=2e-5)
        assert file.bounds.top == pytest.approx(52, abs=2e-5)


def test_crs_without_a_code_is_kept(tmp_path):
    wkt = rasterio.crs.CRS.from_string(
        "+proj=laea +lat_0=10 +lon_0=20 +x_0=600000 +y_0=5700000 +ellps=WGS84 +units=m"
    ).to_wkt(version="WKT2_2019")
    scene = paper_scene("a", crs=wkt)
    write_heatmap(similarity_map(paper_index([scene], SPEC), scene, VECTOR), tmp_path / "map.tif")
    with rasterio.open(tmp_path / "map.tif") as file:
        assert file.crs == rasterio.crs.CRS.from_wkt(wkt)


def test_scenes_are_named_by_path_or_name():
    scenes = [paper_scene("a"), paper_scene("deep/a"), paper_scene("b")]
    index = paper_index(scenes, SPEC)
    assert scene_named(index, "/paper/a.tif") == scenes[0]
    assert scene_named(index, "b") == scene_named(index, "b.tif") == scenes[2]
    for name, count in (("a", 2), ("c", 0)):
        with pytest.raises(QueryError, match=f"found {count} scenes called '{name}'"):
            scene_named(index, name)


def test_places_that_cannot_be_written_are_refused(tmp_path):
    scene = paper_scene("a")
    found = similarity_map(paper_index([scene], SPEC), scene, VECTOR)
    with pytest.raises(OutputError, match=r"found the ending '\.png'"):
        write_heatmap(found, tmp_path / "map.png")
    with pytest.raises(OutputError, match="found no folder"):
        write_heatmap(found, tmp_path / "absent" / "map.tif")
    (tmp_path / "map.tif").mkdir()
    with pytest.raises(OutputError, match="found a folder, wanted a file"):
        write_heatmap(found, tmp_path / "map.tif")
    assert [path.name for path in tmp_path.iterdir()] == ["map.tif"]


def test_the_scene_itself_is_not_replaced(tmp_path):
    path = tmp_path / "scene.tif"
    path.write_bytes(b"pixels")
    scene = replace(paper_scene("a"), path=str(path))
    found = similarity_map(paper_index([scene], SPEC), scene, VECTOR)
    with pytest.raises(OutputError, match="found a scene of the index"):
        write_heatmap(found, path)
    assert path.read_bytes() == b"pixels"
