"""What files of an index are, what is deleted of them, and what a version says: piece by piece."""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from cmpagl_model.errors import IndexFormatError, OutputError
from cmpagl_model.index import read_info
from cmpagl_model.index.catalogue import (
    Catalogue,
    OrphanParts,
    parts_of,
    readable_parts,
    unnamed_files,
)
from cmpagl_model.index.files import (
    ABANDONED_S,
    OWN_FILE,
    check_no_foreign,
    delete_folder,
    is_abandoned,
    token,
)
from cmpagl_model.index.format import PARTS, PartEntry, manifest_of, version_numbers
from cmpagl_model.index.parts import (
    embeddings_offset,
    is_whole,
    move_part,
    part_name,
    read_part,
    read_record,
    read_rows,
    read_sealed_rows,
    scene_key,
)
from cmpagl_model.index.versions import commit, put_above, sweep, write_front_page
from cmpagl_model.records import ModelId
from tests.cmpagl_model.index.cheap import SIZE
from tests.cmpagl_model.index.harm import flip
from tests.cmpagl_model.index.stored import (  # noqa: F401 - fixtures
    an_index,
    its_info,
    made_once,
    parts_of_4,
    pauses_in_vain,
)

OLD = time.time() - ABANDONED_S - 60


def touched_long_ago(path):
    os.utime(path, (OLD, OLD))
    return path


def test_a_folder_is_deleted_with_its_own_files_only(tmp_path):
    own = re.compile("own.")
    folder = tmp_path / "folder"
    for names, gone in ((["own1", "own2"], True), (["own1", "own12", "other"], False), ([], True)):
        folder.mkdir(exist_ok=True)
        for name in names:
            (folder / name).write_text("x")
        assert delete_folder(folder, own) is gone
        left = sorted(path.name for path in folder.iterdir()) if folder.exists() else None
        assert left == (None if gone else ["other", "own12"])
        shutil.rmtree(folder, ignore_errors=True)
    assert delete_folder(folder, own)


def test_what_nobody_touched_for_an_hour_is_abandoned(tmp_path):
    file = tmp_path / "file"
    assert not is_abandoned(file)
    file.write_text("x")
    assert not is_abandoned(file)
    lately = time.time() - ABANDONED_S + 600
    os.utime(file, (lately, lately))
    assert not is_abandoned(file)
    assert is_abandoned(touched_long_ago(file))


def test_names_are_made_once():
    names = {token() for _ in range(100)}
    assert len(names) == 100
    assert all(re.fullmatch("[0-9a-f]{8}", name) for name in names)


def test_what_an_index_holds_is_its_own(index, tmp_path):
    check_no_foreign(index)
    check_no_foreign(tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    check_no_foreign(tmp_path / "empty")
    names = [path.relative_to(index).as_posix() for path in index.rglob("*") if path.is_file()]
    assert all(OWN_FILE.fullmatch(name) for name in names)


@pytest.mark.parametrize("where", [".", "parts", "_versions", "_versions/00000002", "_cache"])
def test_files_and_links_of_others_are_named_and_refused(index, tmp_path, where):
    place = index / where
    place.mkdir(exist_ok=True)
    for number in range(2):
        (place / f"mine{number}.tif").write_text("x")
    with pytest.raises(OutputError, match=r"mine0.tif, .*mine1.tif, wanted a new folder") as found:
        check_no_foreign(index)
    assert "and more" not in str(found.value)
    for number in range(2, 5):
        (place / f"mine{number}.tif").write_text("x")
    with pytest.raises(OutputError, match=r"mine2.tif and more, wanted") as found:
        check_no_foreign(index)
    assert "mine3.tif" not in str(found.value)
    for number in range(5):
        (place / f"mine{number}.tif").unlink()
    victim = next((index / "parts").iterdir())
    moved = victim.rename(tmp_path / victim.name)
    victim.symlink_to(moved)
    with pytest.raises(OutputError, match=victim.name):
        check_no_foreign(index)


def test_a_file_is_refused_as_a_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="found a file, wanted a folder"):
        check_no_foreign(tmp_path / "file")


def test_a_version_that_changes_nothing_is_not_written(index, info):
    assert commit(index, lambda base: base) == info
    assert list(version_numbers(index)) == [info.number]


