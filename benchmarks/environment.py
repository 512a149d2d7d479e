"""The peers, in an environment of their own: python -m benchmarks.environment.

It sees what ``.venv`` holds and adds the ``[bench]`` extra, so that nothing of what is measured or
tested changes. Without it, or where pip cannot reach the network, peers are named as skipped.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import click

from .machine import ROOT

PEERS = ROOT / ".cache" / "bench-peers"
PYTHON = PEERS / "bin" / "python"
STAMP = ".installed"
LINK = "of-the-engine.pth"
NO_PEERS = "the peers could not be installed; they are named as skipped, the rest is measured"


def interpreter() -> str:
    """The Python that measures: that of the peers' environment if there is one, else this one."""
    return str(PYTHON) if (PEERS / STAMP).exists() else sys.executable


def install() -> str:
    """Make the environment unless it is there and newer than ``pyproject.toml``.

    Returns:
        What went wrong, or an empty text.
    """
    stamp = PEERS / STAMP
    if stamp.exists() and stamp.stat().st_mtime > (ROOT / "pyproject.toml").stat().st_mtime:
        return ""
    click.echo("Installing the peers in .cache/bench-peers (some minutes, this once) ...")
    stamp.unlink(missing_ok=True)
    made = [sys.executable, "-m", "venv", str(PEERS)]
    if subprocess.run(made, check=False).returncode:
        return NO_PEERS
    # It sees the packages of this one, which pip then leaves alone
    packages = Path(sysconfig.get_path("purelib"))
    (own,) = PEERS.glob("lib/python*/site-packages")
    (own / LINK).write_text(f"import site; site.addsitedir({str(packages)!r})\n")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    done = subprocess.run(
        [*pip, "--prefer-binary", "-c", "constraints.txt", "-e", ".[bench]"], cwd=ROOT, check=False
    )
    if done.returncode:
        return NO_PEERS
    stamp.touch()
    return ""


if __name__ == "__main__":
    problem = install()
    if problem:
        click.echo(problem, err=True)
