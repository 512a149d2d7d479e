"""Map services behind layers: whose they are, what they allow, how much they are asked for."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsDataSourceUri,
    QgsMapLayer,
    QgsMeshLayer,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QUrl

from cmpagl_qgis.errors import RenderError

from .raster_grid import moved
from .sources import source_or_none

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgis.core import QgsCoordinateTransformContext

    from .raster_grid import RasterGrid

TILE_PX = 256
WORLD_UNITS = 2 * 20_037_508.342789244
"""Width of the web map's world (EPSG:3857)."""
DEEPEST_ZOOM = 22
"""Where a service does not say how far it goes."""
WEB = "EPSG:3857"
SERVERS = {"wms", "wcs", "arcgismapserver", "arcgisfeatureserver", "WFS", "OAPIF", "vectortile"}
_PLACES = {f"{{{name}}}": rf"(?P<{name}>\d+)" for name in "zxy"}
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Service:
    """Where a layer comes from, where that is a server."""

    host: str
    """Such as "tile.openstreetmap.org"."""
    terms: str
    """What its metadata says of rights; empty: nothing."""
    zooms: tuple[int, int] | None
    """First and last zoom level of tiles in web Mercator; ``None``: other tiles, or none."""


def service_of(layer: QgsMapLayer) -> Service | None:
    """The service behind a layer; ``None`` where it lies on this computer.

    Args:
        layer: any layer.
    """
    provider = layer.dataProvider()
    if provider is None or provider.name() not in SERVERS:
        return None
    uri = QgsDataSourceUri()
    uri.setEncodedUri(layer.source())
    host = QUrl(uri.param("url") or layer.source()).host()
    if not host:
        return None
    metadata = layer.metadata()
    said = (layer.attribution(), *metadata.rights(), *metadata.licenses(), *(
        constraint.constraint for constraint in metadata.constraints()))  # fmt: skip
    terms = dict.fromkeys(_MARKUP.sub("", one).strip() for one in said)
    zooms = None
    if uri.param("type") == "xyz":
        zooms = (_whole(uri.param("zmin"), 0), _whole(uri.param("zmax"), DEEPEST_ZOOM))
    return Service(host, "; ".join(filter(None, terms)), zooms)


def steps_of(service: Service | None, crs: QgsCoordinateReferenceSystem) -> tuple[float, ...]:
    """The pixels that a service has itself, CRS units, the largest first; empty: any.

    Args:
        service: the service.
        crs: of the picture.
    """
    if service is None or service.zooms is None or crs.authid() != WEB:
        return ()
    first, last = service.zooms
    return tuple(WORLD_UNITS / TILE_PX / 2**zoom for zoom in range(first, last + 1))


def requests_of(layer: QgsMapLayer, grid: RasterGrid, blocks: int, project: QgsProject) -> int:
    """About how many pictures a server is asked for; 0 where there is none.

    Args:
        layer: what is rendered.
        grid: of the picture.
        blocks: in how many pieces it is rendered.
        project: knows the ways between CRS.
    """
    service = service_of(layer)
    if service is None:
        return 0
    if service.zooms is None:
        tiled = "tileMatrixSet" in layer.source()
        return (
            math.ceil(grid.width / TILE_PX) * math.ceil(grid.height / TILE_PX) if tiled else blocks
        )
    try:
        area = moved(grid.extent, grid.crs, QgsCoordinateReferenceSystem(WEB), project)
    except RenderError:
        return 0
    side = WORLD_UNITS / 2.0 ** _zoom(area.width() / grid.width, service.zooms)
    columns = math.floor(area.xMaximum() / side - 1e-6) - math.floor(area.xMinimum() / side + 1e-6)
    rows = math.floor(area.yMaximum() / side - 1e-6) - math.floor(area.yMinimum() / side + 1e-6)
    return (columns + 1) * (rows + 1)


def tiles_for(
    layer: QgsMapLayer, grid: RasterGrid, context: QgsCoordinateTransformContext
) -> Callable[[str], bool]:
    """What tells whether an address is that of a tile which a picture of a layer needs.

    Args:
        layer: what is rendered.
        grid: of the picture.
        context: the ways between CRS.
    """
    uri = QgsDataSourceUri()
    uri.setEncodedUri(layer.source())
    service, address = service_of(layer), uri.param("url")
    if service is None or service.zooms is None:
        head = address.split("?")[0]
        return lambda url: bool(head) and url.startswith(head)
    web = QgsCoordinateReferenceSystem(WEB)
    area = QgsCoordinateTransform(grid.crs, web, context).transformBoundingBox(grid.extent)
    zoom = _zoom(area.width() / grid.width, service.zooms)
    parts = re.split(r"(\{[^}]*\})", address)
    pattern = re.compile("".join(
        re.escape(part) if not part.startswith("{") else _PLACES.get(part, ".*") for part in parts
    ))  # fmt: skip

    def needed(url: str) -> bool:
        found = pattern.fullmatch(url)
        if found is None or len(found.groupdict()) < len(_PLACES):
            return found is not None  # rows from the south, or one number for all
        at, x, y = (int(found[name]) for name in "zxy")
        side = WORLD_UNITS / 2**at
        west, north = x * side - WORLD_UNITS / 2, WORLD_UNITS / 2 - y * side
        tile = QgsRectangle(west, north - side, west + side, north)
        return abs(at - zoom) <= 1 and bool(tile.intersects(area))

    return needed


def _zoom(pixel: float, zooms: tuple[int, int]) -> int:
    """The zoom level that QGIS takes for a pixel in web Mercator."""
    return min(max(round(math.log2(WORLD_UNITS / TILE_PX / pixel)), zooms[0]), zooms[1])


def to_render(project: QgsProject) -> list[QgsMapLayer]:
    """The layers of a project that show a picture and that the engine cannot read, by name.

    Args:
        project: the project.
    """
    kinds = (QgsRasterLayer, QgsVectorTileLayer, QgsMeshLayer)
    layers = [one for one in project.mapLayers().values() if isinstance(one, kinds)]
    found = [one for one in layers if one.isValid() and source_or_none(one) is None]
    return sorted(found, key=lambda one: one.name())


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdigit() else otherwise
