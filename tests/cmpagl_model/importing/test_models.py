"""Which model imported embeddings are kept under: what a file says, and what --model says."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.index import read_info
from cmpagl_model.model_folder import find_model
from tests.cmpagl_model.index.embedded import clustered, write_source

LITE = find_model()
SIZE = LITE.config.embedding_size


def source_of(path, model, count=5, size=SIZE):
    """A file whose page names a model; its embeddings are as long as those of the shipped one."""
    write_source(path, clustered(count, size))
    table = pq.read_table(path)
    footer = {**table.schema.metadata, b"emb": json.dumps({"model": model}).encode()}
    pq.write_table(table.replace_schema_metadata(footer), path)
    return str(path)


def exact(name, fingerprint):
    return {"name": name, "fingerprint": fingerprint}


@pytest.mark.parametrize("said", ["cmpagl_lite", "clay-v1.5"])
def test_a_fingerprint_is_not_overruled(tmp_path, capsys, said):
    source = source_of(tmp_path / "a.parquet", exact("other", "ab" * 32))
    words = ["import", source, "-o", str(tmp_path / "x.cmpagl")]
    assert run([*words, "--model", said]) == 1
    told = capsys.readouterr().err
    assert f"found embeddings of other (abababababab), wanted those of {said}" in told
    assert "next: leave --model out" in told
    assert not (tmp_path / "x.cmpagl").exists()
    assert run(words) == 0
    assert read_info(tmp_path / "x.cmpagl").model.fingerprint == "ab" * 32


def test_the_fingerprint_of_the_model_that_is_said_fits(tmp_path):
    source = source_of(tmp_path / "a.parquet", exact(LITE.name, LITE.fingerprint))
    words = ["import", source, "-o", str(tmp_path / "x.cmpagl"), "--model", "cmpagl_lite"]
    assert run(words) == 0


def test_of_several_files_one_of_another_fingerprint_is_left_out(tmp_path, capsys):
    source_of(tmp_path / "a.parquet", exact("other", "ab" * 32), size=SIZE)
    source_of(tmp_path / "b.parquet", exact(LITE.name, LITE.fingerprint), count=7)
    words = ["import", str(tmp_path), "-o", str(tmp_path / "x.cmpagl"), "--model", "cmpagl_lite"]
    assert run(words) == 3
    told = capsys.readouterr()
    assert "a.parquet: found embeddings of other" in told.err
    assert "7 chips of cmpagl_lite from 1 file" in told.out


def test_a_name_that_is_overruled_is_told_once(tmp_path, capsys):
    for name in "ab":
        source_of(tmp_path / f"{name}.parquet", {"id": "clay", "version": name}, size=32)
    words = ["import", str(tmp_path), "-o", str(tmp_path / "x.cmpagl"), "--model", "clay-v1.5"]
    assert run(words) == 0
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "a.parquet: names its model clay a; kept under clay-v1.5, as --model says" in told[0]
    source = source_of(tmp_path / "c.parquet", "clay-v1.5", size=32)
    assert run(["import", source, "-o", str(tmp_path / "x.cmpagl"), "--model", "clay-v1.5"]) == 0
    assert capsys.readouterr().err == ""


def test_what_was_imported_by_name_may_get_another_name(tmp_path, capsys):
    plain = str(write_source(tmp_path / "a.parquet", clustered(5, SIZE)))
    assert run(["import", plain, "-o", str(tmp_path / "x.cmpagl"), "--model", "some"]) == 0
    out = str(tmp_path / "out.parquet")
    assert run(["export", str(tmp_path / "x.cmpagl"), "--embeddings", "-o", out]) == 0
    capsys.readouterr()
    words = ["import", out, "-o", str(tmp_path / "y.cmpagl"), "--model", "cmpagl_lite"]
    assert run(words) == 0
    told = capsys.readouterr()
    assert "names its model some; kept under cmpagl_lite" in told.err
    assert "by sentence" in told.out


def test_a_sentence_to_embeddings_of_an_unknown_model_is_told_what_helps(tmp_path, capsys):
    source = source_of(tmp_path / "a.parquet", exact("other", "ab" * 32), size=SIZE)
    assert run(["import", source, "-o", str(tmp_path / "x.cmpagl")]) == 0
    capsys.readouterr()
    assert run(["search", str(tmp_path / "x.cmpagl"), "a road"]) == 1
    told = capsys.readouterr().err
    assert "found imported embeddings of other" in told
    assert "search this index by example, or give the model that made them with --model" in told
    assert "--rebuild" not in told


def test_a_file_of_another_model_is_told_to_get_an_index_of_its_own(tmp_path, capsys):
    source = source_of(tmp_path / "a.parquet", exact("other", "ab" * 32), size=32)
    assert run(["import", source, "-o", str(tmp_path / "x.cmpagl")]) == 0
    second = source_of(tmp_path / "b.parquet", exact("third", "cd" * 32), size=32)
    capsys.readouterr()
    assert run(["import", second, "-o", str(tmp_path / "x.cmpagl")]) == 1
    told = capsys.readouterr().err
    assert "found an index with 32 numbers of other (abababababab), wanted one with 32" in told
    assert "next: choose another -o" in told
    assert "--rebuild" not in told
