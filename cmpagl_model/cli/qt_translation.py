"""Compiled translations as Qt reads them, ``.qm``, so that nobody needs Qt's lrelease.

The format is a table from a text's hash to its translation; ``qtranslator.cpp`` reads it.
"""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET

MAGIC = bytes.fromhex("3cb86418caef9c95cd211cbf60a1bddd")
HASHES, MESSAGES = 0x42, 0x69
"""Blocks of a file."""
END, TRANSLATION, SOURCE, CONTEXT = 0x01, 0x03, 0x06, 0x07
"""Parts of a message."""


def compiled(ts: bytes) -> bytes:
    """The content of a ``.qm``; empty where nothing is translated.

    Args:
        ts: the content of a translation file of ours, without plural forms or comments.
    """
    messages, places = bytearray(), []
    for context in ET.fromstring(ts).iter("context"):
        name = context.findtext("name", "").encode()
        for message in context.iter("message"):
            text, shown = message.findtext("source", ""), message.findtext("translation", "")
            if shown:
                # The hash of ELF, as ``qtranslator.cpp`` has it.
                found = 0
                for byte in text.encode():
                    found = (found << 4) + byte
                    high = found & 0xF0000000
                    found = (found ^ high >> 24) & ~high
                places.append((found or 1, len(messages)))
                messages += _part(TRANSLATION, shown.encode("utf-16-be"))
                messages += _part(SOURCE, text.encode())
                messages += _part(CONTEXT, name)
                messages.append(END)
    if not places:
        return b""
    hashes = b"".join(struct.pack(">II", *place) for place in sorted(places))
    return MAGIC + _part(HASHES, hashes) + _part(MESSAGES, bytes(messages))


def _part(tag: int, data: bytes) -> bytes:
    return struct.pack(">BI", tag, len(data)) + data
