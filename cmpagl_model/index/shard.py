"""A share of the work of an index, for one process of several that write into it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cmpagl_model.errors import ClusterError

TYPED = re.compile(r"([0-9]{1,9})\s*/\s*([0-9]{1,9})")
KEY_DIGITS_READ = 8


@dataclass(frozen=True, slots=True)
class Shard:
    """One of ``count`` shares, which together are all parts of all scenes, each once.

    Which share a part belongs to follows from the content of its scene and its number alone, so
    that processes on several machines agree without talking.
    """

    number: int
    """Which one, from 1."""
    count: int
    """How many there are."""

    def __post_init__(self) -> None:
        """Check both numbers.

        Raises:
            ClusterError: if there is no such share.
        """
        if not 1 <= self.number <= self.count:
            raise ClusterError(
                f"found share {self.number} of {self.count}, wanted one from 1 to their number, "
                "such as 3/8"
            )

    @classmethod
    def of(cls, text: str) -> Shard:
        """Read ``3/8``.

        Raises:
            ClusterError: if it is nothing like that.
        """
        found = TYPED.fullmatch(text.strip())
        if not found:
            raise ClusterError(f"found {text!r}, wanted a share and their number, such as 3/8")
        return cls(int(found[1]), int(found[2]))

    def holds(self, key: str, part: int) -> bool:
        """Whether a part belongs to this share.

        Args:
            key: of its scene, hexadecimal.
            part: its place among those of the scene, from 0.
        """
        return (int(key[:KEY_DIGITS_READ], 16) + part) % self.count == self.number - 1
