"""Searches as files in the dock: saved, opened, asked again where scenes were added."""

from __future__ import annotations

import pytest

from cmpagl_qgis.dock.build_order import BuildOrder
from cmpagl_qgis.dock.narrow_bar import Narrowing
from cmpagl_qgis.engine.question import Question
from cmpagl_qgis.errors import PluginError
from cmpagl_qgis.flow.saved_search import document_of, question_of
from tests.qgis.dock.played import answer, hit

INDEX = "/data/town.cmpagl"
BUILT = {
    "index": INDEX, "scenes": 2, "unchanged": 1, "encoded": 9, "duplicates": 0, "skipped": {},
    "problems": [], "damaged": [], "notes": [], "seconds": 1.0,
}  # fmt: skip


def news(hits, known=3):
    return {"answer": answer(hits), "known": known, "note": ""}


@pytest.fixture
def saved(stage, client):
    """A search that was saved, all of it seen."""
    stage.ready()
    stage.search([hit(1), hit(2), hit(3)])
    stage.controller.saved.save("/data/boats")
    params = client.last("save_query")[1]
    assert params["file"] == "/data/boats.json"
    client.answer("save_query", {"file": params["file"], "query": params["query"]})
    client.answer("watch", news([hit(1), hit(2), hit(3)], known=0))
    return stage


def added(stage, client):
    """Scenes are added to the index."""
    stage.controller.builds.build(BuildOrder(INDEX, ("/data/new.tif",), ()))
    client.answer("index", BUILT)


def test_what_was_asked_is_saved(saved, client):
    assert client.last("save_query")[1]["query"] == {
        "cmpagl_query": 1, "sentence": "boats", "k": 50
    }  # fmt: skip
    assert client.last("watch")[1] == {"index": INDEX, "file": "/data/boats.json"}
    assert not saved.dock.hits.selected_hits()


def test_new_places_are_chosen_when_scenes_were_added(saved, client):
    added(saved, client)
    assert client.count("watch") == 2
    client.answer("watch", news([hit(1, scene="/data/new.tif"), hit(2, scene="/data/new.tif")]))
    hits = [hit(1), hit(2, scene="/data/new.tif"), hit(3), hit(4, scene="/data/new.tif")]
    hits[3]["window"] = hit(1)["window"]
    client.answer("search", answer(hits))
    assert [one.rank for one in saved.dock.hits.selected_hits()] == [2, 4]
    assert "2 new places" in saved.dock.message.text


def test_nothing_is_told_where_nothing_is_new_or_another_search_is_shown(saved, client):
    added(saved, client)
    client.answer("watch", news([]))
    client.answer("search", answer([hit(1), hit(2), hit(3)]))  # without a word, as ever
    assert not saved.dock.hits.selected_hits()
    assert "new place" not in saved.dock.message.text
    saved.search([hit(1)], "farms")
    watches = client.count("watch")
    added(saved, client)
    assert client.count("watch") == watches


def test_a_file_is_opened_and_asked(stage, client):
    stage.ready()
    stage.controller.saved.open("/data/boats.json")
    page = {"cmpagl_query": 1, "sentence": "boats", "k": 7, "where": {"ground_m": [0, 120]},
            "like": [{"lon": 4.0, "lat": 52.0, "weight": 2}]}  # fmt: skip
    client.answer("load_query", {"file": "/data/boats.json", "query": page})
    asked = client.last("similar")[1]
    assert asked == {"index": INDEX, "k": 7, "query": "boats", "where": {"ground_m": [0, 120]},
                     "like": [{"lon": 4.0, "lat": 52.0, "weight": 2}]}  # fmt: skip
    assert stage.dock.query.text == "boats"
    client.answer("similar", answer([hit(1), hit(2)]))
    client.answer("watch", news([hit(2)], known=1))
    assert [one.rank for one in stage.dock.hits.selected_hits()] == [2]


