"""``python -m research.relevance MODEL_FOLDER DATA_FOLDER``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from cmpagl_model.encoders import open_encoder
from cmpagl_model.errors import CmpaglError
from cmpagl_model.evaluation.real_scenes import read_scene_sentences
from cmpagl_model.reference_bank import read_bank
from cmpagl_model.relevance.calibration import Evidence
from cmpagl_model.relevance.settings import Language
from research.reranking.__main__ import Lines

from .fit import fit, settings_of
from .language import word_counts, word_order, write_relevance
from .report import cross_report, markdown
from .scenes import scene_chips, scene_trials
from .sets import LISTS, Gallery, read_galleries, read_judged, read_list, training_sentences
from .trials import LEAST_GALLERY, Trier, joined

if TYPE_CHECKING:
    from .sets import Judged

SENTENCES = Path("research/relevance")
SENTENCES_OF_SCENES = Path("research/sentences/real_scenes.json")
ALIKE = 0.7
"""Two sentences with this cosine say the same, where no person has judged any."""


@click.command()
@click.argument("model", metavar="MODEL_FOLDER")
@click.argument("data", type=click.Path(path_type=Path), metavar="DATA_FOLDER")
@click.option(
    "--sentences", type=click.Path(path_type=Path), default=SENTENCES, show_default=True,
    help="Folder with the lists of sentences and judged.csv.",
)  # fmt: skip
@click.option(
    "--scenes", type=click.Path(path_type=Path), metavar="FOLDER",
    help="Search real scenes, too, for the sentences of research/sentences/real_scenes.json.",
)  # fmt: skip
@click.option(
    "--into", multiple=True, metavar="FOLDER",
    help="Write the constants here instead: a model trained on the measured pictures as well, for "
    "which they cannot be measured.",
)  # fmt: skip
def command(
    *, model: str, data: Path, sentences: Path, scenes: Path | None, into: tuple[str, ...]
) -> None:
    """Fit how likely hits are right on captioned pictures, report it, write it into the folder.

    DATA_FOLDER holds a folder for each data set, with dataset_NAME.json and images/ in it. The
    sentences of the part "train" say which words the model knows.

    Such as: python -m research.relevance my_model/ data/
    """  # noqa: DOC501 - shown as help
    try:
        encoder = open_encoder(model)
        known = training_sentences(data)
        language = Language(word_counts(known), word_order(known))
        evidence = Evidence(language, read_bank(encoder.model).vectors)
        galleries = read_galleries(data, encoder, Lines())
        alike = alike_as_judged(galleries, read_judged(sentences))
        texts = {kind: read_list(sentences, kind) for kind in LISTS}
        lists = {kind: (some, encoder.encode_texts(some)) for kind, some in texts.items()}
        large = [one for one in galleries if len(one.images) >= LEAST_GALLERY]
        parts = [Trier(one, evidence, alike).trials(lists) for one in (*large, together(galleries))]
        if scenes is not None:
            of_scenes = read_scene_sentences(SENTENCES_OF_SCENES)
            places = sorted({sentence.place for sentence in of_scenes})
            chips = scene_chips(scenes, places, encoder)
            parts.append(scene_trials(chips, of_scenes, lists, encoder, evidence))
        trials = joined(parts)
        report, fitted = cross_report(trials), fit(trials, np.ones(len(trials.kinds), bool))
        for folder in into or (model,):
            target = open_encoder(folder).model
            settings = settings_of(fitted, target.weights_hash, len(language.counts), report.error)
            write_relevance(target.path, settings, language)
            click.echo(f"{target.path}: wrote the calibration of relevance")
        click.echo(f"sentences are taken to say the same from a cosine of {alike:.3f} on\n")
        click.echo(markdown(report, fitted.found_from))
    except CmpaglError as error:
        raise click.ClickException(str(error)) from error


def together(galleries: list[Gallery]) -> Gallery:
    """All galleries as one."""
    starts = np.cumsum([0, *(len(one.texts) for one in galleries)]).tolist()
    return Gallery(
        name="together",
        images=np.concatenate([one.images for one in galleries]),
        names=tuple(name for one in galleries for name in one.names),
        texts=np.concatenate([one.texts for one in galleries]),
        sentences=tuple(text for one in galleries for text in one.sentences),
        own=tuple(
            tuple(start + row for row in rows)
            for one, start in zip(galleries, starts, strict=False)
            for rows in one.own
        ),
        other=frozenset(
            start + row for one, start in zip(galleries, starts, strict=False) for row in one.other
        ),
    )


def alike_as_judged(galleries: list[Gallery], judged: list[Judged]) -> float:
    """From which cosine on two sentences say the same: as many hits are right as a person said.

    Args:
        galleries: the sets.
        judged: pictures and sentences that a person looked at; those of pictures that are not in
            the galleries are left out.

    Returns:
        The cosine; :data:`ALIKE` if nothing is left.
    """
    by_name = {one.name: one for one in galleries}
    found, right = [], 0
    for one in judged:
        shown, asked = by_name.get(one.gallery), by_name.get(one.asked_gallery)
        if not shown or not asked or one.picture not in shown.names or one.asked not in asked.names:
            continue
        query = asked.texts[asked.own[asked.names.index(one.asked)][one.number]]
        own = shown.texts[list(shown.own[shown.names.index(one.picture)])]
        found.append(float((own @ query).max()))
        right += one.right
    return float(np.quantile(found, 1 - right / len(found))) if found else ALIKE


if __name__ == "__main__":
    command()
