"""Verifying an index in the dock: ask, look, tell what was found, repair."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, pyqtSignal

from cmpagl_qgis.dock.dialogs import hold
from cmpagl_qgis.dock.report_dialog import Section
from cmpagl_qgis.dock.verify_dialog import VerifyDialog
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import Verification
from cmpagl_qgis.texts import counted, tr, whole

from .job_session import Job, JobSession

if TYPE_CHECKING:
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.errors import EngineError

    from .reports import Reports


@dataclass(frozen=True)
class VerifyOrder:
    """What is looked at."""

    index: str
    """Absolute path of the index."""
    sample: int = 0
    """Chips that are encoded again and compared."""
    repair: bool = False
    """Whether what is damaged is made anew."""

    @property
    def name(self) -> str:
        """Of the index, for a person."""
        return Path(self.index).stem


class VerifyView(QObject):
    """Verifies one index at a time. ``repaired`` carries the path of one that was changed."""

    repaired = pyqtSignal(str)

    def __init__(self, dock: SearchDock, jobs: JobSession, reports: Reports) -> None:
        """Wait.

        Args:
            dock: its messages; owns this object.
            jobs: runs the long requests.
            reports: shows what was found.
        """
        super().__init__(dock)
        self._dock, self._jobs = dock, jobs
        self._reports = reports
        self.dialog: VerifyDialog | None = None

    def ask(self, index: str) -> None:
        """Open the dialog.

        Args:
            index: absolute path of an index.
        """
        dialog = VerifyDialog(Path(index).stem, self._dock)
        dialog.accepted.connect(lambda: self.verify(VerifyOrder(index, dialog.sample.value())))
        hold(self, "dialog", dialog)
        dialog.open()

    def verify(self, order: VerifyOrder) -> None:
        """Begin, unless another long request runs.

        Args:
            order: what to look at.
        """
        params: dict[str, object] = {"index": order.index}
        params.update(sample=order.sample, repair=order.repair)
        title = tr("Repairing {0}") if order.repair else tr("Verifying {0}")
        done, failed = partial(self._on_verified, order), partial(self._on_failed, order)
        name = title.format(order.name)
        self._jobs.run(Job("verify", params, name, done, failed, counted=order.repair))

    def close(self) -> None:
        """Close the dialog."""
        if self.dialog is not None:
            self.dialog.close()

    def _on_verified(self, order: VerifyOrder, result: object) -> None:
        found = read(Verification, result)
        again = partial(self.verify, VerifyOrder(order.index, order.sample, repair=True))
        actions = (("repair", tr("Repair"), again),) if found.repairable else ()
        self._reports.keep(headline(order, found), sections(found), actions)
        if order.repair:
            self.repaired.emit(order.index)
        told = bool(found.problems or found.repaired)
        self._dock.message.tell(
            headline(order, found),
            warning=bool(found.problems),
            action=("report", tr("Show")) if told else ("", ""),
        )
        if told:
            self._reports.show()

    def _on_failed(self, order: VerifyOrder, error: EngineError) -> None:
        if not error.cancelled:
            self._dock.message.tell_error(error)
        elif order.repair:
            text = tr("Repairing {0} was stopped; what was mended stays so.")
            self._dock.message.tell(text.format(order.name))
        else:
            self._dock.message.tell(tr("Verifying {0} was stopped.").format(order.name))
        if order.repair:
            self.repaired.emit(order.index)


def headline(order: VerifyOrder, found: Verification) -> str:
    """What came out, in a sentence.

    Args:
        order: what was looked at.
        found: what the engine says.
    """
    if not found.problems and not found.repaired:
        text = tr("{0} is whole: {1} chips of {2} scenes.").format(
            order.name, whole(found.chips), whole(found.scenes)
        )
        if found.compared:
            text += " " + tr("{0} were read again and are the same.").format(whole(found.compared))
        return text
    count = len(found.problems)
    left = counted(count, tr("1 problem"), tr("{0} problems"))
    if not found.repaired:
        return tr("{0}: {1}").format(order.name, left)
    mended = tr("{0}: {1} made anew").format(order.name, whole(len(found.repaired)))
    return mended + ("; " + tr("{0} left").format(left) if count else "; " + tr("whole now"))


def sections(found: Verification) -> tuple[Section, ...]:
    """What came out, under headings.

    Args:
        found: what the engine says.
    """
    rest = tuple(one for one in found.problems if one not in found.repairable)
    return (
        Section(tr("Made anew"), found.repaired),
        Section(
            tr("Damaged in the index"),
            found.repairable,
            tr("Repair makes these anew from the scenes and changes nothing else.")
            if found.repairable
            else "",
        ),
        Section(
            tr("Left to you"),
            rest,
            tr("A scene that has changed is indexed again by Add scenes; one that is gone is found "
               "again when it is put back.")
            if rest
            else "",
        ),
    )  # fmt: skip
