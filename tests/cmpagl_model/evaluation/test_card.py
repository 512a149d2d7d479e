"""The figures of the model card are printed again by the command that it names."""

import json
import re
from pathlib import Path

import pytest

from cmpagl_model.cli.app import run

CARD = Path(__file__).resolve().parents[3] / "MODEL_CARD.md"
NUMBER = re.compile(r"\d+\.\d+")
DEPTHS = ("R@1", "R@5", "R@10")
WAYS = ("none", "smr", "fusion", "full")

pytestmark = [pytest.mark.slow, pytest.mark.weights]


def card_figures(name):
    """Pictures of a set, and nine numbers under each way of ranking, as the card prints them."""
    lines = CARD.read_text(encoding="utf-8").splitlines()
    (first,) = [row for row, line in enumerate(lines) if line.startswith(f"| {name} `val`, ")]
    cells = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in lines[first : first + len(WAYS)]
    ]
    assert [row[1].lower() for row in cells] == list(WAYS)
    pictures = int(re.search(r"(\d+) pictures", cells[0][0]).group(1))
    return pictures, [NUMBER.findall(" ".join(row[2:])) for row in cells]


def printed_again(page, way):
    """The same nine numbers of a JSON report."""
    six = [page[way][side][depth] for side in ("i2t", "t2i") for depth in DEPTHS]
    return [f"{value:.2f}" for value in (*six, page[way]["mR"], *page["intervals"][way]["mR"])]


@pytest.mark.parametrize("name", ["RSICD", "UCM"])
def test_card(name, training_data, tmp_path):
    dataset = training_data / name.lower() / f"dataset_{name.lower()}.json"
    figures = tmp_path / "figures.json"
    call = ["evaluate", "cmpagl_lite", str(dataset), "--split", "val", "--device", "cpu"]
    assert run([*call, "--rerank", ",".join(WAYS), "--json", str(figures)]) == 0
    page = json.loads(figures.read_text(encoding="utf-8"))
    pictures, wanted = card_figures(name)
    assert page["images"] == pictures
    assert [printed_again(page, way) for way in WAYS] == wanted
