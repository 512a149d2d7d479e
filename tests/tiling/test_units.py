"""Several ground sizes of one scene: each block is decoded once, and nothing else changes."""

import tracemalloc
from collections import Counter, defaultdict
from itertools import groupby, islice
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import Resampling

import tiling.reader
from tests.tiling.conftest import block_offsets
from tiling import ChipImage, ChipSpec, Window, describe_scene, plan_chips, read_chips
from tiling.averages import sum_boxes
from tiling.chips import DamagedChip, SkippedChip
from tiling.decoders import Decoder
from tiling.errors import UnreadableSceneError
from tiling.units import Unit, UnitCache

WIDTH, HEIGHT = 611, 703
SIZES = (48.0, 130.0, 300.0)
"""Of chips of 48 px: averaged by 1, 2 and 6; 2.7 m and 6.25 m a pixel."""
TILES = {"tiled": True, "blockxsize": 64, "blockysize": 64}
LAYOUTS = {
    "tiles": TILES,
    "odd tiles": {"tiled": True, "blockxsize": 112, "blockysize": 48, "interleave": "band"},
    "strips": {"blockysize": 3},
    "tall strips": {"blockysize": 200, "interleave": "band"},
    "one strip": {"blockysize": HEIGHT},
}


@pytest.fixture(autouse=True)
def small_units(monkeypatch):
    """Several units in a small scene; boxes of 6 px lie across their borders."""
    monkeypatch.setattr(tiling.blocks, "UNIT_SIDE", 128)


@pytest.fixture
def decoded(monkeypatch):
    """How often each unit is decoded, and in which averages it is wanted."""
    times, wanted = Counter(), defaultdict(list)
    units = Decoder.units

    def counted(decoder, window, averages):
        place = (decoder.raster.overview_level, window)
        times[place] += 1
        wanted[place] += averages
        return units(decoder, window, averages)

    monkeypatch.setattr(Decoder, "units", counted)
    times.wanted = wanted
    return times


@pytest.fixture
def kept(monkeypatch):
    """The units kept in each reading, for a look after it."""
    made = []

    class Watched(UnitCache):
        def __init__(self, most_bytes):
            super().__init__(most_bytes)
            self.added, self.taken, self.most = set(), set(), 0
            made.append(self)

        def add(self, average, window, unit):
            super().add(average, window, unit)
            self.added.add((average, window))
            self.most = max(self.most, self.bytes)
            held = [unit for units in self.units.values() for unit in units.values()]
            assert self.bytes == sum(unit.sums.nbytes for unit in held)

        def get(self, average, window):
            found = super().get(average, window)
            if found is not None:
                self.taken.add((average, window))
            return found

    monkeypatch.setattr(tiling.reader, "UnitCache", Watched)
    return made


def noise(count=3, dtype="uint8", top=256):
    rng = np.random.default_rng(5)
    return rng.integers(0, top, (count, HEIGHT, WIDTH)).astype(dtype)


def spec_of(**wishes):
    return ChipSpec(48, **({"ground_sizes_m": SIZES, "min_valid": 0.1} | wishes))


def size_by_size(scene, plan, spec):
    """Each ground size on its own, from lists: these say nothing of what comes later."""
    for _, chips in groupby(plan, key=lambda chip: chip.ground_m):
        yield from read_chips(scene, list(chips), spec)


def assert_same(one, other, *, reasons=True):
    """Reasons may differ where GDAL may first find the end of the file or a sum that is wrong."""
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert type(a) is type(b)
        assert a.chip == b.chip
        if isinstance(a, ChipImage):
            assert np.array_equal(a.pixels, b.pixels)
            assert a.valid_fraction == b.valid_fraction
        elif reasons:
            assert a.reason == b.reason


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_block_is_read_once_for_all_ground_sizes(make_scene, read_places, layout):
    path = make_scene(noise(), compress="lzw", **LAYOUTS[layout])
    spec = spec_of()
    scene = describe_scene(path, spec)
    plan = plan_chips(scene, spec)
    offsets = block_offsets(path)
    read_places.clear()
    assert len({result.chip.ground_m for result in read_chips(scene, plan, spec)}) == 3
    assert {read_places[offset] for offset in offsets} == {1}
    read_places.clear()
    list(size_by_size(scene, plan, spec))
    assert {read_places[offset] for offset in offsets} == {3}, "the counter sees every reading"


