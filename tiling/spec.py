"""The chip specification: size, ground sizes, overlap, bands and stretch.

A specification is stored in the index and hashed, so its JSON is stable: sorted keys, no
blanks, every field present but an empty ``bbox``, unknown keys refused.
"""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

from .errors import ChipSpecError
from .jsonread import UnfitError, record_from_json

StretchKind = Literal["auto", "none", "percentile", "fixed"]

MAX_SIZE_PX = 4096
MAX_OVERLAP = 0.95
AROUND_EARTH_M = 40_000_000


@dataclass(frozen=True, slots=True)
class StretchRule:
    """How pixel values become 0-255."""

    kind: StretchKind
    """"auto", "none" (values are 0-255 already), "percentile" (2 to 98) or "fixed"."""
    low: float = 0.0
    """Value that becomes 0; only for "fixed"."""
    high: float = 255.0
    """Value that becomes 255; only for "fixed"."""

    def __str__(self) -> str:
        return f"{self.low!r},{self.high!r}" if self.kind == "fixed" else self.kind


def parse_stretch(text: str) -> StretchRule:
    """Read a stretch as a user writes it.

    Args:
        text: "auto", "none", "percentile" or two numbers "LOW,HIGH".

    Returns:
        The rule; ``str(rule)`` parses back to an equal rule.

    Raises:
        ChipSpecError: if it is none of these, or LOW is not below HIGH.

    Example:
        >>> parse_stretch("0,3000")
        StretchRule(kind='fixed', low=0.0, high=3000.0)
    """
    word = text.strip().lower()
    for kind in get_args(StretchKind)[:3]:
        if word == kind:
            return StretchRule(kind)
    try:
        low, high = (float(part) for part in word.split(","))
    except ValueError:
        raise ChipSpecError(
            f"stretch {text!r} is not known; give auto, none, percentile or LOW,HIGH such as 0,3000"
        ) from None
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ChipSpecError(f"stretch {text!r} needs two finite numbers, the lower one first")
    return StretchRule("fixed", low, high)


@dataclass(frozen=True, slots=True)
class ChipSpec:
    """Wishes for the chips of an index; checked at birth.

    At most one of ``gsd_m``, ``ground_sizes_m`` and ``native`` is given; with none of them
    ground sizes are chosen for each scene from its extent and resolution.
    """

    size_px: int = 192
    """Side of the square chip handed out, px."""
    gsd_m: float | None = None
    """One scale: ground metres per chip pixel; ``None`` for another mode."""
    ground_sizes_m: tuple[float, ...] = ()
    """Several scales: ground sides of chips in metres, small to large; empty for another mode."""
    native: bool = False
    """Whether chips are ``size_px`` native pixels wide, never resampled."""
    overlap: float = 0.5
    """Share of a chip's side that its neighbour repeats, 0 to 0.95."""
    min_valid: float = 0.25
    """Least share of valid pixels, 0 to 1; chips below are skipped."""
    bands: tuple[int, ...] = ()
    """One band (grey) or three (red, green, blue), counted from 1; empty to choose by itself."""
    stretch: str = "auto"
    """"auto", "none", "percentile" or "LOW,HIGH"; see :func:`parse_stretch`."""
    bbox: tuple[float, ...] = ()
    """West, south, east, north in degrees, west above east across the antimeridian: chips that do
    not touch this box are not made; empty: whole scenes."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "ground_sizes_m", tuple(sorted(map(float, self.ground_sizes_m))))
        object.__setattr__(self, "bands", tuple(self.bands))
        object.__setattr__(self, "bbox", tuple(map(float, self.bbox)))
        object.__setattr__(self, "stretch", str(parse_stretch(self.stretch)))
        if not _is_whole(self.size_px) or not 1 <= self.size_px <= MAX_SIZE_PX:
            raise ChipSpecError(
                f"chip size must be a whole number of pixels from 1 to {MAX_SIZE_PX}, "
                f"got {self.size_px!r}"
            )
        self._check_scale()
        if not 0 <= self.overlap <= MAX_OVERLAP:
            raise ChipSpecError(f"overlap must be from 0 to {MAX_OVERLAP}, got {self.overlap}")
        if not 0 <= self.min_valid <= 1:
            raise ChipSpecError(f"min_valid must be from 0 to 1, got {self.min_valid}")
        if len(self.bands) not in {0, 1, 3}:
            raise ChipSpecError(f"give one band or three (red, green, blue), got {len(self.bands)}")
        if not all(_is_whole(band) and band >= 1 for band in self.bands):
            raise ChipSpecError(f"bands are counted from 1, got {self.bands}")
        self._check_box()

    def _check_scale(self) -> None:
        given = [self.gsd_m is not None, bool(self.ground_sizes_m), self.native]
        if sum(given) > 1:
            raise ChipSpecError(
                "give only one of a ground sample distance, ground sizes and native resolution"
            )
        lengths = [*self.ground_sizes_m] + ([] if self.gsd_m is None else [self.gsd_m])
        for length in lengths:
            if not 0 < length <= AROUND_EARTH_M:
                raise ChipSpecError(
                    f"a length on the ground must be above 0 m and at most {AROUND_EARTH_M:,} m, "
                    f"once around the Earth, got {length} m"
                )
        if len(set(self.ground_sizes_m)) < len(self.ground_sizes_m):
            raise ChipSpecError(f"ground sizes repeat: {self.ground_sizes_m}; give each once")

    def _check_box(self) -> None:
        if not self.bbox:
            return
        if len(self.bbox) != 4 or not all(math.isfinite(number) for number in self.bbox):
            raise ChipSpecError(
                f"an area is four numbers, west, south, east, north in degrees, got {self.bbox}"
            )
        west, south, east, north = self.bbox
        if not (-90 <= south < north <= 90 and max(abs(west), abs(east)) <= 180 and west != east):
            raise ChipSpecError(
                "an area has its south below its north, from -90 to 90, west and east from -180 to "
                f"180, in degrees; got {self.bbox}"
            )

    def to_json(self) -> str:
        """One line of JSON, the same for equal specifications; of whole scenes it says nothing."""
        values = dataclasses.asdict(self)
        if not self.bbox:
            del values["bbox"]
        return json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def wished(cls, usual_px: int, **wishes: Any) -> ChipSpec | None:
        """A specification as far as somebody said something.

        Args:
            usual_px: ``size_px`` where that is not among what was said, px.
            **wishes: fields; ``None``: nothing was said of it.

        Returns:
            The specification; ``None`` if nothing was said at all.

        Raises:
            ChipSpecError: if a value is out of range.
        """
        said = {name: wish for name, wish in wishes.items() if wish is not None}
        return cls(**{"size_px": usual_px, **said}) if said else None

    @classmethod
    def from_json(cls, text: str) -> ChipSpec:
        """Read what :meth:`to_json` wrote.

        Args:
            text: a JSON object with exactly the fields of this class; ``bbox`` may be missing.

        Raises:
            ChipSpecError: if the text is not JSON, keys are missing or unknown, or a value is
                of the wrong kind or out of range.
        """
        try:
            return record_from_json(cls, text, "chip specification", usual={"bbox"})
        except UnfitError as error:
            raise ChipSpecError(str(error)) from error


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
