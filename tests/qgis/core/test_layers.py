from dataclasses import replace

import pytest
from osgeo import ogr, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
    QgsRenderContext,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.gui import QgsDualView, QgsMapCanvas

from cmpagl_qgis.errors import ExportError
from cmpagl_qgis.map.export import save_beside_project
from cmpagl_qgis.map.group import MARK
from cmpagl_qgis.map.layers import MatchLayers
from tests.qgis.core.painted import grid_of_hits, make_answer, make_hit, ring_on_ground, spatial
from tests.qgis.core.waiting import spin, wait_until


@pytest.fixture
def canvas(qgis_new_project):
    canvas = QgsMapCanvas()
    canvas.resize(400, 300)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32631"))
    yield canvas
    canvas.stopRendering()
    canvas.deleteLater()


@pytest.fixture
def matches(canvas):
    layers = MatchLayers(canvas)
    yield layers
    if layers.layer is not None:
        layers.clear()


def show(matches, answer, index="x"):
    """Show an answer, and wait until its layer is in the project."""
    layer = matches.show(answer, index)
    assert wait_until(lambda: layer.id() in QgsProject.instance().mapLayers())
    return layer


def group_names():
    return [child.name() for child in QgsProject.instance().layerTreeRoot().children()]


def test_one_layer_on_top_with_all_facts(matches):
    other = QgsVectorLayer("Point?crs=EPSG:4326", "mine", "memory")
    QgsProject.instance().addMapLayer(other)
    hits = grid_of_hits(scene="/data/a b.tif")
    layer = show(matches, make_answer(hits), "/data/town.cmpagl")
    assert layer is matches.layer
    assert layer.featureCount() == 9
    assert layer.crs().authid() == "EPSG:32631"
    assert group_names() == ["CMPAGL matches", "mine"]
    feature = next(f for f in layer.getFeatures() if f["rank"] == 2)
    assert feature["score"] == hits[1].score
    assert feature["scene"] == "/data/a b.tif"
    assert feature["query"] == "boats on a canal"
    assert feature["hit_key"] == hits[1].key
    assert not feature["probability"]  # NULL
    assert (feature["ground_m"], feature["gsd_m"]) == (64.0, 1.0)
    assert layer.name() == "boats on a canal"
    assert layer.dataProvider().hasSpatialIndex()


def test_the_next_answer_fills_it_anew_and_a_kept_one_stays(matches):
    first = show(matches, make_answer(grid_of_hits())).id()
    second = show(matches, make_answer(grid_of_hits(4), "roofs")).id()
    assert list(QgsProject.instance().mapLayers()) == [second]
    assert first == second
    assert matches.layer.featureCount() == 4
    assert matches.layer.name() == "roofs"
    kept = matches.keep()
    assert matches.layer is None
    assert matches.keep() is None
    assert kept.providerType() == "memory"  # the project has no file
    assert kept.customProperty(MARK) is None
    assert not kept.readOnly()
    third = show(matches, make_answer(grid_of_hits(2))).id()
    assert set(QgsProject.instance().mapLayers()) == {second, third}
    matches.clear()
    assert list(QgsProject.instance().mapLayers()) == [second]
    assert group_names() == ["CMPAGL matches"]


def test_what_the_user_made_of_the_layer_outlives_the_next_answers(matches, canvas):
    layer = show(matches, make_answer(grid_of_hits()))
    layer.setName("finds")
    layer.setOpacity(0.5)
    renderer = QgsSingleSymbolRenderer(QgsFillSymbol.createSimple({"color": "#123456"}))
    layer.setRenderer(renderer)
    view = QgsDualView()
    view.init(layer, canvas)
    table = view.masterModel()
    assert wait_until(lambda: table.rowCount() == layer.featureCount())
    south = [make_hit(n + 1, (0, 0, 64, 64), crs="EPSG:32721",
             transform=(500_000, 1.0, 0, 6_000_000, 0, -1.0)) for n in range(3)]  # fmt: skip
    for hits in (grid_of_hits(4), south, [], grid_of_hits(2)):
        assert show(matches, make_answer(hits, "roofs")) is layer
        spin(0.05)
        assert layer.name() == "finds"
        assert layer.opacity() == 0.5
        assert layer.renderer().symbol().color().name() == "#123456"
        assert layer.featureCount() == len(hits)
        assert wait_until(lambda hits=hits: table.rowCount() == len(hits))
        matches.set_min_strength(9.0)  # hides all, and shows them again
        assert wait_until(lambda: table.rowCount() == 0)
        matches.set_min_strength(None)
        assert wait_until(lambda hits=hits: table.rowCount() == len(hits))
        if hits:
            assert layer.crs().authid() == hits[0].crs
            assert next(layer.getFeatures()).geometry().intersects(layer.extent())
    QgsProject.instance().removeMapLayer(layer.id())
    new = show(matches, make_answer(grid_of_hits()))
    assert new.renderer().symbol().color().name() == "#123456"


