"""A split is encoded and ranked as docs/method.md 8.1 has it; what cannot be ranked is named."""

import itertools

import numpy as np
import pytest

from cmpagl_model.captions import normalise_sentence, read_captions
from cmpagl_model.errors import DatasetError, EvaluationError, ModelError
from cmpagl_model.evaluation import EvaluationSettings, SmrSettings, choose_split, evaluate
from cmpagl_model.evaluation.ceilings import sentence_ceilings
from cmpagl_model.evaluation.encode import encode_split
from cmpagl_model.evaluation.metrics import Recalls, RetrievalScores, retrieval_scores
from cmpagl_model.evaluation.pairs import match_split
from cmpagl_model.rerank.settings import RerankSettings
from tests.cmpagl_model.evaluation.conftest import PaintEncoder

PERFECT = RetrievalScores(Recalls(100.0, 100.0, 100.0), Recalls(100.0, 100.0, 100.0))
REAL_PICTURES = 100


def five(number):
    return [f"{words} {number}" for words in ("picture", "a picture of", "it is", "no", "not .")]


@pytest.fixture
def val(paint):
    rows = [(number, "val", five(number)) for number in range(20)]
    return read_captions(paint([*rows, (3, "train", ["picture 3"])]))


class Watch:
    def __init__(self):
        self.heard = []

    def start(self, total, what):
        self.heard.append([what, total, 0])

    def advance(self, count):
        self.heard[-1][2] += count


def test_an_encoder_that_knows_is_perfect(val):
    found = evaluate(choose_split(val, "val"), PaintEncoder())
    assert found.by("none").scores == found.by("smr").scores == PERFECT
    assert (found.images, found.sentences, found.problems) == (20, 100, ())
    assert (found.model.name, found.device) == ("paint", "CPU (paint)")
    assert found.ceilings is None
    assert found.by("none").interval.low_mean == found.by("none").interval.high_mean == 100


def test_figures_without_smr_are_those_of_the_matrix(val):
    items, encoder = choose_split(val, "val"), PaintEncoder(noise=2.0)
    encoded = encode_split(items, encoder)
    found = evaluate(items, encoder)
    assert found.by("none").scores == retrieval_scores(encoded.similarity(), encoded.image_of)
    assert 0 < found.by("none").scores.mean_recall < 100


def test_rows_are_pictures_and_columns_their_sentences_in_the_order_of_the_file(val):
    items = choose_split(val, "val")
    encoded = encode_split(items, PaintEncoder())
    assert encoded.sentences == tuple(text for item in items for text in item.sentences)
    np.testing.assert_array_equal(encoded.image_of, np.repeat(np.arange(20), 5))
    np.testing.assert_array_equal(
        encoded.similarity(), np.arange(20)[:, None] == encoded.image_of[None, :]
    )


def test_a_sentence_written_twice_is_encoded_once_and_ties_exactly(paint):
    rows = [(number, "val", ["the same 1", "the same 1", f"word {number}"]) for number in range(3)]
    encoder = PaintEncoder(noise=0.3)
    encoded = encode_split(read_captions(paint(rows)), encoder)
    assert sorted(encoder.texts_seen) == ["the same 1", "word 0", "word 1", "word 2"]
    scores = encoded.similarity()
    np.testing.assert_array_equal(scores[:, 0], scores[:, 4])
    assert scores.shape == (3, 9)


