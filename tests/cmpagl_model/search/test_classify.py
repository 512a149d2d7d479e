"""Many sentences at once: classes, areas by cell, accuracy against labels."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from shapely.geometry import Point, box

from cmpagl_model.cli.app import run
from cmpagl_model.errors import QueryError
from cmpagl_model.index import build_index
from cmpagl_model.search import Filter, open_index
from cmpagl_model.search.accuracy import Labels, accuracy_of, read_labels
from cmpagl_model.search.classes import ClassSentences, read_classes
from cmpagl_model.search.classify import class_areas, classify, frame_of_classes
from cmpagl_model.search.ranking import cosine_scores
from tests.conftest import make_scene as painted
from tiling import ChipSpec

CLASSES = (
    ClassSentences("road", ("a road", "cars on a road")),
    ClassSentences("water", ("a lake",)),
    ClassSentences("green", ("a meadow with trees",)),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("classes")
    scene = painted.__wrapped__(folder)("town.tif", width=500, height=400)
    spec = ChipSpec(ground_sizes_m=(100.0, 200.0))
    build_index([str(scene)], folder / "town.cmpagl", encoder, spec)
    return folder / "town.cmpagl"


@pytest.fixture(scope="module")
def found(index):
    return classify(open_index(index), CLASSES)


def test_each_chip_has_the_class_of_the_nearest_sentence(found):
    index = found.index
    rows = np.arange(len(index.table))
    assert found.rows.tolist() == rows.tolist()
    every = []
    for one in CLASSES:
        of_class = []
        for sentence in one.sentences:
            answer = index.search(sentence, len(rows), merge=False)
            by_place = {(hit.window, hit.ground_m): hit for hit in answer.hits}
            hits = [by_place[index.table.window(row), index.table.ground_m[row]] for row in rows]
            of_class.append([(hit.score, hit.relevance, answer.cutoff) for hit in hits])
        every.append([max(chances) for chances in zip(*of_class, strict=True)])
    for row, chances in enumerate(zip(*every, strict=True)):
        best = max(chances)
        second = sorted(chances)[-2]
        assert found.score[row] == pytest.approx(best[0], abs=1e-4)
        assert found.relevance[row] == pytest.approx(best[1], abs=1e-4)
        assert found.margin[row] == pytest.approx(best[0] - second[0], abs=1e-4)
        if best[0] - second[0] > 1e-5:
            assert found.nearest[row] == chances.index(best)
        if abs(best[1] - best[2]) > 1e-5:
            assert (found.class_of[row] == 3) == (best[1] < best[2])


def test_nothing_fits_where_much_is_asked_and_all_where_nothing_is(index):
    opened = open_index(index)
    assert set(classify(opened, CLASSES, min_relevance=1.0).class_of) == {3}
    all_of_it = classify(opened, CLASSES, min_relevance=0.0)
    assert 3 not in all_of_it.class_of
    assert all_of_it.class_of.tolist() == all_of_it.nearest.tolist()
    one = classify(opened, CLASSES[:1], where=Filter(ground_m=(0, 150)))
    assert np.isnan(one.margin).all()
    assert len(one.rows) == (opened.table.ground_m[:] < 150).sum()


def test_areas_add_up_to_the_ground_that_chips_cover(found):
    areas = class_areas(found)
    assert [area.name for area in areas] == ["road", "water", "green", "none"]
    assert sum(area.chips for area in areas) == len(found.rows)
    covered = shapely.union_all(found.index.table.footprints(found.rows))
    (flat,) = geopandas.GeoSeries([covered], crs="OGC:CRS84").to_crs(32631).area
    assert sum(area.area_m2 for area in areas) == pytest.approx(flat, rel=0.01)


def test_a_cell_is_of_the_class_that_most_chips_over_it_have(index):
    opened = open_index(index)
    whole = classify(opened, CLASSES, min_relevance=0.0, where=Filter(ground_m=(0, 150)))
    windows = opened.table.windows[whole.rows]
    scene = opened.table.scenes[0]
    counted = np.zeros((4, scene.height, scene.width), int)
    for (col, row, width, height), kind in zip(windows.tolist(), whole.class_of, strict=True):
        counted[kind, row : row + height, col : col + width] += 1
    step = int(np.diff(np.unique(windows[:, 0]))[0])
    want = np.zeros(4)
    for top in range(0, scene.height, step):
        for left in range(0, scene.width, step):
            high, wide = min(step, scene.height - top), min(step, scene.width - left)
            votes = counted[:, top + high // 2, left + wide // 2]
            if (votes == votes.max()).sum() > 1:
                want += np.nan  # a tie: relevance decides
            elif votes.max():
                want[votes.argmax()] += high * wide
    got = np.array([area.area_m2 for area in class_areas(whole)])
    if not np.isnan(want).any():
        assert got == pytest.approx(want, rel=0.01)
    assert got.sum() == pytest.approx(500 * 400, rel=0.01)


def test_labels_are_compared_with_the_chips_that_they_hold(found):
    table, rows = found.index.table, found.rows
    small = np.flatnonzero(table.ground_m[rows] < 150)
    middles = shapely.centroid(table.footprints(rows))
    names = [found.names[kind] for kind in found.class_of[small]]
    points = Labels(tuple(names), tuple(middles[small]))
    right = accuracy_of(found, points)
    assert right.samples == len(small)
    assert right.overall == 1
    everything = Labels(("water",), (box(-180, -80, 180, 84),))
    whole = accuracy_of(found, everything)
    assert whole.samples == len(small)
    assert whole.matrix.sum(axis=1).tolist() == [0, len(small), 0, 0]
    assert np.isnan(whole.recall(0))
    off = accuracy_of(found, Labels(("road", "beach"), (Point(100, 10), Point(100, 10))))
    assert (off.outside, off.unknown, off.samples) == (1, ("beach",), 0)
    assert np.isnan(off.overall)
    assert np.isnan(off.kappa)


def test_samples_are_those_chips_that_were_classified(found):
    large = classify(found.index, CLASSES, where=Filter(ground_m=(150.0, 250.0)))
    middles = shapely.centroid(found.index.table.footprints(large.rows))
    names = [large.names[kind] for kind in large.class_of]
    points = accuracy_of(large, Labels(tuple(names), tuple(middles)))
    area = accuracy_of(large, Labels(("water",), (box(-180, -80, 180, 84),)))
    assert points.samples == area.samples == len(large.rows) > 1
    assert (points.outside, area.outside, points.overall) == (0, 0, 1)
    nothing = classify(found.index, CLASSES, where=Filter(scenes=("other",)))
    assert accuracy_of(nothing, Labels(("water",), (middles[0],))).outside == 1


def test_a_polygon_over_two_scenes_has_the_smallest_chips_of_both(tmp_path, encoder):
    paint = painted.__wrapped__(tmp_path)
    scenes = [paint(f"{n}.tif", width=300, height=300, gsd=gsd, seed=n)
              for n, gsd in enumerate((1.0, 2.0))]  # fmt: skip
    build_index([str(one) for one in scenes], tmp_path / "x.cmpagl", encoder)
    whole = classify(open_index(tmp_path / "x.cmpagl"), CLASSES)
    table = whole.index.table
    want = 0
    for number in range(2):
        sizes = table.ground_m[table.scene_of == number]
        want += (sizes == sizes.min()).sum()
    area = Labels(("water",), (box(-180, -80, 180, 84),))
    assert accuracy_of(whole, area).samples == want


@pytest.mark.parametrize("names", [[3, 4, None], ["3", "4", None], [3.0, 4.0, None]])
def test_codes_are_read_as_they_are_written(tmp_path, names):
    places = [Point(3, 50)] * 3
    frame = geopandas.GeoDataFrame({"class": names}, geometry=places, crs="OGC:CRS84")
    for ending in (".gpkg", ".geojson", ".parquet"):
        frame.to_parquet(tmp_path / "x.parquet") if ending == ".parquet" else frame.to_file(
            tmp_path / f"x{ending}"
        )
        assert read_labels(tmp_path / f"x{ending}").names == ("3", "4")


def test_figures_are_those_of_a_known_table(found):
    known = replace(accuracy_of(found, Labels(("road",), (Point(0, 0),))),
                    matrix=np.array([[20, 5, 0, 0], [10, 15, 0, 0], [0] * 4, [0] * 4]))  # fmt: skip
    assert known.overall == pytest.approx(0.7)
    assert known.kappa == pytest.approx(0.4)  # the example of Cohen's kappa in textbooks
    assert known.precision(0) == pytest.approx(20 / 30)
    assert known.recall(1) == pytest.approx(15 / 25)
    assert np.isnan(known.precision(2))


def test_the_layer_says_all_of_a_chip(found):
    frame = frame_of_classes(found)
    assert len(frame) == len(found.rows)
    assert frame.crs == "OGC:CRS84"
    vector = found.index.encoder.encode_texts(["a lake"])[0]
    lake = frame["nearest"] == "water"
    want = cosine_scores(found.index.table.embeddings, found.rows, vector)
    assert frame["score"][lake].to_numpy() == pytest.approx(want[lake], abs=1e-5)
    assert set(frame["class"]) <= {"road", "water", "green", "none"}


def lines(path, *text):
    path.write_text("\n".join(text), encoding="utf-8")
    return path


def test_a_csv_has_names_and_sentences(tmp_path):
    want = (
        ClassSentences("harbour", ("ships in a harbour", "a quay, with cranes")),
        ClassSentences("field", ("a field",)),
    )
    plain = lines(
        tmp_path / "a.csv", "Class,Sentence", "# what we look for", "",
        'harbour,ships in a harbour,"a quay, with cranes"', "field,a field",
    )  # fmt: skip
    rows = lines(tmp_path / "b.csv", "harbour;ships in a harbour", "field;a field;",
                 "harbour;a quay, with cranes")  # fmt: skip
    marked = tmp_path / "c.csv"
    marked.write_bytes(b"\xef\xbb\xbf" + plain.read_bytes())
    assert read_classes(plain) == read_classes(marked) == want
    assert read_classes(rows) == want


@pytest.mark.parametrize(
    "text",
    [
        ["pond;a pond, seen from above", "wood;a wood"],
        ["# ponds; and woods, too", '"pond";a pond, seen from above', "wood;a wood"],
        ["pond\ta pond, seen from above", "wood\ta wood"],
        ["sep=;", '"pond";"a pond, seen from above"', '"wood";"a wood"'],
        ["sep=\t", "pond\ta pond, seen from above", "wood\ta wood"],
        ['pond,"a pond, seen from above"', "wood,a wood"],
        ['pond,"a pond, seen from above"\rwood,a wood'],
    ],
)
def test_what_stands_between_is_what_comes_first(tmp_path, text):
    want = (
        ClassSentences("pond", ("a pond, seen from above",)),
        ClassSentences("wood", ("a wood",)),
    )
    assert read_classes(lines(tmp_path / "x.csv", *text)) == want


def test_quotes_hold_what_stands_between(tmp_path):
    rows = read_classes(lines(tmp_path / "x.csv", '"wet; or dry, land";a meadow; a pasture'))
    assert rows == (ClassSentences("wet; or dry, land", ("a meadow", "a pasture")),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (["a,a road", "b"], "line 2: found no sentence for the class 'b'"),
        (["a,a road", "", ",a lake"], "line 3: found no name"),
        (["a,a road", "b,A  road"], "line 2: found the sentence 'A  road' of line 1 again"),
        (["None,nothing"], "line 1: found a class called 'None'"),
        (["a," + "x" * 1001], "line 1: found a query of 1,001 characters"),
        (['a,"a road'], "line 1: no CSV"),
        (["a\bb,a road"], "line 1: found a class called 'a\\x08b'"),
        (["\0a\0,\0b\0"], "line 1: "),  # a class called so, or to Python 3.10 no CSV
        (["class,sentence"], "found 0 classes"),
        ([""], "found 0 classes"),
    ],
)
def test_what_is_wrong_is_told_by_its_line(tmp_path, text, said):
    with pytest.raises(QueryError, match=r"x\.csv") as refused:
        read_classes(lines(tmp_path / "x.csv", *text))
    assert said in str(refused.value)


def test_letters_of_another_encoding_are_told_by_their_line(tmp_path):
    (tmp_path / "x.csv").write_bytes("a,a road\nSee,ein Stra\xdfenrand".encode("latin-1"))
    with pytest.raises(QueryError, match="line 2: found letters that are no UTF-8"):
        read_classes(tmp_path / "x.csv")


@pytest.fixture
def files(index, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines(tmp_path / "c.csv", "road,a road", "water,a lake")
    shape = open_index(index).table.footprints(np.arange(1))[0]
    frame = geopandas.GeoDataFrame(
        {"kind": ["water", "beach"]}, geometry=[shape.centroid, shape.centroid], crs="OGC:CRS84"
    )
    frame.to_crs(32631).to_file(tmp_path / "known.gpkg")
    return tmp_path


@pytest.mark.usefixtures("files")
def test_the_command_writes_a_layer_areas_and_accuracy(index, capsys):
    words = ["classify", str(index), "c.csv", "-o", "out.gpkg", "--areas", "areas.csv",
             "--labels", "known.gpkg", "--label-field", "kind",
             "--accuracy", "how.csv"]  # fmt: skip
    assert run(words) == 0
    said = capsys.readouterr()
    assert "kappa" in said.out
    assert "labels that are no class are left out: beach" in said.err
    frame = geopandas.read_file("out.gpkg")
    assert len(frame) == len(open_index(index).table)
    areas, sheet = (Path(name).read_text(encoding="utf-8") for name in ("areas.csv", "how.csv"))
    assert areas.startswith("class,chips,area_m2,percent\n")
    assert "samples,1" in sheet
    assert run([*words, "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in page["classes"]] == ["road", "water", "none"]
    assert page["accuracy"]["samples"] == 1


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["absent.csv", "-o", "x.gpkg"], "absent.csv: cannot be read"),
        (["c.csv", "-o", "x.shp"], "found the ending '.shp'"),
        (["c.csv", "-o", "c.csv"], "found the file c.csv of the same command"),
        (["c.csv", "-o", "x.csv", "--areas", "x.csv"], "of the same command"),
        (["c.csv", "-o", "x.gpkg", "--areas", "x.txt"], "found the ending '.txt'"),
        (["c.csv", "-o", "x.gpkg", "--labels", "known.gpkg"], "wanted 'class'"),
        (["c.csv", "-o", "x.gpkg", "--labels", "none.gpkg"], "none.gpkg: found no file"),
        (["c.csv", "-o", "x.gpkg", "--labels", "c.csv"], "c.csv"),
        (["c.csv", "-o", "x.gpkg", "--accuracy", "a.csv"], "found no labels"),
    ],
)
def test_refusals_are_one_line(index, capsys, words, said):
    assert run(["classify", str(index), *words]) == 1
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_lines_and_layers_without_a_crs_are_no_labels(tmp_path):
    line = shapely.LineString([(0, 0), (1, 1)])
    frame = geopandas.GeoDataFrame({"class": ["road"]}, geometry=[line], crs="OGC:CRS84")
    frame.to_file(tmp_path / "line.gpkg")
    with pytest.raises(QueryError, match="found LineString, wanted points and polygons"):
        read_labels(tmp_path / "line.gpkg")
    frame.set_crs(None, allow_override=True).to_parquet(tmp_path / "bare.parquet")
    with pytest.raises(QueryError, match="found no CRS"):
        read_labels(tmp_path / "bare.parquet")
