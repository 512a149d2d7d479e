"""Verifying an index from the dock: what is asked, shown and mended."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QApplication, QPushButton

from cmpagl_qgis.dock.build_order import BuildOrder
from cmpagl_qgis.engine.client import EngineClient
from tests.qgis.core.painted import paint
from tests.qgis.dock.played import Stage, opened

PART = "a-1.parquet"
DAMAGED = (
    f"{PART}: damaged part (a page is cut off); next: run 'cmpagl index' on its scene again, which "
    "makes this part anew"
)
CHANGED = (
    "/data/a/town.tif: the scene has changed since it was indexed: found crc32:1, wanted crc32:2; "
    "next: run 'cmpagl index' on it again"
)
FOUND = {
    "chips": 12480, "scenes": 3, "problems": [DAMAGED, CHANGED], "repaired": [], "compared": 0,
    "repairable": [DAMAGED],
}  # fmt: skip


def verify(stage, sample=0):
    """Choose it in the menu, and press Verify."""
    stage.controller.index_view.act("verify")
    dialog = stage.controller.index_view.verify.dialog
    dialog.sample.setValue(sample)
    dialog.accept()


def report(stage):
    QCoreApplication.processEvents()
    return stage.controller.index_view.reports.dialog


def press(dialog, key):
    dialog.findChild(QPushButton, f"cmpaglReport_{key}").click()


def test_a_whole_index_is_said_to_be_whole(stage, client):
    stage.ready()
    verify(stage, sample=20)
    number, params = client.last("verify")
    assert params == {"index": "/data/town.cmpagl", "sample": 20, "repair": False}
    client.progressed.emit(number, 30_000_000, 120_000_000, "comparing town.tif")
    assert stage.dock.build.text() == "Verifying town comparing town.tif 25 %"
    whole = {**FOUND, "problems": [], "repairable": [], "compared": 20}
    client.answer("verify", whole)
    said = "town is whole: 12,480 chips of 3 scenes. 20 were read again and are the same."
    assert stage.dock.message.text == said
    assert report(stage) is None


def test_an_answer_that_cannot_be_read_is_said(stage, client):
    stage.ready()
    verify(stage)
    client.answer("verify", {**FOUND, "chips": "many"})
    assert "chips of a verification: wanted a whole number" in stage.dock.message.text
    verify(stage)  # nothing is left running
    assert client.count("verify") == 2


def test_it_can_be_stopped(stage, client):
    stage.ready()
    verify(stage)
    stage.dock.build.findChild(QPushButton, "cmpaglBuildStop").click()
    assert client.cancelled == [client.last("verify")[0]]
    client.obey("verify")
    assert stage.dock.message.text == "Verifying town was stopped."


def test_findings_come_in_plain_words_and_repair_says_what_it_did(stage, client):
    stage.ready()
    verify(stage)
    client.answer("verify", FOUND)
    assert stage.dock.message.text == "town: 2 problems"
    text = report(stage).page.toPlainText()
    assert text.index("Damaged in the index") < text.index(PART) < text.index("Left to you")
    assert "the scene has changed since it was indexed" in text
    assert "cmpagl index" not in text
    assert "/data/a/" not in text  # the file's name suffices
    report(stage).findChild(QPushButton, "cmpaglCopyText").click()
    assert "/data/a/town.tif: the scene" in QApplication.clipboard().text()

    press(report(stage), "repair")
    assert client.last("verify")[1] == {"index": "/data/town.cmpagl", "sample": 0, "repair": True}
    assert stage.dock.build.text().startswith("Repairing town")
    before = client.count("open")
    mended = [f"{PART}: damaged part; made anew"]
    after = {**FOUND, "problems": [CHANGED], "repaired": mended, "repairable": []}
    client.answer("verify", after)
    assert stage.dock.message.text == "town: 1 made anew; 1 problem left"
    assert "Made anew" in report(stage).page.toPlainText()
    assert report(stage).findChild(QPushButton, "cmpaglReport_repair") is None
    assert client.count("open") == before + 1  # what is there can be searched


def test_the_report_comes_back_by_the_message(stage, client):
    stage.ready()
    verify(stage)
    client.answer("verify", FOUND)
    report(stage).close()
    assert report(stage) is None
    stage.dock.message.findChild(QPushButton, "cmpaglMessageAction").click()
    assert PART in report(stage).page.toPlainText()


def test_many_findings_do_not_hold_qgis_up(stage, client, stalls):
    stage.ready()
    verify(stage)
    many = [f"/data/{number}.tif: cannot be read" for number in range(10_000)]
    with stalls:
        client.answer("verify", {**FOUND, "problems": many, "repairable": []})
    stalls.check()
    assert "9,900 more" in report(stage).page.toPlainText()
    assert report(stage).text().count("cannot be read") == 10_000


def test_an_index_whose_manifest_is_damaged_offers_to_verify(stage, client):
    stage.show()
    client.change("ready")
    stage.controller.index.choose("/data/town.cmpagl")
    client.refuse("open", "manifest.json: damaged (cut)", kind="ManifestError")
    assert stage.dock.state == "not_opened"
    stage.dock.notice.findChild(QPushButton, "cmpaglNotice_verify").click()
    assert stage.controller.index_view.verify.dialog.isVisible()
    stage.controller.index_view.verify.dialog.accept()
    client.answer("verify", {**FOUND, "chips": 0, "scenes": 0})
    press(report(stage), "repair")
    client.answer("verify", {**FOUND, "problems": [], "repairable": [], "repaired": ["made anew"]})
    client.answer("open", opened())
    assert stage.dock.state == "ready"
    assert stage.dock.message.text == "town: 1 made anew; whole now"


@pytest.mark.engine
@pytest.mark.slow
def test_a_damaged_part_is_found_and_mended(
    qgis_iface, qgis_new_project, real_launch, until, tmp_path
):
    client = EngineClient(real_launch)
    stage = Stage(qgis_iface, client)
    try:
        stage.show()
        until(lambda: client.state == "ready")
        index = tmp_path / "town.cmpagl"
        order = BuildOrder(str(index), (str(paint(tmp_path / "scene.tif", size=512)),), (128.0,))
        stage.controller.builds.build(order)
        until(lambda: stage.controller.builds.order is None)
        (part,) = (index / "parts").iterdir()
        content = bytearray(part.read_bytes())
        content[len(content) // 2] ^= 0x10
        part.write_bytes(content)

        verify(stage)
        until(lambda: report(stage) is not None)
        assert part.name in report(stage).page.toPlainText()
        press(report(stage), "repair")
        until(lambda: "whole now" in stage.dock.message.text)
        assert part.name in report(stage).page.toPlainText()
        verify(stage, sample=2)
        until(lambda: "is whole" in stage.dock.message.text)
        assert "2 were read again" in stage.dock.message.text
    finally:
        stage.close()
        client.stop()
