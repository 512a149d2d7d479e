"""What can be done with one hit, and with all: open, copy, save, export, keep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QFile, QObject, QTemporaryDir
from qgis.PyQt.QtWidgets import QApplication, QFileDialog

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import PictureFiles, Written
from cmpagl_qgis.errors import EngineError, ExportError, SourceError
from cmpagl_qgis.map.export import (
    DRIVERS,
    SHOWN,
    WANTED,
    add_file,
    export_layer,
    export_params,
    save_beside_project,
)
from cmpagl_qgis.map.sources import layer_of_scene, load_scene
from cmpagl_qgis.texts import counted, tr, whole

from .attribution_view import AttributionView
from .job_session import Job, JobSession
from .sibling_view import SiblingView

if TYPE_CHECKING:
    from qgis.PyQt.QtWidgets import QWidget

    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.asker import Asker
    from cmpagl_qgis.engine.records import Hit
    from cmpagl_qgis.map.layers import MatchLayers

    from .index_session import IndexSession
    from .result_view import ResultView

PICTURE_PX = 512
FOOTPRINTS = (
    ("GeoPackage", ".gpkg"),
    ("GeoJSON", ".geojson"),
    ("GeoParquet", ".parquet"),
    ("CSV", ".csv"),
)
"""Formats of all chips, which the engine writes."""


class HitActions(QObject):
    """Acts on hits; says how it went in the dock's message strip."""

    def __init__(
        self,
        dock: SearchDock,
        results: ResultView,
        layers: MatchLayers,
        asker: Asker,
        jobs: JobSession,
        index: IndexSession,
    ) -> None:
        super().__init__(dock)
        self._dock, self._results, self._layers = dock, results, layers
        self._asker, self._jobs, self._index = asker, jobs, index
        self.siblings = SiblingView(dock, layers)
        self.attribution = AttributionView(dock, results, asker)
        self._looked = ""  # the scene of the place chosen last
        dock.hits.activatedHit.connect(lambda rank: self._act("open", rank))
        dock.hits.actionRequested.connect(self._act)
        dock.hits.picked.connect(self._on_picked)
        dock.header.exportRequested.connect(self.export)
        dock.header.keep.clicked.connect(self.keep)

    def export(self, suffix: str, which: str = SHOWN) -> None:
        """Ask for a file and write the hits that are shown.

        Args:
            suffix: the format's, such as ".gpkg".
            which: all of them, those kept, or those not rejected: a key of ``WANTED``.
        """
        query = self._results.question.query if self._results.question else ""
        name = f"{file_stem(query)}{suffix}"
        path = ask_target(self._dock, tr("Save places"), name, f"*{suffix}")
        if path:
            self.export_to(path, which)

    def export_to(self, path: str, which: str = SHOWN) -> None:
        """Write the hits that are shown, and add the file to the project.

        Args:
            path: its suffix says the format; an existing file is replaced.
            which: all of them, those kept, or those not rejected: a key of ``WANTED``.
        """
        verdict, question = self._layers.verdict, self._results.question
        hits = [hit for hit in self._results.shown() if verdict(hit) in WANTED[which]]
        layer = self._layers.layer
        if self._is_scene(path):
            return
        if not hits or question is None:
            self._dock.message.tell(tr("No places are shown, so there is nothing to save."))
            return
        if Path(path).suffix.lower() in DRIVERS and layer is not None:
            # The slider's last move may not have reached the layer yet.
            self._results.apply_min_strength()
            try:
                self._tell_saved(path, export_layer(layer, path, which))
            except ExportError as error:
                self._dock.message.tell(str(error), warning=True)
            return
        params = export_params(question.index, hits, question.query, path, verdict)
        self._write("export", params, path)

    def _is_scene(self, path: str) -> bool:
        """Whether a file is a scene of the index or the answer; nothing may replace it, says so."""
        answer, file, info = self._results.answer, Path(path), self._index.info
        scenes = {Path(hit.scene) for hit in answer.hits} if answer is not None else set()
        for scene in info.scenes if info is not None else ():
            if Path(scene.path).name.lower() == file.name.lower():  # a look at each takes too long
                scenes.add(Path(scene.path))
        found = file.exists() and any(one.exists() and file.samefile(one) for one in scenes)
        if found:
            text = tr("{0} is a scene that was searched and would be lost. Choose another file.")
            self._dock.message.tell(text.format(path), warning=True)
        return found

    def save_footprints(self, index: str) -> None:
        """Ask for a file and write all chips of an index.

        Args:
            index: absolute path of its folder.
        """
        path, chosen = QFileDialog.getSaveFileName(
            self._dock,
            tr("Save all footprints"),
            str(folder_of_project() / f"{Path(index).stem}_footprints.gpkg"),
            ";;".join(f"{name} (*{suffix})" for name, suffix in FOOTPRINTS),
        )
        if path:
            if Path(path).suffix.lower() not in dict(FOOTPRINTS).values():
                path += chosen.rpartition("*")[2].rstrip(")")
            self._write("footprints", {"index": index, "output": path}, path)

    def keep(self) -> None:
        """Leave the layer to the user, in a file next to the project where that has one."""
        layer = self._layers.keep()
        if layer is None:
            return
        try:
            file = save_beside_project(layer, QgsProject.instance())
        except ExportError as error:
            self._dock.message.tell(str(error), warning=True)
            return
        if file:
            text = tr("Kept as layer {0}, in {1}.").format(layer.name(), Path(file).name)
        else:
            text = tr(
                "Kept as layer {0}, in memory: save the project first, then a pin writes it "
                "beside the project."
            ).format(layer.name())
        self._dock.message.tell(text)

    def open_scene(self) -> None:
        """Load the scene of the chosen place below the matches."""
        self._act("open", self._dock.hits.current_rank())

    def _on_picked(self, rank: int) -> None:
        """Say so where the map stays blank because the scene is not in the project."""
        hit = self._results.hit(rank)
        if hit is None or hit.scene == self._looked:
            return
        self._looked = hit.scene
        project, file = QgsProject.instance(), Path(hit.scene)
        if layer_of_scene(project, hit.scene) is None and file.is_file():
            text = tr("{0} is not in the project; where nothing else lies, the map is empty there.")
            action = ("open_scene", tr("Load it"))
            self._dock.message.tell(text.format(file.name), action=action)

    def _act(self, key: str, rank: int) -> None:
        hit = self._results.hit(rank)
        if hit is None:
            return
        if key == "zoom":
            self._layers.zoom_to(rank)
            self._layers.flash(rank)
        elif key == "where":
            self.attribution.ask(hit)
        elif key == "open":
            self._open_scene(hit)
        elif key == "copy":
            chosen = self._dock.hits.selected_hits()
            lines = [
                f"{longitude:.6f}, {latitude:.6f}"
                for longitude, latitude in map(middle, (chosen if hit in chosen else [hit]))
            ]
            QApplication.clipboard().setText("\n".join(lines))
            what = lines[0] if len(lines) == 1 else tr("{0} places").format(whole(len(lines)))
            self._dock.message.tell(tr("Copied {0} (longitude, latitude).").format(what))
        elif key == "picture":
            name = f"{Path(hit.scene).stem}_{hit.rank}.png"
            path, _filter = QFileDialog.getSaveFileName(
                self._dock, tr("Save picture"), str(folder_of_project() / name), "PNG (*.png)"
            )
            if path:
                self.save_picture_to(hit, path)

    def _open_scene(self, hit: Hit) -> None:
        try:
            load_scene(QgsProject.instance(), hit.scene)
        except SourceError as error:
            self._dock.message.tell(str(error), warning=True)
            return
        self._dock.message.clear()
        self._layers.zoom_to(hit.rank)

    def save_picture_to(self, hit: Hit, path: str) -> None:
        """Let the engine draw a chip and put the picture into a file.

        Args:
            hit: the chip.
            path: of a PNG file.
        """
        question = self._results.question
        if question is None or self._is_scene(path):
            return
        folder = QTemporaryDir()
        params: dict[str, object] = {
            "index": question.index,
            "places": [hit.place()],
            "folder": folder.path(),
            "px": PICTURE_PX,
        }

        def done(result: object) -> None:
            file = read(PictureFiles, result).files[0]
            if Path(path).exists():
                QFile.remove(path)
            if file is None or not QFile.copy(file, path):
                self._dock.message.tell(tr("{0} was not written.").format(path), warning=True)
            else:
                self._dock.message.tell(tr("Saved {0}").format(path))
            folder.remove()

        def failed(error: EngineError) -> None:
            folder.remove()
            self._dock.message.tell_error(error)

        self._asker.ask("thumbnails", params, done, failed)

    def _write(self, method: str, params: dict[str, object], path: str) -> None:
        """Let the engine write a file, and say how it went."""

        def done(made: Written) -> None:
            self._tell_saved(made.output, made.count, made.problems)

        title = tr("Saving {0}").format(Path(path).name)
        self._jobs.run(Job(method, params, title, Written, done))

    def _tell_saved(self, path: str, count: int, problems: tuple[str, ...] = ()) -> None:
        many = counted(count, tr("1 place"), tr("{0} places"))
        text = tr("Saved {0}: {1}.").format(many, path)
        try:
            layer = add_file(path, QgsProject.instance(), self._layers.scale)
            outcome = tr("It is layer {0} now.").format(layer.name())
        except ExportError as error:
            outcome = str(error)
        self._dock.message.tell(" ".join((text, outcome, *problems)), warning=bool(problems))


