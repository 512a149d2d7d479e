"""A progress for tests that heed the chips of a build, and not the look at its scenes before."""

from __future__ import annotations

from cmpagl_model.progress import LOOKING, NoProgress


class ChipsTold(NoProgress):
    """Hands on what it is told of chips."""

    looking = False

    def start(self, total, what=""):
        self.looking = what == LOOKING
        if not self.looking:
            self.planned(total)

    def advance(self, count, of=""):
        if not self.looking:
            self.done(count, of)

    def planned(self, chips):
        """So many lie ahead."""

    def done(self, chips, scene):
        """So many more are done."""
