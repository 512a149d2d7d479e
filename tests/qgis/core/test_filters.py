import json

import pytest
from osgeo import gdal, ogr, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas

from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.map.filters import extent_filter, polygons_filter, visible_scene_paths
from tests.qgis.core.painted import paint, spatial


@pytest.fixture
def canvas(qgis_new_project):
    canvas = QgsMapCanvas()
    canvas.resize(400, 400)
    yield canvas
    canvas.stopRendering()
    canvas.deleteLater()


def look_at(canvas, crs, box):
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    canvas.setExtent(QgsRectangle(*box))
    return extent_filter(canvas)


@pytest.mark.parametrize(
    ("crs", "box"),
    [
        ("EPSG:4326", (5.0, 52.0, 6.0, 53.0)),
        ("EPSG:32631", (400_000, 5_600_000, 900_000, 6_100_000)),
        ("EPSG:28992", (0, 300_000, 300_000, 600_000)),
        ("EPSG:3857", (-7e6, -5e6, -5e6, -3e6)),
        ("EPSG:3035", (2e6, 1e6, 6e6, 5e6)),
        ("EPSG:3031", (1e6, 1e6, 2e6, 2e6)),
    ],
)
def test_the_box_holds_all_that_the_map_shows(canvas, crs, box):
    west, south, east, north = look_at(canvas, crs, box)
    extent = canvas.extent()
    way = osr.CoordinateTransformation(spatial(crs), spatial("EPSG:4326"))
    n = 40
    points = [
        way.TransformPoint(
            extent.xMinimum() + extent.width() * x / n, extent.yMinimum() + extent.height() * y / n
        )[:2]
        for x in range(n + 1)
        for y in range(n + 1)
    ]
    longitudes, latitudes = zip(*points, strict=True)
    slack = (max(longitudes) - min(longitudes)) * 0.01 + 1e-9
    assert west <= min(longitudes) + slack
    assert east >= max(longitudes) - slack
    assert south <= min(latitudes) + slack
    assert north >= max(latitudes) - slack
    assert east - west < (max(longitudes) - min(longitudes)) + 2 * slack  # and not much more


@pytest.mark.parametrize(
    ("crs", "box"),
    [
        ("EPSG:32760", (700_000, 8_000_000, 1_000_000, 8_300_000)),
        ("EPSG:3832", (2.5e6, -1e6, 4.5e6, 1e6)),
        ("EPSG:4326", (175.0, -20.0, 185.0, -10.0)),
        ("EPSG:4326", (-185.0, -20.0, -175.0, -10.0)),
    ],
)
def test_over_the_antimeridian_west_is_above_east(canvas, crs, box):
    west, south, east, north = look_at(canvas, crs, box)
    assert 165 < west < 180
    assert -180 < east < -160
    assert -30 < south < north < 20


@pytest.mark.parametrize(
    ("crs", "box"),
    [
        ("EPSG:4326", (-180, -90, 180, 90)),
        ("EPSG:4326", (-400, -100, 400, 100)),
        ("EPSG:3857", (-20_037_508, -1e7, 20_037_508, 1e7)),
        ("EPSG:3857", (-9e7, -9e7, 9e7, 9e7)),
    ],
)
def test_the_whole_earth(canvas, crs, box):
    west, south, east, north = look_at(canvas, crs, box)
    assert west <= -179.9
    assert east >= 179.9
    assert -90 <= south < -60
    assert 60 < north <= 90


def test_a_pole_in_the_middle(canvas):
    west, south, east, north = look_at(canvas, "EPSG:3031", (-1e6, -1e6, 1e6, 1e6))
    assert (west, south, east) == (-180, -90, 180)
    assert -85 < north < -70


def test_a_turned_map_shows_its_corners_too(canvas):
    straight = look_at(canvas, "EPSG:4326", (5.0, 52.0, 6.0, 53.0))
    canvas.setRotation(45)
    turned = extent_filter(canvas)
    assert turned[0] < straight[0] - 0.1
    assert turned[2] > straight[2] + 0.1
    assert turned[1] < straight[1] - 0.1
    assert turned[3] > straight[3] + 0.1


def test_no_place_on_earth(canvas):
    canvas.setExtent(QgsRectangle(0, 0, 10, 10))
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem())
    assert extent_filter(canvas) is None
    assert look_at(canvas, "EPSG:4326", (0, 200, 10, 210)) is None


