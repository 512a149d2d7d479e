"""What pip and uv say, read for a person: how far they are, and why they failed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from .network import Network

_DOWNLOADING = re.compile(r"(?:Downloading|Using cached) (\S+)(?: \(([\d.,]+) (\w+)\))?")
_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_TAKING = re.compile(r"Processing (.+\.whl)")
_INSTALLING = "Installing collected packages:"
_UNITS = {"bytes": 1e-6, "kB": 1e-3, "MB": 1.0, "GB": 1e3}


@dataclass(frozen=True)
class Transfer:
    """How far pip is."""

    what: str = ""
    """The package that is fetched or taken now; empty: none yet."""
    done_mb: float = 0.0
    """Fetched in all, MB."""
    installing: bool = False
    """Whether everything is there and is being unpacked."""


@dataclass(frozen=True)
class Taken:
    """A wheel that pip takes."""

    file: str
    """Name of the file."""
    size_mb: float
    """As pip told, MB; 0: it did not."""

    @property
    def name(self) -> str:
        """The package in one spelling, such as ``click-plugins``."""
        return one_spelling(self.file.split("-")[0])


class PipReader:
    """Follows pip's lines, with ``--progress-bar raw`` or without."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.lines: list[str] = []
        """All lines but those of progress."""
        self.taken: list[Taken] = []
        """Wheels that it has, in the order they came."""
        self.order: list[str] = []
        """Packages in the order in which they are unpacked; empty before."""
        self._file = ""
        self._before = self._now = self._size = 0.0

    def feed(self, line: str) -> Transfer:
        """How far pip is after one more line.

        Args:
            line: of its output.
        """
        text = line.strip()
        progress = _PROGRESS.match(text)
        if progress:
            self._now = int(progress[1]) / 1e6
            return self._transfer()
        self.lines.append(line)
        found = _DOWNLOADING.match(text)
        if found and not found[1].endswith(".metadata"):
            self._close(found[1])
            self._size = float((found[2] or "0").replace(",", "")) * _UNITS.get(found[3], 0.0)
        taking = _TAKING.match(text)
        if taking:
            self._close(taking[1])
        if text.startswith(_INSTALLING):
            self._close("")
            names = text[len(_INSTALLING) :].split(",")
            self.order = [one_spelling(name.strip()) for name in names]
        return self._transfer()

    def _close(self, following: str) -> None:
        """The file before is done; an old pip has told its size only."""
        size = max(self._now, self._size)
        if self._file:
            self.taken.append(Taken(self._file, size))
        self._before += size
        self._now = self._size = 0.0
        self._file = re.split(r"[\\/]", following)[-1]

    def _transfer(self) -> Transfer:
        what = self._file.split("-")[0]
        return Transfer(what, self._before + self._now, installing=bool(self.order))


def one_spelling(name: str) -> str:
    """A package's name as all its spellings have it in common.

    Args:
        name: such as ``Click_Plugins``.
    """
    return re.sub(r"[-_.]+", "-", name).lower()


# First come, first served: a full disk also breaks downloads, and a proxy's refusal ends in
# "no matching distribution".
_CAUSES = (
    ("full", r"No space left on device|Errno 28|WinError 112|not enough space|Disk quota exceeded"),
    ("socks", r"Missing dependencies for SOCKS"),
    ("password", r"407 Proxy Auth|Proxy Authentication Required|Proxy requires auth"),
    ("certificate", r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSL handshake failed"
     r"|invalid peer certificate|UnknownIssuer|SSLError|SSLCertVerification"),
    ("forbidden", r"Tunnel connection failed|40[13] Client Error|40[13] Forbidden"),
    ("proxy", r"ProxyError|Cannot connect to proxy|tunnel error|Proxy connection|Proxy server"),
    ("name", r"Name or service not known|getaddrinfo failed|Temporary failure in name resolution"
     r"|nodename nor servname|No address associated|dns error|Host .* not found"
     r"|NameResolutionError"),
    ("slow", r"ConnectTimeout|ReadTimeout|Read timed out|timed out|operation timed out"),
    ("refused", r"NewConnectionError|Connection refused|ConnectionResetError|Connection aborted"
     r"|RemoteDisconnected|IncompleteRead|Network is unreachable|error sending request"
     r"|tcp connect error|Connection broken|Failed to fetch|Failed to download"),
    ("damaged", r"DO NOT MATCH THE HASHES|BadZipFile|invalid wheel|is invalid"),
    ("denied", r"Permission denied|Access is denied|WinError 5\b|WinError 32\b|Errno 13"
     r"|Read-only file system"),
    ("absent", r"No matching distribution found|Could not find a version that satisfies"
     r"|ResolutionImpossible|conflicting dependencies"),
)  # fmt: skip
_HOST = re.compile(r"host='([^']+)'|https?://([^/\s:'\"]+)")


