"""PyQt6, under the name that QGIS gives it; QGIS puts QAction back where Qt 5 had it."""  # noqa: N999 - the name of the module it stands for

from PyQt6.QtGui import QAction  # noqa: F401
from PyQt6.QtWidgets import *  # noqa: F403
