"""``cmpagl:classify``: many sentences at once, a class for each chip of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
)

from cmpagl_qgis.texts import tr, tr_noop

from .algorithm import absolute, real_number
from .copied import LayerAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from .algorithm import Values

FORMATS = ["gpkg", "geojson", "fgb"]
"""That the engine reads labels from."""


class Classify(LayerAlgorithm):
    """Gives each chip the class whose sentence it fits best."""

    NAME = METHOD = "classify"
    TITLE = tr_noop("Classify by sentences")
    TAGS = tr_noop("classes,land cover,zero-shot,accuracy,confusion matrix,kappa")
    HELP = tr_noop(
        "Gives each chip of an index the class that it fits best. The classes are a CSV file: "
        "a name and one or more sentences in each line, such as: harbour,ships in a "
        "harbour.\n\n"
        "Columns: class (none where it reaches the cut-off of no class), nearest (the class it "
        "fits best all the same), score, relevance, margin to the second class, and the "
        "place.\n\n"
        "Ground by class is a layer with one shape for each class in each scene, no place "
        "twice, and colours of its own.\n\n"
        "Areas by class count each place once: a cell as fine as the steps of the smallest "
        "chips is of the class that most chips over it have. Where labels are given, the "
        "accuracy sheet has the confusion matrix, precision, recall, overall accuracy and "
        "kappa."
    )
    CLASSES = "CLASSES"
    MIN_RELEVANCE = "MIN_RELEVANCE"
    LABELS = "LABELS"
    LABEL_FIELD = "LABEL_FIELD"
    AREAS = "AREAS"
    ACCURACY = "ACCURACY"
    MAP = "MAP"
    FILES = ((AREAS, "areas"), (ACCURACY, "accuracy"))
    LAYERS = (*LayerAlgorithm.LAYERS, (MAP, "map"))

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002
        """Declare parameters and outputs."""
        self.add_index_parameter()
        self.addParameter(
            QgsProcessingParameterFile(self.CLASSES, tr("Classes (.csv)"), extension="csv")
        )
        self.add_advanced(real_number(self.MIN_RELEVANCE, tr("Least relevance"), 0.0, 1.0))
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                self.LABELS,
                tr("Labels: points or polygons whose class is known"),
                [
                    QgsProcessing.SourceType.TypeVectorPoint,
                    QgsProcessing.SourceType.TypeVectorPolygon,
                ],
                optional=True,
            )
        )
        self.addParameter(
            QgsProcessingParameterField(
                self.LABEL_FIELD,
                tr("Attribute with the class"),
                "class",
                self.LABELS,
                optional=True,
            )
        )
        self.add_filters()
        self.add_polygons(tr("Classes"), tr("Number of chips"))
        self.addParameter(
            QgsProcessingParameterFeatureSink(
                self.MAP,
                tr("Ground by class"),
                QgsProcessing.SourceType.TypeVectorPolygon,
                optional=True,
                createByDefault=False,
            )
        )
        self.add_sheet(self.AREAS, tr("Areas by class"))
        self.add_sheet(self.ACCURACY, tr("Accuracy sheet"))

    def read_parameters(self, parameters: Values, context: QgsProcessingContext) -> None:
        """Read paths, numbers and filters.

        Raises:
            PluginError: if a filter is none.
        """
        self.asked = {
            "index": self.index_path(parameters, context),
            "classes": absolute(self.parameterAsString(parameters, self.CLASSES, context)),
            **self.given_numbers(parameters, context, min_relevance=self.MIN_RELEVANCE),
            **self.narrowed(parameters, context),
            **self.sheets(parameters, context),
        }
        if parameters.get(self.LABELS):
            self.asked["labels"] = self.parameterAsCompatibleSourceLayerPath(
                parameters, self.LABELS, context, FORMATS, FORMATS[0], QgsProcessingFeedback()
            )
            named = self.parameterAsString(parameters, self.LABEL_FIELD, context)
            self.asked["label_field"] = named or "class"
