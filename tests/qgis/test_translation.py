"""A translation made by the project's own tools reaches the texts of the plugin."""

import shutil
import subprocess

import pytest
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

from cmpagl_qgis.texts import tr
from tools import update_translations
from tools.update_translations import PLUGIN, Text

COMPILER = next(filter(None, map(shutil.which, ("lrelease", "lrelease-qt5"))), None)
TEXT = "Number of results"


@pytest.mark.skipif(COMPILER is None, reason="no lrelease (apt-get install qttools5-dev-tools)")
def test_a_translated_text_is_shown(qgis_app, tmp_path):
    assert TEXT in {text.text for text in update_translations.gather(PLUGIN)}
    content = update_translations.rendered((Text("options_page.py", 1, TEXT),), "", "de")
    content = content.replace(
        '<translation type="unfinished" />', "<translation>Anzahl der Treffer</translation>"
    )
    file = tmp_path / "cmpagl_de.ts"
    file.write_text(content, encoding="utf-8")
    subprocess.run([COMPILER, "-silent", file, "-qm", file.with_suffix(".qm")], check=True)
    translator = QTranslator()
    assert translator.load(str(file.with_suffix(".qm")))
    QCoreApplication.installTranslator(translator)
    try:
        assert tr(TEXT) == "Anzahl der Treffer"
    finally:
        QCoreApplication.removeTranslator(translator)
    assert tr(TEXT) == TEXT
