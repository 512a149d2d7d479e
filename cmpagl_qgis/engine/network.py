"""QGIS's way to the network, handed on to pip and uv: its proxy and its certificates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsApplication, QgsNetworkAccessManager, QgsSettings
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtNetwork import QNetworkProxy, QNetworkProxyQuery

if TYPE_CHECKING:
    from qgis.PyQt.QtCore import QProcessEnvironment

INDEX = "https://pypi.org/simple"


@dataclass(frozen=True)
class Network:
    """How a program reaches the network."""

    proxy: str = ""
    """Address with name and password, as programs take it; empty: QGIS has none for the index."""
    shown: str = ""
    """Host and port of the proxy, for a person and for the log."""
    socks: bool = False
    """Whether it is a SOCKS proxy, which pip cannot use."""
    excluded: tuple[str, ...] = ()
    """Hosts that are reached without it."""
    certificates: str = ""
    """All that QGIS trusts, in PEM; empty: QGIS has none of its own, the system's count."""

    def enter(self, environment: QProcessEnvironment, folder: Path) -> None:
        """Put all this into a program's environment; what QGIS does not know stays as it was.

        Args:
            environment: changed in place.
            folder: where the certificates are written, as ``certificates.pem``.

        Raises:
            OSError: if the file cannot be written.
        """
        if self.proxy and not self.socks:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
                environment.insert(name, self.proxy)
        if self.proxy and self.excluded:
            for name in ("NO_PROXY", "no_proxy"):
                known = environment.value(name)
                hosts = [*([known] if known else []), *self.excluded]
                environment.insert(name, ",".join(hosts))
        if self.certificates:
            file = folder / "certificates.pem"
            before = environment.value("PIP_CERT") or environment.value("SSL_CERT_FILE")
            there = bool(before) and Path(before).is_file()
            others = Path(before).read_text(encoding="utf-8") if there else ""
            file.write_text(f"{self.certificates}\n{others}", encoding="utf-8")
            for name in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
                environment.insert(name, str(file))

    def without_secret(self, text: str) -> str:
        """A text in which the proxy's name and password do not stand.

        Args:
            text: what a program said.
        """
        return text.replace(self.proxy, self.shown) if self.proxy else text


def network_of_qgis() -> Network:
    """What is set under *Settings > Options > Network*, and the authorities that QGIS trusts."""
    manager = QgsNetworkAccessManager.instance()
    factory = manager.proxyFactory()
    query = QNetworkProxyQuery(QUrl(INDEX))
    known = [manager.proxy()]
    if factory is not None:
        known = factory.queryProxy(query)
    none = (QNetworkProxy.ProxyType.NoProxy, QNetworkProxy.ProxyType.DefaultProxy)
    found = next((each for each in known if each.type() not in none and each.hostName()), None)
    proxy, shown, socks = "", "", False
    if found is not None:
        address = QUrl()
        address.setScheme("http")
        address.setHost(found.hostName())
        address.setPort(found.port())
        shown = f"{found.hostName()}:{found.port()}"
        if found.user():
            address.setUserName(found.user())
            address.setPassword(found.password())
        proxy = bytes(address.toEncoded()).decode("ascii")
        socks = found.type() == QNetworkProxy.ProxyType.Socks5Proxy
    # Hosts of the addresses that QGIS is told to reach without the proxy
    hosts = []
    for key in ("proxy/proxyExcludedUrls", "proxy/noProxyUrls"):
        value = QgsSettings().value(key, [])
        for url in [value] if isinstance(value, str) else (value or []):
            host = QUrl.fromUserInput(str(url)).host()
            if host:
                hosts.append(host)
    return Network(proxy, shown, socks, tuple(dict.fromkeys(hosts)), _certificates())


def _certificates() -> str:
    """All that QGIS trusts, where the user added to it; else nothing."""
    manager = QgsApplication.authManager()
    if manager is None or manager.isDisabled():
        return ""
    if not manager.databaseCAs() and not manager.extraFileCAs():
        return ""
    return bytes(manager.trustedCaCertsPemText()).decode("ascii", "ignore")
