import os
import signal
import time

import pytest
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QTimer

from cmpagl_qgis.engine import client as client_module
from cmpagl_qgis.engine.client import EngineClient
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.interpreter import Launch, engine_environment
from cmpagl_qgis.engine.records import Answer
from cmpagl_qgis.errors import CANCELLED, DIED, NOT_STARTED, REFUSED, UNREADABLE, InterpreterError
from tests.qgis.core.waiting import alive, spin, unqueued, wait_until


def test_starts_with_the_first_request_and_tells_its_states(make_client, scripted):
    client, told = make_client()
    assert client.state == "stopped"
    assert scripted.pids() == []
    number = client.request("echo", {"text": "ä"})
    assert told.states == []  # nothing within the call
    told.wait(number)
    assert told.answers == {number: {"text": "ä"}}
    assert told.states == ["starting", "ready"]
    assert client.info.version == "9.9"
    assert client.info.pid == client.pid
    client.stop()
    assert told.states[-1] == "stopped"
    assert client.info is None


def test_answers_belong_to_their_requests(make_client):
    client, told = make_client("late")
    numbers = [client.request("echo", {"n": n}) for n in range(20)]
    assert len(set(numbers)) == 20
    assert client.pending() == numbers
    told.wait(*numbers)
    assert [told.answers[number]["n"] for number in numbers] == list(range(20))
    assert client.pending() == []


def test_progress_and_refusal(make_client):
    client, told = make_client()
    first, second = client.request("progress", {}), client.request("refuse", {})
    told.wait(first, second)
    assert told.progress == [(first, done, 3, "counting") for done in range(3)]
    error = told.failures[second]
    assert (error.code, error.kind) == (REFUSED, "IndexError")
    assert str(error) == error.message == "found a, wanted b"
    assert client.state == "ready"


@pytest.mark.parametrize("method", ["junk", "pieces", "stranger"])
def test_junk_and_strangers_do_no_harm(make_client, method):
    client, told = make_client()
    number = client.request(method, {})
    again = client.request("echo", {"n": 1})
    told.wait(number, again)
    assert number in told.answers
    assert told.answers[again] == {"n": 1}
    assert set(told.answers) == {number, again}
    if method == "junk":
        assert any("Loading weights" in line for line in client.details())


@pytest.mark.parametrize("size", [1024 * 1024, 9 * 1024 * 1024])
def test_a_megabyte_on_one_line_is_no_message_and_no_stall(make_client, stalls, size):
    client, told = make_client()
    ready = client.request("echo", {})
    told.wait(ready)
    with stalls:
        number = client.request("long", {"bytes": size})
        while not told.done(number):
            spin(0.05)
    assert told.answers[number] == "after a long line"
    stalls.check()


def test_a_noisy_engine_keeps_200_lines(make_client, stalls):
    client, told = make_client()
    with stalls:
        number = client.request("flood", {"lines": 20_000})
        while not told.done(number):
            spin(0.05)
    assert told.answers[number] == "after noise"
    assert len(client.details()) == 200
    stalls.check()


def test_two_thousand_hits_do_not_stall(make_client, stalls):
    client, told = make_client()
    with stalls:
        number = client.request("search", {"k": 2000})
        while not told.done(number):
            spin(0.05)
    stalls.check()
    assert len(read(Answer, told.answers[number]).hits) == 2000


@pytest.mark.parametrize(
    ("method", "wanted"),
    [("exit", "code 3"), ("killed", "crashed"), ("half", "broke off")],
)
def test_death_in_the_middle_of_a_search(make_client, stalls, method, wanted):
    client, told = make_client()
    first = client.request("echo", {})
    told.wait(first)
    with stalls:
        waiting = client.request("forever", {})
        number = client.request(method, {})
        while not told.done(number):
            spin(0.02)
        spin(0.1)
    stalls.check()
    assert told.states[-1] == "died"
    assert client.info is None
    for request in (waiting, number):
        assert told.failures[request].code == DIED
        assert wanted in told.failures[request].message
    assert wanted in client.problem
    if method == "exit":
        assert "Traceback of the scripted engine" in client.details()
        assert "Traceback of the scripted engine" in client.problem
    after = client.request("echo", {"n": 2})  # and life goes on
    told.wait(after)
    assert told.answers[after] == {"n": 2}
    assert client.state == "ready"
    assert client.problem == ""


def test_death_while_idle_is_told(make_client):
    client, told = make_client()
    number = client.request("echo", {})
    told.wait(number)
    os.kill(client.pid, signal.SIGKILL)
    assert wait_until(lambda: client.state == "died")


def test_not_more_than_three_deaths_in_a_minute(make_client, scripted):
    client, told = make_client()
    for _ in range(3):
        number = client.request("exit", {})
        told.wait(number)
    number = client.request("echo", {})
    told.wait(number)
    assert told.failures[number].code == NOT_STARTED
    assert "Restart" in told.failures[number].message
    again = client.request("echo", {})
    told.wait(again)
    assert told.failures[again].message == told.failures[number].message
    assert len(scripted.pids()) == 3
    client.restart()  # the user knows better
    number = client.request("echo", {"n": 1})
    told.wait(number)
    assert told.answers[number] == {"n": 1}


