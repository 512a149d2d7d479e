"""Settings of re-ranking are chosen on validation pictures and read back by a search."""

import pytest
from click.testing import CliRunner

from cmpagl_model.errors import EvaluationError, ModelError
from cmpagl_model.evaluation import choose as module
from cmpagl_model.rerank.settings import RerankSettings, read_rerank_settings
from tests.cmpagl_model.evaluation.conftest import PaintEncoder


@pytest.fixture
def dataset(paint):
    return paint([(n, "val", [f"picture {n}", f"Picture {n}.", "a field 3"]) for n in range(20)])


def test_calibration_and_weight_are_chosen_and_the_rest_is_kept(dataset):
    found = module.choose(PaintEncoder(noise=2.0, fusion=1), dataset, None, "val", 12)
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
    found = read_rerank_settings(encoder.model.path)
    assert found.k == 12
    assert found.calibration.error_after is not None
    assert (encoder.model.path / "reliability.png").read_bytes().startswith(b"\x89PNG")


def test_a_model_without_fusion_or_without_sense_is_refused(dataset):
    with pytest.raises(ModelError, match="fusion encoder"):
        module.choose(PaintEncoder(), dataset, None, "val")
    encoder = PaintEncoder(fusion=1)
    encoder.match = lambda words, chips: 0 * chips[:, 0, 0]  # noqa: ARG005
    with pytest.raises(EvaluationError, match="for all"):
        module.choose(encoder, dataset, None, "val")
