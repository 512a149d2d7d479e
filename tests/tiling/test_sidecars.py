"""What changes beside a file is seen; what merely lies there changes nothing."""

import hashlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio

from tiling import ChipSpec, describe_scene
from tiling.checksum import same_file, scene_checksum

CRS_ONLY = "<PAMDataset><SRS>EPSG:32633</SRS></PAMDataset>"
STATISTICS = """<PAMDataset><PAMRasterBand band="1"><Histograms><HistItem/></Histograms>
<Metadata><MDI key="STATISTICS_MEAN">{}</MDI></Metadata></PAMRasterBand></PAMDataset>"""


def world(left):
    return f"1\n0\n0\n-1\n{left}\n5000000\n"


@pytest.fixture
def bare(make_scene):
    """A picture that files beside it place on Earth."""
    path = Path(make_scene(crs=None, transform=None))
    path.with_suffix(".tfw").write_text(world(500_000))
    Path(f"{path}.aux.xml").write_text(CRS_ONLY)
    return path


def aged(path, text):
    """Another text of the same length, written without a trace in the file's time."""
    before = path.stat()
    assert len(text) == before.st_size
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_scene_alone_has_the_checksum_of_its_bytes(make_scene):
    path = make_scene()
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    assert describe_scene(path, ChipSpec()).checksum == f"sha256:{digest}"


@pytest.mark.parametrize(
    ("name", "text"),
    [("scene.tfw", world(600_000)), ("scene.tif.aux.xml", CRS_ONLY.replace("33<", "34<"))],
)
def test_a_change_of_place_is_seen(bare, name, text):
    before = describe_scene(str(bare), ChipSpec())
    aged(bare.with_name(name), text)
    assert not same_file(before, str(bare))
    after = describe_scene(str(bare), ChipSpec())
    assert after.checksum != before.checksum
    assert (after.transform, after.crs) != (before.transform, before.crs)


@pytest.mark.parametrize("kind", ["msk", "ovr"])
def test_a_new_mask_or_overview_is_seen(make_scene, kind):
    path = make_scene()
    before = describe_scene(path, ChipSpec())
    settings = rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False, TIFF_USE_OVR=True)
    with settings, rasterio.open(path, "r+") as scene:
        if kind == "ovr":
            scene.build_overviews([2])
        else:
            scene.write_mask(np.full(scene.shape, 255, "uint8"))
    assert Path(f"{path}.{kind}").exists()
    assert not same_file(before, path)
    after = describe_scene(path, ChipSpec())
    assert after.checksum != before.checksum
    assert same_file(after, path)
    Path(f"{path}.{kind}").unlink()
    assert not same_file(after, path)
    assert scene_checksum(path) == before.checksum


def test_the_same_bytes_in_two_places_are_two_scenes_and_a_copy_is_one(bare, tmp_path):
    there, copy = tmp_path / "there.tif", tmp_path / "copy.tif"
    for other, left in ((there, 700_000), (copy, 500_000)):
        shutil.copy(bare, other)
        other.with_suffix(".tfw").write_text(world(left))
        Path(f"{other}.aux.xml").write_text(CRS_ONLY)
    one, two, same = (describe_scene(str(path), ChipSpec()) for path in (bare, there, copy))
    assert one.checksum == same.checksum != two.checksum


def test_statistics_that_a_gis_leaves_behind_change_nothing(make_scene):
    path = make_scene()
    before = describe_scene(path, ChipSpec())
    for mean in (3, 4):
        Path(f"{path}.aux.xml").write_text(STATISTICS.format(mean))
        assert same_file(before, path)
        assert describe_scene(path, ChipSpec()).checksum == before.checksum


def test_a_world_file_that_gdal_does_not_use_changes_nothing(make_scene):
    path = make_scene()
    before = scene_checksum(path)
    Path(path).with_suffix(".tfw").write_text(world(1))
    Path(path).with_name("scene_2.tfw").write_text(world(1))
    assert scene_checksum(path) == before