def test_deaths_long_ago_do_not_count(make_client, monkeypatch):
    monkeypatch.setattr(client_module, "DEATHS_WINDOW_S", 0.0)
    client, told = make_client()
    for _ in range(5):
        number = client.request("exit", {})
        told.wait(number)
        assert told.failures[number].code == DIED


@pytest.mark.parametrize(
    ("greeting", "code", "wanted"),
    [
        ("die", NOT_STARTED, "no such library"),
        ("refuse", NOT_STARTED, "found protocol 1, wanted 2"),
        ("other", NOT_STARTED, "protocol 2, this plugin 1"),
        ("odd", UNREADABLE, "device"),
    ],
)
def test_an_engine_that_cannot_be_used_says_why(make_client, scripted, greeting, code, wanted):
    client, told = make_client(greeting)
    number = client.request("echo", {})
    told.wait(number)
    assert told.failures[number].code == code
    assert wanted in told.failures[number].message
    assert wanted in client.problem
    assert told.states == ["starting", "died"]
    assert wait_until(lambda: not any(alive(pid) for pid in scripted.pids()))


@pytest.mark.parametrize("greeting", ["never", "deaf"])
def test_an_engine_that_never_greets_is_given_up(make_client, scripted, monkeypatch, greeting):
    monkeypatch.setattr(client_module, "STARTUP_MS", 400)
    client, told = make_client(greeting)
    number = client.request("echo", {})
    told.wait(number)
    assert told.failures[number].code == NOT_STARTED
    assert client.state == "died"
    assert wait_until(lambda: not any(alive(pid) for pid in scripted.pids()))


def test_a_program_that_is_not_there(make_client, tmp_path):
    launch = Launch((str(tmp_path / "python"), "-m", "x"), engine_environment(), origin="by hand")
    client, told = make_client(launch=lambda: launch)
    number = client.request("echo", {})
    told.wait(number)
    message = told.failures[number].message
    assert str(tmp_path / "python") in message
    assert "by hand" in message
    assert client.state == "died"


def test_a_program_that_is_not_there_did_not_die(make_client, tmp_path):
    launch = Launch((str(tmp_path / "python"),), engine_environment(), origin="by hand")
    client, told = make_client(launch=lambda: launch)
    numbers = []
    for _ in range(5):
        numbers.append(client.request("echo", {}))
        told.wait(*numbers)
    assert not any("ended" in told.failures[number].message for number in numbers)


def test_numbers_and_texts_that_qt_cannot_take(make_client):
    client, told = make_client()
    number = client.request("far", {})
    told.wait(number)
    ((_, done, total, what),) = told.progress
    assert 0 < total < 2**31
    assert done / total == 0.25
    assert what == "?"
    assert told.failures[number].message == "no ?"


def test_a_listener_may_stop_the_client_when_a_request_is_killed(make_client, scripted):
    client, told = make_client()
    client.failed.connect(lambda *_: client.stop())
    number, ready = client.request("forever", {}), client.request("echo", {})
    told.wait(ready)
    client.cancel(number)
    told.wait(number)
    spin(0.1)
    assert client.state == "stopped"
    assert len(scripted.pids()) == 1


def test_a_listener_may_ask_again_when_it_hears_of_a_death(make_client):
    client, told = make_client()
    again = []

    def ask_again(state):
        if state == "died" and not again:
            again.append(client.request("echo", {"n": 3}))

    client.stateChanged.connect(ask_again)
    told.wait(client.request("exit", {}))
    told.wait(*again)
    assert told.answers[again[0]] == {"n": 3}


def test_no_engine_set_up(make_client):
    def launch():
        raise InterpreterError("run this")

    client, told = make_client(launch=launch)
    number = client.request("echo", {})
    assert number not in told.failures
    told.wait(number)
    assert told.failures[number].message == client.problem == "run this"


@pytest.fixture
def patient(monkeypatch):
    """An engine that obeys is believed to, however busy the machine is."""
    monkeypatch.setattr(client_module, "CANCEL_MS", 60_000)


def waits(client):
    """Whether the client would do something by itself some time."""
    return any(timer.isActive() for timer in client.findChildren(QTimer))


@pytest.mark.usefixtures("patient")
def test_cancel_that_the_engine_obeys(make_client, scripted):
    client, told = make_client()
    number = client.request("polite", {})
    other = client.request("echo", {})
    told.wait(other)
    client.cancel(number)
    client.cancel(number)
    told.wait(number)
    assert told.failures[number].code == CANCELLED
    assert len(scripted.pids()) == 1
    assert client.state == "ready"
    assert not waits(client)


