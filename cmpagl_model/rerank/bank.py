"""The bank of reference sentences for live SMR: ``bank.npy`` and ``bank.txt`` of a model folder.

``python -m cmpagl_model.rerank.bank FOLDER`` makes it again for new weights, from sentences of a
grammar. With ``--captions FILE`` it is made of the centres of clusters of that file's training
sentences: they lie where people's sentences lie, which made ones do not, and no sentence is kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from cmpagl_model.atomic import replacing, write_bytes
from cmpagl_model.captions import read_captions, read_extra
from cmpagl_model.encoders import open_encoder
from cmpagl_model.encoders.by_length import encode_by_length
from cmpagl_model.errors import CmpaglError, DatasetError, ModelError
from cmpagl_model.model_folder import BANK, find_model
from cmpagl_model.reference_bank import LIST_ENDING, MARK, VECTOR_ENDING, Bank, read_bank

from .clusters import LEAST_MEMBERS, cluster_centres, spread_rows
from .grammar import candidate_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.model_folder import ModelFolder

    Floats = NDArray[np.float32]

__all__ = ["Bank", "centre_bank", "made_bank", "read_bank", "write_bank"]

SIZE, CANDIDATES, TEXT_BATCH = 512, 6000, 64


def made_bank(
    encoder: Encoder, size: int = SIZE, candidates: int = CANDIDATES, *,
    told: Callable[[int], None] | None = None,
) -> Bank:  # fmt: skip
    """A bank of made sentences that lie far from each other.

    Args:
        encoder: of the model.
        size: sentences of the bank, 1 or more.
        candidates: sentences to choose from, ``size`` or more.
        told: called with the number of sentences of each batch encoded.

    Returns:
        The bank; the same for the same weights.
    """
    sentences = candidate_sentences(max(size, candidates))
    vectors = encode_by_length(encoder, sentences, TEXT_BATCH, told)
    rows = spread_rows(vectors, size)
    return Bank(vectors[rows], tuple(sentences[row] for row in rows.tolist()))


def centre_bank(
    encoder: Encoder, sentences: Sequence[str], size: int = SIZE, *,
    told: Callable[[int], None] | None = None,
) -> Bank:  # fmt: skip
    """A bank of the centres of clusters of sentences that people wrote.

    Args:
        encoder: of the model.
        sentences: some thousands; repeats count once.
        size: clusters at most.
        told: called with the number of sentences of each batch encoded.

    Returns:
        Centres of clusters of at least three sentences.

    Raises:
        DatasetError: if the sentences are too few for any cluster.
    """
    different = list(dict.fromkeys(sentences))
    centres = cluster_centres(encode_by_length(encoder, different, TEXT_BATCH, told), size)
    if not len(centres):
        raise DatasetError(
            f"found {len(different)} different sentences for {size} clusters, wanted at least "
            f"{LEAST_MEMBERS * size}; next: give a larger captions file"
        )
    return Bank(centres)


def write_bank(model: ModelFolder, bank: Bank) -> None:
    """Put a bank into its model's folder, under the hash of its weights; the fingerprint changes.

    Raises:
        ModelError: if the folder cannot be written.
    """
    lines = [MARK + model.weights_hash, *bank.sentences]
    try:
        with replacing(model.path / (BANK + VECTOR_ENDING)) as part:
            np.save(part, bank.vectors.astype(np.float16))
        write_bytes(model.path / (BANK + LIST_ENDING), ("\n".join(lines) + "\n").encode())
    except OSError as error:
        raise ModelError(
            f"{model.path}: the bank cannot be written ({error.strerror}); wanted a writable "
            "model folder; next: copy the model to one"
        ) from error


@click.command()
@click.argument("folder")
@click.option("--size", type=click.IntRange(1), default=SIZE, show_default=True, help="References.")
@click.option(
    "--captions",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take centres of clusters of this captions file's training sentences; may be repeated.",
)
@click.option(
    "--extra",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Add the sentences of this file, {filename: [sentence]}; may be repeated.",
)
def command(folder: str, size: int, captions: tuple[Path, ...], extra: tuple[Path, ...]) -> None:
    """Make the bank of reference sentences of the model FOLDER."""  # noqa: DOC501 - shown as help
    try:
        model = find_model(folder)
        items = [item for path in captions for item in read_captions(path)]
        sentences = [text for item in items if item.split == "train" for text in item.sentences]
        sentences += [
            text for path in extra for texts in read_extra(path).values() for text in texts
        ]
        encoder = open_encoder(model)
        total = len(set(sentences)) if sentences else max(size, CANDIDATES)
        with click.progressbar(length=total, label="encoding sentences") as bar:
            if sentences:
                bank = centre_bank(encoder, sentences, size, told=bar.update)
            else:
                bank = made_bank(encoder, size, told=bar.update)
        write_bank(model, bank)
    except CmpaglError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{model.path}: a bank of {len(bank.vectors):,} references")


if __name__ == "__main__":
    command()
