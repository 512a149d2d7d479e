"""A sample to try: three small scenes and a project, put where the user wants them, and indexed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsProject, QgsRasterLayer, QgsReferencedRectangle
from qgis.PyQt.QtCore import QObject, QStandardPaths
from qgis.PyQt.QtWidgets import QFileDialog

from cmpagl_qgis.dock.build_order import SUFFIX, BuildOrder
from cmpagl_qgis.settings import GROUP
from cmpagl_qgis.texts import tr

from .project_index import ENTRY

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from cmpagl_qgis.dock.search_dock import SearchDock

    from .build_session import BuildSession
    from .job_session import JobSession

SCENES = Path(__file__).resolve().parent.parent / "sample"
FIRST = "yellowstone_road.tif"
"""What the map shows first."""


class Sample(QObject):
    """Makes the sample."""

    def __init__(
        self, iface: QgisInterface, dock: SearchDock, builds: BuildSession, jobs: JobSession
    ) -> None:
        super().__init__(dock)
        self._iface, self._dock, self._builds, self._jobs = iface, dock, builds, jobs

    def ask(self) -> None:
        """Ask for a folder, and make the sample in it."""
        if not self._jobs.asker.alive or self._jobs.job is not None:
            text = tr("The sample is indexed by the engine. Try again when it runs and is idle.")
            self._dock.message.tell(text, warning=True)
            return
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = QFileDialog.getExistingDirectory(
            self._dock,
            tr("Where the folder of the sample is made"),
            QStandardPaths.writableLocation(documents) or str(Path.home()),
        )
        if folder:
            self.make(folder)

    def make(self, folder: str) -> None:
        """Make a folder with scenes and project, open the project, and index the scenes.

        Args:
            folder: in which the sample gets a folder of its own; nothing in it is replaced.
        """
        try:
            target = _new_folder(Path(folder))
            paths = [shutil.copyfile(file, target / file.name) for file in SCENES.iterdir()]
        except OSError as error:
            text = tr("The sample cannot be put into {0}: {1}. Choose another folder.")
            reason = error.strerror or str(error)
            self._dock.message.tell(text.format(folder, reason), warning=True)
            return
        scenes = sorted(str(path) for path in paths if path.suffix == ".tif")
        index = target / f"sample{SUFFIX}"
        project = _write_project(target, scenes, index)
        ask = True  # whether the present one is saved
        if self._iface.newProject(ask):
            self._iface.addProject(str(project))
        else:
            text = tr("Your project stays open. The sample's is {0}.")
            self._dock.message.tell(text.format(project))
        self._builds.build(BuildOrder(str(index), tuple(scenes), ()))
        self._dock.query.set_text("a winding road between trees")


def _new_folder(parent: Path) -> Path:
    """A folder that was not there before.

    Raises:
        OSError: if it cannot be made.
    """
    number = 1
    while True:
        target = parent / ("CMPAGL sample" if number == 1 else f"CMPAGL sample {number}")
        try:
            target.mkdir()
        except FileExistsError:
            number += 1
        else:
            return target


def _write_project(target: Path, scenes: list[str], index: Path) -> Path:
    """A project with the scenes in it, which names the index; the open one is not touched."""
    project = QgsProject()
    layers = [QgsRasterLayer(path, Path(path).stem.replace("_", " "), "gdal") for path in scenes]
    project.addMapLayers(layers)
    first = next(layer for layer in layers if Path(layer.source()).name == FIRST)
    project.setCrs(first.crs())
    project.setTitle(tr("CMPAGL sample"))
    extent = first.extent()
    extent.scale(1.2)
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(extent, first.crs()))
    path = target / "sample.qgz"
    project.setFileName(str(path))
    project.writeEntry(GROUP, ENTRY, project.writePath(str(index)))
    project.write()
    return path