def flipped(path):
    """Flip a bit in one block."""
    with rasterio.open(path) as scene:
        offset, size = (
            int(scene.get_tag_item(f"BLOCK_{fact}_3_2", "TIFF", bidx=1))
            for fact in ("OFFSET", "SIZE")
        )
    contents = bytearray(Path(path).read_bytes())
    contents[offset + size // 2] ^= 8
    Path(path).write_bytes(contents)
    return path


def cut_short(path):
    contents = Path(path).read_bytes()
    Path(path).write_bytes(contents[: len(contents) * 5 // 6])
    return path


def with_overviews(path):
    with rasterio.open(path, "r+") as scene:
        scene.build_overviews([2, 4], Resampling.average)
    return path


def sparse(path):
    """Write the scene again, with most of its blocks left out."""
    with rasterio.open(path) as scene:
        pixels, profile = scene.read(), scene.profile
    with rasterio.open(path, "w", **profile, SPARSE_OK=True) as scene:
        for place in (Window(64, 128, 100, 64), Window(400, 300, 180, 300)):
            rows, cols = (place.row, place.bottom), (place.col, place.right)
            scene.write(pixels[:, slice(*rows), slice(*cols)], window=(rows, cols))
    return path


def scene_of_kind(kind, make_scene):
    mask = np.full((HEIGHT, WIDTH), 255, np.uint8)
    mask[200:500, :333] = 0
    holes = noise()
    holes[:, 100:400, 301:] = 0
    floats = noise(dtype="float32")
    floats[1, 50:300, 77:400] = np.nan
    tiles = {"compress": "deflate", **TILES}
    if kind in LAYOUTS:
        return make_scene(noise(), **LAYOUTS[kind])
    return {
        "16 bit": lambda: make_scene(noise(dtype="uint16", top=4000), **tiles),
        "floats": lambda: make_scene(floats, **tiles),
        "nodata": lambda: make_scene(holes, nodata=0, **tiles),
        "mask": lambda: make_scene(noise(), mask=mask, **tiles),
        "alpha": lambda: make_scene(np.stack([*noise(), mask]), photometric="RGB", **tiles),
        "one band": lambda: make_scene(noise(1), blockysize=7),
        "sparse": lambda: sparse(make_scene(noise(), **tiles)),
        "flipped": lambda: flipped(make_scene(noise(), **tiles)),
        "cut short": lambda: cut_short(make_scene(noise(), **tiles)),
        "overviews": lambda: with_overviews(make_scene(noise(), **tiles)),
        "PNG": lambda: make_scene(noise(), driver="PNG", name="scene.png"),
    }[kind]()


KINDS = [*LAYOUTS, "16 bit", "floats", "nodata", "mask", "alpha", "one band", "sparse", "flipped",
         "cut short", "overviews", "PNG"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sizes", [SIZES, (70.0, 90.0, 300.0, 1100.0)])
def test_chips_are_those_of_each_size_read_alone(make_scene, decoded, kind, sizes):
    spec = spec_of(ground_sizes_m=sizes)
    scene = describe_scene(scene_of_kind(kind, make_scene), spec)
    plan = plan_chips(scene, spec)
    together = list(read_chips(scene, plan, spec))
    assert set(decoded.values()) == {1}
    once = len(decoded)
    alone = list(size_by_size(scene, plan, spec))
    assert_same(together, alone, reasons=kind != "cut short")
    assert decoded.total() - once > once or kind == "overviews"
    shown = {type(result) for result in together}
    assert ChipImage in shown
    assert (DamagedChip in shown) == (kind in {"flipped", "cut short"})
    assert (SkippedChip in shown) or kind not in {"sparse", "nodata", "mask"}


@pytest.mark.parametrize("share", [0.0, 0.2, 0.6, 0.95])
def test_what_finds_no_room_is_decoded_again(make_scene, monkeypatch, decoded, kept, share):
    spec = spec_of()
    scene = describe_scene(make_scene(noise(), **TILES), spec)
    plan = plan_chips(scene, spec)
    whole = list(read_chips(scene, plan, spec))
    wanted, once = kept[0].most, decoded.total()
    assert 0 < wanted < WIDTH * HEIGHT * 3  # 8 bytes for 4 px and for 36 px
    decoded.clear()
    monkeypatch.setattr(tiling.reader, "KEPT_AVERAGES_BYTES", int(share * wanted))
    assert_same(list(read_chips(scene, plan, spec)), whole)
    assert kept[1].bytes <= int(share * wanted)
    again = decoded.total() - once
    assert 0 < again <= 2 * once
    assert (again > once) == (share == 0), "the coarsest size is kept first, it takes a tenth"


def test_a_size_is_dropped_when_its_turn_is_over(make_scene, kept):
    spec = spec_of()
    scene = describe_scene(make_scene(noise(), **TILES), spec)
    plan = plan_chips(scene, spec)
    held = {}
    for result in read_chips(scene, plan, spec):
        held.setdefault(result.chip.ground_m, {box for _, box in kept[0].units})
    assert held == {48.0: {(2, 2), (6, 6)}, 130.0: {(2, 2), (6, 6)}, 300.0: {(6, 6)}}


@pytest.mark.parametrize("place", [0.0, 0.3, 0.7, 0.9, 0.97])
@pytest.mark.parametrize("length", [1, 40, 200])
def test_a_slice_decodes_and_keeps_only_what_it_needs(make_scene, decoded, kept, place, length):
    spec = spec_of(overlap=0)
    scene = describe_scene(make_scene(noise(), **TILES), spec)
    plan = plan_chips(scene, spec)
    start = int(place * len(plan))
    chips = plan[start : start + length]
    whole = list(read_chips(scene, plan, spec))
    decoded.clear()
    assert_same(list(read_chips(scene, chips, spec)), whole[start : start + length])
    needed = {unit for (_, unit) in decoded}
    assert set(decoded.values()) == {1}
    decoded.clear()
    list(size_by_size(scene, chips, spec))
    assert {unit for (_, unit) in decoded} == needed
    sizes = {chip.ground_m for chip in chips}
    assert {box for _, box in (average for average, _ in kept[1].added)} <= {
        box for size, box in zip(SIZES, [(1, 1), (2, 2), (6, 6)], strict=True) if size in sizes
    }


def test_what_a_plan_keeps_is_used(make_scene, kept):
    spec = spec_of()
    scene = describe_scene(make_scene(noise(), **TILES), spec)
    plan = plan_chips(scene, spec)
    coarse = sum(chip.ground_m > SIZES[0] for chip in plan)
    for chips in (plan, plan[-coarse - 30 :]):
        list(read_chips(scene, chips, spec))
        assert kept[-1].added
        assert kept[-1].taken >= kept[-1].added
    list(read_chips(scene, plan[-coarse - 30 : 4 - coarse], spec))  # the lower edge, the upper one
    assert not kept[-1].added


def test_lists_and_single_sizes_keep_nothing(make_scene, kept):
    spec = spec_of()
    scene = describe_scene(make_scene(noise(), **TILES), spec)
    plan = plan_chips(scene, spec)
    for chips in (list(plan), iter(plan), plan[::-1], plan[:5], [plan[3], plan[-1]]):
        assert list(read_chips(scene, chips, spec))
        assert not kept[-1].added


def test_blocks_that_only_a_larger_size_needs_are_read_for_it(make_scene, decoded):
    spec = spec_of()
    scene = describe_scene(make_scene(noise(), **TILES), spec)
    plan = plan_chips(scene, spec)
    fine = sum(chip.ground_m == SIZES[0] for chip in plan)
    chips = plan[fine - 3 :]  # the corner, then all of the others
    results = list(read_chips(scene, chips, spec))
    assert set(decoded.values()) == {1}
    assert sum(averages[0][1] == (1, 1) for averages in decoded.wanted.values()) <= 4
    assert_same(results, list(size_by_size(scene, chips, spec)))


def test_sizes_of_other_overviews_are_not_averaged_in_vain(make_scene, decoded, kept):
    spec = spec_of(ground_sizes_m=(48.0, 150.0, 210.0, 400.0, 430.0))
    path = with_overviews(make_scene(noise(), **TILES))
    scene = describe_scene(path, spec)
    list(read_chips(scene, plan_chips(scene, spec), spec))
    assert set(decoded.values()) == {1}
    assert kept[0].taken >= kept[0].added
    assert {average for average, _ in kept[0].added} == {(1, (2, 2))}


def test_a_scene_that_changes_between_ground_sizes_is_refused(make_scene):
    spec = spec_of()
    path = make_scene(noise(), **TILES)
    scene = describe_scene(path, spec)
    plan = plan_chips(scene, spec)
    results = read_chips(scene, plan, spec)
    fine = sum(chip.ground_m == SIZES[0] for chip in plan)
    assert len(list(islice(results, fine))) == fine
    Path(make_scene(noise()[:, :600], name="other.tif", **TILES)).replace(path)
    with pytest.raises(UnreadableSceneError, match="index it again"):
        next(results)


@pytest.mark.parametrize("box", [(1, 1), (2, 3), (16, 16), (17, 15), (1, 258), (258, 1), (30, 25)])
def test_sums_of_white_boxes_fit(box):
    white = np.full((box[0] * 2, box[1] * 3, 4), 255, np.uint8)
    sums = sum_boxes(white, 0, 0, box)
    assert sums.shape == (2, 3, 4)
    assert (sums == 255 * box[0] * box[1]).all()
    assert sums.itemsize == (1 if box == (1, 1) else 2 if box[0] * box[1] <= 257 else 4)


def test_a_box_takes_no_more_room_than_there_are_pixels():
    white = np.full((160, 90, 4), 255, np.uint8)
    tracemalloc.start()
    sums = sum_boxes(white, 3, 5, (100_000, 70_000))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sums[0, 0].tolist() == [255 * 160 * 90] * 4
    assert most < 20 * white.nbytes


@pytest.mark.parametrize("gsd_m", [1_000.0, 100_000.0])
def test_a_chip_pixel_may_be_larger_than_the_scene(make_scene, gsd_m):
    """Sums of such a pixel may be too large for four bytes."""
    spec = ChipSpec(size_px=32, gsd_m=gsd_m)
    scene = describe_scene(make_scene(noise()), spec)
    (chip,) = read_chips(scene, plan_chips(scene, spec), spec)
    assert isinstance(chip, SkippedChip)
    assert "valid" in chip.reason


def unit_of(size):
    return Unit(0, 0, np.zeros((1, size, 4), np.uint8), ())


def test_fine_averages_make_room_for_coarse_ones():
    kept = UnitCache(100)
    fine, coarse = (None, (2, 2)), (None, (6, 6))
    places = [Window(col, 0, 1, 1) for col in range(9)]
    for place in places[:3]:
        kept.add(fine, place, unit_of(10))
    assert [kept.get(fine, place) is not None for place in places[:3]] == [True, True, False]
    assert not kept.takes(fine, places[2])
    kept.add(coarse, places[0], unit_of(10))
    assert kept.get(coarse, places[0])
    assert not kept.get(fine, places[1])
    kept.add(coarse, places[1], unit_of(15))
    assert kept.get(coarse, places[1])
    assert kept.bytes == 100
    kept.add(coarse, places[2], unit_of(1))
    assert not kept.takes(coarse, places[2])
    assert kept.bytes == 100
    kept.keep_only({fine})
    assert kept.bytes == 0
