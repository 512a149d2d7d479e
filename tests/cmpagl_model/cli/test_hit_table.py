"""The table of hits in terminals of several widths, with names as long as surveys give them."""

import pytest
from shapely import box

from cmpagl_model.cli.hit_table import table_lines
from cmpagl_model.records import Hit
from tiling import Window

LONG = "orthophoto_2024_city_of_springfield_block_0117_resampled_mosaic_42.tif"
assert len(LONG) == 70


def hits(*names, relevance=0.75, probability=None):
    return [
        Hit(rank, 0.7 - rank / 100, f"/data/{name}", Window(1024 * rank, 512, 192, 192), 0.625,
            120.0, box(-110.5, 44.9, -110.4, 45.0), relevance=relevance, probability=probability)
        for rank, name in enumerate(names, 1)
    ]  # fmt: skip


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_long_name_breaks_no_line(width):
    lines = table_lines(hits(LONG, LONG.replace("42", "43")), width)
    assert len(lines) == 3
    assert all(len(line) <= width for line in lines)
    assert lines[1].endswith("mosaic_42.tif"[-9:])
    assert lines[2].endswith("mosaic_43.tif"[-9:])
    assert lines[0].split()[0] == "rank"
    assert lines[0].split()[-1] == "scene"
    starts = {line.rindex("  ") for line in lines}
    assert len(starts) == 1  # the names stand under their head


def test_what_is_shown_where_there_is_room():
    whole = table_lines(hits(LONG), 200)
    assert whole[0].split() == ["rank", "score", "relevance", "column", "row", "side", "longitude",
                                "latitude", "scene"]  # fmt: skip
    assert whole[1].split()[-1] == LONG
    usual = table_lines(hits(LONG), 80)
    assert usual[0].split() == [
        *("rank", "score", "relevance", "side", "longitude", "latitude", "scene")
    ]
    narrow = table_lines(hits(LONG), 60)
    assert narrow[0].split() == ["rank", "relevance", "longitude", "latitude", "scene"]
    assert narrow[1].split()[-1].startswith("...")
    assert "column" in table_lines(hits("a.tif"), 80)[0]  # short names leave room


def test_columns_that_say_nothing_are_left_out():
    assert "relevance" not in table_lines(hits("a.tif", relevance=None), 100)[0]
    looked = table_lines(hits("a.tif", probability=0.5), 100)
    assert "prob." in looked[0]
    assert "50 %" in looked[1]


def test_wide_letters_are_counted_as_terminals_show_them():
    name = "航空写真" * 10 + ".tif"
    (line,) = table_lines(hits(name), 80)[1:]
    shown = line.split()[-1]
    assert shown.startswith("...")
    assert name.endswith(shown[3:])
    assert sum(2 if letter > "\u2e80" else 1 for letter in line) <= 80


def test_a_terminal_too_narrow_for_anything_shows_rank_and_place():
    lines = table_lines(hits(LONG), 20)
    assert lines[0].split() == ["rank", "relevance", "scene"]
    assert lines[1].split()[-1] == "..." + LONG[-13:]
