"""Open an index and ask it. A score is computed in :func:`cosine_scores`, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.encoders import open_encoder
from cmpagl_model.errors import IndexMismatchError, QueryError
from cmpagl_model.index.format import IndexInfo, model_mismatch, read_info
from cmpagl_model.index.table import ChipTable, load_chips
from cmpagl_model.model_folder import find_model, shipped_models
from cmpagl_model.records import DEFAULT_RERANK, Hit, ModelId, Problem, Rerank

from .filters import Filter
from .merge import best_of_each_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder
    from tiling import SceneRecord

    from .second_look import Progress

MAX_QUERY_CHARACTERS = 1000
SCORE_BLOCK = 1 << 16
EVERYWHERE = Filter()


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of a query."""

    query: str
    """The sentence as it was understood: outer and doubled blanks gone."""
    model: ModelId
    """The model that compared it."""
    hits: tuple[Hit, ...]
    """Best first."""
    rerank: Rerank = "none"
    """How the best were ranked anew."""
    problems: tuple[Problem, ...] = ()
    """Scenes that could not be looked at again; their hits are ranked without that."""


class SearchableIndex:
    """An index in memory with the encoder of its model. Made by :func:`open_index`."""

    def __init__(
        self, folder: Path, info: IndexInfo, table: ChipTable, problems: tuple[Problem, ...]
    ) -> None:
        self.folder, self.info, self.table, self.problems = folder, info, table, problems
        self._encoder: Encoder | None = None
        self._model = "cmpagl_lite"

    def use_model(self, name: str) -> None:
        """Compare with the model ``name`` (shipped name or folder) instead of the shipped one."""
        self._model, self._encoder = name, None

    @property
    def encoder(self) -> Encoder:
        """The encoder of the index's model, loaded at first use.

        Raises:
            IndexMismatchError: if the model at hand is not the one that made the index.
            ModelError: if the model is missing or damaged.
        """
        if self._encoder is None:
            folder = find_model(self._model)
            found = ModelId(folder.name, folder.fingerprint)
            if found != self.info.model:
                raise IndexMismatchError(model_mismatch(self.folder, self.info.model, found))
            self._encoder = open_encoder(folder, device="cpu")
        return self._encoder

    def search(  # noqa: PLR0913 - all but the query by name, as on the command line
        self,
        query: str,
        k: int = 20,
        *,
        where: Filter = EVERYWHERE,
        min_score: float | None = None,
        merge: bool = True,
        rerank: Rerank = DEFAULT_RERANK,
        progress: Progress | None = None,
    ) -> Answer:
        """Rank the chips of the index by how well they match a sentence.

        The score is the cosine of two unit vectors, however the best are ranked anew. Filters cut
        the candidates before ranking, so that k hits come back whenever k exist.

        Args:
            query: one sentence; case and outer blanks do not matter.
            k: how many hits at most, 1 or more.
            where: which chips to look at.
            min_score: hits below this cosine are left out; ``None``: none are.
            merge: whether overlapping chips of one place become one hit, the best of them.
            rerank: how the best are ranked anew; how many is the model's ``rerank.json`` to say.
            progress: told how many chips are read and matched; ``None``: nobody is.

        Returns:
            Up to ``k`` hits, best first; ties keep the order of the index.

        Raises:
            QueryError: if the sentence is blank or too long, or ``k`` is below 1.
            IndexMismatchError: if the index is from another model.
            ModelError: if ``rerank`` asks for a fusion encoder or a bank that the model lacks.
        """
        sentence = checked_query(query)
        if k < 1:
            raise QueryError(f"found k = {k}, wanted at least 1 hit; next: give -k 20, say")
        rows = where.rows(self.table)
        if not len(rows):
            return Answer(sentence, self.info.model, (), rerank)
        vector = self.encoder.encode_texts([sentence])[0]
        scores = cosine_scores(self.table.embeddings, rows, vector)
        best = np.argsort(-scores, kind="stable")
        if min_score is not None:
            best = best[scores[best] >= min_score]
        ranked, score_of = rows[best], dict(zip(rows.tolist(), scores.tolist(), strict=True))

        def choose(ranking: NDArray[np.int64], wanted: int) -> NDArray[np.int64]:
            return best_of_each_place(self.table, ranking, wanted) if merge else ranking[:wanted]

        if rerank == "none":
            hits = self._hits(choose(ranked, k), score_of)
            return Answer(sentence, self.info.model, hits)
        from .second_look import FirstLook, Reranker  # noqa: PLC0415 - a plain search has no use

        first = FirstLook(sentence, ranked, scores[best], choose)
        reranker = Reranker(self.table, self.info.spec, self.encoder)
        found = reranker.rank(first, k, rerank, progress)
        hits = self._hits(found.rows, score_of, found.probability.tolist())
        return Answer(sentence, self.info.model, hits, rerank, found.problems)

    def _hits(
        self,
        ranked: NDArray[np.int64],
        score_of: dict[int, float],
        chances: Sequence[float] | None = None,
    ) -> tuple[Hit, ...]:
        shapes = self.table.footprints(ranked)
        return tuple(
            Hit(
                rank=place + 1,
                score=score_of[row],
                scene=self.table.scenes[self.table.scene_of[row]].path,
                window=self.table.window(row),
                gsd_m=float(self.table.gsd_m[row]),
                ground_m=float(self.table.ground_m[row]),
                geometry=shapes[place],
                probability=None if chances is None or isnan(chances[place]) else chances[place],
            )
            for place, row in enumerate(ranked.tolist())
        )

    def scene(self, path: str) -> SceneRecord:
        """The record of a hit's scene, to read its pixels."""
        return next(scene for scene in self.table.scenes if scene.path == path)


def open_index(folder: str | Path, *, model: str | None = None) -> SearchableIndex:
    """Open an index for searching.

    Args:
        folder: an index made by ``cmpagl index``.
        model: the model to compare with; ``None``: the shipped one of the index's name.

    Returns:
        The index; damaged or missing parts are in its ``problems`` and searched around.

    Raises:
        IndexFormatError: if the folder is no index.
    """
    path = Path(folder)
    info = read_info(path)
    loaded = load_chips(path, info)
    index = SearchableIndex(path, info, loaded.table, loaded.problems)
    if model is not None or info.model.name in shipped_models():
        index.use_model(model or info.model.name)
    return index


def checked_query(query: str) -> str:
    """The sentence with its blanks tidied.

    Raises:
        QueryError: if nothing is left, or it is longer than 1,000 characters.
    """
    if len(query) > MAX_QUERY_CHARACTERS:
        raise QueryError(
            f"found a query of {len(query):,} characters, wanted at most "
            f"{MAX_QUERY_CHARACTERS:,}; next: say in one sentence what the place looks like"
        )
    sentence = " ".join("".join(c if c.isprintable() else " " for c in query).split())
    if not sentence:
        raise QueryError(
            "found an empty query, wanted a sentence; next: describe a place, such as "
            '"boats on a canal beside a factory"'
        )
    return sentence


def cosine_scores(
    embeddings: NDArray[np.float16], rows: NDArray[np.int64], vector: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Cosine of one unit vector with some rows of an embedding matrix.

    Args:
        embeddings: unit vectors ``(n, D)``.
        rows: which of them, ``(m,)``.
        vector: the query ``(D,)``.

    Returns:
        ``(m,)`` float32, -1 to 1. Exact: every row is compared, in single precision.
    """
    scores = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), SCORE_BLOCK):
        part = slice(start, start + SCORE_BLOCK)
        scores[part] = embeddings[rows[part]].astype(np.float32) @ vector
    return scores