def test_a_refill_changes_no_selection_told_to_the_list(matches):
    matches.show(make_answer(grid_of_hits()), "x")
    matches.select(3)
    told = []
    matches.rankSelected.connect(told.append)
    layer = matches.show(make_answer(grid_of_hits(4)), "x")
    assert layer.selectedFeatureCount() == 0
    assert told == []
    matches.select(2)
    assert [feature["rank"] for feature in layer.selectedFeatures()] == [2]


def legend(layer):
    return [item.label() for item in layer.renderer().legendSymbolItems()]


def colours(layer):
    """Of all matches, by rank."""
    context, found = QgsRenderContext(), {}
    context.expressionContext().appendScope(QgsExpressionContextUtils.layerScope(layer))
    renderer = layer.renderer().clone()
    renderer.startRender(context, layer.fields())
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        symbol = renderer.originalSymbolForFeature(feature, context)
        found[feature["rank"]] = symbol.color().name()
    renderer.stopRender(context)
    return found


def relevant(*chances):
    hits = [replace(make_hit(n + 1, (n * 20, 0, 16, 16), score=0.9 - n / 100), relevance=chance)
            for n, chance in enumerate(chances)]  # fmt: skip
    return replace(make_answer(hits), cutoff=0.05)


def test_one_relevance_has_one_colour_in_every_search(matches):
    first = colours(matches.show(relevant(0.95, 0.5, 0.01), "x"))
    second = colours(matches.show(relevant(0.5, 0.01), "y"))
    assert first[2] == second[1]
    assert first[3] == second[2]
    assert len(set(first.values())) == 3
    assert legend(matches.layer) == [
        "relevance 80 % or more", "60 % \u2013 80 %", "40 % \u2013 60 %", "20 % \u2013 40 %",
        "5 % \u2013 20 %", "below 5 %",
    ]  # fmt: skip


def test_one_score_has_one_colour_in_every_search_of_an_index(matches):
    def scored(*scores):
        return make_answer([make_hit(n + 1, (n * 20, 0, 16, 16), score=score)
                            for n, score in enumerate(scores)])  # fmt: skip

    first = colours(matches.show(scored(0.41, 0.34, 0.22), "x"))
    assert legend(matches.layer)[0] == "score 0.4 or more"
    second = colours(matches.show(scored(0.34, 0.22), "x"))
    assert (first[2], first[3]) == (second[1], second[2])
    assert colours(matches.show(scored(0.034, 0.022), "y"))[1] == first[1]  # another index
    assert colours(matches.show(relevant(0.9), "y"))[1] == first[1]
    assert colours(matches.show(scored(0.34, 0.22), "x"))[1] == first[2]


def test_small_chips_lie_on_large_ones_and_the_best_on_its_like(matches):
    hits = [make_hit(1, (0, 0, 128, 128)), make_hit(2, (0, 0, 64, 64)), make_hit(3, (8, 8, 64, 64))]
    layer = matches.show(make_answer(hits), "x")
    request = QgsFeatureRequest().setOrderBy(layer.renderer().orderBy())
    assert layer.renderer().orderByEnabled()
    assert [feature["rank"] for feature in layer.getFeatures(request)] == [1, 3, 2]


