"""``cmpagl:searchtext``: a sentence in, the places that match it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsProcessingParameterEnum

from cmpagl_qgis.engine.question import PLAIN, REFINEMENTS
from cmpagl_qgis.texts import tr, tr_noop

from .algorithm import real_number
from .search_algorithm import SearchAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from .algorithm import Values

RERANK = (PLAIN, *REFINEMENTS)


class SearchByText(SearchAlgorithm):
    """Ranks the chips of an index for a sentence."""

    NAME = "searchtext"
    TITLE = tr_noop("Search by text")
    TAGS = tr_noop("find,query,sentence,similarity,embeddings,retrieval,vision-language")
    HELP = tr_noop(
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
    METHOD = "search"
    RERANK, MIN_RELEVANCE = "RERANK", "MIN_RELEVANCE"

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.add_sentence()
        self.add_advanced(
            QgsProcessingParameterEnum(
                self.RERANK,
                tr("Refine the best places"),
                [tr("No"), *map(tr, REFINEMENTS.values())],
                allowMultiple=False,
                defaultValue=0,
            )
        )
        self.add_advanced(real_number(self.MIN_RELEVANCE, tr("Least relevance"), 0.0, 1.0))
        self.add_plain()
        self.add_search_parameters()

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read the sentence and what all searches have.

        Raises:
            PluginError: if a filter has no place on earth.
        """
        super().read_parameters(parameters, context)
        self.asked["rerank"] = RERANK[self.parameterAsEnum(parameters, self.RERANK, context)]
        self.asked.update(
            **self.sentence(parameters, context),
            **self.given_numbers(parameters, context, min_relevance=self.MIN_RELEVANCE),
        )
