"""Footprints against an oracle of plain numpy and pyproj, and the difficult places on Earth."""

import time
from functools import lru_cache

import numpy as np
import pytest
import rasterio.warp
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError

from tiling import NoGeoreferenceError, SceneRecord, Window, footprint, footprints
from tiling.georef import ground_sample_distance, pixels_inside, short_crs

PLACES = {  # CRS: a place well inside it, and metres in one of its units
    "EPSG:4326": (23.5, 41.2, 111_000),
    "EPSG:32633": (500_000, 5_300_000, 1),
    "EPSG:32733": (430_000, 6_300_000, 1),
    "EPSG:3857": (1_500_000, -4_000_000, 1),
    "EPSG:2056": (2_679_000, 1_248_000, 1),
    "EPSG:28992": (127_375, 428_250, 1),
    "EPSG:3031": (1_200_000, 900_000, 1),
    "EPSG:3413": (-700_000, -1_100_000, 1),
    "EPSG:5070": (-500_000, 1_900_000, 1),
    "EPSG:2193": (1_570_000, 5_180_000, 1),  # its axes are northing, easting
    "EPSG:2263": (990_000, 200_000, 0.3048),  # US feet
}


def scene_in(crs, transform, width=5000, height=4000, *, from_gcps=False):
    transform = tuple(float(number) for number in transform)
    gsd_x, gsd_y = ground_sample_distance(crs, transform, width, height)
    return SceneRecord(
        "x", "", 0, 0, crs, transform, width, height, "uint8", (1, 2, 3), ((0, 1),) * 3,
        gsd_x, gsd_y, palette=False, from_gcps=from_gcps,
    )  # fmt: skip


@st.composite
def placed_scenes(draw):
    """A scene of any resolution, rotation, shear and handedness somewhere in one of the CRS."""
    crs = draw(st.sampled_from(sorted(PLACES)))
    x, y, metres = PLACES[crs]
    pixel = 10 ** draw(st.floats(-1, 1.3)) / metres
    turn, shear = draw(st.floats(0, 2 * np.pi)), draw(st.floats(-0.5, 0.5))
    stretch, flip = draw(st.floats(0.5, 2)), draw(st.sampled_from([-1, 1]))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = pixel * rotation @ [[1, shear], [0, flip * stretch]]
    corner = np.array([x, y]) + draw(st.floats(-2e4, 2e4)) / metres
    a, b, d, e = matrix.ravel()
    return scene_in(crs, (a, b, corner[0], d, e, corner[1]))


@st.composite
def windows(draw):
    col, row = draw(st.integers(0, 4990)), draw(st.integers(0, 3990))
    return Window(col, row, draw(st.integers(1, 5000 - col)), draw(st.integers(1, 4000 - row)))


@lru_cache
def between(source, target):
    return Transformer.from_crs(source, target, always_xy=True)


def oracle_lon_lat(scene, points):
    """The oracle: column and row to longitude and latitude, by plain algebra and pyproj."""
    a, b, c, d, e, f = scene.transform
    x, y = np.array([[a, b], [d, e]]) @ np.transpose(points) + [[c], [f]]
    return np.transpose(between(scene.crs, "EPSG:4326").transform(x, y))


def pixels_of(scene, lon_lat):
    """Back from longitude and latitude to column and row."""
    x, y = between("EPSG:4326", scene.crs).transform(*np.transpose(lon_lat))
    a, b, c, d, e, f = scene.transform
    return np.linalg.solve([[a, b], [d, e]], [x - c, y - f]).T


def assert_same_places(scene, shape, points):
    """A polygon has these corners, to a hundredth of a pixel, and others only where edges bend.

    Both sides go back to pixels the same way, as a change of datum and back may itself miss by
    a millimetre.
    """
    found = pixels_of(scene, shapely.get_coordinates(shape)[:-1])
    wanted = pixels_of(scene, oracle_lon_lat(scene, points))
    assert np.abs(wanted - points).max() < 0.1
    assert len(found) % len(points) == 0
    for point in wanted:
        assert np.abs(found - point).max(axis=1).min() < 0.01


def corners_of(window):
    return [
        (window.col, window.row),
        (window.right, window.row),
        (window.right, window.bottom),
        (window.col, window.bottom),
    ]


@given(placed_scenes(), windows())
def test_footprints_agree_with_the_oracle_to_a_hundredth_pixel(scene, window):
    shape = footprint(scene, window)
    assert shape.geom_type == "Polygon"
    assert shape.exterior.is_ccw
    assert_same_places(scene, shape, corners_of(window))


