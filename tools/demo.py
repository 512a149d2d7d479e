"""What ``make demo`` does: fetch scenes, index them, search them, say where the result is.

The scenes are the samples of :mod:`tools.demo_scenes` or the user's own. The work is done
by the command line itself, shown as it is called, so that the user sees what to type.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

from tiling import find_scenes
from tools.demo_scenes import ROAD_NOTE, DemoError, sample_scenes

ROOT = Path(__file__).resolve().parent.parent
QUERY = "a winding road between trees"
HITS = 10
INDEX, MATCHES, PREVIEW = "demo.cmpagl", "matches.geojson", "matches.png"
"""What the demo makes."""

CLI = (sys.executable, "-m", "cmpagl_model.cli")
SOME_UNREADABLE = 3
"""Exit status of the command line when it is done but left some inputs out."""

NO_SCENES = "Found no scene for SCENES={scenes}, wanted a folder of GeoTIFFs: {reason}"


@dataclass(frozen=True)
class Places:
    """Where one demo reads and writes."""

    scenes: Path
    """Folder of rasters, or one raster."""
    results: Path
    """Folder for everything the demo makes."""


def own_places(scenes: str) -> Places:
    """Places for the user's scenes: a results folder of their own under ``demo/``.

    Args:
        scenes: a path; if relative, from the folder make runs in; ``~`` is the home folder.

    Raises:
        DemoError: if nothing is there, or no raster.
    """
    path = Path(scenes).expanduser().absolute()
    found = find_scenes([str(path)])
    if not found.paths:
        reason = "; ".join(problem.reason for problem in found.problems)
        raise DemoError(NO_SCENES.format(scenes=scenes, reason=reason))
    mark = zlib.crc32(str(path).encode())
    return Places(path, ROOT / "demo" / f"{path.stem}-{mark:08x}")


def sample_places() -> Places:
    """Places for the sample scenes, which are fetched if need be.

    Raises:
        DemoError: if they cannot be fetched.
    """
    scenes = sample_scenes(ROOT / ".cache" / "demo")
    print(ROAD_NOTE, flush=True)
    return Places(scenes, ROOT / "demo")


def cmpagl(*args: str) -> int:
    """Show a cmpagl command and run it in the repository root; its exit status."""
    print(f"\n$ cmpagl {shlex.join(args)}", flush=True)
    return subprocess.run([*CLI, *args], cwd=ROOT, check=False).returncode


def index_and_search(places: Places, query: str) -> int:
    """Index the scenes (only what is new or changed) and search them.

    Returns:
        The exit status of the command that refused, else that of indexing: 0, or 3 if some
        scenes were unreadable.
    """
    places.results.mkdir(parents=True, exist_ok=True)
    index, matches, preview = (str(places.results / name) for name in (INDEX, MATCHES, PREVIEW))
    indexed = cmpagl("index", str(places.scenes), "-o", index)
    if indexed not in {0, SOME_UNREADABLE}:
        return indexed
    output = ("-o", matches, "--preview", preview)
    searched = cmpagl("search", index, query, "-k", str(HITS), *output)
    return searched or indexed


def demo(scenes: str, query: str) -> int:
    """Run the whole demo and print where the results are, last.

    Args:
        scenes: the user's folder of rasters; empty for the sample scenes.
        query: one sentence.

    Returns:
        The exit status for the shell: that of the command line.

    Raises:
        DemoError: if there are no scenes to work on.
    """
    places = own_places(scenes) if scenes else sample_places()
    code = index_and_search(places, query)
    if code in {0, SOME_UNREADABLE}:
        say_where(places)
    return code


def say_where(places: Places) -> None:
    """Print the full paths of the results; without a hit there is no picture."""
    print(f"\nMatches: {places.results / MATCHES} (drop it on QGIS)")
    if (places.results / PREVIEW).exists():
        print(f"Picture: {places.results / PREVIEW}")


def main() -> int:
    """Run the demo with what make passes in the environment, or with options."""
    parser = argparse.ArgumentParser(description="Index scenes, search them, write the matches.")
    parser.add_argument("--scenes", default=os.environ.get("SCENES", ""), help="your rasters")
    parser.add_argument("--query", default=os.environ.get("QUERY") or QUERY, help="a sentence")
    options = parser.parse_args()
    try:
        return demo(options.scenes, options.query)
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
