"""Footprints as the vector formats keep them: valid near the poles and across 180, too."""

import os

import geopandas
import pytest
import shapely

from cmpagl_model.errors import OutputError
from cmpagl_model.index.vectors import ENDINGS, write_frame
from tiling import SceneRecord, Window, footprints
from tiling.georef import ground_sample_distance


def far_out(crs, left, top, metres):
    """Footprints of windows of 600 x 600 px that meet a pole or the antimeridian."""
    transform = (float(metres), 0.0, float(left), 0.0, -float(metres), float(top))
    gsd = ground_sample_distance(crs, transform, 600, 600)
    scene = SceneRecord(
        "x", "", 0, 0, crs, transform, 600, 600, "uint8", (1, 2, 3), ((0, 1),) * 3, *gsd,
        palette=False, from_gcps=False,
    )  # fmt: skip
    windows = [Window(0, 0, 600, 600), Window(300, 300, 200, 200), Window(299, 300, 1, 1)]
    windows += [Window(290, 310, 40, 20), Window(0, 290, 600, 20), Window(150, 0, 300, 300)]
    return footprints(scene, windows)


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "fgb", "parquet", "csv"])
@pytest.mark.parametrize(
    ("crs", "left", "top", "metres"),
    [
        ("EPSG:3413", -300_000, 300_000, 1000),
        ("EPSG:3031", -3000, 3000, 10),
        ("EPSG:32601", 100_000, 7_300_000, 500),
    ],
)
def test_footprints_stay_valid_in_every_format(tmp_path, ending, crs, left, top, metres):
    shapes = far_out(crs, left, top, metres)
    path = tmp_path / f"chips.{ending}"
    write_frame(geopandas.GeoDataFrame({"n": range(6)}, geometry=shapes, crs=4326), path, "chips")
    read = geopandas.read_parquet if ending == "parquet" else geopandas.read_file
    frame = read(path).sort_values("n")
    assert frame.geometry.is_valid.all()
    apart = shapely.symmetric_difference(frame.geometry.values, shapes)
    assert (shapely.area(apart) <= 1e-4 * shapely.area(shapes)).all()


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
@pytest.mark.parametrize("name", ["zip:y", "s3:", "http:", "C:x", "a!b", "a\nb", "a\tb", "x.zip"])
def test_paths_are_no_addresses_of_others(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    for folder in (name, "b", "ab"):
        (tmp_path / folder).mkdir()
    frame = geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.box(4, 51, 5, 52)], crs=4326)
    refused = bool(set("!\n\t") & set(name))
    for ending in ENDINGS:
        path = type(tmp_path)(name) / f"o{ending}"
        if refused and ending not in {".parquet", ".csv"}:
            with pytest.raises(OutputError, match="another place would be written"):
                write_frame(frame, path, "places")
        else:
            write_frame(frame, path, "places")
            assert path.stat().st_size > 0
    there = {
        path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*.*") if path.is_file()
    }
    assert there == {name}
