"""Rasters that hold flags or classes in place of a picture: refused by name, named by contents."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .bands import band_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from .source import Raster

_FLAGS = re.compile(
    r"(?<![a-z0-9])(qa|qa[_-]?pixel|qa[_-]?radsat|pixel[_-]?qa|radsat[_-]?qa|qa60|bqa|(sr|st)[_-]qa"
    r"([_-]aerosol)?|sr[_-]cloud[_-]qa|scl|udm|udm2|udm2[._]1|fmask|cloud[_-]?mask|cld(prb|msk)?"
    r"|snw(prb)?|msk[_-]\w+|data[_-]?mask|valid[_-]?mask|mask|quality|state[_-]1km|qc)(?![a-z0-9])"
)
_CLASSES = re.compile(
    r"(?<![a-z0-9])(land[_-]?cover|land[_-]?use|lulc|nlcd|corine|clc\d*|classification|classified"
    r"|classes|labels?|segmentation|worldcover)(?![a-z0-9])"
)
_HEIGHTS = re.compile(
    r"(?<![a-z0-9])(dem|dsm|dtm|dhm|dgm|mns|mnt|chm|ndsm|srtm|elevation|height|heights|hillshade"
    r"|slope|aspect|bathymetry|ndvi|ndwi|evi)(?![a-z0-9])"
)
_RADAR = re.compile(
    r"(?<![a-z0-9])(vv|vh|hh|hv|sar|s1[abcd]|s1(?=[_-](iw|ew|rtc|grd))|sentinel[ _-]?1|sigma0"
    r"|gamma0|grdh?|palsar\d?|terrasar|radarsat)(?![a-z0-9])"
)
_PICTURE_BANDS = 3
_FEW_VALUES, _ENOUGH = 24, 2000


def is_flags(path: str) -> bool:
    """Whether a file's name says that it holds flags of quality or a mask.

    Args:
        path: of a file or an address.
    """
    return bool(_FLAGS.search(Path(path.split("?", maxsplit=1)[0]).stem.casefold()))


def why_no_picture(raster: Raster) -> str:
    """Why a file is no picture by what it says of itself, in a few words; empty if it may be one.

    Args:
        raster: the open scene.
    """
    names = [name.casefold() for name in band_names(raster.dataset)]
    of_udm = "clear" in names and any("cloud" in name or "unusable" in name for name in names)
    if of_udm or all(_FLAGS.search(name) for name in names):
        return "its bands are flags of quality"
    if int(raster.dataset.count) < _PICTURE_BANDS and is_flags(raster.path):
        return "its name says that it holds flags of quality or a mask"
    if int(raster.dataset.count) == 8 and raster.dtype == "uint8" and is_flags(raster.path):
        return "its name says that it is a usable data mask"
    return ""


def note_of_contents(raster: Raster, samples: Sequence[npt.NDArray[Any]], *, palette: bool) -> str:
    """A sentence if what is shown are classes or measurements, no colours; else empty.

    Args:
        raster: the open scene.
        samples: values of the bands shown.
        palette: whether they are colour numbers.
    """
    names = " ".join([Path(raster.path.split("?")[0]).stem, *band_names(raster.dataset)])
    if int(raster.dataset.count) < _PICTURE_BANDS and _CLASSES.search(names.casefold()):
        return "its name speaks of classes; a map of classes is no photograph"
    if int(raster.dataset.count) < _PICTURE_BANDS and _HEIGHTS.search(names.casefold()):
        return "its name speaks of heights or an index, which are no photographs"
    if not palette and _RADAR.search(names.casefold()):
        return "its name speaks of radar, which is no photograph"
    if palette or raster.dtype.kind == "f" or len(samples[0]) < _ENOUGH:
        return ""
    most = max(len(np.unique(values)) for values in samples)
    if most > _FEW_VALUES:
        return ""
    few = f"{most} different values" if most > 1 else "a single value"
    return f"it holds {few} only, as maps of classes and flags do"
