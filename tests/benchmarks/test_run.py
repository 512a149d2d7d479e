"""Topics are measured in turn, each in its own process; what is finished stays."""

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import __main__ as bench
from benchmarks import topics
from benchmarks.machine import ROOT, Others, this_machine
from benchmarks.record import Row
from benchmarks.results import Result, read_result, write_result
from benchmarks.settings import LARGE, Settings
from benchmarks.topics import TOPICS

QUICK = bench.chosen_settings(None, None, None, large=False, quick=True)


@pytest.fixture
def run(tmp_path):
    return bench.Run(tmp_path, QUICK, again=False, minutes=1.0)


def kept(run, name, settings=QUICK):
    row = Row(name, "something", "ms", 1.0)
    write_result(run.folder, Result(name, (row,), this_machine(), 0.0, 1.0, settings))


def test_every_topic_has_a_name_of_its_own_and_a_module():
    assert len({one.name for one in TOPICS}) == len(TOPICS)
    assert all(find_spec(f"benchmarks.{one.name}") for one in TOPICS)
    assert sum(one.minutes for one in TOPICS) <= 25


def test_finished_topics_are_measured_again_only_if_something_changed(run):
    cold = topics.topic("cold")
    assert not run.finished(cold)
    kept(run, "cold")
    assert run.finished(cold)
    assert not bench.Run(run.folder, QUICK, again=True, minutes=1.0).finished(cold)
    kept(run, "cold", Settings())
    assert not run.finished(cold)


def test_a_topic_that_fails_is_named_and_its_older_result_stays(run):
    kept(run, "cold", Settings())
    # No settings file lies in the folder, so the topic's process fails at once.
    why = bench.measured(run, topics.topic("cold"))
    assert "ended with 1" in why
    assert read_result(run.folder, "cold").settings == Settings()
    assert not (run.folder / bench.SCRATCH).exists()


def test_a_process_is_ended_with_all_that_it_started(tmp_path):
    note = tmp_path / "grandchild"
    child = subprocess.Popen(
        [sys.executable, "-c", "import subprocess, sys, pathlib, time\n"
         "one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
         f"pathlib.Path({str(note)!r}).write_text(str(one.pid))\ntime.sleep(600)"],
        start_new_session=True,
    )  # fmt: skip
    while not (note.exists() and note.read_text()):
        time.sleep(0.05)
    bench.end(child)
    assert child.returncode == -signal.SIGTERM
    for _ in range(600):
        if gone(int(note.read_text())):
            return
        time.sleep(0.05)
    pytest.fail("the process that the topic had started is still there")


def gone(pid):
    """Whether a process has ended; one that nobody has waited for yet has, too."""
    try:
        os.kill(pid, 0)
        about = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        return about.rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_the_command_goes_on_and_writes_the_page(run, monkeypatch):
    kept(run, "cold")
    kept(run, "warm")
    said = CliRunner().invoke(
        bench.main, ["-o", str(run.folder), "--quick", "--only", "cold", "--only", "warm"]
    )
    assert said.exit_code == 0, said.output
    assert said.output.count("measured before") == 2
    assert "Not measured: search (not tried)." in said.output
    assert (run.folder / "performance.md").exists()

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "measured", stopped)
    again = CliRunner().invoke(bench.main, ["-o", str(run.folder), "--quick"])
    assert again.exit_code == bench.INTERRUPTED
    assert "goes on from here" in again.output
    assert read_result(run.folder, "cold").settings == QUICK


def test_settings_follow_what_the_user_says(tmp_path):
    large = bench.chosen_settings(None, None, tmp_path, large=True, quick=False)
    assert large.growth[-1] == LARGE
    assert large.scenes == str(tmp_path)
    assert large.largest == 1_000_000
    assert QUICK.largest < 100_000
    with pytest.raises(ValueError, match="100 at least"):
        Settings(seeds=3)


def test_help_lists_the_topics():
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert all(one.name in said for one in TOPICS)
    assert "--captions" in said


def test_own_work_is_not_counted_as_that_of_others():
    others = Others()
    started = time.process_time()
    while time.process_time() < started + 0.3:
        pass
    found = others.cores()
    assert found == -1 or 0 <= found <= this_machine().cores
