"""Between dock, engine and map: who hears whom, and what is shown. The parts do the work.

:meth:`Controller.refresh` decides what stands in the middle of the dock.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QDialog

from cmpagl_qgis.engine.asker import Asker
from cmpagl_qgis.engine.question import PLAIN, Question
from cmpagl_qgis.errors import EngineError, PluginError
from cmpagl_qgis.map.highlight import ChosenFrame
from cmpagl_qgis.map.layers import MatchLayers
from cmpagl_qgis.settings import Settings
from cmpagl_qgis.texts import as_sentence, tr

from . import notices
from .build_session import BuildSession
from .engine_view import EngineView, engine_named
from .examples import Examples
from .growing import GrowingView
from .heat_view import HeatView
from .history import History
from .hit_actions import HitActions
from .index_session import IndexSession
from .index_view import IndexView
from .job_session import JobSession
from .map_view import MapView
from .outline_view import OutlineView
from .project_index import ProjectIndex
from .render_session import RenderSession
from .result_view import ResultView, why_not_refined
from .review_session import ReviewSession
from .sample import Sample
from .saved_search import SavedSearch
from .search_session import SearchSession
from .thumbnails import Thumbnails

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgis.gui import QgisInterface

    from cmpagl_qgis.dock.notice import Notice
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.client import EngineClient
    from cmpagl_qgis.engine.records import Answer

LARGE_KEPT = 40
"""Large pictures in memory: 24 MB."""


class Controller(QObject):
    """Brings a dock to life."""

    def __init__(
        self,
        iface: QgisInterface,
        dock: SearchDock,
        client: EngineClient,
        named: Callable[[], bool] = engine_named,
    ) -> None:
        """Connect everything; the engine is not started yet.

        Args:
            iface: the running QGIS.
            dock: what the user sees.
            client: the engine.
            named: whether an engine is set up at all.
        """
        super().__init__(dock)
        self._iface, self._dock, self._client = iface, dock, client
        self._settings = Settings()
        self._started = self._reminded = False  # reminded: that what is shown does not fit
        self._outcome: Notice | None = None  # what the last search came to, where it found nothing
        canvas = iface.mapCanvas()
        self.asker = Asker(client, self)
        self.layers = MatchLayers(canvas, parent=self)
        self.thumbnails = Thumbnails(self.asker, parent=self)
        self.large = Thumbnails(self.asker, parent=self, kept=LARGE_KEPT)
        self.search = SearchSession(self.asker, self)
        self.jobs = JobSession(self.asker, dock)
        self.builds = BuildSession(self.jobs, self)
        self.index = IndexSession(self.asker, self._settings, self)
        self.project_index = ProjectIndex(self.index, dock.narrow, self)
        self.frame = ChosenFrame(canvas, self.layers)
        self.results = ResultView(
            dock, self.layers, self.frame, (self.thumbnails, self.large), self._settings
        )
        self.review = ReviewSession(dock, self.results, self.layers)
        self.actions = HitActions(
            dock, self.results, self.layers, self.asker, self.jobs, self.index
        )
        self.heat = HeatView(dock, self.results, self.jobs)
        self.outlines = OutlineView(dock, self.results, self.jobs)
        self.growing = GrowingView(
            dock, self.results, self.search, self.index, self.builds, self.jobs
        )
        self.view = MapView(iface, dock.narrow, self)
        self.index_view = IndexView(
            dock, self.index, self.builds, self.jobs, self.actions, self.view, canvas
        )
        self.render = RenderSession(dock, canvas)
        self.sample = Sample(iface, dock, self.builds, self.jobs)
        self.engine = EngineView(dock, client, self.index, self._settings, named)
        self.history = History(dock, self._settings)
        self.examples = Examples(dock, self.results, canvas, self.ask, self._clear)
        self.saved = SavedSearch(dock, self.results, self.asker, self.builds, self._ask_saved)
        dock.narrow.set_count(self._settings.top_k)
        self._connect()
        self.refresh()

    def start(self) -> None:
        """Start the engine and choose the index used last; once, when the dock is first seen."""
        if self._started:
            return
        self._started = True
        self._client.start()
        if not self.project_index.start() and not self.index.path:
            self.index.choose_last()
        self.index_view.offer_unfinished()

    def close(self) -> None:
        """Take everything back; the engine is left to its owner."""
        self.asker.close()
        self.engine.close()
        self.index_view.close()
        for dialog in self._dock.findChildren(QDialog):
            dialog.close()
        self.render.close()
        self.project_index.close()
        self.review.close()
        self._client.stateChanged.disconnect(self._on_engine_state)
        self.history.close()
        self.examples.close()
        self.view.close()
        self.frame.close()
        self.thumbnails.close()
        self.large.close()
        self.layers.close()

    def ask(self, query: str) -> bool:
        """Search for a sentence, together with the examples that are set.

        Args:
            query: the sentence; blank where an example suffices.

        Returns:
            False where that cannot be asked; the user was told why.
        """
        question = self._question(query)
        if question is not None:
            self.search.ask(question)
        return question is not None

    def _ask_saved(self, question: Question) -> Question | None:
        """Ask a question that was saved of the chosen index."""
        if not self.index.path:
            self._dock.message.tell(tr("Choose or build an index first."))
            return None
        self._dock.query.set_text(question.query)
        self.examples.set(question.examples)
        asked = replace(question, index=self.index.path)
        self.search.ask(asked)
        return asked

    def search_for(self, sentence: str) -> None:
        """Put a sentence into the line and search for it.

        Args:
            sentence: chosen elsewhere in QGIS.
        """
        self._dock.query.set_text(sentence)
        self.ask(sentence)

    def refresh(self) -> None:
        """Show results, or the one state that stands in their way."""
        self._show_stale()
        if self.results.shown():
            self._dock.show_results()
            answer = self.results.answer
            if answer is not None and answer.notice and not self._reminded:
                self._reminded = True  # that nothing fits; the list does not say it
                self._dock.message.tell(as_sentence(answer.notice))
            return
        self._dock.show_notice(
            self.engine.notice() or self._notice_of_index() or self._notice_of_search()
        )

    def _notice_of_index(self) -> Notice | None:
        index = self.index
        if not index.path:
            return notices.no_index()
        if index.problem:
            return notices.not_opened(index.name, index.problem, damaged=index.damaged)
        if index.info is not None and not index.info.searchable:
            return notices.not_searchable(index.name, index.info)
        return None

    def _notice_of_search(self) -> Notice:
        if self.search.running:
            return notices.searching(self._dock.query.text)
        answer, question = self.results.answer, self.results.question
        if answer is not None:
            narrowed = bool(question and question.where)
            if self.growing.here and not (answer.candidates or narrowed):
                return notices.nothing_ready(self.index.name)
            return (
                notices.no_match(answer, self.results.min_strength)
                if answer.hits
                else notices.nothing_there(answer.undated, narrowed=narrowed)
            )
        if self._outcome is not None:
            return self._outcome
        if self.growing.here:
            return notices.building(self.index.name)
        return notices.opening(self.index.name) if self.index.opening else notices.ready()

    def _question(self, query: str) -> Question | None:
        """What is to be asked; ``None``, with a word to the user, where nothing can be."""
        try:
            where, count = self.view.where(), self._dock.narrow.count.value()
            shown = self.results.question
            whole = shown is not None and shown.whole and shown.query == query
            question = Question(
                self.index.path, query, count, self.examples.chosen, where, whole=whole,
                siblings=self._settings.siblings,
            )  # fmt: skip
            question.check()
        except PluginError as error:
            shown = self.results.question
            if shown is not None and shown.query != query.strip():
                self.results.clear()  # no old places under a new sentence
            self._dock.message.tell(str(error), warning=True)
            return None
        if not question.answerable:
            self._dock.message.tell(
                tr("Describe a place first, for example: {0}").format(
                    self._dock.query.line.placeholderText()
                )
            )
            self._dock.focus_query()
            return None
        if not self.index.path:
            self._dock.message.tell(tr("Choose or build an index first."))
            return None
        return question

    def _connect(self) -> None:
        dock = self._dock
        dock.shown.connect(self.start)
        dock.query.searchRequested.connect(self.ask)
        dock.query.line.textChanged.connect(self._show_stale)
        dock.query.stopRequested.connect(self.search.stop)
        dock.narrow.changed.connect(self._on_narrowed)
        dock.narrow.here.clicked.connect(self.view.forget)
        dock.narrow.here.clicked.connect(self._on_narrowed)
        self.view.moved.connect(dock.narrow.here.setEnabled)
        dock.header.refineChanged.connect(self._on_refine)
        dock.header.clear.clicked.connect(self._clear)
        dock.understood.wholeRequested.connect(self._on_whole)
        dock.notice.actionRequested.connect(self._act)
        dock.notice.suggestionChosen.connect(self.search_for)
        dock.message.actionRequested.connect(self._act)
        self._client.stateChanged.connect(self._on_engine_state)
        self.search.started.connect(self._on_started)
        self.search.progressed.connect(dock.set_progress)
        self.search.answered.connect(self._on_answered)
        self.search.refused.connect(self._on_refused)
        self.results.changed.connect(self.refresh)
        self.review.learnRequested.connect(self.search.ask)
        self.index.changed.connect(self._on_index)
        self.jobs.ended.connect(self.refresh)
        self.render.rendered.connect(
            lambda _path: self.index_view.ask_build("layers") if self.jobs.asker.alive else None
        )
        self.engine.install.changed.connect(self.refresh)

    def _on_engine_state(self, state: str) -> None:
        self.engine.refresh()
        self._show_refinable()
        if state == "died" and self.results.shown():
            again = ("restart", tr("Restart"))
            self._dock.message.tell(self._client.problem, warning=True, action=again)
        if state == "ready" and self.index.problem:
            self.index.read_again()
        self.refresh()

    def _on_index(self) -> None:
        question = self.results.question
        if question is not None and question.index != self.index.path:
            self.examples.set(())
            self.results.clear()
        self._outcome = None
        info = self.index.info
        if info is not None or not self.index.opening:  # meanwhile what is chosen waits
            self._dock.narrow.set_sizes(info.ground_sizes_m if info else ())
            self._dock.narrow.set_dates(info.dates if info else None)
        self.refresh()

    def _on_started(self, question: Question) -> None:
        self._outcome, self._reminded = None, False
        self._dock.message.clear()
        self._dock.set_busy(busy=True)
        if question.rerank == PLAIN:
            self._dock.status.set_found("")
        self.refresh()
        if self.index.info is not None:
            self.results.expect({scene.crs for scene in self.index.info.scenes})

    def _on_answered(self, question: Question, answer: Answer) -> None:
        self._dock.set_busy(busy=False)
        refined = question.rerank != PLAIN
        self.history.add(question.query)
        self.results.show(question, answer)
        self._dock.status.set_found(self.growing.text(question, answer))
        if answer.problems:
            self._dock.message.tell(" ".join(answer.problems), warning=True)
        self._dock.understood.set_understood(answer.understood, whole=question.whole)
        self._show_refinable()
        self.saved.mark(question, answer)
        wanted = self._dock.header.refinement()
        if not refined and wanted != PLAIN and answer.hits:
            self.search.ask(replace(question, rerank=wanted))

    def _on_refused(self, question: Question, error: EngineError) -> None:
        self._dock.set_busy(busy=False)
        if question.rerank != PLAIN:
            self._dock.header.set_refined(on=False)
        if error.code < 0 and not error.cancelled:
            self._take_back(question)
        if self.results.shown():
            self._dock.message.tell_error(error)
        elif error.cancelled:
            self._outcome = notices.stopped()
        elif self.growing.here and error.kind == "IndexFormatError":
            self._outcome = notices.nothing_ready(self.index.name)  # not even begun
            self.growing.expect(question)
        else:
            self._outcome = notices.refused(error.message)
        self.refresh()

    def _take_back(self, question: Question) -> None:
        """Keep nothing of a question that was refused: no example, no hits of another sentence."""
        shown = self.results.question
        kept = shown.examples if shown is not None else ()
        if any(example not in kept for example in question.examples):
            self.examples.set(tuple(one for one in question.examples if one in kept))
        elif shown is not None and not question.same_wish(shown):
            self.results.clear()

    def _show_stale(self) -> None:
        question = self.results.question
        stale = question is not None and question.query != self._dock.query.text
        self._dock.header.set_stale(stale=stale)

    def _on_refine(self, method: str) -> None:
        question = self.results.question
        if question and not (question.by_example or question.learned) and question.rerank != method:
            self.search.ask(replace(question, rerank=method))

    def _on_whole(self, whole: bool) -> None:  # noqa: FBT001 - Qt's
        if self.results.question is not None:
            self.search.ask(replace(self.results.question, whole=whole, rerank=PLAIN))

    def _show_refinable(self) -> None:
        """Neither examples nor parts can be refined: re-ranking reads one sentence."""
        info = self._client.info
        if info is None:
            return
        why_not = why_not_refined(self.results.question, self.results.answer)
        self._dock.header.set_rerank(info.rerank, why_not)

    def _on_narrowed(self) -> None:
        """Ask again at once: who turns a switch wants to see what it does."""
        narrowing = self._dock.narrow.narrowing()
        self._settings.top_k = narrowing.count
        if narrowing.map_view:
            self.view.keep()
        else:
            self.view.forget()
        shown = self.results.question
        if shown is None:
            return
        question = self._question(self._dock.query.text or shown.query)
        if question is not None and shown.learned and question.topic == shown.topic:
            question = replace(question, kept=shown.kept, rejected=shown.rejected)
        if question is not None:
            self.search.ask(question)

    def _clear(self) -> None:
        self.search.drop()
        self._dock.set_busy(busy=False)
        self.examples.set(())
        self._outcome = None
        self._dock.message.clear()
        self.results.clear()
        self._dock.understood.set_understood("", whole=False)

    def _act(self, key: str) -> None:
        """Do what a button of a notice or a message offers."""
        actions = {
            "setup": self.engine.show_setup,
            "install": self.engine.show_install,
            "restart": self._restart,
            "details": self.engine.show_details,
            "build_layers": lambda: self.index_view.ask_build("layers"),
            "sample": self.sample.ask,
            "build_files": lambda: self.index_view.ask_build("files"),
            "build_folder": lambda: self.index_view.ask_build("folder"),
            "open_index": lambda: self.index_view.act("open"),
            "retry_index": self.index.read_again,
            "open_scene": self.actions.open_scene,
            "report": self.index_view.reports.show,
            "selected": self.index_view.here.ask_selected,
            "said": lambda: self.search_for(self.index_view.here.nearest),
            "resume": self.index_view.resume,
            "show_all": self.results.show_all,
            "everywhere": self._search_everywhere,
            "pick": self.examples.start_pick,
        }
        actions.get(key, lambda: self.index_view.act(key))()

    def _restart(self) -> None:
        self._dock.message.clear()
        self.engine.restart()
        if self.index.path:
            self.index.read_again()

    def _search_everywhere(self) -> None:
        self._dock.narrow.search_everywhere()
        self.view.forget()
        self.ask(self._dock.query.text)
