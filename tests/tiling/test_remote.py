"""Scenes on a web server that serves ranges; everything stays on this machine."""

import re
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import rasterio.shutil
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.transform import from_origin

from tiling import (
    ChipImage,
    ChipSpec,
    describe_scene,
    find_scenes,
    plan_chips,
    read_chips,
    settings,
)
from tiling.checksum import same_file, scene_checksum
from tiling.chips import DamagedChip
from tiling.errors import UnreadableSceneError


class RangeHandler(SimpleHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 - a fresh class per test
    sent = 0
    cut = False  # the middle of the file comes by halves
    stops = threading.Event()  # set: of the middle of the file nothing comes, and the line is kept
    ended = threading.Event()

    def do_GET(self):
        self.asked.append(self.path)
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        try:
            with open(self.translate_path(self.path), "rb") as file:  # noqa: PTH123
                contents = file.read()
        except OSError:
            self.send_error(404)
            return
        if wanted is None:
            self.send_response(200)
        else:
            first, last = int(wanted[1]), int(wanted[2] or len(contents) - 1)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(contents)}")
            contents = contents[first : last + 1]
        type(self).sent += len(contents)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(contents)))
        self.end_headers()
        if self.cut and wanted is not None and int(wanted[1]):
            contents = contents[: len(contents) // 2]
            self.close_connection = True
        if self.stops.is_set() and wanted is not None and int(wanted[1]):
            self.ended.wait(60)
            self.close_connection = True
            return
        self.wfile.write(contents)

    def do_HEAD(self):
        self.asked.append(f"HEAD {self.path}")
        super().do_HEAD()

    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path):
    own = {"asked": [], "sent": 0, "stops": threading.Event(), "ended": threading.Event()}
    handler = type("Handler", (RangeHandler,), own)
    web = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(tmp_path)))
    thread = threading.Thread(target=web.serve_forever, daemon=True)
    thread.start()
    handler.url = f"http://127.0.0.1:{web.server_port}"
    yield handler
    handler.ended.set()
    web.shutdown()
    web.server_close()
    thread.join()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A COG of noise and its negative, as bytes: written once for all tests."""
    folder = tmp_path_factory.mktemp("cogs")
    noise = np.random.default_rng(0).integers(0, 256, (3, 2048, 2048), dtype=np.uint8)
    written = []
    for number, pixels in enumerate((noise, 255 - noise)):
        path = folder / f"{number}.tif"
        with MemoryFile() as memory:
            with memory.open(
                driver="GTiff", width=2048, height=2048, count=3, dtype="uint8",
                crs="EPSG:32633", transform=from_origin(500_000, 5_000_000, 1, 1),
            ) as scene:  # fmt: skip
                scene.write(pixels)
            with memory.open() as scene:
                rasterio.shutil.copy(
                    scene, path, driver="COG", compress="deflate", level=1, blocksize=256,
                    overview_resampling=Resampling.average.name,
                )  # fmt: skip
        written.append(path.read_bytes())
    return written


@pytest.fixture
def cog(pictures, tmp_path):
    (tmp_path / "cog.tif").write_bytes(pictures[0])
    return "cog.tif"


@pytest.fixture
def read_and_changed(pictures):
    """Read chips of an address, and see a change of its file; returns the record."""

    def read(path, file):
        spec = ChipSpec(64, ground_sizes_m=(300.0,))
        (path,) = find_scenes([path]).paths
        scene = describe_scene(path, spec)
        chips = list(read_chips(scene, plan_chips(scene, spec)[:4], spec))
        assert all(isinstance(chip, ChipImage) for chip in chips)
        assert same_file(scene, path)
        file.write_bytes(pictures[1])
        assert not same_file(scene, path)
        return scene

    return read


def test_chips_of_an_address_equal_those_of_the_file(server, cog, tmp_path):
    url = f"{server.url}/{cog}"
    spec = ChipSpec(64, ground_sizes_m=(64.0, 300.0))
    far, near = describe_scene(url, spec), describe_scene(str(tmp_path / cog), spec)
    assert (far.path, far.mtime_ns) == (url, 0)
    assert far.size_bytes == near.size_bytes
    assert (far.transform, far.crs, far.stretch) == (near.transform, near.crs, near.stretch)
    chips = plan_chips(far, spec)[-40:]
    for a, b in zip(read_chips(far, chips, spec), read_chips(near, chips, spec), strict=True):
        assert isinstance(a, ChipImage)
        assert (a.pixels == b.pixels).all()
    names = {path.removeprefix("HEAD ") for path in server.asked}
    assert names == {f"/{cog}"}, "nothing but the file itself is asked for"


def test_a_few_chips_do_not_fetch_the_whole_file(server, cog, tmp_path):
    spec = ChipSpec(64, native=True, overlap=0, stretch="none")
    scene = describe_scene(f"{server.url}/{cog}", spec)
    chips = plan_chips(scene, spec)[:4]
    assert len(list(read_chips(scene, chips, spec))) == 4
    assert server.sent < (tmp_path / cog).stat().st_size / 4


def test_the_checksum_of_an_address_is_what_the_server_says(server, cog, tmp_path):
    url = f"{server.url}/{cog}"
    scene = describe_scene(url, ChipSpec())
    assert scene.checksum == scene_checksum(url)
    assert same_file(scene, url)
    with (tmp_path / cog).open("ab") as file:
        file.write(b"x")
    assert not same_file(scene, url)


def test_a_missing_address_is_refused(server):
    url = f"{server.url}/missing.tif"
    assert find_scenes([url]).paths == (url,)
    with pytest.raises(UnreadableSceneError, match="404"):
        describe_scene(url, ChipSpec())
    with pytest.raises(UnreadableSceneError, match="404"):
        scene_checksum(url)


READ = """
import sys
from tiling import ChipSpec, UnreadableSceneError, describe_scene, plan_chips, read_chips
spec = ChipSpec(64, ground_sizes_m=(600.0,))
try:
    scene = describe_scene(sys.argv[1], spec)
    chips = list(read_chips(scene, plan_chips(scene, spec), spec))
