"""Parts as a version names them: begun, with what was left out, lost; and what is told of each."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from cmpagl_model.errors import CmpaglError, IndexFormatError, OutputError
from cmpagl_model.index import open_chips, read_info
from cmpagl_model.index.arrays import read_manifest
from cmpagl_model.index.arrays_manifest import UnfitArraysError
from cmpagl_model.index.catalogue import Catalogue, OrphanParts, missing_part, readable_parts
from cmpagl_model.index.files import check_no_foreign, delete_folder
from cmpagl_model.index.format import FRONT_PAGE, PARTS, PartEntry, manifest_of, read_front_page
from cmpagl_model.index.layout import FOOTER
from cmpagl_model.index.part_records import PartRecord
from cmpagl_model.index.parts import (
    damaged_part,
    read_part,
    read_record,
    read_rows,
    read_sealed_rows,
    write_rows,
)
from cmpagl_model.index.survey import info_of_parts
from cmpagl_model.index.verify import verify_index
from cmpagl_model.index.versions import commit, put_above
from cmpagl_model.records import Damage
from tests.cmpagl_model.index.harm import flip
from tests.cmpagl_model.index.stored import (  # noqa: F401 - fixtures
    an_index,
    its_info,
    made_once,
    parts_of_4,
    pauses_in_vain,
)
from tiling import Window, footprints


def begun_of(index, info, entry, upto):
    """The version in which a part is begun only, and the rows that it has then."""
    path = index / PARTS / entry.name
    record = replace(read_record(path), upto=upto)
    table = read_rows(path).slice(0, upto)
    footer = {**table.schema.metadata, FOOTER: record.to_json()}
    begun = write_rows(index, record, table.replace_schema_metadata(footer), info)
    rest = tuple(part for part in info.parts if part != entry)
    return replace(info, parts=(begun, *rest)), begun, table


def test_a_part_that_is_begun_counts_as_missing_and_its_embeddings_are_known(index, info):
    first = info.parts[0]
    version, begun, table = begun_of(index, info, first, 3)
    assert (begun.begun, begun.rows, begun.number) == (True, 3, 0)
    assert read_record(index / PARTS / begun.name).upto == 3
    assert read_record(index / PARTS / first.name).upto == 0
    assert b"upto" not in pq.read_metadata(index / PARTS / first.name).metadata[FOOTER]
    catalogue = Catalogue(index, version)
    assert not catalogue.has(first.key, 0)
    assert catalogue.has(first.key, 1)
    known = catalogue.begun(first.key, 0)
    assert sorted(known) == [0, 1, 2]
    for chip, wanted in enumerate(table["embedding"].to_pylist()):
        np.testing.assert_array_equal(known[chip], np.array(wanted, np.float16))
    assert catalogue.begun(first.key, 1) == catalogue.begun(first.key, 9) == {}
    flip(index / PARTS / begun.name, 300)
    assert Catalogue(index, version).begun(first.key, 0) == {}


def test_a_beginning_without_rows_has_no_embeddings(index, info):
    """All chips so far were not worth encoding."""
    first = info.parts[0]
    record = replace(read_record(index / PARTS / first.name), upto=2, skipped=(("empty", 2),))
    begun = write_rows(index, record, read_rows(index / PARTS / first.name).slice(0, 0), info)
    version = replace(info, parts=(begun, *info.parts[1:]))
    assert Catalogue(index, version).begun(first.key, 0) == {}
    assert begun.rows == 0
    assert len({begun.content, *(part.content for part in info.parts)}) == 5


def test_a_part_that_is_begun_is_told(index, info):
    second = info.parts[1]
    version, _, _ = begun_of(index, info, second, 1)
    _, (problem,) = readable_parts(index, version)
    assert problem.path == second.scene
    assert f"part 2 of 2 of {second.scene} is not finished" in problem.reason
    assert "goes on from there" in problem.reason


def test_parts_of_format_1_are_not_taken_for_lost_ones(index, info):
    unsaid = [PartEntry(part.name, -1, "", 0, "", "", 0, 0) for part in info.parts]
    found, problems = readable_parts(index, replace(info, parts=tuple(unsaid)))
    assert len(found) == 4
    assert not problems


def test_a_given_crs_is_known_by_the_manifest_else_by_the_parts(index, info):
    first, second, *rest = info.parts
    other = rest[0].scene
    for path in (first.scene, other, "elsewhere"):
        assert Catalogue(index, info).given_crs(path) == ""
    told = replace(info, parts=(first, replace(second, crs="EPSG:1"), *rest))
    (index / PARTS / first.name).unlink()
    (index / PARTS / second.name).unlink()
    assert Catalogue(index, told).given_crs(first.scene) == "EPSG:1"
    assert Catalogue(index, told).given_crs(other) == ""
    path = index / PARTS / rest[0].name
    record = read_record(path)
    given = replace(record, scene=replace(record.scene, crs="EPSG:32632", crs_given=True))
    footer = {**read_rows(path).schema.metadata, FOOTER: given.to_json()}
    written = write_rows(index, given, read_rows(path).replace_schema_metadata(footer), info)
    assert written.crs == "EPSG:32632"
    older = replace(info, parts=(replace(written, crs=""),))
    assert Catalogue(index, older).given_crs(other) == "EPSG:32632"


def test_what_was_left_out_counts_where_a_part_is_taken_over(index, info):
    first = info.parts[0]
    path = index / PARTS / first.name
    record = read_record(path)
    left_out = replace(
        record, skipped=(("empty", 1), ("uniform", 1)), damage=(Damage(Window(0, 0, 32, 32), "x"),)
    )
    table = read_rows(path).slice(0, 1)
    footer = {**table.schema.metadata, FOOTER: left_out.to_json()}
    written = write_rows(index, left_out, table.replace_schema_metadata(footer), info)
    path.unlink()
    none = replace(info, parts=info.parts[1:])
    assert OrphanParts(index, none).adopt(first.key, record, 4) == written
    for chips in (1, 2, 3, 5):
        assert OrphanParts(index, none).adopt(first.key, record, chips) is None
    catalogue = Catalogue(index, replace(info, parts=(written, *info.parts[1:])))
    assert catalogue.damage(first.key) == list(left_out.damage)
    assert catalogue.damage(info.parts[2].key) == []
    (index / PARTS / written.name).write_bytes(b"x")
    harmed = Catalogue(index, replace(info, parts=(written, *info.parts[1:])))
    assert harmed.damage(first.key) == []


@pytest.mark.parametrize("column", ["valid_fraction", "edge", "chip", "window"])
def test_content_tells_other_rows_of_one_part(index, info, column):
    path = index / PARTS / info.parts[0].name
    record, table = read_record(path), read_rows(path)
    place = table.schema.get_field_index(column)
    swapped = table.set_column(place, table.schema.field(column), _other(table[column]))
    kept, other = (write_rows(index, record, one, info) for one in (table, swapped))
    assert kept.content == info.parts[0].content
    assert other.content != kept.content


def _other(column):
    values = column.to_pylist()
    if isinstance(values[0], dict):
        values[0] = {**values[0], "height": values[0]["height"] - 1}
    else:
        values[0] = not values[0] if isinstance(values[0], bool) else values[0] + 1
    return pa.array(values, column.type)


def test_corners_lie_on_a_grid_finer_than_any_map(index, info):
    path = index / PARTS / info.parts[0].name
    record = read_record(path)
    windows = [Window(**window) for window in read_rows(path)["window"].to_pylist()]
    exact = shapely.get_coordinates(footprints(record.scene, windows))
    corners = shapely.get_coordinates(shapely.from_wkb(read_rows(path)["geometry"].to_pylist()))
    steps = corners * 2**32
    np.testing.assert_array_equal(steps, np.rint(steps))
    assert (steps % 2).any()
    assert np.abs(corners - exact).max() <= 2.0**-33


def test_a_link_to_a_folder_is_not_followed(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "own1").write_text("x")
    link = tmp_path / "link"
    link.symlink_to(mine)
    assert delete_folder(link, re.compile("own.")) is False
    assert (mine / "own1").exists()


def test_just_as_many_as_are_named_are_not_more(index):
    for number in range(3):
        (index / f"mine{number}.tif").write_text("x")
    with pytest.raises(OutputError, match=r"mine2.tif, wanted") as found:
        check_no_foreign(index)
    assert "and more" not in str(found.value)


@pytest.mark.skipif(not hasattr(os, "O_DIRECTORY"), reason="folders are not flushed here")
def test_the_name_of_a_version_is_on_disk_before_it_counts(info, tmp_path, monkeypatch):
    """Also those of new folders: else a power cut takes the version back."""
    folder, flushed = tmp_path / "new.cmpagl", []
    fsync = os.fsync

    def noting(descriptor):
        names = sorted(path.name for path in (folder / "_versions").glob("0*"))
        flushed.append((os.path.realpath(f"/proc/self/fd/{descriptor}"), names))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    commit(folder, lambda base: base or replace(info, parts=()))
    for place, names in ((folder, []), (tmp_path, []), (folder / "_versions", ["00000001"])):
        assert (os.path.realpath(place), names) in flushed


def test_a_version_above_a_damaged_one_brings_its_front_page(index, info):
    (index / "_index.json").unlink()
    made = put_above(index, info)
    assert (index / "_index.json").read_text() == made.to_json()


@pytest.mark.parametrize("column", [b"valid_fraction", b"window", b"chip", b"edge", b"height"])
def test_a_part_whose_columns_have_other_names_is_damaged(index, info, column):
    """Names lie in the footer, which no page's checksum covers."""
    path = index / PARTS / info.parts[0].name
    path.write_bytes(path.read_bytes().replace(column, column[:-1] + b"?"))
    with pytest.raises(IndexFormatError, match="damaged part"):
        read_part(path)