@given(placed_scenes(), windows())
def test_control_point_scenes_have_their_edge_middles_too(scene, window):
    eight = scene_in(scene.crs, scene.transform, from_gcps=True)
    corners = np.array(corners_of(window))
    middles = (corners + np.roll(corners, 1, axis=0)) / 2
    assert_same_places(scene, footprint(eight, window), np.concatenate([corners, middles]))


@given(placed_scenes())
def test_pixels_have_the_length_the_ellipsoid_gives_them(scene):
    steps = np.array([[2500, 2000], [2501, 2000], [2500, 2001]]) @ [[1.0, 0], [0, 1]]
    a, b, c, d, e, f = scene.transform
    x, y = a * steps[:, 0] + b * steps[:, 1] + c, d * steps[:, 0] + e * steps[:, 1] + f
    lon, lat = Transformer.from_crs(scene.crs, "EPSG:4326", always_xy=True).transform(x, y)
    _, _, right = Geod(ellps="WGS84").inv(lon[0], lat[0], lon[1], lat[1])
    _, _, down = Geod(ellps="WGS84").inv(lon[0], lat[0], lon[2], lat[2])
    assume(right > 0.05)
    assert scene.gsd_x_m == pytest.approx(right, rel=1e-3)
    assert scene.gsd_y_m == pytest.approx(down, rel=1e-3)


def test_web_mercator_is_not_believed():
    gsd = ground_sample_distance("EPSG:3857", (1, 0, 0, 0, -1, 8_399_738), 100, 100)
    assert gsd == pytest.approx((0.5015, 0.5), abs=3e-3)  # at 60 degrees north


def test_lengths_are_rounded_so_that_machines_agree():
    gsd, _ = ground_sample_distance("EPSG:32633", (1, 0, 500_000, 0, -1, 5e6), 100, 100)
    assert gsd == float(f"{gsd:.9g}")


def bounds_of(crs, transform, window=None, size=(400, 400)):
    scene = scene_in(crs, transform, *size)
    shape = footprint(scene, window or Window(0, 0, *size))
    assert shape.is_valid
    for part in shapely.get_parts(shape):
        assert part.exterior.is_ccw
        assert np.abs(shapely.get_coordinates(part)).max(axis=0) == pytest.approx([0, 0], abs=180)
    return shape, [round(value, 2) for value in shape.bounds]


@pytest.mark.parametrize(
    ("crs", "transform"),
    [
        ("EPSG:4326", (0.01, 0, 178, 0, -0.01, 10)),
        ("EPSG:4326", (0.01, 0, -182, 0, -0.01, 10)),
        ("EPSG:4267", (0.01, 0, 178, 0, -0.01, 55)),  # whose datum is another
        ("EPSG:4267", (0.01, 0, -182, 0, -0.01, 55)),
        ("EPSG:32601", (500, 0, 100_000, 0, -500, 6_000_000)),
        ("EPSG:32760", (500, 0, 740_000, 0, -500, 6_000_000)),
        ("EPSG:3832", (500, 0, 3_240_000, 0, -500, 100_000)),
    ],
)
def test_a_footprint_across_the_antimeridian_is_split(crs, transform):
    shape, bounds = bounds_of(crs, transform)
    assert shape.geom_type == "MultiPolygon"
    assert bounds[0] == -180
    assert bounds[2] == 180
    west, east = sorted(shapely.get_parts(shape), key=lambda part: part.bounds[0])
    assert west.bounds[2] < -170
    assert east.bounds[0] > 170
    x, y, width, height = 0, 0, 400, 400  # the area is that of the unsplit ring
    scene = scene_in(crs, transform, width, height)
    whole = scene.gsd_x_m * width * scene.gsd_y_m * height
    area = sum(abs(Geod(ellps="WGS84").geometry_area_perimeter(p)[0]) for p in (west, east))
    assert area == pytest.approx(whole, rel=0.05), (x, y)


def test_a_footprint_that_ends_at_the_antimeridian_is_whole():
    shape, bounds = bounds_of("EPSG:4326", (0.005, 0, 178, 0, -0.005, 10))
    assert shape.geom_type == "Polygon"
    assert bounds == [178, 8, 180, 10]


