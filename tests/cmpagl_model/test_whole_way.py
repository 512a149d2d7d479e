"""A CLIP of 2 M parameters, from a hub to places: each step as a user takes it.

The plugin with such a model is in ``tests/qgis/dock/test_other_model.py``.
"""

from __future__ import annotations

import json

import geopandas
import huggingface_hub
import pytest
import rasterio
from PIL import Image
from rasterio.windows import Window

from cmpagl_model.cli.app import run
from cmpagl_model.model_folder import find_model, sha256_of
from tests.cmpagl_model.clips import OPEN_CLIP_KIND, SIDE, write_clip, write_open_clip
from tests.cmpagl_model.hub_server import COMMIT, Hub, of_folder, serving
from tests.cmpagl_model.server.client import Client

SENTENCE = "boats on a canal"


@pytest.fixture(params=["transformers", "open_clip"])
def on_hub(request, tmp_path):
    """A name on a hub, and the files that lie there."""
    if request.param == "transformers":
        return "hf-hub:tests/tiny", of_folder(write_clip(tmp_path / "source"))
    file, _model = write_open_clip(tmp_path / "source")
    return f"open_clip:{OPEN_CLIP_KIND}@hf-hub:tests/tiny/tiny.pt", {file.name: file.read_bytes()}


@pytest.fixture
def fetched(on_hub, tmp_path, monkeypatch):
    """The model, fetched and converted by its name; known as ``of-the-hub``."""
    monkeypatch.setenv("CMPAGL_MODELS", str(tmp_path / "kept"))
    name, files = on_hub
    with serving(Hub(files)) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        huggingface_hub.close_session()
        assert run(["models", "fetch", name, "--name", "of-the-hub", "-q"]) == 0
    huggingface_hub.close_session()
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["of-the-hub"]
    return find_model("of-the-hub")


def test_from_a_hub_to_places(fetched, on_hub, make_scene, tmp_path, capsys):
    origin = fetched.config.origin
    assert (origin.repository, origin.revision) == ("tests/tiny", COMMIT)
    for file, digest in origin.checksums.items():
        assert sha256_of([tmp_path / "source" / file]) == digest
    assert set(origin.checksums) <= set(on_hub[1])
    capsys.readouterr()
    assert run(["models", "check", "of-the-hub"]) == 0
    assert f"fetched from tests/tiny at {COMMIT}" in capsys.readouterr().out

    index = str(tmp_path / "t.cmpagl")
    west, east = make_scene("west.tif", seed=1), make_scene("east.tif", seed=2, corner=(7e5, 57e5))
    options = ["--gsd", "native", "--model", "of-the-hub"]
    assert run(["index", str(west), "-o", index, *options]) == 0
    capsys.readouterr()

    assert run(["search", index, SENTENCE, "--json"]) == 0  # by the name in the index
    by_sentence = json.loads(capsys.readouterr().out)
    assert by_sentence["model"] == {"name": "of-the-hub", "fingerprint": fetched.fingerprint}
    scores = [hit["score"] for hit in by_sentence["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1

    whole = [hit for hit in by_sentence["hits"] if hit["window"][2:] == [SIDE, SIDE]]
    window = whole[-1]["window"]
    with rasterio.open(west) as scene:
        pixels = scene.read(window=Window(*window))
    Image.fromarray(pixels.transpose(1, 2, 0)).save(tmp_path / "chip.png")
    assert run(["search", index, "--like", str(tmp_path / "chip.png"), "--json"]) == 0
    best = json.loads(capsys.readouterr().out)["hits"][0]
    assert best["window"] == window
    assert best["score"] == pytest.approx(1, abs=1e-3)

    wrong = ["--model", "cmpagl_lite"]
    for words in (["search", index, SENTENCE, *wrong], ["index", str(east), "-o", index, *wrong]):
        assert run(words) == 1
        assert "found embeddings of of-the-hub" in capsys.readouterr().err

    for name in ("all.gpkg", "all.parquet"):
        assert run(["export", index, "-o", str(tmp_path / name)]) == 0
    read = geopandas.read_file(tmp_path / "all.gpkg")
    assert len(read) == len(geopandas.read_parquet(tmp_path / "all.parquet")) >= len(scores)

    engine = Client()
    try:
        opened = engine.ask("open", index=index)
        assert (opened["searchable"], opened["model"]["name"]) == (True, "of-the-hub")
        served = engine.ask("search", index=index, query=SENTENCE, k=1)
        assert served["hits"][0]["window"] == by_sentence["hits"][0]["window"]
        assert served["hits"][0]["score"] == pytest.approx(scores[0], abs=1e-4)
    finally:
        engine.kill()


def test_a_checkpoint_is_converted_once_by_the_command_that_names_it(
    make_scene, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("CMPAGL_MODELS", str(tmp_path / "kept"))
    file, _model = write_open_clip(tmp_path / "source")
    words = ["-o", str(tmp_path / "t.cmpagl"), "--model", f"open_clip:{OPEN_CLIP_KIND}@{file}"]
    assert run(["index", str(make_scene("west.tif", seed=1)), *words]) == 0
    assert "converted, once" in capsys.readouterr().out
    assert run(["index", str(make_scene("east.tif", seed=2)), *words]) == 0
    assert "converted, once" not in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["tiny"]
    assert run(["search", str(tmp_path / "t.cmpagl"), SENTENCE]) == 0


def test_a_model_that_changes_after_the_fetch_is_seen(fetched, capsys):
    graph = fetched.path / "text.onnx.data"
    content = bytearray(graph.read_bytes())
    content[len(content) // 2] ^= 1
    graph.write_bytes(content)
    capsys.readouterr()
    assert run(["models", "check", "of-the-hub"]) == 1
    assert "found text.onnx.data cut off or changed" in capsys.readouterr().err
