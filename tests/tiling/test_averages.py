"""Means from sums, and colours painted over: as plain arithmetic has them, whatever the counts."""

import numpy as np
import pytest

from tiling.averages import divide, fill_where


@pytest.mark.parametrize("counts", [[0], [1], [9], [0, 9], [0, 1, 4, 9]])
def test_means_are_those_of_each_pixel_alone(counts):
    random = np.random.default_rng(0)
    count = random.choice(counts, (7, 11))
    sums = random.integers(0, 255 * count[..., None] + 1, (7, 11, 4)).astype(np.uint32)
    sums[..., 3] = count
    colours, valid = divide(sums)
    wanted = [
        [(int(s) + int(n) // 2) // max(int(n), 1) for s in bands]
        for *bands, n in sums.reshape(-1, 4)
    ]
    np.testing.assert_array_equal(colours.reshape(-1, 3), wanted)
    np.testing.assert_array_equal(valid, count > 0)


def test_bytes_that_are_no_sums_stay_as_they_are():
    sums = np.random.default_rng(0).integers(0, 256, (5, 3, 4), np.uint8)
    sums[..., 3] = 1
    sums[2] = 0
    colours, valid = divide(sums)
    np.testing.assert_array_equal(colours, sums[..., :3])
    np.testing.assert_array_equal(valid, sums[..., 3] == 1)


def test_a_colour_covers_what_it_is_to_and_no_more():
    colours = np.random.default_rng(0).integers(0, 256, (9, 8, 3), np.uint8)
    where = np.random.default_rng(1).random((9, 8)) < 0.5
    wanted = colours.copy()
    wanted[where] = (7, 0, 255)
    fill_where(colours, where, np.array([7.0, 0.0, 255.0]))
    np.testing.assert_array_equal(colours, wanted)
