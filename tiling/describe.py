"""Opening a scene for the first time: where it lies, what it shows, how to stretch it."""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from .acquired import acquired
from .addresses import is_url, public
from .bands import alpha_band, band_choice
from .checksum import file_facts, scene_checksum
from .composed import files_of
from .errors import BandError, NoGeoreferenceError, costs_one_scene
from .fill import find_fill, is_fill
from .georef import ground_sample_distance
from .overviews import overviews_agree
from .pixels import PixelSource
from .quality import note_of_contents, why_no_picture
from .samples import sample_values, without_nodata
from .scene import SceneRecord
from .settings import gdal_settings
from .sidecars import state
from .source import Raster, has_palette
from .spec import ChipSpec, parse_stretch
from .stretch import find_limits

if TYPE_CHECKING:
    from collections.abc import Callable

_SAMPLED_SIDE_PX = 1024
_MASK_VALUES, _MASK_SHARE = 3, 0.9
_AS_THEY_ARE = ((0.0, 255.0),) * 3


def describe_scene(
    path: str,
    spec: ChipSpec,
    on_progress: Callable[[int], None] | None = None,
    crs: str | None = None,
) -> SceneRecord:
    """Read the facts of a scene: place, bands, stretch, checksum.

    The whole file is read once for the checksum (not an address), and a sample of it for the
    stretch.

    Args:
        path: a raster file, or an http(s) address.
        spec: the chip specification; only ``bands`` and ``stretch`` matter here.
        on_progress: called with the bytes of each piece read for the checksum; an exception stops
            it.
        crs: the CRS in place of what the file says, anything that PROJ understands; ``None``: the
            file's own.

    Returns:
        The record from which everything else follows.

    Raises:
        UnreadableSceneError: if the file is missing, damaged or of a foreign format, or makes a
            library raise whatever error.
        NoGeoreferenceError: if the file does not say where on Earth it lies.
        BandError: if ``spec.bands`` are not in the file, or it holds flags and no picture.
    """
    path = public(path)
    with costs_one_scene(path), gdal_settings(path), Raster(path) as raster:
        described = _look(raster, spec, _facts(raster, spec, crs))
    size_bytes, mtime_ns = file_facts(path)
    checksum = scene_checksum(path, on_progress)
    return replace(
        described,
        checksum=checksum,
        size_bytes=size_bytes,
        mtime_ns=mtime_ns,
        side_files="" if is_url(path) else state(path),
    )


def glance_at_scene(path: str, spec: ChipSpec, crs: str | None = None) -> SceneRecord:
    """The facts of a scene that its headers tell: enough to lay chips over it, not to read them.

    No pixel is looked at, so checksum and side files are empty, the stretch is none, and what
    :func:`describe_scene` finds by looking (fill, overviews of another picture) is not known.

    Args:
        path: a raster file, or an http(s) address.
        spec: the chip specification; only ``bands`` matter here.
        crs: as :func:`describe_scene` has it.

    Returns:
        A record whose plan of chips is that of the scene when it is described.

    Raises:
        UnreadableSceneError: as :func:`describe_scene`.
        NoGeoreferenceError: as :func:`describe_scene`.
        BandError: as :func:`describe_scene`.
    """
    path = public(path)
    with costs_one_scene(path), gdal_settings(path), Raster(path) as raster:
        glanced = _facts(raster, spec, crs)
    size_bytes, mtime_ns = file_facts(path)
    return replace(glanced, size_bytes=size_bytes, mtime_ns=mtime_ns)


def _facts(raster: Raster, spec: ChipSpec, given: str | None) -> SceneRecord:
    """What the headers of an opened raster tell; no pixel is looked at.

    Args:
        raster: the scene.
        spec: the chip specification.
        given: the CRS in place of the file's.

    Raises:
        NoGeoreferenceError: if it does not say where on Earth it lies.
        BandError: if it is no picture, or bands that were asked for are not in it.
    """
    path = raster.path
    from_gcps = _is_placed_by_gcps(raster, given)
    if from_gcps:
        raster.warp_by_gcps()
    dataset = raster.dataset
    transform = tuple(float(number) for number in dataset.transform[:6])
    crs = crs_text(given, path) if given else _own_crs(raster)
    try:
        gsd_x, gsd_y = ground_sample_distance(crs, transform, dataset.width, dataset.height)
    except NoGeoreferenceError as reason:
        raise NoGeoreferenceError(f"{path}: {reason}") from None
    why = "" if spec.bands else why_no_picture(raster)
    if why:
        raise BandError(
            f"{path} is no picture: {why}; leave it out, or name its bands with --bands to "
            "index it all the same"
        )
    choice = band_choice(raster, spec.bands)
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
        bands=choice.bands,
        stretch=_AS_THEY_ARE,
        gsd_x_m=gsd_x,
        gsd_y_m=gsd_y,
        palette=has_palette(dataset) and not spec.bands,
        from_gcps=from_gcps,
        notes=(choice.note,) if choice.note else (),
        crs_given=bool(given),
        taken=_taken(raster),
    )


def when_taken(path: str) -> str:
    """When a scene was taken, by its headers and sidecar files; no pixel is looked at.

    Args:
        path: a raster file, or an http(s) address.

    Returns:
        A date as :mod:`tiling.dates` reads it; empty where it is unknown.

    Raises:
        UnreadableSceneError: if the file is missing, damaged or of a foreign format.
    """
    path = public(path)
    with costs_one_scene(path), gdal_settings(path), Raster(path) as raster:
        return _taken(raster)


def when_taken_by_names(path: str) -> str:
    """When a scene was taken, by its name and sidecar files; the file is not opened.

    Args:
        path: a raster file whose own headers say nothing, on this machine.

    Returns:
        As :func:`when_taken`, at a small part of its cost.

    Raises:
        UnreadableSceneError: if it is a virtual raster that names what it may not.
    """
    return acquired(path, {})


