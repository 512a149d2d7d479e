"""The simulation of many machines, where what must come out can be said in one line."""

from dataclasses import replace

import pytest

from benchmarks.fleet import HOUR, PART, Rates, simulate
from benchmarks.scale import ASSUMED, Given, cell, page

PLAIN = Rates(chips_s=100.0, task_s=2.0, task_part_s=0.0, version_s=0.0, version_part_s=0.0)


def test_without_waiting_machines_share_the_work():
    tasks = [1000] * 64
    for machines in (1, 2, 8):
        run = simulate(PLAIN, tasks, machines)
        assert run.hours * HOUR == pytest.approx(64 * (2 + 10) / machines)
        assert (run.busy, run.waited, run.lost) == (pytest.approx(1), 0, 0)


def test_the_longest_task_is_waited_for():
    assert simulate(PLAIN, [10_000, 1000], 4).hours * HOUR == pytest.approx(102)


def test_versions_are_written_one_at_a_time_and_name_all_parts():
    rates = replace(PLAIN, version_s=1.0, version_part_s=0.1)
    run = simulate(rates, [PART] * 200, 50)
    least = sum(1.0 + 0.1 * part for part in range(200))  # only the last of each task counted
    assert least < run.hours * HOUR < 3 * least
    assert run.waited > 0.5
    fewer = simulate(rates, [8 * PART] * 25, 50)
    assert fewer.hours < 0.5 * run.hours


def test_what_dies_is_made_again_and_given_up_after_three_times():
    rates = replace(PLAIN, life_h=0.01, return_s=10.0)
    run = simulate(rates, [1000] * 200, 4)
    assert run.lost > 20
    assert run.hours > simulate(PLAIN, [1000] * 200, 4).hours
    assert run == simulate(rates, [1000] * 200, 4)
    hopeless = simulate(replace(rates, life_h=1e-6), [1000] * 5, 2)
    assert (hopeless.given_up, hopeless.lost, hopeless.busy) == (5, 15, 0)


def test_the_page_has_all_sizes_and_the_waiting_machines():
    cells = [cell(ASSUMED, 100_000_000, 256)]
    single = [cell(ASSUMED, 100_000_000, 256, single=True)]
    assert single[0].waited > 0.9
    assert cells[0].hours[0] < 0.5 * single[0].hours[0]
    text = page(Given(price_h=0.5), cells, single, [])
    assert f"| {cells[0].machine_hours * 0.5:,.0f} |" in text
    assert "Beside a real cluster" not in text
