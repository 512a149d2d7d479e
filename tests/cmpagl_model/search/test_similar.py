"""Search by example: places find their chips, vectors add up, ranking is that of a search."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from shapely.geometry import Point

from cmpagl_model.errors import IndexMismatchError, ModelError, QueryError
from cmpagl_model.records import ModelId
from cmpagl_model.search import ChipPlace, Examples, Filter, PointPlace
from cmpagl_model.search.examples import Picture, chip_at, combined, row_of
from cmpagl_model.search.ranking import cosine_scores
from cmpagl_model.search.weighted import Weighted
from tests.cmpagl_model.search.paper import paper_index, paper_scene, with_embeddings
from tiling import ChipSpec, Window

SPEC = ChipSpec(size_px=80, ground_sizes_m=(80.0, 160.0))


@pytest.fixture(scope="module")
def index():
    east = paper_scene("east", transform=(1.0, 0.0, 601_000.0, 0.0, -1.0, 5_700_000.0))
    return paper_index([paper_scene("west"), east], SPEC)


def place(index, row):
    table = index.table
    path = table.scenes[table.scene_of[row]].path
    return ChipPlace(path, table.window(row), float(table.ground_m[row]))


def unit(vector):
    return vector / np.linalg.norm(vector)


def test_every_chip_is_found_by_its_own_place(index):
    rows = range(len(index.table))
    assert [row_of(index.table, place(index, row)) for row in rows] == list(rows)


def test_places_that_are_no_chip_are_refused(index):
    known = place(index, 3)
    for wrong in (
        ChipPlace("/paper/north.tif", known.window, known.ground_m),
        ChipPlace(known.scene, Window(known.window.col + 1, 0, 80, 80), known.ground_m),
        ChipPlace(known.scene, known.window, 160.0),
    ):
        with pytest.raises(QueryError, match="found no chip of"):
            row_of(index.table, wrong)
    with pytest.raises(QueryError, match="found no chip at longitude 0"):
        row_of(index.table, PointPlace(0, 0))


def holding(index, point, size):
    """All chips of a size that hold a point, and how far their centres are, in metres."""
    shapes = index.table.footprints(np.arange(len(index.table)))
    rows = np.flatnonzero(shapely.intersects(shapes, point) & (index.table.ground_m[:] == size))
    east = 111_320 * np.cos(np.radians(point.y))
    centres = [shapes[row].centroid for row in rows]
    return {
        row: np.hypot((c.x - point.x) * east, (c.y - point.y) * 110_574)
        for row, c in zip(rows.tolist(), centres, strict=True)
    }


@pytest.mark.parametrize("asked", [None, 80.0, 100.0, 120.0, 160.0, 5_000.0])
def test_point_finds_the_nearest_centre_of_the_nearest_size(index, asked):
    size = 80.0 if asked is None or asked < 113 else 160.0
    west, south, east, north = index.table.bounds(np.array([5]))[0]
    for across in (0.1, 0.45, 0.8):
        point = Point(west + across * (east - west), south + 0.3 * (north - south))
        row = row_of(index.table, PointPlace(point.x, point.y, asked))
        distances = holding(index, point, size)
        assert distances[row] < min(distances.values()) + 0.05


@pytest.mark.parametrize("lon", [179.9999, -179.9999])
def test_point_beside_the_antimeridian(lon):
    scene = paper_scene("fiji", crs="EPSG:4326", transform=(1e-5, 0, 179.998, 0, -1e-5, -17.0))
    index = paper_index([scene], ChipSpec(size_px=80, native=True))
    row = row_of(index.table, PointPlace(lon, -17.0012))
    col, top, width, height = index.table.windows[row].tolist()
    middle = 179.998 + 1e-5 * (col + width / 2)
    assert abs(middle - lon % 360) <= 1e-5 * 40 / 2 + 1e-9
    assert abs(-17.0 - 1e-5 * (top + height / 2) + 17.0012) <= 1e-5 * 40 / 2 + 1e-9


@pytest.mark.parametrize("wrong", [(181, 0, None), (0, -91, None), (0, 0, 0.0), (0, 0, -5.0)])
def test_points_that_are_nowhere_are_refused(wrong):
    with pytest.raises(QueryError, match="wanted"):
        PointPlace(*wrong)


class Letters:
    """An encoder of eight numbers: what it is shown decides them, and it is shown anything."""

    model = SimpleNamespace(
        name="paper", fingerprint="0" * 64, id=ModelId("paper", "0" * 64),
        config=SimpleNamespace(image=SimpleNamespace(input_px=4)),
    )  # fmt: skip

    def encode_texts(self, texts):
        return np.stack([unit(np.arange(8.0) - len(text)).astype(np.float32) for text in texts])

    def encode_chips(self, pixels):
        means = pixels.reshape(len(pixels), -1).mean(axis=1)
        return np.stack([unit(np.arange(8.0) + mean).astype(np.float32) for mean in means])


@pytest.fixture
def knowing(index):
    """The index with an encoder."""
    twin = with_embeddings(index, index.table.embeddings[:])
    twin.use_encoder(Letters())
    return twin


def test_vectors_add_up_by_rocchio(knowing, tmp_path):
    vectors, model = knowing.table.embeddings[:].astype(np.float64), Letters()
    grey = tmp_path / "grey.png"
    Image.new("L", (9, 5), 7).save(grey)
    seen = model.encode_chips(np.full((1, 4, 4, 3), 7))[0]
    said, much, less = model.encode_texts(["a river", "wide", "ice"])
    examples = Examples(
        like=(place(knowing, 3), Weighted(place(knowing, 4), 2), Weighted(Picture(grey), 0.5)),
        unlike=(place(knowing, 7), Picture(str(grey))),
        plus=(Weighted("wide", 3),),
        minus=(" ice ",),
    )
    like = 0.75 * (vectors[3] + 2 * vectors[4] + 0.5 * seen) / 3
    unlike = 0.25 * (vectors[7] + seen) / 2 + 0.25 * less
    found = knowing.query_vector(examples, "a river")
    np.testing.assert_allclose(found, unit((said + 3 * much) / 2 + like - unlike), atol=1e-6)
    alone = knowing.query_vector(examples, None)
    np.testing.assert_allclose(alone, unit(3 * much + like - unlike), atol=1e-6)


def test_words_alone_are_a_sentence_and_more_of_the_same_changes_nothing(knowing):
    alone = knowing.query_vector(Examples(), "a river")
    for same in (Examples(plus=("a river",)), Examples(plus=(Weighted("a river", 9),))):
        np.testing.assert_allclose(knowing.query_vector(same, None), alone, atol=1e-6)
        np.testing.assert_allclose(knowing.query_vector(same, "a river"), alone, atol=1e-6)


@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf")])
def test_weights_are_above_nothing(weight):
    with pytest.raises(QueryError, match="wanted a number above 0"):
        Weighted("a river", weight)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("absent.jpg", None, "No such file"),
        ("text.png", b"Dear colleague", "of no known format"),
        ("deep.png", Image.new("I;16", (9, 9), 3000), "more than 8 bits a colour"),
        ("floats.tif", Image.new("F", (9, 9), 0.5), "more than 8 bits a colour"),
    ],
)
def test_pictures_that_cannot_be_read_are_refused(knowing, tmp_path, name, content, said):
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        content.save(path)
    with pytest.raises(QueryError, match=rf"{name}.*{said}.*wanted a JPEG.*next: ") as refused:
        knowing.similar(Examples((Picture(path),)))
    assert "\n" not in str(refused.value)


def test_chip_by_its_corner_is_the_smallest_or_nearest_in_size(index):
    table = index.table
    scene = table.scenes[1]
    for row in table.of_scene(scene).tolist():
        chip, corner = place(index, row), tuple(table.windows[row][:2].tolist())
        assert chip_at(table, scene, corner, chip.ground_m) == chip
        assert chip_at(table, scene, corner).ground_m <= chip.ground_m
    assert chip_at(table, scene, (0, 0)).ground_m == 80
    assert chip_at(table, scene, (0, 0), 1e4).ground_m == 160
    with pytest.raises(QueryError, match="no chip that begins at column 1, row 0"):
        chip_at(table, scene, (1, 0))


def test_latitude_first_is_told(index):
    west, south, east, north = index.table.bounds(np.array([5]))[0]
    with pytest.raises(QueryError, match="next: give longitude first"):
        row_of(index.table, PointPlace((south + north) / 2, (west + east) / 2))
    with pytest.raises(QueryError, match="next: choose another point"):
        row_of(index.table, PointPlace(0, 0))


@given(st.integers(1, 5), st.integers(0, 5), st.booleans(), st.integers(0, 2**32 - 1))
def test_sum_is_a_unit_vector_or_refused(likes, unlikes, with_query, seed):
    random = np.random.default_rng(seed)
    like, unlike = (list(random.normal(size=(n, 8)).astype(np.float16)) for n in (likes, unlikes))
    query = [unit(random.normal(size=8)).astype(np.float32)] if with_query else []
    factors = [*[1.0] * len(query), *[0.75 / likes] * likes, *[-0.25] * unlikes]
    found = combined(zip(factors, [*query, *like, *unlike], strict=True))
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)


def test_sums_without_direction_are_refused(index):
    vectors = np.asarray(index.table.embeddings).copy()
    vectors[1] = -vectors[0]
    vectors[2] = np.nan
    vectors[3] = 0
    twisted = with_embeddings(index, vectors)
    with pytest.raises(QueryError, match="cancel each other out"):
        twisted.similar(Examples((place(index, 0), place(index, 1))))
    with pytest.raises(QueryError, match="cancel each other out"):
        twisted.similar(Examples((place(index, 3),)))
    with pytest.raises(QueryError, match="is no number"):
        twisted.similar(Examples((place(index, 0),), (place(index, 2),)))


@pytest.mark.parametrize("weight", [1e-300, 1e-5, 1e300])
def test_a_weight_of_any_size_has_a_direction(index, weight):
    plain = index.query_vector(Examples((place(index, 0),)), None)
    alone = index.query_vector(Examples((Weighted(place(index, 0), weight),)), None)
    np.testing.assert_allclose(alone, plain, atol=1e-6)


@pytest.mark.parametrize("unlike", [(), (PointPlace(0, 0),)])
def test_nothing_to_be_like_is_refused(index, unlike):
    with pytest.raises(QueryError, match="nothing to be like"):
        index.similar(Examples((), unlike))


@pytest.mark.parametrize("query", ["", "  ", "x" * 1001])
def test_sentence_beside_examples_is_checked_too(index, query):
    with pytest.raises(QueryError, match="found a"):
        index.similar(Examples((place(index, 0),)), query)


def test_ranking_is_by_cosine_over_what_passes(index):
    examples = Examples((place(index, 0),))
    where = Filter(scenes=("east",))
    answer = index.similar(examples, k=10_000, where=where, merge=False)
    rows = where.rows(index.table)
    scores = cosine_scores(index.table.embeddings, rows, index.query_vector(examples, None))
    order = np.argsort(-scores, kind="stable")
    assert answer.candidates == len(rows) == len(answer.hits)
    assert [hit.window for hit in answer.hits] == [index.table.window(row) for row in rows[order]]
    np.testing.assert_allclose([hit.score for hit in answer.hits], scores[order])
    assert answer.query == ""
    assert answer.asked == "like west at 0, 0"
    few = index.similar(examples, k=10_000, where=where, merge=False, min_score=0.2)
    assert [hit.score for hit in few.hits] == [s for s in scores[order].tolist() if s >= 0.2]
    assert few.candidates == len(rows)


def test_example_stays_among_the_hits_and_is_the_best(index):
    answer = index.similar(Examples((place(index, 17),)), k=3)
    assert answer.hits[0].window == index.table.window(17)
    assert answer.hits[0].score == pytest.approx(1, abs=1e-3)
    assert answer.hits[0].score <= 1
    assert len(answer.hits) == 3


def test_counter_example_pushes_its_like_down(index):
    like, unlike = place(index, 0), place(index, 20)
    plain = index.similar(Examples((like,)), k=10_000, merge=False)
    pushed = index.similar(Examples((like,), (unlike,)), k=10_000, merge=False)

    def score(answer):
        return next(
            h.score for h in answer.hits if (h.scene, h.window) == (unlike.scene, unlike.window)
        )

    assert score(pushed) < score(plain)


def test_model_is_needed_for_words_and_pictures_only(index, tmp_path):
    chip = place(index, 0)
    assert index.similar(Examples((chip,))).model.name == "paper"
    for examples, query in (
        (Examples((chip,)), "a road"),
        (Examples((chip,), minus=("a road",)), None),
        (Examples((chip, Picture(tmp_path / "a.png"))), None),
    ):
        assert examples.need_model(query)
        with pytest.raises((IndexMismatchError, ModelError)):
            index.similar(examples, query)
