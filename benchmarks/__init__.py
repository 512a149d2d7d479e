"""Speed figures, measured beside what else one could use. Never installed; see :mod:`.search`."""
