"""Formats that people have, read or refused by name."""

import sqlite3

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from rasterio.transform import from_origin

from tiling import ChipImage, ChipSpec, describe_scene, find_scenes
from tiling.errors import UnreadableSceneError
from tiling.source import Raster

VRT = """<VRTDataset rasterXSize="120" rasterYSize="60"><SRS>EPSG:32633</SRS>
<GeoTransform>500000, 1, 0, 5000000, 0, -1</GeoTransform>{}</VRTDataset>"""
BAND = """<VRTRasterBand dataType="Byte" band="{0}"{1}><ColorInterp>{2}</ColorInterp>{3}{4}
</VRTRasterBand>"""
SOURCE = """<SimpleSource><SourceFilename relativeToVRT="{0}">{1}</SourceFilename>
<SourceBand>{2}</SourceBand><SrcRect xOff="0" yOff="0" xSize="60" ySize="60"/>
<DstRect xOff="{3}" yOff="0" xSize="60" ySize="60"/></SimpleSource>"""

ZOOM_17 = from_origin(500_000, 5_000_000, *[2 * 20_037_508.342789244 / 256 / 2**17] * 2)


@pytest.fixture
def noise():
    return np.random.default_rng(4).integers(1, 250, (3, 60, 120), dtype=np.uint8)


@pytest.fixture
def make_vrt(make_scene, noise, tmp_path):
    """A virtual raster of two files that lie beside it, or of others."""
    make_scene(noise[:, :, :60], name="left.tif")
    make_scene(noise[:, :, 60:], name="right.tif")

    def make(*names, kind="", more=""):
        bands = []
        for number, colour in enumerate(("Red", "Green", "Blue"), 1):
            sources = (
                SOURCE.format(int(not name.startswith("/")), name, number, 60 * place)
                for place, name in enumerate(names or ("left.tif", "right.tif"))
            )
            bands.append(BAND.format(number, kind, colour, "".join(sources), more))
        path = tmp_path / "both.vrt"
        path.write_text(VRT.format("".join(bands)))
        return str(path)

    return make


def test_a_virtual_raster_of_own_files_is_read(make_vrt, noise, read_all):
    _, chips = read_all(make_vrt(), native=True, size_px=60, stretch="none", overlap=0)
    shown = np.concatenate([chip.pixels for chip in chips], axis=1)
    assert (shown == noise.transpose(1, 2, 0)).all()


DOORS = [
    (("../secret.tif",), "", "", "no file in its own folder"),
    (("/vsicurl/http://127.0.0.1:9/x.tif",), "", "", "no file in its own folder"),
    (("both.vrt",), "", "", "another virtual raster"),
    (("lost.tif",), "", "", "missing"),
    ((), ' subClass="VRTDerivedRasterBand"', "", "VRTDerivedRasterBand"),
    ((), ' subClass="VRTRawRasterBand"', "", "VRTRawRasterBand"),
    ((), "", "<PixelFunctionType>sqrt</PixelFunctionType>", "PixelFunctionType"),
    ((), "", "<KernelFilteredSource/>", "KernelFilteredSource"),
]


@pytest.mark.parametrize(("names", "kind", "more", "reason"), DOORS)
def test_a_virtual_raster_opens_no_doors(make_vrt, tmp_path, names, kind, more, reason):
    (tmp_path.parent / "secret.tif").write_bytes((tmp_path / "left.tif").read_bytes())
    with pytest.raises(UnreadableSceneError, match=reason):
        describe_scene(make_vrt(*names, kind=kind, more=more), ChipSpec())


def test_overviews_of_a_virtual_raster_are_not_taken_from_elsewhere(make_vrt):
    path = make_vrt(more="<Overview><SourceFilename>/etc/passwd</SourceFilename></Overview>")
    with Raster(path) as raster:
        used = raster.dataset.files
    assert {name.rpartition("/")[2] for name in used} == {"left.tif", "right.tif"}


@pytest.mark.parametrize("text", ["<VRTDataset", "<!DOCTYPE x><VRTDataset/>", "<GDAL_WMS/>"])
def test_what_is_no_virtual_raster_is_refused(tmp_path, text):
    path = tmp_path / "x.vrt"
    path.write_text(text)
    with pytest.raises(UnreadableSceneError, match="virtual raster"):
        describe_scene(str(path), ChipSpec())


@pytest.mark.parametrize(
    ("name", "profile"),
    [("a.img", {"driver": "HFA"}), ("a.gpkg", {"driver": "GPKG", "crs": "EPSG:3857"}),
     ("a.mbtiles", {"driver": "MBTiles", "crs": "EPSG:3857", "transform": ZOOM_17}),
     ("a.jp2", {"driver": "JP2OpenJPEG", "REVERSIBLE": "YES", "QUALITY": "100"})],
)  # fmt: skip
def test_formats_of_other_programs_are_read(make_scene, read_all, noise, tmp_path, name, profile):
    path = make_scene(noise, name=name, **profile)
    assert find_scenes([str(tmp_path)]).paths == (path,)
    _, chips = read_all(path, native=True, size_px=60, stretch="none", overlap=0)
    shown = [chip.pixels for chip in chips if isinstance(chip, ChipImage)]
    with rasterio.open(path) as scene:
        wanted = scene.read((1, 2, 3))[:, :60, :60].transpose(1, 2, 0)
    assert (shown[0] == wanted).all()


def test_a_database_of_shapes_is_no_raster(tmp_path, make_scene):
    make_scene()
    path = tmp_path / "shapes.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT)")
        database.execute("INSERT INTO gpkg_contents VALUES ('roads', 'features')")
    database.close()
    assert find_scenes([str(tmp_path)]).paths == (str(tmp_path / "scene.tif"),)
    with pytest.raises(UnreadableSceneError, match="without a raster"):
        describe_scene(str(path), ChipSpec())


def test_of_several_pictures_in_one_file_none_is_guessed(make_scene, noise, tmp_path):
    plain, path = make_scene(noise, crs="EPSG:3857"), tmp_path / "both.gpkg"
    for table in ("TOWN", "HEATH"):
        rasterio.shutil.copy(
            plain, path, driver="GPKG", raster_table=table, append_subdataset=table == "HEATH"
        )
    with pytest.raises(UnreadableSceneError, match=r"2 pictures \(TOWN, HEATH\).*gdal_translate"):
        describe_scene(str(path), ChipSpec())


def test_vector_tiles_are_no_raster(tmp_path, make_scene):
    plain, path = make_scene(), tmp_path / "streets.mbtiles"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute("INSERT INTO metadata VALUES ('format', 'pbf')")
    database.close()
    assert find_scenes([str(tmp_path)]).paths == (plain,)
    with pytest.raises(UnreadableSceneError, match="vector tiles"):
        describe_scene(str(path), ChipSpec())


@pytest.mark.parametrize(
    ("start", "said"),
    [(b"CDF\x02", "gdal_translate NETCDF"), (b"\x89HDF\r\n\x1a\n", "netCDF or HDF"),
     (b"PK\x03\x04", "unpack"), (b"LC08_MTL.txt".ljust(257, b"\0") + b"ustar\x0000", "unpack")],
)  # fmt: skip
def test_other_formats_are_refused_with_what_to_do(tmp_path, start, said):
    path = tmp_path / "x.nc"
    path.write_bytes(start + bytes(99))
    with pytest.raises(UnreadableSceneError, match=said):
        describe_scene(str(path), ChipSpec())
