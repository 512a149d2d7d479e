"""A map service of the tests: tiles on this machine, good ones, failing ones and slow ones."""

from __future__ import annotations

import contextlib
import math
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from qgis.core import QgsRasterLayer
from qgis.PyQt.QtCore import QBuffer, QIODevice
from qgis.PyQt.QtGui import QColor, QImage, QPainter

WORLD = 2 * 20_037_508.342789244
TILE = 256
ZOOM = 17
MARK = "#ff0000"
MARK_PX = (96, 160, 8)
"""Column and row in its tile, and side, of a square in another colour."""


def tile_at(longitude, latitude, zoom=ZOOM):
    """Column and row of the tile that holds a place."""
    side = 2**zoom
    column = (longitude + 180) / 360 * side
    row = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * side
    return int(column), int(row)


def place_of(tile, column, row, zoom=ZOOM):
    """Easting and northing (EPSG:3857) of the upper left corner of a pixel of a tile."""
    pixel = WORLD / TILE / 2**zoom
    x, y = tile[0] * TILE + column, tile[1] * TILE + row
    return -WORLD / 2 + x * pixel, WORLD / 2 - y * pixel


CAPABILITIES = """<?xml version="1.0"?>
<WMT_MS_Capabilities version="1.1.1"><Service><Name>OGC:WMS</Name><Title>Test</Title>
<OnlineResource xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{url}/wms?"/></Service>
<Capability><Request>
<GetCapabilities><Format>application/vnd.ogc.wms_xml</Format><DCPType><HTTP><Get><OnlineResource
xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{url}/wms?"/></Get></HTTP></DCPType>
</GetCapabilities><GetMap><Format>image/png</Format><DCPType><HTTP><Get><OnlineResource
xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{url}/wms?"/></Get></HTTP></DCPType></GetMap>
</Request><Layer><Title>All</Title><SRS>EPSG:3857</SRS>
<LatLonBoundingBox minx="-180" miny="-85" maxx="180" maxy="85"/>
<BoundingBox SRS="EPSG:3857" minx="-20037508" miny="-20037508" maxx="20037508" maxy="20037508"/>
<Layer queryable="0"><Name>aerial</Name><Title>Aerial</Title><SRS>EPSG:3857</SRS></Layer>
</Layer></Capability></WMT_MS_Capabilities>"""
REFUSAL = (
    b"<ServiceExceptionReport><ServiceException>Quota</ServiceException></ServiceExceptionReport>"
)


class MapService:
    """Serves green tiles; one has a red square.

    Each has a path of its own: QGIS keeps tiles by their addresses, and ports come again.
    """

    def __init__(self, marked):
        self.marked = marked
        self._name = uuid.uuid4().hex
        self.failing = {}
        self.seconds = 0.0
        self.seconds_of = {}
        self.asked = []
        self._stop = threading.Event()
        self._tiles = [_tile(0), _tile(1), _tile(sum(marked) % 2, marked=True)]
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                service.answer(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}/{self._name}"

    def layer(self, name="Aerial", zmax=19):
        uri = f"type=xyz&url={self.url}/{{z}}/{{x}}/{{y}}.png&zmin=0&zmax={zmax}"
        layer = QgsRasterLayer(uri, name, "wms")
        assert layer.isValid()
        return layer

    def wms_layer(self, name="Survey"):
        uri = f"crs=EPSG:3857&format=image/png&layers=aerial&styles=&url={self.url}/wms"
        layer = QgsRasterLayer(uri, name, "wms")
        assert layer.isValid(), layer.error().message()
        return layer

    def _answer_wms(self, request):
        """A WMS that draws each picture half green, half red; or says why not, as an XML page."""
        wanted = {
            key.upper(): value[0] for key, value in parse_qs(request.path.split("?")[1]).items()
        }
        kind, body = "text/xml", REFUSAL
        if wanted["REQUEST"] == "GetCapabilities":
            body = CAPABILITIES.format(url=self.url).encode()
        elif not self.failing:
            self.asked.append(wanted)
            image = QImage(int(wanted["WIDTH"]), int(wanted["HEIGHT"]), QImage.Format.Format_RGB32)
            image.fill(QColor(20, 120, 40))
            painter = QPainter(image)
            painter.fillRect(0, 0, image.width() // 2, image.height(), QColor(MARK))
            painter.end()
            kind, body = "image/png", _png(image)
        self._send(request, 200, kind, body)

    def close(self):
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request):
        place = request.path.removeprefix(f"/{self._name}")
        if place.startswith("/wms"):
            self._answer_wms(request)
            return
        zoom, column, row = (int(part) for part in place.split(".")[0].split("/")[1:])
        self.asked.append((zoom, column, row))
        self._stop.wait(self.seconds_of.get((column, row), self.seconds))
        status = self.failing.get((column, row), self.failing.get("all", 200))
        which = 2 if (column, row) == self.marked else (column + row) % 2
        fine = status == 200
        body = self._tiles[which] if fine else b"no such tile"
        self._send(request, status, "image/png" if fine else "text/plain", body)

    def _send(self, request, status, kind, body):
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        with contextlib.suppress(OSError):  # who asked has gone
            request.wfile.write(body)


def _tile(shade, *, marked=False):
    image = QImage(TILE, TILE, QImage.Format.Format_RGB32)
    image.fill(QColor(20, 120 + 20 * shade, 40))
    if marked:
        painter = QPainter(image)
        left, top, side = MARK_PX
        painter.fillRect(left, top, side, side, QColor(MARK))
        painter.end()
    return _png(image)


def _png(image):
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data())