def test_a_version_leaves_out_parts_and_deletes_these_alone(index, info):
    gone, *kept = info.parts
    seen = []

    def change(base):
        seen.append(base)
        return replace(base, parts=tuple(kept))

    made = commit(index, change)
    assert seen == [info]
    assert (made.number, made.parts) == (info.number + 1, tuple(kept))
    assert read_info(index) == made
    assert list(version_numbers(index)) == [made.number]
    assert sorted(path.name for path in (index / PARTS).iterdir()) == [part.name for part in kept]
    assert not (index / PARTS / gone.name).exists()
    assert [path.name for path in (index / "_versions").iterdir()] == [f"{made.number:08d}"]


def test_a_version_is_put_on_top_of_the_one_that_came_first(index, info):
    first = replace(info, parts=info.parts[:-1])
    seen = []

    def change(base):
        if not seen:
            commit(index, lambda _: first)
        seen.append(base.number)
        return replace(base, parts=base.parts[1:])

    made = commit(index, change)
    assert seen == [info.number, info.number + 1]
    assert made.parts == info.parts[1:-1]
    assert made.number == info.number + 2


def test_the_first_version_of_an_index_is_number_one(info, tmp_path):
    folder = tmp_path / "new" / "y.cmpagl"
    made = commit(folder, lambda base: base or replace(info, number=7, parts=()))
    assert made.number == 1
    assert read_info(folder) == made
    assert (folder / "_index.json").read_text() == made.to_json()


def test_a_version_that_cannot_be_written_leaves_the_index_as_it_was(index, info, monkeypatch):
    rename = Path.rename

    def refusing(old, new):
        if "_versions" in str(new):
            raise OSError(5, "Input/output error")
        return rename(old, new)

    monkeypatch.setattr(Path, "rename", refusing)  # that of os Python 3.10 has looked up before
    with pytest.raises(OutputError, match=r"Input/output error.*next: free some space"):
        commit(index, lambda base: replace(base, parts=()))
    monkeypatch.undo()
    assert read_info(index) == info
    assert [path.name for path in (index / "_versions").iterdir()] == [f"{info.number:08d}"]


def test_a_version_above_a_damaged_one_is_the_newest(index, info):
    path = manifest_of(index, info.number)
    path.write_bytes(path.read_bytes()[:-9])
    made = put_above(index, info)
    assert made.number == info.number + 1
    assert read_info(index) == made
    assert list(version_numbers(index)) == [made.number]
    assert len(list((index / PARTS).iterdir())) == len(info.parts)


