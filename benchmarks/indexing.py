"""Indexing from scene to part: beside encoding alone, again over unchanged scenes, and its memory.

Scenes are painted here: coloured fields with noise, so that no two chips are alike and deflate has
something to do. The memory alone: python -m benchmarks.indexing -o FOLDER.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
import rasterio
from rasterio.transform import from_origin

from cmpagl_model.atomic import replacing
from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from cmpagl_model.index.batches import SceneJob, read_batches
from cmpagl_model.index.build import DEFAULT_BATCH
from tiling import ChipSpec, describe_scene, plan_chips

from .record import Row
from .timing import quartiles, rate_row, times_ms

if TYPE_CHECKING:
    from cmpagl_model.encoders import Encoder

TOPIC = "indexing"
ROUNDS = 5
ONE_PX, FEW = 2000, 24
"""Side of the scene that is indexed alone, and how many small ones."""
WANTED_SHARE = 0.95
SCENES, RERUNS, RERUN_LIMIT_S = 1000, 5, 5.0
MEMORY_LIMIT_B = 1.5e9
FIELD_PX, STRIP_ROWS = 40, 500
WEIGHED = """
import pathlib, re, resource, sys
from cmpagl_model.cli.app import run
assert run(sys.argv[1:]) == 0
status = pathlib.Path("/proc/self/status")
if status.exists():  # what getrusage says here was inherited from the process that started this one
    print(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
"""Runs ``cmpagl`` and prints the most memory it had, KiB."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A scene whose indexing may take much memory."""

    name: str
    """For the table."""
    width: int
    """Columns, px."""
    height: int
    """Rows, px."""
    profile: tuple[tuple[str, object], ...]
    """How the file is laid out, as rasterio names it."""
    options: tuple[str, ...]
    """Of ``cmpagl index``: what keeps the number of chips small and the picture large."""
    pixel_m: float = 1.0
    """Side of a pixel, m."""


TILED = (("tiled", True), ("blockxsize", 256), ("blockysize", 256))
STRIPS = (("blockysize", 16),)
SHAPES = (
    Shape("wide, tiled, native", 40_000, 400, TILED, ("--gsd", "native", "--overlap", "0")),
    Shape("wide, in strips, averaged", 40_000, 8_000, STRIPS, ("--scales", "4000")),
    Shape("in one strip, default sizes", 12_000, 12_000, (("blockysize", 12_000),), (), 0.1),
    Shape("in two strips, default sizes", 12_000, 12_000, (("blockysize", 6_000),), (), 0.1),
    Shape(
        "in two strips a band, default sizes",
        12_000,
        12_000,
        (("blockysize", 6_000), ("interleave", "band")),
        (),
        0.1,
    ),
)


def measure(folder: Path) -> list[Row]:
    """Time indexing and weigh it.

    Args:
        folder: where scenes and indexes go; scenes that are there are taken again.

    Returns:
        Rows for indexing beside encoding alone, the rerun, and the most memory taken.
    """
    place = folder / TOPIC
    place.mkdir(parents=True, exist_ok=True)
    encoder = open_encoder(device="cpu")
    one = painted(place / "one" / f"{ONE_PX}.tif", ONE_PX, ONE_PX)
    few = [painted(place / "few" / f"{n:03d}.tif", 480, 480, seed=n) for n in range(FEW)]
    return [
        _beside_encoding("one scene", [one], place, encoder),
        _beside_encoding(f"{len(few)} small scenes", few, place, encoder),
        _rerun(place),
        *(_memory(shape, place) for shape in SHAPES),
    ]


def _beside_encoding(what: str, scenes: list[Path], place: Path, encoder: Encoder) -> Row:
    """Index scenes, and encode the same batches that were read before, in turn."""
    click.echo(f"  indexing beside encoding alone, {what}")
    inputs, index = [str(path) for path in scenes], place / "beside.cmpagl"
    spec = ChipSpec(size_px=encoder.model.config.image.input_px)
    read = []
    for path in inputs:
        scene = describe_scene(path, spec)
        job = SceneJob(scene, plan_chips(scene, spec), "", (0,))
        read += [batch.pixels for batch in read_batches([job], spec, spec.size_px, DEFAULT_BATCH)]
    chips = sum(len(pixels) for pixels in read)

    def whole(_: int) -> None:
        shutil.rmtree(index, ignore_errors=True)
        done = build_index(inputs, index, encoder, spec).encoded
        if done != chips:
            raise RuntimeError(f"indexing encoded {done} chips, {chips} were read; wanted equal")

    def alone(_: int) -> None:
        for pixels in read:
            encoder.encode_chips(pixels)

    times = times_ms([whole, alone], ROUNDS, rounds=1)
    return rate_row(
        TOPIC, f"indexing, {what}", *(1e3 * chips / times), unit="chips/s",
        against="encoding alone", wanted_ratio=WANTED_SHARE,
        note=f"{chips:,} chips of all ground sizes, nothing kept",
    )  # fmt: skip


def _rerun(place: Path) -> Row:
    """``cmpagl index`` as a new process over scenes that are all in the index."""
    click.echo(f"  rerun over {SCENES:,} unchanged scenes")
    scenes, index = place / "many", place / "many.cmpagl"
    for number in range(SCENES):
        painted(scenes / f"{number:04d}.tif", 160, 160, seed=number)
    shutil.rmtree(index, ignore_errors=True)
    command = ["index", str(scenes), "-o", str(index), "--gsd", "native"]
    first = _seconds(command)
    again = [_seconds(command) for _ in range(RERUNS)]
    return Row(
        TOPIC, f"rerun over {SCENES:,} unchanged scenes", "s", *quartiles(again),
        limit=RERUN_LIMIT_S,
        note=f"new process; the first run, one chip a scene, took {first:.1f} s",
    )  # fmt: skip


def _memory(shape: Shape, place: Path) -> Row:
    click.echo(f"  memory, a scene {shape.name}")
    scene, index = place / "large.tif", place / "large.cmpagl"
    shutil.rmtree(index, ignore_errors=True)
    place_on_earth = from_origin(500_000, 5_700_000, shape.pixel_m, shape.pixel_m)
    profile = {"transform": place_on_earth, **dict(shape.profile)}
    painted(scene, shape.width, shape.height, profile=profile)
    command = [sys.executable, "-c", WEIGHED, "index", str(scene), "-o", str(index), *shape.options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    peak = 1024.0 * int(done.stdout.split()[-1])
    scene.unlink()
    what = f"memory, {shape.width:,} x {shape.height:,} px {shape.name}"
    return Row(TOPIC, what, "B", peak, limit=MEMORY_LIMIT_B, note="most resident, all included")


def _seconds(words: list[str]) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "cmpagl_model.cli", *words]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def painted(
    path: Path, width: int, height: int, *, seed: int = 0, profile: dict[str, object] | None = None
) -> Path:
    """A GeoTIFF of coloured fields with noise, unless it is there."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    settings = {
        "driver": "GTiff", "width": width, "height": height, "count": 3, "dtype": "uint8",
        "crs": "EPSG:32631", "transform": from_origin(500_000, 5_700_000, 1, 1),
        "compress": "deflate", "interleave": "pixel", **(profile or dict(TILED)),
    }  # fmt: skip
    fields = random.integers(30, 220, (3, -(-height // FIELD_PX), -(-width // FIELD_PX)))
    noise = random.integers(-12, 13, (3, STRIP_ROWS, width), np.int16)
    with replacing(path, sync=False) as part, rasterio.open(part, "w", **settings) as scene:
        for top in range(0, height, STRIP_ROWS):
            rows = min(STRIP_ROWS, height - top)
            picked = fields[:, (top + np.arange(rows)) // FIELD_PX].repeat(FIELD_PX, axis=2)
            pixels = picked[:, :, :width] + np.roll(noise[:, :rows], top, axis=2)
            window = ((top, top + rows), (0, width))
            scene.write(np.clip(pixels, 1, 255).astype(np.uint8), window=window)
    return path


@click.command()
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
def main(output: Path) -> None:
    """Measure what indexing takes of memory, and nothing else."""
    output.mkdir(parents=True, exist_ok=True)
    for shape in SHAPES:
        row = _memory(shape, output)
        click.echo(f"{row.what}: {row.median / 1e9:.2f} GB, {MEMORY_LIMIT_B / 1e9:.1f} wanted")


if __name__ == "__main__":
    main()
