"""Looking at scenes while the build dialog is open: what each is and what it would cost."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.dock.build_order import crs_of
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import BuildPlan, ModelsAtHand, Speed
from cmpagl_qgis.map.sources import is_address
from cmpagl_qgis.settings import Settings

if TYPE_CHECKING:
    from cmpagl_qgis.dock.build_dialog import BuildDialog
    from cmpagl_qgis.dock.build_table import Candidate
    from cmpagl_qgis.engine.asker import Asker
    from cmpagl_qgis.errors import EngineError


UNKNOWN = -1.0
"""A speed that could not be found out."""


class BuildPlanner(QObject):
    """Asks the engine about the rasters of one dialog, one request at a time.

    Files go together, so that the bands of one picture find each other; a folder and an address,
    which may take long, go alone.
    """

    def __init__(self, asker: Asker, dialog: BuildDialog) -> None:
        super().__init__(dialog)
        self._asker, self._dialog = asker, dialog
        self._waiting: deque[list[Candidate]] = deque()
        self._asked: list[Candidate] = []
        self._number = self._speed_number = 0
        self._problem = self._model = ""
        self._dialog.show_speed(Settings().chips_per_s)
        dialog.planRequested.connect(self._on_request)
        dialog.finished.connect(self._stop)
        # An engine that knows no such request, or cannot answer, leaves its own choice.
        self._models_number = asker.ask(
            "models",
            {},
            lambda result: dialog.show_models(read(ModelsAtHand, result)),
            lambda _error: None,
        )
        dialog.look_at_all()

    def _on_request(self, candidates: list[Candidate], restart: bool) -> None:  # noqa: FBT001 - a signal's value
        if restart:
            self._drop()
            self._waiting.clear()
            self._problem = ""
            model = self._dialog.order().model
            if model != self._model:  # what is known of one model says nothing of another
                self._asker.forget(self._speed_number)
                self._model, self._speed_number = model, 0
                self._dialog.show_speed(self._kept())
        files = [one for one in candidates if not (one.folder or is_address(one.path))]
        alone = [[one] for one in candidates if one.folder or is_address(one.path)]
        self._waiting += [files, *alone] if files else alone
        self._go_on()

    def _go_on(self) -> None:
        if self._number:
            return
        if not self._waiting:
            self._dialog.show_looking(looking=False, problem=self._problem)
            return
        self._asked = self._waiting.popleft()
        params: dict[str, object] = {"inputs": [one.path for one in self._asked]}
        params.update(self._where())
        crs = crs_of(self._asked)
        if crs:
            params["crs"] = dict(crs)
        options = self._dialog.order().options()
        if options:
            params["options"] = options

        def failed(error: EngineError) -> None:
            # Scenes that were not counted can be built all the same; the engine will say of each.
            self._number = 0
            self._problem = error.message
            self._go_on()

        self._dialog.show_looking(looking=True)
        self._number = self._asker.ask("plan", params, self._on_plan, failed)

    def _on_plan(self, result: object) -> None:
        plan = read(BuildPlan, result)
        self._number = 0
        self._dialog.show_plan(self._asked, plan)

        def measured(result: object) -> None:
            speed = read(Speed, result).chips_per_s
            if not self._model:
                Settings().chips_per_s = speed
            self._dialog.show_speed(speed)

        if not self._speed_number:
            # Without an answer, what was known before still counts.
            self._speed_number = self._asker.ask(
                "speed",
                self._where(),
                measured,
                lambda _error: self._dialog.show_speed(self._kept() or UNKNOWN),
            )
        self._go_on()

    def _where(self) -> dict[str, object]:
        """The parameters that name index and model, where they are set."""
        path, model = self._dialog.index_path(), self._dialog.order().model
        params: dict[str, object] = {"index": path} if Path(path).is_absolute() else {}
        return {**params, "model": model} if model else params

    def _kept(self) -> float:
        """Chips a second as the last time, 0: not known; kept of the usual model alone."""
        return 0.0 if self._model else Settings().chips_per_s

    def _stop(self) -> None:
        self._waiting.clear()
        self._drop()
        self._asker.forget(self._speed_number)
        self._asker.forget(self._models_number)

    def _drop(self) -> None:
        """Let the engine stop looking when it can; it is not killed for that, for it may build."""
        if self._number:
            self._asker.forget(self._number)
            self._asker.cancel(self._number, patience_ms=None)
            self._number = 0
