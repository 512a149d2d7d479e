"""``cmpagl:searchtext``: a sentence in, the places that match it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from cmpagl_qgis.engine.question import PLAIN, REFINEMENTS
from cmpagl_qgis.texts import tr

from .hit_sink import fields_help
from .search_algorithm import SearchAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from .algorithm import Values

RERANK = (PLAIN, *REFINEMENTS)


class SearchByText(SearchAlgorithm):
    """Ranks the chips of an index for a sentence."""

    NAME = "searchtext"
    METHOD = "search"
    QUERY = "QUERY"
    RERANK = "RERANK"
    MIN_RELEVANCE = "MIN_RELEVANCE"
    PLAIN = "PLAIN"

    def createInstance(self) -> SearchByText:
        """A fresh one for a run."""
        return SearchByText()

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr("Search by text")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("find,query,sentence,similarity,embeddings,retrieval,vision-language").split(",")

    def shortHelpString(self) -> str:
        """The help beside the dialog."""
        return (
            tr(
                "Finds the places of an index that match a sentence, such as: boats on a canal "
                "beside a factory.\n\n"
                "Extent and polygons cut the chips before they are ranked: chips that touch them "
                "stay.\n\n"
                "Refining looks at the best places again: it compares them with reference "
                "sentences, or reads them again from their scenes and gives each a probability, or "
                "both. A model that cannot refuses it.\n\n"
                "Relevance is the probability that a person would call a place right. Where "
                "nothing fits, the log says so, and the nearest places come all the same unless a "
                "least relevance is given.\n\n"
                "What a sentence says is not wanted (no, without, but not) is taken off the rest, "
                "and the log says how it was read. Commas with signs give weights: parking lot^2, "
                "trees, -cars. Matches have no relevance then; with refining or a least relevance "
                "the sentence is taken as it stands."
            )
            + "\n\n"
            + fields_help()
        )

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.addParameter(QgsProcessingParameterString(self.QUERY, tr("What to find")))
        self.add_advanced(
            QgsProcessingParameterEnum(
                self.RERANK,
                tr("Refine the best places"),
                [tr("No"), *map(tr, REFINEMENTS.values())],
                allowMultiple=False,
                defaultValue=0,
            )
        )
        self.add_advanced(
            QgsProcessingParameterNumber(
                self.MIN_RELEVANCE,
                tr("Least relevance"),
                QgsProcessingParameterNumber.Type.Double,
                optional=True,
                minValue=0.0,
                maxValue=1.0,
            )
        )
        self.add_advanced(
            QgsProcessingParameterBoolean(
                self.PLAIN, tr("Take the sentence as it stands, not by parts"), defaultValue=False
            )
        )
        self.add_search_parameters()

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read the sentence and what all searches have.

        Raises:
            PluginError: if a filter has no place on earth.
        """
        super().read_parameters(parameters, context)
        self._params["query"] = self.parameterAsString(parameters, self.QUERY, context)
        self._params["rerank"] = RERANK[self.parameterAsEnum(parameters, self.RERANK, context)]
        if self.parameterAsBoolean(parameters, self.PLAIN, context):
            self._params["plain"] = True
        if parameters.get(self.MIN_RELEVANCE) is not None:
            least = self.parameterAsDouble(parameters, self.MIN_RELEVANCE, context)
            self._params["min_relevance"] = least
