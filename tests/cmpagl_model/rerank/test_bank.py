"""The bank: made sentences far from each other, tied to its weights, nobody's property."""

import json
import re
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from cmpagl_model.captions import normalise_sentence, read_captions
from cmpagl_model.errors import DatasetError, ModelError
from cmpagl_model.model_folder import find_model
from cmpagl_model.rerank.bank import (
    CANDIDATES,
    Bank,
    centre_bank,
    command,
    made_bank,
    read_bank,
    write_bank,
)
from cmpagl_model.rerank.clusters import cluster_centres, spread_rows
from cmpagl_model.rerank.grammar import PLACES, THINGS, candidate_sentences


def units(random, count, width=8):
    vectors = random.normal(size=(count, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def model(tmp_path):
    """A copy of the shipped model, whose folder may be written."""
    return find_model(str(shutil.copytree(find_model().path, tmp_path / "model")))


def test_candidates_are_different_and_use_the_whole_vocabulary():
    sentences = candidate_sentences(CANDIDATES)
    assert len(set(sentences)) == CANDIDATES
    assert sentences[:100] == candidate_sentences(100)
    early = " ".join(sentences[:1500])
    assert all(word in early for word in (*PLACES, *THINGS))
    assert not any(re.search(r"[{}]|  ", sentence) for sentence in sentences)


def test_no_candidate_is_a_sentence_of_a_data_set(training_data):
    known = set()
    for path in training_data.glob("*/dataset_*.json"):
        known |= {normalise_sentence(s) for item in read_captions(path) for s in item.sentences}
    extra = (training_data / "rsicd" / "extra_captions_rsitmd.json").read_text(encoding="utf-8")
    known |= {normalise_sentence(text) for text in re.findall(r'"((?:[^"\\]|\\.)*)"', extra)}
    assert len(known) > 10_000
    assert not [s for s in candidate_sentences(CANDIDATES) if normalise_sentence(s) in known]


def test_spread_rows_are_farther_apart_than_chance():
    random = np.random.default_rng(0)
    crowd = units(random, 500)[:1] + 0.05 * units(random, 500)
    vectors = np.concatenate([crowd / np.linalg.norm(crowd, axis=1, keepdims=True),
                              units(random, 40)])  # fmt: skip
    rows = spread_rows(vectors, 30)
    assert len(set(rows.tolist())) == 30
    assert rows.tolist() == spread_rows(vectors, 30).tolist()

    def closest(chosen):
        cosines = vectors[chosen] @ vectors[chosen].T
        return cosines[~np.eye(len(chosen), dtype=bool)].max()

    assert closest(rows) < closest(random.permutation(len(vectors))[:30])
    same = np.tile(vectors[:1], (4, 1))
    assert sorted(spread_rows(same, 4).tolist()) == [0, 1, 2, 3]


def test_centres_find_the_clusters_and_leave_lone_sentences_out():
    random = np.random.default_rng(1)
    middles = np.linalg.qr(random.normal(size=(8, 8)))[0][:4].astype(np.float32)
    crowd = np.repeat(middles, 20, axis=0) + 0.05 * random.normal(size=(80, 8)).astype(np.float32)
    lone = -middles[:1]
    vectors = np.concatenate([lone, crowd])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    centres = cluster_centres(vectors, 8)
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 1, atol=1e-5)
    assert (centres @ middles.T).max(axis=0).min() > 0.98
    assert (centres @ lone.T).max() < 0.5
    assert (centres @ vectors.T).max() < 1 - 1e-6  # no sentence of its own


def test_a_bank_is_made_written_and_read(encoder, model):
    counted = []
    bank = made_bank(encoder, 20, 50, told=counted.append)
    assert sum(counted) == 50
    np.testing.assert_allclose(bank.vectors, encoder.encode_texts(bank.sentences), atol=1e-4)
    write_bank(model, bank)
    read = read_bank(find_model(str(model.path)))
    assert read.sentences == bank.sentences
    np.testing.assert_allclose(read.vectors, bank.vectors, atol=1e-3)
    np.testing.assert_array_equal(made_bank(encoder, 20, 50).vectors, bank.vectors)


def test_a_bank_of_other_weights_is_refused(model):
    write_bank(model, Bank(np.eye(3, 256, dtype=np.float32)))
    weights = bytearray((model.path / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (model.path / "model.safetensors").write_bytes(weights)
    with pytest.raises(ModelError, match=r"wanted one of the weights \w{12}; next: run 'python"):
        read_bank(find_model(str(model.path)))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda f: (f / "bank.npy").unlink(), r"found no bank\.npy"),
        (lambda f: (f / "bank.txt").unlink(), r"found no bank\.txt"),
        (lambda f: (f / "bank.txt").write_text(""), "wanted one of the weights"),
        (lambda f: (f / "bank.npy").write_bytes(b"junk"), "damaged bank"),
        (lambda f: np.save(f / "bank.npy", np.array([{}]), allow_pickle=True), "damaged bank"),
        (lambda f: np.save(f / "bank.npy", np.ones((3, 7))), r"shape \(3, 7\), wanted"),
        (lambda f: np.save(f / "bank.npy", np.full((3, 256), np.nan)), "wanted finite numbers"),
    ],
)
def test_damaged_banks_are_refused(model, damage, said):
    write_bank(model, Bank(np.eye(3, 256, dtype=np.float32)))
    damage(model.path)
    with pytest.raises(ModelError, match=said):
        read_bank(model)


def test_too_few_sentences_have_no_centres(encoder):
    with pytest.raises(DatasetError, match="found 2 different sentences for 5 clusters"):
        centre_bank(encoder, ["a road", "a road", "a lake"], 5)


def test_the_command_makes_both_kinds(model, tmp_path):
    rows = [
        {"filename": f"{n}.jpg", "split": "train", "sentences": [{"raw": f"{w} {t}"}]}
        for n, (w, t) in enumerate((w, t) for w in ("two", "red", "tall") for t in THINGS)
    ]
    captions = tmp_path / "captions.json"
    captions.write_text(json.dumps({"images": rows}))
    extra = tmp_path / "extra.json"
    extra.write_text('{"0.jpg": ["three boats at a pier"], "elsewhere.jpg": ["a lone tree"]}')
    more = ["--captions", str(captions), "--extra", str(extra), "--size", "9"]
    done = CliRunner().invoke(command, [str(model.path), *more])
    assert done.exit_code == 0, done.output
    bank = read_bank(model)
    assert 1 <= len(bank.vectors) <= 9
    assert bank.sentences == ()
    assert "tall" not in (model.path / "bank.txt").read_text()
    failed = CliRunner().invoke(command, [str(tmp_path / "absent")])
    assert failed.exit_code == 1
    assert "found no model" in failed.output


@pytest.mark.weights
def test_the_shipped_bank_belongs_to_the_shipped_weights():
    bank = read_bank(find_model())
    assert bank.vectors.shape[1] == 256
    assert 400 < len(bank.vectors) <= 512
    np.testing.assert_allclose(np.linalg.norm(bank.vectors, axis=1), 1, atol=2e-3)
    assert not bank.sentences  # centres of clusters: no sentence of a data set ships
