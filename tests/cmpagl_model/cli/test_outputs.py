"""What a command writes never takes the place of a scene, or of a file of an index."""

from __future__ import annotations

import hashlib
import importlib
import os
from types import SimpleNamespace

import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.errors import ModelError, OutputError
from cmpagl_model.index import build_index
from cmpagl_model.search import open_index
from cmpagl_model.search.answer import Answer
from cmpagl_model.search.heatmap import similarity_map, write_heatmap
from cmpagl_model.search.preview import write_preview
from tests.cmpagl_model.index.campaign import SPEC, write_scene
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.embedded import clustered, write_source


@pytest.fixture
def index(tmp_path):
    """An index of a scene in a folder with a space in its name, and a file to be replaced."""
    folder = tmp_path / "my scenes"
    folder.mkdir()
    scenes = [write_scene(folder / "a.tif", 1)]
    (folder / "b.vrt").write_text(VRT)
    build_index([*scenes, str(folder / "b.vrt")], tmp_path / "x.cmpagl", CheapEncoder(), SPEC)
    (tmp_path / "link.tif").symlink_to(folder / "a.tif")
    return tmp_path / "x.cmpagl"


VRT = """<VRTDataset rasterXSize="96" rasterYSize="64"><SRS>EPSG:32631</SRS>
<GeoTransform>600000, 1, 0, 5700000, 0, -1</GeoTransform>""" + "".join(
    f"""<VRTRasterBand dataType="Byte" band="{band}"><SimpleSource>
    <SourceFilename relativeToVRT="1">a.tif</SourceFilename><SourceBand>{4 - band}</SourceBand>
    </SimpleSource></VRTRasterBand>"""
    for band in (1, 2, 3)
) + "</VRTDataset>"  # fmt: skip


def contents(folder):
    files = [path for path in folder.rglob("*") if path.is_file() and "_cache" not in path.parts]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("output", ["my scenes/a.tif", "my scenes/../my scenes/a.tif", "link.tif"])
def test_a_scene_is_not_replaced(index, tmp_path, capsys, output):
    before = contents(tmp_path)
    place = str(tmp_path / output)
    assert run(["heatmap", str(index), "a road", "--scene", "a.tif", "-o", place]) not in {0, 3}
    said = " ".join(capsys.readouterr().err.split())
    assert "found a scene of the index" in said
    assert "a_matches.tif" in said or "link_matches.tif" in said
    assert run(["search", str(index), "a road", "--preview", place]) not in {0, 3}
    assert contents(tmp_path) == before


@pytest.mark.parametrize("output", ["x.cmpagl/parts/new.parquet", "x.cmpagl/new.geojson"])
def test_nothing_is_written_into_an_index(index, tmp_path, capsys, output):
    before = contents(tmp_path)
    place = str(tmp_path / output)
    for command in (["export", str(index)], ["search", str(index), "a road"],
                    ["info", "--damage", str(index)]):  # fmt: skip
        assert run([*command, "-o", place]) not in {0, 3}
        assert "found a place inside the index" in " ".join(capsys.readouterr().err.split())
    assert contents(tmp_path) == before


def test_other_files_are_replaced(index, tmp_path):
    place = tmp_path / "my scenes" / "hits.geojson"
    place.write_text("old")
    assert run(["export", str(index), "-o", str(place)]) == 0
    assert place.read_text() != "old"


def test_what_a_command_reads_is_not_replaced_by_what_it_writes(index, tmp_path, capsys):
    area = tmp_path / "area.geojson"
    area.write_text('{"type": "Polygon", "coordinates": [[[4, 51], [5, 51], [5, 52], [4, 51]]]}')
    (tmp_path / "link.geojson").symlink_to(area)
    (tmp_path / "hard.geojson").hardlink_to(area)
    before = contents(tmp_path)
    search = ["search", str(index), "a road", "--within", str(area)]
    for output in (area, tmp_path / "link.geojson", tmp_path / "hard.geojson"):
        assert run([*search, "-o", str(output)]) == 1
        assert "area.geojson of the same command" in " ".join(capsys.readouterr().err.split())
    dataset = tmp_path / "captions.json"
    dataset.write_text("{}")
    for option in ("--json", "--markdown"):
        command = ["evaluate", "cmpagl_lite", str(dataset), "--split", "val"]
        assert run([*command, option, str(dataset)]) == 1
        assert "of the same command" in " ".join(capsys.readouterr().err.split())
    assert contents(tmp_path) == {**before, dataset: hashlib.sha256(b"{}").hexdigest()}


def test_a_file_that_nobody_may_write_is_not_replaced(index, tmp_path, capsys):
    kept = tmp_path / "mine.geojson"
    for mode in (0o444, 0o555):
        kept.write_text("mine")
        kept.chmod(mode)
        assert run(["export", str(index), "-o", str(kept)]) == 1
        assert "nobody may write" in " ".join(capsys.readouterr().err.split())
        assert kept.read_text() == "mine"
        kept.chmod(0o600)
    assert run(["export", str(index), "-o", str(kept)]) == 0
    assert {path.name for path in tmp_path.iterdir()} >= {"mine.geojson", "x.cmpagl"}
    assert not list(tmp_path.glob(".cmpagl-*"))


