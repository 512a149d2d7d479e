import os
import time
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtGui import QColor, QImage

from cmpagl_qgis.engine.asker import Asker
from cmpagl_qgis.errors import CANCELLED, DIED, REFUSED, EngineError
from cmpagl_qgis.flow.thumbnails import BATCH, Thumbnails, cache_folder, trim_folder
from tests.qgis.core.painted import grid_of_hits
from tests.qgis.core.waiting import spin, wait_until

INDEX = "/data/x.cmpagl"


class Asked(QObject):
    """A client that keeps requests for the test to answer."""

    answered = pyqtSignal(int, object)
    failed = pyqtSignal(int, object)
    progressed = pyqtSignal(int, int, int, str)

    def __init__(self):
        super().__init__()
        self.requests = []

    def request(self, method, params):
        self.requests.append((method, params))
        return len(self.requests)

    def draw(self, number, *, missing=()):
        """Answer a request as the engine does: one PNG a place, or none."""
        _, params = self.requests[number - 1]
        files = []
        for place in params["places"]:
            column = place["window"][0]
            image = QImage(params["px"], params["px"], QImage.Format.Format_RGB32)
            image.fill(QColor(column % 256, 0, 0))
            path = str(Path(params["folder"]) / f"{column}-{place['window'][1]}.png")
            image.save(path)
            files.append(None if column in missing else path)
        self.answered.emit(number, {"files": files})


@pytest.fixture
def client():
    return Asked()


@pytest.fixture
def thumbnails(client, tmp_path):
    made = Thumbnails(Asker(client), tmp_path / "cache" / "thumbnails")
    made.told = []
    made.ready.connect(made.told.append)
    return made


def test_visible_rows_are_asked_for_in_batches_one_after_the_other(client, thumbnails):
    hits = grid_of_hits(3 * BATCH)
    thumbnails.want(INDEX, hits[:5])
    thumbnails.want(INDEX, hits[: BATCH + 4])  # the user scrolls on
    assert wait_until(lambda: client.requests)
    spin(0.1)
    assert len(client.requests) == 1
    method, params = client.requests[0]
    assert method == "thumbnails"
    assert params["index"] == INDEX
    assert params["px"] == 128
    assert params["places"] == [hit.place() for hit in hits[:BATCH]]
    client.draw(1)
    assert thumbnails.told == [hit.key for hit in hits[:BATCH]]
    assert len(client.requests) == 2
    assert len(client.requests[1][1]["places"]) == 4
    found = thumbnails.pixmap(hits[1]).toImage()
    assert found.width() == 128
    assert found.pixelColor(5, 5).red() == hits[1].window[0]
    assert thumbnails.pixmap(hits[BATCH]) is None
    client.draw(2)
    thumbnails.want(INDEX, hits[: BATCH + 4])
    spin(0.1)
    assert len(client.requests) == 2  # nothing is asked for twice


def test_rows_that_went_out_of_sight_are_not_asked_for(client, thumbnails):
    hits = grid_of_hits(40)
    thumbnails.want(INDEX, hits[:3])
    assert wait_until(lambda: client.requests)
    thumbnails.want(INDEX, hits[3:30])
    thumbnails.want(INDEX, hits[30:32])
    client.draw(1)
    spin(0.1)
    assert client.requests[1][1]["places"] == [hit.place() for hit in hits[30:32]]


def test_what_the_engine_cannot_draw_is_asked_for_once(client, thumbnails):
    hits = grid_of_hits(3)
    thumbnails.want(INDEX, hits)
    assert wait_until(lambda: client.requests)
    client.draw(1, missing={hits[1].window[0]})
    assert thumbnails.told == [hits[0].key, hits[2].key, hits[1].key]
    assert thumbnails.pixmap(hits[1]).isNull()  # none, and none will come
    thumbnails.want(INDEX, hits)
    spin(0.1)
    assert len(client.requests) == 1
    thumbnails.want("/data/other.cmpagl", hits)  # another index, another try
    assert wait_until(lambda: len(client.requests) == 2)
    assert thumbnails.pixmap(hits[0]) is None


@pytest.mark.parametrize("answer", [None, {"files": [3]}, {"files": ["/no/such.png"] * 9}])
def test_a_wrong_answer_is_no_picture(client, thumbnails, answer):
    hits = grid_of_hits(9)
    thumbnails.want(INDEX, hits)
    assert wait_until(lambda: client.requests)
    client.answered.emit(1, answer)
    assert thumbnails.told == [hit.key for hit in hits]
    assert thumbnails.pixmap(hits[0]).isNull()


def test_a_refusal_is_final_a_stop_and_a_crash_are_not(client, thumbnails):
    hits = grid_of_hits(3)
    for number, code in enumerate((CANCELLED, DIED, REFUSED), start=1):
        thumbnails.want(INDEX, hits)
        assert wait_until(lambda wanted=number: len(client.requests) == wanted)
        client.failed.emit(number, EngineError(code, "no"))
        spin(0.05)
        assert len(client.requests) == number  # nothing by itself
    thumbnails.want(INDEX, hits)
    spin(0.1)
    assert len(client.requests) == 3


def test_answers_to_others_and_to_the_forgotten_are_ignored(client, thumbnails):
    hits = grid_of_hits(3)
    client.answered.emit(77, {"files": []})
    client.failed.emit(78, EngineError(REFUSED, "x"))
    thumbnails.want(INDEX, hits)
    assert wait_until(lambda: client.requests)
    thumbnails.forget()
    client.draw(1)
    assert thumbnails.told == []
    assert thumbnails.pixmap(hits[0]) is None
    thumbnails.want(INDEX, hits)
    assert wait_until(lambda: len(client.requests) == 2)
    thumbnails.close()
    client.draw(2)
    assert thumbnails.told == []


def test_the_oldest_pictures_go(client, tmp_path):
    thumbnails = Thumbnails(Asker(client), tmp_path / "cache" / "thumbnails", kept=2)
    hits = grid_of_hits(3)
    thumbnails.want(INDEX, hits)
    assert wait_until(lambda: client.requests)
    client.draw(1)
    assert [thumbnails.pixmap(hit) is None for hit in hits] == [True, False, False]


def test_the_folder_lies_under_the_profile_and_is_kept_small(tmp_path, qgis_app):
    assert str(cache_folder()).startswith(str(qgis_app.qgisSettingsDirPath()).rstrip("/"))
    for number in range(5):
        file = tmp_path / f"{number}.png"
        file.write_bytes(b"x" * 100)
        os.utime(file, (time.time() - number * 60,) * 2)
    (tmp_path / "mine.txt").write_bytes(b"x" * 1000)
    assert trim_folder(tmp_path, 250) == 3
    assert sorted(file.name for file in tmp_path.iterdir()) == ["0.png", "1.png", "mine.txt"]
    assert trim_folder(tmp_path / "none", 1) == 0
