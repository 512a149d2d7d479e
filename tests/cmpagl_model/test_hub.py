"""Models fetched with the real client of Hugging Face, from a hub on this machine."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time

import huggingface_hub
import numpy as np
import pytest

from cmpagl_model import hub
from cmpagl_model.cli.app import run
from cmpagl_model.errors import ModelError
from cmpagl_model.hub_models import KNOWN, NEWEST, hub_model
from cmpagl_model.model_folder import find_model
from tests.cmpagl_model.hub_server import COMMIT, Hub, serving

BYTES = np.random.default_rng(0).bytes(25_000_000)
"""More than twice what the client takes at a time."""
FOLDER = hub_model("hf-hub:tests/tiny")
CHECKPOINT = hub_model("open_clip:ViT-B-32@hf-hub:tests/tiny/ckpt/tiny.pt")


class Told:
    """Listens to a fetch, and stops it."""

    def __init__(self, until=None):
        self.total, self.done, self.until = 0, 0, until

    def start(self, size_bytes):
        self.total = size_bytes

    def advance(self, count, _file):
        self.done += count
        if self.until is not None and self.done > self.until:
            raise KeyboardInterrupt


@pytest.fixture
def served(monkeypatch, tmp_path):
    """A hub with a folder of transformers, and other things that are not wanted."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HF_TOKEN", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CMPAGL_MODELS", str(tmp_path / "kept"))
    made = Hub({
        "config.json": b"{}", "tokenizer.json": b'{"a": 1}', "model.safetensors": BYTES[:200_000],
        "pytorch_model.bin": b"pickled", "modeling_tiny.py": b"raise SystemExit", ".hidden.json":
        b"{}", "onnx/config.json": b"{}", "ckpt/tiny.pt": BYTES,
    })  # fmt: skip
    with serving(made) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        huggingface_hub.close_session()  # proxies are looked up when it opens
        yield made
    huggingface_hub.close_session()


