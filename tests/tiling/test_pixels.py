"""Which pixels count, and what stands in for those that do not."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp

from tiling import ChipImage, ChipSpec, describe_scene
from tiling.chips import SkippedChip
from tiling.grid import Window
from tiling.pixels import PixelSource
from tiling.source import Raster

NATIVE = {"size_px": 64, "native": True, "overlap": 0, "min_valid": 0.0, "stretch": "none"}


@pytest.fixture
def noise():
    return np.random.default_rng(3).integers(1, 255, (3, 64, 64), dtype=np.uint8)


def holed(noise, value, dtype=None):
    """The upper half of the picture has a value in all bands; one more pixel in one band only."""
    pixels = noise.astype(dtype or noise.dtype)
    pixels[:, :32] = value
    pixels[1, 40, 40] = value
    return pixels


def only_chip(read_all, path, **wishes):
    _, results = read_all(path, **(NATIVE | wishes))
    (result,) = results
    return result


def assert_upper_half_is_filled(result, noise):
    assert result.valid_fraction == 0.5
    expected = noise[:, 32:].reshape(3, -1).mean(axis=1)
    assert np.abs(result.pixels[:32].reshape(-1, 3) - expected).max() < 1.5
    assert np.ptp(result.pixels[:32].reshape(-1, 3), axis=0).max() == 0


def test_nodata_in_all_bands_is_no_data(make_scene, read_all, noise):
    path = make_scene(holed(noise, 255), nodata=255)
    result = only_chip(read_all, path)
    assert_upper_half_is_filled(result, noise)
    assert result.pixels[40, 40, 1] == 255, "a white pixel in one band stays"


def test_alpha_is_no_data(make_scene, read_all, noise):
    alpha = np.full((1, 64, 64), 255, dtype=np.uint8)
    alpha[:, :32] = 0
    alpha[:, 50] = 1  # nearly transparent is still shown
    path = make_scene(np.concatenate([noise, alpha]), photometric="rgb", alpha="yes")
    assert_upper_half_is_filled(only_chip(read_all, path), noise)


@pytest.mark.parametrize("internal", [True, False])
def test_a_mask_band_is_no_data(make_scene, read_all, noise, internal):
    mask = np.full((64, 64), 255, dtype=np.uint8)
    mask[:32] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=internal):
        path = make_scene(noise, mask=mask)
    assert_upper_half_is_filled(only_chip(read_all, path), noise)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_no_data(make_scene, read_all, noise, value):
    pixels = holed(noise, value, "float32")
    result = only_chip(read_all, make_scene(pixels))
    assert result.valid_fraction == pytest.approx(0.5 - 1 / 64**2)
    assert np.ptp(result.pixels[:32].reshape(-1, 3), axis=0).max() == 0


def test_nodata_that_is_not_a_number(make_scene, read_all, noise):
    path = make_scene(holed(noise, np.nan, "float64"), nodata=np.nan)
    assert only_chip(read_all, path).valid_fraction == pytest.approx(0.5 - 1 / 64**2)


@pytest.mark.parametrize(
    ("dtype", "nodata"),
    [("uint16", 65535), ("int16", -32768), ("int32", -9999), ("float32", -3.4028234663852886e38)],
)
def test_nodata_of_any_type(make_scene, read_all, noise, dtype, nodata):
    path = make_scene(holed(noise, nodata, dtype), nodata=nodata)
    assert_upper_half_is_filled(only_chip(read_all, path), noise)


BAND_XML = '<PAMRasterBand band="{}"><NoDataValue>{}</NoDataValue></PAMRasterBand>'


@pytest.mark.parametrize("nodata", [-9999, 3000, 0.5])
def test_nodata_that_no_pixel_can_have_is_none(make_scene, read_all, noise, nodata):
    path = make_scene(noise)
    bands = "".join(BAND_XML.format(band, nodata) for band in (1, 2, 3))
    Path(f"{path}.aux.xml").write_text(f"<PAMDataset>{bands}</PAMDataset>")
    assert only_chip(read_all, path).valid_fraction == 1


def test_files_beside_a_scene_are_honoured(make_scene, read_all, noise):
    path = make_scene(holed(noise, 7))
    bands = "".join(BAND_XML.format(band, 7) for band in (1, 2, 3))
    Path(f"{path}.aux.xml").write_text(f"<PAMDataset>{bands}</PAMDataset>")
    assert only_chip(read_all, path).valid_fraction == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("finish", "nodata"),
    [(None, None), (None, 255), (None, 0), ("alpha", None)],
)
def test_validity_is_that_of_rasterio(make_scene, finish, nodata):
    pixels = np.random.default_rng(9).choice(np.array([0, 9, 255], np.uint8), (4, 40, 50))

    def colour(scene):
        interp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
        scene.colorinterp = interp if finish else [*interp[:3], ColorInterp.undefined]

    pixels = pixels if finish else pixels[:3]
    path = make_scene(pixels, nodata=nodata, finish=colour if finish else None)
    with Raster(path) as raster:
        _, valid = PixelSource(raster, (1, 2, 3)).read(Window(3, 4, 30, 20))
    with rasterio.open(path) as scene:
        wanted = scene.dataset_mask(window=((4, 24), (3, 33))) > 0
    assert (valid == wanted).all()


@pytest.mark.parametrize(("clear", "kind"), [(0, "uint8"), (0, "float32"), (np.nan, "float32")])
@pytest.mark.parametrize("place", [0, 3])
def test_what_is_clear_is_no_data_also_where_gdal_sees_no_mask(
    make_scene, noise, clear, kind, place
):
    """GDAL knows an alpha that comes last and is of whole numbers alone."""
    alpha = np.full((64, 64), 255, dtype=kind)
    alpha[:, :32] = clear
    interp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue]
    interp.insert(place, ColorInterp.alpha)
    path = make_scene(
        np.insert(noise.astype(kind), place, alpha, axis=0),
        photometric="minisblack",
        finish=lambda scene: setattr(scene, "colorinterp", interp),
    )
    bands = tuple(number for number in (1, 2, 3, 4) if number != place + 1)
    with Raster(path) as raster:
        _, valid = PixelSource(raster, bands).read(Window(0, 0, 64, 64))
    assert (valid == (np.indices((64, 64))[1] >= 32)).all()


@pytest.mark.parametrize("driver", ["GTiff", "PNG"])
def test_a_palette_becomes_colours(make_scene, read_all, driver):
    numbers = (np.indices((64, 64)).sum(axis=0) % 4).astype(np.uint8)[None]
    table = {0: (0, 0, 0, 0), 1: (200, 10, 20, 255), 2: (30, 180, 40, 255), 3: (5, 6, 250, 255)}
    path = make_scene(numbers, driver=driver, finish=lambda scene: scene.write_colormap(1, table))
    scene, (result,) = read_all(path, **NATIVE)
    assert scene.palette
    if driver == "PNG":  # a TIFF palette has no transparency
        assert result.valid_fraction == 0.75
    for number in (1, 2, 3):
        assert (result.pixels[numbers[0] == number] == table[number][:3]).all()
    chosen = describe_scene(path, ChipSpec(bands=(1,)))
    assert not chosen.palette, "the user may want the numbers"


def test_palette_nodata(make_scene, read_all):
    numbers = (np.indices((64, 64)).sum(axis=0) % 3).astype(np.uint8)[None]
    table = {n: (90 * n, 255 - 90 * n, 7, 255) for n in range(3)}
    path = make_scene(numbers, nodata=2, finish=lambda scene: scene.write_colormap(1, table))
    assert only_chip(read_all, path).valid_fraction == pytest.approx(2 / 3, abs=1e-3)


def test_padding_counts_as_no_data_and_has_the_mean_colour(make_scene, read_all, noise):
    path = make_scene(noise[:, :48, :32])
    result = only_chip(read_all, path)
    assert result.chip.edge
    assert result.valid_fraction == 48 * 32 / 64**2
    assert (result.pixels[:48, :32] == noise[:, :48, :32].transpose(1, 2, 0)).all()
    outside = np.concatenate(
        [result.pixels[48:].reshape(-1, 3), result.pixels[:, 32:].reshape(-1, 3)]
    )
    expected = noise[:, :48, :32].reshape(3, -1).mean(axis=1)
    assert np.abs(outside - expected).max() <= 0.5 + 1e-9


@pytest.mark.parametrize(
    ("share", "min_valid", "reason"),
    [(0, 0.0, "empty"), (0, 0.5, "empty"), (16, 0.5, "too little valid"), (16, 0.25, None)],
)
def test_too_little_data_is_skipped(make_scene, read_all, noise, share, min_valid, reason):
    pixels = noise.copy()
    pixels[:, share:] = 0
    result = only_chip(read_all, make_scene(pixels, nodata=0), min_valid=min_valid)
    if reason is None:
        assert isinstance(result, ChipImage)
    else:
        assert isinstance(result, SkippedChip)
        assert result.reason == reason


@pytest.mark.parametrize(("spread", "skipped"), [(0, True), (2, True), (9, False)])
def test_chips_of_one_colour_are_skipped(make_scene, read_all, spread, skipped):
    pixels = np.full((3, 64, 64), 100, dtype=np.uint8)
    pixels[0, 10, 13] += spread
    result = only_chip(read_all, make_scene(pixels))
    assert isinstance(result, SkippedChip) == skipped
    if skipped:
        assert result.reason == "uniform"


@pytest.mark.parametrize("internal", [True, False])
def test_a_mask_decides_over_nodata(make_scene, read_all, noise, internal):
    mask = np.full((64, 64), 255, dtype=np.uint8)
    mask[:32] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=internal):
        path = make_scene(holed(noise, 0), nodata=0, mask=mask)
    assert only_chip(read_all, path, min_valid=0).valid_fraction == 0.5


def test_high_values_that_are_dark_are_turned_round(make_scene, read_all, noise):
    plain = only_chip(read_all, make_scene(noise[:1], name="plain.tif"))
    turned = make_scene(255 - noise[:1], photometric="miniswhite")
    assert (only_chip(read_all, turned).pixels == plain.pixels).all()
