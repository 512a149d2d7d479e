"""Shares of an index, made by calls that do not talk with each other."""

import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.errors import ClusterError
from cmpagl_model.index import build_index, read_info
from cmpagl_model.index.shard import Shard
from tests.cmpagl_model.index.harm import contents
from tests.conftest import painted_pixels
from tiling import ChipSpec

SPEC = ChipSpec(size_px=192, native=True)

pytestmark = pytest.mark.usefixtures("small_parts")


@pytest.fixture
def scenes(make_scene):
    """Two scenes of several parts."""
    return [
        str(make_scene(f"{name}.tif", pixels=painted_pixels(width, 400)))
        for name, width in (("long", 1400), ("short", 700))
    ]


def test_all_shares_together_are_the_index_of_one_call(scenes, tmp_path, encoder):
    whole, shared = tmp_path / "whole.cmpagl", tmp_path / "shared.cmpagl"
    alone = build_index(scenes, whole, encoder, SPEC)
    reports = [
        build_index(scenes, shared, encoder, SPEC, shard=Shard(number, 3)) for number in (2, 3, 1)
    ]
    assert contents(shared) == contents(whole)
    assert read_info(shared).content == read_info(whole).content
    assert sum(report.encoded for report in reports) == alone.encoded
    assert all(report.encoded for report in reports)
    assert not any(report.problems or report.present for report in reports)
    merged = build_index(scenes, shared, encoder, SPEC)
    assert (merged.encoded, merged.present, merged.unchanged) == (0, alone.encoded, 2)


def test_a_changed_scene_is_replaced_once_all_shares_are_made(
    scenes, make_scene, tmp_path, encoder
):
    index, wanted = tmp_path / "x.cmpagl", tmp_path / "wanted.cmpagl"
    build_index(scenes, index, encoder, SPEC)
    before = {entry.name for entry in read_info(index).parts}
    make_scene("long.tif", pixels=painted_pixels(1400, 400, 5))
    for number in (1, 2):
        build_index(scenes, index, encoder, SPEC, shard=Shard(number, 2))
        assert {entry.name for entry in read_info(index).parts} == before  # the old one, whole
    assert len(list((index / "parts").iterdir())) > len(before)  # of the new one, not yet named
    assert build_index(scenes, index, encoder, SPEC).encoded == 0
    build_index(scenes, wanted, encoder, SPEC)
    assert read_info(index).content == read_info(wanted).content


def test_shares_are_typed_as_one_of_many(scenes, tmp_path, capfd):
    index = str(tmp_path / "x.cmpagl")
    call = ["index", *scenes, "-o", index, "--gsd", "native", "--device", "cpu", "-q"]
    assert [run([*call, "--shard", f"{number}/2"]) for number in (1, 2)] == [0, 0]
    assert run(call) == 0
    capfd.readouterr()
    assert run([*call, "--shard", "3/2"]) == 1
    assert "found share 3 of 2, wanted one from 1" in capfd.readouterr().err
    assert run([*call, "--shard", "a/2"]) == 1
    assert "found 'a/2', wanted a share and their number, such as 3/8" in capfd.readouterr().err
    assert run([*call, "--shard", "1/2", "--engine", "dask"]) == 2
    assert run([*call, "--address", "tcp://x:1"]) == 2
    assert "wanted --engine dask or --engine ray" in capfd.readouterr().err


@pytest.mark.parametrize(("number", "count"), [(0, 4), (5, 4), (-1, 4), (1, 0)])
def test_there_is_no_share_beyond_the_last(number, count):
    with pytest.raises(ClusterError, match="wanted one from 1 to their number"):
        Shard(number, count)
