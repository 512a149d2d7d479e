"""Stands for the package of QGIS in the tests under Qt 6."""
