"""Matches to files. GeoParquet is written by the engine: old GDALs cannot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    NULL,
    QgsCoordinateTransform,
    QgsProject,
    QgsProviderRegistry,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

from cmpagl_qgis.errors import ExportError
from cmpagl_qgis.texts import tr

from .columns import INSIDE, SOMETIMES
from .footprints import degrees
from .style import apply_style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmpagl_qgis.engine.records import Hit

    from .scale import Scale

DRIVERS = {".geojson": "GeoJSON", ".gpkg": "GPKG", ".csv": "CSV"}
"""Formats written here; the suffix decides."""
ENGINE_SUFFIXES = (".parquet", ".fgb")
"""Formats written by the engine's ``export``."""


def export_layer(layer: QgsVectorLayer, path: str) -> int:
    """Write the matches that a layer shows; a score filter holds.

    GeoJSON and CSV are in longitude and latitude, GeoPackage in the layer's CRS. CSV carries the
    footprint as WKT.

    Args:
        layer: of matches.
        path: file to write; its suffix says the format. An existing one is replaced.

    Returns:
        How many matches were written.

    Raises:
        ExportError: if the suffix is unknown or the file cannot be written.
    """
    driver = DRIVERS.get(Path(path).suffix.lower())
    if driver is None:
        wanted = ", ".join((*DRIVERS, *ENGINE_SUFFIXES))
        text = tr("Found the suffix {0}; wanted one of {1}.")
        raise ExportError(text.format(Path(path).suffix or tr("(none)"), wanted))
    context = QgsProject.instance().transformContext()
    options = _options(layer, driver)
    options.attributes = _columns_of_files(layer)
    answer = QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, context, options)
    if answer[0] != QgsVectorFileWriter.WriterError.NoError:
        raise ExportError(tr("{0} was not written: {1}").format(path, answer[1]))
    return int(layer.featureCount())


def add_file(path: str, project: QgsProject, scale: Scale) -> QgsVectorLayer:
    """Show a file of matches, or of footprints, as a layer above all others.

    Args:
        path: GeoJSON or GeoPackage.
        project: where the layer goes.
        scale: the colours of matches.

    Raises:
        ExportError: if QGIS cannot read it.
    """
    layer = QgsVectorLayer(path, Path(path).stem, "ogr")
    if not layer.isValid():
        raise ExportError(tr("QGIS cannot read {0}.").format(path))
    if layer.fields().lookupField("rank") >= 0:
        apply_style(layer, scale)
    project.addMapLayer(layer, False)  # noqa: FBT003 - QGIS names it addToLegend
    project.layerTreeRoot().insertLayer(0, layer)
    return layer


def _columns_of_files(layer: QgsVectorLayer) -> list[int]:
    """Those that the engine writes, too: what no match has is left out."""
    fields = layer.fields()
    had = {
        name
        for feature in layer.getFeatures()
        for name in SOMETIMES
        if feature[name] not in (None, NULL)
    }
    left_out = {*INSIDE, *SOMETIMES} - had
    return [number for number, field in enumerate(fields) if field.name() not in left_out]


def save_beside_project(layer: QgsVectorLayer, project: QgsProject) -> str:
    """Move a layer in memory into a table of its own in ``<project>_matches.gpkg``.

    The layer stays the same one, with its look and filter; tables that are there stay, too.

    Args:
        layer: of matches.
        project: the layer stays in memory where it has no file.

    Returns:
        The file; empty: the project has none.

    Raises:
        ExportError: if the file cannot be written; the layer stays in memory.
    """
    if not project.homePath() or not project.baseName():
        return ""
    path = str(Path(project.homePath()) / f"{project.baseName()}_matches.gpkg")
    options = _options(layer, "GPKG")
    options.layerName = _free_table(path, layer.name())
    if Path(path).exists():
        add = QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
        options.actionOnExistingFile = add
    shown = layer.subsetString()
    layer.setSubsetString("")
    answer = QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, path, project.transformContext(), options
    )
    if answer[0] == QgsVectorFileWriter.WriterError.NoError:
        layer.setDataSource(f"{path}|layername={options.layerName}", layer.name(), "ogr")
    layer.setSubsetString(shown)
    if answer[0] != QgsVectorFileWriter.WriterError.NoError:
        raise ExportError(tr("{0} was not written: {1}").format(path, answer[1]))
    return path


def _free_table(path: str, name: str) -> str:
    """A table's name that is not in the file yet."""
    stem = "".join(c if c.isalnum() else "_" for c in name)[:40].strip("_") or "matches"
    known = (
        {part.name().lower() for part in QgsProviderRegistry.instance().querySublayers(path)}
        if Path(path).exists()
        else set()
    )
    free, number = stem, 2
    while free.lower() in known:
        free, number = f"{stem}_{number}", number + 1
    return free


def _options(layer: QgsVectorLayer, driver: str) -> QgsVectorFileWriter.SaveVectorOptions:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = driver
    options.fileEncoding = "UTF-8"
    options.layerName = "matches"
    if driver == "GPKG":
        options.datasourceOptions = ["VERSION=1.2"]  # GDAL 3.7 and later write 1.4 by themselves
        return options
    options.ct = QgsCoordinateTransform(layer.crs(), degrees(), QgsProject.instance())
    options.layerOptions = (
        ["GEOMETRY=AS_WKT", "GEOMETRY_NAME=geometry"] if driver == "CSV" else ["RFC7946=YES"]
    )
    return options


def export_params(index_path: str, hits: Iterable[Hit], query: str, path: str) -> dict[str, object]:
    """Parameters of the engine's ``export``.

    Args:
        index_path: the index the hits come from.
        hits: what to write.
        query: the sentence asked for.
        path: file to write; its suffix says the format.
    """
    return {
        "index": index_path,
        "hits": [hit.to_json() for hit in hits],
        "query": query,
        "output": path,
    }
