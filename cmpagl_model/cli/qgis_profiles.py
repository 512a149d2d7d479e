"""Profiles of QGIS on this machine: where they are, and which plugins they start.

Start at :func:`find_profiles`. Learned from QGIS's own rules; QGIS itself is not needed.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.atomic import replacing
from cmpagl_model.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAMS = ("QGIS3", "QGIS4")
SECTION = "[PythonPlugins]"


@dataclass(frozen=True)
class Profile:
    """One user profile; its folder need not exist yet."""

    folder: Path
    """Such as ``~/.local/share/QGIS/QGIS3/profiles/default``."""
    settings: Path
    """Its settings file."""

    @property
    def plugins(self) -> Path:
        """Folder of its Python plugins."""
        return self.folder / "python" / "plugins"


def find_profiles(name: str, base: Path | None = None) -> tuple[Profile, ...]:
    """The profiles called ``name``: one of each QGIS that was ever started here, at least one.

    Args:
        name: such as ``default``.
        base: what QGIS is started with as ``--profiles-path``; ``None``: where it looks by itself.

    Raises:
        InstallError: if there are profiles, but none of this name.
    """
    if name in {"", ".", ".."} or Path(name).name != name:
        raise InstallError(f"wanted the name of a profile, found {name!r}; the usual is: default")
    bases = (base,) if base else default_bases(sys.platform, os.environ, Path.home())
    profiles = [folder / "profiles" for folder in bases if (folder / "profiles").is_dir()]
    if not profiles:  # QGIS was never started: it will find this one at its first start
        return (_profile(bases[0] / "profiles" / name),)
    found = [folder / name for folder in profiles if (folder / name).is_dir()]
    others = sorted(
        {path.name for folder in profiles for path in folder.iterdir() if path.is_dir()}
    )
    if others and not found:
        raise InstallError(
            f"found no profile {name!r} in {profiles[0]}, only {', '.join(others)}; "
            f"name one of them with --profile, or make it first: qgis --profile {name}"
        )
    return tuple(_profile(folder) for folder in found or [profiles[0] / name])


def default_bases(platform: str, environment: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """Folders that hold ``profiles``, of QGIS 3 and of QGIS 4.

    Args:
        platform: as ``sys.platform`` says.
        environment: as ``os.environ`` is.
        home: the user's own folder.
    """
    custom = environment.get("QGIS_CUSTOM_CONFIG_PATH", "")
    if custom:
        return (Path(custom),)
    if platform == "win32":
        data = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
    elif platform == "darwin":
        data = home / "Library" / "Application Support"
    else:
        data = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
    return tuple(data / "QGIS" / program for program in PROGRAMS)


def _profile(folder: Path) -> Profile:
    program = folder.parent.parent.name
    names = [program] if program in PROGRAMS else list(PROGRAMS)
    files = [folder / "QGIS" / f"{name}.ini" for name in names]
    return Profile(folder, next((file for file in files if file.is_file()), files[0]))


def switch(profile: Profile, plugin: str, *, on: bool) -> None:
    """Let QGIS start a plugin, or take it out; all else stays as it is, byte by byte.

    Args:
        profile: whose settings; to start one they are made where there are none.
        plugin: name of its folder.
        on: whether QGIS is to start it.

    Raises:
        InstallError: if the settings cannot be read or written.
    """
    file = profile.settings
    # Bytes as Latin-1: whatever the file's encoding, the rest is written back unchanged.
    try:
        before = file.read_bytes().decode("latin-1") if file.is_file() else ""
        after = with_setting(before, plugin, "true" if on else None)
        if after != before:
            file.parent.mkdir(parents=True, exist_ok=True)
            with replacing(file) as new:
                new.write_bytes(after.encode("latin-1"))
                if file.is_file():
                    new.chmod(file.stat().st_mode & 0o7777)
    except OSError as error:
        raise InstallError(
            f"{file} cannot be changed: {error.strerror}; enable or disable the plugin in QGIS's "
            "own Plugins > Manage and Install Plugins"
        ) from error


def with_setting(text: str, plugin: str, value: str | None) -> str:
    r"""The settings with one plugin switched.

    Args:
        text: an ini file of QGIS.
        plugin: the key in its section ``[PythonPlugins]``.
        value: ``true`` or ``false``; ``None`` takes the key out.

    Example:
        >>> with_setting("[app]\nname=x\n", "town", "true")
        '[app]\nname=x\n\n[PythonPlugins]\ntown=true\n'
    """
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    start = next((n for n, line in enumerate(lines) if line.strip() == SECTION), None)
    if start is None and value is None:
        return text
    if start is None:
        body = text if not text or text.endswith(("\n", "\r")) else text + end
        return f"{body}{end if body else ''}{SECTION}{end}{plugin}={value}{end}"
    stop = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("[")), len(lines))
    kept = [line for line in lines[start + 1 : stop] if line.split("=")[0].strip() != plugin]
    added = [] if value is None else [f"{plugin}={value}{end}"]
    head = lines[start].rstrip("\r\n") + end  # a last line may lack its end
    return "".join([*lines[:start], head, *added, *kept, *lines[stop:]])