def test_a_number_that_others_have_passed_and_swept_is_not_taken(index, info):
    asked = []

    def slow(base):
        if not asked:
            for _ in range(2):
                commit(index, lambda newer: replace(newer, parts=newer.parts[1:]))
        asked.append(base.number)
        return replace(base, parts=base.parts[:-1])

    made = commit(index, slow)
    assert asked == [info.number, info.number + 2]
    assert made == read_info(index)
    assert made.parts == info.parts[2:-1]
    assert [path.name for path in (index / "_versions").iterdir()] == [f"{made.number:08d}"]


def test_two_may_make_an_index_at_once(info, tmp_path, monkeypatch):
    """Each finds no folder, and the other has made it by then."""
    (tmp_path / "new.cmpagl" / "_versions").mkdir(parents=True)
    is_dir, first = type(tmp_path).is_dir, iter([True])
    monkeypatch.setattr(type(tmp_path), "is_dir", lambda path: not next(first, 0) and is_dir(path))
    made = commit(tmp_path / "new.cmpagl", lambda base: base or replace(info, parts=()))
    assert made.number == 1


@pytest.mark.parametrize("name", ["٠٠٠٠٠٠٠٩", "00000009\n", "000000009"])
def test_other_names_are_no_versions(index, info, name):
    try:
        (index / "_versions" / name).mkdir()
    except OSError:
        pytest.skip("no such names on this file system")
    assert read_info(index) == info


