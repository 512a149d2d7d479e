"""What GDAL says, in a few words."""

import pytest

from tiling.errors import short_reason


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("CURL error: Could not resolve host: x.org", "Could not resolve host: x.org"),
        ("TIFFFillTile:Read error at row 3", "Read error at row 3"),
        ("a.tif, band 1: IReadBlock failed at X offset 0", "IReadBlock failed at X offset 0"),
        ("'/vsicurl/https://x.org/a.tif?sig=abc' not recognized.", "not recognized"),
        ("Cannot open /vsicurl?use_head=no&url=https%3A%2F%2Fx.org%3Fsig%3Dabc", "Cannot open it"),
        ("", "RuntimeError"),
    ],
)
def test_the_cause_is_said_without_functions_and_files(said, shown):
    outer = OSError("Read failed")
    outer.__cause__ = RuntimeError(said)
    assert short_reason(outer) == shown
