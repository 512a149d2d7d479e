"""Installing with real pip and venv and an engine that only greets: the way, and all that fails."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from qgis.core import QgsNetworkAccessManager, QgsSettings
from qgis.PyQt.QtCore import QLockFile, QProcessEnvironment

from cmpagl_qgis.engine import install_plan
from cmpagl_qgis.engine.home import (
    DOWNLOADS,
    begin_folder,
    finish_folder,
    own_folders,
)
from cmpagl_qgis.engine.network import Network, network_of_qgis
from cmpagl_qgis.engine.pip_fetch import OPTIONS
from tests.qgis.core.waiting import alive, wait_until
from tests.qgis.install.conftest import tree
from tests.qgis.install.small_engine import write_wheel

LOG = "engine-install.log"
PYENV = Path.home() / ".pyenv/versions"


def log(home):
    return (home / LOG).read_text()


def left(home):
    """What lies in the plugin's folder besides the log."""
    return sorted(path.name for path in home.iterdir() if path.name not in {LOG, "engine.lock"})


def children_in(folder):
    """Processes whose command names a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in words and alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def test_from_a_folder_without_any_network(attempt, home, small):
    run = attempt(wheels=str(small), network=Network(proxy="http://127.0.0.1:9", shown="x"))
    outcome = run.wait()
    assert outcome.python, (outcome.text, log(home))
    assert run.stages == ["look", "environment", "download", "install", "test"]
    unpacking = [one for one in run.progress if one.stage == "install"]
    (wheel,) = small.glob("cmpagl_qgis-*.whl")
    assert (unpacking[0].text, unpacking[0].done_mb) == ("cmpagl-qgis", 0)
    assert {one.total_mb for one in unpacking} == {wheel.stat().st_size / 1e6}
    assert left(home) == ["engine-1"]
    assert [one.version for one in own_folders(home)] == ["0.1.0"]


def test_from_an_index_with_mb_as_they_come(attempt, home, small, index):
    write_wheel(small, size=6_000_000)
    index.pace = 3_000_000
    run = attempt(index=index.url)
    outcome = run.wait()
    assert outcome.python, (outcome.text, log(home))
    amounts = [one.done_mb for one in run.progress if one.text == "cmpagl_qgis"]
    assert len(amounts) > 3
    assert amounts == sorted(amounts)
    assert 6 <= amounts[-1] < 7
    assert all(one.total_mb >= one.done_mb for one in run.progress)
    assert left(home) == ["engine-1"]


def test_pip_is_fetched_from_the_index_and_checked(home, index, tmp_path, pip_wheel):
    from cmpagl_qgis.engine.pip_fetch import PipFetch  # noqa: PLC0415 - beside its only use

    answers = []
    fetch = PipFetch(index.url, tmp_path / "got")
    fetch.finished.connect(lambda *parts: answers.append(parts))
    fetch.start()
    assert wait_until(lambda: answers)
    ((place, problem),) = answers
    assert problem == ""
    assert Path(place).read_bytes() == pip_wheel.read_bytes()
    fetch = PipFetch("http://127.0.0.1:9/simple", tmp_path / "got")
    fetch.finished.connect(lambda *parts: answers.append(parts))
    fetch.start()
    assert wait_until(lambda: len(answers) == 2)
    assert answers[1][0] == ""
    assert answers[1][1]


@pytest.mark.parametrize("when", ["environment", "download", "test"])
def test_stop_in_the_middle_leaves_nothing(attempt, home, small, index, when, tmp_path):
    write_wheel(small, size=20_000_000, cli="import time; time.sleep(6000)")
    index.pace = 4_000_000
    foreign = home / "engine-7"
    foreign.mkdir(parents=True)
    (foreign / "thesis.txt").write_text("not yours")
    source = {"wheels": str(small)} if when == "test" else {"index": index.url}
    run = attempt(**source)
    assert wait_until(lambda: when in run.stages), log(home)
    if when == "download":
        assert wait_until(lambda: any(one.done_mb > 2 for one in run.progress))
    run.installer.stop()
    run.installer.stop()  # a second press changes nothing
    outcome = run.wait()
    assert outcome.stopped
    assert not outcome.python
    assert wait_until(lambda: not children_in(home)), children_in(home)
    assert left(home) == ["engine-7"]
    assert tree(foreign) == ["thesis.txt"]


def test_closing_qgis_in_the_middle_ends_the_programs_and_removes(attempt, home, small, index):
    write_wheel(small, size=20_000_000)
    index.pace = 4_000_000
    run = attempt(index=index.url)
    assert wait_until(lambda: any(one.done_mb > 1 for one in run.progress)), log(home)
    run.installer.discard()
    assert wait_until(lambda: not children_in(home) and not left(home)), left(home)
    assert run.outcomes == []


@pytest.fixture
def closed_port():
    """A port that is taken and where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_an_index_out_of_reach_is_told(attempt, home, closed_port):
    run = attempt(index=f"http://127.0.0.1:{closed_port}/simple")
    assert wait_until(lambda: "download" in run.stages)
    outcome = run.wait()
    assert not outcome.python
    assert outcome.text.startswith("127.0.0.1 could not be reached: the connection was refused")
    assert "QGIS has no proxy set. Look at Settings > Options > Network" in outcome.text
    assert "folder of wheels" in outcome.text
    assert int(OPTIONS[OPTIONS.index("--retries") + 1]) <= 1  # told soon
    assert left(home) == [DOWNLOADS]  # for Retry


