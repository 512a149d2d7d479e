"""Render a map into a scene: which layer, which area, how fine, and where it is written."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsCoordinateReferenceSystem, QgsProject
from qgis.gui import QgsExtentWidget, QgsProjectionSelectionWidget
from qgis.PyQt.QtCore import QSignalBlocker
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QWidget,
)

from cmpagl_qgis.errors import RenderError
from cmpagl_qgis.map.footprints import degrees
from cmpagl_qgis.map.raster_grid import (
    ASK_PIXELS,
    MEGAPIXEL,
    RasterGrid,
    make_grid,
    metres_of_unit,
    metric_crs,
    moved,
)
from cmpagl_qgis.map.render import BANDS, blocks_of, check_target
from cmpagl_qgis.map.services import requests_of, service_of, steps_of
from cmpagl_qgis.texts import numeral, tr, whole

from .dialogs import buttons
from .small_widgets import browse_button, label_of, named, stack, wrapped
from .theme import GAP, make_faint

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsRectangle
    from qgis.gui import QgsMapCanvas

PROPOSED_PIXELS = 25 * MEGAPIXEL
FINEST_M = 0.25
"""Of a proposal; services go on to name finer pixels where they have no finer picture."""
LEAST_M, MOST_M = 0.01, 1000.0


@dataclass(frozen=True)
class Drawing:
    """Something that can be rendered."""

    name: str
    """What the user calls it."""
    layers: tuple[QgsMapLayer, ...]
    """The uppermost first, one at least."""


class RenderDialog(QDialog):
    """A form, and a line that says what comes of it. The map stays usable."""

    def __init__(
        self,
        drawings: list[Drawing],
        canvas: QgsMapCanvas,
        path: str,
        parent: QWidget | None = None,
    ) -> None:
        """Make it; ``show`` shows it.

        Args:
            drawings: what can be rendered, one at least; the first is proposed.
            canvas: the map.
            path: the file proposed.
            parent: its owner.
        """
        super().__init__(parent)
        self.setObjectName("cmpaglRender")
        self.setWindowTitle(tr("Render the map to a scene"))
        self._drawings, self._canvas = drawings, canvas
        self.grid: RasterGrid | None = None
        self._touched = False  # whether the pixel is the user's own
        self.what = named(QComboBox(self), "cmpaglRenderWhat")
        self.what.addItems([one.name for one in drawings])
        self.area = QgsExtentWidget(self, QgsExtentWidget.WidgetStyle.CondensedStyle)
        self.area.setObjectName("cmpaglRenderArea")
        self.area.setToolTip(
            tr("The button takes what the map shows, the extent of a layer, or what you draw")
        )
        self.pixel = named(QDoubleSpinBox(self), "cmpaglRenderPixel")
        self.pixel.setDecimals(3)
        self.pixel.setRange(LEAST_M, MOST_M)
        self.pixel.setSuffix(tr(" m"))
        self.pixel.setToolTip(
            tr("On the ground. Half a metre shows cars, two metres houses, ten metres fields.")
        )
        self.crs = named(QgsProjectionSelectionWidget(self), "cmpaglRenderCrs")
        self.path = named(QLineEdit(path, self), "cmpaglRenderPath")
        self.sizes = wrapped("", self, "cmpaglRenderSize")
        self.terms = wrapped("", self, "cmpaglRenderTerms")
        self.sure = named(QCheckBox(self), "cmpaglRenderSure")
        self.problem = wrapped("", self, "cmpaglRenderProblem")
        self.buttons = buttons(self, "Index what the map shows")
        self._ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText(tr("Render"))
        self._arrange()
        self._begin()
        self._check()

    @property
    def drawing(self) -> Drawing:
        """What is chosen."""
        return self._drawings[self.what.currentIndex()]

    def target(self) -> str:
        """The file to write; an absolute path."""
        path = self.path.text().strip()
        return path if not path or Path(path).suffix else f"{path}.tif"

    def set_area(self, area: QgsRectangle, crs: QgsCoordinateReferenceSystem) -> None:
        """Choose an area.

        Args:
            area: the area.
            crs: its CRS.
        """
        self.area.setOutputExtentFromUser(area, crs)

    def _begin(self) -> None:
        """What the map shows, in the CRS that suits the layer, with pixels of some detail."""
        self.resize(560, self.sizeHint().height())
        self.area.setMapCanvas(self._canvas)
        self._follow_map()
        self.area.setOutputExtentFromCurrent()
        self._take_drawing()
        self.what.currentIndexChanged.connect(self._take_drawing)
        self.area.extentChanged.connect(self._on_area)
        self.area.toggleDialogVisibility.connect(self.setVisible)
        self.pixel.valueChanged.connect(self._on_pixel)
        self.crs.crsChanged.connect(self._on_crs)
        self.path.textChanged.connect(self._check)
        self.sure.toggled.connect(self._check)
        self._canvas.extentsChanged.connect(self._follow_map)

    def _take_drawing(self) -> None:
        """A service's own CRS, so that its pixels stay as they are; the project's for the map."""
        layers = self.drawing.layers
        wished = layers[0].crs() if len(layers) == 1 else QgsCoordinateReferenceSystem()
        if not wished.isValid() or wished.isGeographic():
            wished = QgsProject.instance().crs()
        try:
            middle = moved(
                self.area.outputExtent(), self.area.outputCrs(), degrees(), QgsProject.instance()
            ).center()
        except RenderError:
            middle = self.area.outputExtent().center()
        if len(layers) == 1:
            extent = layers[0].extent()
            self.area.setOriginalExtent(extent, layers[0].crs())
        with QSignalBlocker(self.crs):
            self.crs.setCrs(metric_crs(wished, middle))
        self._on_crs()

    def _on_crs(self) -> None:
        with QSignalBlocker(self.area):
            self.area.setOutputCrs(self.crs.crs())
        self._on_area()

    def _on_area(self) -> None:
        if not self._touched:
            with QSignalBlocker(self.pixel):
                self.pixel.setValue(self._proposed_m())
        self._check()

    def _on_pixel(self) -> None:
        self._touched = True
        self._check()

    def _follow_map(self) -> None:
        """So that "map view" means the map as it is now; the area chosen stays."""
        settings = self._canvas.mapSettings()
        with QSignalBlocker(self.area):
            self.area.setCurrentExtent(settings.visibleExtent(), settings.destinationCrs())

    def _proposed_m(self) -> float:
        """As fine as the service has it, as long as the picture stays of a handy size."""
        area, crs = self.area.outputExtent(), self.crs.crs()
        try:
            unit = metres_of_unit(area.center(), crs, QgsProject.instance().transformContext())
        except RenderError:
            return 1.0
        coarsest = (area.width() * area.height() / PROPOSED_PIXELS) ** 0.5
        steps = self._steps()
        if steps:
            least = max(coarsest, FINEST_M / unit)
            fine = [step for step in steps if step >= least]
            return min(max((fine or steps)[-1] * unit, LEAST_M), MOST_M)
        wanted = max(coarsest * unit, FINEST_M)
        ladder = (one * 10.0**power for power in range(-1, 4) for one in (1, 2.5, 5))
        return next((metres for metres in ladder if metres >= wanted), MOST_M)

    def _steps(self) -> tuple[float, ...]:
        layers = self.drawing.layers
        return steps_of(service_of(layers[0]), self.crs.crs()) if len(layers) == 1 else ()

    def _check(self) -> None:
        """Say what comes of it, or why nothing can."""
        self.grid, problem = None, ""
        try:
            self.grid = make_grid(
                self.area.outputExtent(),
                self.crs.crs(),
                self.pixel.value(),
                QgsProject.instance().transformContext(),
                self._steps(),
            )
            self._check_file(self.grid)
        except RenderError as error:
            problem = str(error)
        self._say_size()
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        many = self.grid is not None and self.grid.pixels > ASK_PIXELS
        self.sure.setVisible(many)
        # Room for lines that have come: a form does not make it by itself.
        self.layout().activate()
        height = max(self.layout().totalHeightForWidth(self.width()), self.height())
        self.resize(self.width(), height)
        self._ok.setEnabled(not problem and (not many or self.sure.isChecked()))

    def _check_file(self, grid: RasterGrid) -> None:
        path = self.target()
        check_target(path, QgsProject.instance())
        if Path(path).exists():
            raise RenderError(tr("{0} is there already. Choose another name.").format(path))
        free = shutil.disk_usage(Path(path).parent).free
        if free < grid.pixels * BANDS:
            text = tr("Only {0} MB are free in {1}, up to {2} MB are needed. Choose another disk.")
            sizes = (
                numeral(f"{free / 1e6:,.0f}"),
                Path(path).parent,
                numeral(f"{grid.pixels * BANDS / 1e6:,.0f}"),
            )
            raise RenderError(text.format(*sizes))

    def _say_size(self) -> None:
        grid = self.grid
        services: dict[str, list[str]] = {}
        for layer in self.drawing.layers:
            service = service_of(layer)
            if service is not None:
                services.setdefault(service.host, []).append(service.terms)
        if grid is None:
            self.sizes.setText("")
        else:
            self.sizes.setText(self._size_words(grid, hosts=len(services)))
            text = tr("Yes, render {0} megapixels")
            self.sure.setText(text.format(numeral(f"{grid.pixels / MEGAPIXEL:,.0f}")))
        lines = []
        for host, terms in services.items():
            conditions = "; ".join(dict.fromkeys(filter(None, terms)))
            source = f"{host} ({conditions})" if conditions else host
            text = tr("From {0}. Take no more than its terms of use allow.")
            lines.append(text.format(source))
        self.terms.setText("\n".join(lines))
        self.terms.setVisible(bool(lines))

    def _size_words(self, grid: RasterGrid, *, hosts: int) -> str:
        text = tr("{0} x {1} km, {2} x {3} pixels, up to {4} MB.")
        km = (
            numeral(f"{side * self.pixel.value() / 1000:,.3g}")
            for side in (grid.width, grid.height)
        )
        mb = numeral(f"{max(grid.pixels * BANDS / 1e6, 1):,.0f}")
        text = text.format(*km, whole(grid.width), whole(grid.height), mb)
        blocks, project = len(blocks_of(grid)), QgsProject.instance()
        asked = sum(requests_of(one, grid, blocks, project) for one in self.drawing.layers)
        if not asked:
            return text
        more = (
            tr("The service is asked for some {0} pictures.")
            if hosts == 1
            else tr("The services are asked for some {0} pictures.")
        )
        return f"{text} {more.format(whole(asked))}"

    def _arrange(self) -> None:
        browse = browse_button(
            "cmpaglRenderBrowse",
            self.path,
            lambda: QFileDialog.getSaveFileName(
                self,
                tr("Where the scene is written"),
                self.path.text(),
                tr("GeoTIFF") + " (*.tif)",
                options=QFileDialog.Option.DontConfirmOverwrite,  # none is written over
            )[0],
            self,
        )
        target = stack(QHBoxLayout(), (self.path, 1), browse, gap=GAP)
        layout = QFormLayout(self)
        layout.setSpacing(GAP)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for label, field in (
            (tr("&What"), self.what),
            (tr("&Area"), self.area),
            (tr("&Pixel size"), self.pixel),
            (tr("&Coordinate system"), self.crs),
        ):
            layout.addRow(label, field)
        layout.addRow(label_of(self.path, tr("&Save to")), target)
        for widget in (self.sizes, self.terms, self.sure, self.problem, self.buttons):
            layout.addRow(widget)
        make_faint(self.terms)
