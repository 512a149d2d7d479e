import copy

import pytest

from cmpagl_qgis.engine import records
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.errors import ProtocolError

HIT = {
    "rank": 1,
    "score": 0.31,
    "scene": "/data/a.tif",
    "window": [0, 256, 128, 128],
    "gsd_m": 0.5,
    "ground_m": 64.0,
    "crs": "EPSG:32631",
    "geometry": {"type": "Polygon", "coordinates": [[[5, 52], [5, 53], [6, 53], [5, 52]]]},
}
MODEL = {"name": "cmpagl-base", "fingerprint": "ab" * 16}
SEARCH = {
    "query": "boats", "model": MODEL, "hits": [HIT, {**HIT, "rank": 2, "probability": 0.5}],
    "candidates": 9, "seconds": 0.02, "problems": ["a scene is gone"],
}  # fmt: skip
HELLO = {
    "protocol": 1, "version": "0.2.0", "python": "3.11.2", "platform": "Linux", "model": MODEL,
    "device": "cpu", "rerank": ["none", "smr"], "pid": 5,
}  # fmt: skip
OPENED = {
    "index": "/data/a.cmpagl", "chips": 9, "model": MODEL, "embedding_size": 512,
    "scenes": [{"path": "/data/a.tif", "crs": "EPSG:32631", "chips": 9, "bounds": [5, 52, 6, 53]}],
    "ground_sizes_m": [100, 400.0], "size_bytes": 12345, "problems": [], "searchable": False,
    "why_not": "made by another model",
}  # fmt: skip
BUILT = {
    "index": "/data/a.cmpagl", "scenes": 1, "unchanged": 0, "encoded": 9, "duplicates": 2,
    "skipped": {"no data": 3}, "problems": [], "damaged": [], "seconds": 1.5,
}  # fmt: skip


def test_answer():
    answer = read(records.Answer, SEARCH)
    first, second = answer.hits
    assert (first.rank, first.score, first.probability) == (1, 0.31, None)
    assert second.probability == 0.5
    assert first.window == (0, 256, 128, 128)
    assert answer.model == records.Model("cmpagl-base", "ab" * 16)
    assert answer.problems == ("a scene is gone",)
    assert first.to_json() == HIT
    assert second.to_json() == SEARCH["hits"][1]


def test_relevance_travels_both_ways_and_older_engines_know_none():
    hit = {**HIT, "relevance": 0.25}
    found = {"found": False, "notice": "nothing here looks like 'boats'", "cutoff": 0.4}
    answer = read(records.Answer, {**SEARCH, "hits": [hit], **found})
    assert (answer.cutoff, answer.notice) == (0.4, found["notice"])
    assert answer.by_relevance
    assert answer.hits[0].strength == 0.25
    assert answer.hits[0].to_json() == hit
    older = read(records.Answer, SEARCH)
    assert (older.cutoff, older.notice, older.by_relevance) == (None, "", False)
    assert older.hits[0].strength == HIT["score"]


def test_what_is_known_of_a_chip_travels_both_ways():
    hit = {**HIT, "datetime": "2020-07-19", "id": "31UET-7", "source": "S2A_x"}
    answer = read(records.Answer, {**SEARCH, "hits": [hit], "undated": 5})
    assert answer.hits[0].to_json() == hit
    assert answer.undated == 5
    assert read(records.Answer, SEARCH).undated == 0


def test_a_hit_has_one_key_in_every_answer():
    hit = read(records.Hit, HIT)
    assert hit.key == read(records.Hit, {**HIT, "rank": 8, "score": 0.1}).key
    others = [{"window": [0, 0, 128, 128]}, {"scene": "/data/b.tif"}, {"ground_m": 128.0}]
    assert len({hit.key, *(read(records.Hit, {**HIT, **other}).key for other in others)}) == 4
    assert hit.place() == {"scene": "/data/a.tif", "window": [0, 256, 128, 128], "ground_m": 64.0}
    assert hash(hit) == hash(read(records.Hit, HIT))


def test_the_other_answers():
    assert read(records.EngineInfo, HELLO).rerank == ("none", "smr")
    opened = read(records.IndexInfo, OPENED)
    assert opened.scenes[0].bounds == (5.0, 52.0, 6.0, 53.0)
    assert opened.ground_sizes_m == (100.0, 400.0)
    assert (opened.searchable, opened.why_not) == (False, "made by another model")
    built = read(records.BuildReport, BUILT)
    assert built.skipped == (("no data", 3),)
    assert built.new_chips == 11
    assert read(records.Verification, {"chips": 9, "scenes": 1, "problems": []}).problems == ()
    assert read(records.PictureFiles, {"files": ["/x.png", None]}).files == ("/x.png", None)
    written = read(records.Written, {"output": "/x.gpkg", "count": 3})
    assert (written.output, written.count, written.problems) == ("/x.gpkg", 3, ())


RECORDS = [
    (records.Answer, SEARCH),
    (records.Hit, HIT),
    (records.EngineInfo, HELLO),
    (records.IndexInfo, OPENED),
    (records.BuildReport, BUILT),
    (records.Verification, {"chips": 9, "scenes": 1, "problems": []}),
    (records.PictureFiles, {"files": []}),
    (records.Written, {"output": "/x.gpkg", "count": 3}),
]
OPTIONAL = {"query", "problems", "damaged", "rerank", "why_not", "duplicates"}  # absent: empty
IGNORED = {"embedding_size"}  # sent for other clients


@pytest.mark.parametrize(("kind", "value"), RECORDS, ids=lambda item: getattr(item, "__name__", ""))
def test_each_wrong_or_missing_field_is_named(kind, value):
    for key in value.keys() - IGNORED:
        wrong = copy.deepcopy(value)
        wrong[key] = object()
        with pytest.raises(ProtocolError, match=key):
            read(kind, wrong)
        if key not in OPTIONAL:
            del wrong[key]
            with pytest.raises(ProtocolError, match=f"{key} of .*found nothing"):
                read(kind, wrong)


@pytest.mark.parametrize("value", [None, [], "x", 3])
@pytest.mark.parametrize("kind", [kind for kind, _ in RECORDS])
def test_what_is_no_object_is_refused(kind, value):
    with pytest.raises(ProtocolError, match="wanted"):
        read(kind, value)


def test_texts_that_qt_cannot_take_are_made_printable():
    answer = read(records.Answer, {**SEARCH, "query": "\ud800", "problems": ["a\udcff.tif"]})
    assert answer.query == "?"
    assert answer.problems == ("a?.tif",)
    assert read(records.Hit, {**HIT, "scene": "/data/\udce4.tif"}).scene == "/data/?.tif"


@pytest.mark.parametrize(
    "change",
    [
        {"window": [0, 0, 1]},
        {"window": [0, 0, 1, 0.5]},
        {"rank": True},
        {"geometry": {"type": "Point", "coordinates": [1, 2]}},
    ],
)
def test_half_right_hits_are_refused(change):
    with pytest.raises(ProtocolError):
        read(records.Hit, {**HIT, **change})
