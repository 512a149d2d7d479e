"""``cm boats on a canal`` in QGIS's locator bar searches the chosen index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsLocatorFilter, QgsLocatorResult

from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgis.core import QgsFeedback, QgsLocatorContext


class SentenceLocator(QgsLocatorFilter):
    """Offers to search imagery for what was typed behind ``cm``."""

    def __init__(self, chosen: Callable[[str], None]) -> None:
        """Offer nothing yet.

        Args:
            chosen: called with the sentence, in the main thread.
        """
        super().__init__()
        self._chosen = chosen
        self.setUseWithoutPrefix(False)

    def clone(self) -> SentenceLocator:
        """One for a thread of its own."""
        return SentenceLocator(self._chosen)

    def name(self) -> str:
        """Its name in the settings."""
        return "cmpagl"

    def displayName(self) -> str:
        """Its name for a person."""
        return tr("Search imagery")

    def prefix(self) -> str:
        """What is typed before a sentence."""
        return "cm"

    def fetchResults(
        self,
        string: str,
        context: QgsLocatorContext,  # noqa: ARG002 - QGIS's signature
        feedback: QgsFeedback,  # noqa: ARG002
    ) -> None:
        """Offer the search; it is made when the offer is chosen, for each costs the engine time."""
        sentence = " ".join(string.split())
        if not sentence:
            return
        result = QgsLocatorResult()
        result.filter = self
        result.displayString = sentence
        result.description = tr("Search imagery")
        self.resultFetched.emit(result)

    def triggerResult(self, result: QgsLocatorResult) -> None:
        """Search."""
        self._chosen(result.displayString or "")
