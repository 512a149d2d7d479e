"""Hits as GeoJSON (RFC 7946), as the CLI's JSON, as vector files and as CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, astuple
from typing import TYPE_CHECKING, Any

from cmpagl_model.index.vectors import (
    ENDINGS,
    WKT,
    check_ending,
    frame_of_rows,
    geojson_geometry,
    refuse_scenes,
    write_frame,
    write_text,
)

if TYPE_CHECKING:
    from pathlib import Path

    from geopandas import GeoDataFrame

    from cmpagl_model.records import Hit, Sibling

    from .answer import Answer

PROBABILITY, RELEVANCE = "probability", "relevance"
CLASS, REVIEW, SIBLINGS = "class", "review", "siblings"
SAID = ("datetime", "id", "source")
"""What is known of some hits only, as it is called in a hit and in a file."""


def geojson_page(answer: Answer) -> dict[str, Any]:
    """Hits as a FeatureCollection valid under RFC 7946: WGS 84, counter-clockwise, split at 180."""
    return {
        "type": "FeatureCollection",
        "query": answer.query,
        "model": answer.model.name,
        **_said_of_all(answer),
        "features": [
            {
                "type": "Feature",
                "id": hit.rank,
                "properties": _flat(hit, answer),
                "geometry": geojson_geometry(hit.geometry),
            }
            for hit in answer.hits
        ],
    }


def geojson_text(answer: Answer) -> str:
    """The FeatureCollection of :func:`geojson_page` as text, one line."""
    return json.dumps(geojson_page(answer), ensure_ascii=False) + "\n"


def json_text(answer: Answer) -> str:
    """What ``cmpagl search --json`` prints: query, model and hits, one line."""
    document = {
        "query": answer.query,
        "model": asdict(answer.model),
        **_said_of_all(answer),
        "hits": [
            {
                **_facts(hit),
                **_given(hit),
                "window": list(astuple(hit.window)),
                "gsd_m": round(hit.gsd_m, 6),
                "geometry": geojson_geometry(hit.geometry),
                **({"siblings": [*map(_sibling, hit.siblings)]} if hit.siblings else {}),
            }
            for hit in answer.hits
        ],
    }
    return json.dumps(document) + "\n"  # ASCII, for a console may know no other letters


def write_hits(answer: Answer, path: Path) -> None:
    """Write hits to a file, in the format that its ending names.

    Args:
        answer: what to write; no hits give a file without features.
        path: ``.geojson``, ``.gpkg``, ``.fgb``, ``.parquet`` or ``.csv``; replaced if it exists.

    Raises:
        OutputError: if the ending is unknown, the file is a scene of a hit or cannot be written.
    """
    ending = check_ending(path, ENDINGS)
    refuse_scenes(path, {hit.scene for hit in answer.hits})
    if ending not in {".geojson", ".csv"}:
        write_frame(frame_of(answer), path, "matches")
        return
    if ending == ".geojson":
        write_text(path, geojson_text(answer))
        return
    text = io.StringIO()
    rows = csv.DictWriter(text, [WKT, *_columns(answer)])
    rows.writeheader()
    rows.writerows({WKT: hit.geometry.wkt, **_flat(hit, answer)} for hit in answer.hits)
    write_text(path, text.getvalue())


def _said_of_all(answer: Answer) -> dict[str, Any]:
    """How a search was done; whether anything fits, where the model can tell; what has no date."""
    document: dict[str, Any] = {} if answer.rerank == "none" else {"rerank": answer.rerank}
    if answer.understood:
        document["understood"] = answer.understood
    if answer.cutoff is not None:
        document |= {"found": answer.found, "cutoff": round(answer.cutoff, 6)}
        document |= {"notice": answer.notice} if answer.notice else {}
    return {**document, "undated": answer.undated} if answer.undated else document


def _chances(hit: Hit) -> dict[str, float]:
    """The probabilities that a hit has."""
    both = {RELEVANCE: hit.relevance, PROBABILITY: hit.probability}
    return {name: round(value, 6) for name, value in both.items() if value is not None}


def _sibling(one: Sibling) -> dict[str, Any]:
    said = {"relevance": one.relevance and round(one.relevance, 6), "datetime": one.datetime}
    return {
        "scene": one.scene,
        **{name: value for name, value in said.items() if value is not None},
        "ground_m": round(one.ground_m, 6),
        "score": round(one.score, 6),
        "overlap": round(one.overlap, 3),
        "window": list(astuple(one.window)),
        "geometry": geojson_geometry(one.geometry),
    }


def _given(hit: Hit) -> dict[str, str]:
    """What was found besides a hit, and what a client said of it."""
    both = {SIBLINGS: hit.siblings_text, CLASS: hit.label, REVIEW: hit.review}
    return {name: value for name, value in both.items() if value}


def _said(hit: Hit) -> dict[str, str]:
    """When it was taken, and what an imported file says of it."""
    return {name: getattr(hit, name) for name in SAID if getattr(hit, name) is not None}


def _facts(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        **_chances(hit),
        "scene": hit.scene,
        **_said(hit),
    }


def _flat(hit: Hit, answer: Answer) -> dict[str, Any]:
    """What a row of a file holds: the columns of the layers in QGIS, too."""
    to_fill_in = {REVIEW: ""} if answer.to_judge else {}
    return {
        **_facts(hit),
        "ground_m": round(hit.ground_m, 6),
        "gsd_m": round(hit.gsd_m, 6),
        **asdict(hit.window),
        "query": answer.asked,
        **to_fill_in,
        **_given(hit),
    }


def _columns(answer: Answer) -> dict[str, str]:
    """Names and types of a table's columns; those that hits may lack only if some hit has it."""
    had = {name for hit in answer.hits for name in _chances(hit)}
    given = {name for hit in answer.hits for name in (*_given(hit), *_said(hit))}
    given |= {REVIEW} if answer.to_judge else set()
    return {
        "rank": "int32", "score": "float64",
        **{name: "float64" for name in (RELEVANCE, PROBABILITY) if name in had},
        "scene": "str",
        **{name: "string" for name in SAID if name in given},
        "ground_m": "float64", "gsd_m": "float64",
        "col": "int32", "row": "int32", "width": "int32", "height": "int32", "query": "str",
        **{name: "string" for name in (SIBLINGS, CLASS, REVIEW) if name in given},
    }  # fmt: skip


def frame_of(answer: Answer) -> GeoDataFrame:
    """Hits as a table: the columns of a file, footprints in OGC:CRS84."""
    rows = [_flat(hit, answer) for hit in answer.hits]
    return frame_of_rows(rows, [hit.geometry for hit in answer.hits], _columns(answer))
