"""Build an index: which scenes, cut how, what that costs, and where it is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from cmpagl_qgis.texts import counted, tr, tr_noop, whole

from .amounts import duration, length, megabytes
from .build_order import SUFFIX, BuildOrder, crs_of
from .build_table import Candidate, ScenesView, Totals
from .dialogs import ask, buttons
from .model_choice import ModelChoice
from .small_widgets import browse_button, label_of, named, push_button, stack, wrapped
from .theme import GAP, make_faint

if TYPE_CHECKING:
    from cmpagl_qgis.engine.records import BuildPlan, ModelsAtHand

RASTERS = "*.tif *.tiff *.vrt *.jp2 *.img *.gpkg *.mbtiles *.png *.jpg *.jpeg"
PRESETS = (
    (tr_noop("Cars and boats"), 75.0),
    (tr_noop("Buildings"), 150.0),
    (tr_noop("Blocks of houses"), 300.0),
    (tr_noop("Landscape"), 1000.0),
)
"""What is looked for, and the side of a chip that shows it with its surroundings, metres. The model
learned from pictures of 75 m to some kilometres."""
LARGE_CHIPS, LARGE_S = 200_000, 30 * 60
"""From which a build is asked about once more."""


class BuildDialog(QDialog):
    """A table to tick, more files and folders, and the index to write.

    ``planRequested`` carries rasters that are to be looked at, and whether in place of all that
    were asked for before. Answers go to :meth:`show_plan`. ``areaRequested`` carries "view" or
    "draw"; the answer goes to :meth:`set_area`.
    """

    planRequested = pyqtSignal(object, bool)
    areaRequested = pyqtSignal(str)

    def __init__(
        self,
        candidates: list[Candidate],
        index: str,
        *,
        extend: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make it; ``show`` shows it, and the map stays usable.

        Args:
            candidates: rasters of the project, refused ones too.
            index: the path proposed.
            extend: whether scenes are added to an index that is there: cut as it is.
            parent: its owner.
        """
        super().__init__(parent)
        self.setObjectName("cmpaglBuild")
        self.setWindowTitle(tr("Add scenes") if extend else tr("Build an index"))
        self._extend, self._looking, self._why_uncounted = extend, False, ""
        self._free_bytes: int | None = None
        self._area: tuple[float, ...] = ()
        self._area_name = ""
        self.scenes = ScenesView(self)
        self.scenes.table.changed.connect(self._check)
        self.index = named(QLineEdit(index, self), "cmpaglBuildIndex")
        self.index.setReadOnly(extend)
        self.index.textChanged.connect(self._check)
        self._make_cut()
        self.model = ModelChoice(self)
        self.model.activated.connect(self.look_at_all)
        self.totals = wrapped("", self, "cmpaglBuildTotals")
        font = self.totals.font()
        font.setBold(True)
        self.totals.setFont(font)
        self.problem = wrapped("", self, "cmpaglBuildProblem")
        self.buttons = buttons(self, "Build an index")
        self._ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText(tr("Add") if extend else tr("Build"))
        self._arrange()
        for candidate in candidates:
            self.scenes.table.add(candidate)
        self._check()
        self.resize(940, 560)

    def add(self, *candidates: Candidate) -> None:
        """Put rasters on the list and have them looked at; those that are there stay as they are.

        Args:
            candidates: the rasters.
        """
        new = [one for one in candidates if self.scenes.table.add(one) and one.path]
        self._ask_plan(new, restart=False)

    def order(self) -> BuildOrder:
        """What is to be built."""
        ticked = self.scenes.table.ticked()
        return BuildOrder(
            self.index_path(),
            tuple(one.path for one in ticked),
            self.ground_sizes() or (),
            crs_of(ticked),
            self._area,
            self.model.chosen(),
        )

    def index_path(self) -> str:
        """Where the index is written, with its ending; empty: not said yet."""
        return _with_suffix(self.index.text().strip())

    def ground_sizes(self) -> tuple[float, ...] | None:
        """Sizes in metres, none: chosen for each scene; ``None`` where the text is no list."""
        words = self.sizes.text().replace(";", ",").split(",")
        try:
            sizes = tuple(float(word) for word in words if word.strip())
        except ValueError:
            return None
        return sizes if all(0 < size < 1e6 for size in sizes) else None

    def look_at_all(self) -> None:
        """Have all scenes looked at, again where they were before."""
        self.scenes.table.forget_counts()
        self._ask_plan(self.scenes.table.candidates(), restart=True)

    def set_area(self, area: tuple[float, ...], name: str = "") -> None:
        """Index only what touches an area.

        Args:
            area: west, south, east, north in degrees; empty: the area stays what it was.
            name: "view" or "draw": where it comes from.
        """
        self.area.setCurrentIndex(self.area.findData(name if area else self._area_name))
        if area and area != self._area:
            self._area, self._area_name = area, name
            self.look_at_all()

    def show_plan(self, asked: list[Candidate], plan: BuildPlan) -> None:
        """Fill the rows of some rasters.

        Args:
            asked: the rasters that were looked at.
            plan: what the engine says of them.
        """
        self._free_bytes = plan.free_bytes
        self.scenes.table.take(asked, plan)

    def show_models(self, at_hand: ModelsAtHand) -> None:
        """Offer the models that the new index can be made with, if there is a choice.

        Args:
            at_hand: what the engine says of them.
        """
        if not self._extend:
            self.model.offer(at_hand)

    def show_speed(self, chips_per_s: float) -> None:
        """Show how long it takes.

        Args:
            chips_per_s: that this machine encodes; below 0: it could not be found out.
        """
        self.scenes.table.set_speed(chips_per_s)

    def show_looking(self, *, looking: bool, problem: str = "") -> None:
        """Say whether scenes are being looked at.

        Args:
            looking: whether answers are still to come.
            problem: why some will not come; empty: all is well.
        """
        self._looking, self._why_uncounted = looking, problem
        self._check()

    def accept(self) -> None:
        """Build; what is large is asked about first, once."""
        totals = self.scenes.table.totals()
        doubts = [self._too_little_room(totals)]
        if totals.chips > LARGE_CHIPS or totals.seconds > LARGE_S:
            text = tr(
                "{0}. Larger chips make it shorter: twice the side is a quarter of the chips. So "
                "does an area. You can stop it at any time; what is done stays and can be "
                "searched."
            )
            doubts.append(text.format(self._totals_text(totals)))
        elif totals.uncounted:
            doubts.append(tr("{0} scenes were not counted yet.").format(whole(totals.uncounted)))
        text = " ".join(filter(None, doubts))
        if not text:
            super().accept()
            return
        title, label = tr("A large index"), tr("Build it all the same")
        ask(self, title, text, label, lambda: QDialog.accept(self))

    def ask_files(self) -> None:
        """Let the user choose files."""
        paths, _filter = QFileDialog.getOpenFileNames(
            self,
            tr("Scenes to index"),
            self._start_folder(),
            tr("Rasters") + f" ({RASTERS});;" + tr("All files") + " (*)",
        )
        self.add(*(Candidate(Path(path).stem, path) for path in paths))

    def ask_folder(self) -> None:
        """Let the user choose a folder."""
        path = QFileDialog.getExistingDirectory(
            self, tr("A folder of scenes"), self._start_folder()
        )
        if path:
            name = tr("All scenes in {0}").format(Path(path).name)
            self.add(Candidate(name, path, folder=True))

    def _ask_plan(self, candidates: list[Candidate], *, restart: bool) -> None:
        if candidates:
            self._looking = True
            self.planRequested.emit(candidates, restart)
            self._check()

    def _start_folder(self) -> str:
        index = self.index.text().strip()
        return str(Path(index).parent) if index else str(Path.home())

    def _check(self) -> None:
        totals = self.scenes.table.totals()
        self.totals.setText(self._totals_text(totals))
        self.problem.setText(self._why_not(totals) or self._too_little_room(totals))
        self._ok.setEnabled(not self._why_not(totals))

    def _why_not(self, totals: Totals) -> str:
        if not totals.scenes:
            return tr("Tick a scene, or add files or a folder.")
        if not self.index.text().strip():
            return tr("Say where the index is written.")
        if not Path(self.index.text().strip()).is_absolute():
            return tr("Give the whole path of the index.")
        if self.ground_sizes() is None:
            return tr("Sizes are metres, separated by commas, such as 100, 400.")
        return ""

    def _totals_text(self, totals: Totals) -> str:
        if not totals.scenes:
            return ""
        parts = [counted(totals.scenes, tr("1 scene"), tr("{0} scenes"))]
        if totals.uncounted < totals.scenes:
            parts.append(tr("{0} chips").format(whole(totals.chips)))
            parts += [duration(totals.seconds)] if totals.seconds else []
            parts += [megabytes(totals.size_bytes)] if totals.size_bytes else []
        text = ", ".join(parts)
        if totals.uncounted and self._looking:
            return tr("{0}; looking at {1} more…").format(text, whole(totals.uncounted))
        if totals.uncounted:
            more = tr("{0}; {1} could not be counted. {2}")
            return more.format(text, whole(totals.uncounted), self._why_uncounted).strip()
        return text

    def _too_little_room(self, totals: Totals) -> str:
        if self._free_bytes is None or totals.size_bytes < self._free_bytes:
            return ""
        text = tr("It takes {0}, and {1} are free there. Choose another place or larger chips.")
        return text.format(megabytes(totals.size_bytes), megabytes(self._free_bytes) or "0 MB")

    def _make_cut(self) -> None:
        """How scenes are cut, and where; a preset fills in sizes in metres, which count."""
        self.preset = named(QComboBox(self), "cmpaglBuildPreset")
        self.preset.setAccessibleName(tr("What is looked for"))
        self.preset.addItem(tr("Chosen for each scene"), "")
        for name, metres in PRESETS:
            self.preset.addItem(tr("{0}: {1}").format(tr(name), length(metres)), f"{metres:g}")
        self.preset.addItem(tr("Own sizes"), None)
        self.sizes = named(QLineEdit(self), "cmpaglBuildSizes")
        self.sizes.setPlaceholderText(tr("or sides of chips in metres, such as 100, 400"))
        self.sizes.setToolTip(
            tr(
                "Sides of the chips a scene is cut into, metres on the ground. Small ones find "
                "boats, large ones harbours."
            )
        )
        if self._extend:
            self.preset.setEnabled(False)
            self.sizes.setEnabled(False)
            self.sizes.setPlaceholderText(tr("as the index has them"))
        self.preset.activated.connect(self._on_preset)
        self.sizes.textChanged.connect(self._on_sizes)
        self.sizes.editingFinished.connect(self._on_sizes_done)
        self._counted_sizes = self.ground_sizes()
        self.area = named(QComboBox(self), "cmpaglBuildArea")
        self.area.addItem(tr("Whole scenes"), "")
        self.area.addItem(tr("What the map shows now"), "view")
        self.area.addItem(tr("A rectangle drawn on the map…"), "draw")
        self.area.setToolTip(
            tr("Chips outside are not made. The index keeps its area when scenes are added to it.")
        )
        if self._extend:
            self.area.setItemText(0, tr("As the index has it"))
            self.area.setEnabled(False)
        self.area.activated.connect(self._on_area)

    def _on_preset(self) -> None:
        metres = self.preset.currentData()
        if metres is None:
            self.sizes.setFocus()
            return
        self.sizes.setText(metres)
        self._on_sizes_done()

    def _on_sizes(self) -> None:
        """Let the choice follow what is typed."""
        row = self.preset.findData(self.sizes.text().strip())
        self.preset.setCurrentIndex(row if row >= 0 else self.preset.count() - 1)
        self._check()

    def _on_sizes_done(self) -> None:
        sizes = self.ground_sizes()
        if sizes is not None and sizes != self._counted_sizes:
            self._counted_sizes = sizes
            self.look_at_all()

    def _on_area(self) -> None:
        name = self.area.currentData()
        if name:
            self.areaRequested.emit(name)
        elif self._area:
            self._area, self._area_name = (), ""
            self.look_at_all()

    def _arrange(self) -> None:
        self.files = push_button(tr("Add files…"), "cmpaglBuildAddFiles", self.ask_files, self)
        self.folder = push_button(
            tr("Add a folder…"), "cmpaglBuildAddFolder", self.ask_folder, self
        )

        def choose_index() -> str:
            title, file_filter = tr("Write the index as"), f"CMPAGL (*{SUFFIX})"
            path, _filter = QFileDialog.getSaveFileName(self, title, self.index.text(), file_filter)
            return _with_suffix(path)

        browse = browse_button("cmpaglBuildBrowse", self.index, choose_index, self)
        browse.setVisible(not self._extend)
        more = stack(QHBoxLayout(), self.files, self.folder, gap=GAP)
        sizes = stack(QHBoxLayout(), self.preset, (self.sizes, 1), gap=GAP)
        area, model = (stack(QHBoxLayout(), one, gap=GAP) for one in (self.area, self.model))
        for row in (more, area, model):
            row.addStretch(1)
        target = stack(QHBoxLayout(), (self.index, 1), browse, gap=GAP)
        scenes = label_of(self.scenes, tr("&Scenes"))
        layout = stack(QVBoxLayout(self), scenes, (self.scenes, 1), more, GAP, gap=GAP)
        form = QGridLayout()
        form.setSpacing(GAP)
        form.setColumnStretch(1, 1)
        for line, (label, row) in enumerate(
            (
                (label_of(self.preset, tr("&Look for")), sizes),
                (label_of(self.area, tr("&Only inside")), area),
                (self.model.label, model),
                (label_of(self.index, tr("&Index")), target),
            )
        ):
            form.addWidget(label, line, 0)
            form.addLayout(row, line, 1)
        stack(layout, form, GAP, self.totals, self.problem, self.buttons)
        make_faint(self.problem)


def _with_suffix(path: str) -> str:
    return path if not path or path.endswith(SUFFIX) else path + SUFFIX
