"""A first look, and classes by sentences, from the dock: the ground in colours, its areas told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, QTemporaryDir

from cmpagl_qgis.dock.classify_dialog import ClassifyDialog
from cmpagl_qgis.dock.dialogs import hold
from cmpagl_qgis.dock.report_dialog import Section
from cmpagl_qgis.engine.job_records import ClassMap, FirstLook
from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.map.written import add_written
from cmpagl_qgis.texts import as_sentence, numeral, tr

from .hit_actions import ask_target
from .job_session import Job, JobSession
from .result_view import undated_text

if TYPE_CHECKING:
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.job_records import ClassArea

    from .index_session import IndexSession
    from .map_view import MapView
    from .reports import Reports

HECTARE_M2 = 10_000
NAMED = 3
"""Classes that a message names."""


class ClassView(QObject):
    """Lets the engine write a layer of classes or groups, and shows it under the places."""

    def __init__(
        self,
        dock: SearchDock,
        index: IndexSession,
        jobs: JobSession,
        reports: Reports,
        view: MapView,
    ) -> None:
        super().__init__(dock)
        self._dock, self._index, self._jobs, self._reports = dock, index, jobs, reports
        self._view = view
        self._folder = QTemporaryDir()
        self.dialog: ClassifyDialog | None = None

    def look(self) -> None:
        """Ask for a file, and take a first look at the chosen index, where the switches say."""
        narrowed = self._narrowed()
        if narrowed is None:
            return
        where, only = narrowed
        name = f"{self._index.name}_{tr('first_look')}.gpkg"
        path = ask_target(self._dock, tr("Save the first look"), name)
        if not path:
            return
        name = tr("First look: {0}").format(self._index.name)

        def done(found: FirstLook) -> None:
            why = tr("The groups have no names: {0}").format(found.notice) if found.notice else ""
            remarks = (only, undated_text(found.undated))
            self._show(name, found.output, found.groups, remarks, (why, *found.problems))

        params: dict[str, object] = {"index": self._index.path, "output": path, **where}
        self._jobs.run(Job("overview", params, name, FirstLook, done))

    def ask(self, query: str) -> None:
        """Open the dialog of classes.

        Args:
            query: what is searched for now, sentences between semicolons, as a start.
        """
        narrowed = self._narrowed()
        if narrowed is None:
            return
        where, only = narrowed
        sentences = tuple(one.strip() for one in query.split(";") if one.strip())
        dialog = ClassifyDialog(sentences, only, self._dock)

        def classify() -> None:
            file = f"{self._index.name}_{tr('classes')}.gpkg"
            path = ask_target(self._dock, tr("Save the ground by class"), file)
            if not path:
                return
            name = tr("Classes: {0}").format(self._index.name)
            classes = Path(self._folder.path(), "classes.csv")
            classes.write_text(dialog.csv_text, encoding="utf-8")
            params: dict[str, object] = {
                "index": self._index.path, "classes": str(classes), "map": path, **where,
            }  # fmt: skip
            if not dialog.none.isChecked():
                params["min_relevance"] = 0.0

            def done(found: ClassMap) -> None:
                remarks = (only, undated_text(found.undated))
                self._show(name, found.map, found.classes, remarks, found.problems)

            self._jobs.run(Job("classify", params, name, ClassMap, done))

        dialog.accepted.connect(classify)
        hold(self, "dialog", dialog)
        dialog.open()

    def _narrowed(self) -> tuple[dict[str, object], str] | None:
        """What the switches say, as the protocol and as people have it.

        ``None``, with a word to the user, where the map has nothing for a switch.
        """
        try:
            where = dict(self._view.where())
        except LayerError as error:
            self._dock.message.tell(str(error), warning=True)
            return None
        switches = self._dock.narrow.summary()
        only = tr("Looked at is only what the switches say: {0}.").format(switches)
        return ({"where": where}, only) if where else ({}, "")

    def _show(
        self,
        name: str,
        file: str,
        areas: tuple[ClassArea, ...],
        remarks: tuple[str, ...],
        problems: tuple[str, ...],
    ) -> None:
        """Show the layer, in the style of the file next to it, and keep its areas as a report."""
        add_written(QgsProject.instance(), file, name)
        total_m2 = sum(area.area_m2 for area in areas)
        chips = max(sum(area.chips for area in areas), 1)
        lines, shares = [], []
        for area in areas:
            share = area.area_m2 / total_m2 if total_m2 else area.chips / chips
            shares.append((share, f"{area.name} {round(100 * share)} %"))
            hectares = numeral(f"{area.area_m2 / HECTARE_M2:,.1f}")
            line = tr("{0}: {1} ha, {2} %").format(area.name, hectares, round(100 * share))
            lines.append(line + (f" ({'; '.join(area.says)})" if area.says else ""))
        self._reports.keep(name, (Section(tr("Area by class"), tuple(lines)),))
        shares.sort(key=lambda one: -one[0])
        largest = ", ".join(text for _share, text in shares[:NAMED])
        more = "…" if len(shares) > NAMED else ""
        text = tr("{0} lies under the places. Most of it: {1}").format(name, largest + more)
        notes = " ".join(as_sentence(one) for one in (*remarks, *problems) if one)
        self._dock.message.tell(
            f"{text} {notes}".strip(),
            warning=any(problems),
            action=("report", tr("Areas")),
        )
