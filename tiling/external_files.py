"""What a scene on this machine may reach: itself, and sidecar files that bear its name.

GDAL opens whatever is named ``.ovr`` or ``.msk`` beside a file, virtual rasters and web services
among them, and any overview file that metadata name. So these are looked at before GDAL asks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rasterio

from .errors import UnreadableSceneError

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_PICTURES = frozenset({".ovr", ".msk"})
_APPENDED = (".ovr", ".msk", ".aux.xml")
_REPLACED = (".tfw", ".wld", ".tab", ".prj", ".aux")


def check_side_files(path: str) -> None:
    """Refuse sidecar files that are no ordinary files of their own, before GDAL opens them.

    Args:
        path: a file on this machine.

    Raises:
        UnreadableSceneError: if one is a pipe or device, leads elsewhere by a link, or should be
            a picture and is no TIFF.
    """
    file = Path(path)
    sides = [
        *(file.with_name(file.name + name) for name in _APPENDED),
        *(file.with_name(file.name + name.upper()) for name in _APPENDED),
        *(file.with_suffix(name) for name in _REPLACED),
        *(file.with_suffix(name.upper()) for name in _REPLACED),
    ]
    for side in sides:
        if side.is_symlink() and not file.is_symlink():
            raise UnreadableSceneError(_foreign(path, side, "is a link"))
        if side.is_dir() or not side.exists():
            continue
        if not side.is_file():
            raise UnreadableSceneError(_foreign(path, side, "is no ordinary file"))
        if side.suffix.lower() in _PICTURES:
            with side.open("rb") as opened:
                if not opened.read(4).startswith(_TIFF):
                    raise UnreadableSceneError(_foreign(path, side, "is no TIFF"))
            check_side_files(str(side))
            with rasterio.open(side, driver="GTiff") as dataset:
                check_overviews(str(side), dataset)


def check_overviews(path: str, dataset: Any) -> None:  # noqa: ANN401 - rasterio has no types
    """Refuse a scene whose metadata name a file as its overviews, before GDAL opens that.

    Args:
        path: the scene's, for the message.
        dataset: opened without any of its overviews.

    Raises:
        UnreadableSceneError: if they do.
    """
    named = dataset.tags(ns="OVERVIEWS")
    if named:
        raise UnreadableSceneError(
            f"{path} names other files as its overviews ({', '.join(named.values())}), which are "
            f"not read; delete the metadata domain OVERVIEWS from it or from {path}.aux.xml"
        )


def _foreign(path: str, side: Path, what: str) -> str:
    return (
        f"{path} cannot be read safely: {side.name} beside it {what} and could show something "
        "else; remove it"
    )