def test_longitudes_to_360_are_brought_home():
    transform = (1, 0, 0, 0, -1, 90)
    assert bounds_of("EPSG:4326", transform, Window(200, 0, 20, 20), (360, 180))[1] == [
        -160, 70, -140, 90,
    ]  # fmt: skip
    shape, bounds = bounds_of("EPSG:4326", transform, None, (360, 180))
    assert bounds == [-180, -90, 180, 90]
    assert shape.area == pytest.approx(360 * 180)


def test_a_world_map_is_the_world():
    assert bounds_of("EPSG:4326", (1, 0, -180, 0, -1, 90), None, (360, 180))[0].area == 64_800
    mercator = (100_187.5, 0, -20_037_500, 0, -100_187.5, 20_037_500)
    assert bounds_of("EPSG:3857", mercator)[1] == [-180, -85.05, 180, 85.05]


def test_half_a_pixel_beyond_the_pole_is_cut():
    _, bounds = bounds_of("EPSG:4326", (1, 0, -10, 0, -1, 90.5), None, (20, 20))
    assert bounds == [-10, 70.5, 10, 90]


@pytest.mark.parametrize(("crs", "sign"), [("EPSG:3413", 1), ("EPSG:3031", -1)])
def test_a_footprint_round_a_pole_reaches_it(crs, sign):
    shape, bounds = bounds_of(crs, (1000, 0, -200_000, 0, -1000, 200_000))
    assert (bounds[0], bounds[2]) == (-180, 180)
    assert max(map(abs, bounds[1::2])) == 90
    assert np.sign(bounds[1]) == np.sign(bounds[3]) == sign
    points = shapely.points([(lon, sign * 89) for lon in range(-179, 180, 7)])
    assert shapely.contains(shape, points).all()
    assert not shapely.contains(shape, shapely.points([(0, sign * 86)])).any()


def test_a_footprint_beside_a_pole_does_not_go_round_it():
    shape, bounds = bounds_of(
        "EPSG:3413", (1000, 0, -200_000, 0, -1000, 200_000), Window(210, 210, 50, 50)
    )
    assert shape.geom_type == "Polygon"
    assert bounds[2] - bounds[0] < 90


def shared_with_ground(scene, shape, window):
    """The oracle: what share of their union a footprint and its window have in common.

    Points strewn over the window and round it are in the window by arithmetic, in the footprint
    by shapely.
    """
    rng = np.random.default_rng(7)
    low, size = np.array([window.col, window.row]), np.array([window.width, window.height])
    points = low + (rng.uniform(-0.3, 1.3, (3000, 2)) * size)
    lon_lat = oracle_lon_lat(scene, points)
    with np.errstate(invalid="ignore"):  # beyond its rim a world map has no places
        known = np.abs(pixels_of(scene, lon_lat) - points).max(axis=1) < 1
    wanted = ((points > low) & (points < low + size)).all(axis=1)[known]
    found = shapely.contains_xy(shape, *lon_lat[known].T)
    return (wanted & found).sum() / (wanted | found).sum()


FAR_OUT = [  # CRS, metres a pixel, the middle of 600 pixels
    ("EPSG:3413", 1000, (0, 0)),
    ("EPSG:3413", 10, (0, 0)),
    ("EPSG:3031", 10_000, (0, 0)),
    ("EPSG:3571", 3000, (0, 0)),
    ("EPSG:32661", 1000, (2e6, 2e6)),
    ("EPSG:6931", 2000, (0, 0)),
    ("EPSG:32633", 1000, (500_000, 9_600_000)),
    ("EPSG:32601", 500, (200_000, 7_000_000)),
    ("EPSG:3832", 5000, (3_339_584, 6_500_000)),
    ("EPSG:3035", 3000, (4_321_000, 3_210_000)),
    ("ESRI:54009", 30_000, (0, 0)),
    ("EPSG:6931", 30_000, (0, 0)),  # from the north pole to the south, nearly
    ("EPSG:6932", 30_000, (0, 0)),  # and the other way
]


@pytest.mark.parametrize(("crs", "metres", "middle"), FAR_OUT)
def test_footprints_share_their_ground_everywhere(crs, metres, middle):
    left, top = middle[0] - 300 * metres, middle[1] + 300 * metres
    scene = scene_in(crs, (metres, 0, left, 0, -metres, top), 600, 600)
    rng = np.random.default_rng(3)
    sides = [int(side) for side in rng.integers(3, 300, 12)]
    places = [Window(*map(int, rng.integers(0, 600 - side, 2)), side, side) for side in sides]
    places += [
        Window(0, 0, 600, 600),  # round the middle, which is a pole in most of them
        Window(300, 300, 200, 200),  # its corner is there
        Window(300, 200, 100, 200),  # its edge goes through
        Window(299, 300, 1, 1),
        Window(295, 310, 10, 30),  # close by
    ]
    for window, shape in zip(places, footprints(scene, places), strict=True):
        assert shape.is_valid
        assert (np.abs(shapely.get_coordinates(shape)) <= [180, 90]).all()
        assert shared_with_ground(scene, shape, window) > 0.97, window


