"""What each part of the method is worth, small but real.

``python -m research.ablation`` makes the page and the plot. Every row is trained from
the same stock weights on the same pictures, for the same number of steps, with three seeds, and
measured on the whole val split. What finished runs reached is kept in a folder of figures, so the
command goes on where it was stopped, on another machine too. The figures compare rows with each
other; with so little training they say nothing of what the model can reach.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from cmpagl_model.captions import load_pictures, read_captions, read_extra
from cmpagl_model.cli.options import collect
from cmpagl_model.config import record_from_dict
from cmpagl_model.encoders import open_encoder
from cmpagl_model.errors import CmpaglError
from cmpagl_model.evaluation.encode import encode_split
from cmpagl_model.evaluation.metrics import retrieval_scores
from cmpagl_model.evaluation.retrieval import directed_ranks
from cmpagl_model.index.vectors import write_text
from cmpagl_model.rerank.fusion import best_pairs, fuse, match_logits
from cmpagl_model.rerank.smr import SmrSettings, reweight_both_ways
from cmpagl_model.training.run import train
from cmpagl_model.training.settings import (
    Batch,
    DataSource,
    Freezing,
    GswinChanges,
    Losses,
    RunConfig,
    Schedule,
    StartWeights,
)

from .report import PAGE, PLOT, AblationRow, draw_plot, page_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.encoders import Encoder

TELLING, OTHER_WORDS = "extra_looked.json", "val_in_other_words.json"
"""Beside the captions file: telling sentences of training pictures, and of those of val."""
GALLERY = 100
"""First val pictures on which the fusion encoder is measured: it looks at every pair of them."""
LOOKED_AT = 20
FUSION_WEIGHT = 0.02


@dataclass(frozen=True, slots=True)
class Row:
    """One way of training."""

    group: str
    """The part that is varied."""
    name: str
    """What this row has."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Settings of :class:`RunConfig` that differ from the first row's."""

    @property
    def joint(self) -> bool:
        """Whether the fusion encoder is trained along."""
        return self.changes.get("stage") == "joint"


FULL = "six heads, Gswin (add), contrastive + triplet with intra-class term, half telling sentences"
BATCH = Batch(pictures=128, telling_share=0.5)
ROWS = (
    Row("base", FULL),
    Row("sentences", "the set's own alone", {"batch": replace(BATCH, telling_share=0.0)}),
    Row("sentences", "telling ones alone", {"batch": replace(BATCH, telling_share=1.0)}),
    Row("projection", "one head", {"heads": 1}),
    Row("projection", "no head: one linear layer", {"heads": 0}),
    Row("image encoder", "Swin blocks", {"gswin": GswinChanges(block="swin")}),
    Row("triplet", "none", {"losses": Losses(triplet=0.0)}),
    Row("triplet", "plain (no intra-class term)", {"losses": Losses(beta=0.0)}),
    Row("matching", "pre-aligned, with ITM", {"stage": "joint"}),
)
SMR_ROWS = {
    "none": None,
    "SMR": SmrSettings(),
    "backward place alone": SmrSettings(a=0.0, b=1.0, g=0.0),
    "range ratio alone": SmrSettings(a=0.0, b=0.0, g=1.0),
    "forward place added": SmrSettings(a=0.3, b=1.0, g=1.0),
    "multiplied": SmrSettings(mode="mul", a=0.3, b=1.0, g=1.0),
}


