"""A small model with a fusion encoder and a bank, and an index of painted scenes made with it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from cmpagl_model.config import variant
from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from cmpagl_model.model_folder import TOKENIZER, find_model
from cmpagl_model.rerank.bank import made_bank, write_bank
from tests.conftest import make_scene
from tiling import ChipSpec

WORDS = {"layers": 1, "dim": 24, "heads": 4, "intermediate": 40}


@pytest.fixture(scope="session")
def fusion_model(tmp_path_factory):
    """A model folder: real shape, little width, random weights whose logits differ much."""
    torch = pytest.importorskip("torch")
    from cmpagl_model.network import create_model, save_pretrained  # noqa: PLC0415 - of torch
    from cmpagl_model.network.export import export_towers  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("model") / "small_lite"
    torch.manual_seed(3)
    config = variant("cmpagl_lite", name="small_lite", fusion_layers=1, embedding_size=16)
    gswin = replace(config.image.gswin, dims=(32,), heads=(4,), window=2)
    config = replace(
        config,
        image=replace(config.image, input_px=64, gswin=gswin),
        text=replace(config.text, **WORDS),
    )
    model = create_model(config)
    with torch.no_grad():
        for part in (model.image_projection, model.text_projection, model.fusion):
            for parameter in part.parameters():
                parameter.add_(torch.randn_like(parameter), alpha=0.4)
    save_pretrained(model, folder, find_model().file(TOKENIZER))
    export_towers(folder)
    found = find_model(str(folder))
    write_bank(found, made_bank(open_encoder(found, "cpu"), size=40, candidates=60))
    return find_model(str(folder))


@pytest.fixture(scope="session")
def fusion_encoder(fusion_model):
    return open_encoder(fusion_model, "cpu")


@pytest.fixture
def town(tmp_path, fusion_encoder):
    """An index of two painted scenes, west and east, padded chips and two sizes included."""
    make = make_scene.__wrapped__(tmp_path)
    west = make("west.tif", corner=(600_000, 5_700_000), seed=1)
    east = make("east.tif", corner=(601_000, 5_700_000), seed=2, nodata=0)
    folder = tmp_path / "town.cmpagl"
    spec = ChipSpec(size_px=64, ground_sizes_m=(64.0, 150.0))
    build_index([str(west), str(east)], folder, fusion_encoder, spec)
    return SimpleNamespace(folder=folder, west=west, east=east)