@pytest.mark.parametrize("crs", ["+proj=robin +lon_0=180", "+proj=sinu +R=6371007.181"])
@pytest.mark.parametrize(
    "window",
    [(20, 290, 560, 20), (500, 250, 100, 100), (60, 180, 100, 80), (150, 100, 100, 100)],
    ids=["round the world", "at the rim", "across the rim", "inside"],
)
def test_in_a_map_of_the_world_footprints_share_their_ground(crs, window):
    scene = scene_in(crs, (60_000, 0, -18e6, 0, -60_000, 18e6), 600, 600)
    shape = footprint(scene, Window(*window))
    assert shape.is_valid
    assert (np.abs(shapely.get_coordinates(shape)) <= [180, 90]).all()
    assert shared_with_ground(scene, shape, Window(*window)) > 0.95


def test_beyond_the_rim_of_a_world_map_there_is_no_place():
    """PROJ goes on counting there, and comes out on the other side of the Earth."""
    scene = scene_in("+proj=sinu", (60_000, 0, -18e6, 0, -60_000, 18e6), 600, 600)
    nowhere = footprints(scene, [Window(0, 160, 60, 40), Window(540, 400, 60, 40)])
    assert [shape.is_empty for shape in nowhere] == [True, True]


GEOSTATIONARY = "+proj=geos +h=35785831 +lon_0=140 +sweep=y"


def test_a_window_partly_off_the_earth_shows_what_is_there():
    transform = (3000, 0, -5_570_248, 0, -3000, 5_570_248)
    shape, _ = bounds_of(GEOSTATIONARY, transform, None, (3712, 3712))
    assert shape.geom_type == "MultiPolygon"
    assert shapely.contains(shape, shapely.points([(140, 0), (-170, 0), (100, 20)])).all()
    beside = [(side * 179.99, lat) for side in (-1, 1) for lat in range(-50, 51, 5)]
    assert shapely.contains(shape, shapely.points(beside)).all()
    nowhere = footprint(scene_in(GEOSTATIONARY, transform, 3712, 3712), Window(0, 0, 50, 50))
    assert nowhere.is_empty


