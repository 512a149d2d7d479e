"""Ranking anew: real scenes read again, a real fusion encoder, and the old order below."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import geopandas
import numpy as np
import pytest
from PIL import Image

from cmpagl_model import open_index
from cmpagl_model.cli.app import run
from cmpagl_model.encoders import open_encoder
from cmpagl_model.errors import ModelError
from cmpagl_model.index import build_index
from cmpagl_model.index.pixels import fit_chips
from cmpagl_model.model_folder import find_model
from cmpagl_model.records import ModelId
from cmpagl_model.reference_bank import read_bank
from cmpagl_model.rerank.fusion import probability
from cmpagl_model.rerank.live import backward_of, live_values
from cmpagl_model.rerank.settings import Calibration, RerankSettings
from cmpagl_model.rerank.smr import SmrSettings, reweight
from cmpagl_model.search import Filter
from cmpagl_model.search.output import geojson_text, json_text, write_hits
from cmpagl_model.search.preview import CHIP_PX, GAP, HEADER, write_preview
from cmpagl_model.search.reread import read_again
from tiling import ChipImage, ChipSpec, plan_chips, read_chips

QUERY = "red roofs beside a river"
HALF = 2e-3
"""Of a unit vector's numbers kept in half precision, with the batch's rounding."""


@pytest.fixture
def index(town, fusion_model):
    return open_index(town.folder, model=str(fusion_model.path))


@pytest.fixture
def set_up(fusion_model, tmp_path):
    """A copy of the model with other settings of re-ranking; returns its folder."""

    def made(**settings):
        folder = shutil.copytree(fusion_model.path, tmp_path / "copy", dirs_exist_ok=True)
        (folder / "rerank.json").write_text(RerankSettings(**settings).to_json())
        return folder

    return made


def windows(answer):
    return [(hit.scene, hit.window, hit.ground_m) for hit in answer.hits]


def test_chips_read_again_have_the_pixels_of_the_index(index, fusion_encoder):
    rows = np.random.default_rng(0).permutation(len(index.table))[:60]
    again = read_again(index.table, rows, index.info.spec, 64)
    assert again.problems == ()
    assert again.seen.tolist() == list(range(60))
    assert index.table.edge[rows].any()
    assert len(set(index.table.ground_m[rows])) == 2
    vectors = fusion_encoder.encode_chips(again.pixels)
    stored = index.table.embeddings[rows].astype(np.float32)
    np.testing.assert_allclose(vectors, stored, atol=HALF)
    others = index.table.embeddings[np.roll(rows, 1)].astype(np.float32)
    assert np.abs(vectors - others).max() > 20 * HALF  # another chip is told apart


def test_chips_read_again_equal_those_of_the_plan_to_the_bit(index):
    scene, spec = index.table.scenes[0], index.info.spec
    rows = np.flatnonzero(index.table.scene_of == 0)
    images = [r for r in read_chips(scene, plan_chips(scene, spec), spec)
              if isinstance(r, ChipImage)]  # fmt: skip
    planned = fit_chips([image.pixels for image in images], 64)
    order = np.random.default_rng(1).permutation(len(rows))
    again = read_again(index.table, rows[order], spec, 64)
    assert (again.pixels == planned[order]).all()


def take(index, folder):
    """Search with the same weights under other settings, as if the index were made with them."""
    model = find_model(str(folder))
    index.info = replace(index.info, model=ModelId(model.name, model.fingerprint))
    index.use_model(str(folder))


def test_the_shipped_model_sees_the_same_chips_again(make_scene, tmp_path, encoder):
    pixels = np.tile(np.arange(3 * 300 * 400, dtype=np.uint32).reshape(3, 300, 400) % 60_000, 1)
    scene = make_scene("deep.tif", pixels=pixels.astype(np.uint16))  # 16 bit: stretched
    folder = tmp_path / "x.cmpagl"
    side = encoder.model.config.image.input_px
    build_index([str(scene)], folder, encoder, ChipSpec(size_px=side, overlap=0.2))
    index = open_index(folder)
    rows = np.arange(min(6, len(index.table)))
    again = read_again(index.table, rows, index.info.spec, side)
    stored = index.table.embeddings[rows].astype(np.float32)
    np.testing.assert_allclose(encoder.encode_chips(again.pixels), stored, atol=HALF)


def test_fusion_orders_the_best_k_by_cosine_and_log_odds(index, set_up, fusion_encoder):
    folder = set_up(k=8, fusion_weight=0.3, calibration=Calibration(scale=0.5, offset=-1.0))
    take(index, folder)
    plain = index.search(QUERY, k=20)
    found = index.search(QUERY, k=20, rerank="fusion")
    assert sorted(windows(found)[:8], key=str) == sorted(windows(plain)[:8], key=str)
    assert windows(found)[8:] == windows(plain)[8:]
    assert windows(found)[:8] != windows(plain)[:8]
    assert [hit.rank for hit in found.hits] == list(range(1, 21))
    assert all(hit.probability is not None for hit in found.hits[:8])
    assert all(hit.probability is None for hit in found.hits[8:])
    # by hand: the network on the chips of the hits
    rows = np.array([_row(index, hit) for hit in found.hits[:8]])
    pixels = read_again(index.table, rows, index.info.spec, 64).pixels
    words = fusion_encoder.word_tokens([QUERY])
    tokens = fusion_encoder.chip_tokens(pixels)
    logits = fusion_encoder.match(words.rows(np.zeros(8, int)), tokens)
    odds = 0.5 * logits - 1.0
    values = np.array([hit.score for hit in found.hits[:8]]) + 0.3 * odds
    assert (np.diff(values) < 1e-5).all()
    assert np.ptp(odds) > 0.1  # else the order would say nothing
    np.testing.assert_allclose(
        [hit.probability for hit in found.hits[:8]], probability(odds), atol=1e-4
    )
    scores = {window: hit.score for window, hit in zip(windows(plain), plain.hits, strict=True)}
    assert [hit.score for hit in found.hits] == [scores[w] for w in windows(found)]


def _row(index, hit):
    place = next(n for n, scene in enumerate(index.table.scenes) if scene.path == hit.scene)
    w = hit.window
    same = (index.table.windows[:] == [w.col, w.row, w.width, w.height]).all(axis=1)
    return int(np.flatnonzero(same & (index.table.scene_of == place)
                              & (index.table.ground_m[:] == hit.ground_m))[0])  # fmt: skip


def test_few_hits_are_the_best_of_all_that_were_looked_at(index, set_up):
    take(index, set_up(k=12, fusion_weight=1.0))
    whole = index.search(QUERY, k=12, rerank="fusion")
    assert windows(index.search(QUERY, k=3, rerank="fusion")) == windows(whole)[:3]
    assert windows(whole)[:3] != windows(index.search(QUERY, k=3))


def test_without_weight_fusion_keeps_the_order(index, set_up):
    take(index, set_up(fusion_weight=0.0))
    plain, found = index.search(QUERY, k=30), index.search(QUERY, k=30, rerank="fusion")
    assert windows(found) == windows(plain)


@pytest.mark.parametrize("merge", [True, False])
def test_smr_is_the_row_of_the_query_in_the_whole_matrix(index, set_up, merge):
    settings = SmrSettings(a=0.3, b=1.0, g=0.7)
    take(index, set_up(live_smr=settings))
    found = index.search(QUERY, k=1000, rerank="smr", merge=merge)
    chips = index.table.embeddings[:].astype(np.float32)
    query = index.encoder.encode_texts([QUERY])
    rows = np.concatenate([query, read_bank(index.encoder.model).vectors])
    values = reweight(rows @ chips.T, settings)[0]
    got = np.array([values[_row(index, hit)] for hit in found.hits])
    assert (np.diff(got) < 1e-4).all()
    assert all(hit.probability is None for hit in found.hits)
    assert windows(found) != windows(index.search(QUERY, k=1000, merge=merge))
    if not merge:
        assert len(found.hits) == len(index.table)


def test_beyond_the_live_candidates_the_order_stays(index, set_up):
    take(index, set_up(live_candidates=15))
    plain = windows(index.search(QUERY, k=1000, merge=False))
    found = windows(index.search(QUERY, k=1000, merge=False, rerank="smr"))
    assert sorted(found[:15], key=str) == sorted(plain[:15], key=str)
    assert found[15:] == plain[15:]


def test_full_uses_both(index, set_up):
    take(index, set_up(k=10, fusion_weight=0.2, live_candidates=30))
    smr = index.search(QUERY, k=25, rerank="smr")
    full = index.search(QUERY, k=25, rerank="full")
    reached = windows(smr)[:10]
    seen = [hit.probability is not None for hit in full.hits]
    assert sorted(windows(full)[: sum(seen)], key=str) == sorted(reached[: sum(seen)], key=str)
    assert seen == sorted(seen, reverse=True)
    assert 0 < sum(seen) <= 10
    assert windows(full) != windows(smr)
    take(index, set_up(k=10, fusion_weight=0.0, live_candidates=30))
    assert windows(index.search(QUERY, k=25, rerank="full")) == windows(smr)


def test_full_is_smr_on_cosines_lifted_by_fusion(index, set_up):
    """docs/method.md 5.3 by hand; the product of mode mul shows where the lift puts the first."""
    smr = SmrSettings(mode="mul", b=0.5)
    sceptic = Calibration(scale=1.0, offset=-3.0)  # odds below zero, as real ones are
    take(index, set_up(k=8, fusion_weight=1.0, live_smr=smr, calibration=sceptic))
    found = index.search(QUERY, k=8, rerank="full", merge=False)
    rows = np.array([_row(index, hit) for hit in found.hits])
    chances = np.array([hit.probability for hit in found.hits])
    odds = np.log(chances / (1 - chances))
    chips = index.table.embeddings[:].astype(np.float32)
    cosines = chips @ index.encoder.encode_texts([QUERY])[0]
    lifted = cosines.astype(float)
    lifted[rows] += 1.0 * (odds - odds.min())
    references = read_bank(index.encoder.model).vectors @ chips.T
    values = live_values(lifted, backward_of(cosines, references), smr)[rows]
    assert (np.diff(values) < 1e-4).all()
    unlifted = cosines.astype(float)
    unlifted[rows] += 1.0 * odds
    sunk = live_values(unlifted, backward_of(cosines, references), smr)[rows]
    assert np.abs(sunk - values).max() > 1e-3  # else the test could not tell


def test_full_looks_only_at_what_smr_ranked(index, set_up):
    take(index, set_up(k=10, live_candidates=4))
    found = index.search(QUERY, k=10, rerank="full", merge=False)
    assert [hit.probability is not None for hit in found.hits] == [True] * 4 + [False] * 6


@pytest.mark.parametrize("how", ["fusion", "full"])
def test_a_scene_that_is_gone_keeps_its_places_and_is_named_once(index, town, how):
    before = index.search(QUERY, k=30, rerank="smr" if how == "full" else "none")
    town.west.unlink()
    found = index.search(QUERY, k=30, rerank=how)
    lost = [n for n, hit in enumerate(found.hits) if "west" in hit.scene]
    assert lost
    assert len(lost) < 30
    assert all(found.hits[n].probability is None for n in lost)
    assert [windows(found)[n] for n in lost] == [windows(before)[n] for n in lost]
    assert all(hit.probability is not None for hit in found.hits if "east" in hit.scene)
    (problem,) = found.problems
    assert "west.tif" in str(problem)
    assert "next: put the file back" in str(problem)


def test_a_changed_scene_is_not_looked_at_and_a_touched_one_is(index, town, make_scene):
    os.utime(town.west, ns=(1, 1))
    assert index.search(QUERY, rerank="fusion").problems == ()
    make_scene("west.tif", corner=(600_000, 5_700_000), seed=9)
    (problem,) = index.search(QUERY, k=30, rerank="fusion").problems
    assert "has changed since it was indexed" in str(problem)


def test_the_shipped_model_looks_again_and_says_how_likely(make_scene, tmp_path, encoder):
    build_index([str(make_scene("a.tif"))], tmp_path / "a.cmpagl", encoder, ChipSpec(native=True))
    found = open_index(tmp_path / "a.cmpagl").search(QUERY, k=5, rerank="fusion")
    assert found.problems == ()
    assert all(0 < hit.probability < 1 for hit in found.hits)


def test_models_that_cannot_are_refused(index, make_scene, tmp_path, two_towers, fusion_model):
    towers = open_encoder(str(two_towers), "cpu")
    build_index([str(make_scene("a.tif"))], tmp_path / "a.cmpagl", towers, ChipSpec(native=True))
    with pytest.raises(ModelError, match="wanted a model with a fusion encoder"):
        open_index(tmp_path / "a.cmpagl", model=str(two_towers)).search(QUERY, rerank="fusion")
    bare = shutil.copytree(fusion_model.path, tmp_path / "bare")
    (bare / "bank.txt").unlink()
    take(index, bare)
    with pytest.raises(ModelError, match=r"no bank\.txt.*next: run 'python -m cmpagl_model.rerank"):
        index.search(QUERY, rerank="smr")


def test_filters_and_nothing_left(index):
    assert index.search(QUERY, rerank="full", where=Filter(scenes=("north",))).hits == ()
    assert index.search(QUERY, rerank="full", min_score=2.0).hits == ()
    east = index.search(QUERY, k=5, rerank="fusion", where=Filter(scenes=("east",)))
    assert {hit.scene.rsplit("/", 1)[-1] for hit in east.hits} == {"east.tif"}


def test_progress_counts_to_its_end_and_can_stop(index):
    class Counter:
        total = done = 0

        def start(self, total):
            self.total = total

        def advance(self, count):
            self.done += count

    class Stop(Counter):
        def advance(self, count):
            raise KeyboardInterrupt(count)

    counter = Counter()
    index.search(QUERY, rerank="fusion", progress=counter)
    assert counter.done == counter.total > 0
    with pytest.raises(KeyboardInterrupt):
        index.search(QUERY, rerank="fusion", progress=Stop())


def test_formats_carry_the_probability_only_where_there_is_one(index, set_up, tmp_path):
    take(index, set_up(k=4))
    found, plain = index.search(QUERY, k=6, rerank="fusion"), index.search(QUERY, k=6)
    page = json.loads(json_text(found))
    assert page["rerank"] == "fusion"
    assert ["probability" in hit for hit in page["hits"]] == [True] * 4 + [False] * 2
    properties = [f["properties"] for f in json.loads(geojson_text(found))["features"]]
    assert ["probability" in p for p in properties] == [True] * 4 + [False] * 2
    assert "probability" not in json_text(plain) + geojson_text(plain)
    assert "rerank" not in json_text(plain) + geojson_text(plain)
    for ending in ("gpkg", "fgb", "parquet", "csv"):
        for answer, has in ((found, True), (plain, False)):
            path = tmp_path / f"{has}.{ending}"
            write_hits(answer, path)
            if ending == "csv":
                rows = list(csv.DictReader(path.open(encoding="utf-8")))
                assert ("probability" in rows[0]) == has
                filled = [bool(row.get("probability")) for row in rows]
                assert filled == [has] * 4 + [False] * 2
                continue
            read = geopandas.read_parquet if ending == "parquet" else geopandas.read_file
            frame = read(path).sort_values("rank")
            assert ("probability" in frame.columns) == has
            if has:
                wanted = [round(hit.probability, 6) for hit in found.hits[:4]]
                np.testing.assert_allclose(frame["probability"][:4], wanted, atol=1e-6)
                assert frame["probability"][4:].isna().all()


def test_command_line_shows_probabilities_and_says_what_it_could_not_read(
    town, fusion_model, tmp_path, capsys
):
    model = ["--model", str(fusion_model.path)]
    assert run(["search", str(town.folder), QUERY, "-k", "3", "--rerank", "fusion", *model]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0].split()[:3] == ["rank", "score", "prob."]
    assert said.out.splitlines()[1].split()[3] == "%"
    assert said.err == ""
    assert run(["search", str(town.folder), QUERY, "-k", "3", "--rerank", "smr", *model]) == 0
    assert "prob" not in capsys.readouterr().out
    town.west.unlink()
    sheet = ["--preview", str(tmp_path / "sheet.png"), "--json"]
    assert run(["search", str(town.folder), QUERY, "--rerank", "full", *model, *sheet]) == 3
    said = capsys.readouterr()
    assert json.loads(said.out)["hits"]
    assert said.err.count("\n") == 1
    assert "west.tif" in said.err


def test_preview_writes_the_probability_under_its_picture(index, tmp_path):
    found = index.search(QUERY, k=1, rerank="fusion")
    bare = replace(found, hits=(replace(found.hits[0], probability=None),))
    sheets = []
    for answer in (found, bare):
        write_preview(index, answer, tmp_path / "sheet.png")
        with Image.open(tmp_path / "sheet.png") as sheet:
            sheets.append(np.asarray(sheet.convert("L")).astype(int))
    differ = sheets[0] != sheets[1]
    assert differ[:HEADER].any()  # it says what the numbers are
    differ[:HEADER] = False
    left, top, right, bottom = Image.fromarray(differ).getbbox()
    assert HEADER + CHIP_PX < top < bottom <= HEADER + CHIP_PX + 24
    assert GAP + 26 < left < right < GAP + CHIP_PX - 40  # between the cosine and the side


def test_the_bank_is_part_of_the_fingerprint_and_not_of_what_it_is_made_with(
    fusion_model, tmp_path
):
    bare = shutil.copytree(fusion_model.path, tmp_path / "bare")
    for name in ("bank.txt", "bank.npy"):
        (bare / name).unlink()
    found = find_model(str(bare))
    assert found.fingerprint != fusion_model.fingerprint
    assert found.weights_hash == fusion_model.weights_hash


def test_a_plain_search_loads_nothing_of_the_second_look(town, fusion_model):
    model = ["--model", str(fusion_model.path)]
    code = (
        "import sys\n"
        "from cmpagl_model.cli.app import run\n"
        f"words = {['search', str(town.folder), QUERY, '--json', *model]!r}\n"
        "assert run(words) == 0\n"
        "print(*(m for m in sys.modules if 'rerank' in m or 'look' in m), file=sys.stderr)\n"
        "assert run([*words, '--rerank', 'full']) == 0\n"
        "heavy = {'torch', 'timm', 'transformers', 'geopandas', 'pandas'}\n"
        "print(*sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.split() == []
