"""A translation made by the project's own tools reaches the texts of the plugin."""

import runpy
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

from cmpagl_qgis import plugin
from cmpagl_qgis.texts import TAG, numeral, tr
from tools import update_translations
from tools.update_translations import PLUGIN, Text

COMPILER = next(filter(None, map(shutil.which, ("lrelease", "lrelease-qt5"))), None)
TEXT = "Number of results"
GERMAN = PLUGIN / "i18n" / "cmpagl_de.ts"
# By its path: QGIS's Python has nothing that the rest of the command line needs.
PATH = PLUGIN.parent / "cmpagl_model" / "cli" / "qt_translation.py"
compiled = runpy.run_path(str(PATH))["compiled"]


def translator_of(file):
    found = QTranslator()
    assert found.load(str(file))
    return found


def found(translator, context, text):
    """By bytes, for PyQt takes texts in ASCII alone there."""
    return translator.translate(context.encode(), text.encode()) or ""


def test_a_translated_text_is_shown(qgis_app, tmp_path):
    assert TEXT in {text.text for text in update_translations.gather(PLUGIN)}
    content = update_translations.rendered((Text("options_page.py", 1, TEXT),), "", "de")
    assert compiled(content.encode()) == b""
    content = content.replace(
        '<translation type="unfinished" />', "<translation>Anzahl der Treffer</translation>"
    )
    file = tmp_path / "cmpagl_de.qm"
    file.write_bytes(compiled(content.encode()))
    translator = translator_of(file)
    QCoreApplication.installTranslator(translator)
    try:
        assert tr(TEXT) == "Anzahl der Treffer"
        assert tr("Number of") == "Number of"
    finally:
        QCoreApplication.removeTranslator(translator)
    assert tr(TEXT) == TEXT


def test_every_german_text_is_found_as_with_the_compiler_of_qt(qgis_app, tmp_path):
    file = tmp_path / "cmpagl_de.qm"
    file.write_bytes(compiled(GERMAN.read_bytes()))
    made = [translator_of(file)]
    if COMPILER is not None:
        reference = tmp_path / "reference.qm"
        subprocess.run([COMPILER, "-silent", GERMAN, "-qm", reference], check=True)
        made.append(translator_of(reference))
    messages = list(ET.parse(GERMAN).getroot().iter("message"))
    assert len(messages) > 500
    for message in messages:
        text, shown = message.findtext("source"), message.findtext("translation")
        assert {found(one, TAG, text) for one in made} == {shown}
        assert {found(one, "Other", text) for one in made} == {""}


@pytest.mark.usefixtures("qgis_new_project")
def test_a_german_qgis_gets_a_german_dock(qgis_iface, tmp_path, monkeypatch):
    folder = tmp_path / "cmpagl_qgis" / "i18n"
    folder.mkdir(parents=True)
    (folder / "cmpagl_de.qm").write_bytes(compiled(GERMAN.read_bytes()))
    monkeypatch.setattr(plugin, "__file__", str(folder.parent / "plugin.py"))
    before = QgsSettings().value("locale/userLocale")
    QgsSettings().setValue("locale/userLocale", "de_AT")
    added = plugin.CmpaglPlugin(qgis_iface)
    try:
        added.initGui()
        assert added.action.text() == "Bilder durchsuchen"
        assert numeral("12,480") == "12.480"
        assert numeral("0.12") == "0,12"
    finally:
        added.unload()
        QgsSettings().setValue("locale/userLocale", before)
    assert tr("Search imagery") == "Search imagery"
    assert numeral("12,480.5") == "12,480.5"
