"""Captions files become training and validation pictures; what is not there is named."""

import json

import pytest
from PIL import Image

from cmpagl_model.captions import CaptionedImage, read_captions
from cmpagl_model.errors import DatasetError
from cmpagl_model.training.data.gather import gather_data, with_extra_sentences
from cmpagl_model.training.settings import DataSource


def write_dataset(folder, splits, name="dataset.json"):
    """One picture a split, named 0.png, 1.png ...; returns the captions file."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    rows = []
    for number, split in enumerate(splits):
        Image.new("RGB", (8, 8)).save(folder / "images" / f"{number}.png")
        said = [{"raw": f"picture {number}"}]
        rows.append({"filename": f"{number}.png", "split": split, "sentences": said})
    path = folder / name
    path.write_text(json.dumps({"images": rows}), encoding="utf-8")
    return path


def source(path, **more):
    return DataSource(captions=str(path), **more)


def names(items):
    return [item.path.name for item in items]


def test_splits_are_taken_as_asked(tmp_path):
    first = write_dataset(tmp_path / "a", ["train", "val", "test", "train"])
    second = write_dataset(tmp_path / "b", ["val", "train"])
    found = gather_data([source(first), source(second, splits=("train",))])
    assert names(found.train) == ["0.png", "3.png", "1.png"]
    assert names(found.val) == ["1.png"]
    assert found.val[0].path.parent == tmp_path / "a" / "images"
    assert found.problems == ()


def test_missing_pictures_and_empty_captions_are_named_and_the_others_stay(tmp_path):
    path = write_dataset(tmp_path, ["train"] * 4 + ["test"])
    (tmp_path / "images" / "1.png").unlink()
    (tmp_path / "images" / "4.png").unlink()  # of test, which nobody asked for
    rows = json.loads(path.read_text())
    rows["images"][2]["sentences"] = [{"raw": "  "}]
    path.write_text(json.dumps(rows))
    found = gather_data([source(path)])
    assert names(found.train) == ["0.png", "3.png"]
    said = [str(problem) for problem in found.problems]
    assert said == [
        f"{tmp_path / 'images' / '1.png'}: found no such picture",
        f"{tmp_path / 'images' / '2.png'}: found no sentence, wanted at least one",
    ]


def test_a_source_without_any_picture_is_refused(tmp_path):
    good = write_dataset(tmp_path / "good", ["train"])
    path = write_dataset(tmp_path / "bad", ["train", "val"])
    wanted = r"dataset\.json: found none of its 2 pictures.*next: name their folder with images"
    with pytest.raises(DatasetError, match=wanted):
        gather_data([source(good), source(path, images=str(tmp_path / "nowhere"))])


def test_no_training_picture_is_refused(tmp_path):
    path = write_dataset(tmp_path, ["val", "test"])
    with pytest.raises(DatasetError, match="found no training picture, wanted some with split"):
        gather_data([source(path)])


def test_extra_sentences_go_to_training_pictures_only(tmp_path):
    path = write_dataset(tmp_path, ["train", "val"])
    extra = tmp_path / "extra.json"
    more = {"0.png": ["Ships. ", " "], "1.png": ["Fields."], "unknown.png": ["Sea."]}
    extra.write_text(json.dumps(more), encoding="utf-8")
    second = tmp_path / "second.json"
    second.write_text('{"0.png": ["Piers."]}', encoding="utf-8")
    found = gather_data([source(path, extra=(str(extra), str(second)))])
    assert found.train[0].sentences == ("picture 0",)
    assert found.train[0].telling == ("Ships.", "Piers.")
    assert list(found.val) == read_captions(path)[1:]


@pytest.mark.parametrize("text", [None, "no json", "[]", '{"a": 5}', '{"a": [5]}'])
def test_extra_sentences_of_another_form_are_refused(tmp_path, text):
    path = tmp_path / "extra.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"extra\.json: no readable sentences"):
        with_extra_sentences([CaptionedImage(tmp_path / "a", "train", ("x",))], path)


def test_a_last_run_learns_from_val_as_well(tmp_path):
    first = write_dataset(tmp_path / "a", ["train", "val", "test"])
    second = write_dataset(tmp_path / "b", ["val", "train"])
    extra = tmp_path / "more.json"
    extra.write_text(json.dumps({"1.png": ["a red barn beside a pond"]}))
    sources = [source(first, extra=(str(extra),)), source(second, splits=("train",))]
    found = gather_data(sources, teach_val=True)
    assert [str(item.path.relative_to(tmp_path)) for item in found.train] == [
        "a/images/0.png", "a/images/1.png", "b/images/1.png",
    ]  # fmt: skip
    assert found.train[1].telling == ("a red barn beside a pond",)
    assert found.val == ()
