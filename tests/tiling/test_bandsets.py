"""Folders with one file a band, and what lies beside the picture that they make."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from tiling import ChipImage, ChipSpec, describe_scene, find_scenes
from tiling.checksum import same_file
from tiling.composed import files_of_set, set_name
from tiling.errors import UnreadableSceneError

UTM = "EPSG:32631"


@pytest.fixture
def put(tmp_path):
    """Write one band; each differs from the others."""

    def write(name, *, size=60, metres=10, left=500_000, **profile):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(sum(map(ord, path.name)))
        with rasterio.open(
            path, "w", width=size, height=size, count=1, dtype="uint16", crs=UTM,
            transform=from_origin(left, 5_700_000, metres, metres),
            **({"driver": "JP2OpenJPEG", "REVERSIBLE": "YES"} if name.endswith("jp2") else {}),
            **profile,
        ) as band:  # fmt: skip
            band.write(rng.integers(200, 3000, (1, size, size), dtype="uint16"))
        return path

    return write


def names(paths, folder):
    return [str(path).removeprefix(f"{folder}/") for path in paths]


def values(path):
    with rasterio.open(path) as band:
        return band.read(1)


LANDSAT = {
    "LC09_L2SP_198024_20230101_02_T1_SR_B": (range(1, 8), "4,3,2"),
    "LT05_L2SP_198024_19900101_02_T1_SR_B": ((1, 2, 3, 4, 5, 7), "3,2,1"),
    "LE07_L1TP_198024_20010101_02_T1_B": (range(1, 6), "3,2,1"),
}


@pytest.mark.parametrize("start", LANDSAT)
def test_a_landsat_folder_is_one_scene_in_colour(put, tmp_path, start, read_all):
    numbers, wanted = LANDSAT[start]
    bands = {number: put(f"{start}{number}.TIF", nodata=0) for number in numbers}
    product = start.removesuffix("B").removesuffix("SR_")
    for other in ("QA_PIXEL", "ST_B10", "SR_QA_AEROSOL", "ST_EMIS"):
        put(f"{product}{other}.TIF")
    found = find_scenes([str(tmp_path)])
    assert names(found.paths, tmp_path) == [f"{start}{{{wanted}}}.TIF"]
    assert len(found.left_out) == 4
    assert find_scenes([str(tmp_path / "*.TIF")]).paths == found.paths
    scene, chips = read_all(found.paths[0], native=True, size_px=60, stretch="0,5100")
    shown = np.stack([values(bands[int(number)]) for number in wanted.split(",")], axis=-1)
    (chip,) = (chip for chip in chips if isinstance(chip, ChipImage))
    assert np.abs(chip.pixels - shown / 20).max() <= 1
    assert same_file(scene, scene.path)


def test_a_sentinel_folder_is_its_finest_bands(put, tmp_path):
    inside = "S2B_MSIL2A_20230101.SAFE/GRANULE/L2A_T31UFT/IMG_DATA"
    for size, metres in ((60, 10), (30, 20)):
        for band in ("B02", "B03", "B04", "AOT", "TCI"):
            name = f"T31UFT_20230101T105031_{band}_{metres}m.jp2"
            put(f"{inside}/R{metres}m/{name}", size=size, metres=metres)
    put("S2B_MSIL2A_20230101.SAFE/GRANULE/L2A_T31UFT/QI_DATA/MSK_CLDPRB_20m.jp2")
    found = find_scenes([str(tmp_path)])
    wanted = f"{inside}/R10m/T31UFT_20230101T105031_B0{{4,3,2}}_10m.jp2"
    assert names(found.paths, tmp_path) == [wanted]
    assert len(found.left_out) == 8
    assert describe_scene(found.paths[0], ChipSpec()).bands == (1, 2, 3)


def test_a_drones_bands_are_put_together(put, tmp_path):
    for band in ("Blue", "Green", "Red", "NIR", "RedEdge"):
        put(f"field_reflectance_{band}.tif")
    found = find_scenes([str(tmp_path)])
    assert names(found.paths, tmp_path) == ["field_reflectance_{Red,Green,Blue}.tif"]


def test_sheets_that_are_numbered_like_bands_stay_apart(put, tmp_path):
    for number in (2, 3, 4):
        put(f"map_sheet_B{number}.tif", left=500_000 + 600 * number)
    assert len(find_scenes([str(tmp_path)]).paths) == 3


def test_a_band_alone_is_a_scene(put):
    one = put("LC09_L2SP_198024_20230101_02_T1_SR_B4.TIF")
    assert find_scenes([str(one)]).paths == (str(one),)


def test_flags_in_a_folder_are_left_out_but_not_without_a_picture(put, tmp_path):
    for name in ("planet_udm2.tif", "planet_analytic.tif"):
        put(name)
    found = find_scenes([str(tmp_path)])
    assert names(found.paths, tmp_path) == ["planet_analytic.tif"]
    assert names(found.left_out, tmp_path) == ["planet_udm2.tif"]


def test_a_picture_in_colour_is_one_whatever_its_name_says(put, make_scene, tmp_path):
    put("town.tif")
    make_scene(name="town_without_mask.tif")
    make_scene(np.zeros((8, 60, 60), np.uint8) + 1, name="town_udm2.tif", photometric="minisblack")
    make_scene(np.random.default_rng(1).integers(0, 2, (3, 60, 60), np.uint8), name="mask.tif")
    (tmp_path / "town_qa.tif").write_text("no raster")
    found = find_scenes([str(tmp_path)])
    assert names(found.paths, tmp_path) == ["town.tif", "town_without_mask.tif"]
    assert names(found.left_out, tmp_path) == ["mask.tif", "town_qa.tif", "town_udm2.tif"]


def test_a_change_of_one_band_is_a_change(put, tmp_path):
    for number in (2, 3, 4):
        put(f"LC09_L2SP_SR_B{number}.TIF")
    (path,) = find_scenes([str(tmp_path)]).paths
    scene = describe_scene(path, ChipSpec())
    put("LC09_L2SP_SR_B3.TIF", compress="deflate")
    assert not same_file(scene, path)
    assert describe_scene(path, ChipSpec()).checksum != scene.checksum
    (tmp_path / "LC09_L2SP_SR_B3.TIF").unlink()
    assert not same_file(scene, path)
    with pytest.raises(UnreadableSceneError):
        describe_scene(path, ChipSpec())


@pytest.mark.parametrize(
    "paths",
    [("x/a4.tif", "x/a3.tif", "x/a2.tif"), ("a_red.tif", "a_green.tif", "a_blue.tif"),
     ("b11", "b1", "b"), ("r", "g", "b")],
)  # fmt: skip
def test_a_sets_name_stands_for_its_files(paths):
    assert files_of_set(set_name(*paths)) == paths


def test_a_file_with_braces_in_its_name_is_a_file(put):
    path = put("a{1,2,3}.tif")
    assert files_of_set(str(path)) is None
    assert find_scenes([str(path)]).paths == (str(path),)