MATCHING = f"matching (first {GALLERY} pictures)"
RANKED = {
    "gallery": "ranked by cosine",
    "fused": "the best re-scored by fusion",
    "matched": "all pairs by fusion alone",
}
COMMAND = (
    "python -m research.ablation --rsicd ... --start-image ... --start-text ... "
    "--figures research/ablation/figures --docs docs -o ..."
)
HOW = (
    "Each row is `cmpagl_lite` trained from stock weights (ImageNet, MiniLM) on the same "
    "{pictures} training pictures of RSICD, {epochs} epochs in batches of {batch}, {seeds}, "
    "and measured on the whole `val` split (strict identity). The first five stages of the stem "
    "and three text layers keep their weights. So little training compares rows with each other "
    "and says nothing of what the model can reach. Differences are to the first row (of a "
    "re-ranking: to none, of matching: to *no ITM*), seed by seed, mean ± standard deviation. "
    "*Other words*: the same pictures, asked for by one new sentence each, mean of R@1, R@5 and "
    "R@10. The weights of SMR were chosen on this `val` split before, with another model."
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run reached, mR on val in %."""

    row: str
    """Name of the row."""
    seed: int
    """Its seed."""
    cosine: float
    """By cosine, all val pictures."""
    smr: tuple[float, ...]
    """After each of :data:`SMR_ROWS`."""
    other_words: float
    """By cosine, one new sentence for each picture: mean of R@1, R@5 and R@10."""
    gallery: float
    """By cosine, the first 100 pictures only."""
    fused: float | None
    """The same with the fusion encoder's second look; ``None``: it was not trained."""
    matched: float | None
    """The same by the fusion encoder alone."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where an ablation works."""

    runs: Path
    """Runs that are not finished, and the captions of the chosen pictures."""
    figures: Path | None
    """What finished runs reached, a small file each; ``None``: beside them."""
    docs: Path | None
    """Table and plot; ``None``: beside them, too."""


PATH = click.Path(path_type=Path)
THERE = click.Path(path_type=Path, exists=True)


@click.command()
@click.option("--rsicd", type=THERE, required=True, help="Captions file with splits train and val.")
@click.option(
    "--start-image", type=THERE, required=True, help="Stock weights of the image backbone."
)
@click.option("--start-text", type=THERE, required=True, help="Folder of the stock BERT.")
@click.option("--pictures", default=2048, show_default=True, help="Training pictures.")
@click.option("--epochs", default=3, show_default=True)
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(1))
@click.option("--docs", type=PATH, help="Folder for table and plot.")
@click.option("--figures", type=PATH,
              help="What finished runs reached.  [default: the folder of the runs]")  # fmt: skip
@click.option("-o", "--folder", type=PATH, required=True, help="Folder of the runs.")
@collect("folders", lambda: Folders, runs="folder")
@collect("start", lambda: StartWeights, image="start_image", text="start_text")
def main(
    *, rsicd: Path, start: StartWeights, pictures: int, epochs: int, seeds: int,
    folders: Folders,
) -> None:  # fmt: skip
    """Train every row with every seed and write table and plot; Ctrl-C stops, and it goes on."""
    for place in (folders.runs, folders.figures or folders.runs):
        place.mkdir(parents=True, exist_ok=True)
    try:
        listed = json.loads(rsicd.read_text(encoding="utf-8"))["images"]
        listed = [row for row in listed if row["split"] == "train"]
        chosen = np.random.default_rng(0).permutation(len(listed))[:pictures]  # same for every run
        subset = folders.runs / f"train_{pictures}.json"
        write_text(subset, json.dumps({"images": [listed[n] for n in sorted(chosen)]}))
        base = RunConfig(
            data=(
                DataSource(
                    str(subset),
                    images=str(rsicd.parent / "images"),
                    splits=("train",),
                    extra=(str(rsicd.parent / TELLING),),
                ),
            ),
            start=StartWeights(str(start.image), str(start.text)),
            schedule=Schedule(epochs=epochs, warmup_steps=10, decay_epochs=epochs),
            batch=BATCH,
            freezing=Freezing(frozen_stages=5, frozen_text_layers=3),
            keep="last",
        )
        val = [item for item in read_captions(rsicd) if item.split == "val"]
        said = read_extra(rsicd.parent / OTHER_WORDS)
        val = [replace(item, telling=said.get(item.path.name, ())) for item in val]
        found = []
        for number, (seed, row) in enumerate(product(range(1, seeds + 1), ROWS), 1):
            reached = _run(row, seed, base, val, folders)
            click.echo(
                f"{number} of {seeds * len(ROWS)}: seed {seed}, {row.group}, {row.name}: "
                f"mR {reached.cosine:.2f}, in other words {reached.other_words:.2f}"
            )
            found.append(reached)
        pages, measured = folders.docs or folders.runs, table(found)
        draw_plot(measured, pages / PLOT)
        how = HOW.format(
            pictures=f"{pictures:,}",
            epochs=epochs,
            batch=BATCH.pictures,
            seeds=f"{seeds} seeds" if seeds > 1 else "one seed",
        )
        write_text(pages / PAGE, page_text(measured, how, COMMAND))
        click.echo(f"{pages / PAGE}: {len(measured)} rows")
    except CmpaglError as error:
        click.echo(f"ablation: {error}", err=True)
        click.get_current_context().exit(1)


