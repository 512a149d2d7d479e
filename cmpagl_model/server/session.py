"""What one client's engine keeps between requests, and the short requests."""

from __future__ import annotations

import os
import platform
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model import __version__
from cmpagl_model.errors import CmpaglError
from cmpagl_model.index.format import newest_number
from cmpagl_model.index.underway import underway

from .indexes import KEPT, Indexes
from .messages import NO_REQUEST, PROTOCOL, MessageError, ProtocolError
from .models import Models, rerankings
from .overview import overview
from .results import Greeting, Hits, Nothing, Opened, Pictures
from .speeds import Speeds
from .translate import examples_of, feedback_of, filter_of, places_of, wire_hit
from .work import Teller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmpagl_model.index.underway import Underway
    from cmpagl_model.search import Answer, SearchableIndex

    from . import parameters as asked
    from .work import Work

POLL_S = 0.1


class Session:
    """Models and indexes of one client, or of many that may see the same. Threads share it."""

    def __init__(self, kept: int = KEPT) -> None:
        """Take how many indexes stay open at most."""
        self.indexes = Indexes(kept)
        self.speeds = Speeds()
        self._models: Models | None = None
        self._greeted = threading.Event()
        self._growing: set[Path] = set()
        self._seen: dict[Path, Underway | None] = {}

    def admit(self, work: Work) -> None:
        """Let a request in: after hello, which another thread may still be at.

        Raises:
            MessageError: if hello was refused.
        """
        while not self._greeted.wait(POLL_S):
            work.check()
        _ = self.models

    @property
    def models(self) -> Models:
        """The models of this client.

        Raises:
            MessageError: if it has not said hello.
        """
        if self._models is None:
            raise MessageError(
                NO_REQUEST, f'wanted "hello" with protocol {PROTOCOL} first, and answered well'
            )
        return self._models

    @contextmanager
    def growing(self, folder: Path) -> Iterator[None]:
        """While an index grows here, parts that are not there yet are no problem."""
        self._growing.add(folder)
        try:
            yield
        finally:
            self._growing.discard(folder)

    def problems(self, index: SearchableIndex) -> tuple[str, ...]:
        """What is wrong with an index's parts."""
        if index.folder in self._growing or underway(index.folder) is not None:
            return ()
        return tuple(str(problem) for problem in index.problems)

    def hello(self, want: asked.Hello, work: Work) -> Greeting:
        """Agree on protocol, model and device.

        Raises:
            MessageError: if this is not the first hello.
            ProtocolError: if the client speaks another protocol.
        """
        del work
        try:
            if self._models is not None:
                raise MessageError(NO_REQUEST, "found a second hello, wanted one, at the start")
            if want.protocol != PROTOCOL:
                raise ProtocolError(
                    f"found a client of protocol {want.protocol}, wanted {PROTOCOL}; next: install "
                    f"plugin and engine of one version (this engine is {__version__})"
                )
            models = Models(want.model, want.device)
            encoder = models.default()
            self._models = models
        finally:
            self._greeted.set()
        return Greeting(
            protocol=PROTOCOL,
            version=__version__,
            python=platform.python_version(),
            platform=platform.platform(),
            model=encoder.model.id,
            device=encoder.device,
            rerank=rerankings(encoder.model),
            pid=os.getpid(),
        )

    def open(self, want: asked.OneIndex, work: Work) -> Opened:
        """Read an index and its model ahead of the first search."""
        models, index = self.models, self._index(want.index)
        work.check()
        why_not = ""
        try:
            scenes = index.table.scenes
            models.for_index(index.folder, index.info, scenes=scenes).encode_texts(
                ["a place"]
            )  # loads it
        except CmpaglError as error:
            why_not = str(error)
        return overview(index, why_not, self.problems(index))

    def search(self, want: asked.Search, work: Work) -> Hits:
        """Rank chips by a sentence."""
        started, where = time.monotonic(), filter_of(want.where)
        index = self.with_encoder(want.index)
        answer = index.search(
            want.query,
            want.k,
            where=where,
            min_score=want.min_score,
            merge=want.merge,
            siblings=want.siblings,
            rerank=want.rerank,
            min_relevance=want.min_relevance,
            plain=want.plain,
            progress=Teller(work, "looking at places again"),
        )
        return self.hits(index, answer, started)

    def similar(self, want: asked.Similar, work: Work) -> Hits:
        """Rank chips by examples, with or without a sentence."""
        del work
        started, where = time.monotonic(), filter_of(want.where)
        examples = examples_of(want)
        index = self.with_encoder(want.index, needed=examples.need_model(want.query))
        answer = index.similar(
            examples,
            want.query,
            k=want.k,
            where=where,
            min_score=want.min_score,
            merge=want.merge,
            siblings=want.siblings,
            plain=want.plain,
            feedback=feedback_of(want),
            ask=want.ask,
        )
        return self.hits(index, answer, started)

    def thumbnails(self, want: asked.Thumbnails, work: Work) -> Pictures:
        """Draw chips as files."""
        from cmpagl_model.search.thumbnails import write_thumbnails  # noqa: PLC0415 - loads Pillow

        places = places_of(want.places, "places")
        index = self.with_encoder(want.index, needed=False)
        files = write_thumbnails(
            index, places, Path(want.folder), want.px, Teller(work, "drawing places")
        )
        return Pictures(tuple(None if file is None else str(file) for file in files))

    def close(self, want: asked.OneIndex, work: Work) -> Nothing:
        """Forget an index."""
        del work
        self.indexes.forget(Path(want.index))
        return Nothing()

    def with_encoder(self, folder: str, *, needed: bool = True) -> SearchableIndex:
        """An index as it is now, with the encoder of its model if that is needed.

        Raises:
            IndexFormatError: if there is no such index.
            IndexMismatchError: if the model at hand is not the one that made it.
        """
        index = self._index(folder)
        if needed:
            scenes = index.table.scenes
            index.use_encoder(self.models.for_index(index.folder, index.info, scenes=scenes))
        return index

    def _index(self, folder: str) -> SearchableIndex:
        """An index as it is now, or nearly while it grows.

        Raises:
            IndexFormatError: if there is no such index.
        """
        path = Path(folder)
        self._seen[path] = underway(path)
        grows = path in self._growing or self._seen[path] is not None
        return self.indexes.get(path, growing=grows)

    def _more_to_come(self, index: SearchableIndex) -> Underway | None:
        """How far those are that add to an index; ``None``: it was searched as it stays.

        While somebody adds, nobody waits for the newest version. Where they ended during a search
        it is said once more that there is more to come: else nobody would look at the last of it.
        """
        state, newest = underway(index.folder), newest_number(index.folder)
        return self._seen.get(index.folder) if not state and index.info.number != newest else state

    def hits(self, index: SearchableIndex, answer: Answer, started: float) -> Hits:
        """An answer as it travels; ``started`` is when it was asked for, monotonic seconds."""
        crs_of = {scene.path: scene.crs for scene in index.table.scenes}
        return Hits(
            query=answer.query,
            model=answer.model,
            hits=tuple(wire_hit(hit, crs_of[hit.scene]) for hit in answer.hits),
            candidates=answer.candidates,
            undated=answer.undated,
            found=answer.found,
            notice=answer.notice,
            cutoff=None if answer.cutoff is None else round(answer.cutoff, 6),
            seconds=round(time.monotonic() - started, 4),
            problems=(*self.problems(index), *(str(problem) for problem in answer.problems)),
            understood=answer.understood,
            version=index.info.number,
            growing=self._more_to_come(index),
        )