@pytest.fixture
def qgis_proxy(closed_port):
    """QGIS is set to a proxy that does not answer, with a password, and one host without it."""
    values = {
        "proxyEnabled": True, "proxyType": "HttpProxy", "proxyHost": "127.0.0.1",
        "proxyPort": closed_port, "proxyUser": "anna", "proxyPassword": "s3cret word",
        "noProxyUrls": ["http://intranet.example/"],
    }  # fmt: skip
    for key, value in values.items():
        QgsSettings().setValue(f"proxy/{key}", value)
    QgsNetworkAccessManager.instance().setupDefaultProxyAndCache()
    yield closed_port
    QgsSettings().remove("proxy")
    QgsNetworkAccessManager.instance().setupDefaultProxyAndCache()


def test_qgis_proxy_is_handed_on_and_named_but_its_password_is_not(qgis_proxy, tmp_path):
    network = network_of_qgis()
    assert network.proxy == f"http://anna:s3cret%20word@127.0.0.1:{qgis_proxy}"
    assert network.shown == f"127.0.0.1:{qgis_proxy}"
    environment = QProcessEnvironment()
    environment.insert("NO_PROXY", "localhost")
    network.enter(environment, tmp_path)
    assert environment.value("HTTPS_PROXY") == environment.value("https_proxy") == network.proxy
    assert environment.value("NO_PROXY") == "localhost,intranet.example"
    assert not environment.contains("PIP_CERT")  # QGIS has no authorities of its own
    said = network.without_secret(f"Cannot connect to {network.proxy}")
    assert said == f"Cannot connect to {network.shown}"


