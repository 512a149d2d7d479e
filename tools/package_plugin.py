"""Write ``dist/cmpagl_qgis-VERSION.zip`` for QGIS's "Install from ZIP" and for the plugin site.

The same files give the same bytes. The zip is read again and held to the site's rules
(plugins.qgis.org, ``validator.py`` and ``security_scanner.py``); one that breaks them is removed.
"""

from __future__ import annotations

import configparser
import io
import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from cmpagl_model.cli.plugin_files import (
    ENGINE_FILE,
    LICENCE,
    METADATA,
    PLUGIN,
    PluginFile,
    compiled_translations,
    source_in,
)
from tools import update_translations

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The first moment a zip can name."""
LIMIT_BYTES = 25_000_000
REQUIRED_KEYS = (
    *("name", "description", "version", "qgisMinimumVersion", "author", "email"),
    *("about", "tracker", "repository"),
)
FORBIDDEN_PARTS = {"__pycache__", "__MACOSX", "..", ENGINE_FILE}
ALLOWED_SUFFIXES = {".py", ".svg", ".ts", ".qm", ".txt", ".md", ".jpg", ".tif", ""}
"""The site refuses programs and libraries; here what is not expected is refused too."""


def zipped(files: tuple[PluginFile, ...]) -> bytes:
    """The zip: one folder, sorted names, one time, one mode, whatever the disk says.

    Args:
        files: what goes into it.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(files, key=lambda each: each.name):
            entry = zipfile.ZipInfo(f"{PLUGIN}/{file.name}", FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, on every system
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, file.path.read_bytes())
    return buffer.getvalue()


def complaints(data: bytes) -> list[str]:
    """What the plugin site would refuse, a sentence each; none is good.

    Args:
        data: a zip.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        found = [f"{name}: must not be in the zip" for name in names if _is_forbidden(name)]
        tops = {PurePosixPath(name).parts[0] for name in names}
        if tops != {PLUGIN}:
            found.append(f"wanted one top folder {PLUGIN}, found {', '.join(sorted(tops))}")
        wanted = ("__init__.py", METADATA, LICENCE)
        missing = [name for name in wanted if f"{PLUGIN}/{name}" not in names]
        found += [f"{name} is missing" for name in missing]
        if METADATA not in missing:
            text = archive.read(f"{PLUGIN}/{METADATA}").decode("utf-8")
            found += _metadata_complaints(text, names)
        if LICENCE not in missing and b"GNU GENERAL PUBLIC" not in archive.read(
            f"{PLUGIN}/{LICENCE}"
        ):
            found.append(f"{LICENCE} is not the GPL")
    if len(data) > LIMIT_BYTES:
        found.append(f"{len(data):,} bytes, the site takes {LIMIT_BYTES:,}")
    return found


def _is_forbidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") for part in parts)
    generated = parts[-1].startswith("ui_") or parts[-1] == "resources_rc.py"
    wrong = PurePosixPath(name).suffix not in ALLOWED_SUFFIXES
    return hidden or generated or wrong or bool(FORBIDDEN_PARTS & set(parts))


def _metadata_complaints(text: str, names: list[str]) -> list[str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    empty = [key for key in REQUIRED_KEYS if not parser.get("general", key, fallback="").strip()]
    found = [f"{METADATA} has no {key}" for key in empty]
    icon = parser.get("general", "icon", fallback="")
    if icon and f"{PLUGIN}/{icon}" not in names:
        found.append(f"{METADATA} names the icon {icon}, which is not in the zip")
    return found


def main() -> int:
    """Write the zip, check it, say how it is installed; 1 if it breaks a rule."""
    source = source_in(ROOT / PLUGIN)
    with tempfile.TemporaryDirectory() as folder:
        compiled = compiled_translations(source, Path(folder))
        data = zipped((*source.files(), *compiled))
    found = complaints(data)
    if update_translations.stale_files(source.code):
        found.append("i18n is not up to date; call: python -m tools.update_translations")
    for complaint in found:
        print(f"make plugin: {complaint}", file=sys.stderr)
    if found:
        return 1
    DIST.mkdir(exist_ok=True)
    place = DIST / f"{PLUGIN}-{source.version}.zip"
    place.write_bytes(data)
    print(f"{place.relative_to(ROOT)}: {len(data):,} bytes")
    print(
        "QGIS: Plugins > Manage and Install Plugins > Install from ZIP. The dock then installs the"
    )
    print("engine, from the package index or from the folder that make bundle writes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
