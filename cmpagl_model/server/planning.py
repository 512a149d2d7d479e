"""Planning a build: the models on this machine, the cost, the speed of the machine."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.atomic import nearest
from cmpagl_model.errors import ConfigError
from cmpagl_model.index import read_info
from cmpagl_model.index.forecast import bytes_per_chip, forecast
from cmpagl_model.index.format import is_index
from cmpagl_model.index.survey import new_info
from cmpagl_model.model_folder import folder_of, settings_of
from cmpagl_model.pair import PairConfig
from tiling import ChipSpec

from .long_work import check_inputs, encoder_for
from .results import ModelAtHand, ModelsAtHand, Planned, Speed
from .work import Teller

if TYPE_CHECKING:
    from . import build_parameters as builds
    from . import parameters as asked
    from .session import Session
    from .work import Work


def plan(session: Session, want: builds.Plan, work: Work) -> Planned:
    """Look at the headers of scenes and count their chips."""
    check_inputs(want.inputs)
    folder = Path(want.index) if want.index is not None else None
    present = (folder, read_info(folder)) if folder is not None and is_index(folder) else None
    encoder = encoder_for(session, folder, want.model)
    said = ChipSpec.wished(encoder.model.config.image.input_px, **asdict(want.options))
    spec = said or (present[1] if present else new_info(encoder, None)).spec
    scenes = forecast(
        want.inputs,
        spec,
        present if present and present[1].spec == spec else None,
        Teller(work),
        want.crs.get,
    )
    free = None  # not known
    with suppress(OSError):
        free = shutil.disk_usage(nearest(folder)).free if folder else None
    return Planned(scenes, bytes_per_chip(encoder.model.config.embedding_size), free)


def models(session: Session, want: asked.Models, work: Work) -> ModelsAtHand:
    """The models that a new index can be made with; their files are not read."""
    del want
    found, problems = [], []
    for name in session.models.names():
        work.check()
        try:
            config = settings_of(folder_of(name))
        except ConfigError as error:
            problems.append(f"{name}: {error}")
        else:
            licence = config.licence if isinstance(config, PairConfig) else ""
            found.append(ModelAtHand(name, config.image.input_px, config.embedding_size, licence))
    return ModelsAtHand(tuple(found), session.models.default_name, tuple(problems))


def speed(session: Session, want: builds.Speed, work: Work) -> Speed:
    """Chips that are encoded in a second."""
    folder = Path(want.index) if want.index is not None else None
    encoder = encoder_for(session, folder, want.model)
    return Speed(round(session.speeds.of(encoder, work), 2))
