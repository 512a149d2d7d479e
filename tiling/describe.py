"""Opening a scene for the first time: where it lies, what it shows, how to stretch it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from pyproj import CRS
from pyproj.exceptions import CRSError

from .bands import choose_bands
from .checksum import file_facts, scene_checksum
from .errors import NoGeoreferenceError, costs_one_scene
from .georef import ground_sample_distance
from .samples import sample_values
from .scene import SceneRecord
from .settings import gdal_settings
from .source import Raster, has_palette
from .spec import ChipSpec, parse_stretch
from .stretch import find_limits

if TYPE_CHECKING:
    from collections.abc import Callable

_SAMPLED_SIDE_PX = 1024


def describe_scene(
    path: str, spec: ChipSpec, told: Callable[[int], None] | None = None
) -> SceneRecord:
    """Read the facts of a scene: place, bands, stretch, checksum.

    The whole file is read once for the checksum (not an address), and a sample of it for the
    stretch.

    Args:
        path: a raster file, or an http(s) address.
        spec: the wishes; only ``bands`` and ``stretch`` matter here.
        told: called with the bytes of each piece read for the checksum; an exception stops it.
            ``None``: nobody is told.

    Returns:
        The record from which everything else follows.

    Raises:
        UnreadableSceneError: if the file is missing, damaged or of a foreign format, or makes a
            library raise whatever error.
        NoGeoreferenceError: if the file does not say where on Earth it lies.
        BandError: if ``spec.bands`` are not in the file.
    """
    with costs_one_scene(path), gdal_settings(path), Raster(path) as raster:
        described = _facts(raster, spec)
    size_bytes, mtime_ns = file_facts(path)
    checksum = scene_checksum(path, told)
    return replace(described, checksum=checksum, size_bytes=size_bytes, mtime_ns=mtime_ns)


def _facts(raster: Raster, spec: ChipSpec) -> SceneRecord:
    """What the opened raster tells; checksum, size and time are still to come.

    Raises:
        NoGeoreferenceError: if it does not say where on Earth it lies.
    """
    path = raster.path
    from_gcps = _is_placed_by_gcps(raster)
    if from_gcps:
        raster.warp_by_gcps()
    dataset = raster.dataset
    transform = tuple(float(number) for number in dataset.transform[:6])
    crs = _crs_text(raster)
    try:
        gsd_x, gsd_y = ground_sample_distance(crs, transform, dataset.width, dataset.height)
    except NoGeoreferenceError as reason:
        raise NoGeoreferenceError(f"{path}: {reason}") from None
    bands = choose_bands(raster, spec.bands)
    palette = has_palette(dataset) and not spec.bands
    limits = ((0.0, 255.0),) * 3 if palette else _limits(raster, bands, spec.stretch)
    return SceneRecord(
        path=path,
        checksum="",
        size_bytes=0,
        mtime_ns=0,
        crs=crs,
        transform=transform,
        width=int(dataset.width),
        height=int(dataset.height),
        dtype=str(raster.dtype),
        bands=bands,
        stretch=limits,
        gsd_x_m=gsd_x,
        gsd_y_m=gsd_y,
        palette=palette,
        from_gcps=from_gcps,
    )


def _limits(
    raster: Raster, bands: tuple[int, ...], stretch: str
) -> tuple[tuple[float, float], ...]:
    rule = parse_stretch(stretch)
    if rule.kind in {"none", "fixed"}:
        return find_limits((), raster.dtype, rule)
    longer_side = max(raster.dataset.width, raster.dataset.height)
    overview = raster.open_overview(longer_side / _SAMPLED_SIDE_PX)
    if overview is None:
        return find_limits(sample_values(raster, bands), raster.dtype, rule)
    with overview:
        return find_limits(sample_values(overview, bands), raster.dtype, rule)


def _is_placed_by_gcps(raster: Raster) -> bool:
    """Whether only control points place a raster.

    Raises:
        NoGeoreferenceError: if nothing places it on Earth.
    """
    dataset, path = raster.dataset, raster.path
    if raster.has_gcps_only:
        return True
    transform = dataset.transform
    if transform.is_identity:
        raise NoGeoreferenceError(_why_unplaced(raster))
    if not dataset.crs:
        raise NoGeoreferenceError(
            f"{path} has a position but no coordinate reference system; "
            "name it with gdal_translate -a_srs EPSG:CODE IN OUT"
        )
    if not all(math.isfinite(number) for number in transform[:6]) or transform.determinant == 0:
        raise NoGeoreferenceError(
            f"{path} has the transform {tuple(transform[:6])}, in which pixels have no area; "
            "correct it with gdal_translate -a_ullr LEFT TOP RIGHT BOTTOM IN OUT"
        )
    return False


def _why_unplaced(raster: Raster) -> str:
    dataset = raster.dataset
    mend = (
        "give it a place with gdal_translate -a_srs EPSG:CODE -a_ullr LEFT TOP RIGHT BOTTOM IN OUT"
    )
    if dataset.rpcs is not None:
        return (
            f"{raster.path} has rational polynomial coefficients (RPC) only; "
            "orthorectify it first with gdalwarp -rpc -t_srs EPSG:CODE IN OUT"
        )
    if dataset.gcps[0]:
        return (
            f"{raster.path} has {len(dataset.gcps[0])} ground control points but no coordinate "
            "reference system for them; name it with gdal_translate -a_srs EPSG:CODE IN OUT"
        )
    if dataset.crs:
        return (
            f"{raster.path} names {dataset.crs.to_string()[:40]} but no position "
            f"(its geotransform is the identity); {mend}"
        )
    return f"{raster.path} has no geotransform, no control points and no CRS; {mend}"


def _crs_text(raster: Raster) -> str:
    """The CRS as authority and code where that says all, else as WKT2.

    Raises:
        NoGeoreferenceError: if the CRS cannot be understood.
    """
    wkt = raster.dataset.crs.to_wkt(version="WKT2_2019")
    try:
        crs = CRS.from_wkt(wkt)
    except CRSError:
        raise NoGeoreferenceError(
            f"{raster.path} has a CRS that PROJ does not know; "
            "replace it with gdal_translate -a_srs EPSG:CODE IN OUT"
        ) from None
    code = crs.to_authority(min_confidence=100)
    if code and CRS.from_authority(*code).equals(crs, ignore_axis_order=True):
        return ":".join(code)
    return str(wkt)
