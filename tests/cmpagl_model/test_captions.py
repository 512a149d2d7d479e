"""Captions files of every form and the pictures beside them, or a refusal that names the file."""

import json

import numpy as np
import pytest
from PIL import Image

from cmpagl_model.captions import (
    CaptionedImage,
    load_pictures,
    normalise_sentence,
    read_captions,
)
from cmpagl_model.errors import DatasetError

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
NWPU = {
    "airplane": [
        {
            "filename": "airplane_001.jpg", "imgid": 0, "sentids": [0, 1, 2, 3, 4],
            "split": "train", "raw": "A plane . ", "raw_1": "One plane.", "raw_2": " ",
            "raw_3": "A white plane.", "raw_4": "A plane.",
        },
        {"filename": "airplane_002.jpg", "split": "val", "raw": "Two planes."},
    ],
    "lake": [{"filename": "lake_001.jpg", "split": "test", "raw": "A lake.", "raw_1": "Water."}],
}  # fmt: skip


@pytest.fixture
def dataset(tmp_path):
    """A captions file as RSICD's authors distribute it."""
    path = tmp_path / "dataset.json"
    path.write_text(json.dumps({"dataset": "rsicd", "images": ROWS}), encoding="utf-8")
    return path


def written_csv(folder, text, encoding="utf-8"):
    path = folder / "captions.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_captions_come_in_the_order_of_the_file_without_empty_ones(dataset, tmp_path):
    assert read_captions(dataset) == [
        CaptionedImage(
            tmp_path / "images" / "port_1.png", "train", ("Boats in a port .", "Boats in a port .")
        ),
        CaptionedImage(tmp_path / "images" / "farm_7.png", "val", ("A farm.",)),
        CaptionedImage(tmp_path / "images" / "bare.png", "test", ()),
    ]


def test_the_first_sentence_tells_where_somebody_looked(dataset):
    """``looked`` as the sensors' data set has it; elsewhere no sentence is marked."""
    rows = [dict(row) for row in ROWS]
    rows[0]["looked"], rows[1]["looked"] = True, False
    rows[0]["sentences"] = [{"raw": " Two red boats."}, {"raw": "Boats."}]
    dataset.write_text(json.dumps({"images": rows}), encoding="utf-8")
    found = read_captions(dataset)
    assert found[0].sentences == ("Two red boats.", "Boats.")
    assert [item.telling for item in found] == [("Two red boats.",), (), ()]


def test_pictures_may_lie_elsewhere(dataset, tmp_path):
    found = read_captions(dataset, tmp_path / "else")
    assert [item.path.parent for item in found] == [tmp_path / "else"] * 3


def test_nwpu_captions_lie_in_folders_by_class(tmp_path):
    path = tmp_path / "dataset_nwpu.json"
    path.write_text(json.dumps(NWPU), encoding="utf-8")
    planes = tmp_path / "images" / "airplane"
    assert read_captions(path) == [
        CaptionedImage(
            planes / "airplane_001.jpg",
            "train",
            ("A plane .", "One plane.", "A white plane.", "A plane."),
        ),
        CaptionedImage(planes / "airplane_002.jpg", "val", ("Two planes.",)),
        CaptionedImage(
            tmp_path / "images" / "lake" / "lake_001.jpg", "test", ("A lake.", "Water.")
        ),
    ]
    assert read_captions(path, tmp_path / "x")[2].path == tmp_path / "x" / "lake" / "lake_001.jpg"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "no json",
        "[]",
        "5",
        "{}",
        '{"pictures": []}',
        '{"pictures": {"a": 1}}',
        '{"pictures": [5]}',
        '{"lake": [{"filename": "a.jpg", "split": "train"}]}',
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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_rows_of_a_picture_are_its_captions(tmp_path, encoding):
    text = (
        'Filename, caption ,split\r\nport.jpg,"Boats, a crane and a quay",train\r\n'
        "château.jpg,Un château.,VAL\r\nport.jpg, ,train\r\n\r\nport.jpg,A port.,train\r\n"
    )
    assert read_captions(written_csv(tmp_path, text, encoding)) == [
        CaptionedImage(tmp_path / "port.jpg", "train", ("Boats, a crane and a quay", "A port.")),
        CaptionedImage(tmp_path / "château.jpg", "val", ("Un château.",)),
    ]


def test_pictures_of_a_csv_lie_beside_it_or_in_images(tmp_path):
    path = written_csv(tmp_path, "filename,caption\na.jpg,x\n")
    assert read_captions(path)[0].path == tmp_path / "a.jpg"
    (tmp_path / "images").mkdir()
    assert read_captions(path)[0].path == tmp_path / "images" / "a.jpg"
    assert read_captions(path, tmp_path / "else")[0].path == tmp_path / "else" / "a.jpg"


def test_without_a_split_the_same_tenth_of_the_pictures_is_val(tmp_path):
    names = [f"{number:03}.jpg" for number in range(50)]
    rows = [f"{name},caption {k}\n" for name in names for k in range(3)]
    found = read_captions(written_csv(tmp_path, "filename,caption\n" + "".join(rows)))
    val = {item.path.name for item in found if item.split == "val"}
    assert len(val) == 5
    assert {item.split for item in found} == {"train", "val"}
    again = read_captions(written_csv(tmp_path, "filename,caption\n" + "".join(rows[::-1])))
    assert {item.path.name for item in again if item.split == "val"} == val


@pytest.mark.parametrize(("pictures", "val"), [(1, 0), (2, 1), (14, 1), (16, 2)])
def test_few_pictures_keep_some_to_train_on(tmp_path, pictures, val):
    rows = "".join(f"{number}.jpg,words\n" for number in range(pictures))
    found = read_captions(written_csv(tmp_path, "filename,caption\n" + rows))
    assert sum(item.split == "val" for item in found) == val


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "first line is empty"),
        ("a.jpg,A lake.\n", "first line is a.jpg,a lake."),
        ("filename,text\na.jpg,A lake.\n", "first line is filename,text"),
        ("filename,caption\na.jpg,A lake, and boats\n", "row 1 has 3 fields, the header 2"),
        ("filename,caption\na.jpg\n", "row 1 has 1 fields"),
        ("filename,caption,split\na.jpg,A lake.,training\n", "split 'training'"),
        ("filename,caption,split\na.jpg,A lake.,\n", "split ''"),
        ("filename,caption\n,A lake.\n", "file name ''"),
        ("filename,caption,split\na.jpg,x,train\na.jpg,y,val\n", "row 2: a.jpg is in two splits"),
        ('filename,caption\na.jpg,"never closed\n', "unexpected end of data"),
        ("filename,caption\na.jpg,\xe4\n", "codec can't decode"),
    ],
)
def test_csv_of_another_form_is_refused_with_its_row(tmp_path, text, reason):
    path = written_csv(tmp_path, text, "latin-1")
    with pytest.raises(DatasetError, match=r"captions\.csv: no readable.*wanted UTF-8") as refused:
        read_captions(path)
    assert reason in str(refused.value)


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
