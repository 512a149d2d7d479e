"""Everything this package refuses on purpose. Start at :class:`CmpaglError`."""

from __future__ import annotations


class CmpaglError(Exception):
    """Root of the refusals; its text says what was found, what was wanted and the next step."""


class ConfigError(CmpaglError):
    """A model or training configuration does not hold."""


class ModelError(CmpaglError):
    """A model folder is missing, damaged or of another kind."""


class MissingExtraError(CmpaglError):
    """An optional library is not installed."""


class IndexFormatError(CmpaglError):
    """A folder is not an index this version can read."""


class ManifestError(IndexFormatError):
    """The manifest of an index is damaged or lost; its parts may be whole."""


class DamagedArraysError(IndexFormatError):
    """What an open index is mapped from has changed under it; opened again it is whole again."""


class IndexMismatchError(CmpaglError):
    """The index was made with another model or another chip specification."""


class ClusterError(CmpaglError):
    """An index cannot be shared out among processes as asked."""


class SourceError(CmpaglError):
    """A file of embeddings cannot be imported."""


class QueryError(CmpaglError):
    """A query cannot be answered as asked."""


class NoPlaceError(QueryError):
    """An index has no chip at a place.

    Attributes:
        undated: chips there that were left out, because nobody knows whether they are of the time
            asked for.
    """

    def __init__(self, message: str, undated: int = 0) -> None:
        super().__init__(message)
        self.undated = undated


class OutputError(CmpaglError):
    """A result cannot be written where it was asked for."""


class DatasetError(CmpaglError):
    """A training or evaluation data set cannot be read."""


class EvaluationError(CmpaglError):
    """Figures cannot be computed from the scores that were given."""


class TrainingError(CmpaglError):
    """A training run cannot go on."""


class InstallError(CmpaglError):
    """The plugin cannot be placed in QGIS."""


def first_line(error: BaseException) -> str:
    """The first line of what a library says; its kind, where it says nothing."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__
