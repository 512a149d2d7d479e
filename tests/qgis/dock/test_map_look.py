"""What choosing a row does to the map's picture."""

import pytest
from qgis.core import QgsMapRendererParallelJob, QgsMapSettings, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

from cmpagl_qgis.map.layers import MatchLayers
from tests.qgis.core.painted import make_answer, make_hit

YELLOW = QColor(255, 255, 0)  # QGIS's selection colour by default


@pytest.mark.usefixtures("qgis_new_project")
def test_a_selected_chip_is_marked_and_its_scene_stays_visible():
    canvas = QgsMapCanvas()
    layers = MatchLayers(canvas)
    layer = layers.show(
        make_answer([make_hit(1, (60, 60, 64, 64)), make_hit(2, (0, 0, 8, 8))]), "x"
    )
    layers.select(1)
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(QgsRectangle(600_000, 5_759_744, 600_256, 5_760_000))
    settings.setOutputSize(QSize(512, 512))
    settings.setBackgroundColor(QColor("white"))
    settings.setSelectionColor(YELLOW)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    inside = image.pixelColor(184, 184)
    edge = [image.pixelColor(x, 184) for x in range(116, 125)]
    layers.close()
    canvas.deleteLater()
    assert inside == QColor("white")
    assert YELLOW in edge
