"""Files that claim much are refused at once, however small they are."""

import struct
import time
from pathlib import Path

import pytest
import rasterio

from tests.tiling.tiny import claiming, with_metadata
from tiling import ChipSpec, describe_scene
from tiling.errors import UnreadableSceneError

PLACE = (
    "<PAMDataset><SRS>EPSG:32633</SRS>"
    "<GeoTransform>500000, 1, 0, 5000000, 0, -1</GeoTransform></PAMDataset>"
)
PATIENCE_S = 10
"""Of the processor's time, for a machine may be busy; 30 s of any clock are allowed."""


def assert_refused_at_once(path, match):
    beside = Path(f"{path}.aux.xml")
    if not beside.exists():
        beside.write_text(PLACE)
    started = time.process_time()
    with pytest.raises(UnreadableSceneError, match=match) as refused:
        describe_scene(str(path), ChipSpec())
    assert time.process_time() - started < PATIENCE_S
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "contents",
    [
        claiming(1_000_000, 1_000_000, tile=256),
        claiming(1_000_000, 1_000_000, tile=256, listed=1),
        claiming(1_000_000, 1_000_000, tile=4096),
        claiming(60_000, 4_000_000_000, tile=16),
        claiming(2**31 - 1, 2**31 - 1, tile=1 << 20),
        claiming(2**32 - 1, 2**32 - 1, tile=2**32 - 16),
        claiming(2**31 - 1, 2**31 - 1),
        claiming(30_000, 30_000),
    ],
)
def test_a_few_bytes_that_claim_millions_of_pixels(tmp_path, contents):
    path = tmp_path / "claims.tif"
    path.write_bytes(contents)
    assert len(contents) <= 134
    assert_refused_at_once(path, r"claims|in one piece|cannot be (opened|used|decoded)|allowed")


def test_a_hundred_thousand_metadata_items(tmp_path):
    path = tmp_path / "items.tif"
    path.write_bytes(with_metadata(100_000))
    assert_refused_at_once(path, "100000 metadata items")


def test_a_hundred_thousand_metadata_items_beside_a_file(make_scene):
    path = make_scene()
    items = "".join(f'<MDI key="n{number}">v</MDI>' for number in range(100_000))
    Path(f"{path}.aux.xml").write_text(f"<PAMDataset><Metadata>{items}</Metadata></PAMDataset>")
    assert_refused_at_once(path, "100000 metadata items")


def test_sixty_five_thousand_bands(tmp_path):
    path = tmp_path / "bands.tif"
    path.write_bytes(claiming(1, 1, samples=65_535))
    assert_refused_at_once(path, "65535 bands")


def chained(contents, count, last=0):
    """A little-endian TIFF with so many further directories of one pixel behind its first."""
    changed, start = bytearray(contents), len(contents)
    (first,) = struct.unpack_from("<I", contents, 4)
    (entries,) = struct.unpack_from("<H", contents, first)
    struct.pack_into("<I", changed, first + 2 + 12 * entries, start if count else last)
    one = b"".join(struct.pack("<HHII", tag, 4, 1, 8) for tag in (256, 257, 273))
    for number in range(1, count + 1):
        link = last if number == count else start + number * (len(one) + 6)
        changed += struct.pack("<H", 3) + one + struct.pack("<I", link)
    return bytes(changed)


def test_a_chain_of_directories_that_keeps_gdal_walking(tmp_path, make_scene):
    path = tmp_path / "chain.tif"
    path.write_bytes(chained(Path(make_scene()).read_bytes(), 200_000))
    assert_refused_at_once(path, "more than 1000 pictures")


@pytest.mark.parametrize(("count", "last"), [(0, 8), (900, 0)])
def test_a_chain_that_ends_or_bites_its_tail_is_read(tmp_path, make_scene, count, last):
    contents = Path(make_scene()).read_bytes()
    last = last and struct.unpack_from("<I", contents, 4)[0]
    path = tmp_path / "chain.tif"
    path.write_bytes(chained(contents, count, last))
    assert describe_scene(str(path), ChipSpec()).width == 300


def test_what_is_true_is_no_claim(make_scene):
    """Sparse files list all their blocks; BigTIFF, either byte order, strips and tiles."""
    for number, profile in enumerate(
        [
            {"bigtiff": "yes", "tiled": True, "blockxsize": 64, "blockysize": 64},
            {"endianness": "big", "blockysize": 1},
            {"interleave": "band", "tiled": True, "blockxsize": 16, "blockysize": 16},
            {"compress": "lzw", "predictor": 2},
        ]
    ):
        path = make_scene(name=f"true{number}.tif", **profile)
        assert describe_scene(path, ChipSpec()).width == 300
    path = str(Path(path).with_name("sparse.tif"))
    with rasterio.open(
        path, "w", driver="GTiff", width=100_000, height=100_000, count=1, dtype="uint8",
        crs="EPSG:32633", transform=(1, 0, 500_000, 0, -1, 5_000_000), tiled=True, sparse_ok=True,
        blockxsize=1024, blockysize=1024,
    ):  # fmt: skip
        pass
    assert describe_scene(path, ChipSpec(stretch="none")).width == 100_000
