"""Write ``dist/engine-PLATFORM/``: the engine as a folder of wheels, for computers without network.

The dock's *Install the engine* takes such a folder in place of the package index. The engine's own
wheel is built from this checkout; everything else is what pip finds for the platform, as wheels.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
# pip takes a wheel only if one of these is its tag, or older within the same line.
TAGS = {
    "linux-x86_64": ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64"),
    "linux-aarch64": ("manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux2014_aarch64"),
    "windows-x86_64": ("win_amd64",),
    "macos-arm64": ("macosx_14_0_arm64",),
    "macos-x86_64": ("macosx_14_0_x86_64",),
}
README = """The CMPAGL engine {version} as wheels, for {name} and Python {pythons}.
In QGIS: the dock CMPAGL search > Install the engine... > From a folder of wheels: this folder.
On that computer such a Python must be installed; no network is needed.
"""


@dataclass(frozen=True)
class Wanted:
    """For whom a bundle is."""

    name: str
    """A key of :data:`TAGS`."""
    pythons: tuple[str, ...]
    """Versions of Python, such as "3.12"."""
    extras: str = ""
    """Extras of the package, separated by commas; empty: the base install."""


def this_platform() -> str:
    """The name of the platform that this runs on; one that has no tags is refused later."""
    system = {"Darwin": "macos"}.get(platform.system(), platform.system().lower())
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{system}-{machine}"


def build_wheel(folder: Path) -> Path:
    """Build the engine's wheel from this checkout.

    Args:
        folder: where it goes.
    """
    command = [*PIP, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    return next(folder.glob("cmpagl_qgis-*.whl"))


def gather(wanted: Wanted, folder: Path) -> Path:
    """Fill a folder with the engine's wheel, its dependencies, and pip to install them with.

    Args:
        wanted: for whom.
        folder: an empty one.

    Returns:
        The engine's wheel.
    """
    wheel = build_wheel(folder)
    what = f"{wheel}[{wanted.extras}]" if wanted.extras else str(wheel)
    tags = [word for tag in TAGS[wanted.name] for word in ("--platform", tag)]
    for python in wanted.pythons:
        print(f"Fetching wheels for {wanted.name}, Python {python} ...", flush=True)
        chosen = [*tags, "--python-version", python, "--implementation", "cp"]
        options = ["--quiet", "--only-binary", ":all:", "--dest", str(folder), *chosen]
        subprocess.run([*PIP, "download", *options, what, "pip"], check=True)
    return wheel


def main() -> int:
    """Write the bundle and say how large it is; 1 if pip cannot gather it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--platform", choices=TAGS, default=this_platform())
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    parser.add_argument(
        "--python", choices=PYTHONS, action="append", help=f"may be repeated; {here} if not given"
    )
    parser.add_argument("--extras", default="", help="such as torch, for NVIDIA cards; gigabytes")
    parser.add_argument("--to", type=Path, help="the folder; dist/engine-PLATFORM if not given")
    known = parser.parse_args()
    if known.platform not in TAGS:
        print(f"found {known.platform}, wanted one of {', '.join(TAGS)}", file=sys.stderr)
        return 1
    wanted = Wanted(known.platform, tuple(known.python or [here]), known.extras)
    place = known.to or DIST / f"engine-{wanted.name}"
    if place.exists() and not (place / "README.txt").exists():
        print(f"{place} is there and is no bundle: it stays as it is", file=sys.stderr)
        return 1
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as beside:
        try:
            wheel = gather(wanted, Path(beside))
        except subprocess.CalledProcessError as error:
            print(f"pip failed (exit {error.returncode}); its reason is above", file=sys.stderr)
            return 1
        text = README.format(
            version=wheel.name.split("-")[1], name=wanted.name, pythons=", ".join(wanted.pythons)
        )
        (Path(beside) / "README.txt").write_text(text, encoding="utf-8")
        if place.exists():
            shutil.rmtree(place)
        place.mkdir()
        for file in Path(beside).iterdir():
            file.rename(place / file.name)
    sizes = [file.stat().st_size for file in place.iterdir()]
    megabytes = round(sum(sizes) / 1e6)
    print(f"{place}: {len(sizes) - 1} wheels, {megabytes:,} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