def test_smr_gains_nothing_from_the_order_of_equal_sentences(paint):
    rows = [(number // 4, "val", [f"group {number // 4}"] * 5) for number in range(40)]
    found = evaluate(read_captions(paint(rows)), PaintEncoder())
    assert found.by("smr").scores == found.by("none").scores
    assert found.by("none").scores.i2t == Recalls(0.0, 0.0, 0.0)


def test_smr_settings_are_used(val):
    items, encoder = choose_split(val, "val"), PaintEncoder(noise=2.0)
    off = SmrSettings(mode="add", a=0.0, b=0.0, g=0.0)
    found = evaluate(items, encoder, EvaluationSettings(rerank=RerankSettings(smr=off)))
    assert found.by("smr").scores == found.by("none").scores
    assert evaluate(items, encoder).by("smr").scores != found.by("none").scores


def test_progress_hears_of_pictures_and_of_different_sentences(val):
    watch = Watch()
    evaluate(choose_split(val, "val"), PaintEncoder(), progress=watch)
    assert watch.heard == [["encoding pictures", 20, 20], ["encoding sentences", 100, 100]]


def test_the_fusion_encoder_mends_what_the_towers_mistake(val):
    items, encoder = choose_split(val, "val"), PaintEncoder(noise=2.0, fusion=1)
    wide = RerankSettings(k=20, fusion_weight=1.0)
    found = evaluate(items, encoder, EvaluationSettings(rerank=wide))
    assert found.ways == ("none", "smr", "fusion", "full")
    assert found.by("none").scores.mean_recall < 100
    assert found.by("fusion").scores == found.by("full").scores == PERFECT
    off = EvaluationSettings(rerank=RerankSettings(k=3, fusion_weight=0.0))
    same = evaluate(items, PaintEncoder(noise=2.0, fusion=1), off)
    assert same.by("fusion").scores == same.by("none").scores
    assert same.by("full").scores == same.by("smr").scores


def test_every_different_sentence_is_matched_once_with_a_picture(paint):
    rows = [(number, "val", ["the same 1", f"word {number}"]) for number in range(3)]
    encoder = PaintEncoder(noise=0.3, fusion=1)
    encoded = encode_split(read_captions(paint(rows)), encoder)
    watch = Watch()
    matched = match_split(encoded, encoder, 9, watch)
    assert matched.similarity.shape == (3, 4)
    assert encoder.pairs_seen == len(matched.pairs) == 12
    assert watch.heard == [
        ["encoding tokens of pictures", 3, 3], ["encoding tokens of sentences", 4, 4],
        ["matching pairs", 12, 12],
    ]  # fmt: skip
    numbers = [int(text.split()[-1]) for text in encoded.different]
    truth = [numbers[text] == picture for picture, text in matched.pairs]
    np.testing.assert_array_equal(matched.logits > 0, truth)


def test_only_the_ways_asked_for_are_measured(val):
    items, encoder = choose_split(val, "val"), PaintEncoder(fusion=1)
    found = evaluate(items, encoder, EvaluationSettings(ways=("smr", "none", "smr")))
    assert found.ways == ("none", "smr")
    assert encoder.pairs_seen == 0
    with pytest.raises(EvaluationError, match="no figures for full, wanted one of none, smr"):
        found.by("full")


def test_fusion_needs_a_fusion_encoder(val):
    encoder = PaintEncoder()
    with pytest.raises(ModelError, match="fusion encoder"):
        evaluate(choose_split(val, "val"), encoder, EvaluationSettings(ways=("full",)))
    assert encoder.texts_seen == []


def test_unreadable_pictures_and_those_without_words_are_left_out_and_named(paint, tmp_path):
    rows = [(number, "val", five(number)) for number in range(6)]
    rows[4] = (4, "val", [" "])
    items = read_captions(paint(rows))
    (tmp_path / "images" / "001.png").write_bytes(b"no picture")
    (tmp_path / "images" / "002.png").unlink()
    found = evaluate(items, PaintEncoder(), EvaluationSettings(ceilings=True))
    assert (found.images, found.sentences) == (3, 15)
    assert found.by("none").scores == PERFECT
    assert [problem.path[-7:] for problem in found.problems] == ["001.png", "002.png", "004.png"]
    assert "no sentence" in str(found.problems[2])


def test_nothing_left_is_refused(paint, tmp_path):
    items = read_captions(paint([(1, "val", ["one 1"])]))
    (tmp_path / "images" / "000.png").unlink()
    with pytest.raises(DatasetError, match=r"found none of 1 pictures fit .*check --images"):
        evaluate(items, PaintEncoder())
    with pytest.raises(DatasetError, match="found no picture, wanted at least one"):
        evaluate([], PaintEncoder())


def test_a_broken_model_is_refused(val):
    encoder = PaintEncoder()
    encoder.texts[3] = np.nan
    with pytest.raises(EvaluationError, match="check the model's weights"):
        evaluate(choose_split(val, "val"), encoder)


def test_one_picture_is_enough(paint):
    found = evaluate(read_captions(paint([(1, "val", ["one 1"])])), PaintEncoder())
    assert found.by("none").scores == found.by("smr").scores == PERFECT


def test_choosing_a_split(val):
    assert len(choose_split(val, "val")) == 20
    assert len(choose_split(val, "train")) == 1
    assert choose_split(val, "val", 7) == choose_split(val, "val")[:7]
    with pytest.raises(DatasetError, match=r"found no split 'test' .*; wanted one of train, val"):
        choose_split(val, "test")
    with pytest.raises(DatasetError, match="found no picture in the captions file"):
        choose_split([], "val")


def test_ceilings_of_sentences_made_by_hand():
    words = ["A lake.", "a  lake", "a lake", "one port", "a lake", "B"]
    found = sentence_ceilings(words, [0, 0, 1, 1, 2, 2])
    assert found.r1 == pytest.approx(100 * 4 / 6)  # of four lakes, two of picture 0
    assert found.r5 == found.r10 == 100.0
    assert sentence_ceilings(["x"] * 20, list(range(20))) == Recalls(5.0, 25.0, 50.0)
    assert sentence_ceilings(["x", "y"], [0, 1]) == Recalls(100.0, 100.0, 100.0)


def test_no_order_of_pictures_beats_the_ceiling():
    random = np.random.default_rng(1)
    words = [f"w{number}" for number in random.integers(0, 4, 24)]
    image_of = random.integers(0, 5, 24).tolist()
    best = 0
    for word in set(words):
        owners = [owner for owner, other in zip(image_of, words, strict=True) if other == word]
        best += max(
            sum(order.index(owner) < 1 for owner in owners)
            for order in itertools.permutations(range(5))
        )
    assert sentence_ceilings(words, image_of).r1 == pytest.approx(100 * best / 24)


def test_ceilings_are_reported_where_asked_for(paint):
    rows = [(number, "val", ["a lake 0", f"word {number}"]) for number in range(4)]
    found = evaluate(read_captions(paint(rows)), PaintEncoder(), EvaluationSettings(ceilings=True))
    assert found.ceilings == Recalls(62.5, 100.0, 100.0)
    assert found.by("none").scores.t2i.r1 <= found.ceilings.r1


@pytest.mark.weights
def test_real_pictures_agree_with_validation_while_training(training_data, encoder):
    torch = pytest.importorskip("torch")
    from cmpagl_model.encoders.tokens import load_tokenizer  # noqa: PLC0415
    from cmpagl_model.network import from_pretrained  # noqa: PLC0415
    from cmpagl_model.training.listener import Listener  # noqa: PLC0415
    from cmpagl_model.training.tasks.validation import Validation  # noqa: PLC0415

    items = read_captions(training_data / "rsicd" / "dataset_rsicd.json")
    items = choose_split(items, "val", REAL_PICTURES)
    settings = EvaluationSettings(ways=("none", "smr"), ceilings=True)
    found = evaluate(items, encoder, settings)
    assert (found.images, found.sentences, found.problems) == (100, 500, ())
    assert 20 < found.by("none").scores.mean_recall < 100
    assert found.by("smr").scores.mean_recall > found.by("none").scores.mean_recall - 1
    ceilings = found.ceilings
    distinct = len({normalise_sentence(text) for item in items for text in item.sentences})
    assert 100 * distinct / 500 < ceilings.r1 <= ceilings.r5 <= ceilings.r10 <= 100

    model = from_pretrained(encoder.model.path)
    with torch.inference_mode():
        validation = Validation(items, model, load_tokenizer(encoder.model), Listener())
        trained = validation.measure(model)
    # Training compares all projection heads, an index their map to one embedding.
    assert found.by("none").scores.mean_recall == pytest.approx(trained.mean_recall, abs=1.5)
    assert found.by("none").scores.t2i.r10 == pytest.approx(trained.t2i.r10, abs=2)
