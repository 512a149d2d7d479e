"""Raster layers and the files behind them: only files can be indexed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsMapLayer, QgsProject, QgsProviderRegistry, QgsRasterLayer

from cmpagl_qgis.errors import SourceError
from cmpagl_qgis.texts import tr

ADDRESSES = ("http://", "https://", "s3://", "gs://", "az://")


def is_address(path: str) -> bool:
    """Whether a path names what lies on a server.

    Args:
        path: of a scene.
    """
    return path.lower().startswith(ADDRESSES)


@dataclass(frozen=True)
class Source:
    """A raster layer that the engine can read."""

    layer_id: str
    """QGIS's name of the layer."""
    name: str
    """The user's name of the layer."""
    path: str
    """Absolute path of its file."""


def source_of(layer: QgsMapLayer) -> Source:
    """The file behind a raster layer.

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
    return Source(layer.id(), name, path)


def _file_of(layer: QgsRasterLayer) -> str:
    parts = QgsProviderRegistry.instance().decodeUri("gdal", layer.source())
    path = str(parts.get("path") or "")
    if parts.get("layerName") or ":" in path[2:]:
        text = tr("Layer {0} is one of several in {1}; save it as GeoTIFF and take that.")
        raise SourceError(text.format(layer.name(), path or layer.source()))
    if parts.get("vsiPrefix") or path.startswith("/vsi"):
        text = tr("Layer {0} lies in an archive or on a server ({1}); take a file on disk.")
        raise SourceError(text.format(layer.name(), layer.source()))
    if not Path(path).is_file():
        text = tr("The file of layer {0} is not there: {1}")
        raise SourceError(text.format(layer.name(), path or layer.source()))
    return str(Path(path).absolute())


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
    wanted = Path(path).resolve()
    for layer in project.mapLayers().values():
        try:
            source = source_of(layer)
        except SourceError:
            continue
        if Path(source.path).resolve() == wanted and isinstance(layer, QgsRasterLayer):
            return layer
    return None


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
    if not Path(path).is_file():
        raise SourceError(tr("The scene {0} is not there any more.").format(path))
    layer = QgsRasterLayer(path, Path(path).stem, "gdal")
    if not layer.isValid():
        raise SourceError(tr("QGIS cannot read the scene {0}.").format(path))
    project.addMapLayer(layer, False)  # noqa: FBT003 - QGIS names it addToLegend
    project.layerTreeRoot().addLayer(layer)  # at the end: below the matches
    return layer