def polygons(wkts, crs="EPSG:32631", kind="MultiPolygon"):
    layer = QgsVectorLayer(f"{kind}?crs={crs}", "areas", "memory")
    features = []
    for wkt in wkts:
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def square(x, y, side):
    return f"Polygon(({x} {y},{x + side} {y},{x + side} {y + side},{x} {y + side},{x} {y}))"


def test_selected_polygons_are_one_geometry_in_degrees(qgis_new_project):
    layer = polygons([square(6e5, 5.7e6, 1e5), square(6.5e5, 5.7e6, 1e5), square(0, 0, 10)])
    assert polygons_filter(layer) is None
    layer.selectByIds(sorted(layer.allFeatureIds())[:2])
    found = polygons_filter(layer)
    assert found["type"] == "Polygon"
    # Back on the ground it is the union again: long edges were bent on the way.
    back = ogr.CreateGeometryFromJson(json.dumps(found))
    back.Transform(osr.CoordinateTransformation(spatial("EPSG:4326"), spatial("EPSG:32631")))
    wanted = ogr.CreateGeometryFromWkt(
        "POLYGON((6e5 5.7e6,7.5e5 5.7e6,7.5e5 5.8e6,6e5 5.8e6,6e5 5.7e6))"
    )
    assert back.SymDifference(wanted).Area() < 1e-4 * wanted.Area()


def test_apart_polygons_and_curves(qgis_new_project):
    layer = polygons([square(5, 52, 1), square(8, 52, 1)], "EPSG:4326")
    layer.selectAll()
    assert polygons_filter(layer)["type"] == "MultiPolygon"
    circle = "CurvePolygon(CircularString(0 0,1 1,2 0,1 -1,0 0))"
    layer = polygons([circle], "EPSG:4326", "CurvePolygon")
    layer.selectAll()
    found = ogr.CreateGeometryFromJson(json.dumps(polygons_filter(layer)))
    assert found.Area() == pytest.approx(3.14159, rel=1e-3)


def test_a_polygon_over_the_antimeridian_is_cut_there(qgis_new_project):
    layer = polygons([square(8e5, 8.1e6, 4e4)], "EPSG:32760")
    layer.selectAll()
    found = polygons_filter(layer)
    assert found["type"] == "MultiPolygon"
    shape = ogr.CreateGeometryFromJson(json.dumps(found))
    assert shape.IsValid()
    west, east, _, _ = shape.GetEnvelope()
    assert (west, east) == (pytest.approx(-180), pytest.approx(180))
    ground = 0.0
    for part in shape:
        part.Transform(osr.CoordinateTransformation(spatial("EPSG:4326"), spatial("EPSG:32760")))
        ground += part.Area()
    assert ground == pytest.approx(1.6e9, rel=1e-3)


@pytest.mark.parametrize("west", [175.0, -185.0])
def test_a_polygon_drawn_beyond_the_antimeridian(qgis_new_project, west):
    layer = polygons([square(west, -20, 10)], "EPSG:4326")
    layer.selectAll()
    shape = ogr.CreateGeometryFromJson(json.dumps(polygons_filter(layer)))
    assert shape.GetEnvelope() == (-180, 180, -20, -10)
    assert shape.Area() == pytest.approx(100)


def test_a_polygon_outside_of_its_crs_is_refused(qgis_new_project):
    layer = polygons([square(1e12, 1e12, 1e11)])
    layer.selectAll()
    with pytest.raises(LayerError, match="EPSG:32631"):
        polygons_filter(layer)


def test_layers_that_cannot_filter_are_refused_by_name(qgis_new_project):
    with pytest.raises(LayerError, match=r"areas.*no polygons"):
        polygons_filter(polygons([], kind="Point"))
    layer = polygons([square(0, 0, 1)])
    layer.setCrs(QgsCoordinateReferenceSystem())
    with pytest.raises(LayerError, match=r"areas.*no CRS"):
        polygons_filter(layer)


def test_visible_scenes(canvas, tmp_path):
    first = QgsRasterLayer(str(paint(tmp_path / "a.tif")), "a")
    second = QgsRasterLayer(str(paint(tmp_path / "b.tif")), "b")
    vector = polygons([square(0, 0, 1)])
    QgsProject.instance().addMapLayers([first, second, vector])
    canvas.setLayers([vector, second])
    assert visible_scene_paths(canvas) == [str(tmp_path / "b.tif")]
    canvas.setLayers([vector])
    assert visible_scene_paths(canvas) == []
    gdal.Unlink(str(tmp_path / "b.tif"))
