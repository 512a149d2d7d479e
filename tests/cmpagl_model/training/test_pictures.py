"""Pictures held in memory or read when needed are the same; damaged ones are left out and named."""

import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from cmpagl_model.captions import CaptionedImage, load_picture
from cmpagl_model.errors import DatasetError
from cmpagl_model.training.data.pictures import HeldPictures, ReadPictures, open_pictures


@pytest.fixture
def items(tmp_path):
    """Eight JPEGs with noise of their own."""
    noise, found = np.random.default_rng(0), []
    for number in range(8):
        path = tmp_path / f"{number}.jpg"
        Image.fromarray(noise.integers(0, 255, (40, 30, 3), dtype=np.uint8)).save(path)
        found.append(CaptionedImage(path, "train", (f"picture {number}",)))
    return found


def wanted(items, rows, side):
    return np.stack([load_picture(items[row].path, side) for row in rows]).transpose(0, 3, 1, 2)


@pytest.mark.parametrize(("most", "kind"), [(8 * 24 * 24 * 3, HeldPictures), (100, ReadPictures)])
def test_memory_decides_where_pictures_are_and_not_what_they_show(items, heard, most, kind):
    found = open_pictures(items, 24, most, heard)
    assert isinstance(found.pictures, kind)
    assert (found.items, found.problems) == (tuple(items), ())
    rows = [5, 0, 5, 7]
    found.pictures.prefetch(rows)
    batch = found.pictures.batch(rows)
    assert batch.pixels.dtype == torch.uint8
    assert np.array_equal(batch.pixels.numpy(), wanted(items, rows, 24))
    assert batch.readable.tolist() == [True] * 4
    assert np.array_equal(found.pictures.batch([1]).pixels.numpy(), wanted(items, [1], 24))


def test_held_pictures_that_are_damaged_are_left_out_and_named(items, heard):
    items[2].path.write_bytes(items[2].path.read_bytes()[:200])
    items[6].path.write_text("no picture")
    found = open_pictures(items, 24, 1e9, heard)
    assert [item.path.name for item in found.items] == [f"{n}.jpg" for n in (0, 1, 3, 4, 5, 7)]
    assert [str(problem).split(":")[0][-5:] for problem in found.problems] == ["2.jpg", "6.jpg"]
    batch = found.pictures.batch([2, 5])
    assert np.array_equal(batch.pixels.numpy(), wanted(items, [3, 7], 24))
    assert heard.phases == [("reading pictures", 8)]


def test_no_readable_picture_is_refused(items, heard):
    for item in items:
        item.path.write_text("no picture")
    with pytest.raises(DatasetError, match=r"found none of 8 pictures readable .*0\.jpg"):
        open_pictures(items, 24, 1e9, heard)


def test_pictures_damaged_later_are_black_marked_and_named_once(items, heard):
    found = open_pictures(items, 24, 100, heard)
    assert found.pictures.batch([3]).readable.tolist() == [True]
    shutil.copyfile(__file__, items[3].path)
    items[4].path.unlink()
    batch = found.pictures.batch([2, 3, 4])
    assert batch.readable.tolist() == [True, False, False]
    assert not batch.pixels[1:].any()
    assert np.array_equal(batch.pixels[:1].numpy(), wanted(items, [2], 24))
    found.pictures.prefetch([3])
    assert found.pictures.batch([3, 4, 3]).readable.tolist() == [False] * 3
    assert len(heard.lines) == 2
    assert "3.jpg: no readable picture" in heard.lines[0]
    assert "(2 of 8 pictures so far)" in heard.lines[1]
