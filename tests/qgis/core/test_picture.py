"""The map as it is drawn: what the user sees of the ranking."""

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsLayerTree,
    QgsLayerTreeModel,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QColor, QPixmap

from cmpagl_qgis.map.export import add_file, export_layer
from cmpagl_qgis.map.layers import MatchLayers
from cmpagl_qgis.map.scale import RAMP, TOP_COLOUR
from cmpagl_qgis.map.style import FILL_ALPHA, apply_style
from cmpagl_qgis.settings import Settings
from tests.qgis.core.painted import make_answer, make_hit, paint

PX = 2  # of the picture for a pixel of the scene


def draw(layers, extent, crs="EPSG:32631", ground="white"):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setExtent(extent)
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    settings.setOutputSize(QSize(int(extent.width() * PX), int(extent.height() * PX)))
    settings.setBackgroundColor(QColor(ground))
    settings.setFlag(QgsMapSettings.Flag.Antialiasing, False)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def colours_along(image, start, end):
    """All colours on a line of pixels."""
    (x0, y0), (x1, y1) = start, end
    count = max(abs(x1 - x0), abs(y1 - y0))
    return {
        image.pixelColor(
            round(x0 + (x1 - x0) * n / count), round(y0 + (y1 - y0) * n / count)
        ).name()
        for n in range(count + 1)
    }


@pytest.fixture
def matches(qgis_new_project):
    canvas = QgsMapCanvas()
    layers = MatchLayers(canvas)
    yield layers
    layers.close()
    canvas.deleteLater()


def test_what_is_kept_has_a_tick_and_what_is_rejected_a_thin_dashed_line(matches):
    verdicts = {1: "keep", 2: "reject"}
    matches.verdict = lambda hit: verdicts.get(hit.rank, "")
    hits = [make_hit(n + 1, (20 + 80 * n, 60, 64, 64), score=0.4) for n in range(3)]
    layer = matches.show(make_answer(hits), "x")
    scene = QgsRectangle(600_000, 5_759_744, 600_256, 5_760_000)
    corners, middles = [], []
    image = draw([layer], scene)
    for hit in hits:
        column, row = (side * PX for side in hit.window[:2])
        corners.append(image.pixelColor(column, row - 6).name())  # beside every line
        line = [
            image.pixelColor(column + x, row + y).name() for x in range(20, 100) for y in (-1, 0)
        ]
        middles.append(sum(name != "#ffffff" for name in line) / len(line))
    assert corners == ["#1a1a1a", "#ffffff", "#ffffff"]  # the tick's dark disc
    assert middles[0] == middles[2] == 1
    assert 0.1 < middles[1] < 0.6
    del verdicts[1]
    matches.mark(hits)
    assert draw([layer], scene).pixelColor(20 * PX, 60 * PX - 6).name() == "#ffffff"


def legend_icons(layer):
    """The pictures before the classes, as the panel of layers draws them."""
    root = QgsLayerTree()
    node = root.addLayer(layer)
    model = QgsLayerTreeModel(root)
    shown = [one.data(Qt.ItemDataRole.DecorationRole) for one in model.layerLegendNodes(node)]
    images = [QPixmap(icon).toImage() for icon in shown]
    side = images[0].width()
    places = [(x, y) for x in range(side) for y in range(side)]
    return [{place: image.pixelColor(*place).name() for place in places} for image in images]


def test_ticks_and_dashes_are_on_places_and_not_in_the_legend(matches, tmp_path):
    matches.verdict = lambda _hit: "keep"
    layer = matches.show(make_answer([make_hit(1, (20, 60, 64, 64), score=0.4)]), "x")
    export_layer(layer, str(tmp_path / "kept.gpkg"))
    saved = add_file(str(tmp_path / "kept.gpkg"), QgsProject.instance(), matches.scale)
    assert [one["review"] for one in saved.getFeatures()] == ["keep"]
    columns = ("rank:int", "score:double", "ground_m:double", "scene:string", "query:string")
    source = "&".join(["Polygon?crs=EPSG:32631", *(f"field={one}" for one in columns)])
    bare = QgsVectorLayer(source, "no verdicts", "memory")
    apply_style(bare, matches.scale)
    assert len(legend_icons(bare)) == len(RAMP)
    for shown in (legend_icons(layer), legend_icons(saved)):
        inside = [icon[8, 8] for icon in shown]
        assert inside == [icon[8, 8] for icon in legend_icons(bare)]
        assert not any("#1a1a1a" in icon.values() for icon in shown)  # the tick's dark disc


