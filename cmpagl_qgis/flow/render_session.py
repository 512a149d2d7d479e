"""Rendering what the map shows into a scene: the dialog, the task behind it, what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsApplication, QgsFeedback, QgsProject, QgsTask
from qgis.PyQt.QtCore import QObject, pyqtSignal

from cmpagl_qgis.dock.dialogs import hold
from cmpagl_qgis.dock.render_dialog import Drawing, RenderDialog
from cmpagl_qgis.errors import PluginError, RenderError
from cmpagl_qgis.map.group import MARK
from cmpagl_qgis.map.raster_grid import MEGAPIXEL
from cmpagl_qgis.map.render import RenderOrder, copied, render
from cmpagl_qgis.map.services import to_render
from cmpagl_qgis.map.sources import load_scene
from cmpagl_qgis.texts import numeral, tr, whole

from .hit_actions import free_path

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.map.render import Rendered

END_MS = 3000
"""So long a drawing that was stopped is waited for when the plugin goes."""


class RenderTask(QgsTask):
    """Renders in a thread of QGIS's; ``done``, ``reason`` or ``fault`` say how it ended."""

    def __init__(self, title: str, order: RenderOrder) -> None:
        super().__init__(title, QgsTask.Flag.CanCancel)
        self._order = order
        self._feedback = QgsFeedback()
        self._feedback.progressChanged.connect(self.setProgress)
        self.done: Rendered | None = None
        self.reason = ""
        self.fault: Exception | None = None

    def run(self) -> bool:
        """Qt's own, in the thread."""
        try:
            self.done = render(self._order, self._feedback)
        except RenderError as error:
            self.reason = str(error)
        except Exception as error:  # noqa: BLE001 - raised again in the main thread
            self.fault = error
        return self.done is not None

    def cancel(self) -> None:
        """Stop drawing; a request that a slow server has not answered is given up."""
        super().cancel()
        self._feedback.cancel()


class RenderSession(QObject):
    """One map at a time. ``rendered`` carries the path of a scene, which is in the project now."""

    rendered = pyqtSignal(str)

    def __init__(self, dock: SearchDock, canvas: QgsMapCanvas) -> None:
        super().__init__(dock)
        self._dock, self._canvas = dock, canvas
        self._task: RenderTask | None = None
        self.dialog: RenderDialog | None = None
        dock.index.renderRequested.connect(self.ask)
        dock.rendering.stop.clicked.connect(self.stop)

    @property
    def running(self) -> bool:
        """Whether a map is being rendered."""
        return self._task is not None

    def ask(self) -> None:
        """Open the dialog, or bring it to the front."""
        if self.running:
            self._dock.message.tell(tr("A map is being rendered. Wait for it, or stop it."))
            return
        if self.dialog is not None:
            self.dialog.raise_()
            return
        # A layer that the engine cannot read, shown ones first; then the map as a whole
        shown = [one for one in self._canvas.layers() if not one.customProperty(MARK)]
        layers = to_render(QgsProject.instance())
        layers.sort(key=lambda one: one not in shown)
        drawings = [Drawing(one.name(), (one,)) for one in layers]
        if shown:
            drawings.append(Drawing(tr("The map as it is shown, without labels"), tuple(shown)))
        if not drawings:
            text = tr("The map shows nothing. Add a layer, such as a web map, and show it.")
            self._dock.message.tell(text, warning=True)
            return
        path = free_path(f"{QgsProject.instance().baseName() or 'map'}_rendered", ".tif")
        dialog = RenderDialog(drawings, self._canvas, path, self._dock.window())

        def begin() -> None:
            layers = copied(list(dialog.drawing.layers))
            context = QgsProject.instance().transformContext()
            if dialog.grid is not None:
                self.begin(RenderOrder(dialog.target(), dialog.grid, layers, context))

        dialog.accepted.connect(begin)
        hold(self, "dialog", dialog)
        dialog.show()

    def stop(self) -> None:
        """Give the map up; nothing of it is kept."""
        if self._task is not None:
            self._dock.rendering.stopping()
            self._task.cancel()

    def close(self) -> None:
        """Stop, and close the dialog."""
        if self.dialog is not None:
            self.dialog.close()
        task, self._task = self._task, None
        if task is not None:
            task.taskCompleted.disconnect(self._on_ended)
            task.taskTerminated.disconnect(self._on_ended)
            task.cancel()
            task.waitForFinished(END_MS)

    def begin(self, order: RenderOrder) -> None:
        """Render.

        Args:
            order: what, and where to.
        """
        title = tr("Rendering {0}").format(Path(order.path).stem)
        self._task = task = RenderTask(title, order)
        task.progressChanged.connect(self._on_progress)
        task.taskCompleted.connect(self._on_ended)
        task.taskTerminated.connect(self._on_ended)
        self._dock.rendering.begin(title, counted=False)
        QgsApplication.taskManager().addTask(task)

    def _on_progress(self, percent: float) -> None:
        self._dock.rendering.set_progress(round(percent), 100, "")

    def _on_ended(self) -> None:
        task, self._task = self._task, None
        self._dock.rendering.hide()
        if task is None:
            return
        if task.fault is not None:
            raise task.fault
        if task.done is None:
            text = task.reason or tr("Rendering was stopped; nothing was written.")
            self._dock.message.tell(text, warning=bool(task.reason))
            return
        try:
            load_scene(QgsProject.instance(), task.done.path)
        except PluginError as error:
            self._dock.message.tell(str(error), warning=True)
            return
        self._dock.message.tell(found_text(task.done), warning=bool(task.done.reasons))
        self.rendered.emit(task.done.path)


def found_text(done: Rendered) -> str:
    """What was rendered, and what is missing in it.

    Args:
        done: what came of it.
    """
    text = tr("{0}: {1} megapixels rendered.").format(
        Path(done.path).name, numeral(f"{done.grid.pixels / MEGAPIXEL:,.1f}")
    )
    if done.missing:
        lacking = tr("{0} of {1} pictures did not come, and these places are empty: {2}.")
        counts = (whole(done.missing), whole(done.asked))
        return f"{text} {lacking.format(*counts, ', '.join(done.reasons))}"
    if done.reasons:
        return f"{text} {tr('Not all could be drawn: {0}.').format(', '.join(done.reasons))}"
    return text
