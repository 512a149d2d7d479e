"""Raster layers and what is behind them: files and addresses can be indexed."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsProject,
    QgsProviderRegistry,
    QgsRasterLayer,
)

from cmpagl_qgis.errors import SourceError
from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from qgis.core import QgsLayerTreeGroup, QgsLayerTreeLayer

ADDRESSES = ("http://", "https://", "s3://", "gs://", "az://")
STORES = {"/vsis3/": "s3://", "/vsigs/": "gs://", "/vsiaz/": "az://"}
CURL = "/vsicurl/"
AUTHORITIES = ("EPSG:", "ESRI:", "OGC:", "IGNF:")
"""Whose codes the engine knows as QGIS does."""
PRODUCT = re.compile(r"SENTINEL2_\w+:", re.IGNORECASE)
RASTERS_OF_A_GEOPACKAGE = (
    "SELECT COUNT(*) FROM gpkg_contents WHERE data_type IN ('tiles', '2d-gridded-coverage')"
)


def is_address(path: str) -> bool:
    """Whether a path names what lies on a server.

    Args:
        path: of a scene.
    """
    return path.lower().startswith(ADDRESSES)


@dataclass(frozen=True)
class Source:
    """A raster layer that the engine can read."""

    name: str
    """The user's name of the layer."""
    path: str
    """Absolute path of its file, or its address."""
    crs: str = ""
    """The CRS that the user set on the layer, code or WKT; empty: that of the file."""


def source_of(layer: QgsMapLayer) -> Source:
    """The file or the address behind a raster layer.

    Args:
        layer: any layer.

    Raises:
        SourceError: if it is no raster, has no file of its own, or no CRS; the layer is named.
    """
    name = layer.name()
    if not isinstance(layer, QgsRasterLayer):
        raise SourceError(tr("Layer {0} is no raster layer.").format(name))
    if layer.providerType() != "gdal":
        text = tr(
            "Layer {0} has no file (it comes from {1}); save it as GeoTIFF "
            "(Export > Save As) and take that."
        )
        raise SourceError(text.format(name, layer.providerType()))
    path = _file_of(layer)
    if not layer.crs().isValid():
        text = tr("Layer {0} has no CRS; set it in its properties, or with Assign Projection.")
        raise SourceError(text.format(name))
    provider, crs = layer.dataProvider(), layer.crs()
    if provider is None or provider.crs() == crs:
        return Source(name, path)
    known = crs.authid().upper().startswith(AUTHORITIES)
    wkt = QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED
    return Source(name, path, crs.authid() if known else crs.toWkt(wkt))


def source_or_none(layer: QgsMapLayer) -> Source | None:
    """As :func:`source_of`, but ``None`` for a layer that the engine cannot read.

    Args:
        layer: any layer.
    """
    try:
        return source_of(layer)
    except SourceError:
        return None


def _file_of(layer: QgsRasterLayer) -> str:
    address = address_of(layer.source())
    if address:
        return address
    if PRODUCT.match(layer.source()):
        text = tr("Layer {0} is part of a Sentinel-2 product; take its folder (Add a folder).")
        raise SourceError(text.format(layer.name()))
    parts = QgsProviderRegistry.instance().decodeUri("gdal", layer.source())
    path = str(parts.get("path") or "")
    several = bool(parts.get("layerName")) and _rasters_of(path) != 1
    if several or ":" in path[2:]:
        text = tr("Layer {0} is one of several in {1}; save it as GeoTIFF and take that.")
        raise SourceError(text.format(layer.name(), path or layer.source()))
    if parts.get("vsiPrefix") or path.startswith("/vsi"):
        text = tr("Layer {0} lies in an archive or in memory ({1}); take a file on disk.")
        raise SourceError(text.format(layer.name(), layer.source()))
    if not Path(path).is_file():
        text = tr("The file of layer {0} is not there: {1}")
        raise SourceError(text.format(layer.name(), path or layer.source()))
    return str(Path(path).absolute())


