"""An engine that says what a test wants, and a dock that plays with it."""

from __future__ import annotations

import itertools

from qgis.PyQt.QtCore import QCoreApplication, QObject, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QMainWindow

from cmpagl_qgis.dock.search_dock import SearchDock
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import EngineInfo
from cmpagl_qgis.errors import CANCELLED, EngineError
from cmpagl_qgis.flow.controller import Controller

GREETING = {
    "protocol": 1, "version": "0.1.0", "python": "3.12.1", "platform": "Linux",
    "model": {"name": "cmpagl_lite", "fingerprint": "f" * 64}, "device": "cpu",
    "rerank": ["none", "smr", "fusion"], "pid": 4711,
}  # fmt: skip


class PlayedClient(QObject):
    """Looks like an EngineClient; a test answers its requests."""

    stateChanged = pyqtSignal(str)  # noqa: N815 - as the client's
    answered = pyqtSignal(int, object)
    failed = pyqtSignal(int, object)
    progressed = pyqtSignal(int, int, int, str)

    def __init__(self):
        super().__init__()
        self._numbers = itertools.count(1)
        self.state, self.info, self.problem = "stopped", None, ""
        self.requests, self.cancelled, self.restarts = [], [], 0

    def request(self, method, params):
        number = next(self._numbers)
        self.requests.append((number, method, params))
        return number

    def cancel(self, number, patience_ms=200):  # noqa: ARG002 - as the client's
        self.cancelled.append(number)

    def start(self):
        if self.state == "stopped":
            self.change("starting")

    def restart(self):
        self.restarts += 1
        self.change("starting")

    def stop(self):
        self.change("stopped")

    def details(self):
        return ["loading weights", "last words"]

    def change(self, state, problem="", **greeting):
        self.state, self.problem = state, problem
        self.info = read(EngineInfo, {**GREETING, **greeting}) if state == "ready" else None
        self.stateChanged.emit(state)

    def last(self, method):
        """Number and parameters of the latest request of a method."""
        found = [(number, params) for number, name, params in self.requests if name == method]
        assert found, f"nobody asked for {method}: {[name for _, name, _ in self.requests]}"
        return found[-1]

    def count(self, method):
        return sum(name == method for _, name, _ in self.requests)

    def answer(self, method, result):
        """Answer the latest request, and let what follows in the next turns happen."""
        self.answered.emit(self.last(method)[0], result)
        for _ in range(2):
            QCoreApplication.processEvents()

    def refuse(self, method, message, code=-32000, kind=""):
        self.failed.emit(self.last(method)[0], EngineError(code, message, kind))

    def obey(self, method):
        self.refuse(method, "Stopped.", CANCELLED)


def hit(rank, score=None, *, scene="/data/town.tif", **more):
    west = 4.0 + rank * 0.01
    ring = [
        [west, 52.0],
        [west + 0.005, 52.0],
        [west + 0.005, 52.004],
        [west, 52.004],
        [west, 52.0],
    ]
    return {
        "rank": rank, "score": 0.4 - rank * 0.01 if score is None else score, "scene": scene,
        "window": [rank * 100, 0, 224, 224], "gsd_m": 0.5, "ground_m": 112.0, "crs": "EPSG:32631",
        "geometry": {"type": "Polygon", "coordinates": [ring]}, **more,
    }  # fmt: skip


def answer(hits, query="boats", **more):
    return {
        "query": query, "model": GREETING["model"], "hits": hits, "candidates": 1000,
        "seconds": 0.12, "problems": [], **more,
    }  # fmt: skip


def opened(path="/data/town.cmpagl", **more):
    scene = {"path": "/data/town.tif", "crs": "EPSG:32631", "chips": 12480,
             "bounds": [4.0, 52.0, 4.6, 52.1]}  # fmt: skip
    return {
        "index": path, "chips": 12480, "scenes": [scene] * 3, "model": GREETING["model"],
        "embedding_size": 256, "ground_sizes_m": [112.0, 448.0], "size_bytes": 8_000_000,
        "problems": [], "searchable": True, "why_not": "", **more,
    }  # fmt: skip


class Stage:
    """Dock, controller and engine of one test."""

    def __init__(self, iface, client, *, named=True):
        self.open = True
        self.window = QMainWindow()
        self.dock = SearchDock(self.window)
        self.client = client
        self.controller = Controller(iface, self.dock, client, lambda: named)
        self.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.window.resize(380, 720)

    def show(self):
        self.window.show()
        self.dock.show()

    def ready(self, path="/data/town.cmpagl", **info):
        """Shown, with an engine that runs and an index that is open."""
        self.show()
        self.client.change("ready")
        self.controller.index.choose(path)
        self.client.answer("open", opened(path, **info))

    def search(self, hits, query="boats", **more):
        """Type, press Enter and let the engine answer."""
        self.dock.query.set_text(query)
        self.dock.query.line.returnPressed.emit()
        self.client.answer("search", answer(hits, query, **more))

    def close(self):
        """As ``unload`` does; a second time nothing happens."""
        if self.open:
            self.open = False
            self.controller.close()
            self.window.close()
            self.window.deleteLater()
