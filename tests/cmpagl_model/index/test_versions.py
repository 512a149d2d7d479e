"""Versions of an index: what is named is there, what is not named is not searched."""

from __future__ import annotations

import json
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cmpagl_model.errors import IndexFormatError, IndexMismatchError, ManifestError
from cmpagl_model.index import build_index, load_chips, open_chips, read_info, rebuild_index
from cmpagl_model.index.export import export_chips
from cmpagl_model.index.format import VERSIONS, manifest_of, read_version
from cmpagl_model.index.pending import PendingChanges
from cmpagl_model.index.summary import summarise
from cmpagl_model.index.verify import verify_index
from cmpagl_model.index.versions import commit
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.harm import contents, part_files, sealed
from tiling import ChipSpec

SPEC = ChipSpec(size_px=32, native=True, overlap=0)
FORMAT_1 = Path(__file__).parent / "data" / "format1"


@pytest.fixture
def small(make_scene):
    """Make a small scene of 12 chips."""

    def make(name, seed=0):
        return str(make_scene(name, 128, 96, seed=seed))

    return make


def rows_of(index):
    """Every chip of an index: scene, window and embedding."""
    table = load_chips(index, read_info(index)).table
    return {
        (table.scenes[table.scene_of[row]].path, table.window(row), table.embeddings[row].tobytes())
        for row in range(len(table))
    }, len(table)


def problems_of(index):
    info = read_info(index)
    found = open_chips(index, info).problems
    assert load_chips(index, info).problems == found
    return found


@pytest.mark.usefixtures("small_parts")
def test_lost_parts_are_named_one_by_one_and_made_anew(small, tmp_path):
    index = tmp_path / "x.cmpagl"
    scene = small("a.tif")
    build_index([scene], index, CheapEncoder(), SPEC)
    wanted, content = rows_of(index), read_info(index).content
    shutil.rmtree(index / "parts")
    for number, problem in enumerate(problems_of(index), 1):
        assert f"part {number} of 3 of {scene} is missing" in str(problem)
    assert len(problems_of(index)) == 3
    assert build_index([scene], index, CheapEncoder()).encoded == 12
    assert rows_of(index) == wanted
    assert read_info(index).content == content


def test_a_part_lost_before_it_was_ever_opened_is_named(small, tmp_path):
    """The arrays in the cache are those of the version before it: they are of all that is left."""
    index = tmp_path / "x.cmpagl"
    build_index([small("a.tif", 1)], index, CheapEncoder(), SPEC)
    assert not problems_of(index)
    build_index([small("b.tif", 2)], index, CheapEncoder())
    (lost,) = [path for path in part_files(index) if path.name.startswith("b-")]
    kept = lost.read_bytes()
    lost.unlink()
    (problem,) = problems_of(index)
    assert problem.path == lost.name
    lost.write_bytes(kept)
    assert not problems_of(index)


