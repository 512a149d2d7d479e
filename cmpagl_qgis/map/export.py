"""Matches to files. GeoParquet is written by the engine: old GDALs cannot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    NULL,
    QgsCoordinateTransform,
    QgsFeatureRequest,
    QgsProject,
    QgsProviderRegistry,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QUrl

from cmpagl_qgis.errors import ExportError
from cmpagl_qgis.texts import tr

from .columns import INSIDE, SOMETIMES
from .footprints import DEGREES, degrees
from .review import COLUMN, KEPT, REJECTED, UNDECIDED, undecided
from .style import apply_style

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cmpagl_qgis.engine.records import Hit

    from .scale import Scale

SHOWN, KEPT_ONLY, NOT_REJECTED = "shown", "kept", "open"
"""Which of the places shown are written."""
WANTED = {SHOWN: (KEPT, UNDECIDED, REJECTED), KEPT_ONLY: (KEPT,), NOT_REJECTED: (KEPT, UNDECIDED)}
"""The verdicts that are written."""
DRIVERS = {".geojson": "GeoJSON", ".gpkg": "GPKG", ".csv": "CSV"}
"""Formats written here; the suffix decides."""
ENGINE_SUFFIXES = (".parquet", ".fgb")
"""Formats written by the engine's ``export``."""


def export_layer(layer: QgsVectorLayer, path: str, which: str = SHOWN) -> int:
    """Write the matches that a layer shows; a score filter holds.

    GeoJSON and CSV are in longitude and latitude, GeoPackage in the layer's CRS. CSV carries the
    footprint as WKT in its column ``WKT``, which comes first, as in the engine's files.

    Args:
        layer: of matches.
        path: file to write; its suffix says the format. An existing one is replaced.
        which: all of them, those kept, or those not rejected: a key of :data:`WANTED`.

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
    if which != SHOWN:
        verdicts = ", ".join(f"'{verdict}'" for verdict in WANTED[which])
        request = QgsFeatureRequest()
        request.setFilterExpression(f"coalesce(\"{COLUMN}\", '') IN ({verdicts})")
        layer = layer.materialize(request)
    options = _options(layer, driver)
    # Those that the engine writes, too: what no match has is left out
    had = {
        name
        for feature in layer.getFeatures()
        for name in SOMETIMES
        if feature[name] not in (None, NULL)
    }
    left_out = {*INSIDE, *SOMETIMES} - had
    names = layer.fields().names()
    options.attributes = [number for number, name in enumerate(names) if name not in left_out]
    _write(layer, path, options)
    return int(layer.featureCount())


def add_file(path: str, project: QgsProject, scale: Scale) -> QgsVectorLayer:
    """Show a file of matches, or of footprints, as a layer above all others.

    Args:
        path: in any format that is written here or by the engine.
        project: where the layer goes; one that shows this file already reads it again.
        scale: the colours of matches.

    Raises:
        ExportError: if QGIS cannot read it, as GeoParquet with an old GDAL.
    """
    file = Path(path)
    if file.suffix.lower() == ".csv":
        address = QUrl.fromLocalFile(path).toString()
        source = f"{address}?type=csv&wktField=WKT&crs={DEGREES}&geomType=polygon&watchFile=no"
        layer = QgsVectorLayer(source, file.stem, "delimitedtext")
    else:
        layer = QgsVectorLayer(path, file.stem, "ogr")
    if not layer.isValid():
        raise ExportError(tr("This QGIS cannot show {0} as a layer.").format(file.name))
    for known in project.mapLayers().values():
        if isinstance(known, QgsVectorLayer) and known.source() == layer.source():
            known.reload()
            known.triggerRepaint()
            return known
    if layer.fields().lookupField("rank") >= 0:
        apply_style(layer, scale)
    project.addMapLayer(layer, False)  # noqa: FBT003 - QGIS names it addToLegend
    project.layerTreeRoot().insertLayer(0, layer)
    return layer


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
    known: set[str] = set()
    if Path(path).exists():
        add = QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
        options.actionOnExistingFile = add
        tables = QgsProviderRegistry.instance().querySublayers(path)
        known = {table.name().lower() for table in tables}
    # A table's name that is not in the file yet
    stem = "".join(c if c.isalnum() else "_" for c in layer.name())[:40].strip("_") or "matches"
    free, number = stem, 2
    while free.lower() in known:
        free, number = f"{stem}_{number}", number + 1
    options.layerName = free
    shown = layer.subsetString()
    layer.setSubsetString("")
    try:
        _write(layer, path, options)
        layer.setDataSource(f"{path}|layername={options.layerName}", layer.name(), "ogr")
    finally:
        layer.setSubsetString(shown)
    return path


def _write(
    layer: QgsVectorLayer, path: str, options: QgsVectorFileWriter.SaveVectorOptions
) -> None:
    context = QgsProject.instance().transformContext()
    answer = QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, context, options)
    if answer[0] != QgsVectorFileWriter.WriterError.NoError:
        raise ExportError(tr("{0} was not written: {1}").format(path, answer[1]))


def _options(layer: QgsVectorLayer, driver: str) -> QgsVectorFileWriter.SaveVectorOptions:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = driver
    options.fileEncoding = "UTF-8"
    options.layerName = "matches"
    if driver == "GPKG":
        options.datasourceOptions = ["VERSION=1.2"]  # GDAL 3.7 and later write 1.4 by themselves
        return options
    options.ct = QgsCoordinateTransform(layer.crs(), degrees(), QgsProject.instance())
    options.layerOptions = ["GEOMETRY=AS_WKT"] if driver == "CSV" else ["RFC7946=YES"]
    return options


def export_params(
    index_path: str,
    hits: Sequence[Hit],
    query: str,
    path: str,
    verdict: Callable[[Hit], str] = undecided,
) -> dict[str, object]:
    """Parameters of the engine's ``export``.

    Args:
        index_path: the index the hits come from.
        hits: what to write.
        query: the sentence asked for.
        path: file to write; its suffix says the format.
        verdict: what was decided of a hit.
    """
    records = [hit.to_json() for hit in hits]
    for record, hit in zip(records, hits):
        if verdict(hit):  # an older engine refuses what it does not know
            record["review"] = verdict(hit)
    return {"index": index_path, "hits": records, "query": query, "output": path}
