"""Standard input, output and error as this program needs them, whatever it was started with.

A console may know few letters (cp1252, cp932, the C locale), a disk behind a redirection may be
full, and a stream may be closed: none of these is a fault of ours, and none may look like one.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from cmpagl_model.errors import OutputError

if TYPE_CHECKING:
    from typing_extensions import Buffer

STDIN, STDOUT, STDERR = 0, 1, 2
VISIBLE = "backslashreplace"
"""What becomes of letters that a console does not know: ``\\u0142``."""


class _Out(io.FileIO):
    """Standard output. What it does not take is told once; what follows is lost in silence."""

    _broken = False

    def write(self, data: Buffer, /) -> int:
        """Write what the stream takes.

        Raises:
            OSError: a broken pipe, if who read it has left; that is no failure.
            BrokenPipeError: the same, where Windows has another word for it.
            OutputError: if it cannot be written.
        """
        if self._broken:
            return memoryview(data).nbytes
        try:
            return super().write(data) or 0
        except OSError as error:
            self._broken = True
            if isinstance(error, BrokenPipeError):
                raise
            if sys.platform == "win32" and error.errno == errno.EINVAL:  # its word for the same
                raise BrokenPipeError(errno.EPIPE, error.strerror) from error
            raise OutputError(
                f"standard output cannot be written ({error.strerror or error}); next: send it to "
                "a place with enough room"
            ) from error


class _Err(io.FileIO):
    """Standard error; there is nobody to tell where it cannot be written."""

    def write(self, data: Buffer, /) -> int:
        """Write what the stream takes, and lose the rest."""
        with suppress(OSError):
            super().write(data)
        return memoryview(data).nbytes


def prepare_streams() -> None:
    """Make the three streams usable; to be called once, before anything is opened or said."""
    for descriptor in (STDIN, STDOUT, STDERR):
        try:
            os.fstat(descriptor)
        except OSError:  # noqa: PERF203 - closed: no file of ours may get its number, and its text
            os.open(os.devnull, os.O_RDONLY)  # gets the lowest free number; writing to it fails
    if sys.stdin is None:
        sys.stdin = open(STDIN, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _wrapped(sys.stdout, _Out, STDOUT)
    sys.stderr = _wrapped(sys.stderr, _Err, STDERR)


class _Shown(logging.Formatter):
    """Lines of a log as they may be sent to others."""

    SIGNATURE = re.compile(r"\?[^\s'\"<>]+")

    def format(self, record: logging.LogRecord) -> str:
        """What is logged, without what follows the ``?`` of an address: it may be a key."""
        return self.SIGNATURE.sub("?...", super().format(record))


def show_log() -> None:
    """Show on standard error what this package and the libraries log, but for their debugging."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    if any(isinstance(handler.formatter, _Shown) for handler in root.handlers):
        return
    handler = logging.StreamHandler()
    handler.setFormatter(_Shown("%(asctime)s %(name)s: %(message)s"))
    root.addHandler(handler)


def _wrapped(stream: TextIO | None, kind: type[io.FileIO], descriptor: int) -> TextIO:
    if stream is not None and stream.isatty():  # Windows has its own way to a console
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=VISIBLE)
        return stream
    if stream is not None:
        stream.flush()
    raw = kind(descriptor, "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding="utf-8" if stream is None else stream.encoding,
        errors=VISIBLE,
        line_buffering=descriptor == STDERR,
    )
