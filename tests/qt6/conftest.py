"""The dock under Qt 6, as QGIS 4 has it, without a QGIS.

In a Python with PyQt6 (``python3 -m venv .venv-qt6``, ``pip install PyQt6 pytest``) run
``QT_QPA_PLATFORM=offscreen python -m pytest -c tests/qt6/pytest.ini tests/qt6``. ``stub/`` stands
for the package qgis: the real PyQt6 behind ``qgis.PyQt``, and of ``qgis.core`` only what the dock
needs. This proves widgets, enums and drawing; it does not prove QGIS 4.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

collect_ignore = ["stub"]

if importlib.util.find_spec("PyQt6") and not importlib.util.find_spec("qgis"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(Path(__file__).with_name("stub")))
