import time
import tracemalloc
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tiling
from tiling import ChipSpec, SceneRecord, plan_chips


def scene_of(width, height, gsd_x=1.0, gsd_y=1.0):
    return SceneRecord(
        "x", "", 0, 0, "EPSG:32633", (1.0, 0, 0, 0, -1, 0), width, height, "uint8", (1, 2, 3),
        ((0, 1),) * 3, gsd_x, gsd_y, palette=False, from_gcps=False,
    )  # fmt: skip


specs = st.builds(
    lambda size_px, overlap, mode: ChipSpec(size_px, overlap=overlap, **mode),
    st.integers(12, 200),
    st.floats(0, 0.8),
    st.sampled_from(
        [{}, {"native": True}, {"gsd_m": 0.7}, {"gsd_m": 3.1}, {"ground_sizes_m": (40.0, 333.0)}]
    ),
)


@given(st.integers(1, 150), st.integers(1, 150), st.floats(0.3, 3), specs)
def test_the_union_of_chips_covers_every_pixel_at_every_size(width, height, shape, spec):
    scene = scene_of(width, height, 1.0, shape)
    plan = plan_chips(scene, spec)
    for scale in plan.scales:
        columns, rows = set(), set()
        for window in (c.window for c in plan if c.ground_m == scale.ground_m):
            columns |= set(range(window.col, window.right))
            rows |= set(range(window.row, window.bottom))
            assert window.right <= width
            assert window.bottom <= height
        assert columns == set(range(width))  # the grid is a product of columns and rows
        assert rows == set(range(height))
        assert len(scale.grid) == scale.grid.cols * scale.grid.rows


@given(st.integers(1, 400), st.integers(1, 400), specs, st.data())
def test_a_plan_is_a_sequence(width, height, spec, data):
    plan = plan_chips(scene_of(width, height), spec)
    chips = list(plan)
    assert len(chips) == len(plan)
    assert [chip.number for chip in chips] == list(range(len(plan)))
    bounds = st.one_of(st.none(), st.integers(-len(plan) - 2, len(plan) + 2))
    step = data.draw(st.sampled_from([None, 1, 2, 3, -1, -2]))
    part = slice(data.draw(bounds), data.draw(bounds), step)
    assert list(plan[part]) == chips[part]
    index = data.draw(st.integers(-len(plan), len(plan) - 1))
    assert plan[index] == chips[index]
    assert plan[part][: len(plan)] == plan[part]


def test_the_same_scene_and_wishes_give_the_same_plan(make_record):
    again = SceneRecord.from_json(make_record().to_json())
    spec = ChipSpec.from_json(ChipSpec().to_json())
    assert plan_chips(make_record(), ChipSpec()) == plan_chips(again, spec)
    assert hash(plan_chips(make_record(), ChipSpec())) == hash(plan_chips(again, spec))
    assert plan_chips(make_record(), ChipSpec()) != plan_chips(again, ChipSpec(64))


def test_a_plan_has_an_end():
    plan = plan_chips(scene_of(100, 100), ChipSpec(10, native=True))
    with pytest.raises(IndexError):
        plan[len(plan)]


def test_rows_come_in_order_small_sizes_first():
    plan = plan_chips(scene_of(1000, 500), ChipSpec())
    keys = [(chip.ground_m, chip.window.row, chip.window.col) for chip in plan]
    assert keys == sorted(keys)
    assert len({chip.ground_m for chip in plan}) == 3
    assert repr(plan) == f"<ChipPlan of {len(plan)} chips at 192 m, 310 m, 500 m>"


def test_a_chip_knows_its_scale_and_whether_it_sticks_out():
    plan = plan_chips(scene_of(350, 200), ChipSpec(100, gsd_m=2.0, overlap=0))
    assert [(c.window, c.edge) for c in plan] == [
        (tiling.Window(0, 0, 200, 200), False),
        (tiling.Window(200, 0, 150, 200), True),
    ]
    assert {(c.ground_m, c.gsd_m) for c in plan} == {(200.0, 2.0)}


def test_a_scene_smaller_than_a_chip_gives_one_padded_chip():
    assert [c.edge for c in plan_chips(scene_of(1, 1), ChipSpec())] == [True]


def test_millions_of_chips_cost_no_memory_and_no_time():
    scene = scene_of(200_000, 200_000, 0.5, 0.5)
    tracemalloc.start()
    start = time.process_time()  # of this process: the machine may be busy
    plan = plan_chips(scene, ChipSpec())
    last, middle = plan[-1], plan[len(plan) // 2 : len(plan) // 2 + 4096]
    assert len(plan) > 5_000_000
    assert last.number == len(plan) - 1
    assert len(list(middle)) == 4096
    seconds = time.process_time() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 1
    assert peak < 5_000_000


@pytest.mark.parametrize("part", [slice(None), slice(40, 60), slice(3, 4), slice(2, None, 7)])
def test_a_part_of_a_plan_tells_its_rows(part):
    scene, spec = scene_of(700, 500, 1.0, 1.0), ChipSpec(48, ground_sizes_m=(100.0, 180.0, 400.0))
    chips = plan_chips(scene, spec)[part]
    wanted = [
        (size, [chip.window.row for chip in run])
        for size, run in groupby(chips, key=lambda chip: chip.ground_m)
    ]
    told = [(rows.scale.ground_m, rows.first, rows.last) for rows in chips.size_rows()]
    assert told == [(size, min(rows), max(rows)) for size, rows in wanted]


def test_a_plan_read_backwards_tells_no_rows():
    plan = plan_chips(scene_of(700, 500, 1.0, 1.0), ChipSpec())
    assert plan[::-1].size_rows() == []
    assert plan[5:5].size_rows() == []
