"""The page and its pictures from given results."""

from dataclasses import replace

import pytest
from click.testing import CliRunner
from PIL import Image

from benchmarks import report, wording
from benchmarks.machine import this_machine
from benchmarks.record import ABSENT, Row
from benchmarks.results import (
    Result,
    read_failure,
    read_result,
    read_settings,
    write_failure,
    write_result,
    write_settings,
)
from benchmarks.settings import Settings

SEARCH = Row(
    "search", "search, 1,000,000 chips, best 100", "ms", 5.0, 4.5, 5.5, against="faiss flat",
    theirs=130.0, ratio=26.0, ratio_low=24.0, ratio_high=28.0, wanted_ratio=20.0,
)  # fmt: skip
ROWS = {
    "roofline": [
        Row("roofline", "reading memory, 2 threads", "GB/s", 13.0, 12.0, 14.0, better="higher"),
        Row(
            "roofline", "search: scan of codes", "GB/s", 10.0, 9.0, 11.0, against="reading memory",
            theirs=13.0, ratio=0.77, ratio_low=0.7, ratio_high=0.8, better="higher",
        ),
    ],
    "search": [
        SEARCH,
        replace(SEARCH, against="IVF | 16 probes", theirs=0.5, ratio=0.1, ratio_low=0.09,
                ratio_high=0.11, wanted_ratio=None, note="its recall 0.9000"),
        Row("search", SEARCH.what, "ms", against="LanceDB flat", wanted_ratio=50.0, note=ABSENT),
    ],
    "warm": [Row("warm", "sentence to 20 hits", "ms", 61.0, 60.5, 62.0, limit=60.0)],
    "growth": [
        Row("growth", "search, 100,000 chips", "ms", 0.9, 0.8, 1.0),
        Row("growth", "search, 1,000,000 chips", "ms", 5.0, 4.5, 5.5),
        Row("growth", "search, 100,000,000 chips", "ms", 460.0, note="projected"),
    ],
}  # fmt: skip


@pytest.fixture
def run(tmp_path):
    machine = replace(this_machine(), load=0.1, versions=(("numpy", "2.0"),))
    for topic, rows in ROWS.items():
        others = 0.9 if topic == "warm" else 0.0
        write_result(tmp_path, Result(topic, tuple(rows), machine, others, 60.0, Settings()))
    write_failure(tmp_path, "tiling", "its process ended with -9")
    return tmp_path


def lines(text, start):
    return [line for line in text.splitlines() if line.startswith(start)]


def test_the_page_says_what_was_reached_and_who_is_ahead(run):
    report.write_report(run, run)
    text = (run / "performance.md").read_text(encoding="utf-8")
    (reached,) = lines(text, f"| {SEARCH.what} | faiss flat | 20 times")
    assert reached.endswith("| 26.0 (24.0 to 28.0) times | yes |")
    (missed,) = lines(text, "| sentence to 20 hits |  | at most 60 ms")
    assert missed.endswith("**no** |")
    (skipped,) = lines(text, f"| {SEARCH.what} | LanceDB flat | 50 times")
    assert skipped.endswith(f"| {ABSENT} | not measured |")
    ahead = text.split("## Where another is ahead")[1].split("##")[0]
    assert "IVF | 16 probes is 10.0 times as fast" in ahead
    assert "reading memory" not in ahead
    assert "IVF \\| 16 probes" in text.split("## Search beside")[1]
    assert "Not measured: tiling (its process ended with -9)." in text
    assert "**Other work ran during warm**" in text
    assert "projected" in text.split("## How cost grows")[1]


def test_pictures_are_drawn_from_the_rows(run):
    report.write_report(run, run / "docs")
    for name in (report.RATIOS, report.GROWTH):
        picture = Image.open(run / "docs" / "images" / name).convert("RGB")
        colours = {colour for _, colour in picture.getcolors(1 << 24)}
        assert len(colours) > 10, name
        assert f"images/{name}" in (run / "docs" / "performance.md").read_text()


def test_nothing_to_draw_is_no_picture(tmp_path):
    result = Result("warm", tuple(ROWS["warm"]), this_machine(), -1.0, 1.0, Settings())
    write_result(tmp_path, result)
    report.write_report(tmp_path, tmp_path)
    assert "![" not in (tmp_path / "performance.md").read_text()
    assert "not known" in (tmp_path / "performance.md").read_text()


def test_the_command_makes_the_page_again(run, tmp_path):
    first = CliRunner().invoke(report.main, [str(run), "--docs", str(tmp_path / "docs")])
    assert first.exit_code == 0, first.output
    assert (tmp_path / "docs" / "performance.md").exists()
    empty = tmp_path / "empty"
    empty.mkdir()
    second = CliRunner().invoke(report.main, [str(empty)])
    assert second.exit_code == 1
    assert "make bench" in second.output


def test_results_come_back_as_they_were(run):
    result = read_result(run, "search")
    assert result.rows == tuple(ROWS["search"])
    assert result.machine.versions == (("numpy", "2.0"),)
    write_settings(run, Settings(growth=(5, 6), scenes="here"))
    assert read_settings(run) == Settings(growth=(5, 6), scenes="here")


def test_a_failure_leaves_the_older_result_and_a_result_ends_the_failure(run):
    write_failure(run, "search", "killed")
    assert read_result(run, "search").rows == tuple(ROWS["search"])
    assert read_failure(run, "search") == "killed"
    write_result(run, read_result(run, "search"))
    assert read_failure(run, "search") == ""


@pytest.mark.parametrize("text", ["", "{", "[]", '{"topic": "search"}'])
def test_a_damaged_result_is_none(run, text):
    (run / "search.result.json").write_text(text)
    assert read_result(run, "search") is None


def test_figures_have_three_digits_and_limits_no_idle_zeros():
    assert wording.ours(SEARCH) == "5.00 (4.50 to 5.50) ms"
    assert wording.to_reach(replace(SEARCH, limit=1500.0)) == "20 times, at most 1,500 ms"
    share = Row("search", "recall", "share", 0.99876, better="higher", limit=0.99)
    assert wording.to_reach(share) == "at least 0.99"
    assert wording.reached(share) == "0.9988"
