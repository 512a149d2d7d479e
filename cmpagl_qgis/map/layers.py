"""Matches on the map: one layer, filled anew by the next search unless kept.

Start at :class:`MatchLayers`. The layer is QGIS's memory layer; it is the plugin's, not the user's,
until :meth:`MatchLayers.keep`.
"""

from __future__ import annotations

import math
import time
from functools import partial
from typing import TYPE_CHECKING

from qgis.core import QgsFeatureRenderer, QgsGeometry, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.settings import Settings
from cmpagl_qgis.texts import tr, warn
from cmpagl_qgis.turns import NextTurn

from .columns import uri_fields, values
from .footprints import DEGREES, Placer, common_crs
from .group import MARK, matches_group, remove_empty_group, remove_leftovers
from .grown import add_matches, grow_layer, tell_tables
from .review import Judgement, undecided
from .review_column import change_verdicts, write_verdicts
from .scale import RELEVANCES, TOP_COLOUR, Scale, Scales
from .style import FLASH, apply_style, look_of
from .zoom import show_place, zoom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from qgis.core import QgsCoordinateReferenceSystem
    from qgis.gui import QgsMapCanvas
    from qgis.PyQt.QtGui import QColor

    from cmpagl_qgis.engine.records import Answer, Hit

KEPT = "cmpagl/kept"
"""Custom property of a layer that the user kept."""
SLICE_S = 0.015
"""Seconds of adding features before the event loop gets its turn."""
SLICE_HITS = 25


