"""``cmpagl:rendermap``: what QGIS can draw, written as a GeoTIFF that can be indexed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterCrs,
    QgsProcessingParameterExtent,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterRasterDestination,
    QgsProject,
)

from cmpagl_qgis.errors import PluginError, RenderError
from cmpagl_qgis.map.footprints import degrees
from cmpagl_qgis.map.group import MARK
from cmpagl_qgis.map.raster_grid import make_grid, metric_crs, moved
from cmpagl_qgis.map.render import RenderOrder, check_target, copied, render
from cmpagl_qgis.map.services import service_of, steps_of
from cmpagl_qgis.texts import tr, tr_noop, whole

from .algorithm import CmpaglAlgorithm, absolute, real_number

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProcessingFeedback

    from .algorithm import Values


class RenderMap(CmpaglAlgorithm):
    """Renders layers; needs no engine."""

    NAME = "rendermap"
    TITLE = tr_noop("Render map to a scene")
    TAGS = tr_noop("wms,wmts,xyz,tiles,web map,rasterize,screenshot,geotiff")
    HELP = tr_noop(
        "Draws layers as QGIS shows them, without labels, and writes a GeoTIFF that Build "
        "index can read: web maps (WMS, WMTS, XYZ), meshes, vector layers, anything with a "
        "style. Without layers, those that the project shows are taken.\n\n"
        "Pixel size is in metres on the ground, in the middle of the area. In the layer's own "
        "coordinate system a web map stays as sharp as it is. One in degrees is replaced by "
        "the UTM zone.\n\n"
        "A service is asked for many pictures: take no more than its terms of use allow. "
        "Pictures that do not come are counted, and their places are transparent.\n\n"
        "Outputs: the scene, its width and height in pixels, and how many pictures did not "
        "come."
    )
    LAYERS, EXTENT, PIXEL_SIZE, CRS = "LAYERS", "EXTENT", "PIXEL_SIZE", "CRS"
    _order: RenderOrder

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.addParameter(
            QgsProcessingParameterMultipleLayers(
                self.LAYERS, tr("Layers"), QgsProcessing.SourceType.TypeMapLayer, optional=True
            )
        )
        self.addParameter(QgsProcessingParameterExtent(self.EXTENT, tr("Area")))
        self.addParameter(
            real_number(self.PIXEL_SIZE, tr("Pixel size on the ground, metres"), 0.01, default=0.5)
        )
        self.add_advanced(
            QgsProcessingParameterCrs(self.CRS, tr("Coordinate system"), optional=True)
        )
        self.addParameter(QgsProcessingParameterRasterDestination(self.OUTPUT, tr("Scene")))
        self.addOutput(QgsProcessingOutputNumber("WIDTH", tr("Width, pixels")))
        self.addOutput(QgsProcessingOutputNumber("HEIGHT", tr("Height, pixels")))
        self.addOutput(QgsProcessingOutputNumber("MISSING", tr("Pictures that did not come")))

    def prepareAlgorithm(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Copy the layers, in the main thread.

        Raises:
            QgsProcessingException: with the reason, for a person.
        """
        try:
            self._order = self._ordered(parameters, context, feedback)
        except PluginError as error:
            raise QgsProcessingException(str(error)) from error
        return True

    def processAlgorithm(
        self,
        parameters: Values,  # noqa: ARG002 - read before
        context: QgsProcessingContext,  # noqa: ARG002
        feedback: QgsProcessingFeedback,
    ) -> Values:
        """Draw and write.

        Raises:
            QgsProcessingException: with the reason, for a person; not when the user stopped it.
        """
        try:
            done = render(self._order, feedback)
        except PluginError as error:
            raise QgsProcessingException(str(error)) from error
        if done is None:
            feedback.pushInfo(tr("Stopped; nothing was written."))
            return {}
        if done.missing:
            text = tr("{0} of {1} pictures did not come; these places are empty.")
            feedback.pushWarning(text.format(whole(done.missing), whole(done.asked)))
        for reason in done.reasons:
            feedback.pushWarning(reason)
        return {
            self.OUTPUT: done.path,
            "WIDTH": done.grid.width,
            "HEIGHT": done.grid.height,
            "MISSING": done.missing,
        }

    def _ordered(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> RenderOrder:
        """What is to be rendered.

        Raises:
            RenderError: if nothing can be, or not there.
        """
        project = context.project() or QgsProject.instance()
        layers = self.parameterAsLayerList(parameters, self.LAYERS, context)
        if not layers:  # those that the project shows, the uppermost first, without our places
            root = project.layerTreeRoot()
            shown = {layer.id() for layer in root.checkedLayers()}
            order = [one for one in root.layerOrder() if one.id() in shown]
            layers = [one for one in order if not one.customProperty(MARK)]
        if not layers:
            raise RenderError(tr("Nothing to render: give layers, or show some."))
        path = absolute(self.parameterAsOutputLayer(parameters, self.OUTPUT, context))
        check_target(path, project)
        services = {one: service_of(one) for one in layers}
        crs = self._crs(parameters, context, layers)
        grid = make_grid(
            self.parameterAsExtent(parameters, self.EXTENT, context, crs),
            crs,
            self.parameterAsDouble(parameters, self.PIXEL_SIZE, context),
            context.transformContext(),
            steps_of(services[layers[0]], crs) if len(layers) == 1 else (),
        )
        for service in filter(None, services.values()):
            named = f"{service.host} ({service.terms})" if service.terms else service.host
            feedback.pushInfo(tr("From {0}.").format(named))
        return RenderOrder(path, grid, copied(layers), context.transformContext())

    def _crs(
        self, parameters: Values, context: QgsProcessingContext, layers: list[QgsMapLayer]
    ) -> QgsCoordinateReferenceSystem:
        """What is given; else the one layer's own, or the project's; never in degrees."""
        project = context.project() or QgsProject.instance()
        crs = self.parameterAsCrs(parameters, self.CRS, context)
        if not crs.isValid():
            own = layers[0].crs()
            crs = own if len(layers) == 1 and not own.isGeographic() else project.crs()
        area = self.parameterAsExtent(parameters, self.EXTENT, context)
        area_crs = self.parameterAsExtentCrs(parameters, self.EXTENT, context)
        return metric_crs(crs, moved(area, area_crs, degrees(), project).center())
