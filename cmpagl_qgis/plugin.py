"""The plugin as QGIS sees it: what ``initGui`` adds, ``unload`` takes back, newest first."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, cast

from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QLocale, Qt, QTranslator
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from .dock.help_dialog import show_help
from .dock.search_dock import SearchDock
from .dock.theme import icon_path
from .engine.client import EngineClient
from .engine.interpreter import default_launch
from .flow.controller import Controller
from .flow.locator import SentenceLocator
from .greeting import Greeting
from .options_page import CmpaglOptionsFactory
from .processing.provider import CmpaglProvider
from .settings import GROUP
from .state_file import state_file
from .texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgis.gui import QgisInterface
    from qgis.PyQt.QtWidgets import QMainWindow

    from .engine.interpreter import Launch

MENU = "CMPAGL"
DOCK_OPEN = f"{GROUP}/dock_open"
DOCK_WIDTH = 380
"""Pixels."""
KEY = "Ctrl+Alt+I"
"""Shows and hides the dock, until the user gives the action another one."""


class CmpaglPlugin:
    """Adds dock, action, Processing provider and options page."""

    def __init__(self, iface: QgisInterface, launch: Callable[[], Launch] = default_launch) -> None:
        """Add nothing yet.

        Args:
            iface: the running QGIS.
            launch: says how the engine is started.
        """
        self._iface = iface
        self._launch = launch
        self._undo = ExitStack()
        self._widened = False
        self.provider: CmpaglProvider | None = None
        self.dock: SearchDock | None = None
        self.client: EngineClient | None = None
        self.controller: Controller | None = None
        self.action: QAction | None = None

    def initProcessing(self) -> None:
        """Add the Processing provider; ``qgis_process`` calls this alone."""
        provider, registry = CmpaglProvider(), QgsApplication.processingRegistry()
        if registry.addProvider(provider):  # QGIS deletes one whose name is taken
            self.provider = provider
            self._undo.callback(registry.removeProvider, provider)

    def initGui(self) -> None:
        """Add everything."""
        self._add_translator()
        self.initProcessing()
        dock = self._add_dock()
        action = self._add_action(dock)
        if not QgsSettings().contains(DOCK_OPEN):  # else it was here before
            greeting = Greeting(self._iface, action, dock)
            self._undo.callback(greeting.close)
        locator = SentenceLocator(self._search_for)
        self._iface.registerLocatorFilter(locator)
        self._undo.callback(self._iface.deregisterLocatorFilter, locator)
        factory = CmpaglOptionsFactory()
        self._iface.registerOptionsWidgetFactory(factory)
        self._undo.callback(self._iface.unregisterOptionsWidgetFactory, factory)

    def unload(self) -> None:
        """Take everything back; nothing keeps running."""
        self._undo.close()
        self.provider = self.dock = self.client = self.controller = self.action = None

    def _add_translator(self) -> None:
        language = str(QgsSettings().value("locale/userLocale", QLocale().name()))
        for name in (language, language[:2]):
            file = Path(__file__).parent / "i18n" / f"cmpagl_{name}.qm"
            if file.is_file():
                translator = QTranslator()
                translator.load(str(file))
                QCoreApplication.installTranslator(translator)
                self._undo.callback(QCoreApplication.removeTranslator, translator)
                return

    def _add_dock(self) -> SearchDock:
        self.dock = dock = SearchDock(self._iface.mainWindow())
        self._undo.callback(_delete_now, dock)
        self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self._undo.callback(self._iface.removeDockWidget, dock)
        # QGIS shows what is added. Hidden unless it was open last time: the engine starts when the
        # dock is first seen.
        dock.setVisible(QgsSettings().value(DOCK_OPEN, False, type=bool))  # noqa: FBT003 - Qt's
        self.client = EngineClient(self._launch, dock)
        self._undo.callback(state_file().flush)
        self._undo.callback(self.client.stop)
        self.controller = Controller(self._iface, dock, self.client)
        self._undo.callback(self.controller.close)
        self._undo.callback(lambda: QgsSettings().setValue(DOCK_OPEN, not dock.isHidden()))
        if dock.isVisible():
            self.controller.start()
        return dock

    def _add_action(self, dock: SearchDock) -> QAction:
        window = self._iface.mainWindow()
        self.action = action = QAction(QIcon(icon_path("cmpagl")), tr("Search imagery"), window)
        action.setObjectName("cmpaglAction")
        action.setToolTip(tr("Search imagery with a sentence (CMPAGL)"))
        action.setCheckable(True)
        action.setChecked(not dock.isHidden())
        self._undo.callback(action.deleteLater)
        self._iface.addPluginToRasterMenu(MENU, action)
        self._undo.callback(self._iface.removePluginRasterMenu, MENU, action)
        self._iface.registerMainWindowAction(action, KEY)
        self._undo.callback(self._iface.unregisterMainWindowAction, action)
        self._iface.addToolBarIcon(action)
        self._undo.callback(self._iface.removeToolBarIcon, action)

        def toggle() -> None:
            dock.setVisible(action.isChecked())
            if action.isChecked():
                # QGIS gives a new dock less than its buttons need; later the user's width holds
                if not self._widened:
                    self._widened = True
                    window = cast("QMainWindow", self._iface.mainWindow())
                    window.resizeDocks([dock], [DOCK_WIDTH], Qt.Orientation.Horizontal)
                dock.raise_()
                dock.focus_query()

        def follow() -> None:
            """The dock was closed by its own cross, or shown from the menu of panels."""
            action.setChecked(not dock.isHidden())

        action.triggered.connect(toggle)
        dock.visibilityChanged.connect(follow)
        self._undo.callback(dock.visibilityChanged.disconnect, follow)
        guide = QAction(tr("User guide"), window)
        guide.setObjectName("cmpaglGuideAction")
        guide.triggered.connect(lambda _checked=False: show_help("", dock))
        self._undo.callback(guide.deleteLater)
        self._iface.addPluginToRasterMenu(MENU, guide)
        self._undo.callback(self._iface.removePluginRasterMenu, MENU, guide)
        return action

    def _search_for(self, sentence: str) -> None:
        """Open the dock and search for a sentence of the locator bar."""
        if self.dock is not None and self.controller is not None:
            self.dock.show()
            self.dock.raise_()
            self.controller.start()
            self.controller.search_for(sentence)


def _delete_now(dock: SearchDock) -> None:
    """Delete the dock and all that it owns, not only when the event loop turns next."""
    dock.deleteLater()
    QCoreApplication.sendPostedEvents(dock, QEvent.Type.DeferredDelete)
