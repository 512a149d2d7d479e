"""Fetches pip itself, through QGIS's own network.

Debian and Ubuntu split pip off their Python, and a map maker has nowhere to type ``apt-get``. And a
new pip says how far it is, and trusts the certificates of the system.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from qgis.core import QgsNetworkAccessManager
from qgis.PyQt.QtCore import QObject, QUrl, pyqtSignal
from qgis.PyQt.QtNetwork import QNetworkReply, QNetworkRequest

from cmpagl_qgis.texts import tr
from cmpagl_qgis.turns import single_shot

from .network import INDEX

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgis.PyQt.QtCore import QProcessEnvironment

JSON = b"application/vnd.pypi.simple.v1+json"
LIMIT_MS = 30_000
OPTIONS = (
    *("--no-input", "--no-color", "--disable-pip-version-check", "--only-binary", ":all:"),
    *("--retries", "1", "--timeout", "15"),
)
"""That pip gets, whatever it installs."""


def knows_another_way(environment: QProcessEnvironment) -> bool:
    """Whether pip is told of an index or a proxy that QGIS does not know.

    Args:
        environment: that pip will have.
    """
    names = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "HTTPS_PROXY", "https_proxy", "PIP_PROXY")
    if any(map(environment.contains, names)):
        return True
    named = environment.value("PIP_CONFIG_FILE")
    if named == os.devnull:  # pip reads no file then
        return False
    home = Path.home()
    files = [Path(named)] if named else []
    files += [home / ".config/pip/pip.conf", home / ".pip/pip.conf", home / "pip/pip.ini"]
    files += [home / "AppData/Roaming/pip/pip.ini", Path("C:/ProgramData/pip/pip.ini")]
    files += [home / "Library/Application Support/pip/pip.conf"]
    files += [Path("/etc/pip.conf"), Path("/etc/xdg/pip/pip.conf")]
    return any(path.is_file() for path in files)


class PipFetch(QObject):
    """Gets the newest wheel of pip from an index. ``finished`` carries its path and a problem."""

    finished = pyqtSignal(str, str)

    def __init__(self, index: str, folder: Path, parent: QObject | None = None) -> None:
        """Make it ready.

        Args:
            index: address of a package index; empty: the usual one.
            folder: where the wheel goes.
            parent: owner of this object.
        """
        super().__init__(parent)
        self._page = f"{index or INDEX}/pip/"
        self._folder = folder
        self._reply: QNetworkReply | None = None
        self._name = self._digest = ""
        self._limit = single_shot(self, lambda: self._fail(tr("it did not answer in time")))

    @property
    def host(self) -> str:
        """Whom it asks."""
        return str(QUrl(self._page).host())

    def start(self) -> None:
        """Begin; ``finished`` comes later, and once."""
        self._get(self._page, self._on_page)

    def cancel(self) -> None:
        """Give up; ``finished`` does not come any more."""
        self._limit.stop()
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.abort()
            reply.deleteLater()

    def _get(self, address: str, then: Callable[[bytes], None]) -> None:
        request = QNetworkRequest(QUrl(address))
        request.setRawHeader(b"Accept", JSON + b", */*;q=0.1")
        request.setAttribute(
            QNetworkRequest.Attribute.RedirectPolicyAttribute,
            QNetworkRequest.RedirectPolicy.NoLessSafeRedirectPolicy,
        )
        reply = QgsNetworkAccessManager.instance().get(request)
        self._reply = reply

        def on_reply() -> None:
            if reply is not self._reply:
                return
            self._reply = None
            reply.deleteLater()
            if reply.error() == QNetworkReply.NetworkError.NoError:  # type: ignore[operator]
                then(bytes(reply.readAll()))
            else:
                self._fail(str(reply.errorString()))

        reply.finished.connect(on_reply)
        self._limit.start(LIMIT_MS)

    def _on_page(self, data: bytes) -> None:
        try:
            files = json.loads(data)["files"]
            wheels = [
                (
                    _release(each["filename"]),
                    each["filename"],
                    each["url"],
                    each["hashes"]["sha256"],
                )
                for each in files
                if each["filename"].endswith("-py3-none-any.whl") and not each.get("yanked")
            ]
            _version, self._name, url, self._digest = max(w for w in wheels if w[0])
        except (ValueError, KeyError, TypeError):
            self._fail(tr("its answer is no list of packages"))
            return
        self._get(urljoin(self._page, url), self._on_wheel)

    def _on_wheel(self, data: bytes) -> None:
        if hashlib.sha256(data).hexdigest() != self._digest:
            self._fail(tr("a package arrived damaged"))
            return
        file = self._folder / Path(self._name).name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        except OSError as error:
            self._fail(str(error))
            return
        self._limit.stop()
        self.finished.emit(str(file), "")

    def _fail(self, problem: str) -> None:
        self.cancel()
        self.finished.emit("", problem)


def _release(name: str) -> tuple[int, ...]:
    """The version in a wheel's name; empty for what is no release, such as 25.0rc1."""
    parts = name.split("-")[1].split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else ()