def test_cancel_that_the_engine_does_not_obey(make_client, scripted, stalls):
    client, told = make_client()
    ready = client.request("echo", {})
    told.wait(ready)
    number = client.request("forever", {})
    beside = client.request("forever", {})
    spin(0.05)
    with stalls:
        start, own_start = time.perf_counter(), unqueued()
        client.cancel(number)
        while not told.done(number):
            spin(0.005)
        took, own = time.perf_counter() - start, unqueued() - own_start
        assert told.failures[number].code == CANCELLED
        assert told.failures[number].cancelled
        after = client.request("echo", {"n": 1})
        while not told.done(after):
            spin(0.02)
    stalls.check()
    assert took > 0.15
    assert own < 0.6
    assert len(scripted.pids()) == 2
    assert told.answers[after] == {"n": 1}
    assert beside not in told.failures  # sent again
    client.cancel(beside)
    told.wait(beside)


def test_an_engine_is_not_killed_for_what_nobody_waits_for(make_client, scripted):
    client, told = make_client()
    told.wait(client.request("echo", {}))
    number = client.request("forever", {})
    client.cancel(number, None)
    spin(0.5)
    assert not told.done(number)
    assert not waits(client)
    told.wait(client.request("echo", {}))
    assert len(scripted.pids()) == 1
    client.cancel(number, 50)  # now somebody does
    told.wait(number)
    told.wait(client.request("echo", {}))
    assert len(scripted.pids()) == 2


def test_a_request_beside_a_killed_one_is_sent_again_once(make_client):
    client, told = make_client()
    beside = client.request("forever", {})
    for _ in range(2):
        number = client.request("forever", {})
        ready = client.request("echo", {})
        told.wait(ready)
        client.cancel(number)
        told.wait(number)
    assert told.failures[beside].code == DIED
    assert "twice" in told.failures[beside].message


def test_cancelled_before_the_engine_is_ready(make_client):
    client, told = make_client("late")
    number = client.request("echo", {})
    other = client.request("echo", {"n": 1})
    client.cancel(number)
    assert told.failures[number].code == CANCELLED
    told.wait(other)
    assert number not in told.answers
    client.cancel(number)  # long over
    client.cancel(12345)


@pytest.mark.usefixtures("patient")
def test_an_answer_after_all_is_an_answer(make_client, scripted):
    client, told = make_client()
    number = client.request("late", {})
    ready = client.request("echo", {})
    told.wait(ready)
    client.cancel(number)
    assert waits(client)
    told.wait(number)
    assert told.answers[number] == "late"
    assert not waits(client)  # the timer of the cancellation was stopped
    assert len(scripted.pids()) == 1


def test_restart_fails_what_waits_and_makes_a_new_process(make_client):
    client, told = make_client()
    number = client.request("forever", {})
    ready = client.request("echo", {})
    told.wait(ready)
    old = client.pid
    client.restart()
    assert told.failures[number].code == DIED
    assert wait_until(lambda: client.state == "ready")
    assert client.pid != old
    assert wait_until(lambda: not alive(old))
    assert told.states == ["starting", "ready", "starting", "ready"]


@pytest.mark.parametrize("greeting", ["well", "stay", "never", "deaf"])
def test_stop_leaves_no_process_and_is_quick(make_client, scripted, greeting):
    client, told = make_client(greeting)
    number = client.request("forever", {})
    assert wait_until(lambda: len(scripted.pids()) == 1)
    spin(0.05)
    start = unqueued()
    client.stop()
    assert unqueued() - start < 0.5  # 0.3 s of waiting, and the rest
    assert told.failures[number].code == CANCELLED
    assert client.state == "stopped"
    assert wait_until(lambda: not alive(scripted.pids()[0]))
    client.stop()


def test_stopped_is_not_the_end(make_client):
    client, told = make_client()
    for n in range(2):
        number = client.request("echo", {"n": n})
        told.wait(number)
        assert told.answers[number] == {"n": n}
        client.stop()


def test_a_listener_may_stop_or_restart_the_client(make_client):
    client, told = make_client()
    client.answered.connect(lambda *_: client.stop())
    number = client.request("echo", {})
    behind = client.request("echo", {})
    told.wait(number, behind)
    spin(0.1)
    assert client.state == "stopped"


def test_a_request_that_is_no_json_fails_later(make_client):
    client, told = make_client()
    number = client.request("echo", {"x": float("nan")})
    assert number not in told.failures
    told.wait(number)
    assert told.failures[number].code == UNREADABLE


def test_model_and_device_are_part_of_the_greeting(make_client, scripted):
    plain = scripted("mirror")()
    launch = Launch(plain.command, plain.environment, model="base", device="cpu")
    client, told = make_client(launch=lambda: launch)
    told.wait(client.request("echo", {}))
    assert client.info.model.name == "base"
    assert client.info.device == "cpu"


def test_an_owner_may_go_at_once_after_a_discard(scripted, qtlog_messages):
    client = EngineClient(scripted("never"))
    client.start()
    assert wait_until(scripted.pids)
    client.restart()
    client.stop()
    sip.delete(client)
    assert wait_until(lambda: not any(alive(pid) for pid in scripted.pids()))
    spin(0.2)
    assert not [text for text in qtlog_messages if "Destroyed while" in text]