def test_after_the_last_number_there_is_no_version(index, info):
    last = replace(info, number=99_999_999)
    manifest_of(index, last.number).parent.mkdir()
    manifest_of(index, last.number).write_bytes(last.manifest())
    for write in (lambda: commit(index, lambda _: info), lambda: put_above(index, info)):
        with pytest.raises(OutputError, match="the last that there can be; next: index the"):
            write()
    assert read_info(index) == last


def test_an_empty_folder_of_the_last_number_is_got_past(index, info):
    manifest_of(index, 99_999_999).parent.mkdir()
    assert verify_index(index, repair=True).repaired
    assert read_info(index) == replace(info, number=info.number + 1)
    assert not verify_index(index).problems


def test_beginnings_are_swept_when_nobody_will_name_them(index, info):
    entry = next(part for part in info.parts if not part.number)
    _, begun, _ = begun_of(index, info, entry, 2)
    path = index / PARTS / begun.name
    other = path.with_name(path.name.replace("-00000-", "-00001-"))
    shutil.copy(path, other)
    link = path.with_name(f"{path.stem[:-8]}01234567.parquet")
    link.symlink_to(path)
    without = replace(info, parts=tuple(part for part in info.parts if part != entry))
    newest = commit(index, lambda _: without)
    OrphanParts(index, newest).sweep()
    assert path.exists()  # its part is not there, and it is young
    os.utime(path, (0, 0))
    os.utime(other, (0, 0))
    cut = path.with_name(f"{path.stem[:-8]}76543210.parquet")
    cut.write_bytes(b"cut")
    os.utime(cut, (0, 0))
    OrphanParts(index, newest).sweep()
    assert not path.exists()
    assert other.exists()  # it says another number than its name
    assert link.is_symlink()
    assert cut.exists()  # it says nothing
    whole = {part.name for part in newest.parts}
    assert {one.name for one in (index / PARTS).iterdir()} == {
        *whole, other.name, link.name, cut.name,
    }  # fmt: skip


