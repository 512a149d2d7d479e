"""The ablation page: every row against its reference, seed by seed."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cmpagl_model.training.settings import DataSource, RunConfig, Schedule, StartWeights
from research.ablation.__main__ import BATCH, FULL, ROWS, SMR_ROWS, Figures, run_name, table
from research.ablation.report import AblationRow, draw_plot, page_text


def figures():
    found = []
    for seed in (1, 2, 3):
        for place, row in enumerate(ROWS):
            found.append(
                Figures(
                    row=row.name,
                    seed=seed,
                    cosine=10.0 + seed - place,
                    smr=tuple(10.0 + seed + n for n in range(len(SMR_ROWS))),
                    other_words=30.0 + seed,
                    gallery=20.0 + seed,
                    fused=22.0 + 2 * seed if row.joint else None,
                    matched=5.0 if row.joint else None,
                )
            )
    return found


def test_each_row_stands_against_its_reference():
    rows = {row.name: row for row in table(figures())}
    assert rows[FULL].differences == (0.0, 0.0)
    assert rows["Swin blocks"].values == (6.0, 7.0, 8.0)
    assert rows["Swin blocks"].differences == (-5.0, 0.0)
    assert rows["Swin blocks"].other_words == (31.0, 32.0, 33.0)
    assert rows["SMR"].differences == (1.0, 0.0)
    mean, spread = rows["pre-aligned, with ITM: the best re-scored by fusion"].differences
    assert mean == pytest.approx(4.0)
    assert spread == pytest.approx(1.0)


def test_rows_that_were_not_measured_are_left_out():
    some = [one for one in figures() if one.row in {FULL, "Swin blocks"}]
    groups = {row.group for row in table(some)}
    assert groups == {"base", "image encoder", "re-ranking"}


def test_rows_differ_from_the_base_in_their_own_part_only():
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)
    base = RunConfig(data=(DataSource("a.json"),), batch=BATCH)
    for row in ROWS[1:]:
        assert len(row.changes) == 1, row.name
        assert replace(base, **row.changes) != base, row.name


def test_the_page_has_every_row_and_says_how_to_repeat_it():
    rows = table(figures())
    page = page_text(rows, "Three seeds.", "python -m this")
    assert page.count("\n| ") == len(rows) + 1  # and the heads
    assert (
        "| image encoder | Swin blocks | 7.00 | -5.00 ± 0.00 | 6.00, 7.00, 8.00 | 32.00 |" in page
    )
    assert "`python -m this` makes this page again" in page


def test_the_plot_is_a_picture(tmp_path):
    rows = [
        AblationRow("a", "base", (1.0, 2.0), (1.0, 2.0)),
        AblationRow("a", "better", (2.0, 4.0), (1.0, 2.0)),
    ]
    draw_plot(rows, tmp_path / "images" / "plot.png")
    with Image.open(tmp_path / "images" / "plot.png") as picture:
        assert picture.width > 800
        assert np.asarray(picture.convert("L")).std() > 5


def test_figures_of_other_settings_are_never_reused():
    config = RunConfig(data=(DataSource("a.json"),), batch=BATCH)
    others = [
        replace(config, seed=8),
        replace(config, schedule=Schedule(epochs=2)),
        *(replace(config, **row.changes) for row in ROWS[1:]),
    ]
    assert run_name(config) == run_name(replace(config))
    assert len({run_name(one) for one in [config, *others]}) == 1 + len(others)


def test_figures_of_the_same_run_elsewhere_are_used():
    here, there = (
        RunConfig(
            data=(
                DataSource(
                    f"{root}/train_8.json", images=f"{root}/images", extra=(f"{root}/more.json",)
                ),
            ),
            start=StartWeights(f"{root}/net.pth", f"{root}/bert"),
            folder=f"{root}/runs",
        )
        for root in ("/a", "/b")
    )
    assert run_name(here) == run_name(there)
    assert run_name(here) != run_name(replace(here, start=StartWeights("/a/other.pth", "/a/bert")))
