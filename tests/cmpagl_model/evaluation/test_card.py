"""The table of yardsticks in the model card is the one that the command prints."""

import re
from pathlib import Path

import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.model_folder import find_model

CARD = Path(__file__).resolve().parents[3] / "MODEL_CARD.md"
NUMBER = re.compile(r"\d+\.\d+")
ROUNDING = 2.0  # points: two of a hundred sentences may change places on another processor


def table_of(text):
    """The line that names the model, and the rows of the table below it."""
    (head,) = re.findall(r"^Model \S+ \([0-9a-f]{12}\)\.$", text, re.MULTILINE)
    rows = text.split(head, 1)[1].lstrip("\n").split("\n\n", 1)[0].splitlines()
    return head, rows


def test_the_card_is_of_the_weights_that_ship():
    head, rows = table_of(CARD.read_text(encoding="utf-8"))
    assert head == f"Model cmpagl_lite ({find_model().fingerprint[:12]})."
    assert len(rows) > 12


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.scenes
def test_card(training_data, real_scenes, tmp_path):
    assert real_scenes == training_data.parent / "scenes"
    figures = tmp_path / "figures.md"
    call = ["evaluate", "cmpagl_lite", "--yardsticks", str(training_data), "--device", "cpu"]
    assert run([*call, "--markdown", str(figures)]) == 0
    head, printed = table_of(figures.read_text(encoding="utf-8"))
    card_head, rows = table_of(CARD.read_text(encoding="utf-8"))
    assert card_head == head
    assert [NUMBER.sub("#", row) for row in rows] == [NUMBER.sub("#", row) for row in printed]
    for row, again in zip(rows, printed, strict=True):
        wanted, found = (list(map(float, NUMBER.findall(text))) for text in (row, again))
        assert wanted == pytest.approx(found, abs=ROUNDING), again
