"""The measurements of indexing, on scenes of a few chips."""

from __future__ import annotations

from benchmarks import indexing


def test_indexing_is_measured_in_chips_seconds_and_bytes(tmp_path, monkeypatch):
    shape = indexing.Shape("small", 400, 400, indexing.TILED, ("--scales", "400"))
    sizes = {"ROUNDS": 1, "SCENES": 2, "RERUNS": 1, "SHAPES": (shape,), "ONE_PX": 400, "FEW": 2}
    for name, value in sizes.items():
        monkeypatch.setattr(indexing, name, value)
    one, few, rerun, memory = indexing.measure(tmp_path)
    for row in (one, few):
        assert (row.unit, row.better) == ("chips/s", "higher")
        assert row.ratio is not None
        assert row.ratio > 0
    assert (rerun.unit, rerun.what) == ("s", "rerun over 2 unchanged scenes")
    assert memory.unit == "B"
    assert memory.median is not None
    assert memory.median > 50e6
