"""TIFF files byte by byte: what they claim need not be true."""

from __future__ import annotations

import struct

SHORT, LONG, ASCII = 3, 4, 2
WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, OFFSETS, SAMPLES, ROWS, COUNTS = (
    256, 257, 258, 259, 262, 273, 277, 278, 279,
)  # fmt: skip
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, METADATA = 322, 323, 324, 325, 42112


def tiny_tiff(*tags, tail=b""):
    """A TIFF of one directory.

    Args:
        tags: number, type, count, and value or place of each.
        tail: what follows the directory.
    """
    entries = b"".join(
        struct.pack("<HHI", tag, kind, count)
        + (
            struct.pack("<HH", value, 0)
            if kind == SHORT and count == 1
            else struct.pack("<I", value)
        )
        for tag, kind, count, value in sorted(tags)
    )
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + tail


def claiming(width, height, *, tile=None, listed=None, samples=1):
    """Nine tags, 122 bytes, that claim so many pixels."""
    blocks = 1 if tile is None else -(-width // tile) * -(-height // tile)
    count = min(blocks, 2**32 - 1) if listed is None else listed
    shape = (
        [(ROWS, LONG, 1, height), (OFFSETS, LONG, count, 8), (COUNTS, LONG, count, 64)]
        if tile is None
        else [(TILE_WIDTH, LONG, 1, tile), (TILE_HEIGHT, LONG, 1, tile),
              (TILE_OFFSETS, LONG, count, 8), (TILE_COUNTS, LONG, count, 64)]
    )  # fmt: skip
    return tiny_tiff(
        (WIDTH, LONG, 1, width), (HEIGHT, LONG, 1, height), (BITS, SHORT, 1, 8),
        (COMPRESSION, SHORT, 1, 8), (PHOTOMETRIC, SHORT, 1, 1), (SAMPLES, SHORT, 1, samples),
        *shape,
    )  # fmt: skip


def with_metadata(items):
    """One pixel and so many metadata items."""
    text = "".join(f'<Item name="n{number}">v</Item>' for number in range(items))
    words = f"<GDALMetadata>{text}</GDALMetadata>".encode() + b"\0"
    place = 8 + 2 + 10 * 12 + 4
    return tiny_tiff(
        (WIDTH, LONG, 1, 1), (HEIGHT, LONG, 1, 1), (BITS, SHORT, 1, 8), (COMPRESSION, SHORT, 1, 1),
        (PHOTOMETRIC, SHORT, 1, 1), (SAMPLES, SHORT, 1, 1), (ROWS, LONG, 1, 1),
        (OFFSETS, LONG, 1, 8), (COUNTS, LONG, 1, 1), (METADATA, ASCII, len(words), place),
        tail=words,
    )  # fmt: skip
