"""Results in the dock and on the map, kept in step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from cmpagl_qgis.dock.preview import SIDE
from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.map.footprints import Placer, common_crs
from cmpagl_qgis.texts import counted, numeral, tr, warn
from cmpagl_qgis.turns import NextTurn, single_shot

if TYPE_CHECKING:
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.question import Question
    from cmpagl_qgis.engine.records import Answer, Hit
    from cmpagl_qgis.map.highlight import ChosenFrame
    from cmpagl_qgis.map.layers import MatchLayers
    from cmpagl_qgis.map.scale import Scale
    from cmpagl_qgis.settings import Settings

    from .thumbnails import Thumbnails

REST_MS = 80
ALL = -1.0
"""Below every score and every relevance."""


class ResultView(QObject):
    """The answer that is shown.

    ``changed`` tells that there is another one, or other rows of it are shown.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        dock: SearchDock,
        layers: MatchLayers,
        frame: ChosenFrame,
        pictures: tuple[Thumbnails, Thumbnails],
        settings: Settings,
    ) -> None:
        """Show nothing yet.

        Args:
            dock: the list and its header; owns this object.
            layers: the map's part.
            frame: around the chosen place.
            pictures: the small ones of the rows, and the large ones.
            settings: the lowest score shown at first where there is no relevance, and the
                pictures' size.
        """
        super().__init__(dock)
        self._dock, self._layers, self._frame = dock, layers, frame
        self._thumbnails, self._large = pictures
        self._settings = settings
        self.question: Question | None = None
        self.answer: Answer | None = None
        self.min_strength = ALL
        """The least relevance shown, or the lowest score."""
        self._turn = NextTurn(self)
        # A slider moves in many small steps; the map follows when it rests.
        self._rest = single_shot(self, self._filter_layer, REST_MS)
        dock.hits.set_pictures(self._thumbnails.pixmap, self._large.pixmap)
        dock.hits.hovered.connect(lambda hit: self._want(self._large, [hit], SIDE))
        dock.hits.picked.connect(self._on_picked)
        dock.hits.visibleChanged.connect(
            lambda hits: self._want(self._thumbnails, hits, settings.thumbnail_px)
        )
        dock.header.minStrengthChanged.connect(self._on_min_strength)
        layers.rankSelected.connect(
            lambda rank: dock.hits.select_rank(rank, layers.selected_ranks())
        )
        layers.rankSelected.connect(lambda _rank: frame.follow(dock.hits.current_rank()))
        # The row at hand may be one whose match came into the layer last.
        layers.filled.connect(
            lambda _count: self._select_on_map() if dock.hits.current_rank() else None
        )
        self._thumbnails.ready.connect(dock.hits.hits.picture_came)
        self._thumbnails.ready.connect(dock.hits.large_came)
        self._large.ready.connect(dock.hits.large_came)

    def shown(self) -> list[Hit]:
        """The hits that are shown, best first."""
        return self._dock.hits.hits.shown()

    def hit(self, rank: int) -> Hit | None:
        """A hit of the answer.

        Args:
            rank: from 1.
        """
        hits = self.answer.hits if self.answer else ()
        return next((hit for hit in hits if hit.rank == rank), None)

    def show(self, question: Question, answer: Answer) -> None:
        """Show an answer in place of the last one.

        Args:
            question: what was asked.
            answer: the hits.
        """
        if not question.same_subject(self.question):
            # Both compare within one subject only.
            least = answer.cutoff if answer.cutoff is not None else self._settings.min_score
            self.min_strength = least
        in_place = question.same_wish(self.question)
        if self._settings.keep_layers and not in_place:
            self._layers.keep()
        self._dock.header.subject.setText(question.subject)
        self._dock.header.set_measure(relevance=answer.by_relevance)
        scale = self._take(question, answer)
        self._dock.hits.set_hits(answer.hits, self.min_strength, scale, keep_current=in_place)
        if answer.hits or self._layers.layer is not None:
            self._turn.do(partial(self._show_layer, answer, question.index))
        else:
            self._turn.drop()
        self._frame.clear()
        self._tell()

    def grow(self, question: Question, answer: Answer) -> None:
        """Show a later answer to the same question: what is chosen and in view stays.

        Args:
            question: what was asked.
            answer: the hits.
        """
        if self.answer is not None and self.min_strength == self.answer.cutoff:
            self.min_strength = self.min_strength if answer.cutoff is None else answer.cutoff
        self._dock.hits.grow(answer.hits, self.min_strength, self._take(question, answer))
        self._turn.hurry()
        if answer.hits or self._layers.layer is not None:
            self._layers.grow(answer, question.index)
            self._filter_layer()
            self._select_on_map()
        self._tell()

    def _take(self, question: Question, answer: Answer) -> Scale:
        """Have an answer in hand, the ends of the slider set to it; gives its colours."""
        self.question, self.answer = question, answer
        strengths = [hit.strength for hit in answer.hits]
        self._dock.header.set_strengths(
            min(strengths, default=0.0), max(strengths, default=0.0), self.min_strength
        )
        return self._layers.scales.of(answer, question.index)

    def clear(self) -> None:
        """Show nothing; a layer that was kept stays."""
        self._rest.stop()
        self._turn.drop()
        self.question = self.answer = None
        self.min_strength = ALL
        self._dock.hits.set_hits((), ALL, keep_current=False)
        self._frame.clear()
        self._layers.clear()
        self._dock.header.hide()
        self._dock.status.set_found("")
        self.changed.emit()

    def expect(self, crs: set[str]) -> None:
        """Look for the way into a CRS while the engine searches: some 20 ms once, QGIS keeps it.

        Args:
            crs: of the scenes, ``EPSG:n`` or WKT.
        """
        Placer(common_crs(crs), QgsProject.instance().transformContext())

    def show_all(self) -> None:
        """Hide no hit because it is weak."""
        self._dock.header.slider.setValue(0)
        self._on_min_strength(ALL)

    def apply_min_strength(self) -> None:
        """Let the layer hide what the list hides, now."""
        self._rest.stop()
        self._filter_layer()

    def _show_layer(self, answer: Answer, index: str) -> None:
        try:
            self._layers.show(answer, index)
        except LayerError as error:
            warn(str(error))
            self._dock.message.tell(str(error), warning=True)
            return
        if self.min_strength > ALL:
            self._filter_layer()
        self._select_on_map()

    def _on_min_strength(self, score: float) -> None:
        self.min_strength = max(score, ALL)
        self._dock.hits.set_min_strength(self.min_strength)
        self._rest.start()
        self._tell()

    def _filter_layer(self) -> None:
        self._layers.set_min_strength(self.min_strength if self.min_strength > ALL else None)
        self._frame.follow(self._dock.hits.current_rank())

    def _tell(self) -> None:
        total = len(self.answer.hits) if self.answer else 0
        self._dock.header.set_count(len(self.shown()), total)
        self.changed.emit()

    def _on_picked(self, rank: int) -> None:
        self._select_on_map()
        if len(self._dock.hits.selectedIndexes()) > 1:
            return  # the map stays where it is while more are chosen
        if self._dock.header.follow.isChecked():
            self._layers.zoom_to(rank)
        self._layers.flash(rank)

    def _select_on_map(self) -> None:
        self._layers.select(*(hit.rank for hit in self._dock.hits.selected_hits()))
        self._frame.follow(self._dock.hits.current_rank())

    def _want(self, pictures: Thumbnails, hits: list[Hit], side: int) -> None:
        if self.question is not None and hits:
            pictures.want(self.question.index, hits, side)


