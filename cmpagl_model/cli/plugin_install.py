"""Placing the plugin in a profile of QGIS, and taking it out again."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path

from cmpagl_model.errors import InstallError

from .plugin_files import (
    ENGINE_FILE,
    METADATA,
    PLUGIN,
    PluginSource,
    compiled_translations,
    metadata_value,
)
from .qgis_profiles import Profile, switch

PLUGIN_NAME = "CMPAGL"
"""Its name in ``metadata.txt``: by this a folder is known to be ours."""
_OWN_FILE = re.compile(r"cmpagl\.json(\.\d+)?|cmpagl_[0-9a-f]{16}\.lock")


def install(source: PluginSource, profile: Profile, python: str, *, linked: bool) -> Path:
    """Place the plugin, tell it the engine's Python, and let QGIS start it.

    The folder is complete or as it was: it is made next to its place and moved there.

    Args:
        source: the plugin's files.
        profile: where to.
        python: absolute path of the interpreter with the engine in it.
        linked: link to the files instead of copying them, for work on the plugin.

    Returns:
        The plugin's folder in the profile.

    Raises:
        InstallError: if another plugin is there, or the disk refuses.
    """
    target = profile.plugins / PLUGIN
    refuse_foreign(target, source)
    try:
        profile.plugins.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=PLUGIN, dir=profile.plugins.parent) as folder:
            new = Path(folder) / PLUGIN
            new.mkdir()
            (_link if linked else _copy)(source, new)
            text = json.dumps({"python": python}, indent=2, ensure_ascii=False)
            (new / ENGINE_FILE).write_text(text + "\n", encoding="utf-8")
            if target.exists() or target.is_symlink():
                target.replace(Path(folder) / "old")
            new.replace(target)
    except OSError as error:
        hint = "without --dev files are copied, which needs no right to make links"
        raise InstallError(
            f"the plugin cannot be placed in {target}: {error.strerror}"
            + (f"; {hint}" if linked else "")
        ) from error
    switch(profile, PLUGIN, on=True)
    return target


def uninstall(source: PluginSource, profile: Profile) -> bool:
    """Take the plugin and what it wrote down out of a profile; indexes and the engine stay.

    Args:
        source: the plugin's files, to know a link to them.
        profile: where from.

    Returns:
        Whether it was there.

    Raises:
        InstallError: if another plugin is there, or the disk refuses.
    """
    target = profile.plugins / PLUGIN
    refuse_foreign(target, source)
    there = target.exists() or target.is_symlink()
    try:
        if target.is_symlink():
            target.unlink()
        elif there:
            shutil.rmtree(target)
        for file in sorted(profile.folder.glob("cmpagl*")):  # its state file, and locks of builds
            if file.is_file() and _OWN_FILE.fullmatch(file.name):
                file.unlink(missing_ok=True)
    except OSError as error:
        raise InstallError(f"{target} cannot be removed: {error.strerror}; close QGIS and "
                           "try again") from error  # fmt: skip
    switch(profile, PLUGIN, on=False)
    return there


def refuse_foreign(target: Path, source: PluginSource) -> None:
    """Refuse to touch what this command did not place.

    Args:
        target: the plugin's folder in a profile; it may be absent.
        source: the plugin's files; a link to them is ours.

    Raises:
        InstallError: if something else is there.
    """
    if not (target.exists() or target.is_symlink()):
        return
    found = metadata_value(target / METADATA, "name")
    if found == PLUGIN_NAME or (target.is_symlink() and target.resolve() == source.code.resolve()):
        return
    what = f"the plugin {found!r}" if found else "something that is no plugin of ours"
    raise InstallError(
        f"found {what} in {target}, wanted CMPAGL or nothing; move it away, then call this again"
    )


def _copy(source: PluginSource, new: Path) -> None:
    for file in source.files():
        place = new / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.path, place)
    compiled_translations(source, new / "i18n")


def _link(source: PluginSource, new: Path) -> None:
    # One link for each entry, so that engine.json and metadata.txt need no place in the checkout.
    # The guide is read where the checkout has it.
    names = {Path(file.name).parts[0]: file for file in source.files()}
    for name, file in names.items():
        path = file.path if file.name == name else source.code / name
        if not path.exists():
            continue
        (new / name).symlink_to(path.resolve(), target_is_directory=path.is_dir())
