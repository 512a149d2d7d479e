"""Rasters of pixel embeddings: chips are means of unit vectors, compared with a plain loop."""

from __future__ import annotations

import json

import numpy as np
import pytest
import rasterio
from PIL import Image
from pyproj import Transformer
from rasterio.transform import Affine

from cmpagl_model.cli.app import run
from cmpagl_model.errors import SourceError
from cmpagl_model.importing import rasters as module
from cmpagl_model.importing.importer import import_files
from cmpagl_model.importing.models import UNNAMED
from cmpagl_model.index import format as index_format
from cmpagl_model.index import load_chips, read_info
from cmpagl_model.index.verify import verify_index
from cmpagl_model.search import open_index
from cmpagl_model.search.examples import ChipPlace
from cmpagl_model.search.thumbnails import pictures
from tests.cmpagl_model.importing import rasters
from tiling import Window


def table_of(index):
    return load_chips(index, read_info(index)).table


def plain_means(vectors, side, step, least=0.25):
    """What the chips of a raster should be, one after the other: windows and unit vectors."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    units = vectors / lengths
    height, width = vectors.shape[:2]
    chips = {}
    for row in range(0, height, step):
        for col in range(0, width, step):
            if (row and row - step + side >= height) or (col and col - step + side >= width):
                continue  # the one before reached the edge
            piece = units[row : row + side, col : col + side].reshape(-1, vectors.shape[-1])
            good = piece[np.isfinite(piece).all(axis=1)]
            if len(good) and len(good) / side**2 >= least:
                mean = good.mean(axis=0)
                window = col, row, min(side, width - col), min(side, height - row)
                chips[window] = mean / np.linalg.norm(mean), len(good) / side**2
    return chips


def check(table, wanted):
    windows = [tuple(int(number) for number in window) for window in table.windows[:]]
    assert sorted(windows) == sorted(wanted)
    means = np.array([wanted[window][0] for window in windows])
    np.testing.assert_allclose(table.embeddings[:], means, atol=1e-3)
    shares = [wanted[window][1] for window in windows]
    np.testing.assert_allclose(table.valid[:], shares, atol=1e-6)


@pytest.mark.parametrize("transform", [rasters.BOTTOM_UP, rasters.NORTH_UP])
@pytest.mark.parametrize("interleave", ["band", "pixel"])
def test_alpha_earth_is_the_mean_of_its_unit_vectors(tmp_path, transform, interleave, monkeypatch):
    monkeypatch.setattr(module, "GROUP_PX", 40)  # several groups, several strips
    monkeypatch.setattr(module, "BUDGET_BYTES", 200_000)
    path = tmp_path / "tile.tiff"
    vectors = rasters.alpha_earth(path, transform=transform, interleave=interleave)
    report = import_files([path], tmp_path / "x.cmpagl", side_m=160)
    table = table_of(tmp_path / "x.cmpagl")
    wanted = plain_means(vectors, 16, 8)
    check(table, wanted)
    assert (report.chips, report.problems, report.points) == (len(wanted), (), 0)
    assert report.model.name == UNNAMED
    assert set(table.ground_m[:]) == {160}
    assert table.edge[:].sum() == sum(w < 16 or h < 16 for _, _, w, h in wanted)
    degrees = Transformer.from_crs("EPSG:32617", "OGC:CRS84", always_xy=True)
    for place in (0, len(table) // 2, len(table) - 1):
        col, row, width, height = table.windows[place]
        middle = degrees.transform(*(transform @ (col + width / 2, row + height / 2)))
        centre = table.footprints(np.array([place]))[0].centroid
        np.testing.assert_allclose((centre.x, centre.y), middle, atol=1e-7)
        assert table.footprints(np.array([place]))[0].exterior.is_ccw


def test_tessera_is_read_from_geotiff_and_says_its_model(tmp_path):
    vectors = rasters.tessera_tiff(tmp_path / "tessera_2024_utm31.tif")
    report = import_files([tmp_path / "tessera_2024_utm31.tif"], tmp_path / "x.cmpagl", side_m=100)
    assert report.model.name == "tessera 1.1 cambridge"
    check(table_of(tmp_path / "x.cmpagl"), plain_means(vectors, 10, 5))


@pytest.mark.parametrize(
    ("tree", "masks", "each"),
    [
        ("global_0.1_degree_representation", "global_0.1_degree_tiff_all", False),
        ("global_0.1_degree_representation", "landmasks", True),
        ("npy/v1", "landmasks/v1", False),  # as published at Source Cooperative
    ],
)
def test_a_tile_of_tessera_lies_where_its_landmask_does(tmp_path, tree, masks, each):
    path, vectors = rasters.tessera_tile(tmp_path / "t", tree=tree, masks=masks, each=each)
    report = import_files([tmp_path / "t"], tmp_path / "x.cmpagl", side_m=200)
    assert (report.files, report.problems) == (1, ())
    table = table_of(tmp_path / "x.cmpagl")
    check(table, plain_means(vectors, 20, 10))
    assert table.scenes[0].path == str(path)
    assert table.scenes[0].crs == "EPSG:32631"


@pytest.mark.parametrize("missing", ["grid_0.15_52.05_scales.npy", "grid_0.15_52.05.tiff"])
def test_a_tile_that_lacks_a_part_is_told(tmp_path, missing, capsys):
    path, _ = rasters.tessera_tile(tmp_path / "t")
    next((tmp_path / "t").rglob(missing)).unlink()
    words = ["import", str(path), "-o", str(tmp_path / "x.cmpagl"), "--side", "200"]
    assert run(words) == 1
    assert "wanted a tile of TESSERA" in (told := capsys.readouterr().err)
    assert told.count("\n") == 1


def test_search_by_example_goes_from_one_place_to_those_alike(tmp_path, capsys):
    path, index = tmp_path / "tile.tiff", tmp_path / "x.cmpagl"
    vectors = rasters.alpha_earth(path, transform=rasters.NORTH_UP)
    words = ["import", str(path), "-o", str(index), "--side", "160", "--model", "alphaearth-v1"]
    assert run(words) == 0
    told = capsys.readouterr()
    assert "searchable by example" in told.out
    degrees = Transformer.from_crs("EPSG:32617", "OGC:CRS84", always_xy=True)
    east, north = degrees.transform(*(rasters.NORTH_UP @ (56, 40)))
    assert run(["search", str(index), "--like", f"{east},{north}", "--no-merge", "--json"]) == 0
    hits = json.loads(capsys.readouterr().out)["hits"]
    wanted = plain_means(vectors, 16, 8)
    col, row, *_ = hits[0]["window"]
    assert col <= 56 < col + 16
    assert row <= 40 < row + 16
    first = wanted[tuple(hits[0]["window"])][0]
    best = sorted(wanted, key=lambda window: -wanted[window][0] @ first)
    assert {tuple(hit["window"]) for hit in hits[:3]} <= set(best[:8])
    preview = tmp_path / "p.png"
    assert run(["search", str(index), "--like", f"{east},{north}", "--preview", str(preview)]) == 0
    opened = open_index(index)
    place = ChipPlace(hits[0]["scene"], Window(*hits[0]["window"]), 160.0)
    assert pictures(opened, [place], 64) == (None,)  # nothing draws its numbers as colours
    with Image.open(preview) as sheet:
        corner = sheet.crop((16, 64, 16 + 220, 64 + 220)).convert("L")
    assert np.mean(np.asarray(corner) == np.asarray(corner)[-1, -1]) > 0.9  # a line of text only
    assert verify_index(index).problems == ()


def test_a_run_that_was_stopped_goes_on_without_reading_what_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "GROUP_PX", 40)
    monkeypatch.setattr(index_format, "CHIPS_PER_PART", 16)
    path = tmp_path / "tile.tiff"
    vectors = rasters.alpha_earth(path)

    class Stopped(Exception):  # noqa: N818 - no error
        pass

    class Stops:
        def start(self, chips, _what):
            self.left = chips // 2

        def advance(self, chips, scene):  # noqa: ARG002 - as a progress has it
            self.left -= chips
            if self.left < 0:
                raise Stopped

    with pytest.raises(Stopped):
        import_files([path], tmp_path / "x.cmpagl", side_m=160, progress=Stops())
    there = len(table_of(tmp_path / "x.cmpagl"))
    assert 0 < there < 100

    read = []
    pixels = module.open_pixels

    def watched(name, size=None):
        opened = pixels(name, size)
        plain = opened.read

        def counted(window):
            read.append(window)
            return plain(window)

        opened.read = counted
        return opened

    monkeypatch.setattr(module, "open_pixels", watched)
    report = import_files([path], tmp_path / "x.cmpagl", side_m=160)
    wanted = plain_means(vectors, 16, 8)
    check(table_of(tmp_path / "x.cmpagl"), wanted)
    assert report.chips == len(wanted)
    rest = len(read)
    read.clear()
    assert import_files([path], tmp_path / "x.cmpagl", side_m=160).parts == 0
    assert len(read) <= 1 < rest
    fresh = tmp_path / "y.cmpagl"
    read.clear()
    import_files([path], fresh, side_m=160)
    assert len(read) > rest
    assert read_info(fresh).content == read_info(tmp_path / "x.cmpagl").content


def test_a_raster_without_a_side_or_with_too_small_a_one_is_refused(tmp_path, capsys):
    rasters.alpha_earth(tmp_path / "tile.tiff")
    words = ["import", str(tmp_path / "tile.tiff"), "-o", str(tmp_path / "x.cmpagl")]
    assert run(words) == 1
    assert "next: --side 320" in capsys.readouterr().err
    assert run([*words, "--side", "5"]) == 1
    assert "next: a larger --side" in capsys.readouterr().err
    assert not (tmp_path / "x.cmpagl").exists()


def test_pictures_and_other_arrays_are_no_embeddings(tmp_path):
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", count=3, dtype="uint8", height=9, width=9,
        crs="EPSG:32631", transform=Affine(1, 0, 0, 0, -1, 0),
    ) as file:  # fmt: skip
        file.write(np.ones((3, 9, 9), np.uint8))
    with pytest.raises(SourceError, match="'cmpagl index' for pictures"):
        import_files([tmp_path / "a.tif"], tmp_path / "x.cmpagl", side_m=100)
    np.save(tmp_path / "b.npy", np.ones((5, 512), np.float16))
    with pytest.raises(SourceError, match=r"found no b_scales\.npy"):
        import_files([tmp_path / "b.npy"], tmp_path / "x.cmpagl", side_m=100)


def test_a_raster_of_nothing_but_masked_pixels_is_told(tmp_path, capsys):
    rasters.alpha_earth(tmp_path / "tile.tiff")
    with rasterio.open(tmp_path / "tile.tiff", "r+") as file:
        file.write(np.full((64, 100, 90), rasters.NO_DATA, np.int8))
    words = ["import", str(tmp_path), "-o", str(tmp_path / "x.cmpagl"), "--side", "160"]
    assert run(words) == 1
    assert "with valid pixels on 25% of it" in capsys.readouterr().err


def test_pixels_of_one_number_each_can_be_chips(tmp_path):
    vectors = rasters.alpha_earth(tmp_path / "tile.tiff", (30, 45))
    import_files([tmp_path / "tile.tiff"], tmp_path / "x.cmpagl", side_m=10)
    check(table_of(tmp_path / "x.cmpagl"), plain_means(vectors, 1, 1))


def test_a_damaged_raster_costs_itself_only(tmp_path, capsys):
    rasters.alpha_earth(tmp_path / "good.tiff", seed=1)
    rasters.alpha_earth(tmp_path / "torn.tiff", seed=2)
    rasters.alpha_earth(tmp_path / "worn.tiff", seed=3)
    raw = (tmp_path / "torn.tiff").read_bytes()
    (tmp_path / "torn.tiff").write_bytes(raw[: len(raw) // 2])
    raw = (tmp_path / "worn.tiff").read_bytes()
    half = len(raw) // 2
    (tmp_path / "worn.tiff").write_bytes(raw[:half] + bytes(3000) + raw[half + 3000 :])
    words = ["import", str(tmp_path), "-o", str(tmp_path / "x.cmpagl"), "--side", "160"]
    assert run(words) == 3
    told = capsys.readouterr().err
    assert "torn.tiff cannot be opened" in told
    assert "worn.tiff: damaged or gone" in told
    assert len([line for line in told.splitlines() if "note:" not in line]) == 2
    scenes = {scene.path for scene in table_of(tmp_path / "x.cmpagl").scenes}
    assert str(tmp_path / "good.tiff") in scenes
