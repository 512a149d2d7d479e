"""A sentence read by parts: the line that says so, and the way to have it taken as it stands."""

from __future__ import annotations

from tests.qgis.dock.played import answer, hit

SENTENCE = "parking lot, no cars"


def parted(stage):
    stage.search([hit(1), hit(2)], SENTENCE, understood="parking lot - without: cars")
    return stage.dock.understood


def test_the_line_says_how_the_sentence_was_read(stage):
    stage.ready()
    assert stage.dock.understood.isHidden()
    line = parted(stage)
    assert not line.isHidden()
    assert line.label.text() == "parking lot - without: cars"
    assert line.button.text() == "As it stands"
    assert not stage.dock.header.refine.isEnabled()
    assert "by parts" in stage.dock.header.refine.toolTip()
    stage.search([hit(1)], "a road")
    assert line.isHidden()
    assert stage.dock.header.refine.isEnabled()


def test_the_sentence_is_taken_as_it_stands_until_the_user_wants_parts_again(stage, client):
    stage.ready()
    line = parted(stage)
    line.button.click()
    assert client.last("search")[1]["plain"] is True
    client.answer("search", answer([hit(1, relevance=0.5)], SENTENCE, cutoff=0.1))
    assert line.label.text() == "Searched as it stands"
    stage.dock.query.line.returnPressed.emit()  # the same sentence once more
    assert client.last("search")[1]["plain"] is True
    client.answer("search", answer([hit(1)], SENTENCE))
    line.button.click()
    assert "plain" not in client.last("search")[1]
    client.answer("search", answer([hit(1)], SENTENCE, understood="parking lot - without: cars"))
    assert line.button.text() == "As it stands"
    stage.dock.header.clear.click()
    assert line.isHidden()


def test_another_sentence_is_read_by_parts_again(stage, client):
    stage.ready()
    parted(stage).button.click()
    client.answer("search", answer([hit(1)], SENTENCE))
    stage.dock.query.set_text("houses, no pool")
    stage.dock.query.line.returnPressed.emit()
    assert "plain" not in client.last("search")[1]