def test_the_best_chip_has_the_top_colour_and_lies_on_top(matches, tmp_path):
    scene = QgsRasterLayer(str(paint(tmp_path / "scene.tif")), "scene")
    # Three chips over each other; the best in the middle, first in the list, and so drawn last.
    hits = [
        make_hit(1, (60, 60, 64, 64), score=0.40),
        make_hit(2, (90, 90, 64, 64), score=0.35),
        make_hit(3, (30, 30, 64, 64), score=0.30),
    ]
    layer = matches.show(make_answer(hits), "x")
    image = draw([layer, scene], scene.extent())
    edge, far = 60 * PX, (60 + 64) * PX
    top = TOP_COLOUR.name()
    for start, end in (
        ((edge, edge), (far, edge)), ((edge, edge), (edge, far)),
        ((far, edge), (far, far)), ((edge, far), (far, far)),
    ):  # fmt: skip
        inner = [tuple(p + 4 * (q > p) for p, q in zip(start, end, strict=True)),
                 tuple(q - 4 * (q > p) for p, q in zip(start, end, strict=True))]  # fmt: skip
        found = [colours_along(image, *[(x + dx, y + dy) for x, y in inner])
                 for dx in (-1, 0) for dy in (-1, 0)]  # fmt: skip
        assert {top} in found, "an edge of the best chip is covered or has another colour"
    worst = QColor(*RAMP[0]).name()
    row = colours_along(image, (30 * PX + 6, 30 * PX), (30 * PX + 100, 30 * PX)) | colours_along(
        image, (30 * PX + 6, 30 * PX - 1), (30 * PX + 100, 30 * PX - 1)
    )
    assert worst in row
    assert top not in row


SCENE = QgsRectangle(600_000, 5_759_744, 600_256, 5_760_000)


def test_nothing_covers_what_was_found(matches):
    hits = [make_hit(rank, (60, 60, 64, 64)) for rank in range(1, 20)]
    image = draw([matches.show(make_answer(hits), "x")], SCENE)
    inside = {image.pixelColor(x, y).name() for x in range(124, 244, 5) for y in range(124, 244, 5)}
    assert inside == {"#ffffff"}


@pytest.mark.usefixtures("clean_settings")
def test_a_fill_is_an_option_and_the_scene_shows_through(matches):
    draw([matches.show(make_answer([make_hit(1, (60, 60, 64, 64))]), "x")], SCENE)
    Settings().fill_places = True
    layer = matches.show(make_answer([make_hit(1, (60, 60, 64, 64))]), "x")
    image = draw([layer], SCENE)
    inside = image.pixelColor(92 * PX, 92 * PX)
    wanted = [255 - (255 - c) * FILL_ALPHA / 255 for c in RAMP[-1]]
    assert [inside.red(), inside.green(), inside.blue()] == pytest.approx(wanted, abs=2)
    assert image.pixelColor(10, 10).name() == "#ffffff"


@pytest.mark.parametrize("ground", ["white", "black"])
def test_an_outline_is_seen_on_bright_and_on_dark_ground(matches, ground):
    layer = matches.show(make_answer([make_hit(1, (60, 60, 64, 64))]), "x")
    image = draw([layer], SCENE, ground=ground)
    across = [image.pixelColor(x, 184).lightness() for x in range(110, 130)]
    assert max(across) - min(across) > 100


def test_small_chips_are_drawn_over_large_ones(matches):
    hits = [make_hit(1, (20, 20, 128, 128)), make_hit(2, (20, 20, 64, 64), score=0.1)]
    image = draw([matches.show(make_answer(hits), "x")], SCENE)
    shared = colours_along(image, (46, 40), (46 + 60, 40)) | colours_along(
        image, (46, 39), (46 + 60, 39)
    )
    assert QColor(*RAMP[0]).name() in shared
    assert TOP_COLOUR.name() not in shared


def test_equal_scores_are_all_the_best(matches):
    hits = [make_hit(1, (10, 10, 40, 40), score=0.3), make_hit(2, (100, 100, 40, 40), score=0.3)]
    layer = matches.show(make_answer(hits), "x")
    image = draw([layer], QgsRectangle(600_000, 5_759_744, 600_256, 5_760_000))
    for corner in (10, 100):
        colours = colours_along(
            image, (corner * PX + 6, corner * PX), (corner * PX + 60, corner * PX)
        )
        colours |= colours_along(
            image, (corner * PX + 6, corner * PX - 1), (corner * PX + 60, corner * PX - 1)
        )
        assert TOP_COLOUR.name() in colours


def test_hidden_by_score_is_not_drawn(matches):
    hits = [make_hit(1, (10, 10, 40, 40), score=0.3), make_hit(2, (100, 100, 40, 40), score=0.2)]
    layer = matches.show(make_answer(hits), "x")
    matches.set_min_strength(0.25)
    image = draw([layer], SCENE)
    assert image.pixelColor(10 * PX, 30 * PX).name() != "#ffffff"
    assert image.pixelColor(100 * PX, 120 * PX).name() == "#ffffff"
