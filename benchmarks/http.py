"""The web server under load, over the loopback: python -m benchmarks.http.

Clients ask one sentence after the other, each over a connection that stays open; all run on the
machine that serves, and so take from it. Figures are of both together.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import click
import numpy as np

from .__main__ import OUTPUT
from .machine import Others, load
from .million import make_index
from .seeds import seeds
from .settings import Settings

PATIENCE_S = 60.0
LOOK_S = 5.0
"""Between two looks at the server's memory."""
STEADY = 4
"""Clients during the look at memory."""
WAIT_S = 0.2
"""What a client that was refused waits before it asks again: less than it is told to, so that the
overload lasts."""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of some clients."""

    clients: int
    """At once."""
    seconds: float
    """How long they asked."""
    answered: int
    """Searches with hits."""
    refused: int
    """With 503."""
    failed: int
    """Any other way."""
    per_s: float
    """Searches answered in a second."""
    p50_ms: float
    """Half of the answers took no longer."""
    p99_ms: float
    """99 of 100 answers took no longer."""
    refused_p99_ms: float
    """99 of 100 refusals took no longer; 0: there were none."""
    cpu_ms: float
    """Processor time of the server for each search answered, refusals included."""
    others_cores: float
    """Cores that other programs used meanwhile; -1: not known."""


class Served:
    """A server of a folder, in a process of its own."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._log = log.open("w")
        words = ["serve", "--http", "--port", "0", "--root", str(folder)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cmpagl_model", *words], stderr=self._log
        )
        self.url = ""
        until = time.monotonic() + 10 * PATIENCE_S
        while not self.url and self.process.poll() is None and time.monotonic() < until:
            found = re.search(r" at (http://\S+);", log.read_text())
            self.url = found[1] if found else ""
            time.sleep(0.1)
        if not self.url:
            raise click.ClickException(f"the server did not start; see {log}")

    def memory_mb(self) -> tuple[float, float]:
        """Memory that is its own (anonymous), and all that is resident, MB; zeros: not known."""
        try:
            said = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0.0, 0.0
        sizes = dict(re.findall(r"(RssAnon|VmRSS):\s+(\d+) kB", said))
        return int(sizes.get("RssAnon", 0)) / 1e3, int(sizes.get("VmRSS", 0)) / 1e3

    def cpu_s(self) -> float:
        """Processor time that it has used so far, s; 0: not known."""
        try:
            said = Path(f"/proc/{self.process.pid}/stat").read_text()
        except OSError:
            return 0.0
        user, system = said.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def end(self) -> int:
        """Stop it; its exit code."""
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(PATIENCE_S)
        finally:
            self._log.close()


class Clients:
    """Asks a server, from many threads."""

    def __init__(self, server: Served, paths: list[str]) -> None:
        self._server, self._place, self._paths = server, urlsplit(server.url), paths

    def run(self, count: int, seconds: float) -> Load:
        """Let so many clients ask for so long."""
        others, used, until = Others(), self._server.cpu_s(), time.monotonic() + seconds
        told: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        threads = [
            threading.Thread(target=self._ask, args=(number, until, told[number]), daemon=True)
            for number in range(count)
        ]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(seconds + 2 * PATIENCE_S)
        spent, used = time.monotonic() - began, self._server.cpu_s() - used
        got = np.array([one for own in told for one in own]).reshape(-1, 2)
        fine, late = got[got[:, 0] == 200, 1], got[got[:, 0] == 503, 1]
        return Load(
            count, round(spent, 1), len(fine), len(late), len(got) - len(fine) - len(late),
            round(len(fine) / spent, 1), _percentile(fine, 50), _percentile(fine, 99),
            _percentile(late, 99), round(1e3 * used / max(len(fine), 1), 1),
            round(max(others.cores() - used / spent, -1.0), 2),
        )  # fmt: skip

    def _ask(self, number: int, until: float, told: list[tuple[int, float]]) -> None:
        line = http.client.HTTPConnection(
            self._place.hostname or "", self._place.port, timeout=PATIENCE_S
        )
        turn = 7919 * number  # so that no two ask the same at the same time
        while time.monotonic() < until:
            began, status = time.perf_counter(), 0
            try:
                line.request("GET", self._paths[turn % len(self._paths)])
                answer = line.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                line.close()
            told.append((status, 1e3 * (time.perf_counter() - began)))
            turn += 1
            if status != 200:
                time.sleep(WAIT_S)
        line.close()


def _percentile(times: np.ndarray, share: int) -> float:
    return round(float(np.percentile(times, share)), 1) if len(times) else 0.0


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), default=OUTPUT, metavar="FOLDER",
              help="Index, seeds and result; .cache/bench unless given.")  # fmt: skip
@click.option("--scenes", default="", help="Folder of GeoTIFFs; the demo's unless given.")
@click.option("--chips", default=1_000_000, show_default=True, help="In the index.")
@click.option("--clients", default="1,2,4,8,16,64", show_default=True, help="At once, in turn.")
@click.option("--seconds", default=20.0, show_default=True, help="Of each.")
@click.option("--minutes", default=10.0, show_default=True, help="Of the look at memory.")
def main(
    output: Path, scenes: str, chips: int, clients: str, seconds: float, minutes: float
) -> None:  # fmt: skip
    """Measure the web server: searches a second, waiting, overload, memory."""
    output = output.absolute()
    found = seeds(output, Settings(scenes=scenes))
    folder = output / "http"
    index = make_index(found.images, chips, folder)
    paths = [
        f"/collections/{index.stem}/items?k=20&q={quote(sentence)}" for sentence in found.sentences
    ]
    click.echo(f"{chips:,} chips, {len(paths)} sentences; load before the start {load():.1f}")
    server = Served(folder, output / "http.log")
    asking = Clients(server, paths)
    asking.run(1, min(seconds, 5.0))
    page = {"chips": chips, "loads": [], "memory_mb": []}
    for count in map(int, clients.split(",")):
        came = asking.run(count, seconds)
        page["loads"].append(asdict(came))
        click.echo(
            f"{count:4} clients: {came.per_s:7.1f}/s, p50 {came.p50_ms:.0f} ms, p99 "
            f"{came.p99_ms:.0f} ms; refused {came.refused} (p99 {came.refused_p99_ms:.0f} ms), "
            f"failed {came.failed}; {came.cpu_ms:.0f} ms of processor time a search; others used "
            f"{came.others_cores} cores"
        )
    until = time.monotonic() + 60 * minutes
    steady = threading.Thread(
        target=lambda: page.update(steady=asdict(asking.run(STEADY, 60 * minutes)))
    )
    steady.start()
    while time.monotonic() < until:
        page["memory_mb"].append([round(one, 1) for one in server.memory_mb()])
        time.sleep(LOOK_S)
    steady.join()
    if page["memory_mb"]:
        own = [one for one, _ in page["memory_mb"]]
        click.echo(
            f"{minutes:g} minutes, {STEADY} clients: memory of its own {own[0]:.0f} MB at first, "
            f"{max(own):.0f} at most, {own[-1]:.0f} at last; resident "
            f"{page['memory_mb'][-1][1]:.0f} MB, mapped files counted"
        )
    page["exit_code"] = server.end()
    (output / "http.json").write_text(json.dumps(page, indent=1) + "\n")
    click.echo(f"ended with {page['exit_code']}; {output / 'http.json'}")


if __name__ == "__main__":
    main()
