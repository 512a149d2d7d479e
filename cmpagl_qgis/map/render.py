"""What QGIS draws, written as a GeoTIFF: block by block, and atomically, all of it or no file.

Copies of the layers are made in the main thread (:func:`copied`), everything else may happen in
another one (:func:`render`). A place where nothing was drawn is transparent in the file.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    Qgis,
    QgsMapLayer,
    QgsMapRendererCustomPainterJob,
    QgsMapSettings,
    QgsNetworkAccessManager,
    QgsNetworkReplyContent,
    QgsNetworkRequestParameters,
    QgsProviderRegistry,
    QgsRasterBlock,
    QgsRasterFileWriter,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QByteArray, QCoreApplication, QSize, Qt, QThread
from qgis.PyQt.QtGui import QColor, QImage, QPainter
from qgis.PyQt.QtNetwork import QNetworkReply, QNetworkRequest
from qgis.PyQt.QtXml import QDomDocument
from qgis.PyQt.sip import unwrapinstance

from cmpagl_qgis.errors import RenderError
from cmpagl_qgis.texts import tr, whole

from .services import tiles_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsCoordinateTransformContext,
        QgsError,
        QgsFeedback,
        QgsProject,
        QgsRasterDataProvider,
    )
    from qgis.PyQt.QtCore import pyqtBoundSignal

    from .raster_grid import RasterGrid

BLOCK_PX = 1024
"""Side of what is drawn at once; a multiple of the file's own blocks."""
HEARD_S = 2.0
"""So long the last replies of other threads are waited for."""
STRIP_PX = 128
"""Rows that are copied into the file at once."""
BANDS = 4
"""Red, green, blue, and whether anything was drawn."""
MARGIN_PX = 64
"""Symbols that reach into a block from so far outside are drawn in it."""
CREATION = [
    *("TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "COMPRESS=DEFLATE", "PREDICTOR=2"),
    *("PHOTOMETRIC=RGB", "ALPHA=YES", "BIGTIFF=IF_SAFER"),
]
NO_PICTURE = ("text/", "application/xml", "application/vnd.ogc.se_xml", "application/json")
"""What a server of pictures answers where it has none to give."""


@dataclass(frozen=True)
class LayerCopy:
    """A layer that a thread of its own may draw."""

    name: str
    """The user's name of it."""
    source: str
    """Where a raster comes from: it is opened anew, for its server may be slow. Empty: see copy."""
    provider: str
    """Of the raster."""
    crs: QgsCoordinateReferenceSystem
    """Of the raster, as the user set it."""
    style: QDomDocument
    """Of the raster."""
    copy: QgsMapLayer | None
    """Any other layer, in no thread; ``None`` for a raster."""


@dataclass(frozen=True)
class RenderOrder:
    """What is to be rendered."""

    path: str
    """Absolute path of the GeoTIFF; one that exists is replaced."""
    grid: RasterGrid
    """Its pixels."""
    layers: tuple[LayerCopy, ...]
    """The uppermost first."""
    context: QgsCoordinateTransformContext
    """The project's ways between CRS."""
    network: QgsNetworkAccessManager = field(
        default_factory=lambda: QgsNetworkAccessManager.instance()  # noqa: PLW0108 - never None
    )
    """The main thread's, where this is made: it hears of all threads."""


@dataclass(frozen=True)
class Rendered:
    """What came of it."""

    path: str
    """Absolute path of the GeoTIFF."""
    grid: RasterGrid
    """Its pixels."""
    drawn: float
    """Share of the pixels on which something was drawn, 0 to 1."""
    asked: int
    """How many pictures servers were asked for."""
    missing: int
    """How many of these did not come."""
    reasons: tuple[str, ...]
    """Why, and what else QGIS could not draw; a sentence each."""


def copied(layers: list[QgsMapLayer]) -> tuple[LayerCopy, ...]:
    """Copies for another thread; main thread only.

    Args:
        layers: the uppermost first.
    """
    copies = []
    for layer in layers:
        name, crs, style = layer.name(), layer.crs(), QDomDocument()
        if isinstance(layer, QgsRasterLayer):
            layer.exportNamedStyle(style)
            copy = LayerCopy(name, layer.source(), layer.providerType(), crs, style, None)
        else:
            whole = layer.clone()
            whole.moveToThread(None)  # type: ignore[arg-type] # the thread that draws takes it
            copy = LayerCopy(name, "", "", crs, style, whole)
        copies.append(copy)
    return tuple(copies)


def blocks_of(grid: RasterGrid) -> list[tuple[int, int, int, int]]:
    """Column, row, width and height of all blocks, row by row.

    Args:
        grid: what they cover.
    """
    return [
        (column, row, min(BLOCK_PX, grid.width - column), min(BLOCK_PX, grid.height - row))
        for row in range(0, grid.height, BLOCK_PX)
        for column in range(0, grid.width, BLOCK_PX)
    ]


def check_target(path: str, project: QgsProject) -> None:
    """Refuse a file that cannot or must not be written; whether it exists is for others to ask.

    Args:
        path: of a GeoTIFF.
        project: whose data are not to be lost.

    Raises:
        RenderError: if it is no whole path of a .tif, its folder is not there, or a layer of the
            project is read from it.
    """
    file = Path(path)
    if not file.is_absolute() or file.suffix.lower() not in {".tif", ".tiff"}:
        raise RenderError(tr("Give the whole path of a file that ends in .tif."))
    if not file.parent.is_dir() or not os.access(file.parent, os.W_OK):
        text = tr("{0} is no folder that can be written to. Choose another one.")
        raise RenderError(text.format(file.parent))
    if file.is_dir():
        raise RenderError(tr("{0} is a folder. Choose another name.").format(path))
    for layer in project.mapLayers().values():
        parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
        source = str(parts.get("path") or "")
        if source and file.exists() and Path(source).exists() and file.samefile(source):
            text = tr("{0} is the file of layer {1} and would be lost. Choose another file.")
            raise RenderError(text.format(path, layer.name()))


def render(order: RenderOrder, feedback: QgsFeedback) -> Rendered | None:
    """Draw and write; any thread, which this keeps busy.

    Args:
        order: what.
        feedback: hears percent, and stops it.

    Returns:
        What came of it; ``None`` where it was stopped, and no file is left.

    Raises:
        RenderError: if a layer cannot be opened, nothing at all was drawn, or the file cannot be
            written. No file is left.
    """
    target = Path(order.path)
    beside = target.with_name(f".{target.stem}.{os.getpid()}.part.tif")
    layers: list[QgsMapLayer] = []
    try:
        layers = [_opened(one) for one in order.layers]
        done = _drawn(order, layers, beside, feedback)
        if done is not None:
            beside.replace(target)
    except OSError as error:
        text = tr("{0} could not be written: {1}").format(target, error.strerror or error)
        if isinstance(error, PermissionError) and target.exists():
            text += " " + tr("If a layer shows it, remove that layer first.")
        raise RenderError(text) from error
    finally:
        beside.unlink(missing_ok=True)
        beside.with_name(beside.name + ".aux.xml").unlink(missing_ok=True)
        for one in order.layers:
            if one.copy is not None and one.copy.thread() is QThread.currentThread():
                one.copy.moveToThread(None)  # type: ignore[arg-type] # whoever drops it last may
    return done


def _opened(one: LayerCopy) -> QgsMapLayer:
    if one.copy is not None:
        one.copy.moveToThread(QThread.currentThread())
        return one.copy
    options = QgsRasterLayer.LayerOptions(False)  # noqa: FBT003 - QGIS names it loadDefaultStyle
    layer = QgsRasterLayer(one.source, one.name, one.provider, options)
    if not layer.isValid():
        text = tr("Layer {0} cannot be opened: {1}")
        reason = _said(layer.error()) or tr("its server does not answer")
        raise RenderError(text.format(one.name, reason))
    layer.setCrs(one.crs)
    layer.importNamedStyle(one.style)
    return layer


def _drawn(
    order: RenderOrder, layers: list[QgsMapLayer], beside: Path, feedback: QgsFeedback
) -> Rendered | None:
    grid, blocks = order.grid, blocks_of(order.grid)
    file = _created(beside, grid)
    heard, opaque = _Replies(order, layers), 0
    errors: dict[str, str] = {}
    settings = _settings(order, layers)
    with heard:
        for number, block in enumerate(blocks):
            settings.setExtent(grid.window(*block))
            settings.setOutputSize(QSize(*block[2:]))
            image = _picture(settings, feedback, errors)
            if feedback.isCanceled():
                file.setEditable(False)
                return None
            opaque += _write(file, image, block)
            feedback.setProgress(100.0 * (number + 1) / len(blocks))
        heard.wait()
    file.setEditable(False)  # writes what is left, and closes
    names = {layer.id(): layer.name() for layer in layers}
    reasons = (
        *heard.reasons(),
        *(f"{names.get(key, '')}: {text}".lstrip(": ") for key, text in errors.items()),
    )
    if not opaque:
        text = tr("Nothing was drawn there, and no file was written. {0}")
        raise RenderError(text.format(" ".join(reasons[:1])).strip())
    share = opaque / grid.pixels
    return Rendered(order.path, grid, share, heard.asked, heard.missing, reasons)


def _settings(order: RenderOrder, layers: list[QgsMapLayer]) -> QgsMapSettings:
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(order.grid.crs)
    settings.setTransformContext(order.context)
    settings.setBackgroundColor(QColor(Qt.GlobalColor.transparent))
    settings.setOutputImageFormat(QImage.Format.Format_ARGB32_Premultiplied)
    if any(one.copy is not None for one in order.layers):  # for rasters, servers would be asked
        settings.setExtentBuffer(MARGIN_PX * order.grid.pixel)
    for flag, on in (
        (QgsMapSettings.Flag.Antialiasing, True),
        (QgsMapSettings.Flag.UseAdvancedEffects, True),
        (QgsMapSettings.Flag.RenderMapTile, True),  # no seams between blocks
        (QgsMapSettings.Flag.DrawLabeling, False),
        (QgsMapSettings.Flag.DrawSelection, False),
        (QgsMapSettings.Flag.DrawEditingInfo, False),
    ):
        settings.setFlag(flag, on)
    return settings


def _picture(settings: QgsMapSettings, feedback: QgsFeedback, errors: dict[str, str]) -> QImage:
    image = QImage(settings.outputSize(), settings.outputImageFormat())
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    job = QgsMapRendererCustomPainterJob(settings, painter)
    # Direct: the thread that draws hears nothing until it is done.
    directly = Qt.ConnectionType.DirectConnection
    feedback.canceled.connect(job.cancelWithoutBlocking, directly)  # type: ignore[call-arg]
    try:
        if not feedback.isCanceled():
            job.renderSynchronously()
    finally:
        feedback.canceled.disconnect(job.cancelWithoutBlocking)
        painter.end()
    for error in job.errors():
        errors.setdefault(error.layerID or "", error.message or "")
    return image


def _created(path: Path, grid: RasterGrid) -> QgsRasterDataProvider:
    writer = QgsRasterFileWriter(str(path))
    writer.setOutputProviderKey("gdal")
    writer.setOutputFormat("GTiff")
    writer.setCreateOptions(CREATION)
    shape = (grid.width, grid.height, grid.extent, grid.crs, BANDS)
    file = writer.createMultiBandRaster(Qgis.DataType.Byte, *shape)
    if file is None or not (file.isValid() and file.isEditable()):
        reason = _said(file.error()) if file is not None else ""
        text = tr("No GeoTIFF could be made in {0}. {1}")
        raise RenderError(text.format(path.parent, reason).strip())
    return file


def _write(file: QgsRasterDataProvider, image: QImage, block: tuple[int, int, int, int]) -> int:
    """Write a block; how many of its pixels were drawn.

    Raises:
        RenderError: if the disk takes no more.
    """
    column, row, width, height = block
    drawn = 0
    # In strips: Python holds QGIS's main thread up while it copies one.
    for top in range(0, height, STRIP_PX):
        rows = min(STRIP_PX, height - top)
        strip = image.copy(0, top, width, rows).convertToFormat(QImage.Format.Format_RGBA8888)
        bits = strip.constBits()
        bits.setsize(strip.sizeInBytes())  # rows without gaps: a pixel has 4 bytes
        pixels = bytes(bits)  # type: ignore[call-overload]
        for band in range(BANDS):
            values = QgsRasterBlock(Qgis.DataType.Byte, width, rows)
            values.setData(QByteArray(pixels[band::BANDS]))
            if not file.writeBlock(values, band + 1, column, row + top):
                text = tr(
                    "The file takes no more: {0}. Free space on the disk, or choose another one."
                )
                raise RenderError(text.format(_said(file.error()) or file.dataSourceUri()))
        drawn += width * rows - pixels[BANDS - 1 :: BANDS].count(0)
    return drawn


def _said(error: QgsError) -> str:
    """An error in QGIS's words; one without messages, asked for its summary, ends QGIS."""
    return "" if error.isEmpty() else str(error.summary())


class _Replies:
    """What servers answered while it is open, to this rendering and to no map beside it.

    Each thread has a manager of its own, and the main thread's hears of all others, a little
    later. Newer versions of QGIS fetch tiles for all maps in one thread: there the address tells.
    """

    def __init__(self, order: RenderOrder, layers: list[QgsMapLayer]) -> None:
        here = QgsNetworkAccessManager.instance()
        self._managers = [here] if here is order.network else [here, order.network]
        self._thread = unwrapinstance(QThread.currentThread())  # type: ignore[func-returns-value]
        self._tiles = [tiles_for(layer, order.grid, order.context) for layer in layers]
        self._own: set[int] = set()
        self._answered: set[int] = set()
        self._fine: set[str] = set()
        self._failed: dict[str, str] = {}

    def __enter__(self) -> _Replies:
        for signal, heard in self._signals():
            signal.connect(heard, Qt.ConnectionType.DirectConnection)  # type: ignore[call-arg]
        return self

    def __exit__(self, *_: object) -> None:
        for signal, heard in self._signals():
            signal.disconnect(heard)

    def wait(self) -> None:
        """Until what was asked is heard to be answered, for a moment at most."""
        stop = time.monotonic() + HEARD_S
        while self._tiles and time.monotonic() < stop:
            if len(self._managers) == 1:
                QCoreApplication.sendPostedEvents(self._managers[0])
            else:
                time.sleep(HEARD_S / 20)
            if self._own and self._own <= self._answered:
                break

    @property
    def asked(self) -> int:
        """Different pictures that were asked for."""
        return len(self._fine | self._failed.keys())

    @property
    def missing(self) -> int:
        """Of these, how many never came."""
        return len(self._lost())

    def reasons(self) -> Iterator[str]:
        """Why they did not come, each reason once, with how many."""
        lost = self._lost()
        for reason in dict.fromkeys(lost.values()):
            yield f"{reason} ({whole(list(lost.values()).count(reason))})"

    def _lost(self) -> dict[str, str]:
        return {url: why for url, why in self._failed.items() if url not in self._fine}

    def _signals(self) -> Iterator[tuple[pyqtBoundSignal, Callable[..., None]]]:
        for manager in self._managers:
            asked = manager.requestAboutToBeCreated[QgsNetworkRequestParameters]
            yield asked, self._on_request
            yield manager.finished[QgsNetworkReplyContent], self._on_reply

    def _on_request(self, request: QgsNetworkRequestParameters) -> None:
        here = int(request.originatingThreadId(), 16) == self._thread
        url = request.request().url().toString()
        if here or any(needed(url) for needed in self._tiles):
            self._own.add(request.requestId())

    def _on_reply(self, reply: QgsNetworkReplyContent) -> None:
        if reply.requestId() not in self._own:
            return
        self._answered.add(reply.requestId())
        url = reply.request().url().toString()
        kind = bytes(reply.rawHeader(b"Content-Type")).decode("latin-1").lower()
        if reply.error() == QNetworkReply.NetworkError.OperationCanceledError:
            self._failed[url] = tr("no answer in time")  # where the user stops, nobody asks
        elif reply.error() != QNetworkReply.NetworkError.NoError:
            status = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
            words = reply.errorString()
            self._failed[url] = f"HTTP {status}" if status else words
        elif kind.startswith(NO_PICTURE):
            self._failed[url] = tr("it sent no picture but a message")
        else:
            self._fine.add(url)
