"""Verifying an index in the dock: ask, look, tell what was found, repair."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.dock.dialogs import hold
from cmpagl_qgis.dock.report_dialog import Section
from cmpagl_qgis.dock.verify_dialog import VerifyDialog
from cmpagl_qgis.engine.records import Verification
from cmpagl_qgis.texts import counted, tr, whole

from .job_session import Job, JobSession

if TYPE_CHECKING:
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.errors import EngineError

    from .index_session import IndexSession
    from .reports import Reports


class VerifyView(QObject):
    """Verifies one index at a time."""

    def __init__(
        self, dock: SearchDock, index: IndexSession, jobs: JobSession, reports: Reports
    ) -> None:
        super().__init__(dock)
        self._dock, self._index, self._jobs, self._reports = dock, index, jobs, reports
        self.dialog: VerifyDialog | None = None

    def ask(self, index: str) -> None:
        """Open the dialog.

        Args:
            index: absolute path of an index.
        """
        dialog = VerifyDialog(Path(index).stem, self._dock)
        dialog.accepted.connect(lambda: self.verify(index, dialog.sample.value()))
        hold(self, "dialog", dialog)
        dialog.open()

    def verify(self, index: str, sample: int = 0, *, repair: bool = False) -> None:
        """Begin, unless another long request runs.

        Args:
            index: absolute path of the index.
            sample: chips that are encoded again and compared.
            repair: whether what is damaged is rebuilt.
        """
        name = Path(index).stem
        params: dict[str, object] = {"index": index, "sample": sample, "repair": repair}
        title = tr("Repairing {0}") if repair else tr("Verifying {0}")

        def done(found: Verification) -> None:
            again = partial(self.verify, index, sample, repair=True)
            actions = (("repair", tr("Repair"), again),) if found.repairable else ()
            text, telling = headline(name, found), bool(found.problems or found.repaired)
            self._reports.keep(text, sections(found), actions)
            show = ("report", tr("Show")) if telling else ("", "")
            self._dock.message.tell(text, warning=bool(found.problems), action=show)
            if telling:
                self._reports.show()
            over()

        def failed(error: EngineError) -> None:
            if not error.cancelled:
                self._dock.message.tell_error(error)
            elif repair:
                text = tr("Repairing {0} was stopped; what was mended stays so.")
                self._dock.message.tell(text.format(name))
            else:
                self._dock.message.tell(tr("Verifying {0} was stopped.").format(name))
            over()

        def over() -> None:
            if repair and index == self._index.path:
                self._index.read_again()

        title = title.format(name)
        self._jobs.run(Job("verify", params, title, Verification, done, failed, counted=repair))


def headline(name: str, found: Verification) -> str:
    """What came out, in a sentence.

    Args:
        name: of the index.
        found: what the engine says.
    """
    if not found.problems and not found.repaired:
        text = tr("{0} is whole: {1} chips of {2} scenes.").format(
            name, whole(found.chips), whole(found.scenes)
        )
        if found.compared:
            text += " " + tr("{0} were read again and are the same.").format(whole(found.compared))
        return text
    count = len(found.problems)
    left = counted(count, tr("1 problem"), tr("{0} problems"))
    if not found.repaired:
        return tr("{0}: {1}").format(name, left)
    mended = tr("{0}: {1} made anew").format(name, whole(len(found.repaired)))
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
