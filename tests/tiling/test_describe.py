import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.rpc import RPC

import tiling.source
from tiling import (
    ChipImage,
    ChipSpec,
    SceneRecord,
    TilingError,
    describe_scene,
    plan_chips,
    read_chips,
)
from tiling.errors import NoGeoreferenceError, UnreadableSceneError

SPEC = ChipSpec()
UTM = CRS.from_epsg(32633)


def refusal(path, kind=UnreadableSceneError):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(kind) as caught:
            describe_scene(str(path), SPEC)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text.replace(str(path), "")) < 300
    for noise in ("previous exception", "CPLE", "TIFFFetch", "IReadBlock"):
        assert noise not in text
    return text


def test_a_record_holds_the_facts(make_scene):
    path = make_scene(size=(300, 200))
    scene = describe_scene(path, SPEC)
    assert scene.path == path
    assert (scene.width, scene.height, scene.dtype) == (300, 200, "uint8")
    assert scene.crs == "EPSG:32633"
    assert scene.transform == (1, 0, 500_000, 0, -1, 5_000_000)
    assert (scene.bands, scene.palette, scene.from_gcps) == ((1, 2, 3), False, False)
    assert scene.gsd_x_m == pytest.approx(1.0004, abs=1e-4)
    assert SceneRecord.from_json(scene.to_json()) == scene


def test_a_crs_without_a_code_is_kept_as_wkt(make_scene):
    crs = CRS.from_proj4("+proj=laea +lat_0=10 +lon_0=20 +datum=WGS84 +units=m")
    scene = describe_scene(make_scene(crs=crs), SPEC)
    assert scene.crs.startswith("PROJCRS[")
    assert len(plan_chips(scene, SPEC)) > 0


def test_a_rotated_scene_keeps_its_rotation(make_scene):
    turned = Affine.translation(5e5, 5e6) @ Affine.rotation(30) @ Affine.scale(2, -2)
    scene = describe_scene(make_scene(transform=turned), SPEC)
    assert scene.transform == pytest.approx(tuple(turned)[:6])
    assert scene.gsd_x_m == pytest.approx(2, rel=1e-3)
    assert scene.gsd_y_m == pytest.approx(2, rel=1e-3)


# --- no georeference --------------------------------------------------------------


def test_no_place_at_all_is_refused_with_the_command_that_mends_it(make_scene):
    text = refusal(make_scene(crs=None, transform=None), NoGeoreferenceError)
    assert "no geotransform, no control points and no CRS" in text
    assert "gdal_translate -a_srs EPSG:CODE -a_ullr LEFT TOP RIGHT BOTTOM" in text


def test_a_crs_without_a_place_is_refused(make_scene):
    text = refusal(make_scene(transform=None), NoGeoreferenceError)
    assert "EPSG:32633" in text
    assert "-a_ullr" in text


def test_a_place_without_a_crs_is_refused(make_scene):
    text = refusal(make_scene(crs=None), NoGeoreferenceError)
    assert "no coordinate reference system" in text
    assert "-a_srs" in text


def test_a_jpeg_without_georeference_is_refused(make_scene):
    path = make_scene(driver="JPEG", crs=None, transform=None, name="holiday.jpg")
    assert "gdal_translate" in refusal(path, NoGeoreferenceError)


def test_degrees_that_are_metres_are_refused(make_scene):
    text = refusal(make_scene(crs="EPSG:4326"), NoGeoreferenceError)
    assert "no place on Earth in EPSG:4326" in text
    assert "scene.tif" in text


def test_pixels_without_area_are_refused(make_scene):
    flat = Affine(1, 1, 500_000, 1, 1, 5_000_000)
    assert "no area" in refusal(make_scene(transform=flat), NoGeoreferenceError)


def test_a_crs_of_nowhere_is_refused(make_scene):
    text = refusal(
        make_scene(crs=CRS.from_wkt('LOCAL_CS["my garden",UNIT["metre",1]]')), TilingError
    )
    assert "gdal_translate" in text


def test_rpc_only_is_refused_with_the_command_that_mends_it(make_scene):
    numbers = [1.0, *[0.0] * 19]
    rpc = RPC(
        height_off=0, height_scale=1, lat_off=0, lat_scale=1, line_den_coeff=numbers,
        line_num_coeff=numbers, line_off=0, line_scale=1, long_off=0, long_scale=1,
        samp_den_coeff=numbers, samp_num_coeff=numbers, samp_off=0, samp_scale=1,
    )  # fmt: skip
    path = make_scene(crs=None, transform=None, rpcs=rpc)
    assert "gdalwarp -rpc" in refusal(path, NoGeoreferenceError)


# --- ground control points --------------------------------------------------------


@pytest.fixture
def make_points_scene(make_scene):
    """A scene turned a little, placed by nine control points, with or without their CRS."""

    def make(crs=UTM, **profile):
        points = [
            GroundControlPoint(row, col, 5e5 + 2 * col + 0.3 * row, 5e6 - 2 * row + 0.3 * col)
            for row in (0, 100, 200)
            for col in (0, 150, 300)
        ]
        if crs is None:
            profile["crs"], crs = None, CRS()
        return make_scene(
            transform=None,
            finish=lambda scene: setattr(scene, "gcps", (points, crs)),
            **({"crs": None} | profile),
        )

    return make


def test_control_points_place_a_scene(make_points_scene):
    scene = describe_scene(make_points_scene(), SPEC)
    assert scene.from_gcps
    assert scene.crs == "EPSG:32633"
    assert scene.gsd_x_m == pytest.approx(2.02, rel=0.01)
    results = list(read_chips(scene, plan_chips(scene, SPEC), SPEC))
    pictures = [result for result in results if isinstance(result, ChipImage)]
    assert min(result.valid_fraction for result in pictures) < 1, "outside the points is no data"
    assert max(result.valid_fraction for result in pictures) > 0.85


