"""Whatever a library raises about one file, that file is refused in one line and no other."""

import os
from pathlib import Path

import numpy as np
import pytest
from rasterio.control import GroundControlPoint

from tests.tiling.conftest import UTM, position_colours
from tiling import (
    ChipImage,
    ChipSpec,
    TilingError,
    describe_scene,
    footprints,
    plan_chips,
    read_chips,
)
from tiling.errors import UnreadableSceneError

SPEC = ChipSpec(64, native=True)
PAM = "<PAMDataset><PAMRasterBand band='1'><ColorInterp>Palette</ColorInterp>{}</PAMRasterBand></PAMDataset>"  # noqa: E501
TABLE = "<ColorTable><Entry c1='255' c2='0' c3='0' c4='255'/></ColorTable>"


def use(path):
    """All that indexing does with a scene."""
    scene = describe_scene(path, SPEC)
    plan = plan_chips(scene, SPEC)
    results = list(read_chips(scene, plan, SPEC))
    footprints(scene, [result.chip.window for result in results])
    return scene, results


def assert_one_line(error, path):
    text = str(error)
    assert path in text
    assert "\n" not in text
    assert ";" in text, "and the next step"


@pytest.mark.parametrize("dtype", ["complex_int16", "complex64"])
def test_complex_pixels_are_refused_by_name(make_scene, dtype):
    path = make_scene(position_colours(64, 64)[:1].astype("complex64"), dtype=dtype)
    with pytest.raises(UnreadableSceneError, match=f"{dtype} pixels") as refused:
        use(path)
    assert_one_line(refused.value, path)


@pytest.mark.parametrize(
    ("dtype", "table"),
    [("uint8", ""), ("uint16", ""), ("int16", TABLE), ("float32", TABLE), ("float32", "")],
)
def test_colour_numbers_without_colours_are_shown_grey(make_scene, dtype, table):
    pixels = position_colours(100, 80, dtype)[:1]
    path = make_scene(pixels)
    Path(f"{path}.aux.xml").write_text(PAM.format(table))
    scene, results = use(path)
    assert not scene.palette
    shown = [result for result in results if isinstance(result, ChipImage)]
    assert shown
    assert all((chip.pixels[..., 0] == chip.pixels[..., 2]).all() for chip in shown)


@pytest.mark.parametrize(
    "places",
    [
        [(0, 0)],
        [(0, 0), (10, 10)],
        [(0, 0), (20, 20), (40, 40), (60, 60)],
        [(5, 5)] * 4,
        [(0, 0), (10, 10), (20, float("nan"))],
    ],
    ids=["one", "two", "on a line", "the same", "not a number"],
)
def test_control_points_that_say_too_little(make_scene, places):
    points = [GroundControlPoint(y, x, 500_000 + x, 5_000_000 - y) for x, y in places]
    path = make_scene(
        transform=None, crs=None, finish=lambda scene: setattr(scene, "gcps", (points, UTM))
    )
    try:
        scene, _ = use(path)
    except TilingError as refused:
        assert_one_line(refused, path)
    else:
        assert scene.gsd_x_m > 0


def test_a_damaged_header_refuses_its_file_and_nothing_else(make_scene):
    """Each byte of the directory in turn, one bit flipped."""
    path = Path(make_scene(size=(70, 60), compress="lzw"))
    whole = path.read_bytes()
    rng = np.random.default_rng(2)
    places = rng.choice(min(len(whole), 400), 60, replace=False)
    for place in places.tolist():
        contents = bytearray(whole)
        contents[place] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(contents)
        try:
            use(str(path))
        except TilingError as refused:
            assert "\n" not in str(refused)  # noqa: PT017 - most flips are harmless


def test_an_error_that_nobody_thought_of_keeps_its_cause(make_scene, monkeypatch):
    def fails(*_, **__):
        raise RecursionError("too deep")

    monkeypatch.setattr("tiling.describe.band_choice", fails)
    path = make_scene()
    with pytest.raises(UnreadableSceneError, match="too deep") as refused:
        use(path)
    assert_one_line(refused.value, path)
    assert isinstance(refused.value.__cause__, RecursionError)


def test_what_the_caller_raises_to_stop_is_not_the_file_s_fault(make_scene):
    class StopNow(Exception):  # noqa: N818 - as callers may name it
        """Raised by who is told of progress."""

    def told(_):
        raise StopNow

    with pytest.raises(StopNow):
        describe_scene(make_scene(), SPEC, told)


@pytest.mark.parametrize("name", [b"\xff\xe9.tif", b"\xff\xe9/a.tif"])
def test_a_path_that_is_not_utf_8_is_to_be_changed(make_scene, tmp_path, name):
    odd = tmp_path / os.fsdecode(name)
    try:
        odd.parent.mkdir(exist_ok=True)
        odd.write_bytes(Path(make_scene()).read_bytes())
    except OSError:
        pytest.skip("no such names on this file system")
    with pytest.raises(UnreadableSceneError, match=r"not UTF-8.*; rename the file or") as refused:
        use(str(odd))
    assert_one_line(refused.value, str(odd))
