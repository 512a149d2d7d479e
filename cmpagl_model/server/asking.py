"""Requests of saved queries, of many sentences at once, and of one place."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.index.vectors import PICTURES, RASTERS, check_output
from cmpagl_model.search import keep, read_query, watch, write_query
from cmpagl_model.search.accuracy import read_labels
from cmpagl_model.search.classes import read_classes
from cmpagl_model.search.classify import classify
from cmpagl_model.search.heatmap import write_heatmap
from cmpagl_model.search.saved import ENDING, page_of_query, query_of
from cmpagl_model.search.sheets import Files, write_all
from cmpagl_model.search.watch import record_of
from cmpagl_model.search.where import where_in_chip

from .results import Classes, Located, News, QueryPage, WordFall
from .translate import filter_of, place_of
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


def where_in_place(session: Session, want: asked.InPlace, work: Work) -> Located:
    """Show where in a place a sentence fits, and which of its words count."""
    from cmpagl_model.search.where_output import write_heated  # noqa: PLC0415 - loads Pillow

    output = None if want.output is None else Path(want.output)
    picture = None if want.picture is None else Path(want.picture)
    check_output(output, Path(want.index), picture, known=RASTERS)
    check_output(picture, Path(want.index), output, known=PICTURES)
    place = place_of(want.place, "place")
    index = session.with_encoder(want.index)
    teller = CountTeller(work, "looking into the place")
    found = where_in_chip(index, place, want.query, plain=want.plain, progress=teller)
    if output is not None:
        write_heatmap(found.heat, output)
    if picture is not None:
        write_heated(found, picture, want.px)
    window, heat, telling = found.window, found.heat, set(found.telling)
    return Located(
        query=found.query,
        scene=heat.scene,
        window=(window.col, window.row, window.width, window.height),
        ground_m=found.ground_m,
        score=round(found.score, 6),
        minimum=round(heat.minimum, 6),
        maximum=round(heat.maximum, 6),
        heat=tuple(tuple(round(float(value), 6) for value in row) for row in heat.values),
        transform=heat.transform,
        crs=heat.crs,
        words=tuple(
            WordFall(
                one.word, None if one.fall is None else round(one.fall, 6), one.word in telling
            )
            for one in found.words
        ),
        output=want.output,
        picture=want.picture,
    )
