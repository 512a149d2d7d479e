"""Where scenes could not be read, as a layer: each chip with the reason."""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeature,
    QgsFillSymbol,
    QgsLinePatternFillSymbolLayer,
    QgsProject,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QObject, QTemporaryDir

from cmpagl_qgis.engine.records import Written
from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.map.footprints import DEGREES
from cmpagl_qgis.map.group import MARK
from cmpagl_qgis.map.layers import SLICE_S
from cmpagl_qgis.texts import counted, tr
from cmpagl_qgis.turns import NextTurn

from .job_session import Job, JobSession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qgis.core import QgsLineSymbol
    from qgis.gui import QgsMapCanvas

    from cmpagl_qgis.dock.search_dock import SearchDock

FIELDS = ("scene", "col", "row", "width", "height", "reason")
"""As ``cmpagl info --damage`` writes them."""
SCHEMA = (
    "field=scene:string(0)&field=col:integer&field=row:integer&field=width:integer"
    "&field=height:integer&field=reason:string(0)"
)
DAMAGE = "cmpagl/damage"
"""Custom property of the layer: the index."""
NO_QUESTION = "skipMemoryLayersCheck"
"""Custom property by which QGIS does not ask at its exit whether to save the layer."""
COLOUR = "215,25,28,255"
MARGIN = 1.3
SLICE_FEATURES = 50
MAP_TIP = """<div style="max-width: 320px"><b>{title}</b><br>[% file_name("scene") %]<br>
<i>[% replace(replace("reason", '<', '&lt;'), '>', '&gt;') %]</i></div>"""


class DamageLayer(QObject):
    """Asks for the damage of an index and shows it; one layer an index, refilled each time."""

    def __init__(self, dock: SearchDock, jobs: JobSession, canvas: QgsMapCanvas) -> None:
        super().__init__(dock)
        self._dock, self._jobs, self._canvas = dock, jobs, canvas
        self._folder = QTemporaryDir()
        self._source: QgsVectorLayer | None = None
        self._layer: QgsVectorLayer | None = None
        self._features: Iterator[QgsFeature] = iter(())
        self._turn = NextTurn(self)

    def ask(self, index: str) -> None:
        """Look for the damage of an index and show it.

        Args:
            index: absolute path of its folder.
        """
        name = Path(index).stem
        # A name of its own each time: the last file may still be open.
        file = self._folder.filePath(f"{time.monotonic_ns()}.gpkg")
        params: dict[str, object] = {"index": index, "output": file}

        def done(made: Written) -> None:
            self._drop()
            if not made.count:
                QgsProject.instance().removeMapLayers([one.id() for one in self._all(index)])
                whole = tr("Every place of {0} could be read.").format(name)
                text = " ".join(made.problems) or whole
                self._dock.message.tell(text, warning=bool(made.problems))
                return
            self._source = QgsVectorLayer(made.output, "damage", "ogr")
            if not self._source.isValid():
                text = tr("QGIS cannot read what the engine wrote: {0}")
                raise LayerError(text.format(made.output))
            self._layer = self._emptied(index)
            self._layer.willBeDeleted.connect(self._forget)
            self._zoom(self._source)
            self._features = self._source.getFeatures()
            self._fill()
            many = counted(made.count, tr("1 place"), tr("{0} places"))
            text = tr(
                "{0} of {1} could not be read; they are hatched in red, each with its reason."
            )
            self._dock.message.tell(
                " ".join((text.format(many, name), *made.problems)), warning=bool(made.problems)
            )

        title = tr("Looking in {0} for places that could not be read").format(name)
        self._jobs.run(Job("damage", params, title, Written, done))

    def close(self) -> None:
        """Take the layers off the project."""
        self._drop()
        project = QgsProject.instance()
        project.removeMapLayers([one.id() for one in self._all()])
        self._folder.remove()

    def _fill(self) -> None:
        """Copy features for one slice of time: the map and the dock live meanwhile."""
        if self._layer is None:
            return
        stop = time.perf_counter() + SLICE_S
        while time.perf_counter() < stop:
            copies = []
            for found in islice(self._features, SLICE_FEATURES):
                copies.append(copy := QgsFeature())
                copy.setGeometry(found.geometry())
                copy.setAttributes([found[name] for name in FIELDS])
            self._layer.dataProvider().addFeatures(copies)
            if not copies:
                self._layer.updateExtents()
                self._layer.triggerRepaint()
                self._drop()
                return
        self._turn.do(self._fill)

    def _drop(self) -> None:
        """Copy no further."""
        if self._layer is not None:
            self._layer.willBeDeleted.disconnect(self._forget)
        self._forget()

    def _forget(self) -> None:
        """The copying is over, or the user removed the layer."""
        self._turn.drop()
        self._layer = self._source = None
        self._features = iter(())

    def _emptied(self, index: str) -> QgsVectorLayer:
        """The layer of an index, with nothing in it; style and place in the tree stay.

        Raises:
            LayerError: if QGIS cannot make one.
        """
        for layer in self._all(index):
            layer.dataProvider().truncate()
            return layer
        layer = QgsVectorLayer(f"MultiPolygon?crs={DEGREES}&{SCHEMA}&index=yes", "", "memory")
        if not layer.isValid():
            raise LayerError(tr("QGIS could not make a memory layer."))
        layer.setName(tr("{0}: could not be read").format(Path(index).stem))
        layer.setCustomProperty(DAMAGE, index)
        layer.setCustomProperty(MARK, index)  # a saved project remembers it empty
        layer.setCustomProperty(NO_QUESTION, 1)
        apply_style(layer)
        project = QgsProject.instance()
        project.addMapLayer(layer, False)  # noqa: FBT003 - QGIS names it addToLegend
        project.layerTreeRoot().insertLayer(0, layer)
        return layer

    def _all(self, index: str = "") -> list[QgsVectorLayer]:
        layers = QgsProject.instance().mapLayers().values()
        marked = [one for one in layers if one.customProperty(DAMAGE)]
        return [one for one in marked if not index or one.customProperty(DAMAGE) == index]

    def _zoom(self, source: QgsVectorLayer) -> None:
        target = self._canvas.mapSettings().destinationCrs()
        way = QgsCoordinateTransform(source.crs(), target, QgsProject.instance())
        try:
            box = way.transformBoundingBox(source.extent())
        except QgsCsException:
            return  # beyond what the map's CRS can show
        box.scale(MARGIN)
        self._canvas.setExtent(box)
        self._canvas.refresh()


def apply_style(layer: QgsVectorLayer) -> None:
    """Hatched, so that the scene stays visible, in a red that no score has.

    Args:
        layer: with the fields scene and reason.
    """
    outline = {"style": "no", "outline_color": COLOUR, "outline_width": "0.5"}
    symbol = QgsFillSymbol.createSimple(outline)
    hatch = QgsLinePatternFillSymbolLayer.create(
        {"angle": "45", "distance": "2.2", "line_width": "0.3", "color": COLOUR}
    )
    lines = cast("QgsLineSymbol", hatch.subSymbol())
    lines.symbolLayer(0).setColor(symbol.symbolLayer(0).strokeColor())
    symbol.appendSymbolLayer(hatch)
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    layer.setMapTipTemplate(MAP_TIP.replace("{title}", tr("Could not be read")))
    layer.setDisplayExpression('"reason"')
