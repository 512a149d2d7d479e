"""What memory and arithmetic of the machine allow, beside what search and encoder reach."""

from __future__ import annotations

import importlib.util
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import click
import numpy as np

from cmpagl_model.encoders import open_encoder
from cmpagl_model.search.scan import products

from .machine import cores
from .record import ABSENT, Row
from .timing import rate_row, timed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder

TOPIC = "roofline"
CODES, CODE = 2_000_000, 48
"""Codes that are scanned, and bytes of each, as an index of this model has them."""
SIDE = 2048
"""Of the square matrices that are multiplied."""
TRIES, BATCH = 9, 64
READ, MULTIPLY = "reading memory", "multiplying float32 matrices"
SCAN, ENCODE = "search: scan of codes", "image encoder"


def measure(
    folder: Path, codes: int = CODES, side: int = SIDE, batch: int = BATCH, tries: int = TRIES
) -> list[Row]:
    """Measure the two limits and what comes near them.

    Args:
        folder: not needed.
        codes: how many are scanned.
        side: of the matrices.
        batch: chips encoded at a time.
        tries: how often each is timed.

    Returns:
        Bandwidth by one thread and by all, sgemm, the scan and the encoder. The ratio of the latter
        two is the share of the limit that they reach.
    """
    del folder
    click.echo("  memory, matrices, the scan and the encoder")
    block = np.ones(codes * CODE // 8, np.int64)
    one, every = ([_read_gb_s(block, many) for _ in range(tries)] for many in (1, cores()))
    random = np.random.default_rng(0)
    left, right = (random.random((side, side), np.float32) for _ in range(2))
    sgemm = _rates(lambda: left @ right, 2 * side**3, tries)
    many = random.integers(-127, 128, (codes, CODE), np.int8)
    weights = random.integers(-127, 128, CODE, np.int8)
    scan = _rates(lambda: products(many, weights), many.nbytes, tries)
    best = max(one, every, key=np.median)
    rows = [
        rate_row(
            TOPIC, f"{READ}, 1 thread", one, unit="GB/s",
            note=f"sum of {block.nbytes / 1e6:,.0f} MB by numpy",
        ),
        rate_row(TOPIC, f"{READ}, {cores()} threads", every, unit="GB/s", note="the same, shared"),
        rate_row(
            TOPIC, f"{MULTIPLY}, {side} by {side}", sgemm, unit="GFLOP/s",
            note=f"numpy, {cores()} cores",
        ),
        rate_row(
            TOPIC, SCAN, scan, [float(np.median(best))], unit="GB/s", against=READ,
            note=f"{codes:,} codes of {CODE} B",
        ),
    ]  # fmt: skip
    return [*rows, _encoder(batch, tries, sgemm)]


def read_gb_s() -> float:
    """Bandwidth of reading memory, GB/s: the best of five sums by one thread and by all."""
    block = np.ones(1 << 26, np.int64)
    return max(_read_gb_s(block, threads) for threads in {1, cores()} for _ in range(5))


def _read_gb_s(block: NDArray[np.int64], threads: int) -> float:
    pieces = np.array_split(block, threads)
    with ThreadPoolExecutor(threads) as pool:
        return block.nbytes / timed(lambda: list(pool.map(np.sum, pieces))) / 1e9


def _encoder(batch: int, tries: int, sgemm: list[float]) -> Row:
    """The image encoder; its operations are counted by torch, where that is installed."""
    if importlib.util.find_spec("torch") is None:
        return Row(TOPIC, ENCODE, "GFLOP/s", against=MULTIPLY, better="higher", note=ABSENT)
    encoder = open_encoder(device="cpu")
    each = 2 * multiply_adds(encoder)
    side = encoder.model.config.image.input_px
    chips = np.random.default_rng(0).integers(0, 256, (batch, side, side, 3), np.uint8)
    rates = _rates(lambda: encoder.encode_chips(chips), batch * each, tries)
    note = f"{each / 1e9:.2f} GFLOP a chip of {side} px, {np.median(rates) / (each / 1e9):.0f} a s"
    limit = [float(np.median(sgemm))]
    return rate_row(TOPIC, ENCODE, rates, limit, unit="GFLOP/s", against=MULTIPLY, note=note)


def multiply_adds(encoder: Encoder) -> int:
    """Multiply-adds of the image tower for one chip, as docs/model.md counts them."""
    from cmpagl_model.network import create_model  # noqa: PLC0415 - loads torch
    from tools.count_model import cost_of_image  # noqa: PLC0415

    return cost_of_image(create_model(encoder.model.name).eval()).multiply_adds


def _rates(run: Callable[[], object], amount: float, tries: int) -> list[float]:
    """Billions of something a second, the first try left out."""
    run()
    found = []
    for _ in range(tries):
        started = time.perf_counter()
        run()
        found.append(amount / (time.perf_counter() - started) / 1e9)
    return found
