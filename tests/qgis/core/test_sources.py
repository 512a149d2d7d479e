import subprocess
import sys

import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsVectorLayer

from cmpagl_qgis.errors import SourceError
from cmpagl_qgis.map.sources import (
    address_of,
    gdal_name,
    layer_of_scene,
    load_scene,
    project_sources,
    source_of,
)
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
    assert (source.path, source.name) == (str(path), "photo")


def test_what_has_no_file_is_refused_by_name(tmp_path):
    vrt = gdal.Translate("/vsimem/x.tif", str(paint(tmp_path / "a.tif")))
    del vrt
    wms = QgsRasterLayer("type=xyz&url=https://tile.example.org/{z}/{x}/{y}.png", "streets", "wms")
    for layer, wanted in [
        (wms, "streets.*no file.*wms"),
        (raster("/vsimem/x.tif", "in memory"), "in memory.*archive or in memory"),
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


def test_the_crs_that_the_user_set_counts(tmp_path):
    layer = raster(paint(tmp_path / "a.tif", crs=None))
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:28992"))
    assert source_of(layer).crs == "EPSG:28992"
    layer = raster(paint(tmp_path / "b.tif"))
    assert source_of(layer).crs == ""
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32633"))
    assert source_of(layer).crs == "EPSG:32633"
    own = QgsCoordinateReferenceSystem.fromProj("+proj=laea +lat_0=51 +lon_0=7 +datum=WGS84")
    layer.setCrs(own)
    text = source_of(layer).crs
    assert "+lat_0=51 +lon_0=7" in QgsCoordinateReferenceSystem.fromWkt(text).toProj()
    layer.setCrs(layer.dataProvider().crs())
    assert source_of(layer).crs == ""


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("/vsicurl/https://a.example/b.tif", "https://a.example/b.tif"),
        ("/vsis3/bucket/b.tif", "s3://bucket/b.tif"),
        ("/vsigs/bucket/b.tif", "gs://bucket/b.tif"),
        ("/vsiaz/bucket/b.tif", "az://bucket/b.tif"),
        ("/vsizip/a.zip/b.tif", ""),
        ("/data/b.tif", ""),
    ],
)
def test_names_of_gdal_and_addresses(named, address):
    assert address_of(named) == address
    if address:
        assert gdal_name(address) == named


SERVER = """
import sys
from http.server import HTTPServer, BaseHTTPRequestHandler
data = open(sys.argv[1], "rb").read()
class Ranges(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_HEAD(self):
        first, last = 0, len(data) - 1
        asked = self.headers.get("Range")
        if asked:
            first, end = asked.split("=")[1].split("-")
            first, last = int(first), min(int(end or last), last)
        part = data[first:last + 1]
        self.send_response(206 if asked else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(part)))
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.end_headers()
        return part
    def do_GET(self):
        self.wfile.write(self.do_HEAD())
    def log_message(self, *args): ...
server = HTTPServer(("127.0.0.1", 0), Ranges)
print(server.server_port, flush=True)
server.serve_forever()
"""


def test_a_file_on_a_server_is_a_source(tmp_path, project):
    paint(tmp_path / "far.tif")
    command = [sys.executable, "-c", SERVER, str(tmp_path / "far.tif")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        address = f"http://127.0.0.1:{int(server.stdout.readline())}/far.tif"
        layer = raster(f"/vsicurl/{address}", "far")
        assert layer.isValid()
        assert source_of(layer).path == address
        project.addMapLayer(layer)
        assert layer_of_scene(project, address) is layer
        project.removeAllMapLayers()
        assert load_scene(project, address).isValid()
        server.kill()


def test_the_one_raster_of_a_geopackage(tmp_path):
    path = str(tmp_path / "one.gpkg")
    gdal.Translate(path, str(paint(tmp_path / "a.tif")), format="GPKG",
                   creationOptions=["RASTER_TABLE=one"])  # fmt: skip
    assert source_of(raster(f"GPKG:{path}:one")).path == path


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