def test_a_pin_writes_a_table_beside_the_project(canvas, matches, tmp_path):
    project = QgsProject.instance()
    project.write(str(tmp_path / "town.qgs"))
    file = tmp_path / "town_matches.gpkg"
    hits = grid_of_hits()
    for table, shown in (("boats_on_a_canal", 4), ("boats_on_a_canal_2", 9)):
        layer = show(matches, make_answer(hits))
        layer.setOpacity(0.5)
        matches.set_min_strength(hits[3].score if shown == 4 else None)
        kept = matches.keep()
        assert save_beside_project(kept, project) == str(file)
        assert kept.source().startswith(f"{file}|layername={table}")
        assert kept.isValid()
        assert (kept.name(), kept.opacity()) == ("boats on a canal", 0.5)
        assert kept.featureCount() == shown
        assert kept.setSubsetString("")
        assert kept.featureCount() == 9  # what the slider hid is not lost
    assert_found_on_the_map(matches, canvas)
    project.write()
    project.clear()
    assert project.read(str(tmp_path / "town.qgs"))
    counts = [layer.featureCount() for layer in project.mapLayers().values()]
    assert counts == [9, 9]


def test_a_pin_that_cannot_be_written_says_so_and_keeps_the_layer(matches, tmp_path):
    project = QgsProject.instance()
    project.write(str(tmp_path / "town.qgs"))
    (tmp_path / "town_matches.gpkg").mkdir()
    layer = show(matches, make_answer(grid_of_hits()))
    matches.keep()
    with pytest.raises(ExportError, match="town_matches"):
        save_beside_project(layer, project)
    assert layer.providerType() == "memory"
    assert layer.featureCount() == 9
    assert matches.layer is None


def test_clear_takes_an_empty_group_with_it(matches):
    show(matches, make_answer(grid_of_hits()))
    matches.clear()
    assert group_names() == []
    assert matches.layer is None
    matches.clear()


def test_the_group_is_found_where_the_user_moved_and_renamed_it(matches):
    show(matches, make_answer(grid_of_hits()))
    root = QgsProject.instance().layerTreeRoot()
    root.children()[0].setName("finds")
    root.children()[0].setItemVisibilityChecked(False)
    layer = show(matches, make_answer(grid_of_hits(2)))
    assert group_names() == ["finds"]
    assert root.findLayer(layer.id()).isVisible()


def test_what_is_replaced_or_kept_at_once(matches):
    """In the turn in which it was made, before it entered the project."""
    matches.show(make_answer(grid_of_hits()), "x")
    second = matches.show(make_answer(grid_of_hits(4)), "x").id()
    kept = matches.keep()
    assert list(QgsProject.instance().mapLayers()) == [second] == [kept.id()]
    matches.show(make_answer(grid_of_hits(2)), "x")
    matches.clear()
    spin(0.05)
    assert list(QgsProject.instance().mapLayers()) == [second]


def test_qgis_asks_at_its_exit_before_results_are_lost(matches):
    layer = matches.show(make_answer(grid_of_hits()), "x")
    assert layer.customProperty("skipMemoryLayersCheck") is None  # read in libqgis_app of 3.22
    assert layer.isTemporary()


def test_no_hits_make_an_empty_layer(matches):
    layer = matches.show(make_answer([]), "x")
    assert layer.featureCount() == 0
    assert matches.set_min_strength(0.5) == 0
    matches.select(1)
    matches.zoom_to(1)
    matches.flash(1)


def test_many_hits_come_in_slices_without_a_stall(matches, stalls):
    hits = [make_hit(n + 1, (n * 8, 0, 64, 64), score=1 - n / 4000) for n in range(2000)]
    told = []
    matches.filled.connect(told.append)
    with stalls:
        layer = matches.show(make_answer(hits), "x")
        assert 0 < layer.featureCount() < 2000
        assert matches.set_min_strength(0.0) > 0
        while not told:
            spin(0.02)
    stalls.check()
    assert told == [2000]
    assert layer.featureCount() == 2000
    with stalls:
        assert matches.set_min_strength(hits[999].score) == 1000
        spin(0.05)
    stalls.check()


def test_a_new_answer_in_the_middle_of_filling(matches):
    hits = [make_hit(n + 1, (n * 8, 0, 64, 64)) for n in range(2000)]
    matches.show(make_answer(hits), "x")
    layer = matches.show(make_answer(hits[:3]), "x")
    spin(0.1)
    assert layer.featureCount() == 3


def test_kept_in_the_middle_of_filling_is_whole(matches):
    hits = [make_hit(n + 1, (n * 8, 0, 64, 64)) for n in range(2000)]
    matches.show(make_answer(hits), "x")
    assert matches.keep().featureCount() == 2000


