"""Loading and unloading: what is added is taken back, and nothing keeps running."""

from __future__ import annotations

import pytest
from qgis.core import QgsApplication, QgsProject, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QProcess, QTimer
from qgis.PyQt.QtWidgets import QAction, QDockWidget, QPushButton

from cmpagl_qgis import classFactory, greeting
from cmpagl_qgis.errors import InterpreterError
from cmpagl_qgis.plugin import DOCK_OPEN, CmpaglPlugin
from cmpagl_qgis.state_file import state_file
from tests.qgis.core.waiting import alive, spin
from tests.qgis.dock.played import hit


def ours(window):
    """Everything of the plugin that hangs on the main window."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    kinds = (QAction, QDockWidget, QTimer, QProcess)
    names = [
        f"{type(child).__name__} {child.objectName()}"
        for kind in kinds
        for child in window.findChildren(kind)
    ]
    return sorted(name for name in names if "cmpagl" in name.lower() or "QTimer" in name)


@pytest.mark.usefixtures("qgis_new_project")
def test_load_unload_load_leaves_nothing(qgis_iface):
    window = qgis_iface.mainWindow()
    before = ours(window)
    for _ in range(3):
        plugin = classFactory(qgis_iface)
        plugin.initGui()
        assert QgsApplication.processingRegistry().providerById("cmpagl") is not None
        assert any("CmpaglSearchDock" in name for name in ours(window))
        assert any("cmpaglAction" in name for name in ours(window))
        plugin.unload()
        assert ours(window) == before
        assert QgsApplication.processingRegistry().providerById("cmpagl") is None
        assert QgsProject.instance().mapLayers() == {}
        plugin.unload()  # QGIS calls it again after a fault


@pytest.mark.engine
def test_unload_with_an_engine_that_runs_ends_its_process(qgis_iface, real_launch, until):
    plugin = CmpaglPlugin(qgis_iface, real_launch)
    plugin.initGui()
    try:
        assert plugin.client.pid == 0  # nothing is started before the dock is seen
        plugin.client.start()
        until(lambda: plugin.client.state == "ready")
        pid = plugin.client.pid
        plugin.controller.layers.rankSelected.emit(hit(1)["rank"])
    finally:
        plugin.unload()
    until(lambda: not alive(pid))


@pytest.mark.usefixtures("qgis_new_project")
def test_the_action_shows_and_hides_and_the_next_start_remembers(qgis_iface):
    plugin = CmpaglPlugin(qgis_iface)
    plugin.initGui()
    plugin.controller.start = lambda: None
    assert plugin.dock.isHidden()
    plugin.action.trigger()
    assert not plugin.dock.isHidden()
    plugin.dock.close()
    QCoreApplication.processEvents()
    plugin.action.setChecked(False)
    plugin.action.trigger()
    plugin.unload()
    assert QgsSettings().value(DOCK_OPEN, type=bool) is True


@pytest.mark.usefixtures("qgis_new_project")
def test_processing_alone_makes_no_dock(qgis_iface):
    plugin = CmpaglPlugin(qgis_iface)
    plugin.initProcessing()
    assert plugin.dock is None
    assert QgsApplication.processingRegistry().providerById("cmpagl") is not None
    plugin.unload()
    assert QgsApplication.processingRegistry().providerById("cmpagl") is None


@pytest.mark.usefixtures("qgis_new_project")
@pytest.mark.parametrize(("was_open", "state"), [(False, "stopped"), (True, "died")])
def test_the_engine_starts_with_the_dock_and_not_with_qgis(qgis_iface, was_open, state):
    def no_engine():
        raise InterpreterError("No engine is set up.")

    QgsSettings().setValue(DOCK_OPEN, was_open)
    qgis_iface.mainWindow().show()
    plugin = CmpaglPlugin(qgis_iface, no_engine)
    plugin.initGui()
    try:
        QCoreApplication.processEvents()
        assert plugin.dock.isVisible() == was_open
        assert plugin.client.state == state
        plugin.action.trigger()
        assert plugin.dock.isVisible() != was_open
        assert plugin.client.state == "died"
    finally:
        plugin.unload()
        qgis_iface.mainWindow().hide()


@pytest.fixture
def fresh(qgis_iface, monkeypatch):
    """Loads the plugin in a profile that never had it, while QGIS's window is open."""
    monkeypatch.setattr(greeting, "AFTER_MS", 0)
    bar, loaded = qgis_iface.messageBar(), []
    bar.clearWidgets()
    qgis_iface.mainWindow().show()

    def load(*, known=False):
        if not known:
            QgsSettings().remove(DOCK_OPEN)
        plugin = classFactory(qgis_iface)
        loaded.append(plugin)
        plugin.initGui()
        plugin.controller.start = lambda: None
        return plugin

    state_file().clear()
    yield load
    for plugin in loaded:
        plugin.unload()
    bar.clearWidgets()
    qgis_iface.mainWindow().hide()


def greetings(iface):
    spin(0.3)  # QGIS fades what goes
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return iface.messageBar().items()


def test_who_has_just_installed_it_is_told_once_and_can_open_it_there(qgis_iface, fresh):
    plugin = fresh()
    (item,) = greetings(qgis_iface)
    assert item.text() == "Find places in your imagery with a sentence."
    item.findChild(QPushButton, "cmpaglGreetingOpen").click()
    assert plugin.dock.isVisible()
    assert plugin.action.isChecked()
    assert greetings(qgis_iface) == []
    plugin.unload()
    fresh()
    assert greetings(qgis_iface) == []


@pytest.mark.parametrize("how", ["unloaded", "opened", "known"])
def test_nobody_is_greeted_who_need_not_be(qgis_iface, fresh, how):
    if how == "known":
        QgsSettings().setValue(DOCK_OPEN, False)
    plugin = fresh(known=how == "known")
    if how == "opened":
        plugin.action.trigger()
    elif how == "unloaded":
        plugin.unload()
    assert greetings(qgis_iface) == []
    assert bool(state_file().value(greeting.GREETED)) == (how == "opened")


@pytest.mark.parametrize("by_user", [False, True])
def test_a_greeting_goes_with_the_plugin_or_by_the_user(qgis_iface, fresh, by_user):
    plugin = fresh()
    assert len(greetings(qgis_iface)) == 1
    if by_user:
        qgis_iface.messageBar().clearWidgets()
        assert greetings(qgis_iface) == []
    plugin.unload()
    assert greetings(qgis_iface) == []
