"""Scenes made of several files: one file a band, and virtual rasters of a folder's own files.

GDAL reads either by a virtual raster that is written here and lives in memory. Of a ``.vrt`` that a
user names only what lays pixels side by side is taken over: no functions, no files outside its
folder, no overviews or masks elsewhere.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from .errors import UnreadableSceneError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SET = re.compile(
    r"(?P<before>.*)\{(?P<red>[^{},/\\]*),(?P<green>[^{},/\\]*),(?P<blue>[^{},/\\]*)\}"
    r"(?P<after>[^{}/\\]*)"
)
_MOST_BYTES = 64 << 20
_DATASET = frozenset({"SRS", "GeoTransform"})
_BAND = frozenset(
    {"Description", "NoDataValue", "ColorInterp", "ColorTable", "SimpleSource", "ComplexSource"}
)
_SOURCES = frozenset({"SimpleSource", "ComplexSource"})
_SOURCE = frozenset(
    {"SourceFilename", "SourceBand", "SourceProperties", "SrcRect", "DstRect", "NODATA",
     "ScaleOffset", "ScaleRatio", "LUT", "UseMaskBand"}
)  # fmt: skip
_HARMLESS = frozenset(
    {"Metadata", "Histograms", "CategoryNames", "OverviewList", "Overview", "BlockXSize",
     "BlockYSize", "HideNoDataValue", "UnitType", "Offset", "Scale"}
)  # fmt: skip
"""What is left out without a word: it does not change which pixels are shown where."""
_TYPES = {"uint8": "Byte", "int8": "Int8", "uint16": "UInt16", "int16": "Int16", "uint32": "UInt32",
          "int32": "Int32", "float32": "Float32", "float64": "Float64"}  # fmt: skip


def set_name(red: str, green: str, blue: str) -> str:
    """One name for three files of one folder, such as ``x/S2_B0{4,3,2}.jp2``.

    Args:
        red: path of the file with the red band.
        green: of the green one.
        blue: of the blue one.
    """
    paths = (red, green, blue)
    shortest = min(map(len, paths))
    start = 0
    while start < shortest and len({path[start] for path in paths}) == 1:
        start += 1
    end = 0
    while end < shortest - start and len({path[-1 - end] for path in paths}) == 1:
        end += 1
    middles = ",".join(path[start : len(path) - end] for path in paths)
    return f"{red[:start]}{{{middles}}}{red[len(red) - end :]}"


def files_of_set(path: str) -> tuple[str, str, str] | None:
    """The files of red, green and blue that a name from :func:`set_name` stands for.

    Args:
        path: any path; that of a file goes before.
    """
    match = _SET.fullmatch(path)
    if match is None or Path(path).exists():
        return None
    red, green, blue = (
        f"{match['before']}{match[colour]}{match['after']}" for colour in ("red", "green", "blue")
    )
    return red, green, blue


def is_there(path: str) -> bool:
    """Whether a scene's file, or all of its files, exist on this machine."""
    files = files_of_set(path) or (path,)
    return all(os.path.exists(one) for one in files)  # noqa: PTH110 - a name too long is none


def files_of(path: str) -> tuple[str, ...]:
    """The files whose pixels a scene shows, itself left out; empty for an ordinary file.

    Raises:
        UnreadableSceneError: if a virtual raster names what it may not.
    """
    found = files_of_set(path)
    if found:
        return found
    if not path.lower().endswith(".vrt"):
        return ()
    names = (node.text or "" for node in _own_vrt(path).iter("SourceFilename"))
    return tuple(dict.fromkeys(names))


def vrt_of(path: str) -> str:
    """A ``.vrt`` file as it may be opened: own files by their full names, nothing else.

    Raises:
        UnreadableSceneError: if it is damaged or names what it may not.
    """
    return ET.tostring(_own_vrt(path), encoding="unicode")


def vrt_of_set(path: str, bands: Sequence[Any]) -> str:
    """A virtual raster of three bands.

    Args:
        path: of the set, for messages.
        bands: open datasets with one band each, red, green, blue.

    Raises:
        UnreadableSceneError: if they do not fit upon each other.
    """
    first = bands[0]
    for band in bands:
        if band.count != 1 or _grid(band) != _grid(first) or not band.crs:
            raise UnreadableSceneError(
                f"{path} is made of files that do not fit upon each other ({band.width} x "
                f"{band.height} px and {first.width} x {first.height} px); make one file of them "
                "with gdal_merge or gdalbuildvrt -separate"
            )
    root = ET.Element("VRTDataset", rasterXSize=str(first.width), rasterYSize=str(first.height))
    ET.SubElement(root, "SRS").text = first.crs.to_wkt()
    ET.SubElement(root, "GeoTransform").text = ", ".join(map(repr, first.transform.to_gdal()))
    for number, (colour, band) in enumerate(zip(("Red", "Green", "Blue"), bands, strict=True), 1):
        kind = _TYPES[first.dtypes[0]]
        node = ET.SubElement(root, "VRTRasterBand", dataType=kind, band=str(number))
        ET.SubElement(node, "ColorInterp").text = colour
        if band.nodata is not None:
            ET.SubElement(node, "NoDataValue").text = repr(float(band.nodata))
        source = ET.SubElement(node, "SimpleSource")
        ET.SubElement(source, "SourceFilename", relativeToVRT="0").text = str(
            Path(band.name).absolute()
        )
        ET.SubElement(source, "SourceBand").text = "1"
    return ET.tostring(root, encoding="unicode")


