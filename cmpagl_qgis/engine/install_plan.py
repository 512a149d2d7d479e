"""What an installation of the engine is told, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmpagl_qgis.errors import InstallError
from cmpagl_qgis.texts import tr, whole

from .home import free_mb
from .network import Network
from .pip_output import network_text
from .wheels import check_folder

if TYPE_CHECKING:
    from pathlib import Path

LOOK, FETCH, ENVIRONMENT, DOWNLOAD, INSTALL, TEST = STAGES = (
    "look", "fetch", "environment", "download", "install", "test",
)  # fmt: skip
# Measured on Linux, 2026-11: 291 MB of wheels, 746 MB unpacked, 100 MB when Python has compiled.
DOWNLOAD_MB, INSTALLED_MB = 291, 850
GPU_DOWNLOAD_MB, GPU_INSTALLED_MB = 3300, 8000
"""With PyTorch for NVIDIA cards; of the sizes that PyPI names, not measured."""


@dataclass(frozen=True)
class Plan:
    """What is installed, from where, and where to."""

    home: Path
    """The plugin's folder in the profile."""
    requirement: str = "cmpagl-qgis"
    """For pip."""
    wheels: str = ""
    """Folder of wheels; empty: the package index."""
    index: str = ""
    """Address of an index; empty: the one that pip is set to, the usual one by default."""
    network: Network = field(default_factory=Network)
    """QGIS's way to it."""
    gpu: bool = False
    """Whether what an NVIDIA card needs is installed too."""

    @property
    def download_mb(self) -> int:
        """What is fetched, about, MB."""
        return GPU_DOWNLOAD_MB if self.gpu else DOWNLOAD_MB

    @property
    def needed_mb(self) -> int:
        """Free space that is wanted, MB: the engine, and what is fetched until it is unpacked."""
        installed = GPU_INSTALLED_MB if self.gpu else INSTALLED_MB
        return installed + (0 if self.wheels else self.download_mb) + 100


def check_source(plan: Plan) -> None:
    """Refuse what the engine cannot be taken from.

    Args:
        plan: what is to be done.

    Raises:
        InstallError: for a folder without the engine, or a kind of proxy that pip cannot use.
    """
    check_folder(plan.wheels)
    if plan.network.socks and not plan.wheels:
        raise InstallError(network_text("socks", "", plan.network))


def check_room(plan: Plan) -> None:
    """Refuse a disk that is too full.

    Args:
        plan: what is to be done.

    Raises:
        InstallError: if less is free than is needed.
    """
    free = free_mb(plan.home)
    if free < plan.needed_mb:
        text = tr(
            "The disk of {0} has {1} MB free; {2} MB are needed. Free some space, then press Retry."
        )
        raise InstallError(text.format(plan.home, whole(free), whole(plan.needed_mb)))


@dataclass(frozen=True)
class Progress:
    """How far an installation is."""

    stage: str
    """One of :data:`STAGES`."""
    text: str = ""
    """What is done now, or was found; a few words."""
    done_mb: float = 0.0
    """Fetched, MB."""
    total_mb: float = 0.0
    """To be fetched in all, about, MB; 0: nothing is fetched, or it is not known."""


@dataclass(frozen=True)
class Outcome:
    """How an installation ended."""

    python: str = ""
    """The engine's Python; empty: there is none, and what was made is removed."""
    text: str = ""
    """For a person: versions, or what went wrong and the next step."""
    stopped: bool = False
    """Whether the user wanted it so."""
