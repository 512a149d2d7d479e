"""Of ``qgis.core`` the names that the dock's modules import; none of them does anything."""

from __future__ import annotations

import enum

from PyQt6.QtCore import QSettings


class Qgis:
    """Levels of messages."""

    class MessageLevel(enum.IntEnum):
        Info = 0
        Warning = 1


class QgsApplication:
    """Knows where the profile is: nowhere."""

    @staticmethod
    def qgisSettingsDirPath():  # noqa: N802 - QGIS's name
        return "/nonexistent/"


class QgsMessageLog:
    """Takes messages and drops them."""

    @staticmethod
    def logMessage(*_values, **_more):  # noqa: N802 - QGIS's name
        return None


class QgsProject:
    """Named by the settings; a test without QGIS has none."""


class QgsSettings(QSettings):
    """Qt's own settings, in a file of the test's own user."""


class _Style:
    """Symbols and renderers: ``cmpagl_qgis.map.style`` draws them, the dock takes colours."""


class QgsDrawSourceEffect(_Style):
    pass


class QgsSimpleLineSymbolLayer(_Style):
    pass


class QgsFeatureRequest(_Style):
    pass


class QgsFillSymbol(_Style):
    pass


class QgsGraduatedSymbolRenderer(_Style):
    pass


class QgsRendererRange(_Style):
    pass


class QgsVectorLayer(_Style):
    pass
