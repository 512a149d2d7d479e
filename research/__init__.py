"""Studies and calibrations behind the shipped weights: run from a checkout, not in the wheel."""