@pytest.mark.parametrize(
    ("where", "days"),
    [
        ({"from_date": "2020", "to_date": "2021-02"}, ("2020-01-01", "2021-02-28")),
        ({"from_date": "2020-07-19T10:50:31Z"}, ("2020-07-19", "2021-09-30")),
        ({"to_date": "2020-02"}, ("2019-06-01", "2020-02-29")),
        ({"from_date": "2030-05-06"}, ("2030-05-06", "2030-05-06")),
        ({"to_date": "2001-05-06"}, ("2001-05-06", "2001-05-06")),
    ],
)
def test_the_bar_shows_what_a_file_narrows_to(stage, client, where, days):
    stage.ready(dates=["2019-06-01", "2021-09-30"])
    narrow = stage.dock.narrow
    narrow.map_view.click()
    page = {"cmpagl_query": 1, "sentence": "boats", "k": 7, "plain": True,
            "where": {"ground_m": [448.0, 448.0], **where}}  # fmt: skip
    stage.controller.saved.open("/data/boats.json")
    client.answer("load_query", {"file": "/data/boats.json", "query": page})
    asked = client.last("search")[1]
    assert (asked["where"], asked["plain"]) == (page["where"], True)
    assert narrow.narrowing() == Narrowing(7, False, False, False, 448.0, days)
    assert narrow.period.isVisible()
    assert "no switch" not in stage.dock.message.text
    count = client.count("search")
    client.answer("search", answer([hit(1)]))
    narrow.sizes.setCurrentIndex(0)
    narrow.sizes.activated.emit(0)
    assert client.count("search") == count + 1
    assert client.last("search")[1]["where"] == {"from_date": days[0], "to_date": days[1]}


def test_what_the_bar_has_no_switch_for_is_told(stage, client):
    stage.ready()
    page = {"cmpagl_query": 1, "sentence": "boats", "k": 7,
            "where": {"bbox": [4.0, 51.0, 5.0, 52.0], "ground_m": [0, 120]}}  # fmt: skip
    stage.controller.saved.open("/data/boats.json")
    client.answer("load_query", {"file": "/data/boats.json", "query": page})
    assert client.last("search")[1]["where"] == page["where"]
    assert "also narrowed to a box, a range of sizes, for" in stage.dock.message.text
    assert stage.dock.narrow.dates.isHidden()
    undated = {**page, "where": {"from_date": "2020"}}
    stage.controller.saved.open("/data/boats.json")
    client.answer("load_query", {"file": "/data/boats.json", "query": undated})
    assert stage.dock.narrow.dates.isVisible()
    assert stage.dock.narrow.narrowing().days == ("2020-01-01", "2020-01-01")


def test_refusals_are_told(stage, client):
    stage.ready()
    stage.controller.saved.save("/data/boats.json")
    assert client.count("save_query") == 0
    stage.controller.saved.open("/data/boats.json")
    client.refuse("load_query", "unknown setting sentense")
    assert "sentense" in stage.dock.message.text
    with pytest.raises(PluginError, match="Several sentences"):
        document_of(Question(INDEX, "boats; cars", 5))
    with pytest.raises(PluginError, match="words with or without"):
        question_of({"sentence": "a", "k": 3, "minus": [{"words": "b"}]})


def test_pages_and_questions_are_one_another(stage):
    page = {"cmpagl_query": 1, "sentence": "boats", "k": 5, "rerank": "smr"}
    assert document_of(question_of(page)) == page
    page = {"cmpagl_query": 1, "k": 5, "like": [{"picture": "/a/quay.jpg"}],
            "unlike": [{"scene": "/a/b.tif", "window": [0, 0, 9, 9], "ground_m": 9.0}]}  # fmt: skip
    question = question_of(page)
    assert document_of(question) == page
    assert [one.label for one in question.examples] == ["quay.jpg", "b.tif"]
    stage.ready()
    stage.dock.query.menu.aboutToShow.emit()
    texts = [action.text() for action in stage.dock.query.menu.actions()]
    assert "Save this search in a file..." in texts
    assert "Open a saved search..." in texts
