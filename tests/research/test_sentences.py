"""The published sentences are what their data card says, and nobody else's."""

import json
import re
from pathlib import Path

import pytest

from cmpagl_model.captions import normalise_sentence, read_captions

FOLDER = Path(__file__).resolve().parents[2] / "research" / "sentences"
SCENES = "real_scenes.json"
FILES = sorted(path.name for path in FOLDER.glob("*.json") if path.name != SCENES)
ROW = re.compile(r"\| `([a-z0-9_]+\.json)` \|.*\| ([\d,]+)(?: scenes)? \| ([\d,]+) \|")
PEOPLE = ("rsicd", "ucm", "sydney", "nwpu")


def sentences_of(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def every_text(page):
    """All texts of a JSON page, however deep."""
    if isinstance(page, str):
        yield page
    elif isinstance(page, list | dict):
        for part in page.values() if isinstance(page, dict) else page:
            yield from every_text(part)


def test_the_card_counts_every_file():
    card = (FOLDER / "DATA_CARD.md").read_text(encoding="utf-8")
    counted = {
        name: (int(pictures.replace(",", "")), int(sentences.replace(",", "")))
        for name, pictures, sentences in ROW.findall(card)
    }
    found = {name: (len(page), sum(map(len, page.values())))
             for name, page in ((name, sentences_of(name)) for name in FILES)}  # fmt: skip
    places = sentences_of(SCENES)["sentences"]
    found[SCENES] = (15, sum(map(len, places.values())))
    assert counted == found
    assert len(FILES) == 8


@pytest.mark.parametrize("name", FILES)
def test_every_picture_has_sentences_of_its_own(name):
    for picture, sentences in sentences_of(name).items():
        assert sentences, picture
        for sentence in sentences:
            assert sentence == sentence.strip() != "", picture
            assert len(set(sentences)) == len(sentences), picture
            assert len(sentence.split()) < 30, picture


def test_each_scene_is_split_into_equal_halves():
    places = sentences_of(SCENES)["sentences"]
    said = [sentence for sentences in places.values() for sentence in sentences]
    assert len(places) == 14
    assert len({normalise_sentence(sentence) for sentence in said}) == len(said) == 200
    assert all(len(sentences) % 2 == 0 for sentences in places.values())


def test_no_published_sentence_stands_here(training_data):
    published = set()
    for name in PEOPLE:
        for item in read_captions(training_data / name / f"dataset_{name}.json"):
            published.update(map(normalise_sentence, item.sentences))
    for file in ("nwpu/sentences_without_pictures.json", "rsicd/extra_captions_rsitmd.json"):
        page = json.loads((training_data / file).read_text(encoding="utf-8"))
        published.update(map(normalise_sentence, every_text(page)))
    assert len(published) > 40_000
    ours = {text for name in [*FILES, SCENES] for text in every_text(sentences_of(name))}
    assert not {text for text in ours if normalise_sentence(text) in published}


def test_a_held_back_picture_has_training_sentences_nowhere(training_data):
    for name in ("rsicd", "ucm", "vhr10", "nwpu", "sydney", "eurosat"):
        items = read_captions(training_data / name / f"dataset_{name}.json")
        train = {item.path.name for item in items if item.split == "train"}
        assert set(sentences_of(f"{name}.json")) <= train, name
    val = {item.path.name for item in read_captions(training_data / "rsicd" / "dataset_rsicd.json")
           if item.split == "val"}  # fmt: skip
    assert set(sentences_of("rsicd_val_in_other_words.json")) == val