def _rasters_of(path: str) -> int:
    """How many rasters a GeoPackage holds; 0 where that cannot be told."""
    try:
        where = f"{Path(path).absolute().as_uri()}?mode=ro"
        if not where.startswith("file:///"):  # a share of Windows; SQLite knows no servers
            where = where.replace("file://", "file:////", 1)
        with closing(sqlite3.connect(where, uri=True)) as database:
            return int(database.execute(RASTERS_OF_A_GEOPACKAGE).fetchone()[0])
    except (sqlite3.Error, ValueError):
        return 0


def address_of(source: str) -> str:
    """The address that GDAL's name of a layer on a server means; empty: it means none.

    Args:
        source: of a layer, such as ``/vsicurl/https://a.example/b.tif``.

    Example:
        >>> address_of("/vsis3/bucket/b.tif"), address_of("/data/b.tif")
        ('s3://bucket/b.tif', '')
    """
    if source.startswith(CURL) and is_address(source[len(CURL) :]):
        return source[len(CURL) :]
    for prefix, scheme in STORES.items():
        if source.startswith(prefix):
            return scheme + source[len(prefix) :]
    return source if is_address(source) else ""


def gdal_name(path: str) -> str:
    """What GDAL calls a scene: the reverse of :func:`address_of`.

    Args:
        path: of its file, or its address.
    """
    for prefix, scheme in STORES.items():
        if path.startswith(scheme):
            return prefix + path[len(scheme) :]
    return CURL + path if is_address(path) else path


def project_sources(project: QgsProject) -> tuple[list[Source], list[str]]:
    """All raster layers of a project, sorted by name.

    Args:
        project: the project.

    Returns:
        What can be indexed, and why the others cannot, a sentence each.
    """
    sources, refusals = [], []
    rasters = [item for item in project.mapLayers().values() if isinstance(item, QgsRasterLayer)]
    for layer in sorted(rasters, key=lambda item: item.name()):
        try:
            sources.append(source_of(layer))
        except SourceError as error:  # noqa: PERF203 - each layer has its own reason
            refusals.append(str(error))
    return sources, refusals


def layer_of_scene(project: QgsProject, path: str) -> QgsRasterLayer | None:
    """The raster layer that shows a scene; ``None`` where the project has none.

    Args:
        project: the project.
        path: the scene's file.
    """
    wanted = path if is_address(path) else Path(path).resolve()
    for layer in project.mapLayers().values():
        source = source_or_none(layer)
        if source is None:
            continue
        found = source.path if is_address(source.path) else Path(source.path).resolve()
        if found == wanted and isinstance(layer, QgsRasterLayer):
            return layer
    return None


def show_scene(project: QgsProject, path: str) -> None:
    """Let a scene be seen above all other rasters, added where it is not in the project yet.

    Args:
        project: the project.
        path: the scene's file.

    Raises:
        SourceError: if the file is gone or QGIS cannot read it.
    """
    layer, root = load_scene(project, path), project.layerTreeRoot()
    rasters = [one for one in root.findLayers() if isinstance(one.layer(), QgsRasterLayer)]
    node = root.findLayer(layer.id())
    if node is None:
        return
    if rasters[0] is not node:
        above = cast("QgsLayerTreeGroup", rasters[0].parent())
        moved = cast("QgsLayerTreeLayer", node.clone())
        above.insertChildNode(above.children().index(rasters[0]), moved)
        cast("QgsLayerTreeGroup", node.parent()).removeChildNode(node)
        node = moved
    node.setItemVisibilityCheckedParentRecursive(True)


def load_scene(project: QgsProject, path: str) -> QgsRasterLayer:
    """The raster layer of a scene, added below all others where it is not in the project yet.

    Args:
        project: the project.
        path: the scene's file.

    Raises:
        SourceError: if the file is gone or QGIS cannot read it.
    """
    layer = layer_of_scene(project, path)
    if layer is not None:
        return layer
    if not (is_address(path) or Path(path).is_file()):
        raise SourceError(tr("The scene {0} is not there any more.").format(path))
    layer = QgsRasterLayer(gdal_name(path), Path(path).stem, "gdal")
    if not layer.isValid():
        raise SourceError(tr("QGIS cannot read the scene {0}.").format(path))
    project.addMapLayer(layer, False)  # noqa: FBT003 - QGIS names it addToLegend
    project.layerTreeRoot().addLayer(layer)  # at the end: below the matches
    return layer
