"""The requests that take long: each runs alone in its lane, tells how far it is and can stop."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.index import build_index, read_info
from cmpagl_model.index.build import DEFAULT_BATCH
from cmpagl_model.index.copies import copy_of
from cmpagl_model.index.format import is_index
from cmpagl_model.index.mirror import at_hand, looked_up
from cmpagl_model.index.store import store_of
from cmpagl_model.index.vectors import RASTERS, check_output
from cmpagl_model.index.verify import verify_index
from cmpagl_model.search.answer import Answer
from cmpagl_model.search.change import find_changes
from cmpagl_model.search.composed import checked_query, understood
from cmpagl_model.search.heatmap import scene_named, similarity_map, write_heatmap
from cmpagl_model.search.objects import find_objects, write_objects
from cmpagl_model.search.output import write_hits
from tiling import ChipSpec
from tiling.addresses import is_url

from . import build_parameters as builds
from . import parameters as asked
from .results import Built, Changed, Fetched, Mapped, Outlined, Written
from .translate import examples_of, feedback_of, filter_of, hit_of
from .work import Teller

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.index.verify import VerifyReport
    from cmpagl_model.records import Problem

    from .session import Session
    from .work import Work

SMALL_BATCH = 16
"""Chips that a CPU encodes at a time: between two batches a build can stop, so they are short."""


def index(session: Session, want: builds.Build, work: Work) -> Built:
    """Make or extend an index."""
    folder = Path(want.index)
    check_inputs(want.inputs)
    store = store_of(folder)
    if store:
        looked_up(store.address)  # others may have written to it
    encoder = encoder_for(session, folder, want.model)
    work.check()
    with session.growing(folder):
        report = build_index(
            want.inputs,
            folder,
            encoder,
            ChipSpec.wished(encoder.model.config.image.input_px, **asdict(want.options)),
            batch_size=SMALL_BATCH if encoder.device.startswith("CPU") else DEFAULT_BATCH,
            progress=Teller(work),
            crs_of=want.crs.get,
        )
    session.speeds.learn(encoder, report.encoded, report.seconds)
    return Built(
        index=want.index,
        scenes=report.scenes,
        unchanged=report.unchanged,
        encoded=report.encoded,
        duplicates=report.duplicates,
        skipped=dict(report.skipped),
        problems=report.problems,
        damaged=report.damaged,
        notes=report.notes,
        seconds=round(report.seconds, 4),
    )


def fetch(session: Session, want: asked.Fetch, work: Work) -> Fetched:
    """Copy an index in an object store to this machine, or what is new of it."""
    del session
    if not want.bring:
        looked_up(want.address)
        return Fetched(str(copy_of(want.address)))
    return Fetched(str(at_hand(want.address, Teller(work, "fetching"))))


def check_inputs(inputs: tuple[str, ...]) -> None:
    """Refuse inputs that depend on where the engine was started.

    Raises:
        ParameterError: if one is a relative path.
    """
    for number, path in enumerate(inputs):
        if not is_url(path):
            asked.absolute(path, f"inputs[{number}]")


def encoder_for(session: Session, folder: Path | None, model: str | None) -> Encoder:
    """The encoder of an index, or of new ones where there is none.

    Args:
        session: the client's.
        folder: the index; ``None``: not known yet.
        model: known name or folder that is wanted; ``None``: the index's own, or the client's.
    """
    if folder is not None and is_index(folder):
        return session.models.for_index(folder, read_info(folder), model)
    return session.models.default(model)


def export(session: Session, want: asked.Export, work: Work) -> Written:
    """Write hits to a file."""
    del session
    info = read_info(Path(want.index))
    check_output(Path(want.output), Path(want.index))
    hits = tuple(hit_of(hit, f"hits[{number}]") for number, hit in enumerate(want.hits))
    work.check()
    query = checked_query(want.query) if want.query.strip() else ""
    write_hits(Answer(query, info.model, hits), Path(want.output))
    return Written(want.output, len(hits))


def exported(
    write: Callable[[Path, Path], tuple[int, tuple[Problem, ...]]],
    session: Session,
    want: asked.Output,
    work: Work,
) -> Written:
    """Write all chips of an index, or those that could not be decoded, to a file."""
    del session
    work.check()
    count, problems = write(Path(want.index), Path(want.output))
    return Written(want.output, count, problems)


def heatmap(session: Session, want: asked.Heatmap, work: Work) -> Mapped:
    """Write the similarity of a scene's chips to a file."""
    check_output(Path(want.output), Path(want.index), known=RASTERS)
    examples = examples_of(want)
    opened = session.with_encoder(want.index, needed=examples.need_model(want.query))
    scene = scene_named(opened, want.scene)
    vector = opened.query_vector(examples, want.query, plain=want.plain, feedback=feedback_of(want))
    found = similarity_map(opened, scene, vector)
    work.check()
    write_heatmap(found, Path(want.output))
    height, width = found.values.shape
    least, most = round(found.minimum, 6), round(found.maximum, 6)
    read_as = understood(want.query, plain=want.plain)
    return Mapped(want.output, width, height, least, most, read_as)


def change(session: Session, want: asked.Change, work: Work) -> Changed:
    """Write what is there now and was not before to a file."""
    from cmpagl_model.search.change_output import (  # noqa: PLC0415 - loads Pillow
        write_changes,
        write_pairs,
    )

    output = Path(want.output)
    check_output(output, Path(want.index))
    opened = session.with_encoder(want.index)
    found = find_changes(
        opened,
        want.query,
        before=want.before,
        after=want.after,
        was=want.was,
        k=want.k,
        min_difference=want.min_difference,
        progress=Teller(work, "looking at places again"),
    )
    work.check()
    pairs = () if want.pictures is None else write_pairs(opened, found, Path(want.pictures))
    write_changes(found, output, pairs)
    return Changed(
        want.output,
        len(found.changes),
        found.notice,
        (*session.problems(opened), *(str(problem) for problem in found.problems)),
        found.compared,
        found.looked_at,
    )


def objects(session: Session, want: asked.Objects, work: Work) -> Outlined:
    """Write outlines of what a sentence finds to a file."""
    output = Path(want.output)
    check_output(output, Path(want.index))
    opened, where = session.with_encoder(want.index), filter_of(want.where)
    found = find_objects(
        opened, want.query, want.k, where=where, min_area_m2=want.min_area_m2, plain=want.plain
    )
    work.check()
    write_objects(found, output)
    undated, problems = where.chosen(opened.table)[1], session.problems(opened)
    return Outlined(
        want.output, len(found.objects), found.notice, problems, found.understood, undated
    )


def verify(session: Session, want: asked.Verify, work: Work) -> VerifyReport:
    """Read parts and scenes and compare their checksums, and make anew what is damaged."""
    folder = Path(want.index)
    work.tell(0, 0, "reading parts")
    store = store_of(folder)
    if store:  # its bytes are meant, not those of the copy
        at_hand(store.address, Teller(work, "fetching"), anew=True)
    return verify_index(
        folder,
        sample=want.sample,
        repair=want.repair,
        encoders=lambda info: session.models.for_index(folder, info),
        progress=Teller(work),
    )
