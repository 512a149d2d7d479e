"""A folder of wheels, as ``make bundle`` writes it: whether it can serve, and whom."""

from __future__ import annotations

import re
from pathlib import Path

from cmpagl_qgis.errors import InstallError
from cmpagl_qgis.texts import tr

_TAG = re.compile(r"-cp3(\d+)-cp3\d+-")


def check_folder(folder: str) -> None:
    """Refuse a folder that has no engine in it.

    Args:
        folder: its path; empty: none is used.

    Raises:
        InstallError: if it is not there or holds no wheel of cmpagl-qgis.
    """
    if not folder:
        return
    if not Path(folder).is_dir():
        raise InstallError(tr("There is no folder {0}. Choose another one.").format(folder))
    if not list(Path(folder).glob("cmpagl_qgis-*.whl")):
        text = tr(
            "{0} holds no cmpagl_qgis-….whl. Wanted is the folder with the engine and all that it "
            "needs, such as engine-linux-x86_64; choose that one."
        )
        raise InstallError(text.format(folder))


def served_versions(folder: str) -> frozenset[tuple[int, int]]:
    """The versions of Python that the compiled wheels are for; empty: no folder, or not known.

    Args:
        folder: of wheels; empty: none.
    """
    # numpy has a wheel for each version; others have one for several, or for one alone.
    names = [path.name for path in Path(folder).glob("numpy-*.whl")] if folder else []
    tags = [_TAG.search(name) for name in names]
    return frozenset((3, int(tag[1])) for tag in tags if tag)


def pip_wheel(folder: str) -> str:
    """Path of the folder's wheel of pip; empty: there is none.

    Args:
        folder: of wheels; empty: none.
    """
    found = sorted(Path(folder).glob("pip-*-py3-none-any.whl")) if folder else []
    return str(found[-1]) if found else ""
