"""What a model is held against, in one table: captions, other words, classes, real scenes.

Start at :func:`measure_yardsticks`. The data lie as ``docs/evaluation.md`` says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from cmpagl_model.captions import read_captions
from cmpagl_model.errors import DatasetError, ModelError
from cmpagl_model.progress import NoProgress
from cmpagl_model.records import ModelId, Problem
from cmpagl_model.reference_bank import read_bank

from .bootstrap import share_interval
from .encode import KeepsPictures
from .metrics import Figure
from .real_scenes import read_scene_sentences, scene_ranks
from .retrieval import NEED_SMR, EvaluationSettings, choose_split, evaluate
from .scenes import classify_pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.encoders import Encoder
    from cmpagl_model.progress import Progress
    from cmpagl_model.records import Rerank

    from .real_scenes import SceneRanks, SceneSentence

WAYS: tuple[Rerank, ...] = ("none", "smr")
VAL = "val"
SENTENCES = Path(__file__).resolve().parents[2] / "research" / "sentences" / "real_scenes.json"


@dataclass(frozen=True, slots=True)
class YardstickRow:
    """One yardstick under one way of ranking."""

    yardstick: str
    """Its name, one of :data:`YARDSTICKS`."""
    what: str
    """What was asked of what, in words, with numbers."""
    way: Rerank
    """The way of ranking."""
    by_picture: tuple[Figure, ...]
    """Pictures asking for sentences; empty: not asked."""
    by_sentence: tuple[Figure, ...]
    """Sentences asking for pictures or scenes; empty: not asked."""
    mean: Figure | None = None
    """mR, where both directions were asked."""

    @property
    def main(self) -> Figure:
        """The one figure to look at first."""
        return self.mean or (*self.by_sentence, *self.by_picture)[0]


@dataclass(frozen=True, slots=True)
class Yardsticks:
    """What a model reaches on the yardsticks."""

    model: ModelId
    """The model."""
    device: str
    """Where it computed, in words."""
    rows: tuple[YardstickRow, ...]
    """Yardstick after yardstick, in the order of :data:`YARDSTICKS`."""
    problems: tuple[Problem, ...]
    """Yardsticks without data, and pictures or scenes that were left out."""
    taught: tuple[str, ...] = ()
    """Parts of data sets that the model learned from."""


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every yardstick measures with."""

    folder: Path
    """Of the data."""
    encoder: Encoder
    """The model."""
    settings: EvaluationSettings
    """Ways of ranking and draws."""
    progress: Progress
    """Told how far it is."""
    problems: list[Problem]
    """What was left out so far."""

    @property
    def ways(self) -> tuple[Rerank, ...]:
        """The ways of ranking to measure."""
        return self.settings.ways or WAYS

    def captions(self, name: str) -> list[CaptionedImage]:
        """The pictures of a set that are held back.

        Raises:
            DatasetError: if they are not there.
        """
        return choose_split(read_captions(self.file(name, f"dataset_{name}.json")), VAL)

    def file(self, *names: str) -> Path:
        """A file of the data.

        Raises:
            DatasetError: if it is not there.
        """
        path = self.folder.joinpath(*names)
        if not path.is_file():
            raise DatasetError(f"found no {path}")
        return path

    def ranked(self, name: str, what: str, items: Sequence[CaptionedImage]) -> list[YardstickRow]:
        """Recalls of captioned pictures under each way of ranking."""
        found = evaluate(items, self.encoder, self.settings, self.progress)
        self.problems.extend(found.problems)
        size = f"{what}; {found.images:,} pictures, {found.sentences:,} sentences"
        return [
            YardstickRow(name, size, one.way, one.figures[:3], one.figures[3:6], one.figures[6])
            for one in found.measured
        ]


def measure_yardsticks(
    folder: Path,
    encoder: Encoder,
    names: Sequence[str] = (),
    settings: EvaluationSettings | None = None,
    progress: Progress | None = None,
) -> Yardsticks:
    """Measure a model on each yardstick whose data are there.

    Args:
        folder: the data sets, each in a folder of its own.
        encoder: the model.
        names: of :data:`YARDSTICKS`; empty: all of them.
        settings: ways of ranking, ``none`` and ``smr`` where they are not said, and draws.
        progress: called after every batch; ``None``: nothing is.

    Raises:
        DatasetError: if the data of no yardstick are there.
        ModelError: if a way of ranking needs what the model lacks.
    """
    problems: list[Problem] = []
    chosen = settings or EvaluationSettings()
    bench = _Bench(
        folder,
        cast("Encoder", KeepsPictures(encoder)),
        replace(chosen, ways=chosen.ways or WAYS),
        progress or NoProgress(),
        problems,
    )
    rows: list[YardstickRow] = []
    for name, measure in YARDSTICKS.items():
        if name in names or not names:
            try:
                rows += measure(bench, name)
            except DatasetError as error:
                problems.append(Problem(f"yardstick {name}", str(error)))
    if not rows:
        raise DatasetError(
            f"{folder}: found the data of no yardstick (the first: {problems[0]}); wanted "
            "rsicd/dataset_rsicd.json, ucm/dataset_ucm.json and so on, each beside its images/; "
            "next: see docs/evaluation.md"
        )
    model = encoder.model.id
    return Yardsticks(
        model, encoder.device, tuple(rows), tuple(dict.fromkeys(problems)), encoder.model.taught
    )


def _published(bench: _Bench, name: str, title: str) -> list[YardstickRow]:
    """The captions that a set came with."""
    return bench.ranked(name, f"{title} `val`", bench.captions(name))


