"""Open an index and ask it. A score is computed in :func:`cosine_scores`, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import numpy as np

from cmpagl_model.encoders import open_encoder
from cmpagl_model.encoders.memory import sentence_vector
from cmpagl_model.errors import DamagedArraysError, QueryError
from cmpagl_model.index.copies import display_name, hold
from cmpagl_model.index.format import IndexInfo, check_model, read_info
from cmpagl_model.index.opening import open_chips
from cmpagl_model.model_folder import DEFAULT_MODEL, find_model, known_as
from cmpagl_model.records import DEFAULT_RERANK, Problem, Rerank
from cmpagl_model.table.halves import singles
from tiling.stores import is_stored

from .answer import Answer, Chosen, SearchOptions
from .composed import Composed, as_it_stands, checked_query, read_query, understood
from .examples import Examples, Picture, combined, pixels_of, row_of
from .feedback import ASKED_OF, Feedback, judged_rows, spread, with_verdicts
from .filters import EVERYWHERE, Filter
from .hits import hits_of
from .judge import Judge, read_judge
from .merge import suppress_overlaps, suppress_overlaps_in_scene
from .ranking import Ranking, cosine_scores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from typing_extensions import Unpack

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.index.loaded import LoadedIndex
    from cmpagl_model.model_folder import ModelFolder
    from cmpagl_model.progress import Progress
    from cmpagl_model.table.chips import ChipTable
    from tiling import SceneRecord

    from .answer import Places
    from .examples import Place

    Vector = NDArray[np.float32]

P = ParamSpec("P")
R = TypeVar("R")


def retry_if_damaged(
    ask: Callable[Concatenate[SearchableIndex, P], R],
) -> Callable[Concatenate[SearchableIndex, P], R]:
    """Ask once more, of the index opened anew, where its files were found damaged on the way.

    What is damaged is made anew from the parts; a part that is damaged is named among the index's
    problems. Where the cache cannot be written the parts are read into memory.
    """

    @wraps(ask)
    def asked(index: SearchableIndex, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return ask(index, *args, **kwargs)
        except DamagedArraysError:
            index.take(open_chips(index.folder, read_info(index.folder)))
        try:
            return ask(index, *args, **kwargs)
        except DamagedArraysError:
            from cmpagl_model.index.load import load_chips  # noqa: PLC0415 - it loads pyarrow

            index.take(load_chips(index.folder, read_info(index.folder)))
        return ask(index, *args, **kwargs)

    return asked


class SearchableIndex:
    """An index in memory with the encoder of its model. Made by :func:`open_index`."""

    def __init__(
        self, folder: Path, info: IndexInfo, table: ChipTable, problems: tuple[Problem, ...]
    ) -> None:
        self.folder, self.info, self.table, self.problems = folder, info, table, problems
        self._encoder: Encoder | None = None
        self._model = DEFAULT_MODEL
        self._filtered: tuple[ChipTable, Filter, tuple[NDArray[np.int64] | range, int]] | None = (
            None
        )
        self._judge: tuple[Encoder, Judge] | None = None
        self._hold = hold(folder)

    @property
    def name(self) -> str:
        """What people call it: its folder, or its address if that is a copy of one in a store."""
        return display_name(self.folder)

    def take(self, loaded: LoadedIndex) -> None:
        """Go on with the index as it was opened anew."""
        if loaded.info.model != self.info.model:
            self._encoder = None
        self.info, self.table, self.problems = loaded.info, loaded.table, loaded.problems
        self._judge = None

    def use_model(self, name: str) -> None:
        """Compare with the model ``name`` (a known name or a folder) instead of the shipped one."""
        self._model, self._encoder = name, None

    def use_encoder(self, encoder: Encoder) -> None:
        """Compare with an encoder that is open already.

        Raises:
            IndexMismatchError: if its model is not the one that made the index.
        """
        self._check_model(encoder.model)
        self._encoder = encoder

    @property
    def encoder(self) -> Encoder:
        """The encoder of the index's model, loaded at first use.

        Raises:
            IndexMismatchError: if the model at hand is not the one that made the index.
            ModelError: if the model is missing or damaged.
        """
        if self._encoder is None:
            folder = find_model(self._model)
            self._check_model(folder)
            self._encoder = open_encoder(folder, device="cpu")
        return self._encoder

    @property
    def judge(self) -> Judge:
        """Says how likely hits are right, read at first use.

        Raises:
            IndexMismatchError: if the model at hand is not the one that made the index.
            ModelError: if the model is missing or damaged.
        """
        encoder = self.encoder
        if self._judge is None or self._judge[0] is not encoder:
            self._judge = encoder, read_judge(encoder.model, self.table)
        return self._judge[1]

    def _check_model(self, folder: ModelFolder) -> None:
        check_model(self.folder, self.info, folder.id, self.table.scenes)

    @retry_if_damaged
    def search(  # noqa: PLR0913 - all but the query by name, as on the command line
        self,
        query: str,
        k: int = 20,
        *,
        where: Filter = EVERYWHERE,
        min_relevance: float | None = None,
        rerank: Rerank = DEFAULT_RERANK,
        plain: bool = False,
        progress: Progress | None = None,
        **places: Unpack[Places],
    ) -> Answer:
        """Rank the chips of the index by how well they match a sentence.

        The score is the cosine of two unit vectors, however the best are ranked anew. Filters cut
        the candidates before ranking, so that k hits come back whenever k exist. A sentence that
        says what is not wanted is read by parts (:func:`~.composed.read_parts`); its hits have no
        relevance, for the score is no longer one sentence's.

        Args:
            query: one sentence; case and outer blanks do not matter.
            k: how many hits at most, 1 or more.
            where: which chips to look at.
            min_relevance: hits that are right with a lower probability are left out of the k;
                ``None``: none are, and ``found`` and ``notice`` of the answer say if nothing fits.
            rerank: how the best are ranked anew; how many is the model's ``rerank.json`` to say.
            plain: whether the sentence is taken as it stands; it is in any case where it stands in
                quotation marks, and with ``rerank`` or ``min_relevance``, which take no parts.
            progress: told how many chips are read and matched; ``None``: nobody is.
            **places: ``min_score``, ``merge`` and ``siblings``, as :class:`~.answer.Places` has
                them.

        Returns:
            Up to ``k`` hits, best first; ties keep the order of the index.

        Raises:
            QueryError: if the sentence is blank or too long, says only what is not wanted or has
                too many parts, ``k`` is below 1, or a least relevance is no probability, or asked
                of a model that gives none.
            IndexMismatchError: if the index is from another model.
            ModelError: if ``rerank`` asks for a fusion encoder or a bank that the model lacks.
        """
        options = SearchOptions(k=k, min_relevance=min_relevance, **places)
        said = read_query(query, plain=plain or rerank != "none" or min_relevance is not None)
        ranking = self._ranking(lambda: self._vector(said), where, options.min_score)
        if isinstance(said, Composed):
            answer = self._answer(
                checked_query(query), ranking, self._chosen(ranking, options), options
            )
            return replace(answer, understood=str(said))
        sentence = said
        if rerank == "none" or not len(ranking.rows):
            chosen = self._chosen(ranking, options)
        else:
            from .second_look import FirstLook, Reranker  # noqa: PLC0415 - a plain search has no use

            choose = self._choice(options)
            reranker = Reranker(self.table, self.info.spec, self.encoder)
            ranking.chosen(choose, reranker.places(options.k))
            found = ranking.best(reranker.candidates)
            first = FirstLook(sentence, found, choose)
            chosen = reranker.rank(first, options.k, rerank, progress)
        answer = replace(self._answer(sentence, ranking, chosen, options), rerank=rerank)
        if not answer.hits:
            return answer
        judge = self.judge
        if judge.known:
            best = float(ranking.best(1).scores[0])
            return judge.judged(answer, ranking.vector, best, min_relevance)
        if min_relevance is not None:
            raise QueryError(
                f"found a model, {self.info.model}, that gives no relevance, wanted one that does; "
                "next: search with a least score instead"
            )
        return replace(answer, problems=(*answer.problems, *judge.problems))

    @retry_if_damaged
    def similar(  # noqa: PLR0913 - as search
        self,
        examples: Examples,
        query: str | None = None,
        *,
        k: int = 20,
        where: Filter = EVERYWHERE,
        plain: bool = False,
        feedback: Feedback = Feedback(),  # noqa: B008 - frozen
        ask: bool = False,
        **places: Unpack[Places],
    ) -> Answer:
        """Rank the chips of the index by how well they match places, pictures and words.

        Stored embeddings are compared, so no scene is read, and where only places are given the
        model is not needed either. All that is given is added by Rocchio's formula.

        Args:
            examples: what to be like, and unlike.
            query: a sentence beside them; ``None``: none, and something to be like is needed.
            k: how many hits at most, 1 or more; examples stay among them.
            where: which chips to look at; examples may lie elsewhere.
            plain: whether the sentence is taken as it stands, and not by parts.
            feedback: what a person decided of places; the query moves towards those kept and away
                from those rejected, and hits that were judged say so (``review``).
            ask: whether the hits are those that a person should judge next, and not the best: ``k``
                that are unlike each other, of the best ``5 k`` that were not judged.
            **places: as :meth:`search` takes them.

        Returns:
            Up to ``k`` hits, best first; ties keep the order of the index.

        Raises:
            QueryError: if nothing is given to be like, a place is not in the index, a picture
                cannot be read, or the examples cancel each other out.
            IndexMismatchError: if there are words or pictures and the index is from another model.
        """
        sentence = "" if query is None else checked_query(query)
        options = SearchOptions(k=k, **places)
        said = None if query is None else read_query(query, plain=plain)
        judged = judged_rows(self.table, feedback)
        vector = self._added(examples, said, judged.parts(self.table.embeddings))
        ranking = self._ranking(lambda: vector, where, options.min_score)
        chosen = self._chosen(ranking, options)
        if ask:
            wide = self._chosen(ranking, replace(options, k=ASKED_OF * k + len(judged.verdicts)))
            rows = wide.rows[~np.isin(wide.rows, [*judged.verdicts])][: ASKED_OF * k]
            chosen = Chosen(rows[spread(singles(self.table.embeddings[rows]), k)], wide.found)
        answer = self._answer(sentence, ranking, chosen, options)
        return replace(
            answer,
            hits=with_verdicts(answer.hits, chosen.rows.tolist(), judged),
            problems=(*answer.problems, *judged.problems),
            examples="; ".join(filter(None, (str(examples), str(feedback)))),
            understood=understood(query, plain=plain),
            to_judge=ask,
        )

    @retry_if_damaged
    def query_vector(
        self,
        examples: Examples,
        query: str | None,
        *,
        plain: bool = False,
        feedback: Feedback = Feedback(),  # noqa: B008 - frozen
    ) -> NDArray[np.float32]:
        """The unit vector ``(D,)`` that sentence and examples stand for; see :meth:`similar`.

        Raises:
            QueryError: if nothing is given to be like, a place is not in the index, a picture
                cannot be read, or the examples cancel each other out.
            IndexMismatchError: if there are words or pictures and the index is from another model.
        """
        said = None if query is None else read_query(query, plain=plain)
        judged = judged_rows(self.table, feedback)
        return self._added(examples, said, judged.parts(self.table.embeddings))

    def _added(
        self,
        examples: Examples,
        said: str | Composed | None,
        learned: Sequence[tuple[float, NDArray[np.floating]]] = (),
    ) -> NDArray[np.float32]:
        """Sentence, examples and what was learned from verdicts, added up.

        Raises:
            QueryError: if nothing is given to be like.
        """
        examples.check(said, learned=any(factor > 0 for factor, _ in learned))
        parts = [(factor, self._vector(what)) for factor, what in examples.parts(said)]
        return combined([*parts, *learned])

    def _vector(self, what: Place | Picture | Composed | str) -> NDArray[np.floating]:
        """What one part of a query stands for, ``(D,)``."""
        if isinstance(what, Composed):
            return combined((factor, self._vector(words)) for factor, words in what.parts())
        if isinstance(what, str):
            return sentence_vector(self.encoder, as_it_stands(what))
        if isinstance(what, Picture):
            pixels = pixels_of(what, self.encoder.model.config.image.input_px)
            seen: Vector = self.encoder.encode_chips(pixels[None])[0]
            return seen
        stored: NDArray[np.float16] = self.table.embeddings[[row_of(self.table, what)]][0]
        return stored

    def _ranking(
        self, vector: Callable[[], Vector], where: Filter, min_score: float | None
    ) -> Ranking:
        """Candidates, to be ranked by cosine as deep as needed.

        Args:
            vector: gives what to compare with, unit length; not called where no chip passes.
            where: which chips to look at.
            min_score: least cosine; ``None``: any.
        """
        table, kept = self.table, self._filtered
        if kept is not None and kept[0] is table and kept[1] == where:
            rows, undated = kept[2]  # who asks again about the same area need not wait again
        else:
            rows, undated = where.chosen(table)
            if where != EVERYWHERE:
                self._filtered = table, where, (rows, undated)
        query = vector() if len(rows) else np.empty(0, np.float32)

        def score(some: NDArray[np.int64]) -> NDArray[np.float32]:
            return cosine_scores(self.table.embeddings, some, query)

        return Ranking(self.table, rows, query, score, min_score, undated)

    def _chosen(self, ranking: Ranking, options: SearchOptions) -> Chosen:
        """The first of the candidates, as they are ranked."""
        return Chosen(*ranking.chosen(self._choice(options), options.k))

    def _answer(
        self, sentence: str, ranking: Ranking, chosen: Chosen, options: SearchOptions
    ) -> Answer:
        """The chips chosen as hits."""
        hits = hits_of(self.table, chosen, options)
        return Answer(
            query=sentence,
            model=self.info.model,
            hits=hits,
            problems=chosen.problems,
            candidates=len(ranking.rows),
            undated=ranking.undated,
            found=bool(hits),
            index=self,
        )

    def _choice(
        self, options: SearchOptions
    ) -> Callable[[NDArray[np.int64], int], NDArray[np.int64]]:
        """What takes the first so many hits of a ranking."""

        def choose(rows: NDArray[np.int64], wanted: int) -> NDArray[np.int64]:
            if not options.merge:
                return rows[:wanted]
            merge = suppress_overlaps if options.siblings else suppress_overlaps_in_scene
            return merge(self.table, rows, wanted)

        return choose

    def scene(self, path: str) -> SceneRecord:
        """The record of a hit's scene, to read its pixels."""
        return next(scene for scene in self.table.scenes if scene.path == path)


def open_index(folder: str | Path, *, model: str | None = None) -> SearchableIndex:
    """Open an index for searching.

    Args:
        folder: an index made by ``cmpagl index``, or the address of one in an object store, which
            is copied to this machine first.
        model: the model to compare with; ``None``: the known one of the index's name.

    Returns:
        The index; damaged or missing parts are in its ``problems`` and searched around.

    Raises:
        IndexFormatError: if the folder is no index.
        StoreError: if a store cannot be asked.
    """
    if is_stored(str(folder)):
        from cmpagl_model.index.mirror import at_hand  # noqa: PLC0415 - it loads pyarrow

        folder = at_hand(str(folder))
    path = Path(folder)
    loaded = open_chips(path, read_info(path))
    info = loaded.info
    index = SearchableIndex(path, info, loaded.table, loaded.problems)
    index.use_model(model or known_as(info.model))
    return index
