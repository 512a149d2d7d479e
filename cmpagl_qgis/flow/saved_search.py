"""Searches as files: written, opened, and asked again where scenes were added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QFileDialog

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.question import PLAIN, Example, Question
from cmpagl_qgis.engine.records import News, QueryFile
from cmpagl_qgis.errors import PluginError
from cmpagl_qgis.texts import counted, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmpagl_qgis.dock.build_order import BuildOrder
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.asker import Asker
    from cmpagl_qgis.engine.records import Answer

    from .build_session import BuildSession
    from .result_view import ResultView

ENDING = ".json"
VERSION = 1
"""Of the files."""


class SavedSearch(QObject):
    """The file that the search at hand was saved in, or came from."""

    def __init__(
        self,
        dock: SearchDock,
        results: ResultView,
        asker: Asker,
        builds: BuildSession,
        ask: Callable[[Question], Question | None],
    ) -> None:
        """Nothing is saved yet.

        Args:
            dock: has the menu; owns this object.
            results: what is shown.
            asker: the way to the engine.
            builds: tells when scenes were added.
            ask: puts a question into the dock and asks it of the chosen index; gives what was
                asked, ``None`` where no index is chosen.
        """
        super().__init__(dock)
        self._dock, self._results, self._asker, self._ask = dock, results, asker, ask
        self.file = ""
        self._question: Question | None = None
        self._new: frozenset[str] = frozenset()
        dock.query.saveFileRequested.connect(
            lambda: self._choose(QFileDialog.getSaveFileName, tr("Save this search"), self.save)
        )
        dock.query.openFileRequested.connect(
            lambda: self._choose(QFileDialog.getOpenFileName, tr("Open a saved search"), self.open)
        )
        builds.built.connect(self._on_built)

    def save(self, file: str) -> None:
        """Save what is shown.

        Args:
            file: absolute path.
        """
        question = self._results.question
        if question is None:
            self._dock.message.tell(tr("Search first; what was asked is saved."))
            return
        try:
            document = document_of(question)
        except PluginError as error:
            self._dock.message.tell(str(error), warning=True)
            return

        def done(result: object) -> None:
            saved = read(QueryFile, result)
            self._dock.message.tell(tr("Saved in {0}.").format(saved.file))
            self._follow(saved.file, self._results.question)

        path = file if file.lower().endswith(ENDING) else file + ENDING
        self._send("save_query", {"file": path, "query": document}, done)

    def open(self, file: str) -> None:
        """Ask what a file holds.

        Args:
            file: absolute path.
        """

        def done(result: object) -> None:
            loaded = read(QueryFile, result)
            question = question_of(loaded.query)
            asked = self._ask(question)
            if asked is not None:
                self._show_narrowing(question)
                self._follow(loaded.file, asked)

        self._send("load_query", {"file": file}, done)

    def mark(self, question: Question, answer: Answer) -> None:
        """After an answer, choose the new ones in the list and on the map.

        Args:
            question: what was asked.
            answer: its hits.
        """
        if not self.file or not question.same_wish(self._question):
            return
        new, self._new = self._new, frozenset()
        ranks = [hit.rank for hit in answer.hits if hit.key in new]
        if ranks:
            self._dock.hits.select_rank(ranks[0], ranks)

    def _choose(
        self, ask: Callable[..., tuple[str, str]], title: str, then: Callable[[str], None]
    ) -> None:
        file, _filter = ask(self._dock, title, "", tr("Saved search (*.json)"))
        if file:
            then(file)

    def _show_narrowing(self, question: Question) -> None:
        """Let the switches show what the file narrows to, and say what they have no place for."""
        words = {
            "bbox": tr("a box"), "within": tr("an area"), "scenes": tr("scenes"),
            "ground_m": tr("a range of sizes"),
        }  # fmt: skip
        hidden = self._dock.narrow.show_where(dict(question.where), question.count)
        if hidden:
            text = tr(
                "This search is also narrowed to {0}, for which there is no switch; the next one "
                "is not."
            )
            self._dock.message.tell(text.format(", ".join(words.get(one, one) for one in hidden)))

    def _follow(self, file: str, question: Question | None) -> None:
        """From here on, what this question finds in the shown index counts as seen."""
        self.file, self._question = file, question

        def done(result: object) -> None:
            news = read(News, result)
            if news.known and news.answer.hits:  # at the first look all are new
                self._tell(news)
                if self._results.question is not None and self._results.answer is not None:
                    self.mark(self._results.question, self._results.answer)

        if question is not None and question.index:
            self._send("watch", {"index": question.index, "file": file}, done)

    def _on_built(self, order: BuildOrder | None, _report: object) -> None:
        question = self._results.question
        if order is None or not self.file or question is None or order.index != question.index:
            return

        def done(result: object) -> None:
            news, question = read(News, result), self._results.question
            if news.answer.hits and question is not None:
                self._ask(question)
                self._tell(news)

        if question.same_wish(self._question):
            self._send("watch", {"index": order.index, "file": self.file}, done)

    def _tell(self, news: News) -> None:
        self._new = frozenset(hit.key for hit in news.answer.hits)
        count = len(self._new)
        many = counted(count, tr("1 new place"), tr("{0} new places"))
        self._dock.message.tell(
            tr("{0} for the saved search; those shown are chosen.").format(many)
        )

    def _send(self, method: str, params: dict[str, object], done: Callable[[object], None]) -> None:
        self._asker.ask(method, params, done, self._dock.message.tell_error)


def document_of(question: Question) -> dict[str, object]:
    """A question as the protocol's QUERY.

    Args:
        question: of one sentence, or of examples.

    Raises:
        PluginError: if it has several sentences.
    """
    if len(question.sentences) > 1:
        raise PluginError(tr("Several sentences cannot be saved as one search; leave one."))
    method, params = question.request()
    document: dict[str, object] = {"cmpagl_query": VERSION}
    for name, value in params.items():
        if name != "index":
            document["sentence" if name == "query" else name] = value
    if method == "search" and question.rerank != PLAIN:
        document["rerank"] = question.rerank
    return document


def question_of(document: dict[str, Any]) -> Question:
    """The protocol's QUERY as a question to the chosen index.

    Args:
        document: checked by the engine.

    Raises:
        PluginError: if it asks what the dock cannot show.
    """
    foreign = [name for name in ("plus", "minus") if document.get(name)]
    if foreign:
        text = tr("The search has words with or without, which the dock does not take: {0}")
        raise PluginError(text.format("cmpagl search INDEX --query"))
    examples = []
    for name in ("like", "unlike"):
        for place in document.get(name, ()):
            file = place.get("picture") or place.get("scene")
            if file:
                label = str(file).replace("\\", "/").rsplit("/", 1)[-1]
            else:
                label = tr("{0}, {1}").format(f"{place['lon']:.4f}", f"{place['lat']:.4f}")
            key = repr(sorted(place.items()))
            examples.append(Example(label, name == "like", key, tuple(place.items())))
    return Question(
        "",
        document.get("sentence", ""),
        document["k"],
        tuple(examples),
        tuple(document.get("where", {}).items()),
        document.get("rerank", PLAIN),
        document.get("plain", False),
        siblings=document.get("siblings", True),
    )
