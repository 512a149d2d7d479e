"""Captions files of the field and the pictures beside them, or a refusal that names the file."""

import json

import numpy as np
import pytest
from PIL import Image

from cmpagl_model.errors import DatasetError
from cmpagl_model.training.data import (
    CaptionedImage,
    load_pictures,
    normalise_sentence,
    read_captions,
    with_extra_sentences,
)

ROWS = [
    {
        "filename": "port_1.png",
        "imgid": 0,
        "split": "train",
        "sentences": [
            {"raw": "Boats in a port . ", "tokens": ["boats"]},
            {"raw": "  "},
            {"raw": "Boats in a port ."},
        ],
    },
    {"filename": "farm_7.png", "split": "val", "sentences": [{"raw": "A farm."}, {"raw": ""}]},
    {"filename": "bare.png", "split": "test", "sentences": []},
]


@pytest.fixture
def dataset(tmp_path):
    """A captions file as RSICD's authors distribute it."""
    path = tmp_path / "dataset.json"
    path.write_text(json.dumps({"dataset": "rsicd", "images": ROWS}), encoding="utf-8")
    return path


def test_captions_come_in_the_order_of_the_file_without_empty_ones(dataset, tmp_path):
    assert read_captions(dataset) == [
        CaptionedImage(
            tmp_path / "images" / "port_1.png", "train", ("Boats in a port .", "Boats in a port .")
        ),
        CaptionedImage(tmp_path / "images" / "farm_7.png", "val", ("A farm.",)),
        CaptionedImage(tmp_path / "images" / "bare.png", "test", ()),
    ]


def test_pictures_may_lie_elsewhere(dataset, tmp_path):
    found = read_captions(dataset, tmp_path / "else")
    assert [item.path.parent for item in found] == [tmp_path / "else"] * 3


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "no json",
        "[]",
        '{"pictures": []}',
        '{"images": [5]}',
        '{"images": {"filename": "a"}}',
        '{"images": [{"filename": "a", "split": "train"}]}',
        '{"images": [{"filename": "a", "split": "train", "sentences": ["words"]}]}',
        '{"images": [{"filename": "a", "split": "train", "sentences": [{"raw": null}]}]}',
        '{"images": [{"filename": 3, "split": "train", "sentences": []}]}',
    ],
)
def test_files_of_another_form_are_refused(tmp_path, text):
    path = tmp_path / "dataset.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=r'dataset\.json: no readable.*wanted \{"images"'):
        read_captions(path)


def test_extra_sentences_go_to_training_pictures_only(dataset, tmp_path):
    extra = tmp_path / "extra.json"
    more = {"port_1.png": ["Ships. ", " "], "farm_7.png": ["Fields."], "unknown.png": ["Sea."]}
    extra.write_text(json.dumps(more), encoding="utf-8")
    found = with_extra_sentences(read_captions(dataset), extra)
    assert found[0].sentences == ("Boats in a port .", "Boats in a port .", "Ships.")
    assert found[1:] == read_captions(dataset)[1:]


@pytest.mark.parametrize("text", [None, "no json", "[]", '{"a": 5}', '{"a": [5]}'])
def test_extra_sentences_of_another_form_are_refused(tmp_path, text):
    path = tmp_path / "extra.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"extra\.json: no readable sentences"):
        with_extra_sentences([], path)


def test_sentences_are_compared_without_case_and_punctuation():
    assert normalise_sentence(" A  Lake, with-boats. ") == "a lake withboats"


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "CMYK"])
def test_pictures_come_as_colours_at_one_size(tmp_path, mode):
    path = tmp_path / ("picture.png" if mode in {"P", "RGBA"} else "picture.tif")
    Image.new("RGB", (20, 30), (200, 100, 50)).convert(mode).save(path)
    found = load_pictures([path, path], 8)
    assert found.shape == (2, 8, 8, 3)
    assert found.dtype == np.uint8
    wanted = [124] * 3 if mode == "L" else [200, 100, 50]
    assert np.abs(found[1].reshape(-1, 3).astype(int) - wanted).max() <= 5  # P: few colours


def test_rows_stay_rows(tmp_path):
    path = tmp_path / "rows.png"
    rows = np.broadcast_to(np.arange(16, dtype=np.uint8)[:, None, None] * 10, (16, 16, 3))
    Image.fromarray(np.ascontiguousarray(rows)).save(path)
    assert np.array_equal(load_pictures([path], 16)[0], rows)


@pytest.mark.parametrize("damage", ["missing", "empty", "text", "cut", "bomb", "folder"])
def test_damaged_pictures_are_refused_by_name(tmp_path, damage):
    good, bad = tmp_path / "good.bmp", tmp_path / "bad.bmp"
    Image.new("RGB", (20, 30)).save(good)
    whole = good.read_bytes()
    content = {
        "empty": b"",
        "text": b"not a picture",
        "cut": whole[:200],
        "bomb": whole[:18] + (60_000).to_bytes(4, "little") * 2 + whole[26:],
    }
    if damage in content:
        bad.write_bytes(content[damage])
    elif damage == "folder":
        bad.mkdir()
    with pytest.raises(DatasetError, match=r"bad\.bmp: no readable picture"):
        load_pictures([good, bad], 8)
