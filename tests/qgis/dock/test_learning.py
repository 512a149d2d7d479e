"""Learning from verdicts in the dock: what is asked of the engine, and what the user is told."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtWidgets import QToolButton

from tests.qgis.dock.played import answer, hit


@pytest.fixture
def judged(stage):
    stage.ready()
    stage.search([hit(rank) for rank in (1, 2, 3)])
    press(stage, 1, "keep")
    press(stage, 3, "reject")
    return stage


def button(stage, key):
    return stage.dock.header.findChild(QToolButton, f"cmpaglReview_{key}")


def press(stage, rank, verdict):
    stage.dock.hits.select_rank(rank)
    button(stage, verdict).click()


def place(rank):
    return {"scene": "/data/town.tif", "window": [rank * 100, 0, 224, 224], "ground_m": 112.0}


def test_verdicts_go_to_the_engine_with_the_sentence(judged, client):
    button(judged, "learn").click()
    params = client.last("similar")[1]
    assert params["query"] == "boats"
    assert (params["kept"], params["rejected"]) == ([place(1)], [place(3)])
    assert "ask" not in params
    client.answer("similar", answer([hit(3), hit(1), hit(4)]))
    verdicts = [judged.controller.review.verdict(one) for one in judged.controller.results.shown()]
    assert verdicts == ["reject", "keep", ""]
    assert not judged.dock.header.refine.isEnabled()
    assert "learned" in judged.controller.results.question.subject


def test_a_heat_map_of_learned_results_learns_as_well(judged, client, tmp_path):
    button(judged, "learn").click()
    client.answer("similar", answer([hit(1)]))
    judged.controller.heat.map_to(str(tmp_path / "heat.tif"))
    params = client.last("heatmap")[1]
    assert (params["kept"], params["rejected"]) == ([place(1)], [place(3)])


def test_ten_places_to_judge_are_asked_for_and_what_they_teach_is_added(judged, client):
    button(judged, "ask").click()
    params = client.last("similar")[1]
    assert (params["ask"], params["k"], params["kept"]) == (True, 10, [place(1)])
    client.answer("similar", answer([hit(7), hit(8)]))
    press(judged, 7, "keep")
    button(judged, "learn").click()
    params = client.last("similar")[1]
    assert params["kept"] == [place(1), place(7)]
    assert params["k"] == judged.dock.narrow.narrowing().count
    assert "ask" not in params


def test_enter_asks_the_sentence_alone_again(judged, client):
    button(judged, "learn").click()
    client.answer("similar", answer([hit(1)]))
    judged.dock.query.line.returnPressed.emit()
    assert "kept" not in client.last("search")[1]


def test_a_narrower_search_stays_taught(judged, client):
    button(judged, "learn").click()
    client.answer("similar", answer([hit(1)]))
    before = client.count("similar")
    judged.dock.narrow.changed.emit()
    assert client.count("similar") == before + 1
    assert client.last("similar")[1]["kept"] == [place(1)]


def test_without_verdicts_there_is_nothing_to_learn(stage, client):
    stage.ready()
    stage.search([hit(1)])
    assert not button(stage, "learn").isEnabled()
    assert button(stage, "ask").isEnabled()
    press(stage, 1, "keep")
    assert button(stage, "learn").isEnabled()
    stage.controller.review.act("undo")
    assert not button(stage, "learn").isEnabled()
    stage.controller.review.act("learn")
    assert client.count("similar") == 0


def test_several_sentences_are_not_taught(stage, client):
    stage.ready()
    stage.dock.query.set_text("boats; cars")
    stage.dock.query.line.returnPressed.emit()
    client.answer("search", answer([hit(1)]))
    client.answer("search", answer([hit(2)], "cars"))
    press(stage, 1, "keep")
    button(stage, "learn").click()
    assert client.count("similar") == 0
    assert "one sentence" in stage.dock.message.text