def refused(capsys, *words):
    """What is said of a fetch that is refused, one line."""
    assert run(["models", "fetch", *words]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1, said
    assert said.startswith("cmpagl: ")
    assert "next: " in said
    return said


def test_a_folder_comes_whole_without_code_and_once(served, tmp_path):
    told = Told()
    found = hub.fetch(FOLDER, tmp_path / "f", told)
    names = ["config.json", "model.safetensors", "tokenizer.json"]
    assert sorted(file.name for file in (tmp_path / "f").iterdir()) == names
    assert all((tmp_path / "f" / name).read_bytes() == served.files[name] for name in names)
    assert (found.revision, sorted(found.checksums)) == (COMMIT, names)
    assert told.done == told.total == sum(len(served.files[name]) for name in names)
    assert hub.fetch(FOLDER, tmp_path / "f", Told()) == found
    assert sorted(name for name, _ in served.downloads) == names


def test_what_was_stopped_half_way_goes_on_from_there(served, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        hub.fetch(CHECKPOINT, tmp_path, Told(until=15_000_000))
    (part,) = tmp_path.iterdir()
    kept = part.stat().st_size
    assert part.name == "tiny.pt.part"
    assert 0 < kept < len(BYTES)
    told = Told()
    found = hub.fetch(CHECKPOINT, tmp_path, told)
    assert served.downloads == [("tiny.pt", None), ("tiny.pt", f"bytes={kept}-")]
    assert (tmp_path / "tiny.pt").read_bytes() == BYTES
    assert told.done == told.total == len(BYTES)
    assert list(found.checksums) == ["tiny.pt"]
    assert [file.name for file in tmp_path.iterdir()] == ["tiny.pt"]


def test_a_connection_that_breaks_off_is_taken_up_again(served, tmp_path):
    served.ends_after = 15_000_000
    told = Told()
    hub.fetch(CHECKPOINT, tmp_path, told)
    (_, whole), (_, rest) = served.downloads
    assert whole is None
    assert 0 < int(rest.removeprefix("bytes=").removesuffix("-")) <= 15_000_000
    assert (tmp_path / "tiny.pt").read_bytes() == BYTES
    assert told.done == len(BYTES)


def test_ctrl_c_keeps_what_came_and_says_so(served, tmp_path):
    served.ends_after = 15_000_000
    served.goes_on.clear()
    # A test run in the background ignores SIGINT and its children inherit that; a user's does not.
    call = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from cmpagl_model.cli.app import run; sys.exit(run(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", call, "models", "fetch", "hf-hub:tests/tiny"]
    served.files["model.safetensors"] = served.sent["model.safetensors"] = BYTES
    command = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    part = tmp_path / "kept" / ".fetched" / "tests--tiny@main" / "model.safetensors.part"
    deadline = time.monotonic() + 300
    while not (part.is_file() and part.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.05)
    command.send_signal(signal.SIGINT)
    said = command.communicate(timeout=300)[1]
    served.goes_on.set()
    assert said.strip() == "cmpagl: stopped; what was fetched is kept, the same command goes on"
    assert command.returncode == 130
    kept = part.stat().st_size
    assert kept > 0
    hub.fetch(FOLDER, part.parent, Told())
    assert part.with_name("model.safetensors").read_bytes() == BYTES
    assert dict(served.downloads)["model.safetensors"] == f"bytes={kept}-"


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_what_is_not_as_the_hub_states_is_deleted_and_refused(served, tmp_path, name):
    served.sent[name] = bytes([served.sent[name][0] ^ 1]) + served.sent[name][1:]
    with pytest.raises(ModelError, match=f"{name} came with a hash of .* as the hub states"):
        hub.fetch(FOLDER, tmp_path, Told())
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(name)]
    served.sent[name] = served.files[name]
    hub.fetch(FOLDER, tmp_path, Told())
    assert (tmp_path / name).read_bytes() == served.files[name]


@pytest.mark.usefixtures("served")
def test_what_changed_on_disk_is_fetched_anew(tmp_path):
    hub.fetch(FOLDER, tmp_path, Told())
    (tmp_path / "tokenizer.json").write_bytes(b'{"a": 2}')
    hub.fetch(FOLDER, tmp_path, Told())
    assert (tmp_path / "tokenizer.json").read_bytes() == b'{"a": 1}'


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (404, {"X-Error-Code": "RepoNotFound"}, "answers 404: no such repository or file"),
        (404, {"X-Error-Code": "RevisionNotFound"}, "found no revision main"),
        (401, {}, "answers 401: no such repository or file, or a private one"),
        (401, {"X-Error-Code": "GatedRepo"}, "its makers ask for consent first"),
        (503, {}, "the hub answers 503; next: try again later"),
    ],
)
def test_what_the_hub_refuses_is_told_in_one_line(served, capsys, status, headers, said):
    served.status, served.headers = status, headers
    assert said in refused(capsys, "hf-hub:tests/tiny")


@pytest.mark.usefixtures("served")
def test_no_network_is_told_in_one_line(capsys, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{closed.getsockname()[1]}")
        said = refused(capsys, "hf-hub:tests/tiny")
    assert "cannot be fetched" in said
    assert "HTTPS_PROXY" in said


def test_a_token_is_shown_to_the_hub(served, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_of_tests")
    hub.fetch(FOLDER, tmp_path, Told())
    assert served.tokens == {"Bearer hf_of_tests"}


def test_a_proxy_is_asked_in_place_of_the_hub(served, tmp_path, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", os.environ["HF_ENDPOINT"])
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    hub.fetch(FOLDER, tmp_path, Told())
    assert (tmp_path / "model.safetensors").read_bytes() == served.files["model.safetensors"]


def test_another_file_than_the_pinned_one_is_not_fetched(served, tmp_path):
    pinned = dataclasses.replace(CHECKPOINT, sha256="00" * 32)
    with pytest.raises(ModelError, match="wanted 000000000000, which is pinned"):
        hub.fetch(pinned, tmp_path, Told())
    assert not served.downloads


def test_of_several_checkpoints_one_has_to_be_named(served, tmp_path):
    for name, said in (
        ("", "found model.safetensors, pytorch_model.bin, ckpt/tiny.pt there"),
        ("/ckpt/none.pt", "wanted ckpt/none.pt"),
    ):
        model = hub_model(f"open_clip:ViT-B-32@hf-hub:tests/tiny{name}")
        with pytest.raises(ModelError, match=said):
            hub.fetch(model, tmp_path, Told())
    assert not served.downloads


@pytest.mark.parametrize(
    ("name", "held", "wanted"),
    [
        ("hf-hub:tests/tiny", ["model-00001-of-00002.safetensors",
         "model-00002-of-00002.safetensors", "model.safetensors.index.json", "other.safetensors"],
         ["config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
          "model.safetensors.index.json"]),
        ("hf-hub:tests/tiny", ["pytorch_model.bin"], ["config.json", "pytorch_model.bin"]),
        ("open_clip:ViT-B-32@hf-hub:tests/tiny", ["open_clip_model.safetensors", "other.bin"],
         ["open_clip_model.safetensors"]),
        ("open_clip:ViT-B-32@hf-hub:tests/tiny", ["weights/only.pt"], ["only.pt"]),
    ],
)  # fmt: skip
def test_what_is_fetched_of_each_layout(served, tmp_path, name, held, wanted):
    served.files = served.sent = {each: each.encode() for each in ["config.json", *held]}
    found = hub.fetch(hub_model(name), tmp_path, Told())
    assert sorted(found.checksums) == wanted == sorted(file.name for file in tmp_path.iterdir())


def test_a_repository_without_a_model_of_transformers_is_told_so(served, capsys):
    del served.files["config.json"]
    assert "wanted config.json and model.safetensors" in refused(capsys, "hf-hub:tests/tiny")


@pytest.mark.parametrize(
    "name", ["tiny", "hf-hub:tiny", "hf-hub:a/b/c.pt", "open_clip:ViT-B-32@a/b", "hf-hub:../b/c"]
)
def test_names_that_mean_nothing_are_refused(served, capsys, name):
    assert "wanted hf-hub:OWNER/REPO, or open_clip:" in refused(capsys, name)
    assert not served.asked


def test_without_the_extra_nothing_is_fetched(served, capsys, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *a: None if name == "onnxscript" else real(name, *a),
    )
    said = refused(capsys, "hf-hub:tests/tiny")
    assert "found no onnxscript in this environment" in said
    assert "cmpagl-qgis[torch,convert]" in said
    assert not served.asked


def test_a_place_that_is_taken_is_refused_before_anything_is_fetched(served, tmp_path, capsys):
    (tmp_path / "kept" / "tiny").mkdir(parents=True)
    assert "wanted a new folder" in refused(capsys, "hf-hub:tests/tiny")
    assert not served.asked


def test_known_models_are_listed_with_what_is_known_of_them(capsys):
    assert run(["models", "fetch"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in said] == [each.name for each in KNOWN]
    for line, each in zip(said, KNOWN, strict=True):
        assert each.source in line
        assert f"licence {each.licence or 'not named'}" in line
        assert ("unpinned" in line) == (each.revision == NEWEST)
        again = hub_model(each.source)
        assert (again.repository, again.file) == (each.repository, each.file)
        assert hub_model(each.name, "other").sha256 == ""


def test_a_model_that_is_not_fetched_yet_names_the_one_next_command(tmp_path, monkeypatch):
    monkeypatch.setenv("CMPAGL_MODELS", str(tmp_path))
    called = "siglip2-base-patch16-224"
    for name in (called, f"hf-hub:google/{called}"):
        with pytest.raises(ModelError, match=f"'cmpagl models fetch {name}' once, then --model"):
            find_model(name)
