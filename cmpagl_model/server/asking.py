"""Requests of saved queries, many sentences at once, one place, and what is there at all."""

from __future__ import annotations

import time
from dataclasses import astuple, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.errors import IndexMismatchError, ModelError
from cmpagl_model.index.vectors import CSV, PICTURES, RASTERS, check_output
from cmpagl_model.search import watch
from cmpagl_model.search.accuracy import read_labels
from cmpagl_model.search.classes import read_classes
from cmpagl_model.search.classify import classify
from cmpagl_model.search.describe import describe
from cmpagl_model.search.heatmap import write_heatmap
from cmpagl_model.search.overview import overview, write_overview
from cmpagl_model.search.reference import read_reference
from cmpagl_model.search.saved import ENDING, page_of_query, query_of, read_query, write_query
from cmpagl_model.search.sheets import Files, area_rows, write_all, write_rows
from cmpagl_model.search.watch import MOST_MATCHES, keep, record_of
from cmpagl_model.search.where import where_in_chip

from .results import Classes, Described, Located, News, Overviewed, QueryPage
from .translate import chips_of, filter_of, place_of, places_of
from .work import Teller

if TYPE_CHECKING:
    from . import asking_parameters as questions
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
    shown = None if want.shown is None else chips_of(want.shown, "shown", MOST_MATCHES)
    news = watch(index, file, shown=shown, progress=Teller(work, "looking at places again"))
    work.check()
    if want.keep:
        keep(news, file)
    return News(session.hits(index, news.answer, started), news.known, news.note)


def classify_chips(session: Session, want: questions.Classify, work: Work) -> Classes:
    """Give each chip the class that it fits best, and write them."""
    classes, labels = Path(want.classes), None if want.labels is None else Path(want.labels)
    written = (want.output, want.areas, want.accuracy, want.map)
    files = Files(*(None if file is None else Path(file) for file in written))
    files.check(Path(want.index), classes, labels)
    rows = read_classes(classes)
    known = None if labels is None else read_labels(labels, want.label_field)
    index, where = session.with_encoder(want.index), filter_of(want.where)
    teller = Teller(work, "comparing sentences")
    found = classify(index, rows, where=where, min_relevance=want.min_relevance, progress=teller)
    work.check()
    sheets = write_all(found, known, files)
    accuracy = sheets.page.get("accuracy")
    return Classes(
        want.output, want.map, len(found.rows), sheets.areas, accuracy, session.problems(index),
        where.chosen(index.table)[1],
    )  # fmt: skip


def describe_place(session: Session, want: questions.Describe, work: Work) -> Described:
    """Say what a place or an area shows."""
    where = filter_of(want.where)
    (place,) = (where,) if want.place is None else places_of([want.place], "place")
    reference = None if want.sentences is None else read_reference(Path(want.sentences))
    index = session.with_encoder(want.index)
    work.check()
    found = describe(index, place, want.k, reference=reference)
    undated = where.chosen(index.table)[1]
    problems = session.problems(index)
    return Described(found.said, found.chips, found.found, found.notice, problems, undated)


def first_look(session: Session, want: questions.Overview, work: Work) -> Overviewed:
    """Put the chips of an index into groups with names, and write the ground by group."""
    output, areas, sentences = (
        None if file is None else Path(file) for file in (want.output, want.areas, want.sentences)
    )
    check_output(output, Path(want.index), areas, sentences)
    check_output(areas, Path(want.index), output, sentences, known=(CSV,))
    reference = None if sentences is None else read_reference(sentences)
    try:
        index = session.with_encoder(want.index)
    except (IndexMismatchError, ModelError):  # groups without names, and the reason
        index = session.with_encoder(want.index, needed=False)
    where = filter_of(want.where)
    seen = overview(
        index, want.groups, where=where, reference=reference,
        progress=Teller(work, "looking at chips"),
    )  # fmt: skip
    work.check()
    if output is not None:
        write_overview(seen, output)
    if areas is not None:
        write_rows(area_rows(seen.groups), areas)
    return Overviewed(
        want.output, len(seen.found.rows), seen.groups, seen.notice, session.problems(index),
        where.chosen(index.table)[1],
    )  # fmt: skip


def where_in_place(session: Session, want: asked.InPlace, work: Work) -> Located:
    """Show where in a place a sentence fits, and which of its words count."""
    from cmpagl_model.search.where_output import write_heated  # noqa: PLC0415 - loads Pillow

    output = None if want.output is None else Path(want.output)
    picture = None if want.picture is None else Path(want.picture)
    check_output(output, Path(want.index), picture, known=RASTERS)
    check_output(picture, Path(want.index), output, known=PICTURES)
    place = place_of(want.place, "place")
    index = session.with_encoder(want.index)
    teller = Teller(work, "looking into the place")
    found = where_in_chip(index, place, want.query, plain=want.plain, progress=teller)
    if output is not None:
        write_heatmap(found.heat, output)
    if picture is not None:
        write_heated(found, picture, want.px)
    heat = found.heat
    return Located(
        query=found.query,
        scene=heat.scene,
        window=astuple(found.window),
        ground_m=found.ground_m,
        score=round(found.score, 6),
        minimum=round(heat.minimum, 6),
        maximum=round(heat.maximum, 6),
        heat=tuple(tuple(round(float(value), 6) for value in row) for row in heat.values),
        transform=heat.transform,
        crs=heat.crs,
        words=tuple(
            one if one.fall is None else replace(one, fall=round(one.fall, 6))
            for one in found.words
        ),
        understood=found.understood,
        output=want.output,
        picture=want.picture,
    )
