"""Everything this package refuses on purpose: one root, one class for each kind of trouble.

A message says what was found, what is wanted and the next step, in the words of a map maker.
"""


class TilingError(Exception):
    """Anything this package refuses on purpose."""


class ChipSpecError(TilingError):
    """The wishes for chips contradict themselves or lie out of range."""


class SceneRecordError(TilingError):
    """A stored scene record is damaged or was written by something else."""


class UnreadableSceneError(TilingError):
    """A scene is missing, damaged, of a foreign format or too costly to open."""


class NoGeoreferenceError(TilingError):
    """A raster does not say where on Earth it lies."""


class BandError(TilingError):
    """The bands asked for are not in the scene, or do not make a colour picture."""


class DamagedBlockError(TilingError):
    """A block of a scene cannot be decoded; meant for inside this package."""