def _grid(dataset: Any) -> tuple[object, ...]:  # noqa: ANN401 - rasterio has no types
    return dataset.width, dataset.height, dataset.transform, dataset.crs, dataset.dtypes[0]


def _own_vrt(path: str) -> ET.Element:
    """A virtual raster without what it may not have.

    Raises:
        UnreadableSceneError: if it is damaged or names what it may not.
    """
    try:
        text = Path(path).read_bytes()[:_MOST_BYTES]
        declares = b"<!" in text.replace(b"<!--", b"")  # what is declared may be huge
        root = ET.Element("a declaration") if declares else ET.fromstring(text)
    except (OSError, ET.ParseError, ValueError) as reason:
        raise UnreadableSceneError(
            f"{path} is no virtual raster that can be read ({reason}); make it anew with "
            "gdalbuildvrt"
        ) from None
    if root.tag != "VRTDataset" or root.get("subClass"):
        raise UnreadableSceneError(_refusal(path, f"it is a {root.get('subClass') or root.tag}"))
    size = {key: root.get(key, "") for key in ("rasterXSize", "rasterYSize")}
    own = ET.Element("VRTDataset", size)
    for node in root:
        if node.tag == "VRTRasterBand":
            own.append(_own_band(path, node))
        elif node.tag == "MaskBand":
            ET.SubElement(own, "MaskBand").extend([_own_band(path, band) for band in node])
        elif node.tag in _DATASET:
            own.append(node)
        elif node.tag not in _HARMLESS:
            raise UnreadableSceneError(_refusal(path, f"it holds {node.tag}"))
    return own


def _own_band(path: str, band: ET.Element) -> ET.Element:
    if band.get("subClass") not in {None, "VRTSourcedRasterBand"}:
        raise UnreadableSceneError(_refusal(path, f"a band of it is a {band.get('subClass')}"))
    kept = {key: band.get(key, "") for key in ("dataType", "band") if band.get(key)}
    own = ET.Element("VRTRasterBand", kept)
    for node in band:
        if node.tag in _SOURCES:
            own.append(_own_source(path, node))
        elif node.tag in _BAND:
            own.append(node)
        elif node.tag not in _HARMLESS:
            raise UnreadableSceneError(_refusal(path, f"a band of it holds {node.tag}"))
    return own


def _own_source(path: str, source: ET.Element) -> ET.Element:
    own = ET.Element(source.tag)
    for node in source:
        if node.tag == "SourceFilename":
            name = ET.SubElement(own, "SourceFilename", relativeToVRT="0")
            name.text = _own_file(
                path, node.text or "", is_relative=node.get("relativeToVRT") == "1"
            )
        elif node.tag in _SOURCE:
            own.append(node)
        elif node.tag not in {"OpenOptions"}:
            raise UnreadableSceneError(_refusal(path, f"a source of it holds {node.tag}"))
    return own


def _own_file(path: str, name: str, *, is_relative: bool) -> str:
    """The full name of a file that lies in the folder of a virtual raster, or below.

    Raises:
        UnreadableSceneError: if it lies elsewhere or is missing.
    """
    folder = Path(path).resolve().parent
    found = (folder / name if is_relative else Path(name)).resolve()
    if not found.is_relative_to(folder):
        raise UnreadableSceneError(
            _refusal(path, f"it shows {name}, which is no file in its own folder")
        )
    if not found.is_file():
        raise UnreadableSceneError(f"{path} shows {name}, which is missing; bring it back")
    if found.suffix.lower() == ".vrt":
        raise UnreadableSceneError(_refusal(path, f"it shows another virtual raster, {name}"))
    return str(found)


def _refusal(path: str, what: str) -> str:
    return (
        f"{path} cannot be read: {what}. Of virtual rasters those are read that lay files of their "
        "own folder side by side; make one file of it with gdal_translate IN.vrt OUT.tif"
    )
