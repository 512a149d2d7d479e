"""A scene on this machine shows itself: no other file, nothing from the network."""

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import rasterio

from tests.tiling.conftest import METRE, UTM
from tiling import ChipImage, ChipSpec, describe_scene, plan_chips, read_chips
from tiling.errors import UnreadableSceneError

SPEC = ChipSpec(64, gsd_m=4.0, stretch="none")  # is read from an overview where there is one
RED = (200, 10, 10)
VRT = """<VRTDataset rasterXSize="{w}" rasterYSize="{h}">{bands}</VRTDataset>"""
VRT_BAND = """<VRTRasterBand dataType="Byte" band="{b}"><SimpleSource>
<SourceFilename relativeToVRT="0">{source}</SourceFilename><SourceBand>{b}</SourceBand>
<SrcRect xOff="0" yOff="0" xSize="{w}" ySize="{h}"/>
<DstRect xOff="0" yOff="0" xSize="{w}" ySize="{h}"/>
</SimpleSource></VRTRasterBand>"""
PAM = (
    '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="{key}">{name}</MDI></Metadata></PAMDataset>'
)


def virtual(source, width, height, bands=3):
    words = "".join(
        VRT_BAND.format(b=b, source=source, w=width, h=height) for b in range(1, bands + 1)
    )
    return VRT.format(w=width, h=height, bands=words)


@pytest.fixture
def scene(make_scene):
    """Dark noise, no overviews."""
    rng = np.random.default_rng(1)
    return make_scene(rng.integers(0, 60, (3, 512, 512), np.uint8))


@pytest.fixture
def canary(tmp_path):
    """Another raster of the machine, half the size, all red but for a little noise."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    pixels = np.empty((3, 256, 256), np.uint8)
    pixels[:] = np.array(RED)[:, None, None]
    pixels += np.random.default_rng(2).integers(0, 40, pixels.shape, np.uint8)
    path = folder / "canary.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=256, height=256, count=3, dtype="uint8", crs=UTM,
        transform=METRE,
    ) as file:  # fmt: skip
        file.write(pixels)
    return path


@pytest.fixture
def server(canary):
    """Serves the canary; the addresses that were asked for."""
    asked = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = canary.read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_):
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_address[1]}/canary.tif", asked
        http.shutdown()


def pictures(path):
    scene = describe_scene(path, SPEC)
    results = list(read_chips(scene, plan_chips(scene, SPEC), SPEC))
    return [result.pixels for result in results if isinstance(result, ChipImage)]


def assert_shows_itself_or_nothing(path):
    """The right colours, or a refusal in one line."""
    try:
        shown = pictures(path)
    except UnreadableSceneError as refused:
        assert "\n" not in str(refused)  # noqa: PT017 - either is right
        return
    assert shown
    assert max(int(picture.max()) for picture in shown) < 70


def place_door(kind, scene, target):
    """Make a scene name another file in one of the ways GDAL knows."""
    side = {
        "ovr": ".ovr",
        "OVR": ".OVR",
        "msk": ".msk",
        "ovr.ovr": ".ovr.ovr",
        "ovr.msk": ".ovr.msk",
    }
    if kind.startswith("ovr.") or kind == "pam of ovr":
        with rasterio.Env(TIFF_USE_OVR=True), rasterio.open(scene, "r+") as file:
            file.build_overviews([2])
    if kind in side:
        size = 512 if kind == "msk" else 64 if kind == "ovr.ovr" else 256
        words = virtual(target, size, size, 1 if kind.endswith("msk") else 3)
        Path(scene + side[kind]).write_text(words)
    elif kind == "pam":
        Path(f"{scene}.aux.xml").write_text(PAM.format(key="OVERVIEW_FILE", name=target))
    elif kind == "pam, other letters":
        Path(f"{scene}.aux.xml").write_text(
            PAM.replace("OVERVIEWS", "overviews").format(key="&#111;verview_file", name=target)
        )
    elif kind == "pam of ovr":
        Path(f"{scene}.ovr.aux.xml").write_text(PAM.format(key="OVERVIEW_FILE", name=target))
    elif kind == "inside":
        with rasterio.open(scene, "r+") as file:
            file.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=target)
    elif kind == "link":
        Path(f"{scene}.ovr").symlink_to(target)


KINDS = [
    "ovr",
    "OVR",
    "msk",
    "ovr.ovr",
    "ovr.msk",
    "pam",
    "pam, other letters",
    "pam of ovr",
    "inside",
]


@pytest.mark.parametrize("kind", [*KINDS, "link"])
def test_no_other_file_of_the_machine_is_shown(scene, canary, kind):
    place_door(kind, scene, str(canary))
    assert_shows_itself_or_nothing(scene)


@pytest.mark.parametrize("kind", KINDS)
def test_no_local_scene_reaches_the_network(scene, server, kind):
    address, asked = server
    place_door(kind, scene, f"/vsicurl/{address}")
    assert_shows_itself_or_nothing(scene)
    assert not asked


def test_the_doors_are_real(scene, canary):
    """What GDAL does by itself, or the tests above would prove nothing."""
    place_door("pam", scene, str(canary))
    with rasterio.open(scene, overview_level=0) as overview:
        assert overview.read(1).min() >= RED[0]


@pytest.mark.parametrize("name", [".ovr", ".msk", ".aux.xml"])
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_beside_a_scene_is_not_waited_for(scene, name):
    os.mkfifo(scene + name)
    with pytest.raises(UnreadableSceneError, match="no ordinary file"):
        describe_scene(scene, SPEC)


def test_own_side_files_are_used_as_before(scene):
    with rasterio.Env(TIFF_USE_OVR=True, GDAL_TIFF_INTERNAL_MASK=False):
        with rasterio.open(scene, "r+") as file:
            mask = np.full((512, 512), 255, np.uint8)
            mask[:256] = 0
            file.write_mask(mask)
        with rasterio.open(scene, "r+") as file:
            file.build_overviews([2])
    assert Path(f"{scene}.ovr").exists()
    assert Path(f"{scene}.msk").exists()
    results = list(
        read_chips(record := describe_scene(scene, SPEC), plan_chips(record, SPEC), SPEC)
    )
    assert 0 < sum(isinstance(result, ChipImage) for result in results) < len(results)
