"""Scenes and answers painted for the tests; places are computed by GDAL, not by the plugin."""

from __future__ import annotations

import json

import numpy as np
from osgeo import gdal, ogr, osr

from cmpagl_qgis.engine.records import Answer, Hit, Model

gdal.UseExceptions()
MODEL = Model("painted", "00ff" * 8)


def spatial(crs):
    """A GDAL reference with longitude and easting first."""
    reference = osr.SpatialReference()
    reference.SetFromUserInput(crs)
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return reference


def paint(path, crs="EPSG:32631", transform=(600_000, 1.0, 0, 5_760_000, 0, -1.0), size=256):
    """Write a GeoTIFF of random pixels; ``crs`` may be None."""
    pixels = np.random.default_rng(0).integers(1, 255, (3, size, size)).astype(np.uint8)
    scene = gdal.GetDriverByName("GTiff").Create(str(path), size, size, 3, gdal.GDT_Byte)
    scene.SetGeoTransform(transform)
    if crs is not None:
        scene.SetProjection(spatial(crs).ExportToWkt())
    for band in range(3):
        scene.GetRasterBand(band + 1).WriteArray(pixels[band])
    scene.FlushCache()
    return path


def ring_on_ground(transform, window):
    """Corners of a window in the scene's CRS, closed."""
    column, row, width, height = window
    corners = [(0, 0), (width, 0), (width, height), (0, height), (0, 0)]
    return [gdal.ApplyGeoTransform(transform, column + x, row + y) for x, y in corners]


def footprint(crs, transform, window):
    """The window as GeoJSON in degrees, cut at the antimeridian."""
    way = osr.CoordinateTransformation(spatial(crs), spatial("EPSG:4326"))
    ring = [list(way.TransformPoint(x, y)[:2]) for x, y in ring_on_ground(transform, window)]
    longitudes = [point[0] for point in ring]
    if max(longitudes) - min(longitudes) < 180:
        return {"type": "Polygon", "coordinates": [ring]}
    whole = [(x if x > 0 else x + 360, y) for x, y in ring]
    parts = []
    for low, shift in ((0, 0), (180, -360)):
        box = f"POLYGON(({low} -90,{low + 180} -90,{low + 180} 90,{low} 90,{low} -90))"
        text = ",".join(f"{x!r} {y!r}" for x, y in whole)
        half = _ogr(f"POLYGON(({text}))").Intersection(_ogr(box))
        rings = json.loads(half.ExportToJson())["coordinates"]
        parts.append([[[x + shift, y] for x, y in ring] for ring in rings])
    return {"type": "MultiPolygon", "coordinates": parts}


def _ogr(text):
    return ogr.CreateGeometryFromWkt(text)


def make_hit(  # noqa: PLR0913 - each varied by some test
    rank, window, *, score=None, scene="/data/scene.tif", crs="EPSG:32631",
             transform=(600_000, 1.0, 0, 5_760_000, 0, -1.0), probability=None):  # fmt: skip
    """A hit of a scene of 1 m pixels."""
    return Hit(
        rank=rank, score=0.4 - 0.01 * rank if score is None else score, probability=probability,
        scene=str(scene), window=window, gsd_m=1.0, ground_m=float(window[2]), crs=crs,
        geometry=footprint(crs, transform, window),
    )  # fmt: skip


def make_answer(hits, query="boats on a canal"):
    """An answer of these hits."""
    return Answer(query, MODEL, tuple(hits), len(hits), 0.02, ())


def grid_of_hits(count=9, side=64, **more):
    """Hits that overlap each other by half, best first."""
    step = side // 2
    return [make_hit(n + 1, ((n % 3) * step, (n // 3) * step, side, side), **more)
            for n in range(count)]  # fmt: skip
