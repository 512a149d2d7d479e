"""Corrupt files: the chips that touch the damage are reported, the others are read."""

import contextlib
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from tiling import ChipImage, ChipSpec, TilingError, Window, describe_scene, plan_chips, read_chips
from tiling.chips import DamagedChip, SkippedChip
from tiling.errors import UnreadableSceneError

SPEC = ChipSpec(64, native=True, overlap=0.5, stretch="none")
TILES = {"tiled": True, "blockxsize": 64, "blockysize": 64}


@pytest.fixture
def noise():
    """Something compressible that is never uniform."""
    rng = np.random.default_rng(11)
    return (rng.integers(0, 256, (3, 256, 320), dtype=np.uint8) // 16) * 16


def place_of(path, col, row, band=1):
    with rasterio.open(path) as scene:
        return [
            int(scene.get_tag_item(f"BLOCK_{fact}_{col}_{row}", "TIFF", bidx=band))
            for fact in ("OFFSET", "SIZE")
        ]


def flip(path, offset, bit=0):
    contents = bytearray(Path(path).read_bytes())
    contents[offset] ^= 1 << bit
    Path(path).write_bytes(contents)


def read(path, spec=SPEC):
    scene = describe_scene(path, spec)
    return list(read_chips(scene, plan_chips(scene, spec), spec))


def assert_only_touched_chips_are_damaged(results, block, pixels):
    assert any(isinstance(result, DamagedChip) for result in results)
    for result in results:
        window = result.chip.window
        assert isinstance(result, DamagedChip) == window.touches(block), window
        if isinstance(result, ChipImage):
            wanted = pixels[:, window.row : window.bottom, window.col : window.right]
            found = result.pixels[: window.height, : window.width]
            assert (found == wanted.transpose(1, 2, 0)).all()


@pytest.mark.parametrize("interleave", ["pixel", "band"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("predictor", [1, 2])
def test_one_flipped_bit_in_a_deflate_block_costs_the_chips_that_touch_it(
    make_scene, noise, interleave, share, predictor
):
    path = make_scene(
        noise, compress="deflate", interleave=interleave, predictor=predictor, **TILES
    )
    scene = describe_scene(path, SPEC)
    before = list(read_chips(scene, plan_chips(scene, SPEC), SPEC))
    assert all(isinstance(result, ChipImage) for result in before)
    offset, size = place_of(path, 2, 1, band=2)
    flip(path, offset + int(size * share), bit=3)
    results = list(read_chips(scene, plan_chips(scene, SPEC), SPEC))
    assert_only_touched_chips_are_damaged(results, Window(128, 64, 64, 64), noise)


def test_damage_in_an_overview_is_found_too(make_scene, noise):
    path = make_scene(noise, compress="deflate", **TILES)
    with rasterio.open(path, "r+") as scene:
        scene.build_overviews([2])
    with rasterio.open(path, overview_level=0) as overview:
        block = overview.block_shapes[0][0]
        offset = int(overview.get_tag_item("BLOCK_OFFSET_0_0", "TIFF", bidx=1))
    spec = ChipSpec(32, gsd_m=2.0)
    assert {type(result) for result in read(path, spec)} == {ChipImage}
    flip(path, offset + 1000)
    for result in read(path, spec):
        touched = result.chip.window.touches(Window(0, 0, 2 * block, 2 * block))
        assert isinstance(result, DamagedChip) == touched


@pytest.mark.parametrize("compress", ["lzw", "zstd", "none", "deflate"])
def test_a_truncated_file_is_read_as_far_as_it_goes(make_scene, noise, compress):
    path = make_scene(noise, compress=compress, **TILES)
    offset, _ = place_of(path, 1, 3)  # blocks are written row by row
    contents = Path(path).read_bytes()
    Path(path).write_bytes(contents[: offset + 10])
    results = read(path)
    for result in results:
        window = result.chip.window
        lost = window.bottom > 192 and window.right > 64
        assert isinstance(result, DamagedChip) == lost, window
        if lost:
            assert 0 < len(result.reason) < 100
            assert "\n" not in result.reason
            assert "4294967295" not in result.reason


def undecodable_on_one_thread(path):
    """Oracle: the blocks that rasterio cannot read, each asked for from a handle of its own."""
    with rasterio.open(path) as scene:
        windows = [window for _, window in scene.block_windows(1)]
    bad = []
    settings = {"GDAL_NUM_THREADS": "1", "GDAL_ERROR_ON_LIBJPEG_WARNING": True}
    for window in windows:
        with rasterio.Env(**settings), rasterio.open(path) as scene:
            try:
                scene.read(window=window)
            except rasterio.errors.RasterioIOError:
                bad.append(Window(window.col_off, window.row_off, window.width, window.height))
    return bad


LARGE_TILES = {"tiled": True, "blockxsize": 256, "blockysize": 256}
CODECS = ["none", "packbits", "lzw", "zstd", "jpeg", "webp", "lerc", "lerc_zstd"]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("how", ["cut", "scrambled"])
@pytest.mark.parametrize("shape", [LARGE_TILES, {"blockysize": 64}], ids=["tiles", "strips"])
def test_a_block_that_one_thread_cannot_decode_costs_the_chips_that_touch_it(
    make_scene, codec, how, shape
):
    """In threads of its own GDAL keeps a failed block as if it were good: large enough for them."""
    rng = np.random.default_rng(5)
    path = make_scene(rng.integers(0, 256, (3, 1024, 1024), np.uint8), compress=codec, **shape)
    across = 4 if shape is LARGE_TILES else 1
    places = [place_of(path, number % across, number // across) for number in (1, 6)]
    contents = bytearray(Path(path).read_bytes())
    if how == "cut":
        del contents[places[1][0] + 50 :]
    else:
        for offset, size in places:
            contents[offset : offset + size] = rng.bytes(size)
    Path(path).write_bytes(contents)
    bad = undecodable_on_one_thread(path)
    assert bad or (how == "scrambled" and codec in {"none", "packbits"})
    spec = ChipSpec(256, native=True, overlap=0.0, stretch="none")
    for result in read(path, spec):
        touched = any(result.chip.window.touches(block) for block in bad)
        assert isinstance(result, DamagedChip) == touched, result.chip.window


def test_a_truncated_file_in_strips(make_scene, noise):
    path = make_scene(noise, compress="lzw", blockysize=16)
    contents = Path(path).read_bytes()
    Path(path).write_bytes(contents[: len(contents) * 3 // 4])
    results = read(path)
    states = [isinstance(result, DamagedChip) for result in results]
    assert states == sorted(states), "good above, damaged below"
    assert {True, False} == set(states)


@pytest.mark.parametrize(("driver", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png")])
@pytest.mark.parametrize("tall", [1, 5])
def test_a_truncated_picture_is_not_grey(make_scene, driver, name, noise, tall):
    """Nor what lay in memory before, as GDAL hands out for a small PNG read in one go."""
    path = make_scene(np.concatenate([noise] * tall, axis=1), driver=driver, name=name)
    contents = Path(path).read_bytes()
    Path(path).write_bytes(contents[: len(contents) // 2])
    results = read(path)
    assert isinstance(results[0], ChipImage)
    assert isinstance(results[-1], DamagedChip)


def test_a_scene_of_which_nothing_can_be_decoded_is_unreadable(make_scene, noise):
    path = make_scene(noise, compress="lzw", **TILES)
    first, _ = place_of(path, 0, 0)
    contents = Path(path).read_bytes()
    Path(path).write_bytes(contents[:first])
    with pytest.raises(UnreadableSceneError, match=r"cannot be (decoded|opened)"):
        describe_scene(path, ChipSpec())


def test_damage_does_not_spoil_the_stretch(make_scene, noise):
    path = make_scene(noise.astype("uint16") * 40, compress="lzw", **TILES)
    whole = describe_scene(path, ChipSpec()).stretch
    contents = Path(path).read_bytes()
    Path(path).write_bytes(contents[: len(contents) * 2 // 3])
    assert np.allclose(describe_scene(path, ChipSpec()).stretch, whole, rtol=0.05, atol=100)


def test_random_bytes_never_bring_the_reader_down(make_scene, noise):
    whole = Path(make_scene(noise, compress="lzw", **TILES)).read_bytes()
    rng = np.random.default_rng(4)
    for round_number in range(25):
        contents = bytearray(whole)
        for place in rng.integers(0, len(whole), 60):
            contents[place] = rng.integers(0, 256)
        path = make_scene(noise, name=f"fuzz{round_number}.tif")
        Path(path).write_bytes(contents)
        with contextlib.suppress(TilingError):
            assert read(path)


ZOOM_17 = from_origin(500_000, 5_000_000, *[2 * 20_037_508.342789244 / 256 / 2**17] * 2)
TILE_DAMAGE = {
    "cut": lambda tile: tile[: len(tile) // 2],
    "empty": lambda _: b"",
    "scrambled": lambda tile: np.random.default_rng(3).bytes(len(tile)),
    "a page": lambda _: b"<html>too many requests</html>",
    "a virtual raster": lambda _: b"<VRTDataset rasterXSize='256' rasterYSize='256'/>",
}


@pytest.mark.parametrize("how", TILE_DAMAGE)
@pytest.mark.parametrize(
    ("name", "table", "kind"), [("a.gpkg", "a", "PNG"), ("a.mbtiles", "tiles", "JPEG")]
)
def test_a_damaged_tile_of_a_database_is_no_empty_one(make_scene, name, table, kind, how):
    """GDAL shows as empty what it cannot decode there; of what was never stored nothing is said."""
    upwards = table == "tiles"
    driver = "MBTiles" if upwards else "GPKG"
    noise = np.random.default_rng(5).integers(1, 250, (3, 600, 700), np.uint8)
    path = make_scene(
        noise, name=name, driver=driver, crs="EPSG:3857", transform=ZOOM_17, tile_format=kind
    )
    # where the tile lies in the scene: a MBTiles is cut on the grid of the world
    size = ZOOM_17.a
    left = round((ZOOM_17.c + 20_037_508.342789244) / size) % 256 if upwards else 0
    top = round((20_037_508.342789244 - ZOOM_17.f) / size) % 256 if upwards else 0
    tile = Window(256 - left, 256 - top, 256, 256)
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        cols = f'SELECT DISTINCT tile_column FROM "{table}" ORDER BY 1'
        rows = f'SELECT DISTINCT tile_row FROM "{table}" ORDER BY 1 {"DESC" if upwards else ""}'
        (col,), (row,) = list(database.execute(cols))[1], list(database.execute(rows))[1]
        at = f"WHERE tile_column = {col} AND tile_row = {row}"
        (whole,) = database.execute(f'SELECT tile_data FROM "{table}" {at}').fetchone()
        database.execute(f'UPDATE "{table}" SET tile_data = ? {at}', [TILE_DAMAGE[how](whole)])
        database.execute(f'DELETE FROM "{table}" WHERE tile_column = {col} AND tile_row != {row}')
    results = read(path, ChipSpec(64, native=True, overlap=0.0, stretch="none"))
    damaged = [result for result in results if isinstance(result, DamagedChip)]
    assert damaged
    assert damaged == [result for result in results if result.chip.window.touches(tile)]
    assert any(isinstance(result, SkippedChip) for result in results), "never stored"
    assert any(isinstance(result, ChipImage) for result in results)
