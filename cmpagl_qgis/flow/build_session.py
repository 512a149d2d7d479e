"""Building and extending an index, and going on after QGIS was closed in the middle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, pyqtSignal

from cmpagl_qgis.dock.report_dialog import Section
from cmpagl_qgis.engine.client import WRITING_MS
from cmpagl_qgis.engine.records import BuildReport
from cmpagl_qgis.errors import DIED, UNREADABLE
from cmpagl_qgis.texts import counted, tr, whole

from .job_session import Job, JobSession
from .unfinished import forget, remember

if TYPE_CHECKING:
    from cmpagl_qgis.dock.build_order import BuildOrder
    from cmpagl_qgis.engine.records import Growing
    from cmpagl_qgis.errors import EngineError

    from .unfinished import Claim


class BuildSession(QObject):
    """Builds one index at a time.

    ``began`` carries the order; ``built`` the order and a
    :class:`~cmpagl_qgis.engine.records.BuildReport`; ``broken`` the order and an
    :class:`~cmpagl_qgis.errors.EngineError`.
    """

    began = pyqtSignal(object)
    built = pyqtSignal(object, object)
    broken = pyqtSignal(object, object)

    def __init__(self, jobs: JobSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.order: BuildOrder | None = None
        """What is being built."""
        self._claim: Claim | None = None

    def build(self, order: BuildOrder) -> None:
        """Begin, unless another long request runs.

        Args:
            order: scenes and index.
        """
        params: dict[str, object] = {"index": order.index, "inputs": list(order.inputs)}
        if order.options():
            params["options"] = order.options()
        if order.crs:
            params["crs"] = dict(order.crs)
        if order.model:
            params["model"] = order.model

        def done(report: BuildReport) -> None:
            self.order = None
            self.close()
            forget(order.index)
            self.built.emit(order, report)

        def failed(error: EngineError) -> None:
            self.order = None
            self.close()
            # Only a build that an accident ended is offered again when QGIS starts.
            if error.code not in {DIED, UNREADABLE}:
                forget(order.index)
            self.broken.emit(order, error)

        title = tr("Building {0}").format(Path(order.index).stem)
        job = Job("index", params, title, BuildReport, done, failed, patience_ms=WRITING_MS)
        if self._jobs.run(job):
            self.order = order
            self._claim = remember(order)
            self.began.emit(order)

    def close(self) -> None:
        """Let another window, or the next start, go on with what is unfinished."""
        if self._claim is not None:
            self._claim.release()
            self._claim = None


def ready_text(ready: int, total: int) -> str:
    """How much of an index that is being built was searched, to be put behind what was found.

    Args:
        ready: chips that were searched.
        total: chips that are being made; those of scenes that were there before come on top.
    """
    if total < ready:
        return tr("; searched the {0} chips that are ready").format(whole(ready))
    return tr("; searched what is ready: {0} of {1} chips").format(whole(ready), whole(total))


def growing_text(growing: Growing) -> str:
    """How much of an index that grows was searched, to be put behind what was found.

    Args:
        growing: how far it is.
    """
    if not growing.scenes:
        return tr("; scenes are being looked at")
    return tr("; {0} of {1} scenes so far").format(whole(growing.done), whole(growing.scenes))


def report_text(order: BuildOrder, report: BuildReport) -> str:
    """What a build did, in one or two sentences.

    Args:
        order: what was asked for.
        report: what the engine says.
    """
    name = Path(order.index).stem
    if report.new_chips:
        text = tr("{0}: {1} new chips in {2} s.").format(
            name, whole(report.new_chips), f"{report.seconds:.0f}"
        )
    else:
        text = tr("{0}: nothing new.").format(name)
    for met, one, many in (
        (report.problems, tr("1 scene could not be used."), tr("{0} scenes could not be used.")),
        (
            report.damaged,
            tr("1 scene could be read in part only."),
            tr("{0} scenes could be read in part only."),
        ),
        (report.notes, tr("There is a note on 1 scene."), tr("There are {0} notes on scenes.")),
    ):
        text += " " + counted(len(met), one, many) if met else ""
    return text


def report_sections(report: BuildReport) -> tuple[Section, ...]:
    """What a build met on its way, under headings.

    Args:
        report: what the engine says.
    """
    return (
        Section(tr("Could not be used"), report.problems),
        Section(tr("Could be read in part; the rest is indexed"), report.damaged),
        Section(tr("Worth knowing"), report.notes),
    )