def _other_words(bench: _Bench, name: str) -> list[YardstickRow]:
    """RSICD's held-back pictures, each with one new sentence."""
    said = _read_object(bench.file("rsicd", "val_in_other_words.json"))
    items = [
        replace(item, sentences=tuple(said[item.path.name]))
        for item in bench.captions("rsicd")
        if item.path.name in said
    ]
    rows = bench.ranked(name, "the same pictures in other words", items)
    return [replace(row, by_picture=(), mean=None) for row in rows]


def _telling(bench: _Bench, name: str) -> list[YardstickRow]:
    """Pictures of other sensors whose first sentence was written after looking, and that only."""
    items = [item for item in bench.captions("sensors") if item.telling]
    one_each = [replace(item, sentences=item.telling) for item in items]
    return bench.ranked(name, "those of them that were looked at, one sentence each", one_each)


def _classes(bench: _Bench, name: str, title: str) -> list[YardstickRow]:
    """Zero-shot classes: held-back pictures under the classes that their captions file names.

    Raises:
        DatasetError: if it names fewer than two.
    """
    part = name.removesuffix("-classes")
    file = bench.file(part, f"dataset_{part}.json")
    class_of = {row["filename"]: row.get("class") for row in _read_object(file).get("images", [])}
    by_class: dict[str, list[Path]] = {}
    for item in bench.captions(part):
        if class_of.get(item.path.name):
            by_class.setdefault(class_of[item.path.name], []).append(item.path)
    if len(by_class) < 2:
        raise DatasetError(f"{file}: found {len(by_class)} classes of {VAL}, wanted two or more")
    found = classify_pictures(sorted(by_class.items()), bench.encoder, progress=bench.progress)
    bench.problems.extend(found.problems)
    right = np.repeat(
        np.tile([True, False], len(found.classes)),
        [part for row in found.classes for part in (row.correct, row.pictures - row.correct)],
    )
    ends = share_interval(right, np.arange(len(right)), bench.settings.draws)
    figures = (Figure("top-1", found.top1, ends), Figure("top-5", found.top5))
    what = f"{title} `val`, {len(by_class)} classes by name; {found.pictures:,} pictures"
    return [YardstickRow(name, what, "none", figures, ())]


def _read_object(file: Path) -> dict[str, Any]:
    """A JSON object.

    Raises:
        DatasetError: if the file holds none.
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(f"{file}: found no readable JSON ({error})") from error
    if not isinstance(found, dict):
        raise DatasetError(f"{file}: found no JSON object, wanted one")
    return found


def _scenes(bench: _Bench, name: str) -> list[YardstickRow]:
    """Sentences asking for real scenes, the half for choosing and the half for reporting.

    Raises:
        DatasetError: if there are no scenes or no sentences.
    """
    if not SENTENCES.is_file():
        raise DatasetError(f"found no {SENTENCES}, wanted a checkout of the repository")
    wanted = (bench.folder / "scenes", bench.folder.absolute().parent / "scenes")
    folder = next((path for path in wanted if path.is_dir()), None)
    if folder is None:
        raise DatasetError(f"found no folder {wanted[0]} and no {wanted[1]}")
    sentences = read_scene_sentences(SENTENCES)
    ways = bench.ways
    if not NEED_SMR.isdisjoint(ways):
        try:
            read_bank(bench.encoder.model)
        except ModelError as error:  # a model in the making has none yet
            bench.problems.append(Problem("yardstick scenes by smr", str(error)))
            ways = tuple(way for way in ways if way not in NEED_SMR)
    found = scene_ranks(folder, sentences, bench.encoder, ways, bench.progress)
    bench.problems.extend(found.problems)
    return list(scene_rows(name, sentences, found, bench.settings.draws))


def scene_rows(
    name: str, sentences: Sequence[SceneSentence], found: SceneRanks, draws: int
) -> Iterator[YardstickRow]:
    """Shares of sentences whose scene came first, or among the first three, for either half.

    Args:
        name: of the yardstick.
        sentences: what was asked.
        found: where the right scene of each came.
        draws: of the intervals, over places.
    """
    places = {place: row for row, place in enumerate(sorted({s.place for s in sentences}))}
    group = np.array([places[sentence.place] for sentence in sentences])
    reporting = np.array([sentence.reporting for sentence in sentences])
    for half, chosen in (("choosing", ~reporting), ("reporting", reporting)):
        if not chosen.any():
            continue
        what = (
            f"real scenes, {half} half; {chosen.sum()} sentences, {found.places} places, "
            f"{found.chips:,} chips"
        )
        groups = np.unique(group[chosen], return_inverse=True)[1]
        for way, ranks in found.ranks.items():
            figures = tuple(
                Figure(label, 100.0 * float(right.mean()), share_interval(right, groups, draws))
                for label, right in (
                    ("first", ranks[chosen] < 1),
                    ("first three", ranks[chosen] < 3),
                )
            )
            yield YardstickRow(name, what, way, (), figures)


YARDSTICKS: dict[str, Callable[[_Bench, str], list[YardstickRow]]] = {
    "rsicd": partial(_published, title="RSICD"),
    "other-words": _other_words,
    "sensors": partial(_published, title="other sensors"),
    "sensors-telling": _telling,
    "ucm": partial(_published, title="UCM"),
    "sydney": partial(_published, title="Sydney"),
    "scenes": _scenes,
    "rsicd-classes": partial(_classes, title="RSICD"),
    "ucm-classes": partial(_classes, title="UCM"),
    "eurosat-classes": partial(_classes, title="EuroSAT"),
}