def test_min_score_hides_without_forgetting(matches):
    hits = grid_of_hits()
    layer = matches.show(make_answer(hits), "x")
    assert matches.set_min_strength(hits[3].score) == 4  # the bound itself is shown
    assert sorted(feature["rank"] for feature in layer.getFeatures()) == [1, 2, 3, 4]
    assert matches.set_min_strength(2.0) == 0
    assert matches.set_min_strength(None) == 9
    matches.set_min_strength(hits[3].score)
    assert matches.show(make_answer(hits), "x").featureCount() == 9


def test_selection_goes_both_ways_and_not_in_circles(matches):
    layer = matches.show(make_answer(grid_of_hits()), "x")
    told = []
    matches.rankSelected.connect(told.append)
    matches.select(3)
    assert [feature["rank"] for feature in layer.selectedFeatures()] == [3]
    assert told == []
    layer.selectByExpression('"rank" in (7, 5)')
    assert told == [5]
    layer.removeSelection()
    assert told == [5]
    matches.select(99)
    assert layer.selectedFeatureCount() == 0


def assert_found_on_the_map(matches, canvas):
    canvas.setExtent(QgsRectangle(0, 0, 1, 1))
    matches.select(1)
    matches.flash(1)
    matches.zoom_to(1)
    geometry, crs = matches.footprint(1)
    assert crs.authid() == "EPSG:32631"
    assert canvas.extent().contains(geometry.boundingBox())


@pytest.mark.parametrize("removal", ["layer", "group", "project"])
def test_what_the_user_removes_is_made_anew_and_rows_find_their_places(matches, canvas, removal):
    show(matches, make_answer(grid_of_hits()))
    project = QgsProject.instance()
    if removal == "layer":
        project.removeMapLayer(matches.layer.id())
    elif removal == "group":
        project.layerTreeRoot().removeAllChildren()
    else:
        project.clear()
    assert wait_until(lambda: matches.layer is None)
    assert_found_on_the_map(matches, canvas)
    assert matches.set_min_strength(0.1) == 0
    assert matches.keep() is None
    assert show(matches, make_answer(grid_of_hits(2))).featureCount() == 2
    assert group_names() == ["CMPAGL matches"]


def test_a_saved_project_brings_no_empty_layer_back(matches, tmp_path):
    show(matches, make_answer(grid_of_hits()))
    project = QgsProject.instance()
    file = str(tmp_path / "saved.qgs")
    assert project.write(file)
    project.clear()
    assert project.read(file)
    assert project.mapLayers() == {}
    assert group_names() == []
    assert show(matches, make_answer(grid_of_hits(2))).featureCount() == 2
    assert group_names() == ["CMPAGL matches"]


def test_close_leaves_nothing_and_hears_nothing(canvas):
    layers = MatchLayers(canvas)
    show(layers, make_answer(grid_of_hits()))
    project = QgsProject.instance()
    before = project.receivers(project.readProject)
    layers.close()
    assert project.mapLayers() == {}
    assert group_names() == []
    assert project.receivers(project.readProject) == before - 1


SCENES = {
    "utm": ("EPSG:32631", (600_000, 1.0, 0, 5_760_000, 0, -1.0)),
    "degrees": ("EPSG:4326", (5.0, 1e-5, 0, 52.0, 0, -1e-5)),
    "dutch": ("EPSG:28992", (121_000, 0.5, 0, 487_000, 0, -0.5)),
    "rotated": ("EPSG:32631", (600_000, 0.8, 0.6, 5_760_000, 0.6, -0.8)),
    "south": ("EPSG:32721", (500_000, 1.0, 0, 6_000_000, 0, -1.0)),
    "mercator": ("EPSG:3857", (550_000, 1.0, 0, 6_800_000, 0, -1.0)),
}
WINDOW = (10, 20, 64, 32)


@pytest.mark.parametrize("name", SCENES)
def test_the_footprint_is_the_window_in_the_scenes_crs(matches, name):
    crs, transform = SCENES[name]
    layer = matches.show(make_answer([make_hit(1, WINDOW, crs=crs, transform=transform)]), "x")
    assert layer.crs().authid() == crs
    found = next(layer.getFeatures()).geometry()
    text = ",".join(f"{x} {y}" for x, y in ring_on_ground(transform, WINDOW))
    wanted = QgsGeometry.fromWkt(f"Polygon(({text}))")
    pixel = max(abs(transform[1]), abs(transform[2]))
    assert found.hausdorffDistance(wanted) < 0.01 * pixel


