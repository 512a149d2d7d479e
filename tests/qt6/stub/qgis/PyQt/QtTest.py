"""PyQt6, under the name that QGIS gives it."""  # noqa: N999 - the name of the module it stands for

from PyQt6.QtTest import *  # noqa: F403
