"""Where the QGIS plugin lies on this machine and which files belong to it.

Start at :func:`find_plugin`. Nothing of the plugin is imported: it needs QGIS, this does not.
"""

from __future__ import annotations

import configparser
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from cmpagl_model.errors import InstallError

from .qt_translation import compiled

PLUGIN = "cmpagl_qgis"
"""Name of the plugin's package, and of its folder in QGIS."""
METADATA, LICENCE, ENGINE_FILE = "metadata.txt", "LICENSE", "engine.json"
HELP, GUIDE = "help", "user-guide.md"
"""The plugin's folder of the guide, and the guide."""
NOT_SHIPPED = {METADATA, LICENCE, ENGINE_FILE}
"""What is placed by itself; a copy that a build left in the package does not count."""


@dataclass(frozen=True)
class PluginFile:
    """A file of the plugin."""

    name: str
    """Path inside the plugin's folder, with ``/`` between its parts."""
    path: Path
    """Where it is now."""


@dataclass(frozen=True)
class PluginSource:
    """The plugin as pip or a checkout brought it."""

    code: Path
    """Folder of the package."""
    facts: Path
    """Folder of ``metadata.txt`` and ``LICENSE``."""

    @property
    def version(self) -> str:
        """The version in ``metadata.txt``."""
        return metadata_value(self.facts / METADATA, "version")

    def files(self) -> tuple[PluginFile, ...]:
        """All files of the plugin in the order of their names; nothing hidden, nothing compiled."""
        found = []
        for path in self.code.rglob("*"):
            name = path.relative_to(self.code)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in name.parts)
            shipped = not hidden and name.suffix != ".pyc" and str(name) not in NOT_SHIPPED
            if shipped and path.is_file():
                found.append(PluginFile(name.as_posix(), path))
        found += [PluginFile(name, self.facts / name) for name in (METADATA, LICENCE)]
        found += guide_files(self.facts / "docs")  # of a checkout; a wheel has them in the package
        return tuple(sorted(found, key=lambda file: file.name))


def guide_files(docs: Path) -> list[PluginFile]:
    """The user guide and its pictures, as they lie in the plugin's folder.

    Args:
        docs: the repository's pages; where there are none, as in a wheel, nothing is given.
    """
    paths = [*docs.glob(GUIDE), *sorted(docs.glob("images/guide/*.jpg"))]
    return [PluginFile(f"{HELP}/{path.relative_to(docs).as_posix()}", path) for path in paths]


def compiled_translations(source: PluginSource, folder: Path) -> tuple[PluginFile, ...]:
    """Write the ``.qm`` of each ``.ts`` that translates anything.

    Args:
        source: the plugin's files.
        folder: where the compiled files go.
    """
    made = []
    for file in source.files():
        if file.path.suffix == ".ts" and (data := compiled(file.path.read_bytes())):
            place = folder / file.path.with_suffix(".qm").name
            place.write_bytes(data)
            made.append(PluginFile(f"{file.name.removesuffix('.ts')}.qm", place))
    return tuple(made)


def find_plugin() -> PluginSource:
    """The plugin that came with this engine, from a wheel or a checkout.

    Raises:
        InstallError: if it is not there or not whole.
    """
    spec = importlib.util.find_spec(PLUGIN)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise InstallError(
            f"the plugin's files ({PLUGIN}) are not beside this engine; install it again: "
            "pip install --force-reinstall cmpagl-qgis"
        )
    return source_in(Path(folders[0]))


def source_in(code: Path) -> PluginSource:
    """The plugin whose package is ``code``.

    Args:
        code: a folder with the two facts in it (a wheel) or next to it (a checkout).

    Raises:
        InstallError: if one of them is missing.
    """
    for facts in (code, code.parent):
        if all((facts / name).is_file() for name in (METADATA, LICENCE)):
            return PluginSource(code, facts)
    raise InstallError(
        f"found neither {METADATA} nor {LICENCE} in {code} or beside it; install again: "
        "pip install --force-reinstall cmpagl-qgis"
    )


def metadata_value(file: Path, key: str) -> str:
    """A value of a plugin's ``metadata.txt``; empty where there is none.

    Args:
        file: the file; it may be missing or no metadata at all.
        key: such as ``version``.
    """
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error):
        return ""
    return parser.get("general", key, fallback="")