def _taken(raster: Raster) -> str:
    """When a raster was taken; of one that is made of others the first of them is asked."""
    parts = files_of(raster.path)
    if not parts:
        return acquired(raster.path, raster.metadata)
    with Raster(parts[0]) as first:
        return acquired(raster.path, {**first.metadata, **raster.metadata})


def _look(raster: Raster, spec: ChipSpec, glanced: SceneRecord) -> SceneRecord:
    """How the pixels of a scene are shown, by a look at some of them."""
    notes = []
    has_overviews = bool(raster.overview_factors)
    if has_overviews and not overviews_agree(raster):
        raster.ignore_overviews()
        notes.append(
            "its overviews are older than it or show another picture and are not used; make them "
            "anew with gdaladdo"
        )
    ignores_overviews = has_overviews and not raster.overview_factors
    longer_side = max(raster.dataset.width, raster.dataset.height)
    with contextlib.ExitStack() as stack:
        overview = raster.open_overview(longer_side / _SAMPLED_SIDE_PX)
        level = raster if overview is None else stack.enter_context(overview)
        alpha = alpha_band(raster)
        ignores_alpha = alpha is not None and not _tells_transparency(level, alpha)
        choice = band_choice(raster, spec.bands, ignores_alpha=ignores_alpha)
        source = PixelSource(level, choice.bands, ignores_alpha=ignores_alpha)
        limits, fill, classes = _limits(source, spec.stretch, palette=glanced.palette)
    said = choice.note or ("" if spec.bands else classes)
    notes += [said] if said else []
    return replace(
        glanced,
        bands=choice.bands,
        stretch=limits,
        fill=fill,
        ignores_alpha=ignores_alpha,
        ignores_overviews=ignores_overviews,
        notes=tuple(notes),
    )


def _tells_transparency(level: Raster, alpha: int) -> bool:
    """Whether a band tagged as alpha looks like a mask: nearly all of it has a few values.

    GDAL tags the fourth band of any file of four so, near infrared included.
    """
    if "warped" in str(level.dataset.driver).lower() or level.has_gcps_only:
        return True
    values = sample_values(PixelSource(level, (alpha,), ignores_alpha=True))[0]
    counts = np.sort(np.unique(values, return_counts=True)[1])
    return bool(counts[-_MASK_VALUES:].sum() >= _MASK_SHARE * len(values))


def _limits(
    source: PixelSource, stretch: str, *, palette: bool
) -> tuple[tuple[tuple[float, float], ...], tuple[float, ...], str]:
    """Stretch, undeclared fill, and a sentence if there is something other than colours."""
    rule, dtype = parse_stretch(stretch), source.raster.dtype
    if rule.kind in {"none", "fixed"}:
        return find_limits((), dtype, rule), (), ""
    samples = sample_values(source)
    classes = note_of_contents(source.raster, samples, palette=palette)
    if palette:
        return _AS_THEY_ARE, (), classes
    shown = without_nodata(source, samples)
    limits = find_limits(shown, dtype, rule)
    if rule.kind == "auto" and dtype == np.uint8 and limits == _AS_THEY_ARE:
        return limits, (), classes
    fill = find_fill(samples)
    if fill:
        limits = find_limits([values[~is_fill(values, fill)] for values in shown], dtype, rule)
    return limits, fill, classes


def _is_placed_by_gcps(raster: Raster, given: str | None) -> bool:
    """Whether only control points place a raster.

    Raises:
        NoGeoreferenceError: if nothing places it on Earth, or a CRS is given for control points.
    """
    dataset, path = raster.dataset, raster.path
    if raster.has_gcps_only:
        if given:
            raise NoGeoreferenceError(
                f"{path} is placed by control points, which have a CRS of their own; no other can "
                "be given. Make a raster of it with gdalwarp"
            )
        return True
    transform = dataset.transform
    if transform.is_identity:
        raise NoGeoreferenceError(_why_unplaced(raster))
    if not (dataset.crs or given):
        raise NoGeoreferenceError(
            f"{path} has a position but no coordinate reference system; "
            "name it with --crs, or with gdal_translate -a_srs EPSG:CODE IN OUT"
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


def crs_text(given: str, path: str) -> str:
    """A CRS that a user gave, as a scene's record has it.

    Args:
        given: anything that PROJ understands.
        path: of the scene, for messages.

    Raises:
        NoGeoreferenceError: if it cannot be understood.
    """
    try:
        crs = CRS.from_user_input(given)
        return _crs_text(crs) or str(crs.to_wkt("WKT2_2019"))
    except CRSError:
        raise NoGeoreferenceError(
            f"{path}: found the CRS {given[:60]!r}, which PROJ does not know; wanted one such as "
            "EPSG:28992"
        ) from None


def _own_crs(raster: Raster) -> str:
    """The CRS that the file names, as authority and code where that says all, else as WKT2.

    Raises:
        NoGeoreferenceError: if it cannot be understood.
    """
    wkt = raster.dataset.crs.to_wkt(version="WKT2_2019")
    try:
        return _crs_text(CRS.from_wkt(wkt)) or str(wkt)
    except CRSError:
        raise NoGeoreferenceError(
            f"{raster.path} has a CRS that PROJ does not know; "
            "replace it with gdal_translate -a_srs EPSG:CODE IN OUT"
        ) from None


def _crs_text(crs: CRS) -> str:
    """Authority and code; empty where they do not say all."""
    code = crs.to_authority(min_confidence=100)
    if code and CRS.from_authority(*code).equals(crs, ignore_axis_order=True):
        return ":".join(code)
    return ""
