import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsVectorLayer

from cmpagl_qgis.errors import SourceError
from cmpagl_qgis.map.sources import layer_of_scene, load_scene, project_sources, source_of
from tests.qgis.core.painted import paint


@pytest.fixture(autouse=True)
def project(qgis_new_project):
    return QgsProject.instance()


def raster(path, name="photo"):
    return QgsRasterLayer(str(path), name)


def test_a_file_is_found_whatever_its_name(project, tmp_path):
    folder = tmp_path / "mein ordner" / "ä|x"
    folder.mkdir(parents=True)
    path = paint(folder / "town #1.tif")
    layer = raster(path)
    project.addMapLayer(layer)
    source = source_of(layer)
    assert (source.path, source.name, source.layer_id) == (str(path), "photo", layer.id())


def test_what_has_no_file_is_refused_by_name(tmp_path):
    vrt = gdal.Translate("/vsimem/x.tif", str(paint(tmp_path / "a.tif")))
    del vrt
    wms = QgsRasterLayer("type=xyz&url=https://tile.example.org/{z}/{x}/{y}.png", "streets", "wms")
    for layer, wanted in [
        (wms, "streets.*no file.*wms"),
        (raster("/vsimem/x.tif", "in memory"), "in memory.*archive or on a server"),
        (QgsVectorLayer("Point", "points", "memory"), "points.*no raster"),
    ]:
        with pytest.raises(SourceError, match=wanted):
            source_of(layer)
    gdal.Unlink("/vsimem/x.tif")


def test_a_file_that_went_away(tmp_path):
    path = paint(tmp_path / "a.tif")
    layer = raster(path)
    path.unlink()
    with pytest.raises(SourceError, match=r"photo.*not there"):
        source_of(layer)


def test_a_layer_without_crs(tmp_path):
    layer = raster(paint(tmp_path / "a.tif", crs=None))
    layer.setCrs(QgsCoordinateReferenceSystem())
    with pytest.raises(SourceError, match=r"photo.*no CRS"):
        source_of(layer)


def test_one_raster_of_several_in_a_file(tmp_path):
    path = str(tmp_path / "two.gpkg")
    for table in ("one", "two"):
        gdal.Translate(
            path,
            str(paint(tmp_path / "a.tif")),
            format="GPKG",
            creationOptions=[f"RASTER_TABLE={table}", "APPEND_SUBDATASET=YES"],
        )
    with pytest.raises(SourceError, match=r"photo.*one of several"):
        source_of(raster(f"GPKG:{path}:two"))


def test_all_of_a_project(project, tmp_path):
    good = raster(paint(tmp_path / "a.tif"), "a")
    bad = raster(paint(tmp_path / "b.tif"), "b")
    bad.setCrs(QgsCoordinateReferenceSystem())
    project.addMapLayers([bad, good, QgsVectorLayer("Point?crs=EPSG:4326", "p", "memory")])
    sources, refusals = project_sources(project)
    assert [source.name for source in sources] == ["a"]
    assert len(refusals) == 1
    assert "b" in refusals[0]


def test_a_scene_is_loaded_once_and_below(project, tmp_path):
    project.addMapLayer(QgsVectorLayer("Point?crs=EPSG:4326", "p", "memory"))
    path = str(paint(tmp_path / "a.tif"))
    assert layer_of_scene(project, path) is None
    layer = load_scene(project, path)
    assert load_scene(project, path) is layer
    assert layer_of_scene(project, str(tmp_path / "x" / ".." / "a.tif")) is layer
    names = [child.name() for child in project.layerTreeRoot().children()]
    assert names == ["p", "a"]
    with pytest.raises(SourceError, match=r"gone\.tif"):
        load_scene(project, str(tmp_path / "gone.tif"))
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(SourceError, match="cannot read"):
        load_scene(project, str(tmp_path / "text.tif"))