def table(found: Sequence[Figures]) -> list[AblationRow]:
    """Rows of the page: each way of training against the base, each re-ranking against none.

    Rows without figures are left out.
    """
    by_row = {row.name: [f for f in found if f.row == row.name] for row in ROWS}
    measured = [row for row in ROWS if by_row[row.name]]
    base = by_row[FULL]
    cosine = tuple(f.cosine for f in base)
    rows = [
        AblationRow(
            row.group, row.name, tuple(f.cosine for f in by_row[row.name]), cosine,
            tuple(f.other_words for f in by_row[row.name]),
        )
        for row in measured
        if not row.joint
    ]  # fmt: skip
    rows += [
        AblationRow("re-ranking", name, tuple(f.smr[place] for f in base), cosine)
        for place, name in enumerate(SMR_ROWS)
        if place
    ]
    gallery = tuple(f.gallery for f in base)
    joint = [row for row in measured if row.joint]
    rows += [AblationRow(MATCHING, "no ITM", gallery, gallery)] if joint else []
    for row in joint:
        for what in ("gallery", "fused", "matched"):
            values = tuple(getattr(f, what) for f in by_row[row.name])
            if None not in values:
                rows.append(AblationRow(MATCHING, f"{row.name}: {RANKED[what]}", values, gallery))
    return rows


def _run(
    row: Row, seed: int, base: RunConfig, val: list[CaptionedImage], folders: Folders
) -> Figures:
    """Train and measure a row, or read what an earlier call measured.

    Raises:
        SystemExit: if training was stopped by hand.
    """
    config = replace(base, seed=seed, **row.changes)
    name = run_name(config)
    kept = (folders.figures or folders.runs) / f"{name}.json"
    if kept.is_file():
        values = json.loads(kept.read_text(encoding="utf-8"))
        return record_from_dict(Figures, {**values, "row": row.name}, str(kept))
    config = replace(config, folder=str(folders.runs / name))
    model = train(config).model
    if model is None:
        raise SystemExit("stopped; the same command goes on")
    encoder = open_encoder(str(model), "cpu")
    encoded = encode_split(val, encoder)
    similarity, image_of = encoded.similarity(), encoded.image_of
    cosine = retrieval_scores(similarity, image_of).mean_recall
    smr = [
        directed_ranks(reweight_both_ways(similarity, settings), image_of).scores.mean_recall
        for settings in filter(None, SMR_ROWS.values())
    ]
    owners = np.array([place for place, item in enumerate(val) for _ in item.telling])
    texts = encoder.encode_texts([text for item in val for text in item.telling])
    other = retrieval_scores(encoded.images @ texts.T, owners).t2i
    if row.joint:
        gallery, fused, matched = _second_look(val[:GALLERY], encoder)
    else:
        small, fused, matched = image_of < GALLERY, None, None
        gallery = retrieval_scores(similarity[:GALLERY][:, small], image_of[small]).mean_recall
    figures = Figures(
        row=row.name, seed=seed, gallery=gallery, fused=fused, cosine=cosine, matched=matched,
        smr=(cosine, *smr), other_words=float(np.mean(other.values)),
    )  # fmt: skip
    write_text(kept, json.dumps(asdict(figures)) + "\n")
    shutil.rmtree(folders.runs / name)  # its figures are all that is wanted; thirty fill a disk
    return figures


def run_name(config: RunConfig) -> str:
    """A name that changes with any setting, so that figures of other settings are never reused.

    Of paths only the last part counts: the same run elsewhere has the same name.
    """
    named = replace(
        config,
        folder="",
        data=tuple(
            replace(
                one,
                captions=Path(one.captions).name,
                images="",
                extra=tuple(Path(more).name for more in one.extra),
            )
            for one in config.data
        ),
        start=StartWeights(Path(config.start.image).name, Path(config.start.text).name),
    )
    return hashlib.sha256(repr(named).encode()).hexdigest()[:12]


def _second_look(gallery: list[CaptionedImage], encoder: Encoder) -> tuple[float, float, float]:
    """By cosine, with the fusion encoder on the best, and by the fusion encoder alone."""
    encoded = encode_split(gallery, encoder)
    similarity, image_of = encoded.similarity(), encoded.image_of
    pixels = load_pictures([item.path for item in gallery], encoder.model.config.image.input_px)
    words, chips = encoder.word_tokens(encoded.different), encoder.chip_tokens(pixels)
    cosines = encoded.images @ encoded.texts.T  # pictures, different sentences
    everything = np.argwhere(np.ones(cosines.shape, dtype=bool))
    logits = match_logits(encoder, words, chips, everything).reshape(cosines.shape)
    pairs = best_pairs(cosines, LOOKED_AT)
    fused = fuse(cosines, pairs, logits[pairs[:, 0], pairs[:, 1]], FUSION_WEIGHT)
    return (
        retrieval_scores(similarity, image_of).mean_recall,
        retrieval_scores(fused[:, encoded.text_of], image_of).mean_recall,
        retrieval_scores(logits[:, encoded.text_of], image_of).mean_recall,
    )


if __name__ == "__main__":
    main()
