"""All that a report of a fault should hold, as text to copy."""

from __future__ import annotations

import configparser
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import Qgis
from qgis.PyQt.QtCore import PYQT_VERSION_STR, QT_VERSION_STR

from cmpagl_qgis.errors import InterpreterError
from cmpagl_qgis.texts import tr

from .interpreter import find_interpreter

if TYPE_CHECKING:
    from .client import EngineClient
    from .records import IndexInfo

LAST_LINES = 40


def plugin_version() -> str:
    """The version in ``metadata.txt``; empty where the file is not there."""
    here = Path(__file__).resolve().parent.parent
    for folder in (here, here.parent):
        parser = configparser.ConfigParser(interpolation=None)
        if parser.read(folder / "metadata.txt", encoding="utf-8"):
            return parser.get("general", "version", fallback="")
    return ""


def report(client: EngineClient, index: str, info: IndexInfo | None) -> str:
    """Versions, engine, index, and the engine's last lines.

    Args:
        client: the engine.
        index: path of the chosen index; empty: none.
        info: what it holds, where it is open.
    """
    pairs = [
        (tr("Plugin"), plugin_version()),
        ("QGIS", Qgis.QGIS_VERSION),  # type: ignore[attr-defined]
        ("Qt, PyQt", f"{QT_VERSION_STR}, {PYQT_VERSION_STR}"),
        (tr("Python of QGIS"), sys.version.split()[0]),
        (tr("System"), platform.platform()),
        (tr("Engine"), client.state),
    ]
    try:
        interpreter = find_interpreter()
        pairs.append((tr("Python of the engine"), f"{interpreter.path} ({interpreter.origin})"))
    except InterpreterError as error:
        pairs.append((tr("Python of the engine"), str(error)))
    if client.problem:
        pairs.append((tr("Problem"), client.problem))
    engine = client.info
    if engine is not None:
        pairs += [
            (tr("Engine version"), f"{engine.version}, Python {engine.python}, {engine.platform}"),
            (tr("Model"), f"{engine.model.name} {engine.model.fingerprint[:12]}"),
            (tr("Device"), engine.device),
            (tr("Re-ranking"), ", ".join(engine.rerank)),
            (tr("Process"), str(engine.pid)),
        ]
    pairs.append((tr("Index"), index or tr("none")))
    if index and info is not None:
        facts = tr("{0} scenes, {1} chips, {2} MB, model {3} {4}").format(
            len(info.scenes),
            info.chips,
            round(info.size_bytes / 1e6, 1),
            info.model.name,
            info.model.fingerprint[:12],
        )
        pairs.append((tr("It holds"), facts))
        pairs += [(tr("Its problem"), problem) for problem in info.problems]
    lines = [f"{name}: {value}" for name, value in pairs]
    tail = client.details()[-LAST_LINES:]
    lines += ["", tr("Last lines of the engine:"), *(tail or [tr("(none)")])]
    return "\n".join(lines)