@pytest.mark.usefixtures("small_parts")
def test_only_the_damaged_part_is_made_anew(small, tmp_path):
    index = tmp_path / "x.cmpagl"
    scenes = [small("a.tif", 1), small("b.tif", 2)]
    build_index(scenes, index, CheapEncoder(), SPEC)
    before = contents(index)
    victim = part_files(index)[1]
    whole, about = victim.read_bytes(), victim.stat()
    for place in range(0, len(whole), len(whole) // 20):
        harmed = bytearray(whole)
        harmed[place] ^= 1
        victim.write_bytes(harmed)
        os.utime(victim, ns=(about.st_atime_ns, about.st_mtime_ns))
        report = build_index(scenes, index, CheapEncoder())
        assert (report.encoded, report.unchanged) == (4, 1)
        assert contents(index) == before
        victim = part_files(index)[1]
        assert len(list((index / "parts").iterdir())) == 6


def test_copies_of_a_part_are_not_searched_and_named(small, tmp_path):
    index = tmp_path / "x.cmpagl"
    build_index([small("a.tif")], index, CheapEncoder(), SPEC)
    part, wanted = part_files(index)[0], rows_of(index)
    named_alike = f"{part.name[:-16]}00000000.parquet"
    for name in ("copy.parquet", part.name.replace("a-", "b-"), named_alike):
        shutil.copy(part, part.with_name(name))
    assert rows_of(index) == wanted
    assert not problems_of(index)
    assert len(summarise(index).problems) == 3


def test_killed_while_a_renamed_scene_is_followed_nothing_is_found_twice(
    small, tmp_path, monkeypatch
):
    index = tmp_path / "x.cmpagl"
    scene = Path(small("a.tif"))
    build_index([str(scene)], index, CheapEncoder(), SPEC)
    _, count = rows_of(index)
    moved = scene.rename(tmp_path / "b.tif")
    with monkeypatch.context() as patched:
        patched.setattr(PendingChanges, "flush", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            build_index([str(moved)], index, CheapEncoder())
    assert len(list((index / "parts").iterdir())) == 2
    assert rows_of(index)[1] == count
    assert build_index([str(moved)], index, CheapEncoder()).encoded == 0
    rows, after = rows_of(index)
    assert after == count
    assert {path for path, _, _ in rows} == {str(moved)}


def test_what_a_killed_run_wrote_is_taken_over(small, tmp_path, monkeypatch):
    index = tmp_path / "x.cmpagl"
    scenes = [small("a.tif", 1), small("b.tif", 2)]
    with monkeypatch.context() as patched:
        patched.setattr(PendingChanges, "flush", lambda _: None)
        build_index(scenes, index, CheapEncoder(), SPEC)
    assert rows_of(index)[1] == 0
    assert build_index(scenes, index, CheapEncoder(), SPEC).encoded == 0
    assert rows_of(index)[1] == 24
    assert len(list((index / "parts").iterdir())) == 2


def test_a_run_with_bad_inputs_leaves_others_alone(small, tmp_path):
    index, bad = tmp_path / "x.cmpagl", tmp_path / "bad.tif"
    bad.write_text("no picture")
    assert not build_index([str(bad)], index, CheapEncoder(), SPEC).scenes
    assert not index.exists()
    scenes = [small(f"{n}.tif", n) for n in range(4)]
    with ThreadPoolExecutor(2) as pool:
        good = pool.submit(lambda: [build_index([s], index, CheapEncoder(), SPEC) for s in scenes])
        while not good.done():
            assert not build_index([str(bad)], index, CheapEncoder(), SPEC).scenes
    good.result()
    assert rows_of(index)[1] == 48
    assert (index / "_index.json").exists()


def test_an_index_with_the_names_of_before_goes_on_under_them(small, tmp_path):
    index = tmp_path / "x.cmpagl"
    build_index([small("a.tif", 1)], index, CheapEncoder(), SPEC)
    open_chips(index, read_info(index))
    for name in ("_index.json", "_versions", "_cache"):
        (index / name).rename(index / name[1:])
    assert rows_of(index)[1] == 12
    build_index([small("b.tif", 2)], index, CheapEncoder())
    assert len(open_chips(index, read_info(index)).table) == 24
    assert not verify_index(index).problems
    rebuild_index([], index, CheapEncoder())
    assert rows_of(index)[1] == 24
    assert {path.name for path in index.iterdir()} == {"parts", "index.json", "versions", "cache"}


def test_writers_beside_each_other_lose_nothing(small, tmp_path):
    index = tmp_path / "x.cmpagl"
    scenes = [small(f"{n}.tif", n) for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda scene: build_index([scene], index, CheapEncoder(), SPEC), scenes))
    rows, count = rows_of(index)
    assert {path for path, _, _ in rows} == set(scenes)
    assert count == 12 * 12
    assert len(list((index / VERSIONS).iterdir())) == 1
    assert len(list((index / "parts").iterdir())) == 12


def test_a_scene_added_beside_a_rebuild_is_kept(small, tmp_path, monkeypatch):
    index = tmp_path / "x.cmpagl"
    build_index([small("a.tif", 1)], index, CheapEncoder(), SPEC)
    late, whole = small("late.tif", 2), PendingChanges.replace_all
    other = ChipSpec(size_px=32, gsd_m=2.0, overlap=0)

    def beside(changes, seen):
        monkeypatch.setattr(PendingChanges, "replace_all", whole)
        build_index([late], index, CheapEncoder(), SPEC)
        return whole(changes, seen)

    monkeypatch.setattr(PendingChanges, "replace_all", beside)
    report = rebuild_index([], index, CheapEncoder("b" * 64), other)
    assert report.scenes == 2
    rows, _ = rows_of(index)
    assert {Path(path).name for path, _, _ in rows} == {"a.tif", "late.tif"}
    assert read_info(index).spec == other
    assert len(list((index / "parts").iterdir())) == 2


def test_who_encoded_for_an_index_that_was_rebuilt_is_told(small, tmp_path, monkeypatch):
    index = tmp_path / "x.cmpagl"
    build_index([small("a.tif", 1)], index, CheapEncoder(), SPEC)
    flush, rebuilt = PendingChanges.flush, threading.Event()

    def late(changes):
        if not rebuilt.is_set():
            rebuilt.set()
            rebuild_index([], index, CheapEncoder("b" * 64))
        flush(changes)

    monkeypatch.setattr(PendingChanges, "flush", late)
    with pytest.raises(IndexMismatchError, match=r"rebuilt it .*; next: run the same"):
        build_index([small("b.tif", 2)], index, CheapEncoder())
    assert not problems_of(index)


def test_a_reader_of_an_older_version_finds_the_newest(small, tmp_path):
    index = tmp_path / "x.cmpagl"
    scene = small("a.tif", 1)
    build_index([scene], index, CheapEncoder(), SPEC)
    old = read_info(index)
    small("a.tif", 2)
    build_index([scene], index, CheapEncoder())
    loaded = open_chips(index, old)
    assert loaded.info == read_info(index)
    assert not loaded.problems


def test_a_number_that_others_have_passed_and_swept_is_not_taken(small, tmp_path):
    index = tmp_path / "x.cmpagl"
    build_index([small("a.tif", 1)], index, CheapEncoder(), SPEC)
    asked = []

    def slow(base):
        if not asked:
            for seed in (2, 3):
                build_index([small(f"{seed}.tif", seed)], index, CheapEncoder())
        asked.append(base.number)
        return replace(base, parts=base.parts[:-1])

    made = commit(index, slow)
    assert len(asked) == 2
    assert made == read_info(index)
    assert len(made.parts) == 2


@pytest.mark.parametrize("place", [0, 0.3, 0.6, 0.99])
def test_a_damaged_manifest_is_refused_and_made_anew_by_indexing(small, tmp_path, place):
    index = tmp_path / "x.cmpagl"
    scene = small("a.tif")
    build_index([scene], index, CheapEncoder(), SPEC)
    wanted, number = rows_of(index), read_info(index).number
    manifest = manifest_of(index, number)
    whole = bytearray(manifest.read_bytes())
    whole[int(place * len(whole))] ^= 4
    manifest.write_bytes(whole)
    with pytest.raises(ManifestError, match=r"another SHA-256.*--repair"):
        read_info(index)
    assert build_index([scene], index, CheapEncoder()).encoded == 0
    assert rows_of(index) == wanted
    assert read_info(index).number == number + 1


def test_lost_versions_are_not_taken_for_an_empty_index(small, tmp_path):
    index = tmp_path / "x.cmpagl"
    scene = small("a.tif")
    build_index([scene], index, CheapEncoder(), SPEC)
    wanted = rows_of(index)
    shutil.rmtree(index / VERSIONS)
    with pytest.raises(ManifestError, match=f"all versions are gone.*verify {index} --repair"):
        read_info(index)
    assert build_index([scene], index, CheapEncoder()).encoded == 0
    assert rows_of(index) == wanted


def test_a_lost_front_page_is_written_anew(small, tmp_path):
    index = tmp_path / "x.cmpagl"
    build_index([small("a.tif", 1)], index, CheapEncoder(), SPEC)
    (index / "_index.json").unlink()
    assert rows_of(index)[1] == 12
    build_index([small("b.tif", 2)], index, CheapEncoder())
    assert (index / "_index.json").read_text() == read_info(index).to_json()


def test_manifests_of_newer_engines_are_refused(small, tmp_path):
    index = tmp_path / "x.cmpagl"
    build_index([small("a.tif")], index, CheapEncoder(), SPEC)
    info = read_info(index)
    path = manifest_of(index, info.number)
    path.write_bytes(sealed(info.manifest(), lambda page: page.update(version=3)))
    with pytest.raises(IndexFormatError, match="found index version 3, wanted 2"):
        read_version(index, info.number)


def _part(**changed):
    return lambda page: page["parts"][0].update(changed)


def _page(**changed):
    return lambda page: page.update(changed)


NOT_UNDERSTOOD = {
    "a part says more": _part(later=1),
    "a part of no name": _part(name="part.parquet"),
    "a part of another folder": _part(name="../x-0123456789abcdef-00000.parquet"),
    "no size": _part(size=None),
    "rows as a text": _part(rows="7"),
    "a size that is a truth": _part(size=True),
    "a scene that is a number": _part(scene=7),
    "a version that is a list": _page(version=[2]),
    "rows below nothing": _part(rows=-1),
    "a part twice": lambda page: page["parts"].append(page["parts"][0]),
    "a copy of a part": lambda page: page["parts"].append(
        {**page["parts"][0], "name": page["parts"][0]["name"][:-16] + "01234567.parquet"}
    ),
    "no parts": _page(parts=None),
    "endless embeddings": _page(embedding_size=float("inf")),
    "no embeddings": _page(embedding_size=0),
    "embeddings below nothing": _page(embedding_size=-4),
    "no model": _page(model=None),
    "no number": lambda page: page.pop("number"),
}


@pytest.mark.parametrize("what", NOT_UNDERSTOOD)
def test_manifests_that_are_not_understood_are_refused(small, tmp_path, what):
    """Sealed as ours are: a later engine wrote them, or a stranger; nothing is changed then."""
    index = tmp_path / "x.cmpagl"
    build_index([small("a.tif")], index, CheapEncoder(), SPEC)
    info = read_info(index)
    path = manifest_of(index, info.number)
    path.write_bytes(sealed(info.manifest(), NOT_UNDERSTOOD[what]))
    before = {path: path.read_bytes() for path in index.rglob("*") if path.is_file()}
    for look in (
        lambda: read_info(index),
        lambda: verify_index(index, repair=True),
        lambda: build_index([small("b.tif", 1)], index, CheapEncoder()),
    ):
        with pytest.raises(IndexFormatError, match=r"found.*next: "):
            look()
    assert {path: path.read_bytes() for path in index.rglob("*") if path.is_file()} == before


def test_a_version_under_another_number_is_damaged_and_made_anew(small, tmp_path):
    """Somebody copied or renamed a version; no next number would ever have followed on it."""
    index = tmp_path / "x.cmpagl"
    build_index([small("a.tif", 1)], index, CheapEncoder(), SPEC)
    wanted, number = rows_of(index), read_info(index).number
    manifest_of(index, number).parent.rename(manifest_of(index, number + 4).parent)
    with pytest.raises(ManifestError, match=f"it is that of version {number}"):
        read_info(index)
    assert build_index([small("a.tif", 1)], index, CheapEncoder()).unchanged == 1
    assert rows_of(index) == wanted


@pytest.mark.parametrize("change", [{"embedding_size": -3}, {"embedding_size": float("inf")},
                                    {"version": [2]}, {"chips": "x"}, {"model": []}])  # fmt: skip
def test_a_front_page_that_is_not_understood_is_refused(old, change):
    page = old / "index.json"
    page.write_text(json.dumps({**json.loads(page.read_text()), **change}))
    with pytest.raises(IndexFormatError, match=r"found.*next: "):
        read_info(old)


def test_a_front_page_of_brackets_is_refused(old):
    (old / "index.json").write_text("[" * 100_000)
    with pytest.raises(IndexFormatError, match="not readable"):
        read_info(old)


def test_parts_of_another_embedding_size_are_named(old):
    page = old / "index.json"
    page.write_text(json.dumps({**json.loads(page.read_text()), "embedding_size": 128}))
    assert [problem.reason for problem in problems_of(old)]
    assert all("wanted 128" in problem.reason for problem in problems_of(old))


@pytest.fixture
def old(tmp_path):
    """An index that was made by the engine of format 1, of 3 chips of 2 scenes that are gone."""
    return shutil.copytree(FORMAT_1, tmp_path / "old.cmpagl")


def test_format_1_opens_as_it_is(old, tmp_path):
    before = {path.name for path in old.rglob("*") if path.parent.name != "_cache"}
    assert rows_of(old)[1] == 3
    assert not problems_of(old)
    summary = summarise(old)
    assert (summary.chips, len(summary.scenes)) == (3, 2)
    assert (summary.content, summary.embeddings) == ("", "")
    assert export_chips(old, tmp_path / "chips.geojson") == (3, ())
    shutil.rmtree(old / "_cache")
    assert {path.name for path in old.rglob("*")} | {"_cache"} == before | {"_cache"}


def test_format_1_of_another_model_is_refused_and_not_touched(old, small):
    before = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    with pytest.raises(IndexMismatchError, match="--rebuild"):
        build_index([small("a.tif")], old, CheapEncoder())
    assert {path: path.read_bytes() for path in old.rglob("*") if path.is_file()} == before


def test_format_1_is_upgraded_by_the_next_index(old):
    wanted, _ = rows_of(old)
    model = read_info(old).model
    encoder = CheapEncoder(model.fingerprint)
    encoder.model.id, encoder.model.config.embedding_size = model, 256
    build_index([], old, encoder)
    assert rows_of(old) == (wanted, 3)
    info = read_info(old)
    assert (info.number, len(info.parts), len(info.content)) == (1, 2, 64)
    assert all(part.sha256 for part in info.parts)
    assert '"version": 2' in (old / "index.json").read_text()


@pytest.mark.parametrize("column", [b"valid_fraction", b"window", b"height"])
def test_format_1_with_columns_of_other_names_is_opened_without_them(old, column):
    """Nothing vouches for the footer of such a part."""
    victim = next((old / "parts").glob("west*"))
    victim.write_bytes(victim.read_bytes().replace(column, column[:-1] + b"?"))
    (problem,) = problems_of(old)
    assert problem.path == victim.name
    assert "damaged part" in problem.reason
    assert 0 < rows_of(old)[1] < 3


def test_format_1_with_damage_is_upgraded_and_the_damage_named(old, tmp_path):
    victim = next((old / "parts").glob("west*"))
    victim.write_bytes(victim.read_bytes()[:-100])
    copy = next((old / "parts").glob("east*"))
    shutil.copy(copy, copy.with_name(f"copy-{copy.name[5:]}"))
    model = read_info(old).model
    encoder = CheapEncoder(model.fingerprint)
    encoder.model.id = model
    assert build_index([str(tmp_path / "absent.tif")], old, encoder).problems
    (problem,) = problems_of(old)
    assert victim.name in str(problem)
    assert rows_of(old)[1] == 1
    assert np.isfinite(load_chips(old, read_info(old)).table.embeddings[:]).all()
