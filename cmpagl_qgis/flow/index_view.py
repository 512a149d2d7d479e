"""Choosing, building, inspecting and checking indexes: menus, dialogs and the strip of progress."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QFileDialog, QInputDialog

from cmpagl_qgis.dock.build_dialog import BuildDialog
from cmpagl_qgis.dock.build_order import SUFFIX, BuildOrder
from cmpagl_qgis.dock.build_table import Candidate
from cmpagl_qgis.dock.dialogs import hold
from cmpagl_qgis.engine.job_records import FetchedIndex
from cmpagl_qgis.errors import DIED, UNREADABLE
from cmpagl_qgis.map.sources import project_sources
from cmpagl_qgis.texts import tr

from .build_area import BuildArea
from .build_plan import BuildPlanner
from .build_session import BuildSession, report_sections, report_text
from .change_view import ChangeView
from .class_view import ClassView
from .damage_layer import DamageLayer
from .here_view import HereView
from .hit_actions import folder_of_project, free_path
from .index_session import IndexSession, describe
from .job_session import Job
from .reports import Reports
from .unfinished import forget, unfinished
from .verify_view import VerifyView

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgis.gui import QgsMapCanvas

    from cmpagl_qgis.dock.report_dialog import Actions
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.records import BuildReport
    from cmpagl_qgis.errors import EngineError

    from .hit_actions import HitActions
    from .job_session import JobSession
    from .map_view import MapView


class IndexView(QObject):
    """Listens to the dock's second line."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it listens to
        self,
        dock: SearchDock,
        index: IndexSession,
        builds: BuildSession,
        jobs: JobSession,
        actions: HitActions,
        view: MapView,
        canvas: QgsMapCanvas,
    ) -> None:
        super().__init__(dock)
        self._dock, self._index, self._builds, self._jobs = dock, index, builds, jobs
        self._actions, self._canvas = actions, canvas
        self.dialog: BuildDialog | None = None
        self._offered: BuildOrder | None = None  # to go on with
        self.reports = Reports(dock)
        self.damage = DamageLayer(dock, jobs, canvas)
        self.verify = VerifyView(dock, index, jobs, self.reports)
        self.change = ChangeView(dock, index, jobs)
        self.classes = ClassView(dock, index, jobs, self.reports, view)
        self.here = HereView(dock, index, jobs.asker, canvas)
        dock.index.chosen.connect(index.choose)
        dock.index.buildRequested.connect(self.ask_build)
        dock.index.actionRequested.connect(self.act)
        index.changed.connect(self.refresh)
        builds.began.connect(lambda order: index.choose_growing(order.index))
        builds.began.connect(dock.focus_query)  # what is done can be searched
        builds.built.connect(self._on_built)
        builds.broken.connect(self._on_broken)
        self.refresh()

    def refresh(self) -> None:
        """Show the list of indexes."""
        self._dock.index.set_entries(self._index.entries(), self._index.path)

    def offer_unfinished(self) -> None:
        """Say so, once, if QGIS was closed while an index grew."""
        order = unfinished()
        if order is not None and self._builds.order is None:
            forget(order.index)
            self._offered = order
            text = tr("{0} was not finished. What is done stays; it goes on from there.")
            self._dock.message.tell(
                text.format(Path(order.index).stem), action=("resume", tr("Go on building"))
            )

    def resume(self) -> None:
        """Go on with the build that was cut short."""
        if self._offered is not None:
            self._dock.message.clear()
            self._builds.build(self._offered)

    def act(self, key: str) -> None:
        """Do what the menu of the index offers.

        Args:
            key: what :class:`~cmpagl_qgis.dock.index_bar.IndexBar` carries.
        """
        path = self._index.path
        acts: dict[str, Callable[[], None]] = {
            "open": self._ask_open,
            "fetch": self._ask_fetch,
            "info": self._show_info,
            "extend": lambda: self._open_dialog("", path, extend=True),
            "overview": self.classes.look,
            "here": self.here.start,
            "classify": lambda: self.classes.ask(self._dock.query.text),
            "change": lambda: self.change.ask(self._dock.query.text),
            "verify": lambda: self.verify.ask(path),
            "damage": lambda: self.damage.ask(path),
            "footprints": lambda: self._actions.save_footprints(path),
            "forget": self._index.forget,
        }
        acts[key]()

    def ask_build(self, source: str) -> None:
        """Open the dialog that builds an index.

        Args:
            source: "layers", "files" or "folder": what it asks for first.
        """
        stem = QgsProject.instance().baseName() or "scenes"
        self._open_dialog(source, free_path(stem, SUFFIX), extend=False)

    def close(self) -> None:
        """Give back what map and project have of it."""
        for part in (self.here, self._builds, self.reports, self.damage):
            part.close()

    def _open_dialog(self, source: str, index: str, *, extend: bool) -> None:
        if not self._jobs.asker.alive:
            text = tr("The engine does not run, and without it nothing can be indexed.")
            self._dock.message.tell(text, warning=True, action=("setup", tr("Set up…")))
            return
        if self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
            return
        candidates = []
        if source not in {"files", "folder"}:
            sources, refusals = project_sources(QgsProject.instance())
            candidates += [Candidate(one.name, one.path, crs=one.crs) for one in sources]
            candidates += [Candidate("", "", refusal) for refusal in refusals]
        dialog = BuildDialog(candidates, index, extend=extend, parent=self._dock)
        dialog.accepted.connect(lambda: self._builds.build(dialog.order()))
        hold(self, "dialog", dialog)
        BuildPlanner(self._jobs.asker, dialog)
        BuildArea(dialog, self._canvas, self._dock.message)
        dialog.show()
        if source == "files":
            dialog.ask_files()
        elif source == "folder":
            dialog.ask_folder()

    def _ask_open(self) -> None:
        start = str(Path(self._index.path).parent) if self._index.path else str(folder_of_project())
        path = QFileDialog.getExistingDirectory(
            self._dock, tr("Open an index: a folder that ends in {0}").format(SUFFIX), start
        )
        if path:
            self._index.choose(path)

    def _ask_fetch(self) -> None:
        text = tr("Address of the index, such as {0}:").format("s3://bucket/town.cmpagl")
        title = tr("Open an index in an object store")
        given, agreed = QInputDialog.getText(self._dock, title, text)
        address = given.strip()
        if not (agreed and address):
            return
        name = tr("Fetching {0}").format(Path(address).stem)
        params: dict[str, object] = {"address": address}

        def done(fetched: FetchedIndex) -> None:
            self._index.choose(fetched.index)

        def failed(error: EngineError) -> None:
            stopped = tr("Fetching was stopped. What is here stays for next time.")
            if error.cancelled:
                self._dock.message.tell(stopped)
            else:
                self._dock.message.tell_error(error)

        self._jobs.run(Job("fetch", params, name, FetchedIndex, done, failed, counted=False))

    def _show_info(self) -> None:
        info = self._index.info
        if info is None:
            self._dock.message.tell(
                self._index.problem or tr("The index is not open yet."), warning=True
            )
            return
        self.reports.keep(self._index.name, describe(info), self._damage_action(info.path))
        self.reports.show()

    def _damage_action(self, index: str) -> Actions:
        return (("damage", tr("Show what could not be read"), lambda: self.damage.ask(index)),)

    def _on_built(self, order: BuildOrder, report: BuildReport) -> None:
        troubles = bool(report.problems or report.damaged)
        text = report_text(order, report)
        self.reports.keep(
            Path(order.index).stem,
            report_sections(report),
            self._damage_action(order.index) if report.damaged else (),
        )
        show = ("report", tr("Show")) if troubles or report.notes else ("", "")
        self._dock.message.tell(text, warning=troubles, action=show)
        if self._index.path == order.index:
            self._index.read_again()
        else:
            self._index.changed.emit()

    def _on_broken(self, order: BuildOrder, error: EngineError) -> None:
        name = Path(order.index).stem
        if error.cancelled:
            text = tr(
                "Building {0} was stopped. What is done can be searched; build it again to go on."
            )
            self._dock.message.tell(text.format(name))
        elif error.code in {DIED, UNREADABLE}:
            self._offered = order
            text = tr("Building {0} broke off: {1}").format(name, error.message)
            self._dock.message.tell(text, warning=True, action=("resume", tr("Go on building")))
        else:
            self._dock.message.tell_error(error)
        if error.code not in {DIED, UNREADABLE}:
            self._index.stop_growing(order.index)  # what is done can be searched
