"""Requests of saved queries, and of many sentences at once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.index.vectors import check_output
from cmpagl_model.search import keep, read_query, watch, write_query
from cmpagl_model.search.accuracy import read_labels
from cmpagl_model.search.classes import read_classes
from cmpagl_model.search.classify import classify
from cmpagl_model.search.saved import ENDING, page_of_query, query_of
from cmpagl_model.search.sheets import Files, write_all
from cmpagl_model.search.watch import record_of

from .results import Classes, News, QueryPage
from .translate import filter_of
from .work import CountTeller

if TYPE_CHECKING:
    from . import parameters as asked
    from .session import Session
    from .work import Work


def save_query(session: Session, want: asked.SaveQuery, work: Work) -> QueryPage:
    """Write a query to a file."""
    del session, work
    file = Path(want.file)
    query = query_of(want.query, file.parent, "query")
    write_query(query, file)
    return QueryPage(want.file, page_of_query(query))


def load_query(session: Session, want: asked.QueryFile, work: Work) -> QueryPage:
    """What a file of a query holds."""
    del session, work
    return QueryPage(want.file, page_of_query(read_query(want.file)))


def watch_query(session: Session, want: asked.Watch, work: Work) -> News:
    """What a saved query finds that it had not found before."""
    started, file = time.monotonic(), Path(want.file)
    check_output(record_of(file), Path(want.index), known=[ENDING])
    index = session.with_encoder(want.index, needed=read_query(file).need_model)
    news = watch(index, file, progress=CountTeller(work, "looking at places again"))
    work.check()
    if want.keep:
        keep(news, file)
    return News(session.hits(index, news.answer, started), news.known, news.note)


def classify_chips(session: Session, want: asked.Classify, work: Work) -> Classes:
    """Give each chip the class that it fits best, and write them."""
    classes, labels = Path(want.classes), None if want.labels is None else Path(want.labels)
    files = Files(
        Path(want.output),
        None if want.areas is None else Path(want.areas),
        None if want.accuracy is None else Path(want.accuracy),
    )
    files.check(Path(want.index), classes, labels)
    rows = read_classes(classes)
    known = None if labels is None else read_labels(labels, want.label_field)
    index = session.with_encoder(want.index)
    teller = CountTeller(work, "comparing sentences")
    teller.start(sum(len(one.sentences) for one in rows))
    found = classify(
        index, rows, where=filter_of(want.where), min_relevance=want.min_relevance,
        told=teller.advance,
    )  # fmt: skip
    work.check()
    sheets = write_all(found, known, files)
    accuracy = sheets.page.get("accuracy")
    return Classes(want.output, len(found.rows), sheets.areas, accuracy, session.problems(index))
