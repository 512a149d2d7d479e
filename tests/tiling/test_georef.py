"""Footprints against an oracle of plain numpy and pyproj, and the difficult places on Earth."""

import time
from itertools import pairwise

import numpy as np
import pytest
import rasterio.warp
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer

from tests.tiling.places import between, oracle_lon_lat, scene_in
from tiling import Window, footprints
from tiling.georef import footprint

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
        ("EPSG:4284", (0.01, 0, 178, 0, -0.01, 65)),  # whose shift of datum goes through metres
        ("EPSG:4284", (0.01, 0, -182, 0, -0.01, 65)),
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
        Window(290, 0, 310, 310),  # near its corner
        Window(290, 290, 310, 310),
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


@pytest.mark.parametrize(("pixel_m", "count"), [(0.5, 1), (125, 1), (1000, 2), (4000, 4)])
def test_a_footprint_has_as_many_points_as_its_bent_edges_need(pixel_m, count):
    """The least power of two of pieces per edge whose middles lie close to the ground."""
    scene = scene_in("EPSG:32633", (pixel_m, 0, 5e5, 0, -pixel_m, 5e6))
    shape = footprint(scene, Window(0, 0, 400, 400))
    assert shapely.get_num_coordinates(shape) == 4 * count + 1


def bend(scene, pieces):
    """How far the middles of so many pieces of a scene's edges lie off, as shares of its span."""
    side = np.linspace(0, 1, 2 * pieces + 1)[:-1]
    corners = np.array([(0, 0), (0, 400), (400, 400), (400, 0), (0, 0)], dtype=float)
    ring = np.concatenate([one + side[:, None] * (two - one) for one, two in pairwise(corners)])
    places = oracle_lon_lat(scene, ring)
    ends, middles = places[::2], places[1::2]
    chords = (ends + np.roll(ends, -1, axis=0)) / 2
    return (np.abs(middles - chords) / np.ptp(places, axis=0)).max()


@pytest.mark.parametrize("pixel_m", [int(300 * 1.15**step) for step in range(20)])
def test_edges_keep_to_two_thousandths_with_no_more_points_than_that_takes(pixel_m):
    scene = scene_in("EPSG:32633", (pixel_m, 0, 5e5, 0, -pixel_m, 5e6))
    points = shapely.get_num_coordinates(footprint(scene, Window(0, 0, 400, 400))) - 1
    assert bend(scene, points // 4) < 0.0021
    if points > 4:
        assert bend(scene, points // 8) > 0.0019


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


@pytest.mark.parametrize("crs", ["EPSG:2065", "EPSG:31700", "EPSG:28992", "EPSG:27572"])
def test_datums_are_shifted_as_gdal_does_it(crs):
    """To EPSG:4326 pyproj knows no way from EPSG:31700, and leaves out the shift, of 120 m."""
    area = CRS(crs).area_of_use
    place = (area.west + area.east) / 2, (area.south + area.north) / 2
    (x,), (y,) = rasterio.warp.transform("EPSG:4326", crs, *([one] for one in place))
    shape = footprint(scene_in(crs, (1, 0, x, 0, -1, y), 9, 9), Window(0, 0, 9, 9))
    assert np.abs(shapely.get_coordinates(shape) - place).max(axis=1).min() < 1e-6


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


@pytest.mark.parametrize("west", [179.5, -180.5])
def test_no_footprint_ends_beyond_the_antimeridian(west):
    """Half a degree beyond it lies on the other side."""
    scene = scene_in("EPSG:4326", (0.01, 0, west, 0, -0.01, 10), 100, 100)
    shape = footprint(scene, Window(0, 0, 100, 100))
    assert shape.bounds == pytest.approx((-180, 9, 180, 10))
    assert shape.area == pytest.approx(1)


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