def cause_of(lines: list[str]) -> str:
    """The first known cause of a failure; empty: none is known.

    Args:
        lines: what the program said.
    """
    said = "\n".join(lines)
    return next((name for name, pattern in _CAUSES if re.search(pattern, said)), "")


def fault_text(lines: list[str], network: Network, folder: str, wheels: str) -> str:
    """Why an installation failed, for a map maker: what was found and the next step.

    Args:
        lines: what pip or uv said.
        network: as it was used.
        folder: the folder that is installed into.
        wheels: the folder of wheels; empty: the network was asked.
    """
    cause = cause_of(lines)
    last = next((line.strip() for line in reversed(lines) if line.startswith("ERROR")), "")
    last = (last or (lines[-1].strip() if lines else ""))[:300]
    texts = {
        "full": tr("The disk of {0} is full. Free some space on it, then press Retry."),
        "denied": tr(
            "A file in {0} could not be written: {1}. A virus scanner may hold it, or the folder "
            "may be protected. Press Retry; if it stays so, ask who looks after this computer."
        ),
        "damaged": tr("In {0} a package arrived damaged: {1}. Press Retry."),
        "absent": tr(
            "The index has no engine for this computer: {1}. Wanted is a version for this system "
            "and this Python; take one from a folder of wheels, or update the plugin."
        ),
    }
    if wheels and cause == "absent":
        text = tr(
            "The folder {0} lacks a package for this computer: {1}. Wanted is a folder made for "
            "this system and this version of Python."
        )
        return text.format(wheels, last)
    if cause in texts:
        return texts[cause].format(folder, last)
    if cause and not wheels:
        return network_text(cause, _host(lines), network)
    return tr("It could not be installed: {0}. The log has all of it.").format(last)


def network_text(cause: str, host: str, network: Network) -> str:
    """Why the network was not reached, which proxy was used, and the next step.

    Args:
        cause: as :func:`cause_of` names it.
        host: who was not reached.
        network: as it was used.
    """
    reasons = {
        "name": tr("its name is not known to the network"),
        "slow": tr("it did not answer in time"),
        "refused": tr("the connection was refused or cut"),
        "certificate": tr("its certificate is not trusted"),
        "password": tr("the proxy asks for a name and a password"),
        "forbidden": tr("the proxy or the server forbids it"),
        "proxy": tr("the proxy did not answer"),
        "socks": tr("pip cannot use a SOCKS proxy"),
    }
    first = tr("{0} could not be reached: {1}.").format(
        host or tr("The package index"), reasons.get(cause, cause)
    )
    if network.shown:
        used = tr("QGIS's proxy {0} was used.").format(network.shown)
    else:
        used = tr("QGIS has no proxy set.")
    if cause == "certificate":
        step = tr(
            "Where a company inspects the network, add its certificate under Settings > Options > "
            "Authentication, then press Retry."
        )
    else:
        step = tr("Look at Settings > Options > Network, then press Retry.")
    other = tr("Without network, install from a folder of wheels.")
    return " ".join((first, used, step, other))


def _host(lines: list[str]) -> str:
    """The host of the line that tells of the failure, else of the last line with one."""
    causes = re.compile("|".join(pattern for _name, pattern in _CAUSES))
    failing = [line for line in lines if causes.search(line)]
    for line in [*failing, *reversed(lines)]:
        found = _HOST.search(line)
        if found:
            return found[1] or found[2]
    return ""