@pytest.mark.parametrize(
    "command",
    [
        ["index", "SCENE", "-o", "LONG"],
        ["index", "LONG", "-o", "new.cmpagl"],
        ["import", "LONG", "-o", "new.cmpagl"],
        ["search", "LONG", "a road"],
        ["search", "INDEX", "a road", "--within", "LONG"],
        ["export", "INDEX", "-o", "LONG.csv"],
        ["export", "INDEX", "-o", "LONG/x.csv"],
        ["verify", "LONG"],
        ["info", "LONG"],
    ],
)
def test_names_that_are_too_long_are_refused_in_one_line(index, tmp_path, capsys, command):
    scene = str(tmp_path / "my scenes" / "a.tif")
    words = {"INDEX": str(index), "SCENE": scene, "new.cmpagl": str(tmp_path / "new.cmpagl")}
    long = str(tmp_path / ("x" * 300))
    assert run([words.get(word, word).replace("LONG", long) for word in command]) == 1
    said = capsys.readouterr().err
    assert said.startswith("cmpagl: ")
    assert said.count("\n") == 1
    assert "x" * 300 in said


def test_pictures_and_maps_of_such_names_are_refused(index, tmp_path):
    opened, long = open_index(index), tmp_path / ("x" * 300)
    with pytest.raises(OutputError, match="cannot write the preview"):
        write_preview(opened, Answer("", opened.info.model, ()), long.with_suffix(".png"))
    found = similarity_map(opened, opened.table.scenes[0], opened.table.embeddings[:1][0])
    with pytest.raises(OutputError, match="cannot write"):
        write_heatmap(found, long.with_suffix(".tif"))


@pytest.mark.parametrize(
    ("command", "fits"),
    [
        (["export"], "out.geojson"),
        (["export", "--embeddings"], "out.parquet"),
    ],
)
def test_another_ending_is_refused_with_one_that_fits(index, capsys, command, fits):
    name, *more = command
    assert run([name, str(index), *more, "-o", "out.xyz"]) == 1
    assert capsys.readouterr().err.endswith(f"next: -o {fits}, say\n")


WRITERS = [
    ["export", "INDEX", "-o"],
    ["export", "INDEX", "--embeddings", "-o"],
    ["info", "INDEX", "--damage", "-o"],
    ["search", "INDEX", "a road", "-o"],
    ["search", "INDEX", "a road", "--preview"],
    ["heatmap", "INDEX", "a road", "--scene", "a.tif", "-o"],
]
"""Commands that write a file: before they compare, draw or read anything, they see whether they
can. The model of this index is not at hand, so that one that begins its work fails by that."""


@pytest.mark.parametrize("command", WRITERS, ids=" ".join)
def test_what_cannot_be_written_is_refused_before_the_work(
    index, tmp_path, capsys, monkeypatch, command
):
    words = [word.replace("INDEX", str(index)) for word in command]
    monkeypatch.setattr("cmpagl_model.index.opening.open_chips", never)
    monkeypatch.setattr("cmpagl_model.search.query.open_chips", never)
    monkeypatch.setattr("cmpagl_model.index.export.load_chips", never)
    monkeypatch.setattr("cmpagl_model.index.export.readable_parts", never)
    monkeypatch.setattr("cmpagl_model.index.export_embeddings.some_parts", never)
    shut = tmp_path / "shut"
    shut.mkdir()
    plain = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != shut and plain(path, mode))
    (tmp_path / "folder.tif").mkdir()
    right = {"heatmap": ".tif", "--preview": ".png", "--embeddings": ".parquet"}
    ending = next((right[word] for word in words if word in right), ".geojson")
    (tmp_path / f"folder{ending}").mkdir(exist_ok=True)
    for place, told in (
        (tmp_path / "out.xyz", "found the ending '.xyz'"),
        (tmp_path / "none" / f"out{ending}", "found no folder"),
        (shut / f"out{ending}", "may not write in"),
        (tmp_path / f"folder{ending}", "found a folder, wanted a file"),
    ):
        assert run([*words, str(place)]) == 1
        assert told in " ".join((said := capsys.readouterr().err).split())
        assert said.count("\n") == 1


def never(*_, **__):
    raise AssertionError("the work has begun")


@pytest.mark.parametrize("command", ["index", "import"])
def test_an_index_where_nobody_may_write_is_refused_before_the_work(
    index, tmp_path, capsys, monkeypatch, command
):
    source = str(tmp_path / "my scenes" / "a.tif")
    if command == "import":
        source = str(write_source(tmp_path / "a.parquet", clustered(5)))
    shut = tmp_path / "shut"
    shut.mkdir()
    plain = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: path not in {shut, index} and plain(path, mode)
    )
    for place in (shut, shut / "deep" / "new.cmpagl", index):
        assert run([command, source, "-o", str(place)]) == 1
        assert "that you may not write in" in (said := capsys.readouterr().err)
        assert "Traceback" not in said
    assert not list(shut.iterdir())


def test_runs_and_models_where_nobody_may_write_are_refused_before_the_work(tmp_path, monkeypatch):
    pytest.importorskip("torch", reason="training and converting want torch")
    conversion = pytest.importorskip("cmpagl_model.conversion", reason="wants [convert]")
    training = importlib.import_module("cmpagl_model.training.run")
    plain = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path and plain(path, mode))
    monkeypatch.setattr(training, "gather_data", never)
    with pytest.raises(OutputError, match="that you may not write in"):
        training.train(SimpleNamespace(folder=str(tmp_path / "run"), data=(), teach_val=False))
    with pytest.raises(ModelError, match="that you may not write in"):
        conversion.convert("siglip", tmp_path / "model")


@pytest.mark.skipif(os.name == "nt", reason="there a folder that is in use stays")
def test_a_working_folder_that_is_gone_is_told(index, tmp_path, capsys, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert run(["export", str(index), "-o", "x.csv"]) == 1
    assert "is gone; next: cd to another" in capsys.readouterr().err
    assert run(["export", str(index), "-o", str(tmp_path / "x.csv")]) == 0
