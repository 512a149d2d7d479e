"""The map as it is drawn: what the user sees of the ranking."""

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

from cmpagl_qgis.map.layers import MatchLayers
from cmpagl_qgis.map.style import RAMP, TOP_COLOUR
from tests.qgis.core.painted import make_answer, make_hit, paint

PX = 2  # of the picture for a pixel of the scene


def draw(layers, extent, crs="EPSG:32631"):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setExtent(extent)
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    settings.setOutputSize(QSize(int(extent.width() * PX), int(extent.height() * PX)))
    settings.setBackgroundColor(QColor("white"))
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


def test_the_scene_stays_visible_inside(matches):
    layer = matches.show(make_answer([make_hit(1, (60, 60, 64, 64))]), "x")
    image = draw([layer], QgsRectangle(600_000, 5_759_744, 600_256, 5_760_000))
    inside = image.pixelColor(92 * PX, 92 * PX)
    wanted = [255 - (255 - c) * 72 / 255 for c in RAMP[-1]]
    assert [inside.red(), inside.green(), inside.blue()] == pytest.approx(wanted, abs=2)
    assert image.pixelColor(10, 10).name() == "#ffffff"


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
    image = draw([layer], QgsRectangle(600_000, 5_759_744, 600_256, 5_760_000))
    assert image.pixelColor(30 * PX, 30 * PX).name() != "#ffffff"
    assert image.pixelColor(120 * PX, 120 * PX).name() == "#ffffff"
