"""Captioned pictures of a training run: those of :mod:`cmpagl_model.captions`, and more to say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from cmpagl_model.captions import (
    CaptionedImage,
    load_pictures,
    normalise_sentence,
    read_captions,
)
from cmpagl_model.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = [
    "CaptionedImage",
    "load_pictures",
    "normalise_sentence",
    "read_captions",
    "with_extra_sentences",
]


def with_extra_sentences(items: Iterable[CaptionedImage], extra: Path) -> list[CaptionedImage]:
    """Add the sentences of ``extra`` (``{filename: [sentence]}``) to the training pictures.

    Raises:
        DatasetError: if the file cannot be read or has another form.
    """
    try:
        rows = json.loads(extra.read_text(encoding="utf-8")).items()
        more = {name: tuple(s.strip() for s in found if s.strip()) for name, found in rows}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{extra}: no readable sentences ({type(error).__name__}: {error}); "
            "wanted {filename: [sentence]}"
        ) from error
    return [
        replace(item, sentences=item.sentences + more.get(item.path.name, ()))
        if item.split == "train"
        else item
        for item in items
    ]