class MatchLayers(QObject):
    """The layer of the last answer and the ones kept before.

    The answer outlives its layer: rows are found on the map when that was kept or removed.

    ``rankSelected`` carries the best rank of what the user selected on the map; ``filled`` the
    number of features, once all are in the layer; ``gone`` tells that there is no layer any more.
    """

    rankSelected = pyqtSignal(int)
    filled = pyqtSignal(int)
    gone = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, parent: QObject | None = None) -> None:
        """Watch the project."""
        super().__init__(parent)
        self._canvas = canvas
        self._project = QgsProject.instance()
        self.layer: QgsVectorLayer | None = None
        """The layer of the last answer; ``None`` before the first, and when it was removed."""
        self.answer: Answer | None = None
        """What was shown last and not cleared, whether or not its layer is still there."""
        self._placer: Placer | None = None
        self._waiting: list[Hit] = []
        self._ids: dict[int, int] = {}
        self._kept_id = ""  # the layer of this answer, where that was kept
        self._selecting = False
        self.verdict: Callable[[Hit], str] = undecided
        self.scales = Scales()
        self.scale = RELEVANCES
        """The colours of the last answer."""
        self._given_look: tuple[Scale, bool] | None = None  # the look that the layer was given
        self._look = ""  # and that look, to see what the user made of it
        self._users_look: QgsFeatureRenderer | None = None  # of a layer before
        self._turn, self._entry = NextTurn(self), NextTurn(self)
        self._project.readProject.connect(self._remove_empty_leftovers)

    def show(self, answer: Answer, index_path: str) -> QgsVectorLayer:
        """Fill the layer with an answer; a new one where the last was kept or removed.

        The first 25 matches are in it on return; more come in the next turns of the event loop, and
        ``filled`` tells when all are there. A new layer enters the project in the next turn. The
        score filter of the last answer is gone; the user's look, name and place of the layer stay.

        Args:
            answer: the hits, best first.
            index_path: the index they come from.

        Raises:
            LayerError: if QGIS cannot make the layer.
        """
        crs = common_crs({hit.crs for hit in answer.hits})
        self.scale = self.scales.of(answer, index_path)
        layer, name = self.layer, _layer_name(answer)
        if layer is None:
            layer = QgsVectorLayer(_source(crs), "", "memory")
            if not layer.isValid():
                raise LayerError(tr("QGIS could not make a memory layer."))
            layer.setCrs(crs)  # one in WKT has no name for the source
            layer.setReadOnly(True)  # an edit would hold the score filter up
            layer.willBeDeleted.connect(self._on_layer_deleted)
            layer.selectionChanged.connect(self._on_selection)
            layer.styleChanged.connect(self._on_style)
            self._entry.do(partial(self._enter_project, layer))
            layer.setName(name)
        else:
            self._empty(layer, crs)
            if self.answer is None or layer.name() == _layer_name(self.answer):
                layer.setName(name)
            node = self._project.layerTreeRoot().findLayer(layer.id())
            if node is not None:  # a new answer is to be seen
                node.setItemVisibilityCheckedParentRecursive(True)
        layer.setCustomProperty(MARK, index_path)
        self._apply_look(layer, self.scale)
        self._placer = Placer(crs, self._project.transformContext())
        self.answer, self.layer, self._kept_id = answer, layer, ""
        self._waiting = list(answer.hits)
        self._fill(0.0)
        return layer

    def grow(self, answer: Answer, index_path: str) -> None:
        """Bring the layer to a later answer to the same question; what is the same stays in it.

        Where the user removed or kept the layer, none is made.

        Args:
            answer: the hits, best first.
            index_path: the index they come from.
        """
        layer, before, placer = self.layer, self.answer, self._placer
        if layer is not None and self._waiting:
            self._fill(math.inf)
        crs = common_crs({hit.crs for hit in answer.hits})
        if before is None or not before.hits or (layer is not None and layer.crs() != crs):
            self.show(answer, index_path)
            return
        self.scale, self.answer = self.scales.of(answer, index_path), answer
        if layer is not None and placer is not None:
            self._apply_look(layer, self.scale)
            known = {hit.key: self._ids[hit.rank] for hit in before.hits if hit.rank in self._ids}
            self._ids = grow_layer(layer, known, answer, self.verdict, placer)

    def _empty(self, layer: QgsVectorLayer, crs: QgsCoordinateReferenceSystem) -> None:
        """Take all matches out; an open table, the look and the place in the tree stay."""
        self._turn.drop()
        self._ids = {}
        self._selecting = True
        try:
            layer.removeSelection()
        finally:
            self._selecting = False
        if layer.subsetString():
            layer.setSubsetString("")
        if layer.crs() == crs:
            layer.dataProvider().truncate()
        else:
            layer.setDataSource(_source(crs), layer.name(), "memory")
            layer.setCrs(crs)

    def _apply_look(self, layer: QgsVectorLayer, scale: Scale) -> None:
        """Style the layer, unless the user changed that."""
        wanted = (scale, Settings().fill_places)
        if self._given_look == wanted or (self._given_look and look_of(layer) != self._look):
            return
        self._given_look = None
        apply_style(layer, scale, filled=wanted[1])
        self._given_look, self._look = wanted, look_of(layer)
        if self._users_look is not None:
            layer.setRenderer(self._users_look.clone())

    def set_min_strength(self, score: float | None) -> int:
        """Hide matches below a score; no new search.

        Args:
            score: the lowest shown; ``None`` shows all.

        Returns:
            How many are shown.
        """
        if self.layer is None:
            return 0
        column = "relevance" if self.answer and self.answer.by_relevance else "score"
        # The bound itself is shown: SQLite, where a pin lies, reads 0.36 as a little more.
        wanted = "" if score is None else f'"{column}" >= {score - 1e-9!r}'
        if self.layer.subsetString() != wanted:
            self.layer.setSubsetString(wanted)
            tell_tables(self.layer)
            self.layer.triggerRepaint()
        return int(self.layer.featureCount())

    def mark(self, hits: Iterable[Hit]) -> None:
        """Write what was decided of some matches into their layer, also where that was kept.

        Args:
            hits: whose verdicts changed.
        """
        kept = self._project.mapLayer(self._kept_id)
        if self.layer is not None:
            pairs = [(self._ids[h.rank], self.verdict(h)) for h in hits if h.rank in self._ids]
            change_verdicts(self.layer, pairs)
        elif isinstance(kept, QgsVectorLayer):
            write_verdicts(kept, [Judgement(hit.key, self.verdict(hit)) for hit in hits])

    def selected_ranks(self) -> list[int]:
        """The ranks of the matches that are selected on the map, ascending."""
        wanted = set(self.layer.selectedFeatureIds()) if self.layer is not None else set()
        return sorted(rank for rank, number in self._ids.items() if number in wanted)

    def select(self, *ranks: int) -> None:
        """Select matches on the map, without telling ``rankSelected``.

        Args:
            ranks: of the hits; those that are not there are left out.
        """
        if self.layer is None:
            return
        ids = [self._ids[rank] for rank in ranks if rank in self._ids]
        self._selecting = True
        try:
            self.layer.selectByIds(ids)
        finally:
            self._selecting = False

    def zoom_to(self, rank: int) -> None:
        """Show a match in the middle of the map, with its surroundings.

        Args:
            rank: of the hit; one that is not there changes nothing.
        """
        target = self._canvas.mapSettings().destinationCrs()
        placer = self._placer
        if target.isValid():  # from degrees straight to the map: no seam of a third CRS between
            placer = Placer(target, self._project.transformContext())
        geometry = self._geometry(rank, placer)
        if geometry is not None:
            zoom(self._canvas, geometry)

    def show_place(self, footprint: dict[str, object]) -> None:
        """As :func:`~.zoom.show_place`, on this map."""
        show_place(self._canvas, self._project.transformContext(), footprint)

    def flash(self, rank: int) -> None:
        """Let a match light up for a moment.

        Args:
            rank: of the hit; one that is not there changes nothing.
        """
        geometry = self._geometry(rank, self._placer)
        if geometry is not None and self._placer is not None:
            self._canvas.flashGeometries([geometry], self._placer.crs, *FLASH)

    def colour(self, rank: int) -> QColor:
        """The colour of a match by its relevance, score or class.

        Args:
            rank: of the hit; one that is not there has the top colour.
        """
        hit = self._hit(rank)
        return TOP_COLOUR if hit is None else self.scale.colour_of(hit)

    def footprint(self, rank: int) -> tuple[QgsGeometry, QgsCoordinateReferenceSystem] | None:
        """Where a match is.

        Args:
            rank: of the hit; ``None`` for one that is not there.
        """
        geometry = self._geometry(rank, self._placer)
        return None if geometry is None or self._placer is None else (geometry, self._placer.crs)

    def keep(self) -> QgsVectorLayer | None:
        """Leave the layer to the user, in memory: the next search makes another one.

        Returns:
            The layer; ``None`` where there is none.
        """
        layer = self.layer
        if layer is None:
            return None
        self._fill(math.inf)
        self._entry.hurry()
        layer.removeCustomProperty(MARK)
        layer.setCustomProperty(KEPT, 1)
        layer.setReadOnly(False)
        self._forget(remove=False)
        self._kept_id = layer.id()
        return layer

    def clear(self) -> None:
        """Remove the layer unless it was kept, and the group where nothing else is in it."""
        self._forget(remove=True)
        self.answer = self._placer = None
        self._kept_id = ""
        remove_empty_group(self._project)

    def close(self) -> None:
        """Remove the layer and stop watching the project; this object is of no use afterwards."""
        self.clear()
        self._project.readProject.disconnect(self._remove_empty_leftovers)
        self.deleteLater()

    def _enter_project(self, layer: QgsVectorLayer) -> None:
        self._project.addMapLayer(layer, False)  # noqa: FBT003 - QGIS names it addToLegend
        node = matches_group(self._project).insertLayer(0, layer)
        node.setItemVisibilityCheckedParentRecursive(True)

    def _fill(self, seconds: float = SLICE_S) -> None:
        """Add matches for one slice of time, at least the next few."""
        layer, answer, placer = self.layer, self.answer, self._placer
        if layer is None or answer is None or placer is None:
            return
        stop = time.perf_counter() + seconds
        while self._waiting:
            hits, self._waiting = self._waiting[:SLICE_HITS], self._waiting[SLICE_HITS:]
            rows = [(hit, values(hit, answer.query, self.verdict(hit))) for hit in hits]
            self._ids.update(add_matches(layer, rows, placer))
            if time.perf_counter() > stop:
                break
        layer.updateExtents()
        if self._waiting:
            self._turn.do(self._fill)
            return
        self._turn.drop()
        tell_tables(layer)
        layer.triggerRepaint()
        self.filled.emit(len(self._ids))

    def _geometry(self, rank: int, placer: Placer | None) -> QgsGeometry | None:
        """The footprint of a rank, also while its score hides it."""
        hit = self._hit(rank)
        if hit is None or placer is None:
            return None
        try:
            return placer.place(hit.geometry)
        except LayerError as error:
            warn(str(error))
            return None

    def _hit(self, rank: int) -> Hit | None:
        hits = self.answer.hits if self.answer else ()
        return next((hit for hit in hits if hit.rank == rank), None)

    def _on_selection(self, selected: list[int]) -> None:
        if self._selecting or not selected:
            return
        ranks = self.selected_ranks()
        if ranks:
            self.rankSelected.emit(ranks[0])

    def _on_style(self) -> None:
        """Remember what the user makes of the look, for the layer after this one."""
        if self.layer is not None and self._given_look is not None:
            changed = look_of(self.layer) != self._look
            renderer = self.layer.renderer() if changed else None
            self._users_look = renderer.clone() if renderer is not None else None

    def _on_layer_deleted(self) -> None:
        """The user, or the project's end, removed the layer."""
        self._let_go()
        self.gone.emit()

    def _let_go(self) -> None:
        self._turn.drop()
        self._entry.drop()
        self.layer = self._given_look = None
        self._waiting, self._ids = [], {}

    def _forget(self, *, remove: bool) -> None:
        layer = self.layer
        if layer is None:
            return
        layer.willBeDeleted.disconnect(self._on_layer_deleted)
        layer.selectionChanged.disconnect(self._on_selection)
        layer.styleChanged.disconnect(self._on_style)
        self._let_go()
        if remove:
            self.gone.emit()
            self._project.removeMapLayer(layer.id())
            self._canvas.refresh()

    def _remove_empty_leftovers(self) -> None:
        remove_leftovers(self._project, self.layer)


def _source(crs: QgsCoordinateReferenceSystem) -> str:
    return f"MultiPolygon?crs={crs.authid() or DEGREES}&{uri_fields()}&index=yes"


def _layer_name(answer: Answer) -> str:
    query = answer.query or tr("by example")
    return query if len(query) <= 60 else query[:57] + "..."
