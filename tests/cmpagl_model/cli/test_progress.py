"""Progress where nobody watches, and in a notebook."""

from __future__ import annotations

import pytest

from cmpagl_model.cli import progress
from cmpagl_model.cli.progress import BuildBar, EvaluateBar, FetchBar, TrainBar


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when told to."""
    now = [1000.0]
    monkeypatch.setattr(progress, "MINUTE_S", 60.0)
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])

    def later(seconds):
        now[0] += seconds

    return later


def test_a_log_gets_a_line_a_minute(clock, capsys):
    with BuildBar(quiet=False) as bar:
        bar.start(2, "looking at scenes")
        bar.advance(1)
        clock(61)
        bar.advance(1)
        bar.start(50_000, "indexing")
        for _ in range(500):
            clock(1)
            bar.advance(100, "/data/west.tif")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "looking at scenes: 2 of 2"
    assert lines[1] == "west: 6,100 of 50,000"
    assert len(lines) == 1 + 500 // 61


def test_evaluation_and_training_do_so_too(clock, capsys):
    with EvaluateBar(quiet=False) as bar:
        bar.start(100, "encoding pictures")
        clock(61)
        bar.advance(64)
    assert capsys.readouterr().err == "encoding pictures: 64 of 100\n"
    with TrainBar(quiet=False) as bar:
        bar.begin(0, 100)
        clock(61)
        bar.step(64, 2.5)
    assert capsys.readouterr().err.splitlines()[1] == "training, loss 2.500: 64 of 100"


def test_a_fetch_counts_bytes(clock, capsys):
    with FetchBar(quiet=False) as bar:
        bar.start(605_208_421)
        clock(61)
        bar.advance(10_000_000, "tiny.pt")
    assert capsys.readouterr().err == "fetching tiny.pt: 10,000,000 of 605,208,421\n"


def test_quiet_is_quiet(clock, capsys):
    with BuildBar(quiet=True) as bar:
        bar.start(10)
        clock(1000)
        bar.advance(5, "a.tif")
    assert capsys.readouterr().err == ""


def test_a_notebook_has_the_bar_and_no_lines(clock, capsys, monkeypatch):
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    shown, made = [], progress.Progress
    monkeypatch.setattr(
        progress, "Progress", lambda *a, **how: shown.append(not how["disable"]) or made(*a, **how)
    )
    bar = BuildBar(quiet=False)
    assert shown == [True]
    bar.start(10)
    clock(1000)
    bar.advance(5, "a.tif")
    assert capsys.readouterr().err == ""
