"""One scene's record: what is needed to find, replay and verify its chips.

The record holds facts read once from the file; everything later (plan, footprints, pixels)
follows from the record and the chip specification alone.
"""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass

from .dates import span_of
from .errors import SceneRecordError
from .jsonread import UnfitError, record_from_json


@dataclass(frozen=True, slots=True)
class SceneRecord:
    """A georeferenced raster as it was when it was described."""

    path: str
    """File path or http(s) address, as the user gave it."""
    checksum: str
    """"sha256:" and 64 hexadecimal digits; see :func:`tiling.checksum.scene_checksum`."""
    size_bytes: int
    """Length of the file, bytes; 0 when a server does not tell."""
    mtime_ns: int
    """Last change of the file, ns since 1970; 0 for an address."""
    crs: str
    """"EPSG:28992" or the like where there is a code, else WKT2."""
    transform: tuple[float, ...]
    """Pixel corner to CRS, six numbers a, b, c, d, e, f: x = a col + b row + c,
    y = d col + e row + f; x is easting or longitude whatever the axis order of the CRS."""
    width: int
    """Columns, px."""
    height: int
    """Rows, px."""
    dtype: str
    """Name of the pixel type in the file, as numpy spells it."""
    bands: tuple[int, ...]
    """Bands that become red, green, blue, counted from 1; always three."""
    stretch: tuple[tuple[float, float], ...]
    """For each of the three bands the values that become 0 and 255."""
    gsd_x_m: float
    """Ground length of one column step at the scene's centre, m."""
    gsd_y_m: float
    """Ground length of one row step at the scene's centre, m."""
    palette: bool
    """Whether band 1 holds colour numbers that the file's colour table turns into RGB."""
    from_gcps: bool
    """Whether the file has ground control points only. Its pixels are then those of a
    virtual raster that GDAL warps from it in the CRS of the points, and ``transform``,
    ``width``, ``height`` and all windows belong to that virtual raster."""
    fill: tuple[float, ...] = ()
    """Values that are no data although the file does not say so; see :mod:`tiling.fill`."""
    ignores_alpha: bool = False
    """Whether a band that is tagged as alpha holds something else, such as near infrared."""
    ignores_overviews: bool = False
    """Whether the file's overviews show another picture."""
    side_files: str = ""
    """The state of the sidecar files that matter; empty: there are none. See
    :func:`tiling.sidecars.state`."""
    notes: tuple[str, ...] = ()
    """What a reader should know of how the scene is shown, a sentence each."""
    crs_given: bool = False
    """Whether ``crs`` was given by a user, in place of what the file says."""
    taken: str | None = None
    """When it was taken, a date as :mod:`tiling.dates` reads it; empty: unknown; ``None``: it
    was not asked, by engines from before or of an import."""

    def __post_init__(self) -> None:
        if len(self.transform) != 6 or len(self.bands) != 3 or len(self.stretch) != 3:
            raise SceneRecordError(
                f"the record of {self.path} needs 6 transform numbers, 3 bands and 3 stretches"
            )
        if self.width < 1 or self.height < 1 or min(self.bands) < 1:
            raise SceneRecordError(
                f"the record of {self.path} has {self.width} x {self.height} px, bands {self.bands}"
            )
        limits = [limit for pair in self.stretch for limit in pair]
        numbers = [*self.transform, self.gsd_x_m, self.gsd_y_m, *limits, *self.fill]
        if not all(math.isfinite(number) for number in numbers):
            raise SceneRecordError(f"the record of {self.path} holds a number that is not finite")
        if self.gsd_x_m <= 0 or self.gsd_y_m <= 0:
            raise SceneRecordError(f"the record of {self.path} has a pixel without length")
        if any(low >= high for low, high in self.stretch):
            raise SceneRecordError(f"the record of {self.path} has an empty stretch")
        if self.taken:
            try:
                span_of(self.taken)
            except ValueError as error:
                raise SceneRecordError(f"the record of {self.path} has no date: {error}") from None

    def to_json(self) -> str:
        """One line of JSON, the same for equal records; what is as usual is left out."""
        values = dataclasses.asdict(self)
        for field in dataclasses.fields(self):
            if values[field.name] == field.default:
                del values[field.name]
        return json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> SceneRecord:
        """Read what :meth:`to_json` wrote.

        Args:
            text: a JSON object with exactly the fields of this class; those that have a usual
                value may be missing.

        Raises:
            SceneRecordError: if the text is not JSON, keys are missing or unknown, or a value
                is of the wrong kind, not finite or out of range.
        """
        try:
            return record_from_json(cls, text, "scene record")
        except UnfitError as error:
            raise SceneRecordError(str(error)) from error