def test_many_footprints_are_those_one_by_one_and_fast():
    scene = scene_in("EPSG:28992", (0.25, 0.01, 127_375, 0.02, -0.25, 428_250), 90_000, 90_000)
    many = [Window(i % 200 * 400, i // 200 * 400, 400, 400) for i in range(20_000)]
    start = time.process_time()  # of this process: the machine may be busy
    shapes = footprints(scene, many)
    assert time.process_time() - start < 3
    assert shapes.shape == (20_000,)
    assert all(footprint(scene, many[i]).equals(shapes[i]) for i in (0, 777, 19_999))


def test_no_windows_have_no_footprints():
    assert footprints(scene_in("EPSG:32633", (1, 0, 5e5, 0, -1, 5e6)), []).shape == (0,)


@pytest.mark.parametrize(
    ("crs", "transform"),
    [
        ("EPSG:4326", (10, 0, 500_000, 0, -10, 5_000_000)),
        ("EPSG:32633", (10, 0, 5e8, 0, -10, 5e6)),
        ('LOCAL_CS["my garden"]', (1, 0, 0, 0, -1, 0)),
        ("EPSG:99999", (1, 0, 0, 0, -1, 0)),
    ],
)
def test_a_scene_without_a_place_on_earth_is_refused(crs, transform):
    with pytest.raises(NoGeoreferenceError, match="gdal_translate"):
        ground_sample_distance(crs, transform, 100, 100)


@pytest.mark.parametrize(("pixel_m", "count"), [(0.5, 1), (125, 1), (1000, 2), (4000, 4)])
def test_a_footprint_has_as_many_points_as_its_bent_edges_need(pixel_m, count):
    """The least power of two of pieces per edge whose middles lie close to the ground."""
    scene = scene_in("EPSG:32633", (pixel_m, 0, 5e5, 0, -pixel_m, 5e6))
    shape = footprint(scene, Window(0, 0, 400, 400))
    assert shapely.get_num_coordinates(shape) == 4 * count + 1


def test_lengths_are_those_in_the_middle_of_a_tall_scene():
    """From 60 to 20 degrees north a pixel grows by nine tenths; what counts is 40 degrees."""
    gsd_x, gsd_y = ground_sample_distance("EPSG:4326", (0.04, 0, 10, 0, -0.04, 60), 500, 1000)
    geod = Geod(ellps="WGS84")
    _, _, across = geod.inv(19.98, 40, 20.02, 40)
    _, _, down = geod.inv(20, 39.98, 20, 40.02)
    assert gsd_x == pytest.approx(across, rel=1e-3)
    assert gsd_y == pytest.approx(down, rel=1e-3)


def test_lengths_of_a_single_long_row_are_asked_within_it():
    """Some rows further there is no Earth any more."""
    _, down = ground_sample_distance("EPSG:4326", (0.01, 0, 10, 0, -10, 85), 500, 1)
    assert down == pytest.approx(Geod(ellps="WGS84").inv(12.5, 77.5, 12.5, 82.5)[2] * 2, rel=1e-3)


@pytest.mark.parametrize("steps", [(0, 0, 0, -1), (1, 0, 0, 0)], ids=["columns", "rows"])
def test_pixels_without_length_are_refused(steps):
    a, b, d, e = steps
    with pytest.raises(NoGeoreferenceError, match="no length on the ground"):
        ground_sample_distance("EPSG:32633", (a, b, 5e5, d, e, 5e6), 100, 100)


def pixels_in(record, area):
    """Rows and columns of all pixels whose middle lies in an area, one by one."""
    west, south, east, north = area
    a, b, c, d, e, f = record.transform
    col, row = np.meshgrid(np.arange(record.width) + 0.5, np.arange(record.height) + 0.5)
    way = Transformer.from_crs(record.crs, "OGC:CRS84", always_xy=True)
    lon, lat = way.transform(a * col + b * row + c, d * col + e * row + f)
    within = (lon - west) % 360 <= (east - west) % 360
    return np.nonzero(within & (lat >= south) & (lat <= north))


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:3395", "EPSG:3832", "EPSG:6933", "EPSG:4087"])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_map_on_a_cylinder_goes_on_beyond_its_seam(crs, side):
    """A picture across the date line in Web Mercator, as of Fiji: no part of it is nowhere."""
    middle = 150.0 if crs == "EPSG:3832" else 0.0
    x, (top, bottom) = between("EPSG:4326", crs).transform([middle, middle + 1], [-17.0, -18.0])
    degree, seam = x[1] - x[0], middle + 180 * side
    start = x[0] + (seam - middle - 0.3) * degree
    scene = scene_in(crs, (degree / 1000, 0, start, 0, (bottom - top) / 1000, top), 600, 1000)
    for col in (0, 250, 450):
        shape = footprint(scene, Window(col, 0, 100, 1000))
        west = seam - 0.3 + col / 1000
        turns = [shapely.box(west + turn, -18, west + turn + 0.1, -17) for turn in (-360, 0, 360)]
        assert shape.area == pytest.approx(0.1)
        assert shape.difference(shapely.union_all(turns)).area < 1e-7


@pytest.mark.parametrize(
    ("crs", "transform", "area"),
    [
        ("EPSG:32633", (10, 0, 5e5, 0, -10, 5e6), (15.02, 45.13, 15.05, 45.14)),
        ("EPSG:32633", (10, 0, 5e5, 0, -10, 5e6), (14.9, 45.0, 15.01, 45.125)),  # a corner
        ("EPSG:32633", (10, 0, 5e5, 0, -10, 5e6), (15.07, 45.14, 15.5, 45.5)),  # and another
        ("EPSG:32633", (8, 6, 5e5, 6, -8, 5e6), (15.05, 45.15, 15.07, 45.16)),
        ("EPSG:4326", (0.01, 0, 177, 0, -0.01, 2), (179.5, -1, -179, 1)),
        ("EPSG:4326", (0.01, 0, 177, 0, -0.01, 2), (-179.2, 0.5, -178.8, 1)),
        ("EPSG:4326", (0.01, 0, -183, 0, -0.01, 2), (178, 0.5, 179, 1)),
        ("EPSG:4267", (0.01, 0, -183, 0, -0.01, 57), (178, 54.5, 179, 55)),
        ("EPSG:4267", (0.01, 0, 177, 0, -0.01, 57), (179.5, 54.5, -179, 55)),
        ("EPSG:32601", (500, 0, 150_000, 0, -500, 6_000_000), (-179.3, 53, -179.2, 53.2)),
        ("EPSG:32601", (500, 0, 150_000, 0, -500, 6_000_000), (179.1, 53, 179.2, 53.2)),
        ("EPSG:32601", (500, 0, 150_000, 0, -500, 6_000_000), (179.5, 53, -179.5, 53.2)),
        ("EPSG:4326", (0.6, 0, -180, 0, -0.4, 90), (100, 20, 120, 60)),
        ("EPSG:4326", (0.6, 0, -180, 0, -0.4, 90), (-120, -60, -100, -20)),
        ("EPSG:3413", (5e3, 0, -1.5e6, 0, -5e3, 1e6), (30, 84, 60, 86)),
        ("EPSG:3413", (5e3, 0, -1.5e6, 0, -5e3, 1e6), (-60, 84, -20, 86)),
        ("EPSG:3031", (5e3, 0, -1.5e6, 0, -5e3, 1e6), (170, -86, -160, -84)),
    ],
)
def test_the_pixels_of_an_area_are_those_found_one_by_one(crs, transform, area):
    """And a few cells more at each side, of a 64th of what is looked at."""
    record = scene_in(crs, transform, 600, 450)
    rows, cols = pixels_in(record, area)
    found = pixels_inside(record, area)
    assert found is not None
    sides = ((found.col, found.right, cols, 600), (found.row, found.bottom, rows, 450))
    for first, end, inside, length in sides:
        least, most = int(inside.min()), int(inside.max()) + 1
        more = 2 * (-(-(most - least) // 64)) + 2
        assert max(0, least - more) <= first <= least
        assert most <= end <= min(length, most + more)


@pytest.mark.parametrize(("crs", "sign"), [("EPSG:3413", 1), ("EPSG:3031", -1)])
def test_edges_that_bend_lose_no_pixel_of_an_area(crs, sign):
    """Round a pole an area is a disc, whose rim bulges between the corners of cells."""
    record = scene_in(crs, (1000, 0, -300_000, 0, -1000, 300_000), 600, 600)
    col, row = np.meshgrid(np.arange(600) + 0.5, np.arange(600) + 0.5)
    lat = oracle_lon_lat(record, np.stack([col.ravel(), row.ravel()], axis=-1))[:, 1] * sign
    lat = lat.reshape(600, 600)
    for rim in np.linspace(89.3, 89.97, 40):
        rows, cols = np.nonzero(lat >= rim)
        south, north = sorted([sign * rim, sign * 90.0])
        found = pixels_inside(record, (-180, south, 180, north))
        assert found is not None
        assert found.col <= cols.min()
        assert found.row <= rows.min()
        assert found.right > cols.max()
        assert found.bottom > rows.max()


@pytest.mark.parametrize(
    "area", [(16, 45, 17, 46), (14, 45.2, 16, 46), (14, 44, 16, 45), (-166, 45.1, -164, 45.15)]
)
def test_an_area_beside_a_scene_has_none_of_its_pixels(area):
    record = scene_in("EPSG:32633", (10, 0, 5e5, 0, -10, 5e6), 600, 450)
    assert pixels_inside(record, area) is None


@pytest.mark.parametrize(
    ("crs", "said"),
    [
        ("EPSG:32633", "EPSG:32633"),
        ("x" * 39, "x" * 39),
        ("x" * 40, "its CRS"),
        ('PROJCRS["A town of its own",BASEGEOGCRS["WGS 84"]]', "A town of its own"),
    ],
)
def test_messages_name_a_crs_in_a_few_words(crs, said):
    assert short_crs(crs) == said


ROTATED = CRS("+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +lon_0=18 +type=crs").to_wkt()
ROTATED_AWAY = CRS("+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +lon_0=178 +type=crs").to_wkt()


@pytest.mark.parametrize("crs", [ROTATED, ROTATED_AWAY], ids=["Europe", "at the antimeridian"])
@pytest.mark.parametrize("window", [(0, 0, 500, 400), (0, 0, 100, 100), (400, 300, 100, 100)])
def test_degrees_round_a_moved_pole_are_no_longitudes(crs, window):
    """As of weather models: a grid that is straight in its own degrees is bent in ours."""
    scene = scene_in(crs, (0.11, 0, -28.4, 0, -0.11, 22), 500, 400)
    shape = footprint(scene, Window(*window))
    assert shape.is_valid
    assert shared_with_ground(scene, shape, Window(*window)) > 0.97


def test_metres_from_the_middle_of_the_earth_are_no_map():
    with pytest.raises(NoGeoreferenceError, match="no place on Earth in EPSG:4978"):
        ground_sample_distance("EPSG:4978", (10, 0, 4e6, 0, -10, 4e5), 500, 400)


@pytest.mark.parametrize("crs", ["EPSG:2065", "EPSG:31700", "EPSG:28992", "EPSG:27572"])
def test_datums_are_shifted_as_gdal_does_it(crs):
    """To EPSG:4326 pyproj knows no way from EPSG:31700, and leaves out the shift, of 120 m."""
    area = CRS(crs).area_of_use
    place = (area.west + area.east) / 2, (area.south + area.north) / 2
    (x,), (y,) = rasterio.warp.transform("EPSG:4326", crs, *([one] for one in place))
    shape = footprint(scene_in(crs, (1, 0, x, 0, -1, y), 9, 9), Window(0, 0, 9, 9))
    assert np.abs(shapely.get_coordinates(shape) - place).max(axis=1).min() < 1e-6


def test_a_refusal_says_what_pyproj_said_cut_to_120_letters(monkeypatch):
    named = 'PROJCRS["' + "x" * 200
    with pytest.raises(CRSError) as said:
        CRS.from_user_input(named)
    words = str(said.value).splitlines()[0]
    for name in ("PROJ_LIB", "PROJ_DATA"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NoGeoreferenceError) as refused:
        ground_sample_distance(named, (1, 0, 0, 0, -1, 0), 100, 100)
    assert f"({words[:120]})" in str(refused.value)
    assert len(words) > 120
    assert "unset" not in str(refused.value)


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (["PROJ_LIB"], "or unset PROJ_LIB, which"),
        (["PROJ_DATA"], "or unset PROJ_DATA, which"),
        (["PROJ_LIB", "PROJ_DATA"], "or unset PROJ_LIB and PROJ_DATA, which"),
    ],
)
def test_a_refusal_names_the_proj_of_another_program(monkeypatch, names, hint):
    for name in ("PROJ_LIB", "PROJ_DATA"):
        monkeypatch.delenv(name, raising=False)
    for name in names:
        monkeypatch.setenv(name, "/usr/share/other")
    with pytest.raises(NoGeoreferenceError, match=f"EPSG:99998 .*{hint}"):
        ground_sample_distance("EPSG:99998", (1, 0, 0, 0, -1, 0), 100, 100)


def test_a_refusal_names_the_place_that_is_none():
    transform = (10, 1, 500_000, 2, -10, 5_000_000)
    with pytest.raises(NoGeoreferenceError, match=r"\(500600, 4999100\)"):
        ground_sample_distance("EPSG:4326", transform, 100, 200)


@pytest.mark.parametrize(("north", "is_placed"), [(89.6, True), (90.5, False)])
def test_a_centre_beyond_the_pole_has_no_place(north, is_placed):
    """The quarters of its height count, where the pixel is measured."""
    transform = (0.01, 0, 10, 0, -0.01, north + 0.25)
    if is_placed:
        assert min(ground_sample_distance("EPSG:4326", transform, 50, 50)) > 0
    else:
        with pytest.raises(NoGeoreferenceError, match="has no place on Earth"):
            ground_sample_distance("EPSG:4326", transform, 50, 50)


@pytest.mark.parametrize("from_gcps", [False, True])
def test_across_the_antimeridian_a_small_window_has_its_corners_and_what_cuts_it(from_gcps):
    x, y = between("EPSG:4326", "EPSG:32601").transform(-180, 54)
    scene = scene_in("EPSG:32601", (10, 0, x - 1000, 0, -10, y), 400, 400, from_gcps=from_gcps)
    shape = footprint(scene, Window(0, 0, 400, 400))
    middles = [(200, 0), (400, 200), (200, 400), (0, 200)] * from_gcps
    wanted = [(0, 0), (400, 0), (400, 400), (0, 400), *middles]
    places = shapely.get_coordinates(shape)
    for place in oracle_lon_lat(scene, wanted):
        assert np.abs(places - place).max(axis=1).min() < 1e-6
    cut_and_closed = 2 * 2 + 2
    assert len(places) == len(wanted) + cut_and_closed


def test_no_footprint_ends_beyond_the_pole():
    """A world grid whose pixel centres lie on the poles reaches half a pixel further."""
    scene = scene_in("EPSG:4326", (2.5, 0, -1.25, 0, -2.5, 91.25), 144, 73)
    top, bottom = (footprint(scene, Window(40, row, 3, 3)) for row in (0, 70))
    assert top.bounds[3] == 90
    assert bottom.bounds[1] == -90


@pytest.mark.parametrize(
    "place", [(1600, 0, 512), (1000, 100, 512), (0, 1600, 400), (300, 600, 192)]
)
def test_at_the_rim_of_the_earth_a_footprint_shares_its_ground(place):
    transform = (3000, 0, -5_570_248, 0, -3000, 5_570_248)
    scene = scene_in(GEOSTATIONARY, transform, 3712, 3712)
    column, row, side = place
    lon, lat = np.meshgrid(np.arange(58, 222, 0.5), np.arange(-81, 81.25, 0.5))
    x, y = Transformer.from_crs("OGC:CRS84", GEOSTATIONARY, always_xy=True).transform(lon, lat)
    across, down = (x - transform[2]) / 3000 - column, (y - transform[5]) / -3000 - row
    ground = np.isfinite(x) & (across >= 0) & (across < side) & (down >= 0) & (down < side)
    shape = footprint(scene, Window(column, row, side, side))
    found = shapely.contains_xy(shape, lon, lat) | shapely.contains_xy(shape, lon - 360, lat)
    area = np.cos(np.radians(lat))
    assert area[found & ground].sum() > 0.95 * area[found | ground].sum()


INSIDE = [  # CRS, transform, box of degrees: plain, turned, across the antimeridian, round a pole
    ("EPSG:32633", (10, 0, 480_000, 0, -10, 5_020_000), (15.0, 45.1, 15.04, 45.12)),
    ("EPSG:32633", (8, 6, 480_000, 6, -8, 5_000_000), (15.1, 45.2, 15.3, 45.25)),
    ("EPSG:4326", (1e-3, 0, 178, 0, -1e-3, 2), (179.9, 0.1, -179.5, 0.4)),
    ("EPSG:4326", (1e-2, 0, 150, 0, -1e-2, 20), (-178, 2, -177, 3)),
    ("EPSG:4326", (1e-2, 0, -200, 0, -1e-2, 20), (170, 2, 171, 3)),
    ("EPSG:3413", (400, 0, -800_000, 0, -400, 800_000), (-180, 89.5, 180, 90)),
    ("EPSG:3413", (400, 0, -800_000, 0, -400, 800_000), (20, 86, 24, 87)),
    ("EPSG:3413", (400, 0, -790_000, 0, -400, 790_000), (20, 89.7, 40, 90)),
    ("EPSG:3031", (400, 0, -790_000, 0, -400, 790_000), (20, -90, 40, -89.7)),
    ("EPSG:3031", (400, 0, -800_000, 0, -400, 800_000), (170, -87, -170, -86.5)),
]


@pytest.mark.parametrize(("crs", "transform", "box"), INSIDE)
def test_pixels_inside_a_box_are_all_found_and_few_others(crs, transform, box):
    """Against a look at the middle of each tenth pixel."""
    scene = scene_in(crs, transform, 4000, 4000)
    cols, rows = np.meshgrid(np.arange(0.5, 4000, 10), np.arange(0.5, 4000, 10))
    lon, lat = oracle_lon_lat(scene, np.stack([cols.ravel(), rows.ravel()], axis=-1)).T
    west, south, east, north = box
    across = (lon - west) % 360 <= (east - west) % 360 if east - west < 360 else True
    inside = across & (lat >= south) & (lat <= north)
    left, right = cols.ravel()[inside].min(), cols.ravel()[inside].max()
    top, bottom = rows.ravel()[inside].min(), rows.ravel()[inside].max()
    found = pixels_inside(scene, box)
    assert found.col <= left
    assert found.row <= top
    assert found.right >= right
    assert found.bottom >= bottom
    slack = 60 + max(right - left, bottom - top) / 10
    assert found.width < right - left + slack
    assert found.height < bottom - top + slack


def test_no_pixels_lie_in_a_box_elsewhere():
    scene = scene_in("EPSG:32633", (10, 0, 480_000, 0, -10, 5_020_000), 4000, 4000)
    for box in ((14.9, 46, 15, 47), (14.9, 40, 15, 41), (16, 45, 17, 46), (10, 45, 11, 46)):
        assert pixels_inside(scene, box) is None
    everything = pixels_inside(scene, (-180, -90, 180, 90))
    assert everything == Window(0, 0, 4000, 4000)