def middle(hit: Hit) -> tuple[float, float]:
    """Longitude and latitude of a footprint's middle; of its first part where it has more.

    Args:
        hit: with a GeoJSON Polygon or MultiPolygon.
    """
    rings: Any = hit.geometry["coordinates"]
    ring = rings[0] if hit.geometry["type"] == "Polygon" else rings[0][0]
    longitudes, latitudes = [point[0] for point in ring], [point[1] for point in ring]
    return (
        (min(longitudes) + max(longitudes)) / 2,
        (min(latitudes) + max(latitudes)) / 2,
    )


def file_stem(query: str) -> str:
    """A sentence as the name of a file, without suffix.

    Args:
        query: the sentence; an empty one gives a name, too.
    """
    return "".join(c if c.isalnum() else "_" for c in query)[:40].strip("_") or "matches"


def folder_of_project() -> Path:
    """Where files are saved unless the user goes elsewhere: next to the project, else at home."""
    home = QgsProject.instance().homePath()
    return Path(home) if home else Path.home()


def ask_target(
    owner: QWidget, title: str, name: str, file_filter: str = "GeoPackage (*.gpkg)", also: str = ""
) -> str:
    """Ask for a file to save; its path has the suffix of the name proposed. Empty: none was chosen.

    Args:
        owner: of the dialog.
        title: of the dialog.
        name: proposed, in the folder of the project.
        file_filter: of files, as Qt's dialogs have it.
        also: another suffix that may stand there.
    """
    file = str(folder_of_project() / name)
    path, _filter = QFileDialog.getSaveFileName(owner, title, file, file_filter)
    suffix = Path(name).suffix
    return path if not path or path.lower().endswith((suffix, also or suffix)) else path + suffix


def free_path(stem: str, ending: str) -> str:
    """A name in that folder that is free: a number goes behind the stem of one that is taken."""
    folder, number = folder_of_project(), 2
    path = folder / f"{stem}{ending}"
    while path.exists():
        path, number = folder / f"{stem}_{number}{ending}", number + 1
    return str(path)
