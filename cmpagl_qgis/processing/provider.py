"""The provider: what Processing lists under CMPAGL."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .algorithm import ICON
from .build_index import BuildIndex
from .change import Change
from .classify import Classify
from .describe import Describe
from .footprints import DamagedPlaces, IndexFootprints
from .heat_map import HeatMap
from .objects import Objects
from .overview import Overview
from .render_map import RenderMap
from .search_example import SearchByExample
from .search_text import SearchByText
from .verify_index import VerifyIndex
from .watch import WatchQuery
from .where import WhereInChip

ALGORITHMS = (
    BuildIndex, SearchByText, SearchByExample, WatchQuery, Overview, Describe, Classify, HeatMap,
    Objects, WhereInChip, Change, IndexFootprints, DamagedPlaces, VerifyIndex, RenderMap,
)  # fmt: skip


class CmpaglProvider(QgsProcessingProvider):
    """All algorithms, with the prefix ``cmpagl:``."""

    def id(self) -> str:
        """The prefix in commands."""
        return "cmpagl"

    def name(self) -> str:
        """The name in the toolbox; a name, not translated."""
        return "CMPAGL"

    def icon(self) -> QIcon:
        """The plugin's."""
        return QIcon(str(ICON))

    def svgIconPath(self) -> str:
        """The plugin's."""
        return str(ICON)

    def loadAlgorithms(self) -> None:
        """Offer them all."""
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())
