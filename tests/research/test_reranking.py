"""Settings of re-ranking are chosen on validation pictures and read back by a search."""

import pytest
from click.testing import CliRunner

from cmpagl_model.errors import EvaluationError, ModelError
from cmpagl_model.rerank.settings import RerankSettings, read_rerank_settings
from research.reranking import __main__ as module
from research.reranking.tuning import most_gained
from tests.cmpagl_model.evaluation.conftest import PaintEncoder, paint_dataset


def rows_of(numbers):
    return [(n, "val", [f"picture {n}", f"Picture {n}.", "a field 3"]) for n in numbers]


def captioned(dataset, images=None):
    return dataset, images


@pytest.fixture
def dataset(paint):
    return paint(rows_of(range(20)))


@pytest.fixture
def another(tmp_path):
    """A second data set, its pictures in a folder of another name."""
    path = paint_dataset(tmp_path / "another", rows_of(range(8, 24)))
    return path, (path.parent / "images").rename(path.parent / "pictures")


def test_calibration_and_weight_are_chosen_and_the_rest_is_kept(dataset):
    found = module.choose(PaintEncoder(noise=2.0, fusion=1), [captioned(dataset)], "val", 12)
    plain, chosen = RerankSettings(), found.settings
    assert chosen.k == 12
    assert chosen.fusion_weight > 0
    assert chosen.calibration.scale > 0
    assert 0 <= chosen.calibration.error_after <= 1
    assert (chosen.live_smr, chosen.live_candidates) == (plain.live_smr, plain.live_candidates)
    tried = {row.setting: row.figures for row in found.tried}
    best = tried[f"fusion_weight {chosen.fusion_weight:g}"][0]
    assert best == max(row[0] for name, row in tried.items() if name.startswith("fusion"))
    assert best > tried["fusion_weight 0"][0]


def test_the_module_writes_settings_and_diagram(dataset, tmp_path, monkeypatch):
    encoder = PaintEncoder(noise=2.0, fusion=1)
    encoder.model.path = tmp_path / "model"
    encoder.model.path.mkdir()
    monkeypatch.setattr(module, "open_encoder", lambda _: encoder)
    done = CliRunner().invoke(module.command, ["model", str(dataset), "-k", "12"])
    assert done.exit_code == 0, done.output
    assert "fusion_weight 0.05" in done.output
    assert "expected calibration error on held-out pictures" in done.output
    found = read_rerank_settings(encoder.model.path)
    assert found.k == 12
    assert found.calibration.error_after is not None
    assert (encoder.model.path / "reliability.png").read_bytes().startswith(b"\x89PNG")


def test_a_model_without_fusion_or_without_sense_is_refused(dataset):
    with pytest.raises(ModelError, match="fusion encoder"):
        module.choose(PaintEncoder(), [captioned(dataset)], "val")
    encoder = PaintEncoder(fusion=1)
    encoder.match = lambda words, chips: 0 * chips[:, 0, 0]  # noqa: ARG005
    with pytest.raises(EvaluationError, match="for all"):
        module.choose(encoder, [captioned(dataset)], "val")


def test_two_data_sets_are_chosen_on_together(dataset, another, tmp_path, monkeypatch):
    encoder = PaintEncoder(noise=2.0, fusion=1)
    encoder.model.path = tmp_path / "model"
    encoder.model.path.mkdir()
    monkeypatch.setattr(module, "open_encoder", lambda _: encoder)
    call = ["model", str(dataset), str(another[0]), "-k", "12"]
    folders = ["--images", str(dataset.parent / "images"), "--images", str(another[1])]
    done = CliRunner().invoke(module.command, [*call, *folders])
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.output.splitlines() if line.startswith("fusion_weight")]
    assert {len(row) for row in rows} == {4}  # name, weight, a figure for each set
    one = CliRunner().invoke(module.command, [*call, "--images", str(another[1])])
    assert one.exit_code == 2
    assert "found 1 --images for 2 data sets" in one.output


def test_pairs_of_two_sets_are_calibrated_together_and_their_pictures_kept_apart(dataset, another):
    encoder = PaintEncoder(noise=2.0, fusion=1)
    sets = [captioned(dataset), captioned(*another)]
    both = module.choose(encoder, sets, "val", 12)
    alone = [len(module.choose(encoder, [one], "val", 12).matches) for one in sets]
    assert len(both.matches) == sum(alone)
    assert next(len(row.figures) for row in both.tried if row.setting.startswith("smr")) == 4


@pytest.mark.parametrize(
    ("rows", "chosen"),
    [
        ([("now", (30.0, 50.0)), ("more", (31.0, 50.5))], "more"),
        ([("now", (30.0, 50.0)), ("lopsided", (39.0, 49.89)), ("fair", (30.1, 50.1))], "fair"),
        ([("now", (30.0, 50.0)), ("little lost", (31.0, 49.91)), ("less", (30.2, 50.2))],
         "little lost"),
        ([("now", (30.0, 50.0)), ("same", (30.0, 50.0)), ("worse", (29.95, 50.0))], "now"),
        ([("now", (30.0, 50.0)), ("broken", (float("nan"), 60.0))], "now"),
    ],
)  # fmt: skip
def test_no_data_set_pays_for_another(rows, chosen):
    assert most_gained(rows) == chosen
