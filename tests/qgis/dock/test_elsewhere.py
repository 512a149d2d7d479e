"""What the search has elsewhere in QGIS: the locator bar, and the project that remembers."""

from __future__ import annotations

import pytest
from qgis.core import QgsFeedback, QgsLocatorContext, QgsProject

from cmpagl_qgis.flow.locator import SentenceLocator
from cmpagl_qgis.plugin import CmpaglPlugin
from tests.qgis.dock.played import hit


def offers(locator, text):
    found = []
    locator.resultFetched.connect(found.append)
    locator.fetchResults(text, QgsLocatorContext(), QgsFeedback())
    return found


def test_the_locator_offers_one_search_and_makes_it_when_chosen():
    chosen = []
    locator = SentenceLocator(chosen.append)
    assert locator.prefix() == "cm"
    assert not locator.useWithoutPrefix()
    assert offers(locator, "   ") == []
    (offer,) = offers(locator.clone(), "  boats on  a canal ")
    assert offer.displayString == "boats on a canal"
    assert chosen == []
    locator.triggerResult(offer)
    assert chosen == ["boats on a canal"]


@pytest.mark.usefixtures("qgis_new_project")
def test_a_sentence_of_the_locator_opens_the_dock_and_asks(qgis_iface, monkeypatch):
    filters = []
    monkeypatch.setattr(qgis_iface, "registerLocatorFilter", filters.append, raising=False)
    monkeypatch.setattr(qgis_iface, "deregisterLocatorFilter", filters.remove, raising=False)
    plugin = CmpaglPlugin(qgis_iface)
    plugin.initGui()
    (locator,) = filters
    try:
        plugin.controller.start = lambda: None
        locator.triggerResult(*offers(locator.clone(), "boats"))
        assert not plugin.dock.isHidden()
        assert plugin.dock.query.text == "boats"
        assert "index" in plugin.dock.message.text
    finally:
        plugin.unload()


def test_a_project_remembers_its_index(stage, client, tmp_path):
    project, index = QgsProject.instance(), tmp_path / "maps" / "town.cmpagl"
    index.mkdir(parents=True)
    file = tmp_path / "maps" / "town.qgz"
    stage.ready(str(index))
    assert not project.isDirty()
    assert project.write(str(file))
    assert not project.isDirty()
    stage.controller.index.choose("/data/other.cmpagl")
    assert project.read(str(file))
    assert stage.controller.index.path == str(index)
    assert client.last("open")[1] == {"index": str(index)}

    moved = tmp_path / "moved"
    index.parent.rename(moved)
    stage.controller.index.choose("/data/other.cmpagl")
    assert project.read(str(moved / "town.qgz"))
    assert stage.controller.index.path == str(moved / "town.cmpagl")

    (moved / "town.cmpagl").rmdir()
    stage.controller.index.choose("/data/other.cmpagl")
    assert project.read(str(moved / "town.qgz"))
    assert stage.controller.index.path == "/data/other.cmpagl"


def test_a_project_wakes_no_engine_before_the_dock_is_seen(make_stage, client, tmp_path):
    project, index = QgsProject.instance(), tmp_path / "town.cmpagl"
    index.mkdir()
    project.writeEntry("cmpagl", "index", str(index))
    assert project.write(str(tmp_path / "town.qgz"))
    stage = make_stage()
    assert project.read(str(tmp_path / "town.qgz"))
    assert client.requests == []
    stage.show()
    assert client.last("open")[1] == {"index": str(index)}


@pytest.mark.parametrize("found", [True, False], ids=["of_a_hit", "of_the_index"])
@pytest.mark.parametrize("suffix", [".gpkg", ".GeoJSON", ".parquet", ".png"])
def test_a_scene_is_not_replaced_by_what_is_saved(stage, client, tmp_path, suffix, found):
    scene = tmp_path / f"scene{suffix}"
    scene.write_bytes(b"pixels of a year")
    known = {"path": str(scene), "crs": "EPSG:32631", "chips": 5, "bounds": [4.0, 52.0, 4.6, 52.1]}
    stage.ready(scenes=[] if found else [known])
    stage.search([hit(1, scene=str(scene)) if found else hit(1), hit(2)])
    if suffix == ".png":
        stage.controller.actions.save_picture_to(stage.controller.results.hit(1), str(scene))
        assert not any(params.get("px") == 512 for _, _, params in client.requests)
    else:
        stage.controller.actions.export_to(str(scene))
        assert client.count("export") == 0
    assert scene.read_bytes() == b"pixels of a year"
    assert "would be lost" in stage.dock.message.text
