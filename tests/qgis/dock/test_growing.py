"""Results that grow by themselves while an index is built, here or elsewhere."""

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QItemSelectionModel, QPoint

from cmpagl_qgis.dock.build_order import BuildOrder
from cmpagl_qgis.flow import growing
from cmpagl_qgis.settings import Settings
from tests.qgis.dock.played import answer, hit

INDEX = "/data/town.cmpagl"


def some(count, *, skip=(), done=1, version=1, grows=True):
    hits = [hit(rank) for rank in range(1, count + 1) if rank not in skip]
    hits = [{**one, "rank": place + 1} for place, one in enumerate(hits)]
    more = {"growing": {"scenes": 12, "done": done, "chips": 9, "chips_done": 3}} if grows else {}
    return answer(hits, version=version, **more)


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(growing, "PAUSE_MS", 10)
    monkeypatch.setattr(growing, "SHARE_OF_TIME", 1000)


@pytest.fixture
def asked(stage, client, until):
    """A stage whose results come from an index that grows, and what renews them."""
    stage.ready()
    stage.search([])
    stage.dock.query.set_text("boats")
    stage.dock.query.line.returnPressed.emit()
    client.answer("search", some(40))
    answered = [2]  # one more may be on its way already

    def renew(result):
        until(lambda: client.count("search") > answered[0])
        answered[0] += 1
        assert not stage.dock.query.busy
        assert stage.dock.state == "results"
        client.answer("search", result)

    return renew


def keys(stage):
    return [one.key for one in stage.dock.hits.hits.shown()]


def test_the_list_grows_and_says_of_how_many_scenes(stage, client, asked):
    assert "1 of 12 scenes so far" in stage.dock.status.text
    layer = stage.controller.layers.layer
    asked(some(60, done=3, version=2))
    assert len(keys(stage)) == 60
    assert "3 of 12 scenes so far" in stage.dock.status.text
    assert stage.controller.layers.layer is layer
    assert sorted(one["rank"] for one in layer.getFeatures()) == [*range(1, 61)]
    asked(some(60, done=12, version=3, grows=False))
    assert "scenes so far" not in stage.dock.status.text
    assert Settings().history == ["boats"]


def test_what_is_chosen_kept_and_in_view_stays(stage, asked):
    hits = stage.dock.hits
    model, select = hits.hits, hits.selectionModel()
    flag = QItemSelectionModel.SelectionFlag
    select.setCurrentIndex(model.index(20), flag.ClearAndSelect)
    select.select(model.index(25), flag.Select)
    chosen = [one.key for one in hits.selected_hits()]
    stage.controller.review.act("keep")
    hits.verticalScrollBar().setValue(hits.visualRect(model.index(15)).top() + 7)
    top = model.hit_at(hits.indexAt(QPoint(6, 6)).row())
    y = hits.visualRect(model.index(model.row_of_key(top.key))).top()
    asked(some(60, skip=(1, 2, 5), version=2))
    assert [one.key for one in hits.selected_hits()] == chosen
    assert [stage.controller.review.verdict(one) for one in hits.selected_hits()] == ["keep"] * 2
    assert hits.visualRect(model.index(model.row_of_key(top.key))).top() == y
    layer = stage.controller.layers.layer
    assert {one["hit_key"] for one in layer.getSelectedFeatures()} == set(chosen)
    reviews = {one["hit_key"]: one["review"] for one in layer.getFeatures()}
    assert {key for key, review in reviews.items() if review == "keep"} == set(chosen)
    assert set(reviews) == set(keys(stage))


def test_nothing_is_drawn_anew_where_nothing_came(stage, asked, monkeypatch):
    grown = []
    monkeypatch.setattr(stage.controller.results, "grow", lambda *_: grown.append(1))
    asked(some(40, done=2, version=1))
    assert not grown
    assert "2 of 12 scenes so far" in stage.dock.status.text
    asked(some(40, done=2, version=2))
    assert grown


def test_the_least_strength_that_the_user_chose_stays(stage, asked):
    stage.dock.header.slider.setValue(100)
    least = stage.controller.results.min_strength
    asked(some(60, version=2))
    assert stage.controller.results.min_strength == least
    assert all(one.score >= least for one in stage.dock.hits.hits.shown())
    assert len(keys(stage)) < 60


def test_another_question_is_never_overtaken(stage, client, asked, until):
    until(lambda: client.count("search") > 2)
    late = client.last("search")[0]
    stage.dock.query.set_text("cars")
    stage.dock.query.line.returnPressed.emit()
    assert client.last("search")[1]["query"] == "cars"
    client.answer("search", some(3, grows=False))
    client.answered.emit(late, some(60, version=2))
    assert len(keys(stage)) == 3


def test_a_failed_look_changes_nothing(stage, client, asked, until):
    until(lambda: client.count("search") > 2)
    client.refuse("search", "the index is being swept")
    assert len(keys(stage)) == 40
    assert not stage.dock.message.text


def test_a_layer_that_the_user_removed_stays_away(stage, asked):
    QgsProject.instance().removeMapLayer(stage.controller.layers.layer.id())
    asked(some(50, version=2))
    assert len(keys(stage)) == 50
    assert stage.controller.layers.layer is None


def test_a_question_asked_too_early_is_asked_again(stage, client, until):
    stage.ready()
    stage.controller.builds.build(BuildOrder(INDEX, ("/data/a.tif",), ()))
    stage.dock.query.set_text("boats")
    stage.dock.query.line.returnPressed.emit()
    client.refuse("search", "no index yet", kind="IndexFormatError")
    until(lambda: client.count("search") > 1)
    client.answer("search", some(5))
    assert len(keys(stage)) == 5


def test_the_end_of_a_build_here_is_the_last_look(stage, client, asked):
    stage.controller.builds.build(BuildOrder(INDEX, ("/data/a.tif",), ()))
    asked(some(41, version=2))
    client.answer("index", {
        "index": INDEX, "scenes": 12, "unchanged": 0, "encoded": 9, "skipped": {},
        "problems": [], "damaged": [], "notes": [], "seconds": 1.0,
    })  # fmt: skip
    asked(some(45, version=3, grows=False))
    assert len(keys(stage)) == 45
