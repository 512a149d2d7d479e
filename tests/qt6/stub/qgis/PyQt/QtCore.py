"""PyQt6, under the name that QGIS gives it."""  # noqa: N999 - the name of the module it stands for

from PyQt6.QtCore import *  # noqa: F403
from PyQt6.QtCore import pyqtSignal  # noqa: F401 - star imports leave lower case out in some builds