def found_text(answer: Answer, *, refined: bool) -> str:
    """What a search found and how fast.

    Args:
        answer: the hits.
        refined: whether they were ranked again.
    """
    count = len(answer.hits)
    many = counted(count, tr("1 place"), tr("{0} places"))
    text = tr("{0}, refined, in {1} s") if refined else tr("{0} in {1} s")
    text = text.format(many, numeral(f"{answer.seconds:.2f}"))
    return "; ".join(filter(None, (text, undated_text(answer.undated))))


def undated_text(chips: int) -> str:
    """How many chips of unknown date a date left out; empty: none.

    Args:
        chips: their number.
    """
    one, many = tr("1 chip of unknown date left out"), tr("{0} chips of unknown date left out")
    return counted(chips, one, many) if chips else ""


def why_not_refined(question: Question | None, answer: Answer | None) -> str:
    """Why results cannot be re-ranked, for re-ranking reads one sentence; empty: they can.

    Args:
        question: what was asked; ``None``: nothing.
        answer: the hits; ``None``: none.
    """
    if question is not None and question.learned:
        return tr("Results that were learned cannot be refined.")
    if question is not None and question.by_example:
        return tr("Results of a search by example cannot be refined.")
    if answer is not None and answer.understood:
        return tr("A sentence read by parts cannot be refined; search it as it stands.")
    return ""