def test_the_front_page_is_written_where_it_says_something_else(index, info):
    page = index / "_index.json"
    before = page.stat()
    write_front_page(index, info)
    assert (page.stat().st_ino, page.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    page.write_text("{}")
    write_front_page(index, info)
    assert page.read_text() == info.to_json()
    page.unlink()
    write_front_page(index, info)
    assert page.read_text() == info.to_json()


def test_sweeping_takes_older_versions_and_abandoned_ones(index, info):
    versions = index / "_versions"
    for number, name in ((info.number + 1, "newer"), (info.number + 2, "newest")):
        made = replace(info, number=number, parts=info.parts[1:])
        manifest_of(index, number).parent.mkdir()
        manifest_of(index, number).write_bytes(made.manifest())
        assert name
    for name in ("00000000", ".making-00000000", ".making-11111111"):
        (versions / name).mkdir(exist_ok=True)
    (versions / "00000000" / "mine.txt").write_text("x")
    touched_long_ago(versions / ".making-00000000")
    sweep(index, replace(info, number=info.number + 1, parts=info.parts[1:]))
    left = sorted(path.name for path in versions.iterdir())
    newer, newest = (f"{info.number + more:08d}" for more in (1, 2))
    assert left == [".making-11111111", "00000000", newer, newest]
    assert not (index / PARTS / info.parts[0].name).exists()
    assert all((index / PARTS / part.name).exists() for part in info.parts[1:])


def test_a_catalogue_knows_parts_by_key_number_and_path(index, info):
    catalogue = Catalogue(index, info)
    first = info.parts[0]
    path = index / PARTS / first.name
    other = next(part for part in info.parts if part.key != first.key)
    assert catalogue.paths() == sorted({part.scene for part in info.parts})
    assert catalogue.entry(first.key, 0) == first
    assert catalogue.entry(first.key, 2) is None
    assert catalogue.has(first.key, 0)
    assert not catalogue.has(first.key, 2)
    assert [part.number for part in catalogue.of(first.key)] == [0, 1]
    assert catalogue.of("0" * 16) == []
    assert not catalogue.has_others(first.scene, first.key)
    assert catalogue.has_others(first.scene, other.key)
    assert not catalogue.has_others("elsewhere", other.key)
    assert catalogue.scene_at(first.scene) == read_record(path).scene
    assert catalogue.scene_at("elsewhere") is None
    flip(path, 300)
    assert catalogue.has(first.key, 0)  # a file is read once
    harmed = Catalogue(index, info)
    assert not harmed.has(first.key, 0)
    second = info.parts[1]
    assert harmed.scene_at(first.scene) == read_record(index / PARTS / second.name).scene
    flip(index / PARTS / second.name, 300)
    assert Catalogue(index, info).scene_at(first.scene) is None


@pytest.mark.parametrize(("planned", "parts"), [(0, 1), (1, 1), (4, 1), (5, 2), (8, 2), (9, 3)])
def test_a_scene_has_as_many_parts_as_its_plan_needs(planned, parts):
    assert parts_of(planned) == parts


def test_parts_that_are_wrong_are_named_with_what_is_wrong(index, info):
    parts, problems = readable_parts(index, info)
    assert [part.entry for part in parts] == list(info.parts)
    assert not problems
    first, second, third, fourth = info.parts
    (index / PARTS / first.name).unlink()
    (index / PARTS / second.name).write_bytes(b"no part")
    lost = replace(third, size=0, sha256="")
    foreign = replace(info, parts=(first, second, lost, fourth))
    known = [part for part in parts if part.entry in {second, fourth}]
    found, problems = readable_parts(index, foreign)
    assert [part.entry for part in found] == [fourth]
    assert [problem.path for problem in problems] == [first.name, second.name, third.name]
    missing, damaged, before = (problem.reason for problem in problems)
    assert f"part 1 of 2 of {first.scene} is missing" in missing
    assert "damaged part" in damaged
    assert "since before the index had a manifest" in before
    assert third.scene in before
    found, _ = readable_parts(index, foreign, known)
    assert [part.entry for part in found] == [second, fourth]
    model = ModelId("other", "f" * 64)
    found, problems = readable_parts(index, replace(info, model=model, parts=(fourth,)))
    assert not found
    assert "wanted other" in problems[0].reason


def test_a_scene_that_was_begun_and_not_finished_is_told(index, info):
    for kept, wanted in ((info.parts[:1], "part 2 of 2"), (info.parts[1:2], "part 1 of 2")):
        parts, problems = readable_parts(index, replace(info, parts=kept))
        assert len(parts) == 1
        (problem,) = problems
        assert problem.path == info.parts[0].scene
        assert wanted in problem.reason


def test_files_that_no_version_names_are_listed(index, info):
    assert unnamed_files(index, info) == []
    parts = index / PARTS
    for name in ("b.parquet", "a.txt", ".hidden"):
        (parts / name).write_text("x")
    (parts / "folder").mkdir()
    assert [path.name for path in unnamed_files(index, info)] == ["a.txt", "b.parquet"]
    newer = replace(info, number=info.number + 1, parts=())
    assert [path.name for path in unnamed_files(index, newer)] == ["a.txt", "b.parquet"]
    shutil.rmtree(parts)
    assert unnamed_files(index, info) == []


def test_only_just_what_would_be_made_is_taken_over(index, info):
    first = info.parts[0]
    none = replace(info, parts=info.parts[1:], number=info.number)
    record = read_record(index / PARTS / first.name)
    left = OrphanParts(index, none)
    assert left.adopt(first.key, record, first.rows) == first
    assert left.adopt(first.key, record, first.rows + 1) is None
    assert left.adopt("0" * 16, record, first.rows) is None
    assert left.adopt(first.key, replace(record, number=1), first.rows) is None
    assert left.adopt(first.key, replace(record, plan_chips=7), first.rows) is None
    moved = replace(record, scene=replace(record.scene, mtime_ns=5))
    assert left.adopt(first.key, moved, first.rows) == first
    told = replace(record, skipped=(("empty", 1),))
    assert left.adopt(first.key, told, first.rows) == first
    flip(index / PARTS / first.name, 300)
    assert OrphanParts(index, none).adopt(first.key, record, first.rows) is None


def test_a_part_says_what_it_is(index, info):
    for entry in info.parts:
        path = index / PARTS / entry.name
        record, found = read_part(path)
        assert found == entry
        assert scene_key(record.scene, info) == entry.key
        assert record.number == entry.number
        assert (entry.rows, entry.planned, entry.damaged) == (4 - 2 * entry.number, 6, 0)
        assert is_whole(index, entry)
        rows = read_rows(path)
        assert len(rows) == entry.rows
        assert read_rows(path, ["chip"]).column_names == ["chip"]
        assert read_sealed_rows(path, entry, ["chip"])["chip"].to_pylist() == list(
            range(4 * entry.number, 4 * entry.number + entry.rows)
        )
        kept = np.array(rows["embedding"].to_pylist(), np.float16)
        offset = embeddings_offset(path, kept)
        there = np.frombuffer(path.read_bytes(), np.uint8)[offset:].tobytes()
        assert there.startswith(kept.tobytes())
        assert embeddings_offset(path, np.zeros_like(kept)) is None
        assert embeddings_offset(path, np.zeros((100_000, SIZE), np.float16)) is None


def test_other_layouts_have_no_page_to_be_mapped(index, info):
    path = index / PARTS / info.parts[0].name
    rows = read_rows(path)
    kept = np.array(rows["embedding"].to_pylist(), np.float16)
    pq.write_table(rows, path, row_group_size=2, compression="none")
    assert embeddings_offset(path, kept) is None
    pq.write_table(rows, path, compression="zstd")
    assert embeddings_offset(path, kept) is None


def test_a_changed_part_is_not_read(index, info):
    entry = info.parts[0]
    path = index / PARTS / entry.name
    flip(path, entry.size // 2)
    assert not is_whole(index, entry)
    with pytest.raises(IndexFormatError, match="another SHA-256"):
        read_sealed_rows(path, entry, ["chip"])
    assert len(read_sealed_rows(path, replace(entry, size=-1), ["chip"])) == entry.rows
    longer = index / PARTS / info.parts[1].name
    longer.write_bytes(longer.read_bytes() + b"x")
    assert not is_whole(index, info.parts[1])
    longer.unlink()
    assert not is_whole(index, info.parts[1])
    for read in (read_part, read_rows, read_record):
        with pytest.raises(IndexFormatError, match=f"{longer.name}: damaged part.*makes this part"):
            read(longer)


def test_a_moved_part_has_the_same_rows_and_another_scene(index, info):
    entry = info.parts[0]
    record = read_record(index / PARTS / entry.name)
    scene = replace(record.scene, path="/elsewhere/new name.tif")
    moved = move_part(index, entry, scene, info)
    assert (moved.key, moved.number, moved.content) == (entry.key, entry.number, entry.content)
    assert moved.name.startswith("new_name-")
    assert moved.scene == scene.path
    assert is_whole(index, moved)
    assert is_whole(index, entry)
    there, before = (read_rows(index / PARTS / one.name) for one in (moved, entry))
    assert set(there["scene"].to_pylist()) == {scene.path}
    assert there.drop_columns("scene").equals(before.drop_columns("scene"))
    assert read_record(index / PARTS / moved.name).scene == scene
    footer = pq.read_metadata(index / PARTS / moved.name).metadata
    assert b"file:///elsewhere/new%20name.tif" in footer[b"emb"]


def test_content_tells_other_chips(info):
    contents = {entry.content for entry in info.parts}
    assert len(contents) == 4
    assert replace(info, parts=info.parts[::-1]).content == info.content
    assert replace(info, parts=info.parts[1:]).content != info.content
    unsaid = PartEntry(info.parts[0].name, -1, "", 0, "", "", 0, 0)
    assert replace(info, parts=(unsaid, *info.parts[1:])).content == ""


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("/a/b c+d.tif", "b_c_d"),
        ("/a/" + "x" * 99 + ".tif", "x" * 60),
        ("/a/東.tif", "scene"),
        ("https://host/a.tif?token=1/2", "a"),
        ("/a/__a__.tif", "a"),
    ],
)
def test_a_part_is_named_after_its_scene(made, path, stem):
    record = read_record(made / PARTS / read_info(made).parts[0].name)
    name = part_name(replace(record.scene, path=path), "0" * 16, 12)
    assert re.fullmatch(rf"{stem}-0{{16}}-00012-[0-9a-f]{{8}}\.parquet", name)
