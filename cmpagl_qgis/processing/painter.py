"""The look of an output, once QGIS has loaded it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from qgis.core import QgsProcessingLayerPostProcessorInterface

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProcessingFeedback


class Painter(QgsProcessingLayerPostProcessorInterface):
    """Gives an output its look."""

    kept: list[Painter] = []  # noqa: RUF012 - Processing does not own what it calls later

    def __init__(self, paint: Callable[[Any], None]) -> None:
        """Remember ``paint``, which gives the layer its look."""
        super().__init__()
        self._paint = paint

    def postProcessLayer(
        self,
        layer: QgsMapLayer,
        context: QgsProcessingContext,  # noqa: ARG002 - QGIS's signature
        feedback: QgsProcessingFeedback,  # noqa: ARG002
    ) -> None:
        """Called by QGIS in the main thread."""
        self._paint(layer)
        Painter.kept = [painter for painter in Painter.kept if painter is not self]


def paint_when_loaded(
    output: str, paint: Callable[[Any], None], context: QgsProcessingContext
) -> None:
    """Give an output its look where QGIS is going to load it.

    Args:
        output: the layer's name in the context, as parameterAsSink gave it, or its file.
        paint: gives the look to the layer; main thread.
        context: of the run.
    """
    if not context.willLoadLayerOnCompletion(output):
        return
    painter = Painter(paint)
    Painter.kept.append(painter)
    context.layerToLoadOnCompletionDetails(output).setPostProcessor(painter)