except UnreadableSceneError:
    chips = []
print(sum(hasattr(chip, "pixels") for chip in chips))
"""


def test_of_an_address_that_breaks_off_nothing_is_printed_by_gdal(server, cog, tmp_path):
    """Its own threads print what they meet, unless told not to."""
    with rasterio.open(tmp_path / cog) as source:
        rasterio.shutil.copy(source, tmp_path / "plain.tif", driver="GTiff", tiled=True)
    server.cut = True
    told = subprocess.run(
        [sys.executable, "-c", READ, f"{server.url}/plain.tif"],
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    assert told.stderr == ""
    assert int(told.stdout) < 36, "of 36 chips those that broke off are damaged"


def test_what_an_address_does_not_send_is_damaged_not_black(server, cog, tmp_path):
    """GDAL's threads take what did not come for zeros where tiles are not compressed."""
    with rasterio.open(tmp_path / cog) as source:
        rasterio.shutil.copy(source, tmp_path / "plain.tif", driver="GTiff", tiled=True)
    spec = ChipSpec(64, ground_sizes_m=(300.0,))
    scene = describe_scene(f"{server.url}/plain.tif", spec)
    plan = plan_chips(scene, spec)
    good = [chip.pixels.tobytes() for chip in read_chips(scene, plan, spec)]
    server.cut = True
    cut = list(read_chips(scene, plan, spec))
    damaged = [chip for chip in cut if isinstance(chip, DamagedChip)]
    assert damaged
    for chip, pixels in zip(cut, good, strict=True):
        assert chip in damaged or chip.pixels.tobytes() == pixels


def test_an_address_whose_server_falls_silent_is_given_up(server, cog, tmp_path, monkeypatch):
    """Not block after block, a minute each, for hours."""
    with rasterio.open(tmp_path / cog) as source:
        rasterio.shutil.copy(source, tmp_path / "plain.tif", driver="GTiff", tiled=True)
    monkeypatch.setattr(settings, "STALLED_S", 1)
    monkeypatch.setattr("tiling.source.SERVER_TIMEOUT_S", 1.5)
    server.stops.set()
    with pytest.raises(UnreadableSceneError, match="is not answered: its server let us wait"):
        describe_scene(f"{server.url}/plain.tif", ChipSpec())


def test_a_page_behind_an_address_is_refused(server, tmp_path):
    (tmp_path / "page.tif").write_text("<html>" * 99)
    with pytest.raises(UnreadableSceneError, match=r"page\.tif cannot be opened"):
        describe_scene(f"{server.url}/page.tif", ChipSpec())


def test_a_local_scene_never_asks_the_network(make_scene, server, read_all):
    path = make_scene()
    read_all(path)
    assert server.asked == []


