"""Zero-shot scene classification: the class whose sentence is nearest to the picture.

The protocol of CLIP (Radford et al. 2021, section 3.1): one sentence per class, no training.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import DatasetError
from cmpagl_model.progress import NoProgress
from cmpagl_model.records import ModelId, Problem

from .encode import encode_pictures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.progress import Progress


PROMPT = "a satellite image of a {class}"
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp"})
FIVE = 5
JOINTS = re.compile(r"[_\-\s]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
RUN_TOGETHER = re.compile(  # how RSICD and UCM write the names of some classes
    "(bare|baseball|dense|golf|medium|mobile|parking|railway|sparse|storage|tennis)"
    "(court|course|diamond|field|home|land|lot|residential|station|tanks)(park)?"
)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """What became of the pictures of one class."""

    name: str
    """Of its folder."""
    pictures: int
    """That could be read."""
    correct: int
    """Whose nearest sentence was that of the class."""
    confused_with: str
    """The class that its other pictures went to most often; blank: there are none."""
    confused: int
    """How many went there."""


@dataclass(frozen=True, slots=True)
class SceneAccuracy:
    """Figures of one folder of classes."""

    model: ModelId
    """The model."""
    device: str
    """Where it computed, in words."""
    prompt: str
    """The sentence, with ``{class}`` for the class."""
    pictures: int
    """That could be read."""
    top1: float
    """Pictures whose class came first, in %; equal scores count against us."""
    top5: float
    """Pictures whose class was among the first five, in %."""
    classes: tuple[ClassRow, ...]
    """By name."""
    problems: tuple[Problem, ...]
    """Pictures that were left out."""


def class_words(name: str) -> str:
    """The name of a class as words.

    Example:
        >>> class_words("DenseResidential"), class_words("storage_tanks")
        ('dense residential', 'storage tanks')
        >>> class_words("mobilehomepark")
        'mobile home park'
    """
    words = " ".join(part for part in JOINTS.split(name) if part).lower()
    joined = RUN_TOGETHER.fullmatch(words)
    return " ".join(part for part in joined.groups() if part) if joined else words


def read_classes(folder: Path) -> list[tuple[str, list[Path]]]:
    """Pictures by class.

    Args:
        folder: holds a folder of pictures for each class.

    Returns:
        Names and files, both sorted; folders without pictures are left out.

    Raises:
        DatasetError: if fewer than two classes are found.
    """
    found = [(path.name, sorted(f for f in path.iterdir() if f.suffix.lower() in SUFFIXES))
             for path in _folders(folder)]  # fmt: skip
    classes = [(name, files) for name, files in found if files]
    if len(classes) < 2:  # one class is always right
        raise DatasetError(
            f"{folder}: found {len(classes)} folders with pictures, wanted two classes or more as "
            "CLASS/PICTURE.jpg; next: name the folder above the classes"
        )
    return classes


def classify_scenes(
    folder: Path, encoder: Encoder, prompt: str = PROMPT, progress: Progress | None = None
) -> SceneAccuracy:
    """Classify the pictures of a folder by sentences alone.

    Args:
        folder: as for :func:`read_classes`.
        encoder: the model.
        prompt: the sentence, with ``{class}`` for the class in words.
        progress: called after every batch; ``None``: nothing is.

    Raises:
        DatasetError: if there are no classes, no picture can be read, or the prompt names no
            class.
    """
    classes = read_classes(folder)
    known = {name for name, _ in classes}
    empty = tuple(
        Problem(str(path), "found no picture in it, so it is no class; wanted .jpg, .png or .tif")
        for path in _folders(folder)
        if path.name not in known
    )
    found = classify_pictures(classes, encoder, prompt, progress)
    return replace(found, problems=(*empty, *found.problems))


def classify_pictures(
    classes: Sequence[tuple[str, Sequence[Path]]],
    encoder: Encoder,
    prompt: str = PROMPT,
    progress: Progress | None = None,
) -> SceneAccuracy:
    """Classify pictures by sentences alone.

    Args:
        classes: name and pictures of each, two classes or more.
        encoder: the model.
        prompt: as for :func:`classify_scenes`.
        progress: called after every batch; ``None``: nothing is.

    Raises:
        DatasetError: if no picture can be read or the prompt names no class.
    """
    if "{class}" not in prompt:
        raise DatasetError(f"prompt {prompt!r}: found no {{class}}, wanted it where the class goes")
    sentences = [prompt.replace("{class}", class_words(name)) for name, _ in classes]
    files = [(path, row) for row, (_, paths) in enumerate(classes) for path in paths]
    paths = [path for path, _ in files]
    vectors, kept, problems = encode_pictures(paths, encoder, progress or NoProgress())
    if not kept:
        raise DatasetError(f"found none of {len(files):,} pictures readable: {problems[0]}")
    truth = np.array([files[row][1] for row in kept])
    scores = vectors @ encoder.encode_texts(sentences).T
    own = scores[np.arange(len(truth)), truth]
    ranks = (~(scores < own[:, None])).sum(axis=1) - 1  # ties and NaN before the truth
    scores[np.arange(len(truth)), truth] = -np.inf  # what is left: the best of the others
    guesses = np.where(ranks == 0, truth, scores.argmax(axis=1))
    rows = []
    for row, (name, _) in enumerate(classes):
        guessed = Counter(guesses[truth == row].tolist())
        total, correct = guessed.total(), guessed.pop(row, 0)
        wrong = guessed.most_common(1)
        other, times = (classes[wrong[0][0]][0], wrong[0][1]) if wrong else ("", 0)
        rows.append(ClassRow(name, total, correct, other, times))
    return SceneAccuracy(
        model=encoder.model.id,
        device=encoder.device,
        prompt=prompt,
        pictures=len(truth),
        top1=100.0 * float((ranks == 0).mean()),
        top5=100.0 * float((ranks < FIVE).mean()),
        classes=tuple(rows),
        problems=tuple(problems),
    )


def scenes_json(found: SceneAccuracy) -> str:
    """The figures as one JSON object."""
    document = {**asdict(found), "problems": [str(problem) for problem in found.problems]}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def scenes_markdown(found: SceneAccuracy) -> str:
    """The figures as a Markdown table."""
    lines = [scenes_summary(found), "", "| class | pictures | top-1 % | most often confused with |",
             "|---|---:|---:|---|"]  # fmt: skip
    lines += [f"| {' | '.join(class_cells(row))} |" for row in found.classes]
    return "\n".join([*lines, ""])


def scenes_summary(found: SceneAccuracy) -> str:
    """One line with both accuracies and how they came about."""
    return (
        f"{found.pictures:,} pictures of {len(found.classes)} classes, zero-shot: top-1 "
        f"{found.top1:.2f} %, top-5 {found.top5:.2f} %; model {found.model}; "
        f'"{found.prompt}"'
    )


def class_cells(row: ClassRow) -> tuple[str, str, str, str]:
    """Name, pictures, accuracy and confusion of a class, as text."""
    share = f"{100 * row.correct / row.pictures:.1f}" if row.pictures else ""
    confusion = f"{row.confused_with} ({row.confused})" if row.confused else ""
    return row.name, f"{row.pictures:,}", share, confusion


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
