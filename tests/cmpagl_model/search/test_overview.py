"""What is here, and a first look: sentences of a place, groups of an index, the ground by class."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely

from cmpagl_model.errors import QueryError
from cmpagl_model.index import build_index
from cmpagl_model.search import ChipPlace, Filter, PointPlace, open_index
from cmpagl_model.search.class_map import frame_of_ground
from cmpagl_model.search.class_style import OURS, colours_of
from cmpagl_model.search.classify import class_areas
from cmpagl_model.search.describe import describe
from cmpagl_model.search.objects import find_objects
from cmpagl_model.search.overview import overview, write_overview
from cmpagl_model.search.ranking import cosine_scores
from cmpagl_model.search.reference import Reference, read_reference
from tests.cmpagl_model.index.embedded import clustered, import_file, write_source
from tests.cmpagl_model.search.test_ground import index_of, paint
from tests.conftest import make_scene as painted
from tiling import ChipSpec

LIST = Reference(("a road", "a lake"), ("a road", "a lake", "a bare field", "houses among trees"))


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("look")
    scene = painted.__wrapped__(folder)("town.tif", width=500, height=400)
    spec = ChipSpec(ground_sizes_m=(100.0, 200.0))
    build_index([str(scene)], folder / "town.cmpagl", encoder, spec)
    return open_index(folder / "town.cmpagl")


def test_the_list_that_ships_is_sound():
    shipped = read_reference()
    assert 50 < len(shipped.kinds) < len(shipped.sentences) <= 600
    assert shipped.sentences[: len(shipped.kinds)] == shipped.kinds
    assert len({sentence.lower() for sentence in shipped.sentences}) == len(shipped.sentences)


def test_a_chip_is_described_as_searches_for_the_sentences_would(index):
    table, row = index.table, 5
    place = ChipPlace(table.scenes[0].path, table.window(row), float(table.ground_m[row]))
    found = describe(index, place, 4, reference=LIST)
    assert found.chips == 1
    for one in found.said:
        answer = index.search(one.sentence, len(table), merge=False)
        (hit,) = [
            hit for hit in answer.hits
            if (hit.window, hit.ground_m) == (place.window, place.ground_m)
        ]  # fmt: skip
        assert one.score == pytest.approx(hit.score, abs=1e-4)
        assert one.share == float(hit.relevance >= answer.cutoff)
        assert one.relevance <= hit.relevance + 1e-4  # as if nothing fitted better
    shares = [(one.share, one.score) for one in found.said]
    assert shares == sorted(shares, reverse=True)
    assert found.found == (found.said[0].share > 0) == (not found.notice)


def test_an_area_is_described_by_all_its_chips(index):
    small = Filter(ground_m=(0, 150))
    found = describe(index, small, 2, reference=LIST)
    rows = small.rows(index.table)
    assert (found.chips, len(found.said)) == (len(rows), 2)
    best = found.said[0]
    answer = index.search(best.sentence, len(index.table), merge=False, where=small)
    reach = [hit.relevance >= answer.cutoff for hit in answer.hits]
    assert best.share == pytest.approx(np.mean(reach), abs=0.5 / len(rows))
    assert best.score == pytest.approx(np.mean([hit.score for hit in answer.hits]), abs=1e-4)


def test_what_is_refused(index, tmp_path):
    with pytest.raises(QueryError, match="found k = 0"):
        describe(index, Filter(), 0)
    with pytest.raises(QueryError, match="found no chip"):
        describe(index, PointPlace(0, 0))
    with pytest.raises(QueryError, match="no chip there"):
        describe(index, Filter(bbox=(0, 0, 1, 1)))
    for groups in (1, 51):
        with pytest.raises(QueryError, match="wanted 2 to 50"):
            overview(index, groups)
    with pytest.raises(QueryError, match="found no chip there"):
        overview(index, where=Filter(bbox=(0, 0, 1, 1)))
    for text, said in (("", "found 0 sentences"), ("a road\n\nA ROAD\n", "line 3.*of line 1 again"),
                       (b"\xff\xfe\x00", "no UTF-8")):  # fmt: skip
        (tmp_path / "l.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(QueryError, match=said):
            read_reference(tmp_path / "l.txt")
    with pytest.raises(QueryError, match="cannot be read"):
        read_reference(tmp_path / "none.txt")


def test_ones_own_list_may_name_groups_by_each_sentence(tmp_path):
    (tmp_path / "l.txt").write_text("\ufeff# mine\na road\n\n  a lake \n", encoding="utf-8")
    assert read_reference(tmp_path / "l.txt") == Reference(*[("a road", "a lake")] * 2)


def test_groups_hold_every_chip_once_and_are_the_same_again(index):
    seen, again = overview(index, 4), overview(index, 4)
    assert seen.groups == again.groups
    assert seen.found.class_of.tolist() == again.found.class_of.tolist()
    assert sum(one.chips for one in seen.groups) == len(index.table)
    assert len({one.name for one in seen.groups}) == len(seen.groups) > 1
    kinds = set(read_reference().kinds)
    for one in seen.groups:
        assert one.name.rstrip("? 0123456789") in kinds
        assert one.name.endswith("?") == (one.fits < 0.5)
        assert set(one.says) <= set(read_reference().sentences)
    vectors = index.table.embeddings[np.arange(len(index.table))].astype(np.float32)
    own = [vectors[seen.found.class_of == group] for group in range(len(seen.groups))]
    middles = np.array([some.mean(axis=0) / np.linalg.norm(some.mean(axis=0)) for some in own])
    nearest = (vectors @ middles.T).argmax(axis=1)
    assert (nearest == seen.found.class_of).mean() > 0.9


def test_a_name_fits_where_it_is_more_likely_right_than_wrong(index):
    seen = overview(index, 4)
    between = 0
    for number, group in enumerate(seen.groups):
        mine = seen.found.rows[seen.found.class_of == number]
        kind = group.name.rstrip("? 0123456789")
        vector = index.encoder.encode_texts([kind])[0]
        own = cosine_scores(index.table.embeddings, mine, vector)
        judged = index.judge.judgement(kind, vector, np.append(own.max(), own))
        assert group.fits == pytest.approx((judged.relevance >= 0.5).mean(), abs=0.5 / len(mine))
        between += (judged.cutoff <= judged.relevance).sum() > (judged.relevance >= 0.5).sum()
    assert between  # else this would hold of the cut-off, too


def test_more_groups_than_chips_can_fill_are_as_many_as_they_can(tmp_path, encoder):
    scene = painted.__wrapped__(tmp_path)("small.tif", width=400, height=300)
    build_index([str(scene)], tmp_path / "x.cmpagl", encoder, ChipSpec(ground_sizes_m=(100.0,)))
    small = open_index(tmp_path / "x.cmpagl")
    most = overview(small, 50).groups
    assert 3 < len(most) <= len(small.table) // 3
    assert sum(one.chips for one in most) == len(small.table)
    assert len(overview(small, 3).groups) <= len(most)


def test_groups_without_the_model_have_numbers(index):
    other = open_index(index.folder, model="no-such-model")
    seen = overview(other, 3)
    assert [one.name for one in seen.groups] == [f"group {n + 1}" for n in range(len(seen.groups))]
    assert "no-such-model" in seen.notice
    assert all(one.fits is None and one.says == () for one in seen.groups)
    assert seen.found.class_of.tolist() == overview(index, 3).found.class_of.tolist()


def test_what_most_chips_show_comes_before_what_is_nearest(index):
    said = describe(index, Filter(), 50).said
    told = [(one.share, one.score) for one in said]
    assert told == sorted(told, reverse=True)
    assert [one.score for one in said] != sorted((one.score for one in said), reverse=True)


def test_a_name_that_does_not_fit_has_a_question_mark(index):
    odd = ("a stapler in a drawer",)
    for group in overview(index, 3, reference=Reference(odd, odd)).groups:
        assert group.fits < 0.5
        assert group.name.endswith("?")


def test_groups_of_one_kind_have_numbers(index):
    one = Reference(("a lake",), ("a lake", "houses among trees"))
    names = [group.name.rstrip("?") for group in overview(index, 3, reference=one).groups]
    assert len(names) > 1
    assert names == ["a lake", *(f"a lake {n}" for n in range(2, len(names) + 1))]


def test_the_ground_by_class_lies_nowhere_twice(index):
    found = overview(index, 4).found
    frame = frame_of_ground(found)
    areas = {one.name: one for one in class_areas(found)}
    assert len(frame) > 2
    flat = frame.to_crs(32631)
    for name, area, chips, told in zip(
        frame["class"], flat.area, frame["chips"], frame["area_m2"], strict=True
    ):
        assert area == pytest.approx(areas[name].area_m2, rel=0.01)
        assert told == pytest.approx(areas[name].area_m2, abs=0.1)
        assert chips == areas[name].chips
    covered = shapely.union_all(index.table.footprints(found.rows))
    assert flat.union_all().area == pytest.approx(flat.area.sum(), rel=1e-6)
    outside = frame.union_all().difference(covered)
    (lost,) = geopandas.GeoSeries([outside], crs="OGC:CRS84").to_crs(32631).area
    assert lost < 1e-3 * flat.area.sum()


def test_an_overview_is_written_with_its_colours(index, tmp_path):
    seen = overview(index, 4)
    write_overview(seen, tmp_path / "look.gpkg")
    frame = geopandas.read_file(tmp_path / "look.gpkg")
    assert list(frame.columns[:5]) == ["class", "says", "scene", "chips", "area_m2"]
    assert set(frame["class"]) <= {one.name for one in seen.groups}
    style = (tmp_path / "look.qml").read_text(encoding="utf-8")
    assert OURS in style
    for name in set(frame["class"]):
        assert f'value="{name}"' in style
    write_overview(seen, tmp_path / "look.csv")
    assert not (tmp_path / "look_.qml").exists()
    (tmp_path / "look.qml").write_text(f"<!-- of last year -->{OURS}")
    write_overview(seen, tmp_path / "look.gpkg")
    assert (tmp_path / "look.qml").read_text(encoding="utf-8") == style
    (tmp_path / "look.qml").write_text("<qgis>mine</qgis>")
    write_overview(seen, tmp_path / "look.gpkg")
    assert (tmp_path / "look.qml").read_text() == "<qgis>mine</qgis>"


def test_many_classes_have_colours_of_their_own():
    names = tuple(f"a pond {n}" for n in range(5)) + tuple(f"x{n}" for n in range(24))
    assert len(set(colours_of(names))) == len(names)
    assert len(colours_of(names * 3)) == 3 * len(names)


def test_imported_chips_are_shown_by_their_footprints(tmp_path):
    source = write_source(tmp_path / "clay.parquet", clustered(200, 16))
    import_file(source, tmp_path / "clay.cmpagl", model="other")
    seen = overview(open_index(tmp_path / "clay.cmpagl"), 3)
    assert seen.groups[0].name == "group 1"
    assert seen.notice
    frame = frame_of_ground(seen.found)
    assert frame["chips"].sum() == 200
    assert (frame["area_m2"] == 0).all()
    table = seen.found.index.table
    covered = shapely.union_all(table.footprints(np.arange(len(table))))
    assert frame.union_all().symmetric_difference(covered).area < 1e-9
    write_overview(seen, tmp_path / "look.gpkg")
    assert "group 1" in (tmp_path / "look.qml").read_text()


@pytest.mark.parametrize(
    ("crs", "centre", "metre"),
    [
        ("EPSG:32701", (-179.9995, -17.0), 1.0),
        ("EPSG:4326", (180.0, -17.0), 1e-5),
        ("EPSG:4326", (190.0, -17.0), 1e-5),
        ("EPSG:3413", (0.0, 90.0), 1.0),
        ("EPSG:3031", (0.0, -90.0), 1.0),
        ("EPSG:3413", (180.0, 77.0), 1.0),
    ],
)
def test_ground_and_outlines_lie_where_the_chips_do_all_round_the_globe(
    tmp_path, crs, centre, metre
):
    scene = paint(tmp_path / "x.tif", crs, centre, 600 * metre, metre)
    index = index_of(tmp_path / "x.cmpagl", [scene], sizes=(200.0, 400.0))
    table = index.table
    chips = shapely.union_all(table.footprints(np.arange(len(table))), grid_size=1e-9)
    ground = frame_of_ground(overview(index, 4).found).geometry.to_numpy()
    whole = shapely.union_all(ground, grid_size=1e-9)
    assert shapely.is_valid(ground).all()
    assert whole.intersection(chips).area == pytest.approx(chips.area, rel=2e-3)
    assert whole.union(chips).area == pytest.approx(chips.area, rel=2e-3)
    assert shapely.area(ground).sum() == pytest.approx(whole.area, rel=1e-3)
    objects = find_objects(index, "a field").objects
    assert objects
    for one in objects:
        assert one.geometry.is_valid
        assert one.geometry.difference(chips).area < 1e-2 * one.geometry.area