@pytest.fixture
def locked(server, monkeypatch):
    """Lets nobody in but for a signature or a header; answers HEAD by a code, as the test says."""
    rules = {"signature": "", "header": False, "head": 0}
    kind = next(iter(server.mro()))
    get, head = kind.do_GET, kind.do_HEAD

    def guarded(answer, *, is_head):
        def do(self):
            path, _, query = self.path.partition("?")
            signed = not rules["signature"] or query == rules["signature"]
            told = not rules["header"] or self.headers.get("X-Key") == "1"
            code = rules["head"] if is_head else 0
            if code or not signed or not told:
                self.asked.append(f"refused {self.path}")
                self.send_error(code or 403)
                return
            self.path = path
            answer(self)

        return do

    monkeypatch.setattr(kind, "do_GET", guarded(get, is_head=False))
    monkeypatch.setattr(kind, "do_HEAD", guarded(head, is_head=True))
    return rules


SIGNATURES = [
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60&X-Amz-Signature=abc",
    "X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Expires=60&X-Goog-Signature=abc",
    "Expires=17&Key-Pair-Id=K&Signature=abc",
    "sv=2024-11-04&se=2026-12-01T00%3A00%3A00Z&sr=b&sp=r&sig=%2Fabc%3D",
]


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda text: text.split("=")[0])
def test_a_presigned_address_is_read_and_its_signature_forgotten(
    server, cog, tmp_path, read_and_changed, locked, signature
):
    locked.update(signature=signature, head=403)
    scene = read_and_changed(f"{server.url}/{cog}?{signature}", tmp_path / cog)
    assert scene.path == f"{server.url}/{cog}"
    assert "abc" not in scene.to_json()


@pytest.mark.parametrize("code", [403, 404, 405, 501])
def test_a_server_that_answers_get_alone_is_asked_so(
    server, cog, tmp_path, read_and_changed, locked, code
):
    locked["head"] = code
    scene = read_and_changed(f"{server.url}/{cog}", tmp_path / cog)
    assert scene.path == f"{server.url}/{cog}"


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda text: text.split("=")[0])
def test_no_message_shows_a_signature(server, tmp_path, locked, signature):
    (tmp_path / "page.tif").write_text("<html>" * 99)
    for locked["signature"] in (signature, "another"):
        (path,) = find_scenes([f"{server.url}/page.tif?{signature}"]).paths
        with pytest.raises(UnreadableSceneError, match=r"page\.tif cannot be opened") as refused:
            describe_scene(path, ChipSpec())
        assert "abc" not in str(refused.value)


def test_headers_are_those_of_gdals_settings(
    server, cog, tmp_path, read_and_changed, locked, monkeypatch
):
    locked["header"] = True
    with pytest.raises(UnreadableSceneError, match="403"):
        describe_scene(f"{server.url}/{cog}", ChipSpec())
    monkeypatch.setenv("GDAL_HTTP_HEADERS", "X-Key: 1")
    read_and_changed(f"{server.url}/{cog}?a=1", tmp_path / cog)


STORES = {
    "s3": {"AWS_S3_ENDPOINT": "{host}", "AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE",
           "AWS_NO_SIGN_REQUEST": "YES"},
    "gs": {"CPL_GS_ENDPOINT": "http://{host}/", "GS_NO_SIGN_REQUEST": "YES"},
    "az": {"AZURE_STORAGE_CONNECTION_STRING":
           "DefaultEndpointsProtocol=http;AccountName=me;AccountKey=a2V5;BlobEndpoint=http://{host}"},
}  # fmt: skip
"""GDAL's settings that lead to a server of ours."""


@pytest.mark.parametrize("store", STORES)
def test_an_object_store_is_read_by_gdals_settings(
    server, cog, tmp_path, read_and_changed, monkeypatch, store
):
    (tmp_path / "bucket").mkdir()
    (tmp_path / cog).rename(tmp_path / "bucket" / "town.tif")
    for name, value in STORES[store].items():
        monkeypatch.setenv(name, value.format(host=server.url.removeprefix("http://")))
    scene = read_and_changed(f"{store}://bucket/town.tif", tmp_path / "bucket" / "town.tif")
    assert scene.path == f"{store}://bucket/town.tif"
    with pytest.raises(UnreadableSceneError, match="404"):
        describe_scene(f"{store}://bucket/missing.tif", ChipSpec())
