import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiling import TilingError, Window
from tiling.grid import ChipGrid, chips_along

sides = st.integers(1, 300)


@given(st.integers(1, 2000), sides, st.integers(1, 300))
def test_chips_cover_a_length_and_none_is_in_vain(length, size, stride):
    stride = min(stride, size)
    count = chips_along(length, size, stride)
    assert (count - 1) * stride + size >= length
    assert count == 1 or (count - 2) * stride + size < length


@given(st.integers(1, 120), st.integers(1, 120), sides, sides, st.data())
def test_the_union_of_windows_is_the_scene(width, height, chip_width, chip_height, data):
    stride_x = data.draw(st.integers(1, chip_width))
    stride_y = data.draw(st.integers(1, chip_height))
    grid = ChipGrid(width, height, chip_width, chip_height, stride_x, stride_y)
    covered = set()
    for index in range(len(grid)):
        window = grid.window(index)
        assert window.right <= width
        assert window.bottom <= height
        assert (window.col % stride_x, window.row % stride_y) == (0, 0)
        covered |= {
            (x, y)
            for x in range(window.col, window.right, max(1, window.width - 1))
            for y in range(window.row, window.bottom, max(1, window.height - 1))
        }
    corners = {(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)}
    assert corners <= covered


@given(sides, sides, sides, sides)
def test_windows_in_a_run_are_the_windows_one_by_one(width, height, size, stride):
    grid = ChipGrid(width, height, size, size, min(stride, size), min(stride, size))
    one_by_one = [grid.window(number) for number in range(len(grid))]
    first, stop = len(grid) // 3, max(len(grid) * 2 // 3, 1)
    assert list(grid.windows(first, stop)) == one_by_one[first:stop]
    assert list(grid.windows(0, len(grid))) == one_by_one


@given(st.data())
def test_chips_that_touch_a_window_are_found_by_looking_at_all(data):
    whole = st.integers(1, 60)
    width, height, chip_width, chip_height = (data.draw(whole) for _ in range(4))
    strides = [data.draw(st.integers(1, chip)) for chip in (chip_width, chip_height)]
    grid = ChipGrid(width, height, chip_width, chip_height, *strides)
    col, row = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    area = Window(
        col, row, data.draw(st.integers(1, width - col)), data.draw(st.integers(1, height - row))
    )
    part = grid.touching(area)
    wanted = [one for one in grid.windows(0, len(grid)) if one.touches(area)]
    assert list(part.windows(0, len(part))) == wanted
    assert [part.window(number) for number in range(len(part))] == wanted


def test_no_chip_starts_where_the_one_before_has_reached_the_end():
    grid = ChipGrid(10, 12, 8, 8, 2, 2)
    part = grid.touching(Window(9, 11, 1, 1))
    assert [*part.windows(0, len(part))] == [Window(2, 4, 8, 8)]


def test_only_the_last_chips_stick_out():
    grid = ChipGrid(10, 7, 4, 4, 2, 2)
    assert (grid.cols, grid.rows, len(grid)) == (4, 3, 12)
    assert [grid.sticks_out(grid.window(i)) for i in range(12)] == [False] * 8 + [True] * 4


@pytest.mark.parametrize("bad", [(-1, 0, 1, 1), (0, -1, 1, 1), (0, 0, 0, 1), (0, 0, 1, 0)])
def test_a_window_without_pixels_is_refused(bad):
    with pytest.raises(TilingError, match="side of 1 px"):
        Window(*bad)


def test_windows_touch_only_if_they_share_a_pixel():
    window = Window(10, 10, 5, 5)
    assert window.touches(Window(14, 14, 9, 9))
    assert not window.touches(Window(15, 10, 5, 5))
    assert not window.touches(Window(10, 5, 5, 5))
    assert not window.touches(Window(5, 10, 5, 5))
    assert not window.touches(Window(10, 15, 5, 5))


@pytest.mark.parametrize("record", [Window(0, 0, 1, 1), ChipGrid(9, 9, 4, 4, 2, 2)])
def test_what_was_handed_out_is_not_changed(record):
    with pytest.raises(AttributeError):
        setattr(record, next(iter(record.__dataclass_fields__)), 7)
    with pytest.raises((AttributeError, TypeError)):
        record.colour = "red"
    assert not hasattr(record, "__dict__")  # there are millions of them