def test_a_beginning_is_swept_once_its_part_is_whole(index, info):
    _, begun, _ = begun_of(index, info, info.parts[0], 2)
    left = OrphanParts(index, replace(info, parts=()))
    left.sweep()
    assert {path.name for path in (index / PARTS).iterdir()} == {part.name for part in info.parts}
    named, begun, _ = begun_of(index, info, info.parts[0], 2)
    left = OrphanParts(index, info)
    commit(index, lambda _: named)
    left.sweep()
    assert (index / PARTS / begun.name).exists()  # a version names it by now


def test_a_record_of_a_whole_part_says_nothing_of_how_far_it_is(index, info):
    record = read_record(index / PARTS / info.parts[0].name)
    anew = PartRecord(record.scene, record.model, record.plan_chips, record.number, (), ())
    assert "upto" not in anew.to_json()
    assert anew == record


def test_a_part_of_a_scene_that_nobody_knows_is_told_by_its_number():
    assert "part 1 is missing; next" in missing_part(0, 0, "")


def test_the_first_line_of_an_error_is_told_else_its_name(tmp_path):
    assert "damaged part (no magic); next" in damaged_part(tmp_path, ValueError("no magic\nat 4"))
    assert "damaged part (EOFError); next" in damaged_part(tmp_path, EOFError())


@pytest.mark.skipif(os.name == "nt", reason="no devices among the files there")
def test_a_device_or_pipe_in_the_place_of_a_file_is_not_read(index, info):
    """An empty device stands for pipes, where a reader waits, and for devices without an end."""
    open_chips(index, info)
    (arrays,) = (index / "_cache").glob("arrays-*")
    part = index / PARTS / info.parts[0].name
    for path, read in (
        (arrays / "manifest.json", lambda: read_manifest(arrays)),
        (part, lambda: read_part(part)),
        (part, lambda: read_rows(part)),
        (part, lambda: read_sealed_rows(part, info.parts[0], ["chip"])),
        (manifest_of(index, info.number), lambda: read_info(index)),
        (index / FRONT_PAGE, lambda: read_front_page(index)),
    ):
        path.unlink()
        path.symlink_to(os.devnull)
        with pytest.raises((CmpaglError, UnfitArraysError), match="it is no file"):
            read()
    link = index / FRONT_PAGE
    link.unlink()
    link.write_text(info.to_json())
    assert "it is no file" in str(verify_index(index).problems)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names there")
def test_a_pipe_in_the_place_of_a_part_lets_nobody_wait(index, info):
    path = index / PARTS / info.parts[0].name
    path.unlink()
    os.mkfifo(path)
    parts, (problem,) = readable_parts(index, info)
    assert [part.entry for part in parts] == list(info.parts[1:])
    assert "is missing" in problem.reason
    assert info.parts[0].name not in {part.name for part in info_of_parts(index, info).parts}
