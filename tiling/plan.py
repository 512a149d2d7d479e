"""The chips of a scene, in order, without reading a pixel.

A plan is arithmetic: it knows its length and computes each chip when asked, so a scene with
millions of chips costs no memory. The same scene and specification give the same plan always.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, overload

from .chips import PlannedChip
from .errors import OutsideAreaError, costs_one_scene
from .georef import pixels_inside
from .scales import ChipScale, SizeRows, chip_scales

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .scene import SceneRecord
    from .spec import ChipSpec


class ChipPlan(Sequence[PlannedChip]):
    """Planned chips, ground sizes small to large, each row by row; a slice is a plan too.

    Args:
        scales: the ground sizes of the scene.
        numbers: which chips of the whole plan this one holds; ``None`` for all.
    """

    def __init__(self, scales: tuple[ChipScale, ...], numbers: range | None = None) -> None:
        self._scales = scales
        self._ends = tuple(accumulate(len(scale.grid) for scale in scales))
        self._numbers = range(self._ends[-1]) if numbers is None else numbers

    @property
    def scales(self) -> tuple[ChipScale, ...]:
        """The ground sizes of the whole plan, small to large."""
        return self._scales

    def size_rows(self) -> list[SizeRows]:
        """The rows of chips of each ground size that has chips here, small to large.

        Returns:
            Nothing where the slice runs backwards.
        """
        numbers, start, rows = self._numbers, 0, []
        if numbers.step < 0:
            return []
        for scale, end in zip(self._scales, self._ends, strict=True):
            own = numbers[bisect_left(numbers, start) : bisect_left(numbers, end)]
            if own:
                first, last = scale.grid.window(own[0] - start), scale.grid.window(own[-1] - start)
                rows.append(SizeRows(scale, first.row, last.row))
            start = end
        return rows

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> PlannedChip: ...
    @overload
    def __getitem__(self, index: slice) -> ChipPlan: ...
    def __getitem__(self, index: int | slice) -> PlannedChip | ChipPlan:
        if isinstance(index, slice):
            return ChipPlan(self._scales, self._numbers[index])
        return self._chip(self._numbers[index])

    def __iter__(self) -> Iterator[PlannedChip]:
        """The chips in order; quicker than one index after another."""
        numbers = self._numbers
        if numbers.step != 1:
            yield from map(self._chip, numbers)
            return
        start = 0
        for scale, end in zip(self._scales, self._ends, strict=True):
            first, last = max(numbers.start, start), min(numbers.stop, end)
            windows = scale.grid.windows(first - start, last - start)
            for number, window in enumerate(windows, first):
                edge = scale.grid.sticks_out(window)
                yield PlannedChip(number, window, scale.ground_m, scale.gsd_m, edge)
            start = end

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ChipPlan):
            return NotImplemented
        return (self._scales, self._numbers) == (other._scales, other._numbers)

    def __hash__(self) -> int:
        return hash((self._scales, self._numbers))

    def __repr__(self) -> str:
        sizes = ", ".join(f"{scale.ground_m:g} m" for scale in self._scales)
        return f"<ChipPlan of {len(self)} chips at {sizes}>"

    def _chip(self, number: int) -> PlannedChip:
        at = bisect_right(self._ends, number)
        scale = self._scales[at]
        window = scale.grid.window(number - (self._ends[at] - len(scale.grid)))
        edge = scale.grid.sticks_out(window)
        return PlannedChip(number, window, scale.ground_m, scale.gsd_m, edge)


def plan_chips(scene: SceneRecord, spec: ChipSpec) -> ChipPlan:
    """Lay chips over a scene.

    Args:
        scene: the scene, from :func:`tiling.describe_scene`.
        spec: the chip specification.

    Returns:
        A lazy sequence of planned chips whose union covers every pixel of the scene, or those in
        ``spec.bbox``, each where it would be without.

    Raises:
        OutsideAreaError: if the scene does not touch ``spec.bbox``.
        UnreadableSceneError: if the scene's figures leave what can be counted.
    """
    with costs_one_scene(scene.path):
        scales = chip_scales(scene, spec)
        if not spec.bbox:
            return ChipPlan(scales)
        area = pixels_inside(scene, spec.bbox)
        if area is None:
            raise OutsideAreaError(f"{scene.path} lies outside the area")
        return ChipPlan(tuple(replace(one, grid=one.grid.touching(area)) for one in scales))
