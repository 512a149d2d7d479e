"""Topics at small sizes: real embeddings, real indexes, real searches."""

from dataclasses import replace

import numpy as np
import pytest
import rasterio

from benchmarks import cold, growth, heatmap, million, roofline, search, seeds, warm
from benchmarks.million import make_index
from benchmarks.peers import PEERS, PeerKind, exact, recall
from benchmarks.record import ABSENT
from benchmarks.settings import Settings
from cmpagl_model.index.format import read_info
from cmpagl_model.index.opening import open_chips
from cmpagl_model.model_folder import find_model

CHIPS = 20_500
"""Enough for an index to have codes."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An output folder with two painted scenes to take seeds from."""
    place = tmp_path_factory.mktemp("bench")
    (place / "scenes").mkdir()
    for number, side in enumerate((150, 220)):
        heatmap.paint(place / "scenes" / f"{number}.tif", side)
    return place


@pytest.fixture(scope="module")
def settings(folder):
    return Settings(
        scenes=str(folder / "scenes"), sizes=(CHIPS,), growth=(300, CHIPS), k=10, questions=4,
        seeds=100, scene_px=600, seconds=0.1,
    )  # fmt: skip


@pytest.fixture(scope="module")
def seeded(folder, settings):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeds, "SENTENCES_MOST", 40)
        return seeds.seeds(folder, settings)


@pytest.mark.weights
def test_seeds_are_unit_vectors_and_made_once(folder, settings, seeded, monkeypatch):
    assert len(seeded.images) == 100
    assert len(seeded.texts) == len(seeded.sentences) == 40
    assert np.allclose(np.linalg.norm(seeded.images, axis=1), 1, atol=1e-4)
    sentences, vectors = seeded.asked(3)
    assert vectors[2].tolist() == seeded.texts[seeded.sentences.index(sentences[2])].tolist()
    monkeypatch.setattr(seeds, "open_encoder", lambda **_: pytest.fail("made again"))
    assert np.array_equal(seeds.seeds(folder, settings).images, seeded.images)


@pytest.mark.weights
def test_seeds_of_another_model_are_made_anew(folder, settings, seeded, monkeypatch):
    assert len(seeded.images) == 100
    other = replace(find_model(), fingerprint="f" * 64)
    monkeypatch.setattr(seeds, "find_model", lambda: other)
    opened, open_encoder = [], seeds.open_encoder

    def counted(**options):
        opened.append(options)
        return open_encoder(**options)

    monkeypatch.setattr(seeds, "open_encoder", counted)
    seeds.seeds(folder, settings)
    seeds.seeds(folder, settings)
    assert len(opened) == 1
    monkeypatch.setattr(seeds, "find_model", find_model)
    seeds.seeds(folder, settings)
    assert len(opened) == 2  # the first model's are not taken for the other's


@pytest.mark.weights
@pytest.mark.usefixtures("seeded")
def test_search_rows_name_every_peer_there_or_not(folder, settings):
    rows = search.measure(folder, settings)
    assert {kind.name for kind in PEERS} <= {row.against for row in rows}
    (share,) = [row for row in rows if row.unit == "share"]
    assert share.reached
    (inside,) = [row for row in rows if row.against == "our search without a filter"]
    assert "recall@10 1.0000" in inside.note
    assert inside.ratio_low <= inside.ratio <= inside.ratio_high
    for kind in PEERS:
        (row,) = [row for row in rows if row.against == kind.name]
        assert (row.note == ABSENT) == (not kind.there)


@pytest.mark.weights
def test_peers_missing_broken_or_beyond_their_size_are_skipped(folder, settings, seeded):
    index = make_index(seeded.images, CHIPS, folder)
    table = open_chips(index, read_info(index)).table
    queries = seeded.asked(4)[1]
    wanted = exact(table.embeddings, queries, 10)
    contest = search.Contest(table, queries, wanted, settings)

    def broken(*_):
        raise OSError("no room")

    absent = PeerKind("nobody", "no_such_module", broken)
    assert search.beside_peer(contest, absent).note == ABSENT
    failing = PeerKind("broken", "numpy", broken)
    assert search.beside_peer(contest, failing).note == "skipped: OSError: no room"
    small = PeerKind("small", "numpy", broken, most=10)
    assert "not asked beyond 10" in search.beside_peer(contest, small).note

    whole = np.asarray(table.embeddings[:], np.float32)
    numpy = PeerKind(
        "numpy", "numpy", lambda _, k: lambda query: np.argsort(-(whole @ query))[:k], 2
    )
    row = search.beside_peer(contest, numpy)
    assert row.note == f"its recall 1.0000, {2 * whole.shape[1]} B a chip in memory"
    assert row.ratio > 0
    assert contest.recall(contest.find()) == 1.0
    assert recall(wanted, wanted[:, ::-1]) == 1.0


@pytest.mark.weights
def test_growth_measures_each_size_and_projects(folder, settings, seeded):
    rows = {row.what: row for row in growth.measure(folder, settings)}
    for size in ("300", f"{CHIPS:,}", "100,000,000"):
        assert rows[f"search, {size} chips"].median > 0
        assert rows[f"import, {size} chips"].median > 0
    disk = rows[f"size on disk, {CHIPS:,} chips"].median
    assert disk > 2 * seeded.images.shape[1]
    assert rows["size on disk, 100,000,000 chips"].median == pytest.approx(disk / 10, rel=0.3)


@pytest.mark.weights
def test_a_large_index_beside_a_smaller_one(folder, settings, seeded):
    queries = seeded.asked(settings.questions)[1]
    sizes = (CHIPS, 300)
    indexes = [million.make_index(seeded.images, size, folder) for size in sizes]
    found, timed = growth.beside_tenth(*indexes, queries, settings)
    assert (found.median, found.limit) == (1.0, 0.99)
    assert timed.median > 0
    assert timed.ratio > 0
    assert timed.against == "the same at 300"


@pytest.mark.weights
@pytest.mark.usefixtures("seeded")
def test_a_question_a_map_and_a_cold_start(folder, settings, monkeypatch):
    for name in ("STARTS", "ROUNDS"):
        monkeypatch.setattr(cold, name, 1)
    for module, name in ((warm, "OPENINGS"), (heatmap, "QUESTIONS")):
        monkeypatch.setattr(module, name, 1)
    asked, encoded, opened = warm.measure(folder, settings)
    assert min(asked.median, encoded.median) > 0
    assert opened.limit == 500
    to_array, to_file = heatmap.measure(folder, settings)
    assert to_array.limit == to_file.limit == 200
    with rasterio.open(folder / "heatmap.tif") as written:
        assert np.isfinite(written.read(1)).any()
    (start,) = cold.measure(folder, settings)
    assert start.median > 0
    assert start.note == ABSENT or start.ratio > 0


@pytest.mark.weights
def test_roofline_puts_ours_beside_the_limits(tmp_path):
    rows = roofline.measure(tmp_path, codes=20_000, side=64, batch=2, tries=2)
    (scan,) = [row for row in rows if row.what == roofline.SCAN]
    reads = [row.median for row in rows if row.what.startswith(roofline.READ)]
    assert scan.theirs == pytest.approx(max(reads))
    assert scan.ratio == pytest.approx(scan.median / scan.theirs)
    assert rows[-1].what == roofline.ENCODE
