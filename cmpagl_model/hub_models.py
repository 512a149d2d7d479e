"""Models on a hub: those known by name, and how any other is named. Nothing is fetched here.

:mod:`~cmpagl_model.hub` fetches them. What is published of a model is its makers' word: none of
these was run for this table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import ModelError

HUB = "hf-hub:"
"""Begins the name of a repository, as open_clip and timm write it."""
OPEN_CLIP = "open_clip:"
"""Begins the name of a checkpoint of open_clip, and of the model that it is for."""
NEWEST = "main"
GRAMMAR = f"{HUB}OWNER/REPO, or {OPEN_CLIP}NAME@{HUB}OWNER/REPO/FILE"
_PLACE = re.compile(r"([\w.-]+/[\w.-]+)(?:/([\w./+-]+))?")


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model on a hub: a checkpoint of open_clip, or a folder of transformers."""

    name: str
    """What it is called here."""
    repository: str
    """Owner and name there."""
    open_clip: str = ""
    """Its kind, of ``open_clip.list_models()``; empty: a folder of transformers."""
    file: str = ""
    """The checkpoint in the repository; empty: the only one, or a folder."""
    revision: str = NEWEST
    """Commit, tag or branch; :data:`NEWEST`: not pinned."""
    sha256: str = ""
    """Of the checkpoint; empty: what the hub states is all that is known."""
    size_bytes: int = 0
    """Of what is fetched, about; 0: not known."""
    licence: str = ""
    """Of the weights; empty: none is named."""
    published: str = ""
    """Figures of its makers, and where they stand."""

    @property
    def source(self) -> str:
        """Its whole name on the hub."""
        place = HUB + "/".join(filter(None, (self.repository, self.file)))
        return f"{OPEN_CLIP}{self.open_clip}@{place}" if self.open_clip else place


_REMOTECLIP = HubModel(
    "remoteclip-vit-b-32",
    "chendelong/RemoteCLIP",
    "ViT-B-32",
    "RemoteCLIP-ViT-B-32.pt",
    revision="bf1d8a3ccf2ddbf7c875705e46373bfe542bce38",
    sha256="60014e395d930a3f2963d1d89c8522bf4ad56775571e4356e866864789af85c4",
    size_bytes=605_208_421,
    published="the family's best: mean recall 9.14 points (RSITMD) and 8.92 (RSICD) above earlier "
    "work, arXiv 2306.11029",
)
_GEORSCLIP = HubModel(
    "georsclip-vit-b-32",
    "Zilun/GeoRSCLIP",
    "ViT-B-32-quickgelu",
    "ckpt/RS5M_ViT-B-32.pt",
    revision="4920188e6eba4e711ef9848cfd7cb77e874ee33f",
    sha256="129bafaa6a097b8be52e2babf27d24f0a934dae919201e538dc698611bd1ea01",
    size_bytes=605_000_000,
    licence="CC-BY-4.0",
    published="the family's best: retrieval 3 to 6 % above earlier work, arXiv 2306.11300",
)
_FARSLIP = HubModel(
    "farslip2-vit-b-32",
    "ZhenShiL/FarSLIP",
    "ViT-B-32-quickgelu",
    "FarSLIP2_ViT-B-32.pt",
    published="zero-shot scene classification 60.12 %, github.com/NJU-LHRS/FarSLIP",
)
KNOWN = (
    _REMOTECLIP,
    replace(
        _REMOTECLIP,
        name="remoteclip-vit-l-14",
        open_clip="ViT-L-14",
        file="RemoteCLIP-ViT-L-14.pt",
        sha256="",
        size_bytes=1_710_000_000,
    ),
    replace(
        _REMOTECLIP,
        name="remoteclip-rn50",
        open_clip="RN50",
        file="RemoteCLIP-RN50.pt",
        sha256="",
        size_bytes=408_000_000,
    ),
    _GEORSCLIP,
    _FARSLIP,
    replace(
        _FARSLIP,
        name="farslip2-vit-b-16",
        open_clip="ViT-B-16-quickgelu",
        file="FarSLIP2_ViT-B-16.pt",
        published="zero-shot scene classification 62.24 %, github.com/NJU-LHRS/FarSLIP",
    ),
    HubModel(
        "siglip-base-patch16-224",
        "google/siglip-base-patch16-224",
        revision="7fd15f0689c79d79e38b1c2e2e2370a7bf2761ed",
        licence="Apache-2.0",
        published="photographs of all kinds, arXiv 2303.15343",
    ),
    HubModel(
        "siglip2-base-patch16-224",
        "google/siglip2-base-patch16-224",
        revision="75de2d55ec2d0b4efc50b3e9ad70dba96a7b2fa2",
        size_bytes=1_540_000_000,
        licence="Apache-2.0",
        published="photographs of all kinds, arXiv 2502.14786",
    ),
)
"""Revisions and checksums are those that several public programs name for the same file; a model
without them is fetched as it is now, and what came is kept in its ``model.json``."""


def called_after(source: str) -> str:
    """What a model is called that is made of local files, if nothing else is said.

    Args:
        source: ``open_clip:NAME@CHECKPOINT``, or a folder.

    Example:
        >>> called_after("open_clip:ViT-B-32@RemoteCLIP-ViT-B-32.pt")
        'RemoteCLIP-ViT-B-32'
    """
    if source.startswith(OPEN_CLIP):
        return Path(source.partition("@")[2]).stem
    return Path(source).resolve().name


def is_on_hub(source: str) -> bool:
    """Whether a name means a model on a hub, known by name or not."""
    return HUB in source or any(source == known.name for known in KNOWN)


def hub_model(source: str, revision: str | None = None) -> HubModel:
    """The model that a name means.

    Args:
        source: a name of :data:`KNOWN`, or as :data:`GRAMMAR`.
        revision: commit, tag or branch; ``None``: the pinned one, else the newest.

    Returns:
        The model. Another revision than the pinned one has no checksum that is known before.

    Raises:
        ModelError: if it means none.

    Example:
        >>> hub_model("open_clip:ViT-B-32@hf-hub:chendelong/RemoteCLIP/RemoteCLIP-ViT-B-32.pt").name
        'RemoteCLIP-ViT-B-32'
        >>> hub_model("hf-hub:google/siglip-base-patch16-224").open_clip
        ''
    """
    known = next((each for each in KNOWN if source == each.name), None)
    if known is not None:
        if revision in {None, known.revision}:
            return known
        return replace(known, revision=revision, sha256="")
    kind, _, place = source.rpartition("@") if source.startswith(OPEN_CLIP) else ("", "", source)
    found = _PLACE.fullmatch(place.removeprefix(HUB))
    open_clip = kind.removeprefix(OPEN_CLIP)
    of_folder = not source.startswith(OPEN_CLIP)
    if not place.startswith(HUB) or not found or (found[2] and of_folder) or "@" in kind:
        raise ModelError(
            f"found {source!r}, wanted {GRAMMAR}, or one of "
            f"{', '.join(each.name for each in KNOWN)}; next: correct the name"
        )
    file = found[2] or ""
    called = file.rpartition("/")[2].rpartition(".")[0] or found[1].rpartition("/")[2]
    return HubModel(called, found[1], open_clip, file, revision or NEWEST)