def test_a_place_in_a_scene_of_control_points_is_where_the_points_say(make_points_scene):
    pixels = np.full((3, 200, 300), 10, dtype=np.uint8)
    pixels[:, 95:105, 195:205] = 250
    spec = ChipSpec(64, native=True, min_valid=0)
    scene = describe_scene(make_points_scene(pixels=pixels), spec)
    chip = max(
        (r for r in read_chips(scene, plan_chips(scene, spec), spec) if isinstance(r, ChipImage)),
        key=lambda result: result.pixels.max(),
    )
    row, col = np.argwhere(chip.pixels[..., 0] > 200).mean(axis=0) + 0.5
    a, _, c, _, e, f = scene.transform
    x, y = c + a * (chip.chip.window.col + col), f + e * (chip.chip.window.row + row)
    assert (x, y) == pytest.approx((5e5 + 400 + 30, 5e6 - 200 + 60), abs=3)


def test_control_points_without_a_crs_are_refused(make_points_scene):
    text = refusal(make_points_scene(crs=None), NoGeoreferenceError)
    assert "9 ground control points but no coordinate" in text


def test_a_transform_goes_before_control_points(make_scene):
    path = make_scene()
    with rasterio.open(path, "r+") as scene:
        assert not scene.gcps[0]
    assert not describe_scene(path, SPEC).from_gcps


# --- unreadable -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "contents", "complaint"),
    [
        ("empty.tif", b"", "empty (0 bytes)"),
        ("page.tif", b"<!DOCTYPE html><p>404", "begins with '<!DOCTYPE html><'"),
        ("noise.tif", b"\x8f\x01\x02" * 20, "begins with 8f 01 02"),
        ("head.tif", b"II*\0\x08\0\0\0", "cannot be opened"),
        ("half.tif", b"II*\0\x08\0", "cannot be opened"),
        ("big.tif", b"II+\0\x08\0\0\0", "cannot be opened"),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 50, "cannot be opened"),
        ("map.vrt", b"<VRTDataset rasterXSize='1'/>", "cannot be opened"),
        ("grid.asc", b"ncols 4\nnrows 4\n", "not a raster of a known format"),
    ],
)
def test_a_file_that_is_no_scene_is_refused(tmp_path, name, contents, complaint):
    path = tmp_path / name
    path.write_bytes(contents)
    text = refusal(path)
    assert complaint in text
    assert name in text


def test_a_missing_file_a_folder_and_a_foreign_scheme_are_refused(tmp_path):
    assert "does not exist" in refusal(tmp_path / "missing.tif")
    assert "not a file" in refusal(tmp_path)
    assert "does not exist" in refusal("/vsicurl/http://127.0.0.1:9/a.tif")
    assert "does not exist" in refusal("zip://a.zip!b.tif")


def test_a_name_with_odd_letters_is_a_name(make_scene):
    path = make_scene(name="zip+a!b#c é 1.tif")
    assert describe_scene(path, SPEC).path == path


def test_a_locked_file_is_refused(make_scene, monkeypatch):
    path = make_scene()
    opened = Path.open

    def guarded(self, *args, **words):
        if str(self) == path:
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **words)

    monkeypatch.setattr(Path, "open", guarded)
    assert refusal(path).endswith("cannot be read (Permission denied); check its permissions")


def test_complex_pixels_are_refused(make_scene):
    path = make_scene(np.ones((1, 9, 9), dtype="complex64"))
    assert "complex64" in refusal(path)


@pytest.mark.parametrize(("dtype", "refused"), [("uint8", False), ("uint16", True)])
def test_one_giant_strip_is_refused_unless_gdal_reads_it_in_rows(tmp_path, dtype, refused):
    path = tmp_path / "giant.tif"
    with rasterio.open(
        path, "w", driver="GTiff", dtype=dtype, count=3, width=14_000, height=14_000,
        blockysize=14_000, interleave="pixel", compress="deflate", zlevel=1, SPARSE_OK=True,
        crs="EPSG:32633", transform=Affine(1, 0, 5e5, 0, -1, 5e6),
    ):  # fmt: skip
        pass
    if refused:
        text = refusal(path)
        assert "14000 x 14000 px in one piece" in text
        assert "gdal_translate -co TILED=YES" in text
    else:
        assert describe_scene(str(path), SPEC).width == 14_000


def test_a_header_that_claims_a_world_of_blocks_is_refused(make_scene, monkeypatch):
    monkeypatch.setattr(tiling.source, "MAX_BLOCKS", 100)
    path = make_scene(tiled=True, blockxsize=16, blockysize=16)
    assert "300 x 200 px in 247 blocks, 100 are allowed" in refusal(path)


@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
)
@pytest.mark.parametrize("count", [1, 3, 4, 6])
def test_every_type_and_number_of_bands_is_read(make_scene, read_all, dtype, count):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 120, (count, 50, 60)).astype(dtype)
    scene, results = read_all(make_scene(pixels), size_px=32, native=True)
    assert scene.dtype == dtype
    assert {type(result).__name__ for result in results} == {"ChipImage"}
    assert all(result.pixels.shape == (32, 32, 3) for result in results)
    assert np.ptp(np.stack([result.pixels for result in results])) > 100


def test_a_scene_of_one_pixel(make_scene, read_all):
    scene, results = read_all(make_scene(size=(1, 1)))
    assert (scene.width, scene.height) == (1, 1)
    assert [result.reason for result in results] == ["too little valid"]
