"""A map service of the tests: tiles on this machine, good ones, failing ones and slow ones."""

from __future__ import annotations

import contextlib
import math
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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


class MapService:
    """Serves green tiles; one has a red square."""

    def __init__(self, marked):
        self.marked = marked
        self.failing = {}
        self.seconds = 0.0
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
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def layer(self, name="Aerial", zmax=19):
        uri = f"type=xyz&url={self.url}/{{z}}/{{x}}/{{y}}.png&zmin=0&zmax={zmax}"
        layer = QgsRasterLayer(uri, name, "wms")
        assert layer.isValid()
        return layer

    def close(self):
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request):
        zoom, column, row = (int(part) for part in request.path.split(".")[0].split("/")[1:])
        self.asked.append((zoom, column, row))
        self._stop.wait(self.seconds)
        status = self.failing.get((column, row), self.failing.get("all", 200))
        which = 2 if (column, row) == self.marked else (column + row) % 2
        body = b"no such tile" if status != 200 else self._tiles[which]
        request.send_response(status)
        request.send_header("Content-Type", "image/png" if status == 200 else "text/plain")
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
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data())
