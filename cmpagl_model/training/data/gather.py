"""Captioned pictures of a training run. Start at :func:`gather_data`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.captions import CaptionedImage, read_captions, read_extra
from cmpagl_model.errors import DatasetError
from cmpagl_model.records import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cmpagl_model.training.settings import DataSource


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What a run learns from and is measured on."""

    train: tuple[CaptionedImage, ...]
    """Training pictures, each with a sentence."""
    val: tuple[CaptionedImage, ...]
    """Validation pictures, never trained on; may be empty."""
    problems: tuple[Problem, ...]
    """Pictures that captions files name and that were left out."""


def gather_data(sources: Sequence[DataSource], *, teach_val: bool = False) -> TrainingData:
    """Read captions files and look for their pictures.

    Args:
        sources: captions files with their pictures.
        teach_val: whether pictures of ``val`` become training pictures, so that none measures.

    Returns:
        Pictures that are there and have a sentence, in the order of the files.

    Raises:
        DatasetError: if a file cannot be read, a source has no picture at all, or nothing is left
            to train on.
    """
    train: list[CaptionedImage] = []
    val: list[CaptionedImage] = []
    problems: list[Problem] = []
    for source in sources:
        usable = _usable(source, problems, teach_val=teach_val)
        train += [item for item in usable if item.split == "train" and "train" in source.splits]
        val += [item for item in usable if item.split == "val" and "val" in source.splits]
    if not train:
        names = ", ".join(Path(source.captions).name for source in sources)
        raise DatasetError(
            f"{names}: found no training picture, wanted some with split train; "
            "next: check the captions files and splits of the [[data]] tables"
        )
    return TrainingData(tuple(train), tuple(val), tuple(problems))


def _usable(
    source: DataSource, problems: list[Problem], *, teach_val: bool
) -> list[CaptionedImage]:
    """Pictures of a source that can be used; the others are added to ``problems``.

    Raises:
        DatasetError: if none of its pictures is there.
    """
    captions = Path(source.captions)
    images = Path(source.images) if source.images else None
    items: Sequence[CaptionedImage] = read_captions(captions, images)
    if teach_val and "val" in source.splits:
        items = [replace(item, split="train") if item.split == "val" else item for item in items]
    for extra in source.extra:
        items = with_extra_sentences(items, Path(extra))
    asked = [item for item in items if item.split in source.splits]
    found = []
    missing: list[CaptionedImage] = []
    for item in asked:
        if not item.path.is_file():
            missing.append(item)
            problems.append(Problem(str(item.path), "found no such picture"))
        elif not item.sentences:
            problems.append(Problem(str(item.path), "found no sentence, wanted at least one"))
        else:
            found.append(item)
    if asked and len(missing) == len(asked):
        raise DatasetError(
            f"{captions}: found none of its {len(asked):,} pictures (the first: "
            f'{missing[0].path}); next: name their folder with images = "..."'
        )
    return found


def with_extra_sentences(items: Iterable[CaptionedImage], extra: Path) -> list[CaptionedImage]:
    """Add telling sentences (``{filename: [sentence]}``) to the training pictures.

    Raises:
        DatasetError: if the file cannot be read or has another form.
    """
    more = read_extra(extra)
    return [
        replace(item, telling=item.telling + more.get(item.path.name, ()))
        if item.split == "train"
        else item
        for item in items
    ]
