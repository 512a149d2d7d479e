"""CMPAGL for QGIS: find places in your own imagery with a sentence.

QGIS starts here, at :func:`classFactory`. The plugin needs the standard library and ``qgis`` alone;
the engine runs in a Python of its own and is spoken to over pipes (``client.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .plugin import CmpaglPlugin


def classFactory(iface: QgisInterface) -> CmpaglPlugin:
    """Make the plugin; called once by QGIS when it loads it.

    Args:
        iface: the running QGIS.
    """
    from .plugin import CmpaglPlugin  # noqa: PLC0415 - the package is imported without QGIS too

    return CmpaglPlugin(iface)
