"""Damaged and hostile rasters by the hundred, the same ones every time.

Each case writes one raster, with what lies beside it, into a folder of its own. Nothing here knows
what the product makes of them: that is held against rasterio on one thread in test_hostile.py.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from tests.tiling.test_external_files import KINDS, place_door
from tests.tiling.tiny import claiming, with_metadata

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UTM = "EPSG:32633"
METRE = Affine(1, 0, 500_000, 0, -1, 5_000_000)
CODECS = (
    "none", "packbits", "lzw", "deflate", "zstd", "lzma", "jpeg", "webp", "lerc", "lerc_deflate",
    "lerc_zstd",
)  # fmt: skip
LAYOUTS = {
    # large enough for GDAL's own threads, which treat failed blocks in another way
    "large tiles": (1024, {"tiled": True, "blockxsize": 256, "blockysize": 256}),
    "small tiles": (256, {"tiled": True, "blockxsize": 64, "blockysize": 64}),
    "strips": (256, {"blockysize": 32}),
}
DAMAGE = ("cut", "scrambled", "bits", "zeros", "tail")


@dataclass(frozen=True, slots=True)
class Case:
    """One raster."""

    name: str
    """What is wrong with it."""
    write: Callable[[Path], None]
    """Writes it to a path that ends in .tif."""
    blocks_only: bool = False
    """Whether its directory is whole, and only blocks are damaged."""


def all_cases() -> list[Case]:
    """Every case, those of a kind together."""
    return [
        *_damaged_blocks(), *_damaged_overviews(), *_flipped_headers(), *_side_files(), *_claims(),
        *_places(), *_pictures(),
    ]  # fmt: skip


def rng_of(name: str) -> np.random.Generator:
    """Chance that is the same on every machine."""
    return np.random.default_rng(zlib.crc32(name.encode()))


@lru_cache(maxsize=64)
def pixels(side: int, count: int = 3) -> np.ndarray:
    """Waves and noise, never uniform."""
    y, x = np.mgrid[0:side, 0:side]
    noise = np.random.default_rng(1).integers(0, 32, (count, side, side))
    waves = [
        110 + 50 * np.sin(x / (9 + band)) + 50 * np.cos(y / (7 + band)) for band in range(count)
    ]
    return np.clip(np.stack(waves) + noise, 1, 255).astype(np.uint8)


@lru_cache(maxsize=128)
def _geotiff(codec: str, layout: str, interleave: str, *, overviews: bool = False) -> bytes:
    side, shape = LAYOUTS[layout]
    profile = {"compress": codec, "interleave": interleave, **shape}
    return _written(pixels(side), overviews=overviews, **profile)


def _written(data: np.ndarray, *, overviews: bool = False, **profile: object) -> bytes:
    wanted = {
        "driver": "GTiff", "crs": UTM, "transform": METRE, "dtype": data.dtype, "count": len(data),
        "height": data.shape[1], "width": data.shape[2],
    } | profile  # fmt: skip
    with MemoryFile() as memory:
        with memory.open(**wanted) as file:
            file.write(data)
        if overviews:
            with rasterio.open(memory.name, "r+") as file:
                file.build_overviews([2])
        return bytes(memory.getbuffer())


def _places_of(contents: bytes, level: int | None = None) -> list[tuple[int, int]]:
    """Offset and length of each block of band 1."""
    options = {} if level is None else {"overview_level": level}
    with MemoryFile(contents) as memory, rasterio.open(memory.name, **options) as file:
        height, width = file.block_shapes[0]
        names = [
            f"{col}_{row}"
            for row in range(-(-file.height // height))
            for col in range(-(-file.width // width))
        ]
        facts = ("OFFSET", "SIZE")
        found = [
            [file.get_tag_item(f"BLOCK_{f}_{n}", "TIFF", bidx=1) for f in facts] for n in names
        ]
        return [(int(offset), int(size)) for offset, size in found]


def _damage(
    contents: bytes, places: list[tuple[int, int]], how: str, rng: np.random.Generator
) -> bytes:
    changed = bytearray(contents)
    if how == "cut":
        offset, size = sorted(places)[len(places) * 2 // 3]
        return bytes(changed[: offset + size // 2])
    for number in rng.choice(len(places), 2, replace=False):
        offset, size = places[number]
        if how == "scrambled":
            changed[offset : offset + size] = rng.bytes(size)
        elif how == "zeros":
            changed[offset : offset + size] = bytes(size)
        elif how == "tail":
            changed[offset + size // 2 : offset + size] = bytes(size - size // 2)
        else:
            for place in rng.integers(0, size, 6):
                changed[offset + place] ^= 1 << int(rng.integers(0, 8))
    return bytes(changed)


def _damaged_blocks() -> list[Case]:
    def write(path: Path, codec: str, layout: str, interleave: str, how: str) -> None:
        contents = _geotiff(codec, layout, interleave)
        rng = rng_of(f"{codec} {layout} {interleave} {how}")
        path.write_bytes(_damage(contents, _places_of(contents), how, rng))

    return [
        Case(f"{codec}, {layout}, by {interleave}: {how}",
             partial(write, codec=codec, layout=layout, interleave=interleave, how=how),
             blocks_only=True)
        for codec, layout, interleave, how in product(CODECS, LAYOUTS, ("pixel", "band"), DAMAGE)
        if (codec, interleave) != ("webp", "band")
    ]  # fmt: skip


def _damaged_overviews() -> list[Case]:
    def write(path: Path, codec: str, how: str) -> None:
        contents = _geotiff(codec, "large tiles", "pixel", overviews=True)
        places = _places_of(contents, 0)
        path.write_bytes(_damage(contents, places, how, rng_of(f"{codec} overview {how}")))

    return [
        Case(f"{codec}, overview: {how}", partial(write, codec=codec, how=how))
        for codec, how in product(CODECS, ("scrambled", "zeros"))
    ]


def _flipped_headers() -> list[Case]:
    def write(path: Path, codec: str, layout: str, number: int) -> None:
        changed = bytearray(_geotiff(codec, layout, "pixel"))
        rng = rng_of(f"{codec} {layout} {number}")
        for place in rng.integers(2, 600, 1 + number % 20):
            changed[place] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(changed)

    kinds = [
        ("none", "strips"),
        ("lzw", "small tiles"),
        ("deflate", "strips"),
        ("jpeg", "small tiles"),
    ]
    return [
        Case(f"header of {codec}, {layout}: {1 + number % 20} bits, {number}",
             partial(write, codec=codec, layout=layout, number=number))
        for (codec, layout), number in product(kinds, range(25))
    ]  # fmt: skip


def _side_files() -> list[Case]:
    whole = partial(_geotiff, "lzw", "small tiles", "pixel")

    def door(path: Path, kind: str, address: str) -> None:
        canary = path.with_name("canary.img")  # no ending that a folder is searched for
        canary.write_bytes(_geotiff("none", "strips", "pixel"))
        path.write_bytes(whole())
        place_door(kind, str(path), address or str(canary))

    def beside(path: Path, name: str, contents: bytes) -> None:
        path.write_bytes(whole())
        path.with_name(path.name + name).write_bytes(contents)

    doors = [
        Case(f"door {kind} to {'a server' if address else 'a file'}",
             partial(door, kind=kind, address=address))
        for kind, address in product(KINDS, ("", "/vsicurl/http://127.0.0.1:9/a.tif"))
    ]  # fmt: skip
    settings = {
        "nothing": b"",
        "noise": rng_of("noise").bytes(4096),
        "no end": b"<PAMDataset><Metadata>",
        "deep": b"<a>" * 50_000,
        "no CRS": b"<PAMDataset><SRS>EPSG:0</SRS></PAMDataset>",
        "a CRS of noise": b"<PAMDataset><SRS>" + b"PROJCS[" * 500 + b"</SRS></PAMDataset>",
        "no place": b"<PAMDataset><GeoTransform>nan, 1, 0, 0, 0, -1</GeoTransform></PAMDataset>",
        "many bands": b"<PAMDataset>" + b"<PAMRasterBand band='9'/>" * 20_000 + b"</PAMDataset>",
        "entities": b'<!DOCTYPE a [<!ENTITY b "'
        + b"c" * 10_000
        + b'">]><a>'
        + b"&b;" * 10_000
        + b"</a>",
        "many items": b"<PAMDataset><Metadata>" + b'<MDI key="a">b</MDI>' * 100_000,
    }
    pictures = {
        "noise": rng_of("picture").bytes(2000),
        "nothing": b"",
        "cut": whole()[:300],
        "own": whole(),
    }
    return [
        *doors,
        *(Case(f".aux.xml: {what}", partial(beside, name=".aux.xml", contents=said))
          for what, said in settings.items()),
        *(Case(f"{name}: {what}", partial(beside, name=name, contents=said))
          for (what, said), name in product(pictures.items(), (".ovr", ".msk"))),
    ]  # fmt: skip


def _claims() -> list[Case]:
    def write(path: Path, contents: bytes) -> None:
        path.write_bytes(contents)
        path.with_name(f"{path.name}.aux.xml").write_text(
            f"<PAMDataset><SRS>{UTM}</SRS><GeoTransform>500000, 1, 0, 5000000, 0, -1</GeoTransform>"
            "</PAMDataset>"
        )

    sides, tiles = (
        (30_000, 300_000, 3_000_000, 2**31 - 1, 2**32 - 1),
        (None, 16, 256, 4096, 1 << 20),
    )
    claims = {
        f"{width} x {width} px, tiles of {tile}, {listed or 'all'} listed": claiming(
            width, width, tile=tile, listed=listed
        )
        for width, tile, listed in product(sides, tiles, (None, 1))
    }
    claims |= {f"{n} bands": claiming(8, 8, samples=n) for n in (5000, 65_535)}
    claims |= {f"{n} metadata items": with_metadata(n) for n in (9_000, 100_000)}
    return [Case(f"claims {name}", partial(write, contents=said)) for name, said in claims.items()]


def _places() -> list[Case]:
    nan, inf = float("nan"), float("inf")
    transforms = {
        "not a number": Affine(nan, 0, 5e5, 0, -1, 5e6), "endless": Affine(1, 0, inf, 0, -1, 5e6),
        "no area": Affine(1, 1, 5e5, 1, 1, 5e6), "huge pixels": Affine(1e300, 0, 0, 0, -1e300, 0),
        "tiny pixels": Affine(1e-300, 0, 5e5, 0, -1e-300, 5e6),
        "far away": Affine(1, 0, 1e12, 0, -1, 1e12),
        "upside down": Affine(1, 0, 5e5, 0, 1, 5e6), "turned": METRE * Affine.rotation(33),
    }  # fmt: skip
    crs = [UTM, "EPSG:4326", "EPSG:3857"]

    def write(path: Path, place: Affine, system: str) -> None:
        path.write_bytes(_written(pixels(256), transform=place, crs=system))

    def valued(path: Path, dtype: str, nodata: float) -> None:
        path.write_bytes(_written(pixels(256).astype(dtype), nodata=nodata, dtype=dtype))

    values = [
        ("uint8", 0),
        ("int16", -32768),
        ("float32", nan),
        ("float32", inf),
        ("float64", -1e300),
    ]
    return [
        *(Case(f"place {what} in {system}", partial(write, place=place, system=system))
          for (what, place), system in product(transforms.items(), crs)),
        *(Case(f"{dtype} with nodata {nodata}", partial(valued, dtype=dtype, nodata=nodata))
          for dtype, nodata in values),
    ]  # fmt: skip


def _pictures() -> list[Case]:
    def write(path: Path, driver: str, how: str) -> None:
        contents = _written(pixels(256), driver=driver, quality=90)
        path.write_bytes(
            _damage(contents, [(200, len(contents) - 200)] * 2, how, rng_of(driver + how))
        )
        path.with_suffix(".wld").write_text("1\n0\n0\n-1\n500000\n5000000\n")

    return [
        Case(f"{driver}: {how}", partial(write, driver=driver, how=how))
        for driver, how in product(("JPEG", "PNG", "JP2OpenJPEG"), DAMAGE)
    ]
