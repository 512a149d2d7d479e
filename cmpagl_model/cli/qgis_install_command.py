"""``cmpagl qgis-install``: the plugin in a profile of QGIS, knowing this engine."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .plugin_files import PLUGIN, find_plugin
from .plugin_install import install, uninstall
from .qgis_profiles import find_profiles
from .text import say


@click.command(name="qgis-install", short_help="Put the plugin into QGIS.")
@click.option("--profile", default="default", show_default=True, help="Profile of QGIS.")
@click.option(
    "--profiles-path",
    type=click.Path(path_type=Path, file_okay=False),
    help="What QGIS is started with as --profiles-path; where it looks by itself if not given.",
)
@click.option("--dev", is_flag=True, help="Link to the files instead of copying them.")
@click.option("--uninstall", "remove", is_flag=True, help="Take the plugin out again.")
def command(profile: str, profiles_path: Path | None, *, dev: bool, remove: bool) -> None:
    """Put the plugin into QGIS and tell it where this engine is.

    Copies the plugin into the profile, names this Python as the engine's, and enables the plugin.
    Nothing is installed into the Python of QGIS. Call it again after an update, or after this
    environment was moved.
    """
    source = find_plugin()
    for place in find_profiles(profile, profiles_path):
        if remove:
            there, target = uninstall(source, place), place.plugins / PLUGIN
            done = f"removed {target}; restart QGIS if it runs"
            say(done if there else f"nothing at {target}")
            continue
        new = not place.folder.is_dir()
        target = install(source, place, sys.executable, linked=dev)
        say(f"CMPAGL {source.version} {'linked' if dev else 'copied'} to {target}")
        say(f"engine: {sys.executable}")
        made = " (a new profile; QGIS fills it at its first start)" if new else ""
        say(f"enabled in {place.settings}{made}")
        if dev:
            say("Files that are new at the top of the package need another call.")
    if not remove:
        say("Start QGIS, or restart it if it runs: Raster > CMPAGL > Search imagery.")