@pytest.mark.parametrize(
    ("name", "target"),
    [(name, target) for name in SCENES for target in ("EPSG:3857", "EPSG:4326")]
    + [(name, "EPSG:32631") for name in SCENES if name != "south"]
    + [("south", "EPSG:32721")],
)
def test_zoom_shows_the_match_in_the_maps_crs_three_times_as_wide(matches, canvas, name, target):
    crs, transform = SCENES[name]
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem(target))
    hit = make_hit(1, WINDOW, crs=crs, transform=transform)
    matches.show(make_answer([hit]), "x")
    matches.zoom_to(1)
    way = osr.CoordinateTransformation(spatial(crs), spatial(target))
    ground = ogr.Geometry(ogr.wkbLineString)
    for x, y in ring_on_ground(transform, WINDOW):
        ground.AddPoint_2D(*way.TransformPoint(x, y)[:2])
    west, east, south, north = ground.GetEnvelope()
    extent = canvas.extent()
    size = max(east - west, north - south)
    assert extent.contains(QgsRectangle(west, south, east, north))
    assert abs(extent.center().x() - (west + east) / 2) < size * 0.05
    assert abs(extent.center().y() - (south + north) / 2) < size * 0.05
    widths = extent.width() / (east - west), extent.height() / (north - south)
    assert min(widths) == pytest.approx(3.0, rel=0.1)


def test_hits_of_several_crs_share_degrees(matches):
    hits = [make_hit(1, WINDOW), make_hit(2, WINDOW, crs=SCENES["dutch"][0],
            transform=SCENES["dutch"][1])]  # fmt: skip
    layer = matches.show(make_answer(hits), "x")
    assert layer.crs().authid() == "EPSG:4326"
    assert layer.extent().xMaximum() < 10


def test_a_crs_in_wkt_and_one_that_is_none(matches):
    wkt = QgsCoordinateReferenceSystem("EPSG:28992").toWkt()
    crs, transform = SCENES["dutch"]
    plain = make_hit(1, WINDOW, crs=crs, transform=transform)
    layer = matches.show(make_answer([replace(plain, crs=wkt)]), "x")
    assert layer.crs() == QgsCoordinateReferenceSystem("EPSG:28992")
    layer = matches.show(make_answer([replace(plain, crs="LOCAL_CS[]")]), "x")
    assert layer.crs().authid() == "EPSG:4326"


def test_across_the_antimeridian(matches, canvas):
    crs, transform = "EPSG:32760", (817_000, 100.0, 0, 8_200_000, 0, -100.0)
    window = (0, 0, 64, 64)
    hit = make_hit(1, window, crs=crs, transform=transform)
    assert hit.geometry["type"] == "MultiPolygon"
    layer = matches.show(make_answer([hit]), "x")
    geometry = next(layer.getFeatures()).geometry()
    assert len(geometry.asGeometryCollection()) == 1  # joined where the map has no seam
    assert geometry.area() == pytest.approx(6400 * 6400, rel=1e-3)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    matches.zoom_to(1)
    assert canvas.extent().width() < 1.0  # not the whole earth
    other = make_hit(2, WINDOW)
    matches.show(make_answer([hit, other]), "x")
    matches.zoom_to(1)
    assert canvas.extent().width() < 1.0


def test_flash_changes_neither_extent_nor_selection(matches, canvas):
    layer = matches.show(make_answer(grid_of_hits()), "x")
    matches.zoom_to(2)
    before = canvas.extent()
    matches.flash(5)
    spin(0.1)
    assert canvas.extent() == before
    assert layer.selectedFeatureCount() == 0


def test_the_map_tip_and_the_name_work_as_expressions(matches):
    hits = [make_hit(1, WINDOW, score=0.25, probability=0.75), make_hit(2, WINDOW)]
    layer = matches.show(make_answer(hits, "a <b>bold</b> query"), "x")
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    tips = []
    for feature in layer.getFeatures():
        context.setFeature(feature)
        tips.append(QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context))
    assert "#1" in tips[0]
    assert "0.25" in tips[0]
    assert "probability 0.75" in tips[0]
    assert "&lt;b&gt;bold" in tips[0]
    assert "scene.tif" in tips[0]
    assert "probability" not in tips[1]
    assert "[%" not in tips[0] + tips[1]
    name = QgsExpression(layer.displayExpression())
    context.setFeature(next(layer.getFeatures()))
    assert name.evaluate(context).startswith("#1")
