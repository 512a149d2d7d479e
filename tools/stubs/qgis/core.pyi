# qgis-stubs has all but these three, which QGIS adds in C or in Python.
from typing import Any

from qgis._core import *

NULL: Any

class QgsCsException(Exception): ...
class QgsProcessingException(Exception): ...