def test_the_certificates_that_qgis_trusts_are_added_to_those_known(tmp_path):
    """Where a company inspects the network, its authority is in QGIS alone."""
    known = tmp_path / "known.pem"
    known.write_text("-- of the system --")
    environment = QProcessEnvironment()
    environment.insert("SSL_CERT_FILE", str(known))
    Network(certificates="-- of the company --").enter(environment, tmp_path)
    files = {environment.value(n) for n in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")}
    assert files == {str(tmp_path / "certificates.pem")}
    both = "-- of the company --\n-- of the system --"
    assert (tmp_path / "certificates.pem").read_text() == both


@pytest.mark.parametrize("own_way", [False, True])
def test_a_proxy_that_does_not_answer(attempt, home, qgis_proxy, own_way, tmp_path, monkeypatch):
    """pip is asked itself where it is told of an index that QGIS may not know."""
    if own_way:
        (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://pypi.org/simple\n")
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    outcome = attempt(network=network_of_qgis()).wait()
    who, what = outcome.text.split(" could not be reached: ")
    assert who == ("The package index" if own_way else "pypi.org")  # pip does not say whom
    assert what.startswith("the proxy did not answer")
    assert f"QGIS's proxy 127.0.0.1:{qgis_proxy} was used" in outcome.text
    assert "s3cret" not in outcome.text + log(home)
    assert left(home) == [DOWNLOADS]


def test_retry_after_a_broken_download_succeeds(attempt, home, small, index):
    wheel = write_wheel(small, size=1_000_000)
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[:-500])  # its hash is of the damaged file: unpacking finds it
    outcome = attempt(index=index.url).wait()
    assert not outcome.python
    assert "Retry" in outcome.text
    wheel.write_bytes(whole)
    shutil.rmtree(home / DOWNLOADS / "http-v2", ignore_errors=True)
    assert attempt(index=index.url).wait().python, log(home)
    assert left(home) == ["engine-1"]


@pytest.mark.skipif(
    not list(PYENV.glob("3.8.*")) + list(PYENV.glob("3.9.*")), reason="no old Python of pyenv here"
)
def test_a_wrong_python_is_named_with_the_reason(attempt, home, small, tmp_path):
    old = sorted([*PYENV.glob("3.8.*/bin/python"), *PYENV.glob("3.9.*/bin/python")])[0]
    no_python = tmp_path / "python"
    no_python.write_text("#!/bin/sh\necho I am a snake\n")
    no_python.chmod(0o755)
    outcome = attempt(look=(old, no_python, tmp_path / "gone"), wheels=str(small)).wait()
    assert not outcome.python
    for words in (f"{old} (test) is Python 3.", "wanted 3.10 to 3.13", "I am a snake", "gone"):
        assert words in outcome.text
    assert "python.org" in outcome.text
    assert not [name for name in left(home) if name != DOWNLOADS]


def test_the_second_python_serves_where_the_first_makes_no_environment(
    attempt, home, small, tmp_path
):
    broken = tmp_path / "python3"
    broken.write_text(
        f'#!/bin/sh\nfor word in "$@"; do [ "$word" = venv ] && echo no room >&2 && exit 3; done\n'
        f'exec {sys.executable} "$@"\n'
    )
    broken.chmod(0o755)
    outcome = attempt(look=(broken, sys.executable), wheels=str(small)).wait()
    assert outcome.python, (outcome.text, log(home))
    assert "no room" in log(home)


def test_a_folder_for_another_python_says_so(attempt, home, small):
    (small / "numpy-2.0.0-cp39-cp39-win_amd64.whl").write_bytes(b"")
    outcome = attempt(wheels=str(small)).wait()
    assert not outcome.python
    assert "the folder has wheels for 3.9" in outcome.text


def test_a_folder_that_lacks_a_package_names_it(attempt, home, small):
    write_wheel(small, requires="nothing-of-the-kind>=3")
    outcome = attempt(wheels=str(small)).wait()
    assert "lacks a package" in outcome.text
    assert "nothing-of-the-kind" in outcome.text


@pytest.mark.parametrize("folder", ["missing", "empty"])
def test_a_folder_without_the_engine_is_refused_before_anything_is_made(
    attempt, home, tmp_path, folder
):
    (tmp_path / "empty").mkdir()
    outcome = attempt(wheels=str(tmp_path / folder)).wait()
    assert str(tmp_path / folder) in outcome.text
    assert not home.exists()


def test_too_little_space_is_told_before(attempt, home, small, monkeypatch):
    monkeypatch.setattr(install_plan, "free_mb", lambda _home: 120)
    outcome = attempt(wheels=str(small)).wait()
    assert "has 120 MB free; 950 MB are needed" in outcome.text
    assert not own_folders(home)


@pytest.fixture
def little_disk(tmp_path):
    """A disk of 60 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be made here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_fills_up(attempt, home, small, little_disk, monkeypatch):
    monkeypatch.setattr(install_plan, "free_mb", lambda _home: 10**6)  # another program is faster
    write_wheel(small, size=70_000_000)
    outcome = attempt(wheels=str(small), disk=little_disk).wait()
    assert not outcome.python
    assert "is full" in outcome.text
    assert "Free some space" in outcome.text
    assert not list((little_disk / "cmpagl").glob("engine-*/env"))


def test_an_engine_that_does_not_start_is_not_taken(attempt, home, small):
    write_wheel(small, cli="raise ImportError('libgomp.so.1: cannot open shared object file')")
    outcome = attempt(wheels=str(small)).wait()
    assert not outcome.python
    assert "does not work" in outcome.text
    assert "libgomp" in outcome.text
    assert not [one for one in own_folders(home) if one.version]


def test_an_update_is_made_beside_the_old_one_and_a_failed_one_leaves_it(attempt, home, small):
    assert attempt(wheels=str(small)).wait().python
    write_wheel(small, cli="raise SystemExit(3)")
    assert not attempt(wheels=str(small)).wait().python
    assert [one.path.name for one in own_folders(home) if one.version] == ["engine-1"]
    write_wheel(small)
    outcome = attempt(wheels=str(small)).wait()
    assert Path(outcome.python).parents[2].name != "engine-1"
    assert len(own_folders(home)) == 2  # the old one goes when the new one is in use


def test_another_window_that_installs_is_waited_for(attempt, home, small):
    home.mkdir()
    other = QLockFile(str(home / "engine.lock"))
    assert other.tryLock(0)
    folder = begin_folder(home)
    outcome = attempt(wheels=str(small)).wait()
    assert "Another window" in outcome.text
    assert folder.is_dir()  # it is at work in there
    other.unlock()
    assert attempt(wheels=str(small)).wait().python


def test_nothing_outside_the_profile_changes(attempt, profile, small, tmp_path, monkeypatch):
    house = tmp_path / "house"
    house.mkdir()
    monkeypatch.setenv("HOME", str(house))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # pip asks rustc for its version, and that writes
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PIP_USER", "1")
    assert attempt(wheels=str(small)).wait().python
    assert tree(house) == []
    assert not (tmp_path / "elsewhere").exists()
    assert [path.name for path in profile.iterdir()] == ["cmpagl"]


def test_a_finished_engine_survives_and_halves_go(attempt, home, small):
    good = begin_folder(home)
    finish_folder(good, "0.0.9")
    half = begin_folder(home)
    (half / "env").mkdir()
    assert attempt(wheels=str(small)).wait().python
    assert good.is_dir()
    assert not half.exists()


def test_uv_fetches_a_python_where_none_fits(attempt, home, index, tmp_path, monkeypatch):
    """uv is played: what it fetches lies on servers that tests must not need."""
    tools = tmp_path / "tools"
    tools.mkdir()
    uv = tools / "uv"
    uv.write_text(
        "#!/bin/sh\n[ \"$1 $2 $3\" = 'python install 3.12' ] || exit 9\n"
        'mkdir -p "$5/cpython-3.12.7-linux/bin"\n'
        f'ln -s {os.path.realpath(sys.executable)} "$5/cpython-3.12.7-linux/bin/python3"\n'
        'echo "$UV_PYTHON_INSTALL_BIN $UV_CACHE_DIR"\n'
    )
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    run = attempt(look=(tmp_path / "gone",), index=index.url)
    outcome = run.wait()
    assert outcome.python, (outcome.text, log(home))
    assert "fetch" in run.stages
    assert f"0 {home}" in log(home)


def test_a_uv_that_reaches_nothing_says_whom(attempt, home, index, tmp_path, monkeypatch):
    uv = tmp_path / "uv"
    uv.write_text(
        "#!/bin/sh\necho 'error: Failed to download https://github.com/astral-sh/x.tar.gz' >&2\n"
        "echo '  Caused by: dns error: failed to lookup address information' >&2\nexit 1\n"
    )
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    outcome = attempt(look=(tmp_path / "gone",), index=index.url).wait()
    assert "No fit Python was found" in outcome.text
    assert "github.com could not be reached: its name is not known" in outcome.text
    assert not [name for name in left(home) if name != DOWNLOADS]
