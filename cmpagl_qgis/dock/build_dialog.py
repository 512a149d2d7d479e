"""Build an index: which scenes, and where it is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cmpagl_qgis.texts import tr

from .dialogs import buttons
from .theme import GAP, faint_text, make_faint

SUFFIX = ".cmpagl"
RASTERS = "*.tif *.tiff *.vrt *.jp2 *.img *.png *.jpg"


@dataclass(frozen=True)
class Candidate:
    """A raster that may be indexed."""

    name: str
    """What the user calls it."""
    path: str
    """Absolute path of a file or folder; empty when refused."""
    refusal: str = ""
    """Why it cannot be indexed, naming it; empty when it can."""


@dataclass(frozen=True)
class BuildOrder:
    """What is to be built."""

    index: str
    """Absolute path of the index."""
    inputs: tuple[str, ...]
    """Absolute paths of files and folders."""
    ground_sizes_m: tuple[float, ...]
    """Sides of chips on the ground, metres; empty: chosen by the engine for each scene."""


class BuildDialog(QDialog):
    """A list to tick, more files and folders, and the index to write."""

    def __init__(
        self,
        candidates: list[Candidate],
        index: str,
        *,
        extend: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make it; ``open`` shows it.

        Args:
            candidates: rasters of the project, refused ones too.
            index: the path proposed.
            extend: whether scenes are added to an index that is there.
            parent: its owner.
        """
        super().__init__(parent)
        self.setObjectName("cmpaglBuild")
        self.setWindowTitle(tr("Add scenes") if extend else tr("Build an index"))
        self.scenes = QListWidget(self)
        self.scenes.setObjectName("cmpaglBuildScenes")
        self.scenes.setAccessibleName(tr("Scenes to index"))
        self.scenes.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.scenes.setWordWrap(True)
        self.scenes.itemChanged.connect(self._check)
        self.index = QLineEdit(index, self)
        self.index.setObjectName("cmpaglBuildIndex")
        self.index.setReadOnly(extend)
        self.index.textChanged.connect(self._check)
        self.sizes = QLineEdit(self)
        self.sizes.setObjectName("cmpaglBuildSizes")
        self.sizes.setPlaceholderText(tr("chosen for each scene; or metres, such as 100, 400"))
        self.sizes.setToolTip(
            tr(
                "Sides of the chips a scene is cut into, metres on the ground. Small ones find "
                "boats, large ones harbours."
            )
        )
        self.sizes.textChanged.connect(self._check)
        self.problem = QLabel(self)
        self.problem.setObjectName("cmpaglBuildProblem")
        self.problem.setWordWrap(True)
        self.buttons = buttons(
            self, QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel
        )
        self._ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText(tr("Add") if extend else tr("Build"))
        self._arrange(extend=extend)
        for candidate in candidates:
            self.add(candidate)
        self._check()
        self.resize(520, 460)

    def add(self, candidate: Candidate) -> None:
        """Put a raster on the list, ticked unless refused; one that is there is not added again.

        Args:
            candidate: the raster.
        """
        if candidate.path and candidate.path in self._paths(ticked=False):
            return
        text = candidate.refusal or f"{candidate.name}\n{candidate.path}"
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, candidate.path)
        item.setToolTip(candidate.refusal or candidate.path)
        if candidate.refusal:
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)  # readable, and nothing to tick
            item.setForeground(faint_text(self.palette()))
        else:
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsUserCheckable
                | Qt.ItemFlag.ItemIsSelectable
            )
            item.setCheckState(Qt.CheckState.Checked)
        self.scenes.addItem(item)
        self._check()

    def order(self) -> BuildOrder:
        """What is to be built."""
        path = self.index.text().strip()
        if path and not path.endswith(SUFFIX):
            path += SUFFIX
        return BuildOrder(path, tuple(self._paths(ticked=True)), self._sizes() or ())

    def ask_files(self) -> None:
        """Let the user choose files."""
        paths, _filter = QFileDialog.getOpenFileNames(
            self,
            tr("Scenes to index"),
            self._start_folder(),
            tr("Rasters") + f" ({RASTERS});;" + tr("All files") + " (*)",
        )
        for path in paths:
            self.add(Candidate(Path(path).stem, path))

    def ask_folder(self) -> None:
        """Let the user choose a folder."""
        path = QFileDialog.getExistingDirectory(
            self, tr("A folder of scenes"), self._start_folder()
        )
        if path:
            self.add(Candidate(tr("All scenes in {0}").format(Path(path).name), path))

    def _start_folder(self) -> str:
        index = self.index.text().strip()
        return str(Path(index).parent) if index else str(Path.home())

    def _ask_index(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self, tr("Write the index as"), self.index.text(), f"CMPAGL (*{SUFFIX})"
        )
        if path:
            self.index.setText(path if path.endswith(SUFFIX) else path + SUFFIX)

    def _paths(self, *, ticked: bool) -> list[str]:
        items = [self.scenes.item(row) for row in range(self.scenes.count())]
        return [
            item.data(Qt.ItemDataRole.UserRole)
            for item in items
            if item.data(Qt.ItemDataRole.UserRole)
            and (not ticked or item.checkState() == Qt.CheckState.Checked)
        ]

    def _sizes(self) -> tuple[float, ...] | None:
        """Sizes in metres; ``None`` where the text is no list of them."""
        words = self.sizes.text().replace(";", ",").split(",")
        try:
            sizes = tuple(float(word) for word in words if word.strip())
        except ValueError:
            return None
        return sizes if all(0 < size < 1e6 for size in sizes) else None

    def _check(self) -> None:
        self.problem.setText(self._why_not())
        self._ok.setEnabled(not self.problem.text())

    def _why_not(self) -> str:
        if not self._paths(ticked=True):
            return tr("Tick a scene, or add files or a folder.")
        if not self.index.text().strip():
            return tr("Say where the index is written.")
        if not Path(self.index.text().strip()).is_absolute():
            return tr("Give the whole path of the index.")
        if self._sizes() is None:
            return tr("Sizes are metres, separated by commas, such as 100, 400.")
        return ""

    def _arrange(self, *, extend: bool) -> None:
        files = QPushButton(tr("Add files…"), self)
        files.setObjectName("cmpaglBuildAddFiles")
        files.clicked.connect(self.ask_files)
        folder = QPushButton(tr("Add a folder…"), self)
        folder.setObjectName("cmpaglBuildAddFolder")
        folder.clicked.connect(self.ask_folder)
        browse = QPushButton(tr("Browse…"), self)
        browse.setObjectName("cmpaglBuildBrowse")
        browse.clicked.connect(self._ask_index)
        browse.setVisible(not extend)
        for button in (files, folder, browse):
            button.setAutoDefault(False)
        more = QHBoxLayout()
        more.setSpacing(GAP)
        more.addWidget(files)
        more.addWidget(folder)
        more.addStretch(1)
        target = QHBoxLayout()
        target.setSpacing(GAP)
        target.addWidget(self.index, 1)
        target.addWidget(browse)
        layout = QVBoxLayout(self)
        layout.setSpacing(GAP)
        layout.addWidget(_label(tr("&Scenes"), self.scenes, self))
        layout.addWidget(self.scenes, 1)
        layout.addLayout(more)
        layout.addSpacing(GAP)
        layout.addWidget(_label(tr("&Index"), self.index, self))
        layout.addLayout(target)
        layout.addWidget(_label(tr("Ground &size of chips"), self.sizes, self))
        layout.addWidget(self.sizes)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)
        make_faint(self.problem, self.palette())


def _label(text: str, buddy: QWidget, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setBuddy(buddy)
    return label
