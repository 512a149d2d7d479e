"""Which model imported embeddings are kept under: the one that was said, or that a file names."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cmpagl_model.errors import IndexMismatchError, ModelError
from cmpagl_model.index.imported import FOREIGN
from cmpagl_model.model_folder import ModelFolder, find_maker, find_model
from cmpagl_model.records import ModelId, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .rasters import RasterSource
    from .source import Source

    EmbeddingSource = Source | RasterSource
    """Something that can be imported: a table of embeddings, or a raster of them."""

UNNAMED = "unnamed"
"""The model of files that name none. What it is called never follows from a file's name, for the
files of a data set are called by their place or time."""


def model_said(name: str | None) -> ModelFolder | str | None:
    """The model of ``--model``: a local folder, else its name; ``None``: nothing was said."""
    if name is None:
        return None
    try:
        return find_model(name)
    except ModelError:
        return name


def name_of(said: ModelFolder | str) -> str:
    """What a model is called."""
    return said if isinstance(said, str) else said.name


def check_said(source: EmbeddingSource, said: ModelFolder | str | None) -> None:
    """Refuse embeddings of which a fingerprint says that another model made them.

    Raises:
        IndexMismatchError: if one does.
    """
    found = source.model
    if said is None or not _is_exact(found):
        return
    if isinstance(said, ModelFolder) and said.id == found:
        return
    print_said = f" {said.fingerprint[:12]}" if isinstance(said, ModelFolder) else ""
    raise IndexMismatchError(
        f"{source.file.name}: found embeddings of {found}, wanted those of {name_of(said)}"
        f"{print_said} as --model says; next: leave --model out, then they are kept under the "
        "model that the file names"
    )


def overruled(
    sources: Sequence[EmbeddingSource], said: ModelFolder | str | None
) -> tuple[Problem, ...]:
    """What to say of names that files give their model and ``--model`` takes the place of."""
    if said is None:
        return ()
    first: dict[str, str] = {}
    for source in sources:
        found = source.model
        if found is not None and not _is_exact(found):
            first.setdefault(found if isinstance(found, str) else found.name, source.file.name)
    return tuple(
        Problem(path, f"names its model {name}; kept under {name_of(said)}, as --model says")
        for name, path in first.items()
        if name not in {name_of(said), UNNAMED, ""}
    )


def model_of_source(source: EmbeddingSource, said: ModelFolder | str | None) -> ModelId:
    """Which model to keep embeddings under.

    Raises:
        ModelError: if a known model gives embeddings of another length.
    """
    if said is None and isinstance(source.model, ModelId):
        maker = find_maker(source.model)
        if maker:
            _check_length(source, maker)
        return source.model
    if isinstance(said, ModelFolder):
        _check_length(source, said)
        return said.id
    name = str(said or source.model or UNNAMED)
    digest = hashlib.sha256(f"{name}|{source.size}".encode()).hexdigest()
    # Known by name only: the same name and length are taken for the same model
    return ModelId(name, f"{FOREIGN}{digest}")


def _is_exact(found: ModelId | str | None) -> bool:
    return isinstance(found, ModelId) and not found.fingerprint.startswith(FOREIGN)


def _check_length(source: EmbeddingSource, folder: ModelFolder) -> None:
    if folder.config.embedding_size != source.size:
        raise ModelError(
            f"{source.file.name}: found embeddings of {source.size} numbers, wanted "
            f"{folder.config.embedding_size} of {folder.name}; next: give the name of the model "
            "that made them with --model"
        )
