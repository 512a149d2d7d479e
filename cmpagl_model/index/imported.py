"""What an index has of others: embeddings without pixels, of models that are not available."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiling import SceneRecord

FOREIGN = "imported:"
"""Begins the fingerprint of a model that is known by name only."""
NO_PIXELS = "void"
"""Pixel type of such a scene, as numpy names one without content."""


def has_pixels(scene: SceneRecord) -> bool:
    """Whether a scene's chips were read from pixels, and can be read again."""
    return scene.dtype != NO_PIXELS


def have_pixels(scenes: Iterable[SceneRecord]) -> bool:
    """Whether all of an index was read from pixels, as far as its scenes tell; of none: yes."""
    return all(map(has_pixels, scenes))


def no_pixels(scene: SceneRecord) -> str:
    """What to say where pixels are asked for."""
    return (
        f"{scene.path}: its embeddings were imported, the pixels are not at hand; wanted a scene "
        "indexed by 'cmpagl index' to look at places again"
    )
