"""PyQt6's sip, under the name that QGIS gives it."""

from PyQt6.sip import *  # noqa: F403
from PyQt6.sip import delete  # noqa: F401 - star imports leave lower case out in some builds
